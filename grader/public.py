"""The public side of a rubric: what students can check by themselves, without the reference."""

from collections.abc import Iterator

import msgspec

from grader.checks import Check
from grader.checks.consistent import Consistent
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.repeats import Repeats
from grader.checks.sampler import Sampler
from grader.checks.satisfies import Satisfies
from grader.model import WrittenItem
from grader.rubric import Function, Part, Problem, Public, Rubric
from grader.trials import Inputs

BY_HAND = "marked by a person"


def public(rubric: Rubric) -> Rubric:
    """The rubric of a kit: without the official seed, hidden trials, private properties, known mistakes and answers.

    Written parts keep their criterion; parts that cannot be checked keep theirs and have neither function nor checks.
    """
    return msgspec.structs.replace(
        rubric,
        seed=rubric.public.seed,
        policy=None,
        recorded=True,
        problems=tuple(_problem(problem, rubric.public) for problem in rubric.problems),
    )


def without(rubric: Rubric, functions: frozenset[str]) -> Rubric:
    """A public rubric in which the parts of some functions, by name, cannot be checked after all."""
    problems = []
    for problem in rubric.problems:
        parts = tuple(_hidden(part) if part.function in functions else part for part in problem.parts)
        problems.append(msgspec.structs.replace(problem, parts=parts))
    return msgspec.structs.replace(rubric, problems=tuple(problems))


def is_checkable(part: Part) -> bool:
    """Whether a part of a public rubric can be checked by students."""
    return part.public and bool(part.checks)


def is_decided(part: Part) -> bool:
    """Whether the checks of a part see what its function gives: that draws repeat says nothing of their law."""
    return is_checkable(part) and not all(isinstance(check, Repeats) for check in part.checks)


def needed(problem: Problem) -> dict[str, Function]:
    """The functions of a public problem whose trials are judged: those of parts, and what gradients go through."""
    parts = [part for part in problem.parts if is_checkable(part)]
    names = {part.function for part in parts}
    names |= {check.of for part in parts for check in part.checks if isinstance(check, Consistent)}
    return {name: own for name, own in problem.functions.items() if name in names and own.inputs is not None}


def _problem(problem: Problem, settings: Public) -> Problem:
    functions = {name: _function(function, settings) for name, function in problem.functions.items()}
    parts = tuple(_part(part, problem, functions) for part in problem.parts)
    return msgspec.structs.replace(problem, functions=functions, parts=parts)


def _function(function: Function, settings: Public) -> Function:
    inputs = function.inputs
    return function if inputs is None else msgspec.structs.replace(function, inputs=_inputs(inputs, settings))


def _inputs(inputs: Inputs, settings: Public) -> Inputs:
    return msgspec.structs.replace(
        inputs,
        regimes={regime: min(count, settings.trials) for regime, count in inputs.regimes.items()},
        edges=inputs.edges if settings.edges else (),
        shares=inputs.shares if settings.shares else {},
    )


def _part(part: Part, problem: Problem, functions: dict[str, Function]) -> Part:
    if part.written:
        marked = (WrittenItem(points=part.points, criterion=BY_HAND),)
        return msgspec.structs.replace(part, written=marked)
    checks = tuple(_checks(part, problem)) if part.public else ()
    if not checks or not _is_tried(functions[part.function]):
        return _hidden(part)
    return msgspec.structs.replace(part, checks=checks, misconceptions={}, follow_through=0.0)


def _is_tried(function: Function) -> bool:
    """Whether there are public trials, and a student's machine can be expected to run them."""
    inputs = function.inputs
    return not function.device and inputs is not None and bool(any(inputs.regimes.values()) or inputs.edges)


def _hidden(part: Part) -> Part:
    return Part(id=part.id, points=part.points, criterion=part.criterion, public=False, hints=part.hints)


def _checks(part: Part, problem: Problem) -> Iterator[Check]:
    """The checks that need no reference. A gradient is compared as a value: the right one is recorded."""
    values = any(isinstance(check, MatchesReference) for check in part.checks)
    for check in part.checks:
        if isinstance(check, (Satisfies, Sampler)):
            if check.public:
                yield check
        elif not isinstance(check, Gradient):
            yield check
        elif _is_own(check, problem):
            yield Consistent(of=check.of, wrt=check.wrt, upstream=check.upstream)
        elif not values:
            yield MatchesReference()
            values = True


def _is_own(check: Gradient, problem: Problem) -> bool:
    """Whether the function that is differentiated is one that the student writes."""
    own = problem.functions.get(check.of)
    return own is not None and own.inputs is not None and not own.evaluated_at
