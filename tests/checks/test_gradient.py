"""A gradient is the slope of the reference's forward function, along any direction; every wrong one is found out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import backward_passes
import numpy as np
import pytest
from backward_passes import MISTAKES, PAIRS, Pair, mistaken

from grader.answers import Answer, measured
from grader.checks.gradient import Gradient
from grader.model import Status, Trial
from grader.reference import ReferenceModule
from grader.trials import Inputs, trials

PARABOLA = """
def maker(draw):
    return {"x": draw.normal(4), "c": draw.signed_uniform(0.5, 2.0)}

def forward(x, c):
    return float(c * np.sum(x**2) + x[0])

def f(x, c):
    return 2 * c * x + np.array([1, 0, 0, 0])
"""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("g = 2 * c * x; g[0] += 1; return g", Status.CORRECT, "", id="right"),
        pytest.param("g = 2 * np.float32(c) * np.float32(x); g[0] += 1; return g", Status.CORRECT, "", id="single"),
        pytest.param("g = 2 * c * x; g[0] += 1; return g.tolist()", Status.CORRECT, "", id="list"),
        pytest.param("return 2 * c * x", Status.WRONG, "not the gradient with respect to x", id="a term left out"),
        pytest.param("g = c * x; g[0] += 1; return g", Status.WRONG, "finite differences", id="half"),
        pytest.param("g = 2 * c * x; g[0] += 1; return -g", Status.WRONG, "not the gradient", id="other sign"),
        pytest.param("g = 2 * c * x; g[0] += 1; return 1.001 * g", Status.WRONG, "not the gradient", id="a thousandth"),
        pytest.param("return np.zeros(4)", Status.WRONG, "not the gradient", id="zeros"),
        pytest.param("return x * 1e200", Status.WRONG, "not the gradient", id="huge"),
        pytest.param("return x * 0 + 1e308", Status.WRONG, "not finite", id="as good as infinite"),
        pytest.param("g = 2 * c * x; g[1] = np.inf; return g", Status.WRONG, "not finite", id="infinite"),
        pytest.param("g = 2 * c * x; g[1] = np.nan; return g", Status.WRONG, "not finite", id="nan"),
        pytest.param("return (2 * c * x)[None]", Status.WRONG, "shape (1, 4)", id="extra axis"),
        pytest.param("return '2cx'", Status.WRONG, "a text, where numbers", id="text"),
        pytest.param("return 1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
    ],
)
def test_what_is_said_of_a_gradient(judge, body, status, words):
    report, errors = judge("gradient: {of: forward, wrt: x}", PARABOLA, f"def f(x, c):\n    {body}\n")

    assert errors == []
    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("return float(x @ x)", Status.CORRECT, id="right"),
        pytest.param("return [x @ x]", Status.CORRECT, id="list of one"),
        pytest.param("return 1.01 * x @ x", Status.WRONG, id="a hundredth"),
    ],
)
def test_the_slope_in_a_number_is_a_number(judge, body, status):
    reference = PARABOLA.replace("return 2 * c * x + np.array([1, 0, 0, 0])", "return float(np.sum(x**2))")

    report, errors = judge("gradient: {of: forward, wrt: c}", reference, f"def f(x, c):\n    {body}\n")

    assert errors == []
    assert report.parts[0].status is status


VECTORS = """
def maker(draw):
    return {"A": draw.normal(3, 2), "x": draw.normal(2), "dy": draw.normal(3)}

def forward(A, x):
    return np.tanh(A @ x)

def f(A, x, dy):
    return np.outer(dy * (1 - np.tanh(A @ x) ** 2), x)
