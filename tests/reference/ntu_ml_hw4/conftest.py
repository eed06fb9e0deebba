"""The assignment ntu_ml_hw4: its rubric, its reference modules, and the trials that the one plans for the other."""

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.trials import trials as planned_trials


@pytest.fixture(scope="session")
def hw4() -> Assignment:
    """The assignment, with its rubric read and its references imported."""
    return Assignment(Course(Path(__file__).resolve().parents[3]), "ntu_ml_hw4")


@pytest.fixture(scope="session")
def problem(hw4) -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1."""
    return lambda number: hw4.references[str(number)].module


@pytest.fixture(scope="session")
def trials(hw4) -> Callable[..., list[dict[str, Any]]]:
    """`trials("f")` are the inputs of every trial that the rubric plans for the function `f`."""

    def planned(function: str, seed: int = 0) -> list[dict[str, Any]]:
        [entry] = [p for p in hw4.rubric.problems if function in p.functions]
        inputs = entry.functions[function].inputs
        return [dict(t.inputs) for t in planned_trials(inputs, hw4.references[entry.id].function(inputs.maker), seed)]

    return planned
