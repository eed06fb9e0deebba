"""A property holds for the student's functions, and its assertion is the sentence that the student reads."""

import pytest

from grader.errors import RubricError
from grader.model import Status

REFERENCE = '''
def maker(draw):
    return {"x": draw.normal(4), "k": draw.signed_uniform(0.5, 2.0)}

def f(x):
    return x - x.mean()

def g(x, k):
    return lambda t: k * t

def centred(f, x):
    """The mean is taken away."""
    assert abs(np.sum(f(x))) <= 1e-4 * np.sum(np.abs(x)), "the entries of the answer do not add up to nothing"

def documented(f, x):
    """The mean is taken away."""
    assert abs(np.sum(f(x))) <= 1e-4 * np.sum(np.abs(x))

def twice(f, x):
    once = f(x)
    assert np.max(np.abs(f(once) - once)) <= 1e-4 * np.max(np.abs(x)), "Centre it again: it moves."

def linear(g, x, k):
    line = g(x, k)
    assert abs(line(2.0) - 2 * line(1.0)) <= 1e-4 * abs(k), "Is it a line through the origin?"

def shapes(f, x):
    assert f(x).shape == x.shape
    assert isinstance(f(x), np.ndarray)

def unknown(f, x, z):
    pass

def raises(f, x):
    f(x)
    return 1 / 0

def returns(f, x):
    return bool(abs(np.sum(f(x))) < 1e-4)

def out_of_bounds(f, x):
    f(x[:0])
'''


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        pytest.param("centred", "x - np.mean(x)", Status.CORRECT, "", id="right"),
        pytest.param("centred", "[v - x.mean() for v in x]", Status.CORRECT, "", id="list"),
        pytest.param("centred", "np.float32(x) - np.float32(x).mean()", Status.CORRECT, "", id="single precision"),
        pytest.param(
            "centred", "x", Status.WRONG, "The entries of the answer do not add up to nothing.", id="message"
        ),
        pytest.param("documented", "x", Status.WRONG, "The mean is taken away.", id="docstring"),
        pytest.param("twice", "x - x.mean()", Status.CORRECT, "", id="called twice"),
        pytest.param("twice", "x - 1", Status.WRONG, "Centre it again: it moves.", id="called twice and wrong"),
        pytest.param("centred", "x * np.nan", Status.WRONG, "The answer is nan", id="nan"),
        pytest.param("centred", "x * np.inf", Status.WRONG, "The answer is infinite", id="infinite"),
        pytest.param("centred", "x[:2]", Status.WRONG, "an array of shape (2,), where", id="other shape"),
        pytest.param("centred", "None", Status.WRONG, "does it end with a return statement?", id="None"),
        pytest.param("centred", "'x'", Status.WRONG, "a text, where numbers", id="text"),
        pytest.param("shapes", "(x - x.mean()).tolist()", Status.CORRECT, "", id="values are arrays in a property"),
        pytest.param("centred", "1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
        pytest.param("centred", "__import__('os')._exit(3)", Status.CRASHED, "ended the Python process", id="ends"),
        pytest.param("centred", "{1}", Status.UNREADABLE, "'set'", id="set"),
    ],
)
def test_what_a_property_says_of_a_function(judge, name, body, status, words):
    report, errors = judge(f"satisfies: {{property: {name}}}", REFERENCE, f"def f(x):\n    return {body}\n")

    assert errors == []
    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("return lambda t: k * t", Status.CORRECT, "", id="right"),
        pytest.param("return lambda t: k * t + 1", Status.WRONG, "through the origin", id="no line"),
        pytest.param("return lambda t: [k, t]", Status.WRONG, "where one number", id="two values"),
        pytest.param("return k", Status.WRONG, "where a function is asked for", id="no function"),
        pytest.param("return lambda t: 1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
    ],
)
def test_other_functions_of_the_problem_can_be_asked(judge, body, status, words):
    student = f"def f(x):\n    return x - x.mean()\n\ndef g(x, k):\n    {body}\n"

    report, errors = judge("satisfies: {property: linear}", REFERENCE, student)

    assert errors == []
    assert report.parts[0].status is status
    assert words in report.parts[0].feedback


def test_a_function_that_is_missing_is_the_students_fault(judge):
    report, errors = judge("satisfies: {property: linear}", REFERENCE, "def f(x):\n    return x - x.mean()\n")

    assert errors == []
    assert report.parts[0].status is Status.MISSING
    assert "has no function g" in report.parts[0].feedback


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unknown", "the property unknown takes 'z', neither a function of the problem nor an input"),
        ("raises", "problem1.py:37: ZeroDivisionError"),
        ("returns", "returns returns a value"),
    ],
)
def test_a_property_that_is_broken_costs_nobody_points(judge, name, words):
    report, errors = judge(f"satisfies: {{property: {name}}}", REFERENCE, "def f(x):\n    return x - x.mean()\n")

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert report.max_score == 0
    assert words in str(errors[0])


def test_a_reference_that_asserts_is_not_held_against_the_student(judge):
    asserting = "    assert len(x), 'no entries'\n    return x - x.mean()\n"
    reference = REFERENCE.replace("    return x - x.mean()\n", asserting)

    report, errors = judge("satisfies: {property: out_of_bounds}", reference, "def f(x):\n    return x\n")

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert "AssertionError: no entries" in str(errors[0])


@pytest.mark.parametrize("name", ["nowhere", "centered"])
def test_a_property_that_does_not_exist_is_an_error_of_the_rubric(judge, name):
    with pytest.raises(RubricError, match=f"there is no function '{name}'"):
        judge(f"satisfies: {{property: {name}}}", REFERENCE, "")


DRAWS = """
def maker(draw): return {"n": 400, "rng": draw.rng()}
def f(n, rng): return rng.standard_normal(n)
def is_standard_normal(f, n, rng):
    draws = f(n, rng)
    assert np.array_equal(draws, f(n, rng)), "The same generator has to give the same draws: use no other."
    assert abs(np.mean(draws)) < 0.4, "The draws have to have mean 0."
"""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param("rng.normal(size=n)", Status.CORRECT, "", id="right"),
        pytest.param("[rng.normal() for _ in range(n)]", Status.CORRECT, "", id="one at a time"),
        pytest.param("np.random.default_rng(rng.integers(9)).normal(size=n)", Status.CORRECT, "", id="other draws"),
        pytest.param("1 + rng.normal(size=n)", Status.WRONG, "mean 0", id="mean 1"),
        pytest.param("np.random.normal(size=n)", Status.WRONG, "use no other", id="another generator"),
    ],
)
def test_a_property_may_hand_on_the_generator_of_the_trial(judge, body, status, words):
    report, errors = judge("satisfies: {property: is_standard_normal}", DRAWS, f"def f(n, rng): return {body}\n")

    assert errors == []
    assert report.parts[0].status is status
    assert words in report.parts[0].feedback
