"""A function may take its limit, or many times what the reference takes where that is more."""

import pytest

from grader.errors import StudentFault
from grader.model import Limits, Status
from grader.sandbox.student import Student

SLEEPS = "import time\ndef centre(x): time.sleep(0.6); return x - x.mean()\n"


def test_more_time_than_the_limit_can_be_given(zygote, submit):
    with Student(zygote, submit({"problem1.py": SLEEPS}), "problem1.py", Limits(seconds=0.3), ()) as student:
        (answer,) = student.ask("centre", [[[1.0]]], seconds=5.0)

    assert answer.status is Status.RAISED  # a list has no mean: it came as far as that


def test_without_it_the_limit_is_told(zygote, submit):
    with (
        Student(zygote, submit({"problem1.py": SLEEPS}), "problem1.py", Limits(seconds=0.3), ()) as student,
        pytest.raises(StudentFault, match=r"did not finish within 0\.3 s") as late,
    ):
        student.function("centre")(1.0)

    assert late.value.fault.status is Status.TIMED_OUT


@pytest.mark.parametrize(
    ("times_reference", "status"), [(1e9, Status.CORRECT), (1e-9, Status.TIMED_OUT)], ids=["enough", "not enough"]
)
def test_what_the_reference_takes_decides(graded, right, times_reference, status):
    slow = right["problem1.py"] + "\nimport time\nquick = centre\ndef centre(x): time.sleep(0.05); return quick(x)\n"

    report = graded({**right, "problem1.py": slow}, seconds=0.3, times_reference=times_reference)

    assert report.parts[0].status is status