"""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("return (dy * (1 - np.tanh(A @ x) ** 2))[:, None] * x", Status.CORRECT, id="right"),
        pytest.param("return np.outer(dy * np.tanh(A @ x) ** 2, x)", Status.WRONG, id="other factor"),
        pytest.param("return np.outer(1 - np.tanh(A @ x) ** 2, x)", Status.WRONG, id="upstream left out"),
    ],
)
def test_the_output_is_contracted_with_the_upstream_gradient(judge, body, status):
    report, errors = judge(
        "gradient: {of: forward, wrt: A, upstream: dy}", VECTORS, f"def f(A, x, dy):\n    {body}\n"
    )

    assert errors == []
    assert report.parts[0].status is status


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("g[2] *= 1.5", "x: the entry at index 2 does not agree with finite differences."),
        ("g[1] *= 1.5; g[3] = 0", "x: the entry at index 1 does not"),
        ("g *= -1", "x: the entry at index 0 does not"),
    ],
)
def test_the_first_wrong_entry_is_named_and_its_value_is_not(judge, wrong, words):
    student = f"def f(x, c):\n    g = 2 * c * x\n    g[0] += 1\n    {wrong}\n    return g\n"

    report, _ = judge("gradient: {of: forward, wrt: x}", PARABOLA, student)

    assert words in report.parts[0].feedback
    assert [character for character in report.parts[0].feedback if character in "0123456789."] == (
        [character for character in words if character in "0123456789."] + ["."] * (not words.endswith("."))
    )


def test_the_index_of_an_entry_has_the_shape_of_the_argument(judge):
    body = "g = np.outer(dy * (1 - np.tanh(A @ x) ** 2), x); g[2, 1] += 1; return g"

    report, _ = judge("gradient: {of: forward, wrt: A, upstream: dy}", VECTORS, f"def f(A, x, dy):\n    {body}\n")

    assert "the entry at index 2, 1 does not agree" in report.parts[0].feedback


def test_a_number_has_no_index(judge):
    reference = PARABOLA.replace("return 2 * c * x + np.array([1, 0, 0, 0])", "return float(np.sum(x**2))")

    report, _ = judge("gradient: {of: forward, wrt: c}", reference, "def f(x, c):\n    return 1.01 * x @ x\n")

    assert report.parts[0].feedback == (
        "This is not the gradient with respect to c: it does not agree with finite differences."
    )


# ---- several outputs, and Jacobians ----

TWO_OUTPUTS = """
def maker(draw):
    return {"x": draw.normal(3), "du": draw.normal(3), "dv": draw.normal()}

def forward(x):
    return np.tanh(x), float(np.sum(x**3))

def f(x, du, dv):
    return du * (1 - np.tanh(x) ** 2) + dv * 3 * x**2
"""
BOTH = "gradient: {of: forward, wrt: x, upstream: [du, dv]}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("return du * (1 - np.tanh(x) ** 2) + 3 * dv * x**2", Status.CORRECT, id="right"),
        pytest.param("return du * (1 - np.tanh(x) ** 2)", Status.WRONG, id="first only"),
        pytest.param("return 3 * dv * x**2", Status.WRONG, id="second only"),
        pytest.param("return du * (1 - np.tanh(x) ** 2) - 3 * dv * x**2", Status.WRONG, id="other sign"),
    ],
)
def test_every_output_is_contracted_with_its_own_upstream_gradient(judge, body, status):
    report, errors = judge(BOTH, TWO_OUTPUTS, f"def f(x, du, dv):\n    {body}\n")

    assert errors == []
    assert report.parts[0].status is status


@pytest.mark.parametrize("upstream", ["du", "[du]", "[du, dv, dv]"])
def test_outputs_without_an_upstream_gradient_cost_nobody_points(judge, upstream):
    check = BOTH.replace("[du, dv]", upstream)

    report, errors = judge(check, TWO_OUTPUTS, "def f(x, du, dv):\n    return x\n")

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert "forward returns 2 values" in str(errors[0])


JACOBIAN = """
def maker(draw):
    return {"A": draw.normal(3, 2), "x": draw.normal(2)}

def forward(A, x):
    return np.tanh(A @ x)

def f(A, x):
    return (1 - np.tanh(A @ x) ** 2)[:, None] * A
