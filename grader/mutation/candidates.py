"""The wrong versions of a reference function: one edit each, and mistakes that no edit makes."""

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.checks.matches_reference import MatchesReference
from grader.checks.vjp import Vjp
from grader.draw import single
from grader.mutants import Mutant, Place, built, mutants, original
from grader.mutation.records import Edit
from grader.reference import ReferenceModule
from grader.rubric import Part, Problem
from grader.tolerance import Accuracy

Function = Callable[..., Any]
# A mutant may take so many times the steps of the original, and some more.
PATIENCE = 20
SOME_STEPS = 5_000
UNBOUNDED = 10**9


class Candidate(NamedTuple):
    """A wrong version of a function.

    edit        what is wrong with it
    places      where in the source of the module; empty for what no edit of it makes
    gradient    whether it is the function's gradient, as torch would find it, that is wrong, not its value
    stateful    whether it has to be asked in the order of the trials
    make        makes it, given how many steps it may take
    """

    edit: Edit
    places: tuple[Place, ...]
    gradient: bool
    stateful: bool
    make: Callable[[int], Function]


def candidates(reference: ReferenceModule, problem: Problem, function: str) -> list[Candidate]:
    """All wrong versions of a function, without those that are compiled to the same as another, in a fixed order."""
    source = reference.path.read_text(encoding="utf-8")
    own = [part for part in problem.parts if part.function == function]
    found = [*_of_edits(reference, source, function)]
    for of in dict.fromkeys(check.of for part in own for check in part.checks if isinstance(check, Vjp)):
        found += _of_edits(reference, source, of, gradient=True)
    found += _synthetic(reference, function, own)
    return found


def _of_edits(reference: ReferenceModule, source: str, function: str, *, gradient: bool = False) -> Iterator[Candidate]:
    found = mutants(source, function)
    if not found:
        return
    seen = {repr(_fingerprint(original(source, function).sources))}
    for mutant in found:
        own = repr(_fingerprint(mutant.sources))
        if own not in seen:
            seen.add(own)
            yield Candidate(_edit(mutant), mutant.places, gradient, False, _maker(mutant, reference.module))


def _maker(mutant: Mutant, module: types.ModuleType) -> Callable[[int], Function]:
    return lambda steps: built(mutant, module, steps)


def _edit(mutant: Mutant) -> Edit:
    named = {name: getattr(mutant, name) for name in ("operator", "function", "line", "before", "after")}
    return Edit(**named)


def _fingerprint(sources: Sequence[types.CodeType]) -> dict[str, Any]:
    """What compiled code does, wherever it stands: later definitions replace earlier ones of the same name."""
    constants = (constant for source in sources for constant in source.co_consts)
    return {code.co_name: _meaning(code) for code in constants if isinstance(code, types.CodeType)}


def _meaning(code: types.CodeType) -> Any:
    constants = tuple(
        _meaning(one) if isinstance(one, types.CodeType) else (type(one).__name__, repr(one)) for one in code.co_consts
    )
    return code.co_name, code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars


# ---- mistakes that no edit makes ----


def _synthetic(reference: ReferenceModule, function: str, parts: Sequence[Part]) -> Iterator[Candidate]:
    right, line = reference.function(function), reference.line(function)

    def made(operator: str, after: str, make: Callable[[int], Function], **more: bool) -> Candidate:
        edit = Edit(operator=operator, function=function, line=line, before=function, after=after)
        return Candidate(edit, (), more.get("gradient", False), more.get("stateful", False), make)

    stale = "its first answer to arguments of these shapes"
    yield made("stale_cache", stale, lambda _: _remembering(right), stateful=True)
    if any(isinstance(c, MatchesReference) and c.accuracy is Accuracy.DOUBLE for p in parts for c in p.checks):
        yield made("float32", "its answer in single precision", lambda _: _in_single_precision(right))
    for check in (check for part in parts for check in part.checks if isinstance(check, Vjp)):
        gradients = reference.function(check.of)
        for i, name in enumerate(check.wrt):
            yield made("detach", f"detached from {name}", _detaching(gradients, i), gradient=True)


def _remembering(right: Function) -> Function:
    """The function, with an answer that stays as it is for arguments of the same shapes."""
    answers: dict[Any, Any] = {}

    def remembered(*arguments: Any) -> Any:
        key = tuple(np.shape(one) if isinstance(one, np.ndarray) else type(one) for one in arguments)
        if key not in answers:
            answers[key] = right(*arguments)
        return answers[key]

    return remembered


def _in_single_precision(right: Function) -> Function:
    def computed(*arguments: Any) -> Any:
        return _single(right(*map(_single, arguments)))

    return computed


def _single(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(map(_single, value))
    is_real = isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
    return single(value) if is_real else value


def _detaching(gradients: Function, place: int) -> Callable[[int], Function]:
    return lambda _: _detached(gradients, place)


def _detached(gradients: Function, place: int) -> Function:
    def found(*arguments: Any) -> Any:
        given = gradients(*arguments)
        each = given if isinstance(given, tuple) else (given,)
        return tuple(None if i == place else one for i, one in enumerate(each))

    return found
