"""A station: where the tasks of a validation are done, with an assignment and zygotes that all of them share."""

import contextlib
import enum
import functools
import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import Self

import msgspec

from grader.batch.keys import digest_of_submission, engine
from grader.course import Course
from grader.errors import GraderError
from grader.rubric import Problem
from grader.sandbox.zygotes import Zygotes
from grader.store import Store
from grader.submission import Submission
from grader.validation import examples, flakes, misconceptions, references
from grader.validation.draft import draft
from grader.validation.finding import Finding, Kind, Place, finding, merged


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody who validates an assignment needs to know."""

    course: Path
    assignment: str


class Section(enum.StrEnum):
    """What the tasks of a validation are about."""

    FLAKES = "flakes"
    MISCONCEPTIONS = "misconceptions"
    REFERENCES = "references"
    EXAMPLES = "examples"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done: a section of the validation, for a problem or an example, with some seeds.

    `problems` are those that an example is graded on; all, where it names none.
    """

    section: Section
    name: str
    seeds: tuple[int, ...]
    problems: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a task: findings, and the parts that somebody lost by being wrong."""

    findings: tuple[Finding, ...] = ()
    lost: tuple[str, ...] = ()


class Station:
    """Does one task after the other. Use it in a `with` block, or `close` it."""

    def __init__(self, orders: Orders) -> None:
        course = Course(orders.course)
        self.where = examples.folder(course, orders.assignment)
        drafted = draft(course, orders.assignment)
        assert drafted.sound is not None, "there are no tasks for an assignment that cannot be judged"
        assert drafted.rubric is not None, "what is sound was read"
        self.assignment = drafted.sound
        self.examples = examples.examples(drafted.rubric, self.where).known
        self.problems = {problem.id: problem for problem in self.assignment.rubric.problems}
        self.zygotes = Zygotes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the zygotes."""
        self.zygotes.close()

    def outcome(self, task: Task) -> Outcome:
        """What comes of a task; at once, where it was done before without a finding, and nothing has changed since.

        Errors
            SandboxError where no worker can be had.
        """
        store = Store(self._key(task))
        if kept := store.get("outcome"):
            with contextlib.suppress(msgspec.ValidationError):
                return msgspec.convert(kept, Outcome)
        try:
            done = self._done(task)
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a reference may do, the others are validated
            return self._broken(task, error)
        if not done.findings:
            store.put("outcome", msgspec.to_builtins(done))
            store.save()
        return done

    def _broken(self, task: Task, error: Exception) -> Outcome:
        message = f"the {task.section} of '{task.name}' cannot be looked into: {type(error).__name__}: {error}"
        remedy = "look at what the reference and its misconceptions return there: it is nothing that can be judged"
        return Outcome(findings=(finding(Kind.REFERENCE, Place(self.assignment.path), message, remedy),))

    def _done(self, task: Task) -> Outcome:
        if task.section is Section.EXAMPLES:
            return self._example(task)
        problem = self.problems[task.name]
        if task.section is Section.MISCONCEPTIONS:
            judged = [misconceptions.judged(self.assignment, problem, seed) for seed in task.seeds]
            found = [one for own in judged for one in own.findings]
            return Outcome(findings=tuple(found), lost=tuple({part for own in judged for part in own.lost}))
        kind = flakes.flakes if task.section is Section.FLAKES else references.contradictions
        found = [one for seed in task.seeds for one in kind(self.assignment, problem, seed)]
        return Outcome(findings=tuple(merged(found)))

    def _example(self, task: Task) -> Outcome:
        expectation = self.examples[task.name]
        found, lost = list[Finding](), dict[str, None]()
        zygote = self.zygotes.of(torch=self.assignment.rubric.takes_tensors() or _needs_torch(self.where / task.name))
        for seed in task.seeds:
            graded = examples.graded(self.assignment, self.where, expectation, zygote, seed, task.problems or None)
            found += graded.findings
            lost |= dict.fromkeys(graded.lost)
        return Outcome(findings=tuple(merged(found)), lost=tuple(lost))

    def _key(self, task: Task) -> str:
        """All that the outcome of a task depends on."""
        rubric = self.assignment.rubric
        is_example = task.section is Section.EXAMPLES
        problems: tuple[Problem, ...] = rubric.problems if is_example else (self.problems[task.name],)
        parts: list[object] = [engine(), _own_code(), platform.python_version(), rubric.seed, rubric.limits, task]
        parts += [rubric.ignore_axes_of_length_one, problems]
        parts += [reference.digest for reference in self.assignment.references.values()]
        if is_example:
            expected = (self.where / examples.FILE).read_bytes()
            parts += [_torch(), digest_of_submission(self.where / task.name), expected]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def _needs_torch(where: Path) -> bool:
    with contextlib.suppress(GraderError):  # it is told where it is graded
        return Submission(where).needs_torch()
    return False


@functools.cache
def _own_code() -> str:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@functools.cache
def _torch() -> str:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""
