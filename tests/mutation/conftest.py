"""A course of one small assignment whose rubric is good, or has a hole."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.mutation.survey import survey

RUBRIC = """\
id: small
title: Small
problems:
  - id: "1"
    title: Vectors
    file: problem1.py
    functions:
      spread:
        inputs: {from: vectors, %(plan)s}
      unit:
        returns: [direction, length]
        inputs: {from: vectors, sizes: {d: [3, 5, 3, 4]}}
    parts:
      - {id: 1a, points: 4, criterion: "the spread", function: spread, checks: [matches_reference]}
      - {id: 1b.direction, points: 1, criterion: "x / |x|", function: unit, output: direction,
         checks: [matches_reference]}
      - {id: 1b.length, points: 2, criterion: "|x|", function: unit, output: length, checks: [matches_reference]}
"""

GOOD = "sizes: {d: [3, 5, 3, 4]}"
HOLE = "sizes: {d: [1]}, regimes: {normal: 3}"

REFERENCE = '''\
"""Vectors."""

import numpy as np


def vectors(draw, d: int):
    return {"x": draw.normal(d), "eps": draw.constant(1e-5, off_default=(0.1, 1.0))}


def spread(x, eps):
    """The root of the variance plus eps."""
    return np.sqrt(_variance(x) + eps)


def _variance(x):
    away = x - x.mean()  # what is left
    return np.mean(away**2)


def unit(x):
    """x of length one, and the length it had."""
    length = np.sqrt(x @ x)
    return x / length, length
'''


class Small:
    """The course, to be spoiled at will."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rubric, self.reference = folder / "rubrics/small.yaml", folder / "reference/small/problem1.py"
        self.declared = self.reference.with_name("equivalent_mutants.yaml")
        for path in (self.rubric, self.reference):
            path.parent.mkdir(parents=True)
        self.reference.write_text(REFERENCE)
        self.plan(GOOD)

    def plan(self, plan):
        """Gives the first function these trials."""
        self.rubric.write_text(RUBRIC % {"plan": plan})

    def edit(self, old, new):
        """Edits the reference."""
        text = self.reference.read_text()
        assert text.count(old) == 1
        self.reference.write_text(text.replace(old, new))

    def survey(self, **options):
        """What becomes of the mutants, tried by one process."""
        return survey(Course(self.folder), "small", jobs=1, **options)


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return Small(tmp_path / "course")
