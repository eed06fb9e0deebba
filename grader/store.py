"""What is the same for every student of a class, kept on disk under a digest of all that it depends on."""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

import grader
from grader import wire


class Store:
    """Named values under one key. A file that cannot be read or written is done without."""

    def __init__(self, key: str) -> None:
        self.path = _folder() / f"{key}.kept"
        self.kept: dict[str, Any] = self._read()
        self.changed = False

    def get(self, name: str) -> Any:
        """A value, if it is kept, else None."""
        return self.kept.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keeps a value, if it is data; functions are not kept."""
        with contextlib.suppress(wire.WireError):
            wire.encode(value)
            self.kept[name] = value
            self.changed = True

    def save(self) -> None:
        """Writes what is new; whole or not at all."""
        if not self.changed:
            return
        with contextlib.suppress(OSError, wire.WireError):
            data = wire.encode(self.kept)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(data)
            draft.replace(self.path)
            self.changed = False

    def _read(self) -> dict[str, Any]:
        try:
            data = self.path.read_bytes()
            start = wire.PREFIX.size
            header, _ = wire.lengths(data[:start])
            kept = wire.decode(data[start : start + header], data[start + header :], writable=True)
        except (OSError, wire.WireError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("GRADER_CACHE") or Path(home) / "grader")


def digest(folder: Path, *parts: Any) -> str:
    """A key of what depends on the Python files of a folder, on `parts` and on how we draw, measure and write.

    Errors
        OSError when a file cannot be read.
    """
    state = hashlib.sha256()
    ours = [Path(grader.__file__).parent / f"{name}.py" for name in ("answers", "draw", "trials", "wire", "store")]
    for path in [*ours, *sorted(folder.glob("*.py"))]:
        data = path.read_bytes()
        state.update(f"{path.name}\0{len(data)}\0".encode() + data)
    state.update(repr((np.__version__, *parts)).encode())
    return state.hexdigest()[:32]
