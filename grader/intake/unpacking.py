"""From a bundle to a submission that can be graded: its files in a folder of its own, or a reason why not."""

import errno
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path, PurePath
from typing import NamedTuple

from grader.errors import UsageError
from grader.intake.archive import archive
from grader.intake.bundle import Bundle
from grader.intake.cells import MAX_SIZE
from grader.intake.listing import CLASS, ONE, Bounds, Budget, Entry, Unusable
from grader.intake.names import plain, same_file
from grader.intake.notebook import Module, module
from grader.intake.problems import Found, found, why_none
from grader.roster import HandedIn, Person
from grader.submission import Label, Submission

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE)


class Place(NamedTuple):
    """Where submissions are unpacked to, and how much may be.

    budget   counts what the whole class takes
    one      the bounds of each submission
    """

    scratch: Path
    budget: Budget
    one: Bounds = ONE

    @classmethod
    def new(cls, scratch: Path, one: Bounds = ONE, all_together: Bounds = CLASS) -> "Place":
        """A scratch folder with nothing counted yet."""
        return cls(scratch, Budget(all_together), one)


def handed_in(bundle: Bundle, key: str, files: Collection[str], place: Place) -> HandedIn:
    """The submission, in its own folder below the scratch folder unless it can stay where it is.

    Errors
        Unusable where it cannot be graded; nothing of it is left then.
        UsageError where the scratch folder cannot be written.
    """
    inner = place.scratch / f".{key}.zip"  # no key starts with a dot
    inner.unlink(missing_ok=True)
    budget = Budget(place.one, within=place.budget)
    try:
        return _handed_in(bundle, files, _Files(place, budget, key), inner)
    except Unusable:
        _cleared(place.scratch / key)
        budget.give_back()
        raise
    except OSError as error:
        _cleared(place.scratch / key)
        if error.errno not in _NO_ROOM:
            raise Unusable(f"it cannot be unpacked: {error.strerror}") from None
        remedy = "make room there, or name another folder"
        raise UsageError(f"{place.scratch} cannot be written: {error.strerror}", remedy=remedy) from None
    finally:
        inner.unlink(missing_ok=True)


def _handed_in(bundle: Bundle, files: Collection[str], target: "_Files", inner: Path) -> HandedIn:
    if sum(entry.where is None for entry in bundle.entries) > target.budget.bounds.members:
        raise Unusable(f"it holds more than {target.budget.bounds.members} files")
    entries = _sound(bundle.entries)
    seen = found(entries, files)
    if seen is None and (zips := [entry for entry in entries if _is_zip(entry)]):
        bundle = bundle._replace(in_place=False)
        return _of_zips(bundle, zips, files, target, inner)
    return _placed(bundle, entries, seen, files, target)


def _of_zips(bundle: Bundle, zips: list[Entry], files: Collection[str], target: "_Files", inner: Path) -> HandedIn:
    """The submission out of the zips that it consists of; what is packed in them again stays packed."""
    if len(zips) > 1:
        raise Unusable(f"it consists of {len(zips)} zips: unpack the one that counts")
    (only,) = zips
    if only.where is None:
        target.write(only, inner)
    listing = archive(only.where or inner, target.place.one)
    entries = _sound(listing.entries)
    return _placed(bundle, entries, found(entries, files), files, target)


