"""What is the same for every student of a class, kept on disk under a digest of all that it depends on."""

import contextlib
import functools
import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

import grader
from grader import wire

# A file opens with a hash of the rest, so that a damaged one is known by it.
SEAL = hashlib.sha256().digest_size


class Store:
    """Named values under one key. A file that cannot be read or written is done without."""

    def __init__(self, key: str) -> None:
        self.path = _folder() / f"{key}.kept"
        self.kept: dict[str, Any] = self._read()
        self.changed = False
        self._lock = threading.Lock()

    def get(self, name: str) -> Any:
        """A value, if it is kept, else None."""
        return self.kept.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keeps a value, if it is data; functions are not kept."""
        with contextlib.suppress(wire.WireError), self._lock:
            wire.encode(value)
            self.kept[name] = value
            self.changed = True

    def save(self) -> None:
        """Writes what is new; whole or not at all."""
        with self._lock:
            if self.changed:
                self._write()

    def _write(self) -> None:
        # Its name is nobody else's: threads, and machines that share the folder, may write at the same time.
        draft = self.path.with_suffix(f".{os.urandom(8).hex()}")
        try:
            self.kept = self._read() | self.kept  # another process may have found out something else meanwhile
            data = wire.encode(self.kept)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(hashlib.sha256(data).digest() + data)
            draft.replace(self.path)
            self.changed = False
        except (OSError, wire.WireError):
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            file = self.path.read_bytes()
            seal, data = file[:SEAL], file[SEAL:]
            if hashlib.sha256(data).digest() != seal:
                return {}
            kept = wire.whole(data)
        except (OSError, wire.WireError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _folder() -> Path:
    if named := os.environ.get("GRADER_CACHE"):
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grader"
    except RuntimeError:  # a user without a home, as in some containers: nothing is kept
        return Path(os.devnull)


def digest(folder: Path, *parts: Any) -> str:
    """A key of what depends on the Python files of a folder, on `parts` and on how we draw, measure and write.

    Errors
        OSError when a file cannot be read.
    """
    state = hashlib.sha256(_ours())
    for path in sorted(path for path in folder.rglob("*.py") if path.is_file()):  # editors leave dead links
        state.update(_named_content(path))
    state.update(repr((np.__version__, *parts)).encode())
    return state.hexdigest()[:32]


# What decides what is kept: modules and packages of ours.
_DECIDING = (
    "answers", "compare", "draw", "feedback/diagnosis", "feedback/explanation", "feedback/misconceptions", "given",
    "invariants", "mutants", "reference", "rubric", "sensitivity", "sheet", "store", "tolerance", "trials", "wire",
)  # fmt: skip


@functools.cache
def _ours() -> bytes:
    paths = [Path(grader.__file__).parent / name for name in _DECIDING]
    files = [sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")] for path in paths]
    return b"".join(_named_content(file) for own in files for file in own)


def _named_content(path: Path) -> bytes:
    data = path.read_bytes()
    return f"{path.name}\0{len(data)}\0".encode() + data
