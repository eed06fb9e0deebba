"""A zip as a listing: hostile until read. Nothing is written here, and nothing is believed that can be checked.

The standard library's `zipfile` gives up a whole archive for one bad member, unpacks what overlaps, and takes names and
sizes as they are told; a class needs every other submission. Format: PKWARE's APPNOTE 6.3.10.
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from grader.intake.listing import CHUNK, Bounds, Entry, Listing, Unusable, nothing
from grader.intake.names import is_junk, placed, plain

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_COMMENT = 0xFFFF
_FULL = 0xFFFFFFFF  # "see the zip64 field"
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
# A directory's line is seldom longer, so that a directory of too many members is refused before it is read.
_LINE = 512


class Member(NamedTuple):
    """A line of the archive's directory."""

    name: bytes
    extra: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    offset: int
    fault: str = ""


class Directory(NamedTuple):
    """Where the archive's directory lies, and how many bytes stand before the archive itself."""

    start: int
    size: int
    before: int


def archive(path: Path, bounds: Bounds) -> Listing:
    """What a zip holds, in its order, without what systems leave behind.

    Errors
        Unusable where it is no zip, is damaged, or holds too much. A member that must not be unpacked has a fault.
    """
    try:
        with path.open("rb") as file:
            directory = _directory(file, path.stat().st_size)
            if directory.size > bounds.members * _LINE:
                raise Unusable(f"it holds more than {bounds.members} files")
            file.seek(directory.start)
            members = _members(file.read(directory.size), directory, bounds)
    except OSError as error:
        raise Unusable(f"it cannot be read: {error.strerror}") from None
    inside = _overlapping(members, directory.start)
    entries: list[Entry] = []
    clones: set[tuple[str, ...]] = set()
    for number, member in enumerate(members):
        entry = _entry(path, member, bounds, number in inside)
        junk = next((i for i, part in enumerate(entry.path) if is_junk(part)), None)
        if junk is None:
            entries.append(entry)
        elif entry.path[junk] == ".git":
            clones.add(entry.path[:junk])
    name = path.stem if path.suffix.casefold() == ".zip" else path.name
    return Listing(name, True, tuple(entries), frozenset(clones))


