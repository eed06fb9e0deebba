"""What the tests of every homework ask for: the assignment that their folder is named after, its trials, its mistakes.

A test in `tests/reference/<id>/` is about the assignment <id>.
"""

import functools
import inspect
import itertools
import types
from collections.abc import Callable
from typing import Any

import homeworks
import numpy as np
import pytest

from grader.assignment import Assignment
from grader.model import Trial
from grader.rubric import Part, Rubric
from grader.validation.right import in_single as in_single_precision


@pytest.fixture(scope="module")
def assignment(request) -> Assignment:
    """The assignment of the test's folder, with its rubric read and its references imported."""
    return homeworks.assignment(request.path.parent.name)


@pytest.fixture(scope="module")
def rubric(assignment) -> Rubric:
    """The rubric of the assignment."""
    return assignment.rubric


@pytest.fixture(scope="module")
def problem(assignment) -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1."""
    return lambda number: assignment.references[str(number)].module


@pytest.fixture(scope="module")
def part(rubric) -> Callable[[str], Part]:
    """`part("1a.dx")` is the part of this id."""
    parts = {part.id: part for problem in rubric.problems for part in problem.parts}
    return parts.__getitem__


@pytest.fixture(scope="module")
def plan(assignment) -> Callable[..., tuple[Trial, ...]]:
    """`plan("f")` are the trials of the function `f`, with their given functions found."""
    return lambda function, seed=0: homeworks.plan(assignment.rubric.id, function, seed)


@pytest.fixture(scope="module")
def trials(plan) -> Callable[..., list[dict[str, Any]]]:
    """`trials("f")` are the inputs of every trial that the rubric plans for the function `f`."""
    return lambda function, seed=0: [dict(trial.inputs) for trial in plan(function, seed)]


@pytest.fixture(scope="session")
def call() -> Callable[[Callable[..., Any], dict[str, Any]], Any]:
    """`call(f, inputs)` calls `f` with those of the inputs that its signature names; the last may have defaults."""

    def positionally(function: Callable[..., Any], inputs: dict[str, Any]) -> Any:
        names = list(inspect.signature(function).parameters)
        given = list(itertools.takewhile(inputs.__contains__, names))
        assert not inputs.keys() & set(names[len(given) :]), "an argument would be left out"
        return function(*(inputs[name] for name in given))

    return positionally


@pytest.fixture(scope="session")
def in_single() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`in_single(f)` computes as `f` does, but in single precision; its answers come back as float64."""
    return in_single_precision


@pytest.fixture(scope="session")
def filled_with() -> Callable[..., Callable[..., Any]]:
    """`filled_with(number, f)` answers in the shape of `f`'s answers, but with that number everywhere."""

    def fill(number: float, value: Any) -> Any:
        if callable(value):
            return lambda *arguments: fill(number, value(*arguments))
        if isinstance(value, tuple):
            return tuple(fill(number, entry) for entry in value)
        return None if value is None else np.full(np.shape(value), number)[()]

    return lambda number, function: lambda *arguments: fill(number, function(*arguments))


@pytest.fixture(scope="session")
def holds(call) -> Callable[..., bool]:
    """`holds(property, inputs, f=answer)`: whether the property holds with `answer` as the student's `f`."""

    def judge(check: Callable[..., None], inputs: dict[str, Any], **students: Callable[..., Any]) -> bool:
        try:
            with np.errstate(all="ignore"):
                call(check, {**inputs, **students})
        except AssertionError as violated:
            assert str(violated), "a property that fails has to say why"
            return False
        return True

    return judge


@pytest.fixture(scope="module")
def sees(assignment, trials, holds) -> Callable[..., bool]:
    """`sees("property", "f", wrong)`: whether in any trial of `f` the property fails for `wrong` in its place.

    What is wrong may be a function, or the name of a misconception.
    """
    id = assignment.rubric.id

    def seen(name: str, function: str, wrong: Callable[..., Any] | str, seed: int = 0) -> bool:
        check = assignment.references[homeworks.problem_with(id, function).id].function(name)
        for inputs in trials(function, seed):
            answer = wrong if callable(wrong) else homeworks.mistaken(id, function, wrong, inputs)
            if not holds(check, inputs, **{function: answer}):
                return True
        return False

    return seen


@pytest.fixture(scope="module")
def mistaken(assignment) -> Callable[..., Callable[..., Any]]:
    """`mistaken("f", "name")` takes the arguments of `f` and answers as that misconception does."""
    return functools.partial(homeworks.mistaken, assignment.rubric.id)
