"""A CSV as a person saved it: any of three separators, with or without a byte order mark, headers in loose spelling."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from grader.errors import UsageError

MAX_SIZE = 16 << 20
MAX_ROWS = 100_000
_SEPARATORS = ",;\t"


def header(cell: str) -> str:
    """A header without what people write differently: `E-Mail address` is `emailaddress`."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", cell).casefold())


def content(path: Path) -> bytes:
    """What is in a table's file. UsageError where it cannot be read or is too large for a table."""
    try:
        if path.stat().st_size > MAX_SIZE:
            raise UsageError(f"is larger than {MAX_SIZE >> 20} MB", file=path, remedy="is it the right file?")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path, remedy="check the path") from None


def rows(data: bytes, name: str, spelled: Callable[[str], str] = header) -> list[tuple[int, dict[str, str]]]:
    """The lines of a table that are not blank: the number of each, and its cells by header as `spelled` has it.

    Errors
        UsageError with file, line and remedy.
    """
    text = _text(data, name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    headers: list[str] = []
    found = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not headers:
                headers = [spelled(cell) for cell in cells]
                continue
            found.append((reader.line_num, _row(headers, cells, name, reader.line_num)))
            if len(found) > MAX_ROWS:
                raise UsageError(f"has more than {MAX_ROWS} lines", file=name, remedy="is it the right file?")
    except csv.Error as error:
        remedy = "save it again as CSV (UTF-8)"
        raise UsageError(f"is no CSV: {error}", file=name, line=reader.line_num, remedy=remedy) from None
    if not headers:
        raise UsageError("is empty", file=name, remedy="its first line names the columns: id, name, email, …")
    return found


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise UsageError("is no UTF-8", file=name, line=line, remedy="save it as CSV UTF-8") from None
    if "\0" in text:
        raise UsageError("is no text", file=name, remedy="save it as CSV (UTF-8)")
    return text


def _row(headers: list[str], cells: list[str], name: str, line: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(headers) :]):
        message = f"has {len(cells)} cells, and the first line names {len(headers)}"
        remedy = "put a cell that holds a separator into quotation marks"
        raise UsageError(message, file=name, line=line, remedy=remedy)
    row: dict[str, str] = {}
    for key, cell in zip(headers, cells, strict=False):
        if not row.get(key):  # of columns that are called alike, the first that says something
            row[key] = cell.strip()
    return row
