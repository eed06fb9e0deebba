"""Terminals and files that lack a letter get something readable in its place, and nobody gets an error."""

import codecs
import io
from collections.abc import Iterable

# Symbols stay different from each other, and take one column as before.
_IN_ASCII = {
    "✓": "+", "◐": "~", "✗": "x", "◷": "t", "†": "#", "∅": "0", "⊘": "%", "↷": ">", "○": "o", "◌": ".", "△": "^",
    "─": "-", "├": "+", "└": "+", "–": "-", "−": "-", "’": "'", "·": ".", "…": "...",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "¹": "^1", "²": "^2", "³": "^3",
}  # fmt: skip
_NAME = "grader.ascii"


def replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for the letters that an encoding lacks: their likeness, or their numbers."""
    assert isinstance(error, UnicodeEncodeError), "nothing is read with this"
    lacking = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(letter) or _number(letter) for letter in lacking), error.end


def _number(letter: str) -> str:
    return letter.encode("ascii", "backslashreplace").decode()


def make_readable(streams: Iterable[object]) -> None:
    """Lets text streams write every text, whatever their encoding."""
    codecs.register_error(_NAME, replaced)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)
