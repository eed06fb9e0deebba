"""The assignment dl_theory_2024: its rubric, its references, the trials that the one plans for the other, mistakes."""

import inspect
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.trials import trials as planned_trials


@pytest.fixture(scope="session")
def theory() -> Assignment:
    """The assignment, with its rubric read and its references imported."""
    return Assignment(Course(Path(__file__).resolve().parents[3]), "dl_theory_2024")


@pytest.fixture(scope="session")
def problem(theory) -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1."""
    return lambda number: theory.references[str(number)].module


@pytest.fixture(scope="session")
def trials(theory) -> Callable[..., list[dict[str, Any]]]:
    """`trials("f")` are the inputs of every trial that the rubric plans for the function `f`."""

    def planned(function: str, seed: int = 0) -> list[dict[str, Any]]:
        [entry] = [p for p in theory.rubric.problems if function in p.functions]
        inputs, reference = entry.functions[function].inputs, theory.references[entry.id]
        return [dict(t.inputs) for t in reference.bound(planned_trials(inputs, reference.function(inputs.maker), seed))]

    return planned


@pytest.fixture(scope="session")
def mistaken(theory) -> Callable[[str, str], Callable[..., Any]]:
    """`mistaken("f", "name")` takes the arguments of `f` and answers as that misconception does."""

    def made(function: str, name: str) -> Callable[..., Any]:
        [entry] = [p for p in theory.rubric.problems if function in p.functions]
        reference = theory.references[entry.id]
        wrong, names = reference.misconception(name), reference.argument_names(function)

        def answer(*arguments: Any) -> Any:
            inputs = dict(zip(names, arguments, strict=False))
            return wrong(*(inputs[own] for own in inspect.signature(wrong).parameters))

        return answer

    return made
