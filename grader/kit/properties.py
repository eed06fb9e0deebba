"""Public properties and laws as a module of their own, cut out of a reference."""

import ast
import builtins
from collections.abc import Collection, Iterator
from pathlib import Path

from grader.checks.sampler import Sampler
from grader.checks.satisfies import Satisfies
from grader.errors import BrokenReference
from grader.rubric import Problem

OPENING = '"""Properties that your functions have to have, and laws that their draws have to follow."""\n'
_REMEDY = "write out what it does, let it take what it needs as an argument, or do not make the property public"

_Statement = ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.FunctionDef


def names(problem: Problem) -> list[str]:
    """The properties and laws of a public problem that its parts name."""
    checks = [check for part in problem.parts for check in part.checks]
    properties = [check.property for check in checks if isinstance(check, Satisfies)]
    return list(dict.fromkeys([*properties, *(check.law for check in checks if isinstance(check, Sampler))]))


def module(path: Path, wanted: Collection[str]) -> str:
    """The source of a module with these functions of a reference, the imports and the constants that they use.

    Errors
        BrokenReference, with the line, where one of them uses another function of the reference: it would go with it.
    """
    source = path.read_text(encoding="utf-8")
    defined = _defined(ast.parse(source))
    kept: dict[str, _Statement] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        statement = defined[name]
        _must_be_harmless(name, statement, wanted, path)
        _must_be_whole(statement, defined, path)
        kept[name] = statement
        waiting += [used for used in _used(statement) if used in defined]
    return "\n\n".join([OPENING, *_blocks(kept, source)]) if kept else OPENING


def _defined(tree: ast.Module) -> dict[str, _Statement]:
    found: dict[str, _Statement] = {}
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                found[(alias.asname or alias.name).partition(".")[0]] = statement
        elif isinstance(statement, ast.FunctionDef):
            found[statement.name] = statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {
                node.id: statement for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
            }
    return found


def _used(statement: _Statement) -> set[str]:
    own = _arguments(statement)
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} - own


def _arguments(statement: _Statement) -> set[str]:
    return {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}


def _must_be_harmless(name: str, statement: _Statement, wanted: Collection[str], path: Path) -> None:
    if isinstance(statement, ast.FunctionDef) and name not in wanted:
        message = f"a public property uses '{name}', which is reference code"
    elif isinstance(statement, ast.ImportFrom) and statement.level and statement.module != "given":
        message = f"a public property uses '{name}' of a module that students do not have"
    else:
        return
    raise BrokenReference(message, file=path, line=statement.lineno, remedy=_REMEDY)


def _must_be_whole(statement: _Statement, defined: Collection[str], path: Path) -> None:
    """What is used and cannot be cut out, such as a class, would not be there."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} | _arguments(statement)
    own |= {name for node in ast.walk(statement) for name in _bound_by(node)}
    for node in names:
        if isinstance(node.ctx, ast.Load) and not (node.id in own or node.id in defined or hasattr(builtins, node.id)):
            message = f"a public property uses '{node.id}', which is no function, import or constant of the module"
            raise BrokenReference(message, file=path, line=node.lineno, remedy=_REMEDY)


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that an import or a definition inside of a function makes."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)) and node.name:
        yield node.name


def _blocks(kept: dict[str, _Statement], source: str) -> Iterator[str]:
    """The statements in their order: imports reduced to what is used, the rest as it stands."""
    imports = {id(one): one for one in kept.values() if isinstance(one, (ast.Import, ast.ImportFrom))}
    lines = [_import(statement, kept) for statement in sorted(imports.values(), key=lambda one: one.lineno)]
    if lines:
        yield "\n".join(lines)
    others = {id(one): one for one in kept.values() if id(one) not in imports}
    for statement in sorted(others.values(), key=lambda one: one.lineno):
        first = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", []))])
        yield "\n".join(source.splitlines()[first - 1 : statement.end_lineno]) + "\n"


def _import(statement: ast.Import | ast.ImportFrom, kept: Collection[str]) -> str:
    aliases = [one for one in statement.names if (one.asname or one.name).partition(".")[0] in kept]
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import(aliases))
    return ast.unparse(ast.ImportFrom(statement.module, aliases, statement.level))
