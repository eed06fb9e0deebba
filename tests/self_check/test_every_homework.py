"""On every example of every homework, a self-check holds nothing against a right part, and sees most that is wrong."""

from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.document import read
from grader.model import Status
from grader.self_check.checking import checked, public_side
from grader.submission import Submission

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
# What loses points only at hidden edges, or by a property that is not public, is not seen: that is what they are for.
SEEN = 0.8


def examples(id):
    return read(ROOT / "submissions_example" / id / "expected.yaml", dict[str, dict[str, str]])


@pytest.fixture(scope="module", params=COURSE.assignments)
def found(request, zygote, torch_zygote):
    """For every example of an assignment: the verdicts that it must get when it is graded, and what a check says."""
    assignment = Assignment(COURSE, request.param)
    public = public_side(assignment)
    rows = []
    for name, table in examples(request.param).items():
        if "timed out" in table.values():  # which takes its time, and is the same in every grading
            continue
        submission = Submission(ROOT / "submissions_example" / request.param / name)
        torch = assignment.rubric.takes_tensors() or submission.needs_torch()
        done = checked(public, submission, torch_zygote if torch else zygote)
        assert done.errors == [], name
        verdicts = {part.id: table.get(part.id, table.get("*", "correct")) for part in done.checked.parts}
        rows.append((name, verdicts, done.checked))
    return rows


def test_nothing_is_held_against_a_right_part(found):
    wronged = [
        (name, part.id, part.feedback)
        for name, verdicts, check in found
        for part in check.parts
        if verdicts[part.id] == "correct" and not part.right
    ]

    assert wronged == []


def test_most_of_what_is_wrong_is_seen(found):
    wrong = [(name, id) for name, verdicts, _ in found for id, verdict in verdicts.items() if verdict != "correct"]
    missed = [
        (name, part.id)
        for name, verdicts, check in found
        for part in check.parts
        if verdicts[part.id] != "correct" and part.status is Status.CORRECT
    ]

    assert len(missed) <= (1 - SEEN) * len(wrong), missed
