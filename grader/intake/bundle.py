"""A submission as a platform packs it: whose it is, and which entries of the listing are its files."""

from datetime import datetime
from typing import NamedTuple

from grader.intake.listing import Entry
from grader.roster import Person, Refused


class Bundle(NamedTuple):
    """One submission before it is unpacked.

    name       what it is called here; its key is made of it
    entries    its files, as seen from its own folder
    people     whose it is, as far as the platform says
    in_place   whether it is a folder of its own, which need not be copied if it is on disk
    labelled   whether nobody but its `submission.yaml` can say whose it is
    The rest is as in `HandedIn`.
    """

    name: str
    entries: tuple[Entry, ...]
    people: tuple[Person, ...] = ()
    origin: str = ""
    submitted_at: datetime | None = None
    late: bool | None = None
    notes: tuple[str, ...] = ()
    in_place: bool = True
    labelled: bool = False


class Recognised(NamedTuple):
    """What a listing turned out to be, its submissions, and what of it is none."""

    kind: str
    bundles: list[Bundle]
    refused: list[Refused]
