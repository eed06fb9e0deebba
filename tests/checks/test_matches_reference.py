"""The answer is the reference's answer, first in shape, then entry by entry."""

import pytest

from grader.checks.matches_reference import MatchesReference
from grader.model import Status
from grader.tolerance import Tolerance

VECTOR = """
def maker(draw):
    return {"x": draw.normal(3), "c": draw.signed_uniform(0.5, 2.0)}

def f(x, c):
    return c * x
"""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("return c * x", Status.CORRECT, "", id="right"),
        pytest.param("return [c * v for v in x]", Status.CORRECT, "", id="list"),
        pytest.param("return tuple(c * v for v in x.tolist())", Status.CORRECT, "", id="tuple"),
        pytest.param("return np.float32(c) * np.float32(x)", Status.CORRECT, "", id="single precision"),
        pytest.param("x *= c; return x", Status.CORRECT, "", id="in place"),
        pytest.param("return c * x + 0j", Status.CORRECT, "", id="complex numbers that are real"),
        pytest.param("return x", Status.WRONG, "All 3 numbers are off", id="forgotten factor"),
        pytest.param("return c * x * 1.001", Status.WRONG, "by up to 0.1 % of the largest", id="a thousandth"),
        pytest.param("y = c * x; y[1] = 0; return y", Status.WRONG, "1 of the 3 numbers is off", id="one entry"),
        pytest.param("return c * x[None]", Status.WRONG, "an array of shape (1, 3), where", id="extra axis"),
        pytest.param("return (c * x)[:, None]", Status.WRONG, "Axes of length one count", id="column"),
        pytest.param("return c * x.sum()", Status.WRONG, "Is one axis summed too many?", id="a number"),
        pytest.param("return (c * x)[:2]", Status.WRONG, "an array of shape (2,)", id="too short"),
        pytest.param("return c * x / 0", Status.WRONG, "infinite", id="infinite"),
        pytest.param("return c * x + np.nan", Status.WRONG, "nan (not a number)", id="nan"),
        pytest.param("pass", Status.WRONG, "does it end with a return statement?", id="no return"),
        pytest.param("return 'cx'", Status.WRONG, "a text, where numbers are asked for", id="text"),
        pytest.param("return c * x > 0", Status.WRONG, "truth values", id="truths"),
        pytest.param("return [[1], [1, 2]]", Status.WRONG, "rows differ in length", id="ragged"),
        pytest.param("return lambda: x", Status.WRONG, "a function, where numbers", id="function"),
        pytest.param("return 1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
        pytest.param("return {1, 2}", Status.UNREADABLE, "'set'", id="set"),
        pytest.param("return np.array([x, None], object)", Status.UNREADABLE, "dtype object", id="objects"),
    ],
)
def test_what_is_said_of_an_answer(judge, body, status, words):
    report, errors = judge("matches_reference", VECTOR, f"def f(x, c):\n    {body}\n")

    [part] = report.parts
    assert errors == []
    assert part.status is status
    assert words in part.feedback
    assert part.earned == (1 if status is Status.CORRECT else 0)


@pytest.mark.parametrize(
    ("tolerance", "factor", "status"),
    [
        ("{rtol: 1e-2, atol: 0}", 1.009, Status.CORRECT),
        ("{rtol: 1e-2, atol: 0}", 1.011, Status.WRONG),
        ("{rtol: 0, atol: 0}", 1.0, Status.CORRECT),
        ("{rtol: 0, atol: 0}", 1 + 1e-15, Status.WRONG),
        ("{rtol: 0, atol: 1e3}", 7.0, Status.CORRECT),
    ],
)
def test_a_tolerance_of_the_rubric_replaces_the_measured_bound(judge, tolerance, factor, status):
    student = f"def f(x, c):\n    return c * x * {factor!r}\n"

    report, _ = judge(f"{{matches_reference: {{tolerance: {tolerance}}}}}", VECTOR, student)

    assert report.parts[0].status is status


LABELS = """
def maker(draw):
    return {"x": draw.normal(5)}

def f(x):
    return np.argsort(x)
"""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("return np.argsort(x)", Status.CORRECT, "", id="right"),
        pytest.param("return np.argsort(x).astype(float)", Status.CORRECT, "", id="as floats"),
        pytest.param("return np.argsort(x) + 1e-9", Status.WRONG, "5 of the 5 numbers differ", id="nearly"),
        pytest.param("return np.argsort(x) + 1", Status.WRONG, "5 of the 5 numbers differ", id="counted from one"),
    ],
)
def test_labels_have_to_be_equal(judge, body, status, words):
    report, _ = judge("matches_reference", LABELS, f"def f(x):\n    {body}\n")

    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


TUPLE = """
def maker(draw):
    return {"x": draw.normal(4)}

def f(x):
    return 2 * x, x.sum()
"""


@pytest.mark.parametrize(
    ("output", "body", "status", "words"),
    [
        pytest.param("double", "return 2 * x, 0.0", Status.CORRECT, "", id="the other output is wrong"),
        pytest.param("double", "return 2 * x, 'none'", Status.CORRECT, "", id="the other output is a text"),
        pytest.param("double", "return x, x.sum()", Status.WRONG, "All 4 numbers are off", id="its own is wrong"),
        pytest.param("double", "return 2 * x[:2], x.sum()", Status.WRONG, "Your double is", id="its own is short"),
        pytest.param("double", "return 2 * x", Status.WRONG, "where a tuple of 2 values", id="one output"),
        pytest.param("total", "return 2 * x, x.sum()", Status.CORRECT, "", id="second output"),
        pytest.param("total", "return x.sum(), 2 * x", Status.WRONG, "Your total is an array", id="swapped"),
        pytest.param("[double, total]", "return 2 * x, x.sum()", Status.CORRECT, "", id="both"),
        pytest.param("[double, total]", "return 2 * x, x.min()", Status.WRONG, "Value 2 of the 2: ", id="one of both"),
    ],
)
def test_a_part_is_judged_by_its_own_output(judge, output, body, status, words):
    report, _ = judge(
        "matches_reference",
        TUPLE,
        f"def f(x):\n    {body}\n",
        function="returns: [double, total]",
        part=f"output: {output}",
    )

    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


FUNCTION = """
def maker(draw):
    return {"c": draw.signed_uniform(0.5, 2.0)}

def f(c):
    return lambda t: c * t
"""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("return lambda t: t * c", Status.CORRECT, "", id="right"),
        pytest.param("return (lambda t: np.array([c * t]))", Status.CORRECT, "", id="one-element arrays"),
        pytest.param("return lambda t: t", Status.WRONG, "off", id="wrong"),
        pytest.param("return lambda t: [t, t]", Status.WRONG, "where one number is asked for", id="two values"),
        pytest.param("return c", Status.WRONG, "a number, where a function is asked for", id="number"),
        pytest.param("return lambda: 1.0", Status.RAISED, "takes ()", id="no argument"),
        pytest.param("return lambda t: 1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
    ],
)
def test_a_returned_function_is_judged_by_its_values(judge, body, status, words):
    report, _ = judge(
        "matches_reference", FUNCTION, f"def f(c):\n    {body}\n", function="evaluated_at: [0, 0.5, -2]"
    )

    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


def test_without_a_tolerance_there_is_none():
    assert MatchesReference().tolerance is None
    assert MatchesReference(tolerance=Tolerance(rtol=0, atol=1)).tolerance.atol == 1
