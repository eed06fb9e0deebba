"""Mutants: a function with one edit, as if somebody had made one mistake in writing it.

Edits are made in the function itself and in the functions and classes of its module that it calls, but never in what
only refuses bad arguments. Mutants that agree with the original everywhere are among them; many others only raise.
"""

import types
from collections.abc import Iterator
from typing import NamedTuple

from grader.mutants.program import STEPS, Program, TooManySteps
from grader.mutants.tree import Change, Place, changes, compiled, definitions

__all__ = ["STEPS", "Mutant", "Place", "Program", "TooManySteps", "built", "mutants", "original"]


class Mutant(NamedTuple):
    """One edit of a function or of what it calls.

    operator       what kind of edit
    function       the function that is edited, the one asked for or one that it calls
    line           of the module's source; 0 where several places are edited
    makes          what the edited step makes: a variable of the function, "" for what it returns
    before, after  the edited text
    size           how much is edited: the number of expressions that go or come
    places         where in the module's source the edit is made
    """

    operator: str
    function: str
    line: int
    makes: str
    before: str
    after: str
    size: int
    places: tuple[Place, ...]
    entry: str
    sources: tuple[types.CodeType, ...]


def mutants(source: str, name: str) -> list[Mutant]:
    """All one-edit mutants of a function, in the order of the source. None where the source does not define it."""
    return list(_mutants(source, name))


def _mutants(source: str, name: str) -> Iterator[Mutant]:
    called = definitions(source, name)
    if not called:
        return
    whole = compiled(called)
    for change in changes(called):
        yield _mutant(change, name, whole)


def _mutant(change: Change, name: str, whole: types.CodeType | None) -> Mutant:
    sources = tuple(code for code in (whole, change.code) if code is not None)
    return Mutant(*change[:-1], name, sources)


def original(source: str, name: str) -> Mutant:
    """The function without any edit, to be run as mutants are.

    Errors
        ValueError where the source does not define it.
    """
    called = definitions(source, name)
    if not called:
        raise ValueError(f"the source does not define {name}")
    return _mutant(Change("none", name, 0, "", "", "", 0, (), None), name, compiled(called))


def built(mutant: Mutant, module: types.ModuleType, steps: int = STEPS) -> Program:
    """A mutant that can be called. The module stays as it is: it runs in a copy of its names."""
    return Program(mutant.entry, mutant.sources, module, steps)
