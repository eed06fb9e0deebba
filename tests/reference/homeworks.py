"""The homeworks of this course as the tests see them: each is read and imported once, and its trials drawn once."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.model import Trial
from grader.rubric import Part, Problem
from grader.trials import trials
from grader.validation import misconceptions

COURSE = Course(Path(__file__).resolve().parents[2])


@functools.cache
def assignment(id: str) -> Assignment:
    """The assignment of this id, with its rubric read and its references imported."""
    return Assignment(COURSE, id)


def example(id: str, name: str) -> Path:
    """The folder of an example submission."""
    return COURSE.folder / "submissions_example" / id / name


def every_problem() -> list[tuple[str, Problem]]:
    """(assignment, problem) of all homeworks."""
    return [(id, problem) for id in COURSE.assignments for problem in assignment(id).rubric.problems]


def every_part() -> list[tuple[str, Problem, Part]]:
    """(assignment, problem, part) of all homeworks, of the parts that a machine judges."""
    return [(id, problem, part) for id, problem in every_problem() for part in problem.parts if part.checks]


def problem_with(id: str, function: str) -> Problem:
    """The problem of an assignment that asks for this function."""
    [problem] = [one for one in assignment(id).rubric.problems if function in one.functions]
    return problem


def drawn(id: str, function: str, seed: int) -> list[Trial]:
    """The trials that the rubric plans for a function, drawn now, with their given functions found."""
    problem = problem_with(id, function)
    inputs, reference = problem.functions[function].inputs, assignment(id).references[problem.id]
    return reference.bound(trials(inputs, reference.function(inputs.maker), seed))


def plan(id: str, function: str, seed: int) -> tuple[Trial, ...]:
    """The same trials, for all tests that ask for them: whoever changes one changes it for the others."""
    return _kept(id, first_with_its_plan(id, function), seed)


@functools.cache
def _kept(id: str, function: str, seed: int) -> tuple[Trial, ...]:
    return tuple(drawn(id, function, seed))


@functools.cache
def first_with_its_plan(id: str, function: str) -> str:
    """The first function of the problem that has the same plan, and so the same trials."""
    plans = {
        name: repr(msgspec.structs.replace(own.inputs, line=0))
        for name, own in problem_with(id, function).functions.items()
        if own.inputs
    }
    return next(name for name, own in plans.items() if own == plans[function])


def each_mistake(table: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Any]:
    """A test's parameters (property, function, mistake), of a table of mistakes by name for (property, function)."""
    return [
        pytest.param(name, function, mistake, id=f"{name}-{label}")
        for (name, function), mistakes in table.items()
        for label, mistake in mistakes.items()
    ]


def mistaken(id: str, function: str, name: str, inputs: Mapping[str, Any] = MappingProxyType({})) -> Callable[..., Any]:
    """A misconception as a function of a student's, which takes the arguments of `function`.

    Where the misconception takes another input of the trial as well, that is found in `inputs`.
    """
    return misconceptions.mistaken(assignment(id).references[problem_with(id, function).id], function, name, inputs)
