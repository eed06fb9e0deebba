"""The cells of a notebook: Jupyter's formats 3 and 4 are JSON, of which a few keys matter here.

nbformat and its JSON Schema would check the rest, which nobody reads.
"""

import json
from typing import Any, NamedTuple

import msgspec

from grader.intake.listing import Unusable
from grader.intake.names import plain

MAX_SIZE = 64 << 20
# Python's own reader of JSON makes many small objects of it.
MAX_PLAIN_SIZE = 8 << 20
MAX_SOURCE = 256 << 10
MAX_CELLS = 5_000


class LeftOut(NamedTuple):
    """What of a cell is not in the module, and why. Cells count from 1, with the text between them."""

    cell: int
    reason: str


class Cell(NamedTuple):
    """A cell of code: its number, its lines, and whether it raised when it was last run."""

    number: int
    source: str
    failed: bool


class _Worksheet(msgspec.Struct):
    cells: list[msgspec.Raw] = []


class _Notebook(msgspec.Struct):
    cells: list[msgspec.Raw] | None = None
    worksheets: list[_Worksheet] = []
    metadata: dict[str, msgspec.Raw] = {}


def cells_of(data: bytes, name: str, left_out: list[LeftOut]) -> list[Cell]:
    """The notebook's cells of code, in order; those that cannot be read are entered in `left_out`.

    Errors
        Unusable where it is no notebook, none of Python, or too large.
    """
    if len(data) > MAX_SIZE:
        raise Unusable(f"{name} is larger than {MAX_SIZE >> 20} MB: clear its outputs")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        notebook = _read_again(data, name)
    language = _language(notebook)
    if language not in ("", "python", "ipython", "python3"):
        raise Unusable(f"{name} is a notebook of {plain(language, 20)}: ask for one of Python")
    return _of_code(_raw_cells(notebook, name), name, left_out)


def _raw_cells(notebook: _Notebook, name: str) -> list[msgspec.Raw]:
    if notebook.cells is None and not notebook.worksheets:
        raise Unusable(f"{name} is no notebook: it has no cells")
    raw = notebook.cells if notebook.cells is not None else [c for sheet in notebook.worksheets for c in sheet.cells]
    if len(raw) > MAX_CELLS:
        raise Unusable(f"{name} holds more than {MAX_CELLS} cells")
    return raw


def _of_code(raw: list[msgspec.Raw], name: str, left_out: list[LeftOut]) -> list[Cell]:
    cells = []
    for number, text in enumerate(raw, start=1):
        try:
            cell = _cell(number, msgspec.json.decode(text))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            cell = None
            left_out.append(LeftOut(number, "cells that cannot be read"))
        if cell is not None:
            cells.append(cell)
    if sum(len(cell.source) for cell in cells) > MAX_SOURCE:
        raise Unusable(f"{name} holds more than {MAX_SOURCE >> 10} KB of code")
    return cells


def _read_again(data: bytes, name: str) -> _Notebook:
    """What Jupyter writes and strict JSON refuses (NaN in a figure, halves of letters) Python's own reader takes."""
    wrong = Unusable(f"{name} is no notebook that can be read: open it in Jupyter and save it again")
    if len(data) > MAX_PLAIN_SIZE:
        raise wrong
    try:
        notebook = json.loads(data, parse_constant=lambda _: None, parse_int=_number)
        text = json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")
        return msgspec.json.decode(text, type=_Notebook)
    except (ValueError, RecursionError, MemoryError, msgspec.MsgspecError):
        raise wrong from None


def _number(text: str) -> int:
    """A whole number; Python takes long for one of many digits."""
    return int(text) if len(text) < 20 else 0


def _language(notebook: _Notebook) -> str:
    for key, field in (("kernelspec", "language"), ("language_info", "name")):
        try:
            found = msgspec.json.decode(notebook.metadata.get(key, b"{}"))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get(field), str):
            return str(found[field]).casefold()
    return ""


def _cell(number: int, cell: Any) -> Cell | None:
    """A cell of code; None for a cell of text. Of format 3 the code is `input`."""
    if not isinstance(cell, dict):
        raise msgspec.ValidationError("no cell")
    if cell.get("cell_type") != "code" or str(cell.get("language", "python")).casefold() != "python":
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise msgspec.ValidationError("no text")
    outputs = cell.get("outputs")
    outputs = outputs if isinstance(outputs, list) else []
    kinds = [output.get("output_type") for output in outputs if isinstance(output, dict)]
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    return Cell(number, source, any(kind in ("error", "pyerr") for kind in kinds))
