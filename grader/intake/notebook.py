"""A notebook as a module: what defines names, in order; what runs something is left out and listed.

docs/decisions/notebooks.md says what is kept, and why.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from grader.intake.cells import Cell, LeftOut, cells_of
from grader.intake.constants import Names, now
from grader.intake.definitions import bound, needed, objection
from grader.intake.names import plain

# Characters that are parsed, over all attempts: a cell is parsed again without a line that is no Python.
MAX_PARSED = 2 << 20
MAX_STATEMENTS = 10_000
MAX_LISTED = 40

# Cell magics below which the cell is Python that defines names as if they were not there.
_TRANSPARENT = ("time", "capture", "prun", "memit", "mprun", "lprun")
_MAGIC = re.compile(r"^\s*(?:[%!?]|[\w., ]+=\s*[%!]|[^#'\"]*\?\s*$)")
_FUTURE = "__future__"
# What is there wherever a submission is graded; any other import may fail without taking the rest with it.
_THERE = sys.stdlib_module_names | {"numpy", "scipy", "torch"}


class Module(NamedTuple):
    """A notebook's definitions as source text, and what is not in it."""

    source: str
    left_out: tuple[LeftOut, ...]

    def note(self, name: str) -> str:
        """What was left out, as a sentence; '' where nothing was."""
        cells: dict[str, list[int]] = {}
        for cell, reason in self.left_out:
            cells.setdefault(reason, []).append(cell)
        listed = [f"{reason} ({_numbered(where)})" for reason, where in list(cells.items())[:MAX_LISTED]]
        more = [f"and {len(cells) - MAX_LISTED} more"] if len(cells) > MAX_LISTED else []
        return f"{name}: left out: {'; '.join([*listed, *more])}" if cells else ""


def module(data: bytes, name: str) -> Module:
    """The definitions of a notebook as the source of a module; comments say which cell they come from.

    Errors
        Unusable where it is no notebook, or none of Python.
    """
    left_out: list[LeftOut] = []
    cells = cells_of(data, name, left_out)
    return _Writer(name, left_out).module(cells)


class _Writer:
    """Puts a module together, cell by cell."""

    def __init__(self, name: str, left_out: list[LeftOut]) -> None:
        self.name = name
        self.left_out = left_out
        self.names = Names()
        self.futures: dict[str, None] = {}
        self.parts: list[str] = []
        self.parsed = self.statements = 0
        self.shaky: set[str] = set()  # names that may turn out not to be there

    def module(self, cells: Iterable[Cell]) -> Module:
        for cell in cells:
            self._add(cell)
        futures = [f"from {_FUTURE} import {', '.join(self.futures)}"] if self.futures else []
        head = [f"# The definitions of {self.name}; what else is in it is not run.", *futures]
        return Module("\n".join([*head, *self.parts, ""]), tuple(sorted(set(self.left_out))))

    def _leave_out(self, cell: Cell, reason: str) -> None:
        self.left_out.append(LeftOut(cell.number, reason))

    def _add(self, cell: Cell) -> None:
        text = self._without_cell_magic(cell)
        tree = self._tree(cell, text.split("\n")) if text.strip() else None
        if tree is None:
            return
        body, lines = tree
        self.statements += len(body)
        if self.statements > MAX_STATEMENTS:
            self._leave_out(cell, f"what follows the first {MAX_STATEMENTS} statements")
            return
        encoded = [line.encode("utf-8", "replace") for line in lines]
        for statement in body:
            try:
                reason = objection(statement, self.names, cell.failed) or _uncompiled(statement)
            except RecursionError:
                reason = "statements that are nested too deep"
            if reason:
                if not _is_text(statement):
                    self._leave_out(cell, reason)
                continue
            self.names.keep(statement)
            self._write(cell, statement, encoded)

    def _without_cell_magic(self, cell: Cell) -> str:
        """A cell's text, less the line of a magic that changes nothing; '' where another program reads it."""
        text = cell.source.lstrip()
        if not text.startswith("%%"):
            return cell.source
        line, _, rest = text.partition("\n")
        magic = line[2:].split(maxsplit=1)[0] if line[2:].split() else ""
        self._leave_out(cell, f"`%%{plain(magic, 20)}`")
        skipped = cell.source[: len(cell.source) - len(text)].count("\n") + 1
        return "\n" * skipped + rest if magic in _TRANSPARENT else ""

    def _tree(self, cell: Cell, lines: list[str]) -> tuple[list[ast.stmt], list[str]] | None:
        """The statements of a cell, with `pass` for every line that is Jupyter's and not Python's."""
        while True:
            text = "\n".join(lines)
            self.parsed += len(text)
            if self.parsed > MAX_PARSED:
                self._leave_out(cell, "cells with too many lines that are no Python")
                return None
            try:
                return _parsed(text), lines
            except SyntaxError as error:
                at = (error.lineno or 0) - 1
                if not (0 <= at < len(lines) and _MAGIC.match(lines[at])):
                    where = f"line {at + 1}: " if at >= 0 else ""
                    self._leave_out(cell, f"a cell that does not parse: {where}{plain(error.msg, 80)}")
                    return None
                self._leave_out(cell, _kind(lines[at]))
                lines = _replaced(lines, at)
            except (ValueError, RecursionError, MemoryError):
                self._leave_out(cell, "a cell that does not parse")
                return None

    def _write(self, cell: Cell, statement: ast.stmt, lines: list[bytes]) -> None:
        if isinstance(statement, ast.Pass):
            return
        if isinstance(statement, ast.ImportFrom) and statement.module == _FUTURE:
            self.futures.update(dict.fromkeys(alias.name for alias in statement.names))
            return
        first, text = _text(statement, lines)
        fault = self._may_fail(statement)
        if fault:
            self.shaky |= bound(statement)
            moved = _indented(statement, first, text)
            text = f"try:\n{moved}\nexcept {fault}:  # what needs it fails when it is called\n    pass"
        self.parts.append(f"\n# {self.name}, cell {cell.number}, line {first}\n{text}")

    def _may_fail(self, statement: ast.stmt) -> str:
        """What a statement may raise where the notebook did not: an import, a call, or what is made of them."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return "ImportError" if _may_be_missing(statement) else ""
        calls = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)) and any(
            isinstance(node, (ast.Call, ast.Subscript)) for node in now(statement)
        )
        return "Exception" if calls or needed(statement) & self.shaky else ""


def _parsed(text: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text).body


def _uncompiled(statement: ast.stmt) -> str:
    """Why Python would refuse the whole module for this statement (`break` outside a loop): it parses, no more."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(ast.Module([statement], []), "cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"statements that do not compile: {plain(error.msg, 80)}"
    except (ValueError, RecursionError, MemoryError):
        return "statements that do not compile"
    return ""


