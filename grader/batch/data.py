"""Records as bytes, between the processes of a run and in its journal."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def encoded(value: object) -> bytes:
    """A record as JSON."""
    return msgspec.json.encode(value, enc_hook=str)


def decoded(data: bytes, kind: type[T]) -> T:
    """A record of this kind. Raises msgspec.MsgspecError where it is none."""
    return msgspec.json.decode(data, type=kind, dec_hook=_made)


def _made(kind: type, value: Any) -> Any:
    return kind(value) if kind is Path else value
