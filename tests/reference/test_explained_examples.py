"""What an example submission loses is explained to its student: by a known misconception, or by what needs none."""

import copy
import functools

import homeworks
import msgspec
import pytest

from grader import smallest
from grader.assignment import Assignment
from grader.checks.sampler import Sampler
from grader.checks.vjp import Vjp
from grader.document import read
from grader.grading import grade
from grader.model import Hints, PartReport
from grader.rubric import Part
from grader.submission import Submission

LOST = [
    pytest.param(id, name, lost, id=f"{id}-{name}")
    for id in homeworks.COURSE.assignments
    for name, verdicts in read(homeworks.example(id, "expected.yaml"), dict[str, dict[str, str]]).items()
    if (lost := {part for part, verdict in verdicts.items() if verdict.startswith(("partial", "wrong"))} - {"*"})
]
# It is right in any number of iterations but the one that is asked for, so that no function gives what it gives.
UNEXPLAINED = {("ntu_ml_hw4", "stops_when_it_converges", "4.em")}


@functools.cache
def without_hints(id: str) -> Assignment:
    """The assignment, of whose lost parts no more is said than what is known."""
    own = copy.copy(homeworks.assignment(id))
    own.rubric = msgspec.structs.replace(own.rubric, hints=Hints.NONE)
    return own


def needs_no_misconception(part: Part, report: PartReport) -> bool:
    """Whether a part says itself what is wrong: with draws, gradients of torch, shares, hygiene or the shape."""
    kinds = {type(check) for check in part.checks}
    without_shares = part.points * (1 - sum(share.credit for share in report.shares if not share.earned))
    return (
        Sampler in kinds
        or (Vjp in kinds and ("that torch finds" in report.feedback or "not connected to its" in report.feedback))
        or (report.earned > 0 and report.earned == pytest.approx(without_shares))
        or "changes its argument" in report.feedback
        or (report.earned == 0 and "is asked for" in report.feedback)
    )


@pytest.mark.parametrize(("id", "name", "lost"), LOST)
def test_a_lost_part_is_explained_by_a_misconception_or_needs_none(
    zygote, torch_zygote, monkeypatch, id, name, lost
):
    monkeypatch.setattr(smallest, "smallest", lambda *_: None)  # what is shown with an explanation is no part of it
    assignment, submission = without_hints(id), Submission(homeworks.example(id, name))
    parts = {part.id: (problem, part) for problem in assignment.rubric.problems for part in problem.parts}
    needs_torch = submission.needs_torch() or assignment.rubric.takes_tensors()

    graded = grade(
        assignment, submission, torch_zygote if needs_torch else zygote, 0, {parts[part][0].id for part in lost}
    )

    assert graded.errors == []
    for report in graded.report.parts:
        if report.id in lost:
            needs_none = needs_no_misconception(parts[report.id][1], report)
            unexplained = needs_none or (id, name, report.id) in UNEXPLAINED
            assert (report.misconception is None) == unexplained, report.id
