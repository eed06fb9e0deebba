"""A tiny course of two problems, and a zygote to grade submissions of it with, for every test that grades."""

import copy
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.grading import Graded, grade
from grader.model import Limits, Report
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

ID = "tiny"

RUBRIC = """\
id: tiny
title: Tiny
problems:
  - id: "1"
    title: Sums
    file: problem1.py
    functions:
      centre:
        inputs: {from: vectors, sizes: {d: [5, 2, 3, 7]}}
      total:
        inputs: {from: vectors, sizes: {d: [5, 2, 3, 7]}}
      scale:
        returns: [longer, length]
        inputs: {from: vectors, sizes: {d: [5, 2, 3, 7]}, regimes: {normal: 3}}
    parts:
      - id: 1a
        points: 4
        criterion: "the vector with its mean taken away"
        function: centre
        checks:
          - matches_reference
          - satisfies: {property: centring_twice_is_centring_once}
      - {id: 1b, points: 2, criterion: "the sum", function: total, checks: [matches_reference]}
      - {id: 1c, points: 2, criterion: "the vector, k times as long",
         function: scale, output: longer, checks: [matches_reference]}
      - {id: 1d, points: 1, criterion: "its length", function: scale, output: length, checks: [matches_reference]}
  - id: "2"
    title: Functions
    file: problem2.py
    functions:
      apply:
        inputs: {from: wave_and_vector, sizes: {d: [3, 5]}, regimes: {normal: 4}}
      line:
        evaluated_at: [0, 0.5, -0.7]
        inputs: {from: wave_and_vector, sizes: {d: [3, 5]}, regimes: {normal: 4}}
    parts:
      - {id: 2a, points: 3, criterion: "f at x, plus x", function: apply, checks: [matches_reference]}
      - {id: 2b, points: 5, criterion: "f along the line through x", function: line, checks: [matches_reference]}
      - {id: 2c, points: 2, criterion: "why", written: [{points: 2, criterion: "because"}]}
"""

REFERENCE = {
    "problem1.py": '''\
"""Sums: solutions, inputs and a property."""

import numpy as np


def vectors(draw, d: int):
    return {"x": draw.normal(d), "k": draw.signed_uniform(0.5, 2.0)}


def centre(x):
    return x - x.mean()


def total(x):
    return x.sum()


def scale(x, k):
    return k * x, np.sqrt(np.sum((k * x) ** 2))


def centring_twice_is_centring_once(centre, x):
    """Centring a centred vector changes nothing."""
    once = centre(x)
    assert np.max(np.abs(centre(once) - once)) <= 1e-4 * np.max(np.abs(x)), "Centre your result again: it moves."
''',
    "problem2.py": '''\
"""Functions that take and return functions."""

import numpy as np


def wave_and_vector(draw, d: int):
    w = draw.normal(d)

    def f(x):
        return np.sin(w @ np.asarray(x).reshape(w.shape))

    return {"f": f, "x": draw.normal(d)}


def apply(f, x):
    return f(x) + x


def line(f, x):
    return lambda t: f((1 + t) * x)
''',
}

RIGHT = {
    "problem1.py": '''\
import numpy as np


def centre(x):
    return x - np.mean(x)


def total(x):
    return np.sum(x)


def scale(x, k):
    return k * x, np.linalg.norm(k * x)
''',
    "problem2.py": '''\
def apply(f, x):
    return f(x) + x


def line(f, x):
    return lambda t: f(x + t * x)
''',
}


# A file's content, or None where it is to be missing.
Files = dict[str, str | bytes | None]


def written(folder: Path, files: Files) -> Path:
    """A folder with these files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory) -> Iterator[Path]:
    """Nothing that a test grades is kept in the user's cache."""
    before, folder = os.environ.get("GRADER_CACHE"), tmp_path_factory.mktemp("cache")
    os.environ["GRADER_CACHE"] = str(folder)
    yield folder
    os.environ.pop("GRADER_CACHE")
    if before is not None:
        os.environ["GRADER_CACHE"] = before


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Commands that tests start can be interrupted, also where the tests run in the background, which nothing can."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def course(tmp_path) -> Path:
    """The tiny course in a folder of the test's own, to be spoiled at will."""
    return written(tmp_path / "course", _course_files())


def _course_files() -> Files:
    return {f"rubrics/{ID}.yaml": RUBRIC, **{f"reference/{ID}/{name}": text for name, text in REFERENCE.items()}}


@pytest.fixture(scope="session")
def assignment(tmp_path_factory) -> Assignment:
    """The tiny assignment. It is shared: change a copy."""
    return Assignment(Course(written(tmp_path_factory.mktemp("course"), _course_files())), ID)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One zygote with numpy for all tests."""
    with Zygote() as ready:
        ready.level()
        yield ready


@pytest.fixture(scope="session")
def torch_zygote() -> Iterator[Zygote]:
    """One zygote with numpy and torch for all tests."""
    with Zygote(("numpy", "torch")) as ready:
        ready.level()
        yield ready


@pytest.fixture
def submit(tmp_path) -> Callable[..., Path]:
    """`submit({"problem1.py": source})` is the folder of a submission that is right but for these files."""
    return lambda files={}, name="handed_in": written(tmp_path / name, {**RIGHT, **files})


@pytest.fixture
def right() -> dict[str, str]:
    """The files of the right submission, to be continued."""
    return dict(RIGHT)


@pytest.fixture
def outcome(assignment, zygote, submit) -> Callable[..., Graded]:
    """`outcome({"problem1.py": source}, seconds=1)` grades a submission that is right but for these files.

    None leaves a file out; the options are those of `Limits`, and `on`, another zygote.
    """

    def outcome(files: Files, *, on: Zygote = zygote, **limits: float) -> Graded:
        folder = submit(files)
        here = copy.copy(assignment)
        here.rubric = msgspec.structs.replace(here.rubric, limits=Limits(**{"seconds": 1.0, **limits}))
        return grade(here, Submission(folder), on)

    return outcome


@pytest.fixture
def graded(outcome) -> Callable[..., Report]:
    """The report of an `outcome` in which the staff have nothing to mend: anything else fails the test."""

    def report(files: Files, **options: Any) -> Report:
        report, errors = outcome(files, **options)
        assert errors == []
        return report

    return report
