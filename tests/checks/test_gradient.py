"""A gradient is the slope of the reference's forward function, along any direction."""

import numpy as np
import pytest

from grader.model import Status

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
        pytest.param("wrt: c", "'c' has shape (), the part's output (4,)", id="other input"),
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
