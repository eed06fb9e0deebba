"""A finding: something about a homework that its instructor has to mend, and where."""

import enum
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from grader.errors import BrokenReference, GraderError


class Kind(enum.StrEnum):
    """What is wrong, by what it is found in."""

    RUBRIC = "rubric"  # it cannot be understood, or does not add up
    REFERENCE = "reference"  # it is missing, raises, or contradicts itself
    DOCSTRING = "docstring"  # something that people read is not there
    FLAKE = "flake"  # a right answer loses points with some seed
    PRECISION = "precision"  # the same, of an answer in single precision
    MISCONCEPTION = "misconception"  # one that loses nothing, or is not told from another
    EXAMPLE = "example"  # one that gets other verdicts than it should, or is not there
    UNLOST = "unlost"  # a part that nobody loses


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something to mend: `file` and `line`, what is wrong, and the remedy.

    `part` is empty where it concerns no part, or several. `seeds` are those at which it shows, where it hangs on them.
    """

    kind: Kind
    file: str
    line: int
    message: str
    remedy: str = ""
    part: str = ""
    seeds: tuple[int, ...] = ()

    def __str__(self) -> str:
        """The place and the message in one line, then the remedy."""
        return f"{self.file}:{self.line}: {self.sentence}" + (f"\n  remedy: {self.remedy}" if self.remedy else "")

    @property
    def sentence(self) -> str:
        """The message with the seeds at which it holds."""
        if not self.seeds:
            return self.message
        shown = ", ".join(map(str, self.seeds[:5])) + (", ..." if len(self.seeds) > 5 else "")
        return f"{self.message} (seed{'s' * (len(self.seeds) > 1)} {shown})"


class Place(msgspec.Struct, frozen=True):
    """Where something stands; a line of 0 is that of the whole file."""

    file: Path
    line: int = 0


def finding(
    kind: Kind,
    place: Place,
    message: str,
    remedy: str = "",
    *,
    part: str = "",
    seeds: Sequence[int] = (),
) -> Finding:
    """A finding at a place."""
    return Finding(
        kind=kind,
        file=str(place.file),
        line=max(1, place.line),
        message=message,
        remedy=remedy,
        part=part,
        seeds=tuple(seeds),
    )


def of_error(error: GraderError, otherwise: Place, *, part: str = "", seeds: Sequence[int] = ()) -> Finding:
    """What the staff are told by an error, as a finding; it stands `otherwise` where the error does not say where."""
    kind = Kind.REFERENCE if isinstance(error, BrokenReference) else Kind.RUBRIC
    place = Place(Path(error.file), error.line) if error.file else otherwise
    message = error.message
    if not error.file and part:
        message = f"part '{part}': {message}"
    return finding(kind, place, message, error.remedy, part=part, seeds=seeds)


def below(one: Finding, folder: Path) -> Finding:
    """The finding with its file named as it is found from a folder, if it lies below that."""
    path = Path(one.file).resolve()
    return msgspec.structs.replace(one, file=str(path.relative_to(folder))) if path.is_relative_to(folder) else one


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, with all the seeds at which it shows; by file and line.

    What is found with several seeds in one place is one finding, told as with the first of them.
    """
    slots: dict[object, int] = {}
    kept: list[Finding] = []
    for one in sorted(findings, key=lambda one: (len(one.seeds) > 0, min(one.seeds, default=0))):
        same = one.file, one.line, one.message
        place = (one.kind, one.file, one.line, one.part) if one.seeds else same
        slot = slots.get(same, slots.get(place))
        if slot is None:
            slot = len(kept)
            kept.append(one)
        elif kept[slot].seeds:
            kept[slot] = msgspec.structs.replace(kept[slot], seeds=tuple(sorted({*kept[slot].seeds, *one.seeds})))
        slots[same] = slots[place] = slot
    return sorted(kept, key=lambda one: (one.file, one.line, one.kind, one.part))


def leading(findings: Iterable[Finding], doubtful: Collection[str]) -> list[Finding]:
    """The findings without those that may only follow from others: what becomes of a part that its reference loses,
    or that is doubtful.
    """
    findings = list(findings)
    flaky = {one.part for one in findings if one.kind is Kind.FLAKE}

    def follows(one: Finding) -> bool:
        if not one.seeds or not one.part:
            return False
        return (one.kind in (Kind.PRECISION, Kind.EXAMPLE) and one.part in flaky) or (
            one.kind is Kind.EXAMPLE and one.part in doubtful
        )

    return [one for one in findings if not follows(one)]
