"""Lost points come with the known mistake that explains them, and with its credit; nothing is explained by halves."""

import re

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.errors import BrokenReference, RubricError
from grader.grading import grade
from grader.model import Status
from grader.submission import Submission
from tests.conftest import written

RUBRIC = """\
id: hw
title: One function
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      spread:
        inputs:
          from: maker
          sizes: {d: [5, 3]}
          regimes: {normal: 4, ties: 2}
          shares: {stability: {credit: 0.25, regimes: {offset: 2}, feedback: "Take the mean away first."}}
      pair:
        returns: [first, both]
        inputs: {from: maker, sizes: {d: [5, 3]}, regimes: {normal: 4}}
    parts:
      - id: 1a
        points: 4
        criterion: "the variance"
        function: spread
        misconceptions: {divides_by_one_less: 0.5, adds_up: 0}
        checks: [matches_reference]
      - id: 1b
        points: 2
        criterion: "the first, and the sum"
        function: pair
        output: both
        misconceptions: {a_list_of_it: 0.5}
        checks: [matches_reference]
"""
REFERENCE = {
    "problem1.py": '''\
"""Spread."""

import numpy as np


def maker(draw, d: int):
    return {"x": draw.normal(d)}


def spread(x):
    return np.mean((x - x.mean()) ** 2)


def pair(x):
    return x[0], x.sum()
''',
    "problem1_misconceptions.py": '''\
"""What students take the spread for."""

import numpy as np

from .problem1 import spread


def divides_by_one_less(x):
    """You divide by n - 1,
    which estimates something else. Look at how the variance is defined here."""
    return spread(x) * len(x) / (len(x) - 1)


def adds_up(x):
    """You add up where a mean is asked for."""
    return spread(x) * len(x)


def a_list_of_it(x):
    """You return the running sums; only the last of them is asked for."""
    return np.cumsum(x)
''',
}
RIGHT = "import numpy as np\ndef spread(x): return np.var(x)\ndef pair(x): return x[0], sum(x)\n"


@pytest.fixture
def course(tmp_path):
    files = {"rubrics/hw.yaml": RUBRIC, **{f"reference/hw/{name}": text for name, text in REFERENCE.items()}}
    return written(tmp_path / "course", files)


@pytest.fixture
def parts(course, tmp_path, zygote):
    """`parts(spread="...")` are the part reports of a submission with this expression for a function of x."""

    def graded(**bodies):
        source = RIGHT + "".join(f"def {name}(x): return {body}\n" for name, body in bodies.items())
        folder = written(tmp_path / "handed_in", {"problem1.py": source})
        report, errors = grade(Assignment(Course(course), "hw"), Submission(folder), zygote)
        assert errors == []
        return {part.id: part for part in report.parts}

    return graded


@pytest.mark.parametrize("body", ["np.var(x)", "((x[:, None] - x) ** 2).mean() / 2", "float(x.var())"])
def test_a_right_answer_needs_no_explanation(parts, body):
    part = parts(spread=body)["1a"]

    assert (part.status, part.earned, part.misconception, part.remarks) == (Status.CORRECT, 4, None, ())
    assert [(share.name, share.earned) for share in part.shares] == [("stability", True)]


def test_a_known_mistake_is_named_and_earns_its_credit(parts):
    part = parts(spread="np.var(x, ddof=1)")["1a"]

    assert part.status is Status.PARTIAL
    assert part.misconception == "divides_by_one_less"
    assert part.feedback.startswith("You divide by n - 1, which estimates something else.")
    assert part.counterexample.problem  # what is wrong with the values is still said
    # It is wrong at large offsets as well, for the same reason: that costs nothing more.
    assert part.earned == pytest.approx(4 * 0.5)
    assert [share.earned for share in part.shares] == [True]


def test_a_share_that_is_lost_for_another_reason_than_the_known_mistake_is_lost(parts):
    part = parts(spread="np.var(x, ddof=1) if abs(x.mean()) < 50 else 0.0")["1a"]

    assert part.misconception == "divides_by_one_less"
    assert part.earned == pytest.approx(4 * 0.75 * 0.5)
    assert [share.earned for share in part.shares] == [False]


