"""A part is diagnosed by all that its function gives: rows of an array, other outputs, and its own arguments alone."""

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.submission import Submission
from tests.conftest import written

RUBRIC = """\
id: hw
title: A table
hints: place
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      table:
        returns: [products, kept, sums]
        inputs: &both
          from: maker
          sizes: {d: [5, 3, 8]}
          regimes: {normal: 9}
      scaled:
        inputs: *both
    parts:
      - {id: kept, points: 1, criterion: "the sums so far", function: table, output: kept, checks: [matches_reference]}
      - {id: sums, points: 1, criterion: "their shares", function: table, output: sums, checks: [matches_reference]}
      - {id: scaled, points: 1, criterion: "a multiple", function: scaled, checks: [matches_reference]}
"""
REFERENCE = '''\
"""A table."""

import numpy as np


def maker(draw, d: int):
    return {"other": draw.normal(d), "x": draw.normal(d), "w": draw.normal(d)}


def table(x, w):
    kept = np.cumsum(x)
    return np.stack([x * w, kept, kept * w + x])


def scaled(x):
    return np.sin(x)
'''
RIGHT = """\
import numpy as np
def table(x, w): return np.stack([x * w, np.cumsum(x), np.cumsum(x) * w + x])
def scaled(x): return np.sin(x)
"""


@pytest.fixture
def said(tmp_path, zygote):
    """`said("def scaled(x): ...")` is the feedback for each part of a submission that is right but for this."""
    course = written(tmp_path / "course", {"rubrics/hw.yaml": RUBRIC, "reference/hw/problem1.py": REFERENCE})

    def graded(source):
        folder = written(tmp_path / "handed_in", {"problem1.py": f"{RIGHT}{source}\n"})
        report, errors = grade(Assignment(Course(course), "hw"), Submission(folder), zygote)
        assert errors == []
        return {part.id: part.feedback for part in report.parts}

    return graded


def test_a_row_of_an_array_is_an_output_of_the_catalogue(said):
    feedback = said("def table(x, w): return np.stack([x * w, np.cumsum(x), np.cumsum(x) * w])")

    assert "A term of a sum or difference seems to be missing. Look at what is returned." in feedback["sums"]


def test_rows_in_each_others_place_are_seen_by_either_part(said):
    feedback = said("def table(x, w): return np.stack([x * w, np.cumsum(x) * w + x, np.cumsum(x)])")

    for part in ("kept", "sums"):
        assert "Your outputs seem to be in another order than (products, kept, sums)." in feedback[part]


def test_what_only_other_functions_are_given_is_not_spoken_of(said):
    feedback = said("def scaled(x): return len(x) * np.sin(x)")

    assert "It is the right one times the length of x." in feedback["scaled"]