def is_zip(path: Path) -> bool:
    """Whether a file starts as archives do, or is called so."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6") or path.suffix.casefold() == ".zip"


def _directory(file: IO[bytes], size: int) -> Directory:
    tail_start = max(0, size - _END.size - _MAX_COMMENT - _LOCATOR.size - _END64.size)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6", 0, len(tail) - _END.size + 4)
    if at < 0:
        raise Unusable("it is no zip, or its end is missing: download it again")
    _, disk, first, _, _, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    if _FULL in (length, offset) and at >= _LOCATOR.size:
        mark, _, _, _ = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)
        if mark == b"PK\6\7" and (at64 := tail.rfind(b"PK\6\6", 0, at)) >= 0 and at64 + _END64.size <= at:
            *_, disk, first, _, _, length, offset = _END64.unpack_from(tail, at64)
            end = tail_start + at64
    if disk or first:
        raise Unusable("it is one of several volumes: ask for a single zip")
    start = end - length
    if start < 0 or offset > start:
        raise Unusable("its directory is damaged: download it again")
    return Directory(start, length, start - offset)


def _members(data: bytes, directory: Directory, bounds: Bounds) -> list[Member]:
    members: list[Member] = []
    at = 0
    while at < len(data):
        if at + _CENTRAL.size > len(data) or data[at : at + 4] != b"PK\1\2":
            raise Unusable("its directory is damaged: download it again")
        _, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, attributes, offset = (
            _CENTRAL.unpack_from(data, at)
        )
        names = at + _CENTRAL.size
        extras, at = names + name, names + name + extra + comment
        if at > len(data):
            raise Unusable("its directory is damaged: download it again")
        member = Member(
            data[names:extras], data[extras : extras + extra], flags, method, crc, packed, size, attributes, offset
        )
        member = _long(member)
        members.append(member._replace(offset=member.offset + directory.before))
        if len(members) > bounds.members:
            raise Unusable(f"it holds more than {bounds.members} files")
    return members


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The extra fields of a member: their numbers and what they hold."""
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<2H", extra, at)
        yield number, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _long(member: Member) -> Member:
    """The member with the sizes of its zip64 field, where it has them there."""
    wanted = [name for name in ("size", "packed", "offset") if getattr(member, name) == _FULL]
    field = next((data for number, data in _fields(member.extra) if number == 1), b"")
    if not wanted or not field:  # a member of 4 GB less a byte, or one whose sizes will be found wrong
        return member
    if len(field) < 8 * len(wanted):
        return member._replace(fault="its sizes are damaged")
    return member._replace(**dict(zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", field), strict=True)))


def _overlapping(members: list[Member], end: int) -> set[int]:
    """The members whose data is also that of others, or lies outside the archive."""
    found: set[int] = set()
    furthest, whose = 0, -1
    for number in sorted(range(len(members)), key=lambda number: members[number].offset):
        member = members[number]
        if member.offset < furthest and whose >= 0:
            found.update((number, whose))
        after = member.offset + _LOCAL.size + len(member.name) + member.packed
        if after > end:
            found.add(number)
        if after >= furthest:
            furthest, whose = after, number
    return found


def _entry(path: Path, member: Member, bounds: Bounds, overlaps: bool) -> Entry:
    text, fault = _name(member)
    place = placed(text)
    kind = stat.S_IFMT(member.attributes >> 16)
    folder = text.endswith(("/", "\\")) or kind == stat.S_IFDIR
    fault = fault or place.fault or _fault(member, kind, folder, overlaps)
    if not fault and not place.path and not folder:
        fault = "it has no name"
    chunks = nothing if fault or folder else partial(_chunks, path, member, bounds)
    return Entry(place.path, plain(text), chunks, folder, fault)


def _name(member: Member) -> tuple[str, str]:
    """A member's name as text, and what is wrong with it."""
    if member.flags & _UTF8:
        text = member.name.decode("utf-8", "replace")
        return text, "its name is no UTF-8" if "\ufffd" in text else ""
    for number, data in _fields(member.extra):
        if number == 0x7075 and data[1:5] == zlib.crc32(member.name).to_bytes(4, "little"):
            return data[5:].decode("utf-8", "replace"), ""
    try:  # many programs write UTF-8 and do not say so; hardly a name in the old letters happens to be UTF-8
        return member.name.decode(), ""
    except UnicodeDecodeError:
        return member.name.decode("cp437"), ""


def _fault(member: Member, kind: int, folder: bool, overlaps: bool) -> str:
    """Why a member must not be unpacked, by what the directory says of it."""
    if kind == stat.S_IFLNK:
        return "it is a symbolic link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is no regular file"
    if member.flags & _ENCRYPTED:
        return "it is encrypted: ask for one without a password"
    if folder:
        return ""
    if member.method not in (_STORED, _DEFLATED):
        return f"it is packed in a way that is not read here (method {member.method}): ask for an ordinary zip"
    return member.fault or ("its data is that of another member too" if overlaps else "")


def _chunks(path: Path, member: Member, bounds: Bounds) -> Iterator[bytes]:
    """A member's content, checked against all that the archive says of it."""
    try:
        with path.open("rb") as file:
            _to_data(file, member)
            crc = size = 0
            for chunk in _unpacked(file, member):
                crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                if size > member.size:
                    raise Unusable("it unpacks to more than the archive says")
                if size > max(bounds.unasked, bounds.ratio * member.packed):
                    raise Unusable(f"it unpacks to more than {bounds.ratio} times its size")
                yield chunk
    except (zlib.error, OSError, struct.error):
        raise Unusable("it is damaged: ask for it again") from None
    if size != member.size:
        raise Unusable("it unpacks to less than the archive says")
    if crc != member.crc:
        raise Unusable("it is damaged (its checksum differs): ask for it again")


def _to_data(file: IO[bytes], member: Member) -> None:
    """Moves to where a member's data starts; its own header has to say what the directory says."""
    file.seek(member.offset)
    mark, _, flags, method, _, _, _, packed, size, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
    if mark != b"PK\3\4":
        raise Unusable("it is damaged: ask for it again")
    if file.read(name) != member.name or method != member.method or flags & _ENCRYPTED:
        raise Unusable("the archive says two different things about it")
    told_later = flags & 0x8
    if not told_later and (packed not in (member.packed, _FULL) or size not in (member.size, _FULL)):
        raise Unusable("the archive says two different sizes of it")
    file.seek(extra, 1)


def _unpacked(file: IO[bytes], member: Member) -> Iterator[bytes]:
    """The data of a member, in pieces of bounded size, and not one byte of what follows it."""
    left = member.packed
    if member.method == _STORED:
        while left and (data := file.read(min(CHUNK, left))):
            left -= len(data)
            yield data
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    data = b""
    while not unpacker.eof:
        if not data and left:
            data = file.read(min(CHUNK, left))
            left = left - len(data) if data else 0
        piece = unpacker.decompress(data, CHUNK)
        if not piece and not unpacker.eof and not left and len(unpacker.unconsumed_tail) in (0, len(data)):
            raise Unusable("it is cut short")
        data = unpacker.unconsumed_tail
        if piece:
            yield piece
    if left or unpacker.unused_data:
        raise Unusable("it is packed into less than the archive says")
