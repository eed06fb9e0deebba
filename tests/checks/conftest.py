"""One function, one check: a student's body is judged through a real worker."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.grading import Graded, grade
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

RUBRIC = """\
id: hw
title: One function
hints: {hints}
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      f:
        {function}
        inputs: {{from: maker, regimes: {{normal: 3}}}}
      {other}
    parts:
      - id: 1a
        points: 1
        criterion: "f"
        function: f
        {part}
        checks: [{check}]
"""


@pytest.fixture
def judge(tmp_path, zygote) -> Callable[..., Graded]:
    """`judge(check, reference, student)` is the grading of one part, in the check's own words, with the staff's errors.

    `reference` and `student` are modules; `function` and `part` are further lines of the rubric, `hints` is how
    much it tells, `on` is another zygote. The problem has a second function g where the reference has one.
    """

    def graded(
        check: str,
        reference: str,
        student: str,
        *,
        function: str = "",
        part: str = "",
        hints: str = "none",
        on: Zygote = zygote,
    ) -> Graded:
        course, handed_in = tmp_path / "course", tmp_path / "handed_in"
        other = "g: {inputs: {from: maker}}" if "def g(" in reference else ""
        rubric = RUBRIC.format(check=check, function=function, part=part, hints=hints, other=other)
        _write(course / "rubrics" / "hw.yaml", rubric)
        _write(course / "reference" / "hw" / "problem1.py", f"import numpy as np\n{reference}")
        _write(handed_in / "problem1.py", f"import math\nimport numpy as np\n{student}")
        assignment = Assignment(Course(course), "hw")
        limits = msgspec.structs.replace(assignment.rubric.limits, seconds=2.0)
        assignment.rubric = msgspec.structs.replace(assignment.rubric, limits=limits)
        return grade(assignment, Submission(handed_in), on)

    return graded


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
