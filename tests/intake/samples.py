"""Samples of what a class hands in: folders, zips with every field at hand, notebooks."""

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

FILES = ("problem1.py", "problem2.py")
GOOD = {"problem1.py": "def f():\n    return 1\n", "problem2.py": "def g():\n    return 2\n"}
SYMLINK = 0o120777 << 16
FIFO = 0o010644 << 16


def files_in(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The folder with these files in it; a name that ends in `/` is a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A zip as an ordinary program writes it."""
    return packed([Raw(name, content) for name, content in files.items()])


def below(folder: str, files: dict[str, str | bytes]) -> dict[str, str | bytes]:
    """The same files in a folder."""
    return {f"{folder}/{name}": content for name, content in files.items()}


class Raw(NamedTuple):
    """A member of a zip with everything that can be said of it, true or not."""

    name: str | bytes
    content: str | bytes = b""
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    attributes: int = 0
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    extra: bytes = b""
    local_name: bytes | None = None
    local_sizes: tuple[int, int] | None = None
    offset: int | None = None


def packed(members: list[Raw], before: bytes = b"", comment: bytes = b"", count: int | None = None) -> bytes:
    """A zip of these members, as they say."""
    body = bytearray(before)
    directory = bytearray()
    for member in members:
        text = isinstance(member.name, str)
        name = member.name.encode() if text else member.name
        flags = member.flags | (0x800 if text and not name.isascii() else 0)
        content = member.content.encode() if isinstance(member.content, str) else member.content
        data = content
        if member.method == zipfile.ZIP_DEFLATED:
            compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
            data = compressor.compress(content) + compressor.flush()
        crc = zlib.crc32(content) if member.crc is None else member.crc
        size = len(content) if member.size is None else member.size
        small = len(data) if member.packed is None else member.packed
        offset = len(body) - len(before) if member.offset is None else member.offset
        local = name if member.local_name is None else member.local_name
        here, there = member.local_sizes or (small, size)
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, member.method, 0, 33, crc, here, there, len(local), 0)
        body += local + data
        fields = (20, 20, flags, member.method, 0, 33, crc, small, size, len(name), len(member.extra), 0, 0, 0)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields, member.attributes, offset) + name + member.extra
    number = min(len(members) if count is None else count, 0xFFFF)
    start = len(body) - len(before)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), start, len(comment))
    return bytes(body + directory + end + comment)


def notebook(*cells: str, **more) -> bytes:
    """A notebook of format 4 with these cells of code."""
    made = [{"cell_type": "code", "metadata": {}, "source": cell.splitlines(True), "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}).encode()
