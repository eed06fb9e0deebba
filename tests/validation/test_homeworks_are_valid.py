"""`grade validate` finds nothing in the homeworks of this course, with few seeds: 200 are for whoever changes one."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.doctor import cores
from grader.validation.validation import Amount, plan, validated

COURSE = Course(Path(__file__).resolve().parents[2])
# Points by machine and by hand, as the homeworks are set.
POINTS = {
    "ntu_ml_hw2": (68.5, 31.5),
    "ntu_ml_hw4": (87, 13),
    "cpen455_hw1": (117, 13),
    "dl_hw2": (73, 27),
    "dl_theory_2024": (39, 33),
}
# With the first of five seeds all is measured as in a grading.
AMOUNT = Amount(references=5, misconceptions=2, examples=2)


def test_every_homework_is_validated():
    assert set(COURSE.assignments) == set(POINTS)


@pytest.mark.parametrize("id", POINTS)
def test_nothing_is_found_in_a_homework(id):
    done = validated(plan(COURSE, id, AMOUNT), jobs=cores())

    assert [str(one) for one in done.findings] == []
    assert (done.machine_points, done.written_points) == POINTS[id]
