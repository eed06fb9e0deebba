"""The edits of sums, products, matrix products and powers."""

import ast
from collections.abc import Callable
from typing import Any

from grader.mutants.edit import Edit, Edits, called, combined, is_number, negated, number, outside_the_root


def arithmetic(node: ast.BinOp) -> Edits:
    for kind, rule in _ARITHMETIC:
        if isinstance(node.op, kind):
            yield from rule(node)


def _sum(node: ast.BinOp) -> Edits:
    left, right, minus = node.left, node.right, isinstance(node.op, ast.Sub)
    yield Edit("sign", combined(left, ast.Add() if minus else ast.Sub(), right))
    if minus and is_number(left, 1):
        yield Edit("complement", right)
    else:
        yield Edit("drop_term", negated(right) if minus else right)
    yield Edit("ddof" if minus and is_number(right, 1) else "drop_term", left)
    if isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Sub)):
        yield Edit("drop_term", left.left)  # two terms of three
    if minus:
        yield Edit("swap_difference", combined(right, ast.Sub(), left))
    for factor in (2, 0.5):
        if not is_number(right):
            yield Edit("scale_term", combined(left, node.op, combined(number(factor), ast.Mult(), right)))
        if not is_number(left):
            yield Edit("scale_term", combined(combined(number(factor), ast.Mult(), left), node.op, right))
    if not minus:
        yield from _root_of_one_term(node)
    yield from _power_of_both(node)


def _power_of_both(node: ast.BinOp) -> Edits:
    """(1 - z)^2 in the place of which 1 - z^2 stands."""
    power = node.right
    if isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow):
        yield Edit("parentheses", combined(combined(node.left, node.op, power.left), ast.Pow(), power.right))


def _root_of_one_term(node: ast.BinOp) -> Edits:
    """sqrt(v) + eps in the place of which sqrt(v + eps) stands."""
    root = node.left
    if isinstance(root, ast.Call) and called(root) == "sqrt" and len(root.args) == 1:
        whole = combined(root.args[0], ast.Add(), node.right)
        yield Edit("eps", ast.Call(root.func, [whole], root.keywords))


def _product(node: ast.BinOp) -> Edits:
    left, right, over = node.left, node.right, isinstance(node.op, ast.Div)
    yield Edit("mul_div", combined(left, ast.Mult() if over else ast.Div(), right))
    yield Edit("drop_factor", combined(ast.Constant(1), ast.Div(), right) if over else right)
    yield Edit("drop_factor", left)
    yield from _without_parentheses(node)
    if over:
        yield Edit("swap_operands", combined(right, ast.Div(), left))
        yield from _degrees_of_freedom(node)


def _without_parentheses(node: ast.BinOp) -> Edits:
    """c * a + b in the place of which c * (a + b) stands, and the like on both sides."""
    left, right = node.left, node.right
    if isinstance(right, ast.BinOp) and _binds_less(right.op, node.op):
        yield Edit("parentheses", combined(combined(left, node.op, right.left), right.op, right.right))
    if isinstance(left, ast.BinOp) and _binds_less(left.op, node.op):
        yield Edit("parentheses", combined(left.left, left.op, combined(left.right, node.op, right)))


def _binds_less(inner: ast.operator, outer: ast.operator) -> bool:
    if isinstance(inner, (ast.Add, ast.Sub)):
        return True
    return isinstance(inner, (ast.Mult, ast.Div)) and isinstance(outer, (ast.Div, ast.Pow))


def _degrees_of_freedom(node: ast.BinOp) -> Edits:
    """Division by n - 1 where n belongs, and the other way round."""
    by = node.right
    if isinstance(by, ast.BinOp) and isinstance(by.op, ast.Sub) and is_number(by.right, 1):
        yield Edit("ddof", combined(node.left, ast.Div(), by.left), "ddof")
    elif isinstance(by, (ast.Name, ast.Attribute, ast.Subscript)) or (isinstance(by, ast.Call) and called(by) == "len"):
        less = combined(by, ast.Sub(), ast.Constant(1))
        yield Edit("ddof", combined(node.left, ast.Div(), less), "ddof")


def _matrix_product(node: ast.BinOp) -> Edits:
    yield Edit("swap_operands", combined(node.right, ast.MatMult(), node.left))
    yield Edit("elementwise", combined(node.left, ast.Mult(), node.right))
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, (ast.Name, ast.Subscript)):
            turned = ast.Attribute(side, "T", ast.Load())
            pair = (turned, other) if side is node.left else (other, turned)
            yield Edit("add_transpose", combined(pair[0], ast.MatMult(), pair[1]))


def _power(node: ast.BinOp) -> Edits:
    yield Edit("drop_pow", node.left)
    yield from _without_parentheses(node)
    if isinstance(node.right, ast.Name):
        for step in (ast.Add(), ast.Sub()):
            yield Edit("range", combined(node.left, ast.Pow(), combined(node.right, step, ast.Constant(1))))
    if is_number(node.right, 2):
        yield Edit("abs_for_square", ast.Call(ast.Name("abs", ast.Load()), [node.left], []))
    if is_number(node.right, 0.5):
        yield from outside_the_root(node.left, lambda inner: combined(inner, ast.Pow(), node.right))


def _floor_division(node: ast.BinOp) -> Edits:
    yield Edit("int_div", combined(node.left, ast.Div(), node.right))
    yield Edit("drop_factor", node.left)


def _remainder(node: ast.BinOp) -> Edits:
    yield Edit("drop_factor", node.left)


_ARITHMETIC: tuple[tuple[Any, Callable[[ast.BinOp], Edits]], ...] = (
    ((ast.Add, ast.Sub), _sum),
    ((ast.Mult, ast.Div), _product),
    (ast.MatMult, _matrix_product),
    (ast.Pow, _power),
    (ast.FloorDiv, _floor_division),
    (ast.Mod, _remainder),
)
