"""A folder opened for self-checks: the kit or the course it belongs to, and a process to run its code in."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.course import Course, nearest
from grader.errors import UsageError
from grader.sandbox.zygote import Zygote, preloaded
from grader.self_check.chosen import ALL, Chosen
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.assignment import Assignment


class Opened(NamedTuple):
    """A submission, the public side of its assignment, and the process that its workers come from."""

    assignment: "Assignment"
    submission: Submission
    zygote: Zygote


@contextlib.contextmanager
def opened(
    folder: Path, id: str | None = None, course: Path | None = None, chosen: Chosen = ALL, at_most: str = "full"
) -> Iterator[Opened]:
    """Everything that checks of what is chosen in a folder need. `at_most` is the most isolation that is asked for.

    Errors
        UsageError as of `found`; RubricError and BrokenReference for a damaged kit or a course that does not fit.
    """
    submission, rubric = found(folder, id, course)
    torch = _needs_torch(submission, rubric, chosen)
    with Zygote(preloaded(torch=torch), at_most) as zygote:
        # Imported here, while the zygote starts up beside us.
        from grader.assignment import Assignment
        from grader.self_check.checking import public_side

        yield Opened(public_side(Assignment(Course(rubric.parent.parent), rubric.stem)), submission, zygote)


def found(folder: Path, id: str | None, course: Path | None) -> tuple[Submission, Path]:
    """A submission and the rubric of its assignment. Its own course, as a kit is, goes before the current folder's.

    Errors
        UsageError where folder, course or assignment cannot be found.
    """
    submission = Submission(folder, again=True)
    own = Course(course) if course else nearest(submission.folder, Path.cwd())
    name = id or _only(own) or submission.assignment(own.assignments)
    if not name:
        remedy = f"name it with --assignment or in submission.yaml; {own.offer()}"
        raise UsageError(f"which assignment is {folder}?", remedy=remedy)
    return submission, own.rubric(name)


def _needs_torch(submission: Submission, rubric: Path, chosen: Chosen) -> bool:
    """Whether what is chosen needs torch. To look closer takes a moment, and torch takes twenty."""
    if b"tensors:" not in rubric.read_bytes() and not submission.needs_torch():
        return False
    if chosen == ALL:
        return True
    from grader.rubric_file import load

    problems = load(rubric).problems
    others = {problem.file for problem in problems if not chosen.concerns(problem)}
    own = [function for problem in problems if chosen.concerns(problem) for function in problem.functions.values()]
    return any(function.tensors for function in own) or submission.needs_torch(but=others)


def _only(course: Course) -> str:
    """The assignment of a course that has a single one, as a kit has."""
    return course.assignments[0] if len(course.assignments) == 1 else ""
