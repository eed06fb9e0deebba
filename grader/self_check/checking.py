"""A self-check: the public trials of a folder, judged as they are judged when it is graded."""

import copy
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from grader.assignment import Assignment
from grader.document import unknown
from grader.errors import GraderError, UsageError
from grader.grading import grade
from grader.public import is_checkable
from grader.recording import recorded
from grader.rubric import Problem
from grader.sandbox.zygote import Zygote
from grader.self_check.checked import Checked, CheckedProblem, checked_part, others, points
from grader.self_check.chosen import ALL, Chosen
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.self_check.hints import Ladder


class Done(NamedTuple):
    """What a self-check says, and what the staff must mend."""

    checked: Checked
    errors: list[GraderError]


def public_side(assignment: Assignment) -> Assignment:
    """The assignment as students have it, which a kit's is already."""
    return assignment if assignment.rubric.recorded else recorded(assignment)


def checked(
    assignment: Assignment,
    submission: Submission,
    zygote: Zygote,
    chosen: Chosen = ALL,
    ladder: "Ladder | None" = None,
    device: str = "cpu",
) -> Done:
    """Checks a folder with the public side of an assignment.

    Errors
        UsageError for a problem or part that there is none of.
    """
    rubric = assignment.rubric
    problems = _chosen(rubric.problems, chosen)
    shown = copy.copy(assignment)
    shown.rubric = msgspec.structs.replace(rubric, problems=tuple(_checkable(one, chosen) for one in problems))
    report, errors = grade(shown, submission, zygote, device=device)
    own = {part.id: part for problem in problems for part in problem.parts}
    revealed = ladder.revealed if ladder else {}
    here, by_machine = points(rubric)
    done = Checked(
        assignment=rubric.id,
        title=rubric.title,
        folder=submission.name,
        isolation=report.isolation,
        checkable=here,
        by_machine=by_machine,
        problems=tuple(
            CheckedProblem(id=one.id, title=one.title, file=one.file, printed=one.printed) for one in report.problems
        ),
        parts=tuple(checked_part(part, own[part.id], revealed.get(part.id, 0)) for part in report.parts),
        others=tuple(
            other for problem in problems for other in others(problem.id, problem.parts) if chosen.has(other.id)
        ),
    )
    return Done(done, errors)


def _chosen(problems: Collection[Problem], chosen: Chosen) -> list[Problem]:
    """The problems that are chosen, or have a part that is."""
    ids = [problem.id for problem in problems]
    for id in chosen.problems:
        if id not in ids:
            raise UsageError(unknown("problem", id, ids), remedy="name a problem of the assignment")
    parts = [part.id for problem in problems for part in problem.parts]
    for id in chosen.parts:
        if not any(Chosen(parts=[id]).has(part) for part in parts):
            raise UsageError(unknown("part", id, parts), remedy="name a part, or what several open with")
    return [problem for problem in problems if chosen.concerns(problem)]


def _checkable(problem: Problem, chosen: Chosen) -> Problem:
    """The problem with those parts alone that are chosen and can be checked."""
    parts = tuple(part for part in problem.parts if not part.written and is_checkable(part) and chosen.has(part.id))
    return msgspec.structs.replace(problem, parts=parts)
