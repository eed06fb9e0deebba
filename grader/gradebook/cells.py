"""Cells of a spreadsheet: text of others stays text, and numbers stay numbers."""

import re
from collections.abc import Iterable

from grader.report.visible import one_line

MAX_CELL = 4000

# What makes a spreadsheet compute a cell when it comes first: these signs, and every letter that is one of them in
# another width (NFKC), with the minus of mathematics.
_SIGNS = "=+\\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u207b\u207c\u208a\u208b\u208c\ufb29"
_FIRST = re.compile(f"[\\s\ufeff]*[{_SIGNS}]|[\t\r\n]")
# Where a file is read with another separator than it was written with, a cell may begin in the middle of another.
_AFTER_ANOTHER_SEPARATOR = re.compile(f"([;|\t\r\n])(?=[\\s\ufeff\"]*[{_SIGNS}])")


def text(value: str, limit: int = MAX_CELL) -> str:
    """Somebody's text as a cell: on one line, with what hides made visible, and never a formula."""
    return neutral(one_line(value, limit))


def neutral(value: str) -> str:
    """The text with an apostrophe before everything that a spreadsheet would compute; otherwise as it is."""
    value = _AFTER_ANOTHER_SEPARATOR.sub(r"\1'", value)
    return f"'{value}" if _FIRST.match(value) else value


def texts(values: Iterable[str], limit: int = MAX_CELL) -> str:
    """Several sentences in one cell."""
    return text("; ".join(one_line(value, limit) for value in values if value), limit)


def number(value: float) -> str:
    """Points as a cell: 7, 68.5, 4.666667."""
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown
