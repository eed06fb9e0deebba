"""Mistakes that students make, in solutions written in other ways than the references, are named; none is misnamed."""

from typing import Any

import numpy as np
import pytest
from students import MISTAKES, STUDENTS, UNNAMED, spoiled_source

from grader.compare import disagreement


def spoiled(function: str, right: str, wrong: str) -> Any:
    """The student's function with the mistake in it."""
    names: dict[str, Any] = {"np": np}
    exec(spoiled_source(function, right, wrong), names)
    return names[function]


def right_one(function: str) -> Any:
    names: dict[str, Any] = {"np": np}
    exec(STUDENTS[function], names)
    return names[function]


@pytest.mark.parametrize("function", STUDENTS)
def test_a_right_solution_has_no_diagnosis(judged, function):
    judge = judged(function)
    observations = judge.observations(right_one(function))

    assert len(observations) == len(judge.trials)
    assert not any(disagreement(o.answer, o.expected, o.bound) for o in observations)
    assert judge.diagnosed(right_one(function)) is None


@pytest.mark.parametrize(("function", "right", "wrong", "kinds"), MISTAKES)
def test_a_mistake_is_named(judged, function, right, wrong, kinds):
    found = judged(function).diagnosed(spoiled(function, right, wrong))

    assert found is not None, "no name for it"
    assert found.name in kinds.split(), f"called {found.name}: {found}"


@pytest.mark.parametrize(("function", "right", "wrong", "kinds"), UNNAMED)
def test_a_mistake_that_is_beyond_one_edit_is_not_misnamed(judged, function, right, wrong, kinds):
    found = judged(function).diagnosed(spoiled(function, right, wrong))

    assert found is None or found.name in kinds.split(), f"called {found.name}: {found}"
