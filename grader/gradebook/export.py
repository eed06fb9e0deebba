"""A file that is ready to be written, and which grades of the class are fit to leave the house."""

import enum
from typing import NamedTuple

from grader.model import Report, Status
from grader.report.visible import one_line
from grader.roster import Marked, Person

# Parts that are still to be judged, by a machine or by the staff: a grade without them would be too low.
_OPEN = frozenset({Status.DEFERRED, Status.INTERNAL_ERROR})


class Export(NamedTuple):
    """A file: the name it wants, its content, and what the person who makes it has to know."""

    name: str
    data: bytes
    notes: tuple[str, ...] = ()


class Standing(enum.StrEnum):
    """How far somebody's grade is."""

    GRADED = "graded"
    INCOMPLETE = "incomplete"
    NOT_GRADED = "not graded"
    REFUSED = "refused"
    MISSING = "missing"


def standing(line: Marked) -> Standing:
    """How far a line of the gradebook is; parts that a person marks by hand do not keep it open."""
    if line.report is not None:
        return Standing.INCOMPLETE if open_parts(line.report) else Standing.GRADED
    if line.handed_in is not None:
        return Standing.NOT_GRADED
    return Standing.REFUSED if line.refused else Standing.MISSING


def open_parts(report: Report) -> list[str]:
    """The parts that could not be judged yet, with the reason."""
    return [f"{part.id} ({part.status})" for part in report.parts if part.status in _OPEN]


def who(person: Person) -> str:
    """Somebody in a sentence to the staff."""
    name, id_ = one_line(person.name, 120), one_line(person.id, 60)
    return f"{name} ({id_})" if name and id_ else name or id_ or one_line(person.email, 120) or "somebody unnamed"
