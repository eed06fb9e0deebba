"""Where edits can be made in a syntax tree, and the code that comes of each."""

import ast
import types
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from grader.mutants.edit import Edit, called
from grader.mutants.expressions import edits
from grader.mutants.program import counted, counts, without_counts
from grader.mutants.statements import Rewrite, assigned, prefaces, rewrites

Definition = ast.FunctionDef | ast.ClassDef
# Beyond so many variables, each in the place of each other is too much to try.
MAX_NAMES = 16
_SKIPPED_FIELDS = frozenset({"decorator_list", "returns", "annotation", "ctx", "type_comment", "func"})


class Place(NamedTuple):
    """Where an edit is made in the source of the module: lines from 1, columns from 0 in bytes, and what is put there.

    `text` is as `ast.unparse` writes it. Where nothing was, start and end are the same.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


class Change(NamedTuple):
    """One edit that compiles (see `grader.mutants.Mutant`), with the code of the functions that it changes."""

    operator: str
    function: str
    line: int
    makes: str
    before: str
    after: str
    size: int
    places: tuple[Place, ...]
    code: types.CodeType | None


def definitions(source: str, name: str) -> list[Definition]:
    """The function or class, with those of the same source that it uses, all counting their steps; it comes first."""
    tree = ast.parse(source)
    found = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    reached = [name] if name in found else []
    for one in reached:  # grows on the way
        used = {node.id: None for node in ast.walk(found[one]) if isinstance(node, ast.Name)}
        reached += [other for other in used if other in found and other not in reached]
    for one in reached:
        counted(found[one])
    return [found[one] for one in reached]


def compiled(body: Sequence[ast.stmt]) -> types.CodeType | None:
    """The code of some definitions; None where an edit made nonsense of them."""
    try:
        return compile(ast.Module(list(body), []), "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError):
        return None


def changes(functions: Sequence[Definition]) -> Iterator[Change]:
    """All edits of some functions, of which the first is the one that is called from outside."""
    together: dict[tuple[str, str], list[tuple[_Place, ast.expr]]] = {}
    for function in functions:
        own = function is functions[0]
        if isinstance(function, ast.FunctionDef):
            yield from _prefaced(function, swaps=own)
        for place in _places(function):
            for edit in edits(place.node, place.names):
                yield from _edited(function, place, edit)
                if edit.everywhere:
                    together.setdefault((edit.operator, edit.everywhere), []).append((place, edit.new))
        yield from _rewritten(function)
    for (operator, _), places in together.items():
        if len(places) > 1:
            yield from _edited_together(functions, operator, places)


# ---- expressions ----


class _Place(NamedTuple):
    """An expression, where it stands in the tree, what its statement makes, and what a number means there."""

    node: ast.expr
    holder: Any
    key: Any
    makes: str
    names: tuple[str, ...]
    role: str

    def put(self, node: ast.expr) -> None:
        if isinstance(self.holder, list):
            self.holder[self.key] = node
        else:
            setattr(self.holder, self.key, node)


def _places(function: Definition) -> list[_Place]:
    names = tuple(_variables(function))
    return list(_expressions(function, "", names if len(names) <= MAX_NAMES else (), ""))


def _variables(function: ast.AST) -> list[str]:
    """The arguments and local variables of a function, of those inside it too."""
    inside = list(ast.walk(function))
    arguments = [node.arg for node in inside if isinstance(node, ast.arg)]
    local = [node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return [name for name in dict.fromkeys([*arguments, *local]) if name != "_"]


def _expressions(node: ast.AST, makes: str, names: tuple[str, ...], role: str) -> Iterator[_Place]:
    """The expressions below a node that can be edited, outer ones first."""
    if isinstance(node, ast.stmt):
        makes = _made(node, makes)
    for holder, key, child in _children(node):
        if _is_guard(child) or counts(child) or isinstance(child, (ast.JoinedStr, ast.arg)):
            continue
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield _Place(child, holder, key, makes, names, _role(node, key, role))
        yield from _expressions(child, makes, names, _role(node, key, role))


def _role(node: ast.AST, key: Any, outer: str) -> str:
    """What it is to change a number there: to take another index, another selection, another power.

    In an exponent a term is a factor of what comes of it, and has a name of its own.
    """
    if isinstance(node, ast.Call) and called(node) == "exp":
        return "exponent"
    if isinstance(node, ast.Subscript):
        return "index" if key == "slice" else ""
    if isinstance(node, ast.Compare):
        return "selection"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return "power" if key == "right" else ""
    return outer if isinstance(node, (ast.UnaryOp, ast.Slice, ast.Tuple, ast.BinOp)) else ""


def _children(node: ast.AST) -> Iterator[tuple[Any, Any, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED_FIELDS or (field == "args" and isinstance(value, ast.arguments)):
            if field == "func" and isinstance(value, ast.Attribute):  # x.mean(): x is a value, mean is not
                yield value, "value", value.value
            continue
        if isinstance(value, ast.AST):
            yield node, field, value
        elif isinstance(value, list):
            yield from ((value, i, item) for i, item in enumerate(value) if isinstance(item, ast.AST))


def _is_guard(node: ast.AST) -> bool:
    """What only refuses bad arguments."""
    if isinstance(node, ast.If):
        return not node.orelse and all(isinstance(statement, ast.Raise) for statement in node.body)
    return isinstance(node, (ast.Raise, ast.Assert))


def _made(statement: ast.stmt, outer: str) -> str:
    if isinstance(statement, ast.Return):
        return ""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return ", ".join(without_counts(ast.unparse(target)) for target in targets)
    return outer


def _edited(function: Definition, place: _Place, edit: Edit) -> Iterator[Change]:
    code = _code_with([function], [(place, edit.new)])
    if code is not None:
        before, after = _text(place.node), _text(edit.new)
        size = _size([place.node], [edit.new])
        line = place.node.lineno
        operator, at = _operator(place.role, edit.operator), (_place_of([place.node], after),)
        yield Change(operator, function.name, line, place.makes, before, after, size, at, code)


def _operator(role: str, operator: str) -> str:
    """What an edit is called in its place."""
    if role == "exponent":
        return "drop_exponent" if operator == "drop_term" else operator
    return role if role and operator in ("constant", "zero") else operator


def _code_with(functions: Sequence[Definition], new: Sequence[tuple[_Place, ast.expr]]) -> types.CodeType | None:
    """The code of the functions while these expressions stand in their places."""
    for place, node in new:
        _locate(node, place.node)
        place.put(node)
    try:
        return compiled(functions)
    finally:
        for place, _ in reversed(new):
            place.put(place.node)


def _locate(new: ast.AST, old: ast.expr | ast.stmt) -> None:
    """Gives new nodes a line. What is taken over from the original has its own."""
    if not hasattr(new, "lineno"):
        ast.copy_location(new, old)
    ast.fix_missing_locations(new)


def _edited_together(
    functions: Sequence[Definition], operator: str, places: Sequence[tuple[_Place, ast.expr]]
) -> Iterator[Change]:
    code = _code_with(functions, places)
    if code is not None:
        first, new = places[0]
        size = 1 + sum(_size([place.node], [other]) for place, other in places)
        before, after = f"every {_text(first.node)}", _text(new)
        at = tuple(_place_of([place.node], _text(other)) for place, other in places)
        yield Change(operator, functions[0].name, 0, first.makes, before, after, size, at, code)


def _size(old: Sequence[ast.AST], new: Sequence[ast.AST]) -> int:
    """How many expressions and statements go or come; what is kept is the same node before and after."""
    before, after = ({id(n) for top in side for n in ast.walk(top) if _counted_in(n)} for side in (old, new))
    return len(before ^ after)


def _counted_in(node: ast.AST) -> bool:
    return isinstance(node, (ast.expr, ast.stmt))


def _place_of(old: Sequence[ast.expr | ast.stmt], text: str) -> Place:
    first, last = old[0], old[-1]
    end = last.end_lineno or last.lineno, last.end_col_offset or last.col_offset
    return Place((first.lineno, first.col_offset), end, text)


def _text(*nodes: ast.AST) -> str:
    return without_counts("\n".join(ast.unparse(node) for node in nodes)).strip()


# ---- statements ----


def _rewritten(function: Definition) -> Iterator[Change]:
    known = _given_or_changed(function)
    for block, looped in _blocks(function):
        for rewrite in rewrites(block, known, looped=looped):
            old = block[rewrite.start : rewrite.stop]
            if any(counts(node) or _is_guard(node) or _is_text(node) for node in old):
                continue
            code = _code_rewritten(function, block, rewrite)
            if code is not None:
                yield _rewrite_change(function, old, rewrite, code)


def _given_or_changed(function: Definition) -> frozenset[str]:
    """The names that have a value without one statement that sets them: arguments, and what is set more than once."""
    inside = list(ast.walk(function))
    arguments = [node.arg for node in inside if isinstance(node, ast.arg)]
    times = Counter(node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return frozenset([*arguments, *(name for name, count in times.items() if count > 1)])


def _rewrite_change(
    function: Definition, old: Sequence[ast.stmt], rewrite: Rewrite, code: types.CodeType
) -> Change:
    makes = ", ".join(sorted(set().union(*map(assigned, old))))
    size = _size(old, rewrite.new)
    after = "" if isinstance(rewrite.new[0], ast.Pass) else _text(*rewrite.new)
    at = (_place_of(old, after or "pass"),)
    return Change(rewrite.operator, function.name, old[0].lineno, makes, _text(*old), after, size, at, code)


def _blocks(function: Definition) -> Iterator[tuple[list[ast.stmt], bool]]:
    """The blocks of statements of a function, and whether they are repeated."""
    looped: set[ast.AST] = set()
    for node in ast.walk(function):
        if node in looped or isinstance(node, (ast.For, ast.While)):
            looped.update(ast.iter_child_nodes(node))
        inside = node in looped or isinstance(node, (ast.For, ast.While))
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block, inside


def _code_rewritten(function: Definition, block: list[ast.stmt], rewrite: Rewrite) -> types.CodeType | None:
    old = block[rewrite.start : rewrite.stop]
    for node in rewrite.new:
        _locate(node, old[0])
    block[rewrite.start : rewrite.stop] = rewrite.new
    try:
        return compiled([function])
    finally:
        block[rewrite.start : rewrite.start + len(rewrite.new)] = old


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _prefaced(function: ast.FunctionDef, *, swaps: bool) -> Iterator[Change]:
    for preface in prefaces(function.args, swaps=swaps):
        function.body.insert(0, ast.fix_missing_locations(ast.copy_location(preface.new, function.body[0])))
        code = compiled([function])
        del function.body[0]
        if code is not None:
            size = 1 if "," not in preface.before else 2
            line, at = function.lineno, (_before(_first_statement(function), ast.unparse(preface.new)),)
            yield Change(preface.operator, function.name, line, "", preface.before, preface.after, size, at, code)


def _first_statement(function: ast.FunctionDef) -> ast.stmt:
    """What a function does first, behind its docstring."""
    return next((node for node in function.body if not counts(node) and not _is_text(node)), function.body[-1])


def _before(statement: ast.stmt, text: str) -> Place:
    start = statement.lineno, statement.col_offset
    return Place(start, start, text)
