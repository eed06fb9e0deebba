"""A class: who is in it, what they handed in, and what came of it."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from grader.model import Report


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the class, as the roster or the place of handing in knows them.

    `id` is the one that joins the two: a student number, a login, or the number of the learning platform; `aliases`
    are others that they go by. `extension` is the deadline of their own, if they have one.
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    group: str = ""
    extension: datetime | None = None
    aliases: tuple[str, ...] = ()


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of one person or group, with its problem files in a folder of its own.

    key            unique in the class, and fit to name a folder
    folder         where the problem files are
    people         whose it is; several for a group
    submitted_at   when, with its time zone; None where nobody says
    late           what the platform says about that; None where it says nothing
    attempt        counts the submissions of the same people, from 1
    origin         what the platform calls it, to write grades back: a folder's or file's name there
    notes          what was done to it on the way in ("problem1.ipynb: cells 3 and 5 were left out: shell commands")
    """

    key: str
    folder: Path
    people: tuple[Person, ...]
    submitted_at: datetime | None = None
    late: bool | None = None
    attempt: int = 1
    origin: str = ""
    notes: tuple[str, ...] = ()


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was handed in and cannot be graded, with the reason and what to do."""

    name: str
    reason: str
    people: tuple[Person, ...] = ()


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the gradebook: a person, the submission that counts for them, and the points that follow.

    `score` is what was earned, `final` what is left of it after lateness. Without a submission `report` is None and
    both are 0. `remarks` say how one came from the other ("2 days late: 20 % less"). `late` is how long after their
    deadline it came, beyond the grace, and `refused` why something that they handed in could not be read.
    """

    person: Person
    handed_in: HandedIn | None = None
    report: Report | None = None
    score: float = 0.0
    final: float = 0.0
    max_score: float = 0.0
    pending_points: float = 0.0
    late: timedelta | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