def _kind(line: str) -> str:
    """What a line is that Jupyter reads and Python does not."""
    line = line.strip()
    if line.startswith("?") or line.endswith("?"):
        return "questions (`?`)"
    return "shell lines (`!`)" if "!" in line.split("%")[0] else "magics (`%`)"


def _replaced(lines: list[str], at: int) -> list[str]:
    """The lines with `pass` for one, and for those that continue it."""
    lines = list(lines)
    while True:
        line = lines[at]
        lines[at] = line[: len(line) - len(line.lstrip())] + "pass"
        at += 1
        if not line.rstrip().endswith("\\") or at == len(lines):
            return lines


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a bare string, which is a comment in other clothes."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _may_be_missing(statement: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in statement.names]
    modules = names if isinstance(statement, ast.Import) else [statement.module or "."]
    return any(module.partition(".")[0] not in _THERE for module in modules)


def _text(statement: ast.stmt, lines: list[bytes]) -> tuple[int, str]:
    """The line a statement starts at, and its text as it was typed."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    last, end = statement.end_lineno or first, statement.end_col_offset
    start = 0 if first < statement.lineno else statement.col_offset
    if first == last:
        return first, lines[first - 1][start:end].decode("utf-8", "replace")
    taken = lines[first - 1 : last]
    taken[-1] = taken[-1][:end]
    taken[0] = taken[0][start:]
    return first, b"\n".join(taken).decode("utf-8", "replace")


def _indented(statement: ast.stmt, first: int, text: str) -> str:
    """The text, moved to the right, but for what stands inside strings of several lines."""
    strings = [node for node in ast.walk(statement) if isinstance(node, (ast.Constant, ast.JoinedStr))]
    places = {(node.lineno, node.end_lineno or node.lineno) for node in strings}
    inside = {line for start, end in places for line in range(start + 1, end + 1)}
    lines = text.split("\n")
    return "\n".join(line if first + at in inside else f"    {line}" for at, line in enumerate(lines))


def _numbered(cells: list[int]) -> str:
    """Cells 3, 5 and 8; of many, the first."""
    cells = list(dict.fromkeys(cells))
    if len(cells) == 1:
        return f"cell {cells[0]}"
    shown: Iterator[str] = map(str, cells[:12])
    return f"cells {', '.join(shown)}" + (f" and {len(cells) - 12} more" if len(cells) > 12 else "")
