"""A run: one submission with its assignment, from the command line to the report."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import SandboxError, UsageError
from grader.worker.levels import LEVELS

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.course import Course
    from grader.grading import Graded
    from grader.rubric import Rubric
    from grader.sandbox.zygote import Zygote
    from grader.submission import Submission

# The levels that can be asked for, by the first word of their names.
ISOLATION = {level.partition(":")[0]: level for level in LEVELS[:-1]}


class Asked(NamedTuple):
    """What is asked of every submission on the command line."""

    id: str | None
    course: Path | None
    out: Path | None
    seed: int | None
    required: str | None
    fail_under: float | None
    device: str
    only_deferred: bool


@contextlib.contextmanager
def ready(folder: Path, asked: Asked) -> Iterator["Run"]:
    """A submission with all that it takes to judge it, in the isolation that is asked for."""
    run = Run(folder, asked.id, asked.course)
    with run.zygote:
        if asked.required is not None:
            run.zygote.require(ISOLATION[asked.required])
        yield run


class Run:
    """One submission with its assignment, and a zygote that gets ready meanwhile."""

    def __init__(self, folder: Path, id: str | None, course: Path | None) -> None:
        from grader.course import Course, nearest
        from grader.submission import Submission

        self.submission = Submission(folder)
        own = self.submission.folder
        found = Course(course) if course else nearest(Path.cwd(), own, handed_in=own)
        name = id or self.submission.assignment(found.assignments)
        if not name:
            remedy = f"name it with --assignment or in submission.yaml; {found.offer()}"
            raise UsageError(f"which assignment is {folder}?", remedy=remedy)
        self.zygote = _zygote(self.submission, found.rubric(name))
        try:
            self.assignment = self._assignment(found, name)
        except BaseException:
            self.zygote.close()
            raise

    def _assignment(self, course: "Course", id: str) -> "Assignment":
        # Imported here, while the zygote starts up beside us.
        from grader.assignment import Assignment

        return Assignment(course, id)

    def destination(self, out: Path | None, *, one_of_several: bool = False) -> Path:
        """Where the reports go: never into the submission."""
        inside, name = self.submission.folder, Path(self.submission.name)
        own = self.assignment.rubric.id / name if one_of_several else name
        if out is None:
            here = Path.cwd() if not Path.cwd().is_relative_to(inside) else inside.parent
            destination = here / "reports" / own
        else:
            destination = out / own if one_of_several else out
        if destination.resolve().is_relative_to(inside):
            raise UsageError(f"{destination} lies in the submission", remedy="name a folder outside it with --out")
        return destination

    def grade(self, asked: Asked, destination: Path) -> "Graded":
        """The report, and what the staff must mend."""
        # The page's template is made ready while the judge waits for workers.
        ahead = threading.Thread(target=_prepare_reports)
        ahead.start()
        graded = self._completed(asked, destination) if asked.only_deferred else self._graded(asked)
        ahead.join()
        return graded

    def _graded(self, asked: Asked) -> "Graded":
        from grader.grading import grade

        where = device(asked.device, self.assignment.rubric, self.zygote)
        return grade(self.assignment, self.submission, self.zygote, asked.seed, device=where)

    def _completed(self, asked: Asked, destination: Path) -> "Graded":
        """The report that is there, with its deferred parts judged."""
        from grader.deferred import completed, earlier, judged_already
        from grader.grading import grade

        report = earlier(destination, self.assignment.rubric.id, self.submission.name)
        if asked.seed not in (None, report.seed):
            remedy = "leave out --seed, or grade all of it with that seed"
            raise UsageError(f"the report was made with seed {report.seed}", remedy=remedy)
        where, known = device(asked.device, self.assignment.rubric, self.zygote), judged_already(report)
        later = grade(self.assignment, self.submission, self.zygote, report.seed, device=where, known=known)
        return completed(report, later)

    def replay(self, trial: str, seed: int | None) -> str:
        """One trial as text: its inputs, what came back, what was expected, the verdict."""
        from grader.replay import replayed

        return replayed(self.assignment, self.submission, self.zygote, trial, seed)


def _zygote(submission: "Submission", rubric: Path) -> "Zygote":
    from grader.sandbox.zygote import Zygote, preloaded

    # The rubric is read in full only while the zygote starts: a word of it has to do.
    torch = b"tensors:" in rubric.read_bytes() or submission.needs_torch()
    return Zygote(preloaded(torch=torch))


def _prepare_reports() -> None:
    from grader.report.page import template

    template()


def device(asked: str, rubric: "Rubric", zygote: "Zygote") -> str:
    """Where tensors are: a GPU, where there is one and it is not refused.

    Errors
        SandboxError where "cuda" is asked for and workers have none.
    """
    if asked == "cpu" or not rubric.takes_tensors():
        return "cpu"
    zygote.level()  # it says so once it is ready
    if "cuda" in zygote.devices:
        return "cuda"
    if asked == "cuda":
        remedy = "`grade doctor` shows what torch finds; --device auto does without"
        why = f" ({zygote.missing})" if "cuda: " in zygote.missing else ""
        raise SandboxError(f"there is no GPU that workers can compute on{why}", remedy=remedy)
    return "cpu"