"""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("return np.diag(1 - np.tanh(A @ x) ** 2) @ A", Status.CORRECT, id="right"),
        pytest.param("return np.float32((1 - np.tanh(A @ x) ** 2)[:, None] * A)", Status.CORRECT, id="single"),
        pytest.param("return A", Status.WRONG, id="slope left out"),
        pytest.param("J = (1 - np.tanh(A @ x) ** 2)[:, None] * A; J[1, 0] *= 1.1; return J", Status.WRONG, id="entry"),
        pytest.param("return A[::-1] * (1 - np.tanh(A @ x) ** 2)[:, None]", Status.WRONG, id="other rows"),
    ],
)
def test_a_jacobian_is_contracted_with_random_numbers(judge, body, status):
    report, errors = judge("gradient: {of: forward, wrt: x}", JACOBIAN, f"def f(A, x):\n    {body}\n")

    assert errors == []
    assert report.parts[0].status is status


# ---- power ----

SEEDS = 50
ARE_NAMED = {"ids": lambda pair: pair.function}


class Sides:
    """A pair of the backward passes, as both sides of a check; `student` answers in the precision `dtype`."""

    def __init__(self, pair: Pair, seeds: int, regimes: set[str]) -> None:
        self.pair, self.module = pair, ReferenceModule(Path(backward_passes.__file__))
        maker = self.module.function(pair.maker)
        self.trials = trials(Inputs(maker=pair.maker, regimes=dict.fromkeys(sorted(regimes), seeds)), maker, 0)
        groups = [trial.regime for trial in self.trials]
        self.answers: list[Answer] = measured(self.module, pair.function, self.trials, groups, ())
        self.function, self.argument_names = self.module.function, self.module.argument_names
        self.objection = self.module.objection
        self.student: Callable[..., Any] = self.module.function(pair.function)
        self.dtype: type = np.float64
        self.check = Gradient(of=pair.of, wrt=pair.wrt, upstream=pair.upstream)

    def answer(self, trial: Trial) -> Any:
        return self.student(*(self.dtype(value) for value in self.module.arguments(self.pair.function, trial)))

    def error(self, trial: Trial) -> float:
        off = self.answer(trial) - self.answers[trial.index].value
        return np.linalg.norm(off) / np.linalg.norm(self.answer(trial))

    def bound(self, trial: Trial) -> Any:
        return self.answers[trial.index].bound

    def statuses(self) -> list[Status]:
        return [self.check.judge(self, self, trial).status for trial in self.trials]


@pytest.mark.parametrize("pair", PAIRS, **ARE_NAMED)
def test_every_mistake_is_found_at_every_seed(pair):
    sides = Sides(pair, SEEDS, {"normal"})
    for mistake in MISTAKES[pair.function]:
        sides.student = mistaken(pair.function, mistake)
        # A sign that is left out of a penalty is no mistake where all signs are 1.
        showing = [sides.error(trial) > 1e-3 for trial in sides.trials]

        assert sum(showing) > 0.8 * SEEDS, mistake
        assert {status for status, shown in zip(sides.statuses(), showing, strict=True) if shown} == {Status.WRONG}


def test_there_are_mistakes_enough():
    assert sum(map(len, MISTAKES.values())) >= 25
    assert {pair.function for pair in PAIRS} == set(MISTAKES)


# Eight pairs in two precisions and two regimes, at 65 seeds each, are more than two thousand checks.
@pytest.mark.parametrize("pair", PAIRS, **ARE_NAMED)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_right_gradient_never_fails_in_double_or_single_precision(pair, dtype):
    sides = Sides(pair, 65, {"normal", "small"})
    sides.dtype = dtype

    assert sides.statuses() == [Status.CORRECT] * len(sides.trials)


# ---- kinks ----

# The slope jumps near one of the entries, closer to it than a step.
KINK = """
def maker(draw):
    x = draw.normal(4)
    x[2] = {near}
    return {{"x": x}}

def forward(x):
    return float(np.sum(np.maximum(x, 0)))

def f(x):
    return (x > 0) * 1.0
