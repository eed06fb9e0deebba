"""Docstrings that are not there: of what students and colleagues read, and of what is shown to whoever is wrong."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.reference import ReferenceModule
from grader.rubric import Problem
from grader.validation.finding import Finding, Kind, Place, finding


def missing_docstrings(problem: Problem, reference: ReferenceModule) -> Iterator[Finding]:
    """Of the module, its solutions, makers, properties and laws, and of the misconceptions."""
    if not _is_documented(reference.module):
        yield _missing(reference.path, 1, f"{reference.path.name} has no docstring", "say what the problem is about")
    for name, what in _documented(problem).items():
        try:
            function = reference.function(name)
        except GraderError:  # which is a finding already
            continue
        if not _is_documented(function):
            path, line = _place(function, reference.path)
            yield _missing(path, line, f"the {what} '{name}' has no docstring", _REMEDIES[what])
    yield from _silent_misconceptions(problem, reference)


_REMEDIES = {
    "solution": "say what it computes, and the shapes",
    "input maker": "say what it draws",
    "property": "say what holds: its first line is shown where an assertion has no message",
}


def _documented(problem: Problem) -> dict[str, str]:
    """Function -> what it is."""
    makers = {own.inputs.maker: "input maker" for own in problem.functions.values() if own.inputs}
    needed = {name: "property" for part in problem.parts for check in part.checks for name in check.needs()}
    return needed | makers | dict.fromkeys(problem.functions, "solution")


def _silent_misconceptions(problem: Problem, reference: ReferenceModule) -> Iterator[Finding]:
    listed = {name: part.id for part in problem.parts for name in part.misconceptions}
    for name, part in listed.items():
        function = reference.misconception(name)
        if not _is_documented(function):
            path, line = _place(function, reference.path)
            remedy = "tell the student who has it what to look at"
            yield _missing(path, line, f"the misconception '{name}' says nothing", remedy, part)
    if not listed:
        return
    module = inspect.getmodule(reference.misconception(next(iter(listed))))
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == vars(module)["__name__"] and not name.startswith("_")
        if own and name not in listed:
            path, line = _place(value, reference.path)
            message, remedy = f"no part lists the misconception '{name}'", "list it, or let its name begin with _"
            yield finding(Kind.MISCONCEPTION, Place(path, line), message, remedy)


def _is_documented(thing: Any) -> bool:
    return bool((inspect.getdoc(thing) or "").strip()) if not isinstance(thing, type) else bool(thing.__doc__)


def _place(function: Callable[..., Any], otherwise: Path) -> tuple[Path, int]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return (Path(code.co_filename), code.co_firstlineno) if code else (otherwise, 1)


def _missing(path: Path, line: int, message: str, remedy: str, part: str = "") -> Finding:
    return finding(Kind.DOCSTRING, Place(path, line), message, remedy, part=part)
