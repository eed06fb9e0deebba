"""The edits of one expression: what stands there in its place when one thing about it is wrong."""

import ast
from collections.abc import Callable
from typing import Any

from grader.mutants.arithmetic import arithmetic
from grader.mutants.calls import calls
from grader.mutants.edit import Edit, Edits, combined, is_number, number

_SWAPPED_COMPARES: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip


def edits(node: ast.expr, names: tuple[str, ...] = ()) -> Edits:
    """All edits of an expression, not of its parts. `names` are variables, each of which could stand for another."""
    rule = _RULES.get(type(node))
    if rule is not None:
        yield from rule(node)
    if isinstance(node, ast.Name) and node.id in names:
        for name in names:
            if name != node.id:
                yield Edit("wrong_name", ast.Name(name, ast.Load()))


def _unary(node: ast.UnaryOp) -> Edits:
    if isinstance(node.op, ast.USub):
        yield Edit("sign", node.operand)
    elif isinstance(node.op, (ast.Not, ast.Invert)):
        yield Edit("compare", node.operand)


def _constant(node: ast.Constant) -> Edits:
    if not is_number(node):
        return
    value: Any = node.value
    changed = [value + 1, value - 1, 2 * value, 0] + ([value / 2] if isinstance(value, float) else [])
    for other in dict.fromkeys(other for other in changed if other != value):
        yield Edit("constant" if other else "zero", number(other))


def _compare(node: ast.Compare) -> Edits:
    for i, operator in enumerate(node.ops):
        for kind in _SWAPPED_COMPARES.get(type(operator), ()):
            operators = [*node.ops[:i], kind(), *node.ops[i + 1 :]]
            everywhere = "inverted" if kind in (ast.Eq, ast.NotEq) else ""
            yield Edit("compare", ast.Compare(node.left, operators, node.comparators), everywhere)


def _boolean(node: ast.BoolOp) -> Edits:
    yield Edit("compare", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values))
    for i in range(len(node.values)):
        rest = [*node.values[:i], *node.values[i + 1 :]]
        yield Edit("mask", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))


def _choice(node: ast.IfExp) -> Edits:
    yield Edit("compare", ast.IfExp(node.test, node.orelse, node.body))
    yield Edit("mask", node.body)
    yield Edit("mask", node.orelse)


def _subscript(node: ast.Subscript) -> Edits:
    index = node.slice
    if not isinstance(node.ctx, ast.Load):
        return
    if isinstance(index, ast.Compare):
        yield Edit("mask", node.value)
    elif isinstance(index, ast.Slice):
        backwards = index.step is not None and index.lower is None and index.upper is None
        yield Edit("reverse" if backwards else "index", node.value)
    elif isinstance(index, (ast.Name, ast.BinOp)):
        for step in (ast.Add(), ast.Sub()):
            moved = combined(index, step, ast.Constant(1))
            yield Edit("index", ast.Subscript(node.value, moved, ast.Load()))
    elif isinstance(index, ast.Tuple) and isinstance(node.value, ast.Call):
        yield from _other_axis(node.value, index)


def _other_axis(summary: ast.Call, index: ast.Tuple) -> Edits:
    """sum(axis=0)[None, :] in the place of which sum(axis=1)[:, None] stands: by itself neither change fits."""
    if len(index.elts) != 2 or not any(isinstance(element, ast.Constant) for element in index.elts):
        return
    for keyword in summary.keywords:
        if keyword.arg == "axis" and (is_number(keyword.value, 0) or is_number(keyword.value, 1)):
            rest = [other for other in summary.keywords if other is not keyword]
            axis = ast.keyword("axis", ast.Constant(1 if is_number(keyword.value, 0) else 0))
            turned = ast.Tuple(index.elts[::-1], ast.Load())
            yield Edit("axis", ast.Subscript(ast.Call(summary.func, summary.args, [*rest, axis]), turned, ast.Load()))


def _attribute(node: ast.Attribute) -> Edits:
    if node.attr == "T":
        yield Edit("drop_transpose", node.value)


_RULES: dict[type[ast.expr], Callable[[Any], Edits]] = {
    ast.BinOp: arithmetic,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.Subscript: _subscript,
    ast.Attribute: _attribute,
    ast.Call: calls,
}
