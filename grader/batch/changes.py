"""The grade diff: whose points changed since they were last published, by how much, and why."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.batch.journal import Entry, Points
from grader.model import UNJUDGED, PartReport, Report, Status
from grader.roster import Marked

WHY = 80  # characters of a reason


class Change(NamedTuple):
    """A part of a submission that earns other points than were published. `why` is a sentence for the staff."""

    part: str
    before: float
    after: float
    why: str


class Changes(NamedTuple):
    """Those of one submission, and its score before and after. `before` is None for one that was not published."""

    key: str
    name: str
    before: float | None
    after: float
    parts: tuple[Change, ...]


class Regraded(NamedTuple):
    """Somebody whose grade changes though no part of what counts for them does. `why` are the remarks on them."""

    name: str
    before: float
    after: float
    why: str


def points_of(report: Report) -> dict[str, Points]:
    """What every judged part earned and is worth, as it is published."""
    return {part.id: (part.earned, part.points) for part in report.parts if part.status not in UNJUDGED}


def changes(published: Mapping[str, Mapping[str, Points]], entries: Iterable[Entry]) -> Iterator[Changes]:
    """The submissions whose points differ from what was published, also those that are new."""
    for handed_in, report, _ in entries:
        name = ", ".join(person.name or person.id for person in handed_in.people) or handed_in.key
        old = published.get(handed_in.key)
        if old is None:
            yield Changes(handed_in.key, name, None, report.score, ())
            continue
        found = tuple(change for part in report.parts if (change := _change(part, old.get(part.id))))
        if found:
            yield Changes(handed_in.key, name, sum(earned for earned, _ in old.values()), report.score, found)


def regraded(published: Mapping[str, float], lines: Iterable[Marked], known: Container[str]) -> Iterator[Regraded]:
    """Whose grade changes by lateness, attempts or a roster; `known` are submissions of which the change is said."""
    for line in lines:
        before = published.get(line.person.id)
        if before is None or abs(before - line.final) < 1e-9 or (line.handed_in and line.handed_in.key in known):
            continue
        yield Regraded(line.person.name or line.person.id, before, line.final, "; ".join(line.remarks))


def _change(part: PartReport, old: Points | None) -> Change | None:
    if part.status is Status.PENDING and old is None:
        return None
    before, worth = old or (0.0, 0.0)
    after = 0.0 if part.status in UNJUDGED else part.earned
    if abs(before - after) < 1e-9 and (old is None) == (part.status in UNJUDGED):
        return None
    return Change(part.id, before, after, _why(part, worth if old else None))


def _why(part: PartReport, worth: float | None) -> str:
    if worth is None:
        return "judged for the first time"
    if worth != part.points:
        return f"worth {part.points:g} instead of {worth:g}"
    said = " ".join(part.feedback.split())
    return f"{part.status}: {said[:WHY]}{'…' if len(said) > WHY else ''}" if said else str(part.status)
