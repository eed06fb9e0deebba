"""The edits of calls: another function, another axis, other arguments, or none of it."""

import ast
from collections.abc import Callable

from grader.mutants.edit import Edit, Edits, called, combined, number, outside_the_root

_REDUCTIONS = {
    "sum": ("mean",), "mean": ("sum", "median"), "median": ("mean",), "max": ("min",), "min": ("max",),
    "amax": ("amin",), "amin": ("amax",), "argmin": ("argmax",), "argmax": ("argmin",), "maximum": ("minimum",),
    "minimum": ("maximum",), "tril": ("triu",), "triu": ("tril",), "prod": ("sum",), "cumsum": ("cumprod",),
    "std": ("var",), "var": ("std",), "any": ("all",), "all": ("any",), "ones": ("zeros",), "zeros": ("ones",),
    "zeros_like": ("ones_like",), "ones_like": ("zeros_like",),
}  # fmt: skip
_FUNCTIONS = {
    "exp": ("expm1", "exp2"), "expm1": ("exp",), "log1p": ("log",), "tanh": ("arctan", "sin"), "sin": ("cos",),
    "cos": ("sin",), "floor": ("ceil", "round"), "ceil": ("floor", "round"), "round": ("floor",),
    "logaddexp": ("maximum",), "sqrt": ("cbrt",), "eigh": ("eig",), "argsort": ("sort",), "det": ("trace",),
}  # fmt: skip
_LOGARITHMS = {"log": ("log2", "log10"), "log2": ("log", "log10"), "log10": ("log", "log2"), "log1p": ()}
_DROPPED = frozenset({"sqrt", "log", "log2", "log10", "log1p", "exp", "expm1", "tanh", "sin", "cos", "abs", "absolute"})
_DROPPED |= {"fabs", "square", "inv", "pinv", "clip", "cumsum", "round", "floor", "ceil", "sign", "sort"}
_SAME = frozenset({"float", "int", "bool", "str", "len", "list", "tuple", "array", "asarray", "isinstance", "zip"})


def calls(node: ast.Call) -> Edits:
    name = called(node)
    for rule in (_renamed, _logarithm, _without_function, _axis, _mean, _arguments):
        yield from rule(node, name)
    special = _SPECIAL.get(name)
    if special is not None:
        yield from special(node)


def _calling(node: ast.Call, name: str) -> ast.expr:
    function = node.func
    new = ast.Attribute(function.value, name, ast.Load()) if isinstance(function, ast.Attribute) else None
    return ast.Call(new or ast.Name(name, ast.Load()), node.args, node.keywords)


def _renamed(node: ast.Call, name: str) -> Edits:
    builtin = isinstance(node.func, ast.Name)
    for other in _REDUCTIONS.get(name, ()):
        if builtin and name == "sum" and len(node.args) == 1:
            count = ast.Call(ast.Name("len", ast.Load()), node.args, [])
            yield Edit("reduction", combined(node, ast.Div(), count))
        else:
            yield Edit("reduction", _calling(node, other))
    for other in () if builtin else _FUNCTIONS.get(name, ()):
        yield Edit("function", _calling(node, other))


def _logarithm(node: ast.Call, name: str) -> Edits:
    if isinstance(node.func, ast.Attribute):
        for other in _LOGARITHMS.get(name, ()):
            yield Edit("log_base", _calling(node, other), other)
    elif name == "log" and len(node.args) == 1:
        for base in (2, 10):
            unit = ast.Call(node.func, [ast.Constant(base)], [])
            yield Edit("log_base", combined(node, ast.Div(), unit), f"log{base}")


def _without_function(node: ast.Call, name: str) -> Edits:
    if isinstance(node.func, ast.Attribute) and name == "copy" and not node.args:
        yield Edit("copy", node.func.value)
    elif name in _DROPPED and node.args:
        yield Edit("drop_function", node.args[0], name)
    if name == "sqrt" and len(node.args) == 1:
        yield from outside_the_root(node.args[0], lambda inner: ast.Call(node.func, [inner], node.keywords))


