"""Names of files and people as they come in: made plain, or refused with a reason."""

import re
import unicodedata
from typing import NamedTuple

MAX_PART_BYTES = 255
MAX_NAME_BYTES = 1024
MAX_PARTS = 40
MAX_SHOWN = 200
MAX_KEY_BYTES = 120

# What systems and editors leave behind; nobody hands it in.
JUNK = frozenset(
    {
        "__macosx", "__pycache__", ".ds_store", "thumbs.db", "desktop.ini", ".git", ".ipynb_checkpoints", ".idea",
        ".vscode", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "venv", "node_modules",
    }
)  # fmt: skip
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in (*range(1, 10), "¹", "²", "³"))}
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_COPY = re.compile(r"(?P<stem>.+?) ?(?:-(?P<canvas>\d{1,4})|\((?P<browser>\d{1,4})\))(?P<suffix>\.[^.]+)?")


class Name(NamedTuple):
    """A file's place below its top folder, and why it must not be written there ('' where it may).

    Of a name with a fault, `path` is what stands before the fault, so that one can tell whose it is.
    """

    path: tuple[str, ...]
    fault: str = ""


def placed(raw: str) -> Name:
    """The place of an archive's member: NFC, without `.`, blank parts and backslashes."""
    text = unicodedata.normalize("NFC", raw).replace("\\", "/")
    if text.startswith("/"):
        return Name((), "its name starts at the root of the disk")
    path: list[str] = []
    for part in text.split("/"):
        if part in ("", "."):
            continue
        if fault := _fault(part) or (_DRIVE.match(part) and not path and "its name starts with a drive"):
            return Name(tuple(path), fault)
        path.append(part)
    if len(path) > MAX_PARTS or len(text.encode()) > MAX_NAME_BYTES:
        return Name(tuple(path[:1]), "its name is too long")
    return Name(tuple(path))


def _fault(part: str) -> str:
    """What is wrong with one part of an archive's name."""
    if part == "..":
        return "its name leads out of the folder (`..`)"
    if part.split(".")[0].rstrip(" ").casefold() in _DEVICES:
        return "its name belongs to a device of Windows"
    return unreadable(part)


def unreadable(part: str) -> str:
    """Why a file's name cannot be used at all; '' where it can."""
    if _CONTROL.search(part):
        return "its name holds characters that are no text"
    return "its name is too long" if len(part.encode()) > MAX_PART_BYTES else ""


def is_junk(part: str) -> bool:
    """Whether a part of a name says that nobody handed this in."""
    return part.startswith("._") or part.casefold() in JUNK


def same_file(path: tuple[str, ...]) -> tuple[str, ...]:
    """What two names have in common that are one file on a disk that does not tell cases apart."""
    return tuple(unicodedata.normalize("NFC", part.casefold()).rstrip(". ") for part in path)


class Copy(NamedTuple):
    """A file's name without the number that a browser or a platform gave to a copy, and that number (0: none)."""

    name: str
    number: int


def copy(name: str) -> Copy:
    """`problem1-2.py` and `problem1 (2).py` are the second copy of `problem1.py`."""
    found = _COPY.fullmatch(name)
    if found is None:
        return Copy(name, 0)
    return Copy(found["stem"] + (found["suffix"] or ""), int(found["canvas"] or found["browser"]))


def plain(text: object, limit: int = MAX_SHOWN) -> str:
    """Somebody's text on one line, without what is no text, and not too long."""
    words = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", str(text)[: 4 * limit])).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def key(text: str) -> str:
    """The text as the name of a folder: letters, digits, `-`, `_` and `.` of any script."""
    name = re.sub(r"[^\w.]+", "-", plain(text)).strip("-.")
    name = name.encode()[:MAX_KEY_BYTES].decode(errors="ignore").rstrip("-.")
    return f"{name}_" if _fault(name) else name or "submission"


def unique(text: str, taken: set[str]) -> str:
    """A key that is not taken yet, also not in other letters; it is taken now."""
    base = name = key(text)
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name.casefold())
    return name
