"""A right gradient of a wrong function stays right; a wrong one is told apart by the student's own function."""

import pytest

from grader.model import Status

PARABOLA = """
def maker(draw):
    return {"x": draw.normal(4), "c": draw.signed_uniform(0.5, 2.0)}

def g(x, c):
    return float(c * np.sum(x**2) + x[0])

def f(x, c):
    return 2 * c * x + np.array([1, 0, 0, 0])
"""
RIGHT = "r = 2 * c * x; r[0] += 1; return r"


@pytest.mark.parametrize(
    ("forward", "gradient", "status", "words"),
    [
        pytest.param("return c * np.sum(x**2) + x[0]", RIGHT, Status.CORRECT, "", id="both right"),
        pytest.param("return 0.0", RIGHT, Status.CORRECT, "", id="right gradient of a wrong function"),
        pytest.param("return 1 / 0", RIGHT, Status.CORRECT, "", id="right gradient of none"),
        pytest.param(
            "return c * np.sum(x**2)", "return 2 * c * x", Status.WRONG, "the gradient of your own g", id="consistent"
        ),
        pytest.param(
            "return c * np.sum(x**2) + x[0]", "return 2 * c * x", Status.WRONG, "of your own g either", id="neither"
        ),
        pytest.param("return np.nan", "return 2 * c * x", Status.WRONG, "off", id="a function that is not finite"),
        pytest.param("return 1 / 0", "return 2 * c * x", Status.WRONG, "off", id="a function that raises"),
        pytest.param("return 'c'", "return 2 * c * x", Status.WRONG, "off", id="a function that returns a text"),
        pytest.param("return x", "return 2 * c * x", Status.WRONG, "off", id="a function of another shape"),
        pytest.param("return 0.0", "return x[:2]", Status.WRONG, "shape (2,)", id="a gradient of another shape"),
        pytest.param("return 0.0", "return x * np.inf", Status.WRONG, "infinite", id="a gradient that is not finite"),
        pytest.param("return 0.0", "return 1 / 0", Status.RAISED, "ZeroDivisionError", id="a gradient that raises"),
    ],
)
def test_what_is_said_of_a_gradient(judge, forward, gradient, status, words):
    student = f"def g(x, c):\n    {forward}\ndef f(x, c):\n    {gradient}\n"

    report, errors = judge("consistent: {of: g, wrt: x}", PARABOLA, student)

    assert errors == []
    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


def test_a_student_without_the_function_is_judged_by_values(judge):
    report, errors = judge("consistent: {of: g, wrt: x}", PARABOLA, "def f(x, c): return 2 * c * x\n")

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert "off" in report.parts[0].feedback
