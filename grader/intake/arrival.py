"""The door of a class: whatever the platform gave is recognised and becomes submissions that can be graded."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.intake import canvas, classroom, folders, gradescope, moodle
from grader.intake.archive import archive, is_zip
from grader.intake.bundle import Recognised
from grader.intake.listing import CLASS, ONE, Bounds, Listing, Unusable, folder_listing
from grader.intake.names import plain, unique
from grader.intake.unpacking import Place, handed_in
from grader.roster import HandedIn, Person, Refused

# How many folders around a class are taken off.
_MAX_WRAPPED = 3
# Submissions of one person that are named where they claim to be.
MOST_NAMED = 6


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed in: what kind of thing it is, the submissions, and what cannot be graded."""

    kind: str
    handed_in: tuple[HandedIn, ...]
    refused: tuple[Refused, ...]


def intake(
    path: Path, scratch: Path, files: Collection[str], *, one: Bounds = ONE, all_together: Bounds = CLASS
) -> Intake:
    """The submissions of a folder or zip, each in a folder of its own; below `scratch`, if it has to be unpacked.

    `files` are the rubric's problem files. A scratch folder belongs to one intake: what an earlier one left in the way
    is replaced. Nobody else's mistake costs a submission: what cannot be used is refused with a reason.

    Errors
        UsageError when `path` is not there or neither a folder nor a zip, or `scratch` cannot be written.
    """
    scratch = _ready(scratch)
    listing = _listing(path, scratch, all_together)
    found = recognised(listing, files)
    place = Place.new(scratch, one, all_together)
    taken: set[str] = set()
    arrived, refused = [], [*_nobodys(listing), *found.refused]
    labelled: set[str] = set()
    for bundle in found.bundles:
        name = unique(bundle.name, taken)
        try:
            arrived.append(handed_in(bundle, name, files, place))
            labelled.update([name] if bundle.labelled else [])
        except Unusable as reason:
            refused.append(Refused(name=plain(bundle.name), reason=str(reason), people=bundle.people))
    return Intake(kind=found.kind, handed_in=counted(_compared(arrived, labelled)), refused=tuple(refused))


def only(folder: Path, scratch: Path, files: Collection[str]) -> HandedIn:
    """The one submission that lies in a folder, however it was uploaded: in a folder of its own, or as notebooks.

    Errors
        Unusable, with the reason, where there is nothing to grade.
    """
    scratch = _ready(scratch)
    listing = folder_listing(folder.resolve(), scratch, ONE)
    return handed_in(folders.whole(listing), "submission", files, Place.new(scratch))


def _ready(scratch: Path) -> Path:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{scratch} cannot be made: {error.strerror}", remedy="name another folder") from None
    return scratch.resolve()


def _listing(path: Path, scratch: Path, bounds: Bounds) -> Listing:
    """What lies in a folder or a zip."""
    remedy = "name the folder or the zip that the submissions are in"
    if not path.exists():
        raise UsageError(f"there is no {path}", remedy=remedy)
    if path.is_dir():
        return folder_listing(path.resolve(), scratch, bounds)
    try:
        if path.is_file() and is_zip(path):
            return archive(path.resolve(), bounds)
    except Unusable as error:
        raise UsageError(f"{path}: {error}", remedy="or unpack it yourself, and name the folder") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", remedy=remedy) from None
    raise UsageError(f"{path} is neither a folder nor a zip", remedy="unpack it, and name the folder")


def recognised(listing: Listing, files: Collection[str]) -> Recognised:
    """What a listing is: the first platform that knows its own, also below a folder or two, else no platform's."""
    inner: Listing | None = listing
    for _ in range(_MAX_WRAPPED):
        if inner is None:
            break
        found = (
            gradescope.recognised(inner)
            or moodle.recognised(inner)
            or classroom.recognised(inner)
            or canvas.recognised(inner, files)
        )
        if found is not None:
            return found
        inner = inner.taken_off()
    return folders.recognised(listing, files)


def _nobodys(listing: Listing) -> list[Refused]:
    """Members whose names do not even say whose they are."""
    lost = [entry for entry in listing.entries if entry.fault and not entry.path]
    return [Refused(name=entry.shown or "?", reason=entry.fault) for entry in lost]


def _compared(arrived: Sequence[HandedIn], labelled: Collection[str]) -> list[HandedIn]:
    """The submissions, with a note where several whose student only they name claim to be the same person's."""
    claims: dict[tuple[str, ...], list[str]] = {}
    for one in arrived:
        claims.setdefault(identity(one.people), []).append(one.origin)
    noted = []
    for one in arrived:
        others = claims[identity(one.people)]
        if len(others) > 1 and one.key in labelled:
            shown = plain(", ".join(others[:MOST_NAMED])) + (", ..." if len(others) > MOST_NAMED else "")
            note = f"{len(others)} submissions say that they are by {one.people[0].id}: {shown}"
            one = msgspec.structs.replace(one, notes=(*one.notes, note))
        noted.append(one)
    return noted


def identity(people: Iterable[Person]) -> tuple[str, ...]:
    """What two submissions of the same people have in common."""
    return tuple(sorted((person.id or person.email or person.name).casefold() for person in people))


def counted(arrived: Iterable[HandedIn]) -> tuple[HandedIn, ...]:
    """The submissions with their attempts counted: in the order of time, where all of a person's have one."""
    arrived = list(arrived)
    of_same: dict[tuple[str, ...], list[int]] = {}
    for number, one in enumerate(arrived):
        of_same.setdefault(identity(one.people), []).append(number)
    for numbers in of_same.values():
        times = [arrived[number].submitted_at for number in numbers]
        if all(time is not None for time in times):
            numbers.sort(key=lambda number: (arrived[number].submitted_at, number))
        for attempt, number in enumerate(numbers, start=1):
            arrived[number] = msgspec.structs.replace(arrived[number], attempt=attempt)
    return tuple(arrived)