def test_a_known_mistake_without_credit_is_wrong(parts):
    part = parts(spread="np.sum((x - x.mean()) ** 2)")["1a"]

    assert (part.status, part.earned, part.misconception) == (Status.WRONG, 0, "adds_up")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("np.var(x, ddof=1) if len(x) == 5 else np.var(x)", id="in some trials only"),
        pytest.param("1.01 * np.var(x, ddof=1)", id="nearly"),
        pytest.param("np.var(x, ddof=1) if len(x) == 5 else 1 / 0", id="where something came back"),
        pytest.param("x", id="of another shape"),
    ],
)
def test_what_does_not_explain_every_trial_explains_nothing(parts, body):
    part = parts(spread=body)["1a"]

    assert part.misconception is None
    assert part.earned == 0


def test_a_mistake_of_shape_is_a_misconception_too(parts):
    part = parts(pair="(x[0], np.cumsum(x))")["1b"]

    assert (part.status, part.earned, part.misconception) == (Status.PARTIAL, 1, "a_list_of_it")


def test_a_right_formula_that_is_unstable_loses_its_share_only(parts):
    part = parts(spread="np.mean(np.float32(x) ** 2, dtype=float) - np.mean(x) ** 2")["1a"]

    assert part.status is Status.PARTIAL
    assert part.earned == pytest.approx(3)
    assert part.feedback.startswith("Take the mean away first.")
    assert [(share.name, share.earned) for share in part.shares] == [("stability", False)]
    assert part.counterexample.regime == "offset"


def test_single_precision_is_remarked_upon_and_costs_nothing(parts):
    part = parts(spread="np.float32(x).var()")["1a"]

    assert (part.status, part.earned) == (Status.CORRECT, 4)
    assert len(part.remarks) == 1
    assert "float32" in part.remarks[0]


def test_a_small_constant_is_remarked_upon_and_costs_nothing(parts):
    part = parts(spread="np.var(x) + 1e-11")["1a"]

    assert (part.status, part.earned) == (Status.CORRECT, 4)
    assert "constant" in part.remarks[0]


@pytest.mark.parametrize(
    ("file", "before", "after", "error", "words"),
    [
        pytest.param("reference/hw/problem1_misconceptions.py", "def adds_up", "def adds_upp", BrokenReference,
                     r"problem1_misconceptions.py: there is no misconception 'adds_up' \(did you mean 'adds_upp'",
                     id="no such misconception"),
        pytest.param("rubrics/hw.yaml", "adds_up: 0}", "adds_up: 1}", RubricError,
                     "hw.yaml:[0-9]+: the misconception 'adds_up' earns 1", id="full credit"),
        pytest.param("rubrics/hw.yaml", "credit: 0.25", "credit: 1.25", RubricError,
                     "hw.yaml:9: the share 'stability' is worth 1.25", id="more than all"),
        pytest.param("rubrics/hw.yaml", "regimes: {offset: 2}, ", "", RubricError,
                     "hw.yaml:9: the share 'stability' has no trials", id="a share without trials"),
        pytest.param("rubrics/hw.yaml", "returns: [first, both]", "returns: [first, both]\n        compare: gramm",
                     RubricError, r"unknown form to compare 'gramm' \(did you mean 'gram'", id="form"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_before_anybody_is_graded(course, file, before, after, error, words):
    path = course / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))

    with pytest.raises(error, match=words):
        Assignment(Course(course), "hw")


def test_a_misconception_that_says_nothing_is_an_error_of_ours(course, tmp_path, zygote):
    path = course / "reference/hw/problem1_misconceptions.py"
    path.write_text(re.sub(r'    """You add up.*\n', "", path.read_text()))
    folder = written(tmp_path / "handed_in", {"problem1.py": RIGHT + "def spread(x): return np.var(x) * len(x)\n"})

    report, errors = grade(Assignment(Course(course), "hw"), Submission(folder), zygote)

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert "the misconception 'adds_up' says nothing" in str(errors[0])
