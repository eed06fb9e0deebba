"""A station: where submissions of a class are graded, with an assignment and a zygote that all of them share."""

import traceback
from pathlib import Path
from typing import Self

import msgspec

from grader.assignment import Assignment
from grader.course import Course
from grader.errors import SandboxError, UsageError
from grader.grading import Known, grade
from grader.model import PartReport, Report
from grader.sandbox.zygotes import Zygotes
from grader.submission import Submission


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What every process of a crew needs to know. `isolation` is the level below which nothing is graded, or ''."""

    course: Path
    assignment: str
    seed: int
    device: str
    isolation: str = ""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to be graded, with what is known of it."""

    key: str
    folder: Path
    known: dict[str, PartReport] = {}
    printed: dict[str, str] = {}


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a task: a report, or the reason why there is none."""

    key: str
    report: Report | None = None
    errors: tuple[str, ...] = ()
    failure: str = ""


class Station:
    """Grades one task after the other, or several at a time from threads. Use it in a `with` block.

    Errors
        SandboxError where no worker can be had in the isolation that is asked for, and whatever is wrong with the
        rubric or a reference.
    """

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.assignment = Assignment(Course(orders.course), orders.assignment)
        self.tensors = self.assignment.rubric.takes_tensors()
        self.zygotes = Zygotes(orders.isolation)
        try:
            self.zygotes.of(torch=self.tensors)  # where there are no workers, that is said before the first submission
        except BaseException:
            self.zygotes.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zygotes.close()

    def done(self, task: Task) -> Done:
        """What becomes of a task; SandboxError where there is no worker for it."""
        orders, known = self.orders, Known(task.known, task.printed)
        try:
            submission = Submission(task.folder)
            zygote = self.zygotes.of(torch=self.tensors or submission.needs_torch())
            report, errors = grade(self.assignment, submission, zygote, orders.seed, device=orders.device, known=known)
        except UsageError as error:
            return Done(key=task.key, failure=str(error))
        except SandboxError:
            raise
        except Exception:  # noqa: BLE001 - one submission never stops the run
            return Done(key=task.key, failure=traceback.format_exc(limit=-5))
        return Done(key=task.key, report=report, errors=tuple(map(str, errors)))
