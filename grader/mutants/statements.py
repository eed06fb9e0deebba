"""The edits of a block of statements, and of a function's arguments before its first statement."""

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple


class Rewrite(NamedTuple):
    """Statements in the place of those from `start` to `stop` of a block."""

    operator: str
    start: int
    stop: int
    new: tuple[ast.stmt, ...]


# What a careless program has in the place of an argument; 0 and 1 are those that leave out a term or a factor.
_WRITTEN = (0, 1, 2, 0.5, 0.9, 1e-5, 1e-6, 1e-8, 1e-12)


def rewrites(block: Sequence[ast.stmt], known: frozenset[str], *, looped: bool) -> Iterator[Rewrite]:
    """All edits of the statements of a block; `known` are names that have a value without any one of them."""
    seen = set(known)
    for i, statement in enumerate(block):
        yield from _of_one(i, statement, seen)
        if looped and i and _simple(statement) and _simple(block[i - 1]):
            yield Rewrite("order", i - 1, i + 1, (statement, block[i - 1]))
        seen |= assigned(statement)


def _of_one(i: int, statement: ast.stmt, seen: set[str]) -> Iterator[Rewrite]:
    if isinstance(statement, ast.AugAssign):
        yield from _accumulation(i, statement)
    again = isinstance(statement, ast.Assign) and _again(statement, seen)
    if again or isinstance(statement, (ast.AugAssign, ast.Expr)):
        yield Rewrite("delete", i, i + 1, (ast.Pass(),))
    if isinstance(statement, ast.If):
        yield Rewrite("mask", i, i + 1, tuple(statement.body))
        yield Rewrite("mask", i, i + 1, tuple(statement.orelse) or (ast.Pass(),))
        inverted = ast.UnaryOp(ast.Not(), statement.test)
        yield Rewrite("compare", i, i + 1, (ast.If(inverted, statement.body, statement.orelse),))


def _accumulation(i: int, statement: ast.AugAssign) -> Iterator[Rewrite]:
    yield Rewrite("accumulate", i, i + 1, (ast.Assign([statement.target], statement.value),))
    swapped: dict[type[ast.operator], tuple[str, ast.operator]] = {
        ast.Add: ("sign", ast.Sub()), ast.Sub: ("sign", ast.Add()),
        ast.Mult: ("mul_div", ast.Div()), ast.Div: ("mul_div", ast.Mult()),
    }  # fmt: skip
    if type(statement.op) in swapped:
        operator, other = swapped[type(statement.op)]
        yield Rewrite(operator, i, i + 1, (ast.AugAssign(statement.target, other, statement.value),))


def _again(statement: ast.Assign, seen: set[str]) -> bool:
    """Whether what is assigned has a value before: without the statement something else is computed."""
    return all(isinstance(target, ast.Subscript) for target in statement.targets) or assigned(statement) <= seen


def _simple(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Assign, ast.AugAssign))


def assigned(statement: ast.AST) -> set[str]:
    """The names that a statement gives a value to."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


class Preface(NamedTuple):
    """A statement before all others of a function, and the edit that it amounts to."""

    operator: str
    before: str
    after: str
    new: ast.stmt


def prefaces(arguments: ast.arguments, *, swaps: bool) -> Iterator[Preface]:
    """Every argument ignored, with a number in its place, or changed; where asked for, every two of them swapped.

    Changed is a share into what is left of one, and what counts by one. `| 0` refuses what is not whole.
    """
    named = [*arguments.posonlyargs, *arguments.args]
    for argument in named:
        for value in (*_defaults(arguments, argument.arg), *_WRITTEN):
            # An array stays one, of equal entries, so that what depends on its shape goes on.
            [statement] = ast.parse(f"{argument.arg} = 0 * {argument.arg} + {value!r}").body
            operator = "ignore_arg" if value in (0, 1) else "hard_coded"
            yield Preface(operator, argument.arg, repr(value), statement)
        name = argument.arg
        for operator, after, formula in (
            ("complement_arg", f"1 - {name}", f"1.0 - {name}"),
            ("shift_arg", f"{name} - 1", f"({name} | 0) - 1"),
            ("shift_arg", f"{name} + 1", f"({name} | 0) + 1"),
        ):
            [statement] = ast.parse(f"{name} = {formula}").body
            yield Preface(operator, name, after, statement)
    for i, first in enumerate(named if swaps else ()):
        for second in named[i + 1 :]:
            [statement] = ast.parse(f"{first.arg}, {second.arg} = {second.arg}, {first.arg}").body
            yield Preface("swap_args", f"{first.arg}, {second.arg}", f"{second.arg}, {first.arg}", statement)


def _defaults(arguments: ast.arguments, name: str) -> list[float]:
    """The number that an argument has by default, if it has one that is not among those that are tried anyway."""
    named = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip([a.arg for a in reversed(named)], reversed(arguments.defaults), strict=False))
    default = given.get(name)
    number: Any = default.value if isinstance(default, ast.Constant) else None
    return [number] if type(number) in (int, float) and number not in _WRITTEN else []