"""


@pytest.mark.parametrize("near", [1e-6, -1e-6, 3e-7, 1.0])
@pytest.mark.parametrize(
    ("body", "right"), [("(x > 0) * 1.0", True), ("(x > 0) * 2.0", False), ("(x < 0) * 1.0", False)]
)
def test_a_kink_beside_the_point_is_not_held_against_a_right_gradient(judge, near, body, right):
    report, errors = judge(
        "gradient: {of: forward, wrt: x}", KINK.format(near=near), f"def f(x):\n    return {body}\n"
    )

    assert errors == []
    assert right or near != 1.0 or report.parts[0].status is Status.WRONG
    assert not right or report.parts[0].status is Status.CORRECT


RIGHT = "def f(x, c):\n    g = 2 * c * x\n    g[0] += 1\n    return g\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param("wrt: z", "names 'z', which the input maker does not make", id="no such input"),
        pytest.param("wrt: x, upstream: dy", "names 'dy', which the input maker does not make", id="no upstream"),
        pytest.param("wrt: c", "before the axes of 'c', the part's output has shape (4,)", id="other input"),
        pytest.param("wrt: x, upstream: x", "'x' has shape (4,), what forward returns ()", id="other upstream"),
    ],
)
def test_a_check_that_cannot_be_made_costs_nobody_points(judge, options, words):
    report, errors = judge(f"gradient: {{of: forward, {options}}}", PARABOLA, RIGHT)

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert report.max_score == 0
    assert words in str(errors[0])


@pytest.mark.parametrize(
    ("term", "words"),
    [
        pytest.param("np.log(-1.0)", "forward is not finite near the inputs of trial 0 (normal)", id="not finite"),
        pytest.param("x[9]", "problem1.py:7: IndexError", id="raises"),
    ],
)
def test_a_forward_function_that_cannot_be_judged_by_costs_nobody_points(judge, term, words):
    report, errors = judge("gradient: {of: forward, wrt: x}", PARABOLA.replace("x[0])", f"{term})"), RIGHT)

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert report.max_score == 0
    assert words in str(errors[0])


def test_the_directions_are_the_same_at_every_grading(judge):
    nearly = f"def f(x, c):\n    g = 2 * c * x\n    g[0] += 1\n    return g * {1 + 1.2e-4!r}\n"

    verdicts = {judge("gradient: {of: forward, wrt: x}", PARABOLA, nearly)[0].parts[0].trials for _ in range(3)}

    assert len(verdicts) == 1


def test_a_gradient_that_is_zero_by_structure_is_judged_by_its_rounding(judge):
    reference = """
def maker(draw):
    return {"x": draw.normal(5)}

def forward(x):
    return float(np.sum(x - x.mean()))

def f(x):
    return np.ones(5) - np.mean(np.ones(5)) + 0 * x
"""
    student = "def f(x):\n    return {}\n"

    right, wrong = (
        judge("gradient: {of: forward, wrt: x}", reference, student.format(body))[0].parts[0].status
        for body in ("np.ones(5) - 5 * (0.1 + 0.1) * np.ones(5)", "0.01 * np.ones(5)")
    )

    assert right is Status.CORRECT
    assert wrong is Status.WRONG


def test_numbers_that_are_compared_are_no_warnings(judge):
    with np.errstate(all="raise"):
        report, _ = judge("gradient: {of: forward, wrt: x}", PARABOLA, "def f(x, c):\n    return x * 1e299\n")

    assert report.parts[0].status is Status.WRONG


TANGENT = """
def maker(draw):
    return {"x": draw.normal(3), "dy": draw.normal(3)}

def g(x):
    return np.tanh(x) * np.mean(np.tanh(x))

def f(x, dy):
    y, slope = np.tanh(x), 1 - np.tanh(x)**2
    return dy * slope * np.mean(y) + slope * np.mean(dy * y)
"""


@pytest.mark.parametrize(
    ("mean", "own", "status", "earned"),
    [
        pytest.param("np.mean", "np.mean", Status.CORRECT, 1.0, id="right"),
        pytest.param("np.sum", "np.sum", Status.PARTIAL, 0.6, id="right for a wrong forward function"),
        pytest.param("np.mean", "np.sum", Status.WRONG, 0.0, id="wrong for a right one"),
    ],
)
def test_a_gradient_of_ones_own_wrong_forward_function_earns_the_follow_through(judge, mean, own, status, earned):
    student = TANGENT.replace("np.mean(np", f"{mean}(np").replace("np.mean(y)", f"{own}(y)")
    student = student.replace("np.mean(dy", f"{own}(dy")

    report, errors = judge("gradient: {of: g, wrt: x, upstream: dy}", TANGENT, student, part="follow_through: 0.6")

    part = report.parts[0]
    assert errors == []
    assert (part.status, part.earned) == (status, earned)
    assert ("right for your own forward pass" in part.feedback) == (status is Status.PARTIAL)
