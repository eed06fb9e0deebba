"""A CSV file that a platform exported, in which a few cells are filled and every other byte stays what it is."""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError

MAX_SIZE = 64 << 20
_MARK = "\ufeff"
_SEPARATORS = ",;\t"
_WITH_POINT, _WITH_COMMA = re.compile(r"\d+\.\d+"), re.compile(r"\d+,\d+")


class Sheet:
    """The rows of a file, each a list of cells as they stand there; the first one has the names of the columns.

    Errors
        UsageError, with the file and what to do, for what cannot be read or lacks one of the columns `wanted`.
    """

    def __init__(self, path: Path, wanted: Sequence[str], remedy: str) -> None:
        self.path = path
        text = _text(path, remedy)
        self.mark = _MARK if text.startswith(_MARK) else ""
        text = text.removeprefix(_MARK)
        for self.separator in _SEPARATORS:
            self.rows, self.ends = _cells(text, self.separator)
            self.header = [_plain(cell).strip() for cell in self.rows[0]] if self.rows else []
            if set(wanted) <= set(self.header):
                return
        self.separator = ","
        lacking = " and ".join(f"'{name}'" for name in wanted)
        raise UsageError(f"has no columns {lacking} in its first line", file=path, remedy=remedy)

    def column(self, name: str) -> int:
        """Where a column stands; -1 where there is none of this name."""
        return self.header.index(name) if name in self.header else -1

    def value(self, row: int, column: int) -> str:
        """What a cell says; nothing where the row has no such cell."""
        cells = self.rows[row]
        return _plain(cells[column]).strip() if 0 <= column < len(cells) else ""

    def fill(self, row: int, column: int, value: str) -> None:
        """Writes into a cell, in the manner in which it was written."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or any(sign in value for sign in (self.separator, '"', "\n", "\r"))
        cells[column] = '"' + value.replace('"', '""') + '"' if quoted else value

    def decimal_comma(self, columns: Sequence[int]) -> bool:
        """Whether numbers have a comma: as these columns show it, else as separators that are no commas suggest."""
        values = [self.value(row, column) for row in range(1, len(self.rows)) for column in columns]
        points = sum(_WITH_POINT.fullmatch(value) is not None for value in values)
        commas = sum(_WITH_COMMA.fullmatch(value) is not None for value in values)
        return commas > points or (commas == points and self.separator == ";")

    def data(self) -> bytes:
        """The file."""
        lines = (self.separator.join(cells) + end for cells, end in zip(self.rows, self.ends, strict=True))
        return (self.mark + "".join(lines)).encode()


def _text(path: Path, remedy: str) -> str:
    try:
        if path.stat().st_size > MAX_SIZE:
            raise UsageError(f"is larger than {MAX_SIZE >> 20} MB", file=path, remedy=remedy)
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot be read: {error}", file=path, remedy="check the path") from None
    except UnicodeDecodeError:
        again = "export it again, and do not save it with a spreadsheet program in between"
        raise UsageError("is not in UTF-8", file=path, remedy=again) from None


def _cells(text: str, separator: str) -> tuple[list[list[str]], list[str]]:
    """The cells of every row, as they are written, and the ends of the lines."""
    # A quote that is never closed is a letter like any other.
    cell = re.compile(rf'("(?:[^"]++|"")*+"|[^{separator}\r\n]*)({separator}|\r\n|\n|\r|\Z)')
    rows: list[list[str]] = []
    ends: list[str] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        found = cell.match(text, at)
        assert found is not None  # there is always an end of the text
        row.append(found[1])
        at = found.end()
        if found[2] != separator:
            rows.append(row)
            ends.append(found[2])
            row = []
    return rows, ends


def _plain(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell
