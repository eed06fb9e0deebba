"""What lies in a folder or an archive: a list of entries that can be read, each with its place and its fault."""

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.errors import UsageError
from grader.intake.names import is_junk, plain, unreadable

CHUNK = 1 << 16


class Unusable(Exception):
    """What was handed in cannot be used; says why."""


class Bounds(NamedTuple):
    """How much may come out of archives.

    members    how many files
    bytes      how many bytes, as they are written, whatever an archive says of itself
    ratio      how many times larger than its packed form a file may be, once it is larger than `unasked`
    """

    members: int
    bytes: int
    ratio: int = 200
    unasked: int = 8 << 20


ONE = Bounds(members=10_000, bytes=512 << 20)
CLASS = Bounds(members=100_000, bytes=16 << 30)


class Budget:
    """Counts what is written, for one submission within a class."""

    def __init__(self, bounds: Bounds, within: "Budget | None" = None) -> None:
        self.bounds, self.within = bounds, within
        self.members = self.bytes = 0

    def spend(self, members: int, size: int) -> None:
        """Counts before it is written; Unusable where it is too much."""
        whose = "it" if self.within else "the class"
        if self.members + members > self.bounds.members:
            raise Unusable(f"{whose} holds more than {self.bounds.members} files")
        if self.bytes + size > self.bounds.bytes:
            raise Unusable(f"{whose} unpacks to more than {self.bounds.bytes >> 20} MB")
        if self.within is not None:
            self.within.spend(members, size)
        self.members, self.bytes = self.members + members, self.bytes + size

    def give_back(self) -> None:
        """What was written has been removed: the class has that much more."""
        if self.within is not None:
            self.within.members -= self.members
            self.within.bytes -= self.bytes
        self.members = self.bytes = 0


class Entry(NamedTuple):
    """A file or folder of a listing.

    path     its place, part by part, in NFC; of one with a fault what is known of it
    shown    its name as it came
    chunks   reads it bit by bit; raises Unusable where it turns out to be damaged
    where    the file on disk, if it is one
    """

    path: tuple[str, ...]
    shown: str
    chunks: Callable[[], Iterator[bytes]]
    folder: bool = False
    fault: str = ""
    where: Path | None = None

    def below(self, depth: int) -> "Entry":
        """The same entry, seen from the folder so many levels down."""
        return self._replace(path=self.path[depth:])

    def read(self, limit: int) -> bytes:
        """All of it, Unusable when it is larger than that."""
        data = bytearray()
        for chunk in self.chunks():
            data += chunk
            if len(data) > limit:
                raise Unusable(f"{plain(self.shown)} is larger than {limit >> 20} MB")
        return bytes(data)


class Listing(NamedTuple):
    """A folder or an archive.

    name      what it is called, without `.zip`
    zipped    whether it is an archive
    clones    the folders that hold a clone of git
    """

    name: str
    zipped: bool
    entries: tuple[Entry, ...]
    clones: frozenset[tuple[str, ...]] = frozenset()

    def files(self) -> Iterator[Entry]:
        """The files that have no fault."""
        return (entry for entry in self.entries if not entry.folder and not entry.fault)

    def taken_off(self) -> "Listing | None":
        """The same without the one folder that all of it lies in; None where there is no such folder."""
        tops = {entry.path[0] for entry in self.entries if entry.path}
        if len(tops) != 1 or any(len(entry.path) == 1 and not entry.folder for entry in self.entries):
            return None
        (top,) = tops
        entries = tuple(entry.below(1) for entry in self.entries if len(entry.path) > 1 or entry.fault)
        return Listing(top, self.zipped, entries, frozenset(path[1:] for path in self.clones if len(path) > 1))


def children(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries by their first part, in order; those that have none are left out."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.path:
            found.setdefault(entry.path[0], []).append(entry)
    return found


def is_folder(entries: Iterable[Entry]) -> bool:
    """Whether entries with the same first part are those of a folder, not a file."""
    return any(entry.folder or len(entry.path) > 1 for entry in entries)


def nothing() -> Iterator[bytes]:
    """What is read from a folder, or from what has a fault."""
    return iter(())


def folder_listing(folder: Path, aside: Path, bounds: Bounds) -> Listing:
    """All that lies in a folder, without following links and without `aside`.

    Errors
        UsageError when there is more than a class can be, or it cannot be read.
    """
    entries: list[Entry] = []
    clones: set[tuple[str, ...]] = set()
    waiting: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    while waiting:
        here, above = waiting.pop()
        items, fault = _items(here)
        if fault and not above:
            raise UsageError(f"{folder} {fault}", remedy="give yourself the right to read it")
        if fault:
            entries.append(Entry(above, "/".join(above), nothing, True, fault, here))
        for item in items:
            if is_junk(item.name):
                clones.update([above] if item.name == ".git" else [])
                continue
            entry = _entry(item, above)
            entries.append(entry)
            if len(entries) > 10 * bounds.members:
                remedy = "name the folder that holds the submissions, and nothing else"
                raise UsageError(f"{folder} holds more than {10 * bounds.members} files", remedy=remedy)
            if entry.folder and not entry.fault and Path(item.path) != aside:
                waiting.append((Path(item.path), entry.path))
    entries = [entry for entry in entries if entry.where != aside]
    return Listing(folder.name, False, tuple(sorted(entries, key=lambda entry: entry.path)), frozenset(clones))


def _items(folder: Path) -> tuple[list[os.DirEntry[str]], str]:
    try:
        with os.scandir(folder) as items:
            return list(items), ""
    except OSError as error:
        return [], f"cannot be read: {error.strerror}"


def _entry(item: os.DirEntry[str], above: tuple[str, ...]) -> Entry:
    where = Path(item.path)
    path = (*above, unicodedata.normalize("NFC", item.name))
    folder = item.is_dir(follow_symlinks=False)
    if fault := unreadable(item.name):
        path = above
    elif item.is_symlink():
        fault = "" if _stays(where) else "it is a link that leads out of its folder"
    elif not folder and not item.is_file(follow_symlinks=False):
        fault = "it is no regular file"
    chunks = nothing if fault or folder else lambda: file_chunks(where)
    return Entry(path, "/".join((*above, item.name)), chunks, folder, fault, where)


def _stays(link: Path) -> bool:
    """Whether a link leads to something beside or below it."""
    try:
        return link.resolve(strict=True).is_relative_to(link.parent.resolve())
    except (OSError, RuntimeError):
        return False


def file_chunks(path: Path) -> Iterator[bytes]:
    """A file on disk, bit by bit."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise Unusable(f"{plain(path.name)} cannot be read: {error.strerror}") from None