def _axis(node: ast.Call, name: str) -> Edits:
    for i, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:i], *node.keywords[i + 1 :]]
        if keyword.arg == "axis":
            for value in _other_axes(keyword.value):
                new = ast.Call(node.func, node.args, [*rest, ast.keyword("axis", number(value))])
                yield Edit("axis", new, f"axis {value}")
            yield Edit("axis", ast.Call(node.func, node.args, rest), "axis none")
        elif keyword.arg == "keepdims":
            yield Edit("keepdims", ast.Call(node.func, node.args, rest))
        elif keyword.arg == "ddof":
            yield Edit("ddof", ast.Call(node.func, node.args, rest), "ddof")
    if name in ("std", "var", "cov") and all(keyword.arg != "ddof" for keyword in node.keywords):
        other = ast.keyword("ddof", ast.Constant(0 if name == "cov" else 1))
        yield Edit("ddof", ast.Call(node.func, node.args, [*node.keywords, other]), "ddof")


def _other_axes(value: ast.expr) -> tuple[int, ...]:
    try:
        axis = ast.literal_eval(value)
    except ValueError:
        return ()
    return {0: (1, -1), 1: (0,), 2: (1, 0), -1: (0,), -2: (-1,)}.get(axis, ()) if isinstance(axis, int) else ()


def _mean(node: ast.Call, name: str) -> Edits:
    """A mean divided by n - 1."""
    if name != "mean" or not isinstance(node.func, ast.Attribute):
        return
    of = node.args[0] if node.args else node.func.value
    axis = next((keyword.value for keyword in node.keywords if keyword.arg == "axis"), None)
    count: ast.expr = ast.Attribute(of, "size", ast.Load())
    if axis is not None:
        count = ast.Subscript(ast.Attribute(of, "shape", ast.Load()), axis, ast.Load())
    less = combined(count, ast.Sub(), ast.Constant(1))
    yield Edit("ddof", combined(node, ast.Mult(), combined(count, ast.Div(), less)), "ddof")


def _arguments(node: ast.Call, name: str) -> Edits:
    special = name in _SPECIAL and name not in ("solve", "outer")
    if special or name in _SAME or any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield Edit("swap_args", ast.Call(node.func, swapped, node.keywords))
    if name in ("solve", "dot", "matmul"):
        for i, argument in enumerate(node.args):
            turned = [*node.args[:i], ast.Attribute(argument, "T", ast.Load()), *node.args[i + 1 :]]
            yield Edit("add_transpose", ast.Call(node.func, turned, node.keywords))


def _where(node: ast.Call) -> Edits:
    if len(node.args) == 3:
        test, first, second = node.args
        yield Edit("compare", ast.Call(node.func, [test, second, first], node.keywords))
        yield Edit("mask", first)
        yield Edit("mask", second)


def _range(node: ast.Call) -> Edits:
    bounds = node.args if len(node.args) > 1 else [ast.Constant(0), *node.args]
    for i in range(min(len(bounds), 2)):
        for step in (ast.Add(), ast.Sub()):
            moved = [*bounds[:i], combined(bounds[i], step, ast.Constant(1)), *bounds[i + 1 :]]
            yield Edit("range", ast.Call(node.func, moved, []))


def _first_argument(operator: str) -> Callable[[ast.Call], Edits]:
    def rule(node: ast.Call) -> Edits:
        if node.args:
            yield Edit(operator, node.args[0])

    return rule


def _transposed(node: ast.Call) -> Edits:
    if isinstance(node.func, ast.Attribute):
        yield Edit("drop_transpose", node.args[0] if node.args else node.func.value)


def _entry_by_entry(node: ast.Call) -> Edits:
    if len(node.args) == 2:
        yield Edit("elementwise", combined(node.args[0], ast.Mult(), node.args[1]))


def _second_argument(node: ast.Call) -> Edits:
    if len(node.args) == 2:
        yield Edit("drop_function", node.args[1])


def _of_two(node: ast.Call) -> Edits:
    for argument in node.args[:2]:
        yield Edit("drop_function", argument)


_SPECIAL: dict[str, Callable[[ast.Call], Edits]] = {
    "where": _where,
    "range": _range,
    "reversed": _first_argument("reverse"),
    "flip": _first_argument("reverse"),
    "sorted": _first_argument("drop_function"),
    "maximum": _of_two,
    "minimum": _of_two,
    "transpose": _transposed,
    "solve": _second_argument,
    "outer": _entry_by_entry,
}
