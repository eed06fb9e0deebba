"""What became of a function's mutants, kept under a digest of all that it depends on."""

import ast
import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import grader
from grader.assignment import Assignment
from grader.mutation.records import Attempt
from grader.reference import ReferenceModule
from grader.rubric import Problem
from grader.store import Store

NAME = "attempts"
# What decides what becomes of a mutant: our modules, and these packages.
PACKAGES = ("checks", "laws", "mutants", "mutation")


class Kept:
    """The attempts at the mutants of a function that are known."""

    def __init__(self, assignment: Assignment, problem: Problem, function: str, seed: int) -> None:
        self.store = Store(_key(assignment, problem, function, seed))
        kept = self.store.get(NAME)
        self.attempts: dict[int, Attempt] = {}
        if isinstance(kept, str):
            found = msgspec.json.decode(kept, type=tuple[Attempt, ...])
            self.attempts = {attempt.number: attempt for attempt in found}

    def add(self, attempts: Mapping[int, Attempt]) -> None:
        """Keeps what is known now."""
        self.attempts.update(attempts)
        self.store.put(NAME, msgspec.json.encode(tuple(self.attempts.values())).decode())
        self.store.save()


def _key(assignment: Assignment, problem: Problem, function: str, seed: int) -> str:
    reference, settings = assignment.module(problem), problem.functions
    parts = [part for part in problem.parts if part.function == function and part.checks]
    own = settings[function].inputs
    roots = {function, *([own.maker] if own else []), *(name for p in parts for c in p.checks for name in c.needs())}
    for name in list(roots):  # a property's arguments are functions of the student's
        roots |= settings.keys() & set(reference.argument_names(name))
    judged = [(part.id, part.output, part.checks) for part in parts]
    shaped = [(name, _without_lines(settings[name])) for name in sorted(roots & settings.keys())]
    said = repr((judged, shaped, seed, assignment.rubric.ignore_axes_of_length_one, np.__version__))
    state = hashlib.sha256(_ours())
    for text in (function, said, slice_of(_source(reference.path), roots), *_siblings(reference)):
        state.update(f"{len(text)} {text}".encode())
    return state.hexdigest()[:32]


def _without_lines(function: Any) -> Any:
    inputs = function.inputs and msgspec.structs.replace(function.inputs, line=0)
    return msgspec.structs.replace(function, line=0, inputs=inputs)


def slice_of(source: str, roots: Iterable[str]) -> str:
    """What some functions of a module depend on within it, whatever line it stands at."""
    tree = ast.parse(source)
    named: dict[str, list[ast.stmt]] = {}
    kept: list[ast.stmt] = []
    for statement in tree.body:
        names = list(_defined(statement))
        for name in names:
            named.setdefault(name, []).append(statement)
        if not names:
            kept.append(statement)
    reached = dict.fromkeys(sorted(roots))
    for name in (waiting := list(reached)):  # grows on the way
        for statement in named.get(name, ()):
            used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            waiting += [other for other in sorted(used) if other in named and other not in reached]
            reached.update(dict.fromkeys(sorted(used)))
    kept += dict.fromkeys(statement for name in reached for statement in named.get(name, ()))
    return "\n".join(ast.dump(statement) for statement in kept)


def _defined(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_set(node)]
    return []


def _is_set(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _siblings(reference: ReferenceModule) -> list[str]:
    """The other files of the folder that the module may use: all but misconceptions."""
    folder = reference.path.parent
    files = [path for path in sorted(folder.glob("*.py")) if path != reference.path]
    return [path.name + _source(path) for path in files if _used(path.stem, _source(reference.path))]


def _used(module: str, source: str) -> bool:
    """Whether a source speaks of another module; misconceptions, and modules of other problems, it leaves alone."""
    return module in source or not module.startswith("problem")


def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def _ours() -> bytes:
    here = Path(grader.__file__).parent
    files = [*sorted(here.glob("*.py")), *(path for name in PACKAGES for path in sorted((here / name).glob("*.py")))]
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)
