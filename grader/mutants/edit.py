"""An edit of an expression, and the pieces that edits are made of."""

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """An expression in the place of another. Edits of the same `everywhere` may be made in all their places at once."""

    operator: str
    new: ast.expr
    everywhere: str = ""


Edits = Iterator[Edit]


def called(node: ast.Call) -> str:
    """The last name of what is called: `mean` in `x.mean()`, `np.mean(x)` and `mean(x)`."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def number(value: Any) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def is_number(node: ast.AST, value: float | None = None) -> bool:
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return False
    return value is None or node.value == value


def combined(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left, operator, right)


def negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node)


def outside_the_root(inside: ast.expr, root: Callable[[ast.expr], ast.expr]) -> Edits:
    """sqrt(v + eps) in the place of which sqrt(v) + eps stands."""
    if isinstance(inside, ast.BinOp) and isinstance(inside.op, ast.Add):
        yield Edit("eps", combined(root(inside.left), ast.Add(), inside.right))