def _sound(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries, if all are fit to be unpacked beside each other."""
    for entry in entries:
        if entry.fault:
            raise Unusable(f"{plain(entry.shown)}: {entry.fault}")
        if not entry.path and not entry.folder:
            raise Unusable(f"{plain(entry.shown)} is a file, and a folder should be there")
    _distinct([entry for entry in entries if not entry.folder and entry.where is None])
    return entries


def _distinct(files: list[Entry]) -> None:
    """Refuses two files that are one on a disk that does not tell cases apart, and files that are folders too."""
    names: dict[tuple[str, ...], Entry] = {}
    for entry in files:
        other = names.setdefault(same_file(entry.path), entry)
        if other is not entry:
            raise Unusable(f"{plain(entry.shown)} and {plain(other.shown)} are one file on some disks: keep one")
    for entry in files:
        place = same_file(entry.path)
        for length in range(1, len(place)):
            if place[:length] in names:
                raise Unusable(f"{plain('/'.join(entry.path[:length]))} is both a file and a folder")


def _is_zip(entry: Entry) -> bool:
    return not entry.folder and entry.path[-1].casefold().endswith(".zip")


class _Files:
    """Writes the files of one submission, below its own folder and nowhere else."""

    def __init__(self, place: Place, budget: Budget, key: str) -> None:
        self.place, self.budget = place, budget
        self.folder = place.scratch / key

    def write(self, entry: Entry, target: Path) -> None:
        """Copies an entry; what is there already is in the way."""
        self.budget.spend(1, 0)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            try:
                for chunk in entry.chunks():
                    self.budget.spend(0, len(chunk))
                    file.write(chunk)
            except Unusable as error:
                raise Unusable(f"{plain(entry.shown)}: {error}") from None

    def write_text(self, text: str, target: Path) -> None:
        """Writes what was made here."""
        data = text.encode("utf-8", "replace")
        self.budget.spend(1, len(data))
        target.write_bytes(data)


def _placed(
    bundle: Bundle, entries: tuple[Entry, ...], seen: Found | None, files: Collection[str], target: _Files
) -> HandedIn:
    if seen is None:
        raise Unusable(why_none(entries, files))
    modules, notes = _modules(seen)
    folder = _own_folder(bundle, entries, seen)
    if modules or folder is None:
        folder = target.folder
        _copy(entries, seen, modules, target)
    label = _label(folder)
    people = bundle.people
    if bundle.labelled and label.student is not None and (label.student.id or label.student.name):
        id, name = plain(label.student.id), plain(label.student.name)
        people = (Person(id=id or name, name=name),)
    if bundle.labelled and label.collaborators:
        others = plain(", ".join(label.collaborators))
        notes.append(f"submission.yaml names collaborators ({others}); they are graded by what they hand in themselves")
    return HandedIn(
        key=target.folder.name,
        folder=folder,
        people=people,
        submitted_at=bundle.submitted_at,
        late=bundle.late,
        origin=bundle.origin,
        notes=(*bundle.notes, *seen.notes, *notes),
    )


def _modules(seen: Found) -> tuple[Mapping[str, Module], list[str]]:
    """The source of each problem file that was handed in as a notebook, and what to say about it."""
    read: dict[str, Module | None] = {}
    reasons: dict[str, str] = {}
    modules = {}
    for problem, entry in seen.files.items():
        name = entry.path[-1]
        if not name.casefold().endswith(".ipynb"):
            continue
        if name not in read:
            try:
                read[name] = module(entry.read(MAX_SIZE), plain(name, 60))
            except Unusable as error:
                read[name], reasons[name] = None, str(error)
        if (one := read[name]) is not None:
            modules[problem] = one
    if reasons and len(reasons) == len({entry.path for entry in seen.files.values()}):
        raise Unusable("; ".join(reasons.values()))
    said = [one.note(plain(name, 60)) for name, one in read.items() if one is not None]
    return modules, [note for note in (*said, *reasons.values()) if note]


def _own_folder(bundle: Bundle, entries: tuple[Entry, ...], seen: Found) -> Path | None:
    """The folder on disk that holds these files by their right names; None where they have to be copied."""
    if not bundle.in_place or any(entry.path[-1] != problem for problem, entry in seen.files.items()):
        return None
    first = next(iter(seen.files.values()))
    return first.where.parent if first.where is not None else None


def _copy(entries: tuple[Entry, ...], seen: Found, modules: Mapping[str, Module], target: _Files) -> None:
    """Writes the folder that counts, with the problem files under their right names."""
    _cleared(target.folder)
    target.folder.mkdir(parents=True)
    renamed = {entry.path: problem for problem, entry in seen.files.items() if problem not in modules}
    made = {same_file((problem,)) for problem in modules}
    depth = len(seen.root)
    for entry in entries:
        if entry.folder or entry.path[:depth] != seen.root or same_file(entry.path[depth:]) in made:
            continue
        below = (renamed[entry.path],) if _is_renamed(entry, renamed) else entry.path[depth:]
        target.write(entry, target.folder.joinpath(*below))
    for problem, one in modules.items():
        target.write_text(one.source, target.folder / problem)


def _is_renamed(entry: Entry, renamed: Mapping[tuple[str, ...], str]) -> bool:
    return entry.path in renamed and PurePath(renamed[entry.path]).suffix == PurePath(entry.path[-1]).suffix.casefold()


def _label(folder: Path) -> Label:
    """What `submission.yaml` says; the runner would stumble over one that cannot be read."""
    try:
        return Submission(folder).label
    except UsageError as error:
        raise Unusable(f"submission.yaml: {plain(error.message)}: correct it, or delete it") from None


def _cleared(folder: Path) -> None:
    """Removes what an earlier intake left."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
