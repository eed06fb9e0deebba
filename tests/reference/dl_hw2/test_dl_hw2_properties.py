"""The properties of dl_hw2 hold for right answers, in single precision too, and tell most mistakes of their parts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

RUBRIC = Path(__file__).resolve().parents[3] / "rubrics" / "dl_hw2.yaml"
SEEDS = range(2)


def _judged() -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """(problem, part, function, property, misconceptions) of every part that a property judges."""
    text = RUBRIC.read_text("utf-8")
    return [
        (problem["id"], part["id"], part["function"], check["satisfies"]["property"], tuple(part["misconceptions"]))
        for problem in yaml.load(text, Loader=yaml.BaseLoader)["problems"]
        for part in problem["parts"]
        for check in part.get("checks", ())
        if isinstance(check, dict) and "satisfies" in check
    ]


JUDGED = _judged()
IDS = [f"{part}-{claim}" for _, part, _, claim, _ in JUDGED]


@pytest.fixture
def holds(call):
    """`holds(property, inputs, f=answer)`: whether the property holds with `answer` as the student's `f`."""

    def judge(claim: Any, inputs: dict[str, Any], **students: Any) -> bool:
        try:
            with np.errstate(all="ignore"):
                call(claim, {**inputs, **students})
        except AssertionError as violated:
            assert str(violated), "a property that fails has to say why"
            return False
        return True

    return judge


def in_single(function):
    """The function, computed in single precision; what it returns comes as the grader hands it on."""

    def narrow(value):
        real = isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
        return np.asarray(value, np.float32)[()] if real else value

    def widen(value):
        if isinstance(value, tuple):
            return tuple(map(widen, value))
        return value if value is None else np.float64(np.float32(value))

    return lambda *arguments: widen(function(*map(narrow, arguments)))


@pytest.mark.parametrize(("problem_id", "part", "function", "claim", "wrong"), JUDGED, ids=IDS)
def test_a_property_holds_for_the_reference(problem, trials, holds, problem_id, part, function, claim, wrong):
    module = problem(int(problem_id))
    for seed in SEEDS:
        for inputs in trials(function, seed):
            assert holds(getattr(module, claim), inputs, **{function: getattr(module, function)})


@pytest.mark.parametrize(("problem_id", "part", "function", "claim", "wrong"), JUDGED, ids=IDS)
def test_a_property_holds_in_single_precision(problem, trials, holds, problem_id, part, function, claim, wrong):
    module = problem(int(problem_id))
    right = getattr(module, function)
    for seed in SEEDS:
        for inputs in trials(function, seed):
            if any(np.any(np.abs(inputs[name]) > 60) for name in ("z", "w") if name in inputs):
                continue  # scores of hundreds have no digits in single precision, and are a share of their own
            assert holds(getattr(module, claim), inputs, **{function: in_single(right)})


@pytest.mark.parametrize(("problem_id", "part", "function", "claim", "wrong"), JUDGED, ids=IDS)
def test_a_property_fails_for_most_of_the_mistakes(
    problem, module, trials, holds, as_student, problem_id, part, function, claim, wrong
):
    reference, mistakes = problem(int(problem_id)), module(f"problem{problem_id}_misconceptions")
    right = getattr(reference, function)
    seen = []
    for name in wrong:
        for inputs in trials(function):
            student = as_student(getattr(mistakes, name), right, inputs)
            if not holds(getattr(reference, claim), inputs, **{function: student}):
                seen.append(name)
                break

    # What a symmetry cannot see, such as a wrong factor of something that is to add up to 0, values show.
    assert len(seen) >= (1 if claim in BLIND else len(wrong) / 2), set(wrong) - set(seen)


# A table that is infinite all over is symmetric, and labels of one kind are best predicted by infinite weights.
UNMOVED = {"hessian_is_symmetric", "a_short_step_goes_down"}
BLIND = {"gradient_adds_up_to_nothing", "hessian_is_symmetric", "direction_is_flat", "a_common_part_is_lost"}


@pytest.mark.parametrize(("problem_id", "part", "function", "claim", "wrong"), JUDGED, ids=IDS)
@pytest.mark.parametrize("number", [np.nan, np.inf, 1e200])
def test_no_strange_number_passes(problem, trials, holds, number, problem_id, part, function, claim, wrong):
    module = problem(int(problem_id))
    right = getattr(module, function)

    def strange(value):
        if isinstance(value, tuple):
            return tuple(map(strange, value))
        return value if value is None else np.full(np.shape(value), number)[()]

    kinds = {
        holds(getattr(module, claim), inputs, **{function: lambda *arguments: strange(right(*arguments))})
        for inputs in trials(function)
        if right(*(inputs[name] for name in _names(right) if name in inputs)) is not None
    }
    assert kinds == {False} or claim in UNMOVED


def _names(function):
    return function.__code__.co_varnames[: function.__code__.co_argcount]
