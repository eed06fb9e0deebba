"""What of a program defines names: the statements that are kept of a notebook, and why the others are not.

docs/decisions/notebooks.md argues the rule.
"""

import ast
from collections.abc import Iterator

from grader.intake.constants import DEFINITIONS, SETTERS, Names, closed, dotted, loaded, may_be_changed, root_of


def objection(statement: ast.stmt, names: Names, failed: bool = False) -> str:
    """Why a statement is left out, in a few words; '' where it is kept.

    `failed` says that the cell raised when the student ran it: then nothing in it is called again.
    """
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return ""
    if isinstance(statement, DEFINITIONS):
        return _of_definition(statement, names)
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return _of_assignment(statement, names, failed)
    if isinstance(statement, (ast.If, ast.Try)):
        return _of_branches(statement, names, failed)
    if isinstance(statement, ast.Pass) or type(statement).__name__ == "TypeAlias":
        return ""
    if isinstance(statement, ast.Expr):
        return _of_expression(statement.value, names, failed)
    kinds = {ast.Assert: "assertions", ast.For: "loops", ast.While: "loops", ast.With: "`with` blocks"}
    return kinds.get(type(statement), "statements that define nothing")


def _of_definition(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, names: Names) -> str:
    """A definition is kept unless Python could not even read it: its bases, decorators or defaults need other names."""
    read: list[ast.expr | None] = [*statement.decorator_list]
    if isinstance(statement, ast.ClassDef):
        read += [*statement.bases, *(keyword.value for keyword in statement.keywords)]
    else:
        read += [*statement.args.defaults, *statement.args.kw_defaults]
        read += [] if names.imported.get("annotations") == "__future__.annotations" else _annotations(statement)
    missing = next((name for value in read if value for name in loaded(value) if not names.knows(name)), "")
    if missing:
        return f"definitions that need `{missing}`, which is not there or left out"
    return _of_body(statement, names) if isinstance(statement, ast.ClassDef) else ""


def _annotations(statement: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    arguments = statement.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [statement.returns, *(argument.annotation for argument in every if argument is not None)]


def _of_body(statement: ast.ClassDef, names: Names) -> str:
    """What a class's own assignments and methods need when it is defined."""
    inside = names.copy()
    inside.constants.update(("__name__", "__qualname__", "__module__"))
    for below in statement.body:
        reason = _of_definition(below, inside) if isinstance(below, DEFINITIONS) else ""
        value = below.value if isinstance(below, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
        missing = next((name for name in loaded(value) if not inside.knows(name)), "") if value is not None else ""
        if reason or missing:
            return reason or f"definitions that need `{missing}`, which is not there or left out"
        inside.keep(below)
    return ""


def _of_expression(value: ast.expr, names: Names, failed: bool) -> str:
    """A call is kept where it sets something of a library (a seed, a type), or adds to a constant."""
    if not isinstance(value, ast.Call):
        return "values that are only shown"
    word, root = dotted(value.func)[-1:], root_of(value.func)
    sets = root in names.imported and any(one.startswith("set_") or one in SETTERS for one in word)
    adds = root in names.constants and isinstance(value.func, ast.Attribute)
    kept = (sets or adds) and closed(value, names, failed=False) and not failed
    return "" if kept else "calls"


def needed(statement: ast.stmt) -> set[str]:
    """The names that a statement looks up when the module is imported, and not only when something is called."""
    found: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += [*node.decorator_list, node.args, *filter(None, [node.returns])]
        else:
            waiting += [node.args] if isinstance(node, ast.Lambda) else ast.iter_child_nodes(node)
    return found


def bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    names = Names()
    names.keep(statement)
    return {*names.imported, *names.defined, *names.constants}


def _of_assignment(statement: ast.Assign | ast.AnnAssign | ast.AugAssign, names: Names, failed: bool) -> str:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        for node in _bound(target):
            changes = isinstance(statement, ast.AugAssign) or not isinstance(node, ast.Name)
            if changes and not may_be_changed(root_of(node), names):
                return "changes to what is not defined here"
            if inside := next((found for found in _indices(node) if not closed(found, names, failed)), None):
                return _reason(inside, names)
    if statement.value is None or closed(statement.value, names, failed):
        return ""
    return _reason(statement.value, names)


def _of_branches(statement: ast.If | ast.Try, names: Names, failed: bool) -> str:
    """`if` and `try` are kept whole, when all that they may do is kept."""
    if isinstance(statement, ast.If):
        if any(name == "__name__" for name in loaded(statement.test)):
            return "the main program"
        if not closed(statement.test, names, failed):
            return _reason(statement.test, names)
        blocks = [statement.body, statement.orelse]
    else:
        handlers = [handler.body for handler in statement.handlers]
        blocks = [statement.body, *handlers, statement.orelse, statement.finalbody]
    inside = names.copy()
    for block in blocks:
        for below in block:
            if reason := objection(below, inside, failed):
                return reason
            inside.keep(below)
    return ""


def _bound(target: ast.expr) -> Iterator[ast.expr]:
    """What an assignment binds: names, attributes and items, out of tuples and lists."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _bound(element)
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value)
    else:
        yield target


def _indices(target: ast.expr) -> Iterator[ast.expr]:
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        if isinstance(target, ast.Subscript):
            yield target.slice
        target = target.value


def _reason(value: ast.expr, names: Names) -> str:
    missing = next((name for name in loaded(value) if not names.knows(name)), None)
    return (
        f"assignments that need `{missing}`, which is not there or left out" if missing else "assignments that run code"
    )
