"""What an example submission loses is explained to its student: by a known misconception, or by what needs none."""

import copy
import functools

import homeworks
import msgspec
import pytest

from grader.assignment import Assignment
from grader.bench import Bench, student_of
from grader.checks.vjp import Vjp
from grader.document import read
from grader.feedback.explanation import explanation
from grader.judgement import Judgement, judgement, telling
from grader.model import Hints, Status
from grader.rubric import Part
from grader.submission import Submission

PARTS = {(id, part.id): (problem, part) for id, problem, part in homeworks.every_part()}
# (assignment, example, parts).
LOST = [
    pytest.param(id, name, lost, id=f"{id}-{name}")
    for id in homeworks.COURSE.assignments
    for name, verdicts in read(homeworks.example(id, "expected.yaml"), dict[str, dict[str, str]]).items()
    if (lost := [
        part
        for part, verdict in verdicts.items()
        if verdict.startswith(("partial", "wrong"))
    ])
]  # fmt: skip
# It is right in any number of iterations but the one that is asked for, so that no function gives what it gives.
UNEXPLAINED = {("ntu_ml_hw4", "stops_when_it_converges", "4.em")}


@functools.cache
def without_hints(id: str) -> Assignment:
    """The assignment, of whose lost parts no more is said than what is known."""
    own = copy.copy(homeworks.assignment(id))
    own.rubric = msgspec.structs.replace(own.rubric, hints=Hints.NONE)
    return own


def needs_no_misconception(part: Part, judged: Judgement) -> bool:
    """Whether a part says itself what is wrong: by a side effect, a share, torch, the shape, or the generator."""
    if not judged.failures:  # and so what it loses is the price of a side effect
        return part.hygiene != type(part.hygiene)()
    shown = telling(judged.decisive)
    of_torch = ("that torch finds", "not connected to its inputs")
    return (
        bool(shown.trial.share)
        or shown.verdict.status is Status.PARTIAL
        or "is asked for" in shown.verdict.feedback
        or (any(isinstance(check, Vjp) for check in part.checks) and any(s in shown.verdict.feedback for s in of_torch))
    )


@pytest.mark.parametrize(("id", "name", "lost"), LOST)
def test_a_lost_part_is_explained_by_a_misconception_or_needs_none(zygote, torch_zygote, id, name, lost):
    assignment, folder = without_hints(id), homeworks.example(id, name)
    needs_torch = Submission(folder).needs_torch() or assignment.rubric.takes_tensors()

    @functools.cache
    def bench(number: str) -> Bench:
        [problem] = [problem for problem in assignment.rubric.problems if problem.id == number]
        student = student_of(assignment, problem, folder, torch_zygote if needs_torch else zygote)
        return Bench(assignment, problem, student, 0)

    for problem, part in (PARTS[id, own] for own in lost):
        here = bench(problem.id)
        with here.student:
            judged = judgement(part, here)
            explained = explanation(part, here, judged.trials) if judged.failures else None
        here.store.save()

        unexplained = explained is None and not needs_no_misconception(part, judged)
        assert unexplained == ((id, name, part.id) in UNEXPLAINED), part.id
