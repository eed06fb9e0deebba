"""A station: where the tasks of a validation are done, with an assignment and zygotes that all of them share."""

import contextlib
import functools
import hashlib
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Self

import msgspec

from grader.batch.keys import digest_of_submission, engine
from grader.course import Course
from grader.errors import GraderError
from grader.rubric import Problem
from grader.sandbox.zygote import Zygote
from grader.store import Store
from grader.submission import Submission
from grader.validation import examples, flakes, misconceptions, references
from grader.validation.draft import draft
from grader.validation.finding import Finding, merged


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody who validates an assignment needs to know."""

    course: Path
    assignment: str


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done: a section of the validation, for a problem or an example, with some seeds.

    `problems` are those that an example is graded on; all, where it names none.
    """

    section: str
    name: str
    seeds: tuple[int, ...]
    problems: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a task: findings, the parts that somebody lost, the verdicts of an example."""

    findings: tuple[Finding, ...] = ()
    lost: tuple[str, ...] = ()
    verdicts: dict[str, str] = {}
    seconds: float = 0.0


class Station:
    """Does one task after the other. Use it in a `with` block."""

    def __init__(self, orders: Orders) -> None:
        self.course = Course(orders.course)
        drafted = draft(self.course, orders.assignment)
        assert drafted.sound is not None, "there are no tasks for an assignment that cannot be judged"
        self.path, self.assignment = drafted.path, drafted.sound
        self.problems = {problem.id: problem for problem in self.assignment.rubric.problems}
        self.zygotes: dict[bool, Zygote] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for zygote in self.zygotes.values():
            zygote.close()

    def outcome(self, task: Task) -> Outcome:
        """What comes of a task; at once, where it was done before without a finding, and nothing has changed since.

        Errors
            SandboxError where no worker can be had.
        """
        start, store = time.perf_counter(), Store(self._key(task))
        if kept := store.get("outcome"):
            with contextlib.suppress(msgspec.ValidationError):
                return msgspec.convert(kept, Outcome)
        done = self._done(task)
        done = msgspec.structs.replace(done, seconds=time.perf_counter() - start)
        if not done.findings:
            store.put("outcome", msgspec.to_builtins(msgspec.structs.replace(done, seconds=0.0)))
            store.save()
        return done

    def _done(self, task: Task) -> Outcome:
        folder = self.course.folder
        if task.section == "examples":
            return self._example(task)
        problem = self.problems[task.name]
        if task.section == "misconceptions":
            judged = [misconceptions.judged(self.assignment, problem, seed, folder) for seed in task.seeds]
            found = [one for own in judged for one in own.findings]
            return Outcome(findings=tuple(found), lost=tuple({part for own in judged for part in own.lost}))
        kind = {"flakes": flakes.flakes, "references": references.contradictions}[task.section]
        found = [one for seed in task.seeds for one in kind(self.assignment, problem, seed, folder)]
        return Outcome(findings=tuple(merged(found)))

    def _example(self, task: Task) -> Outcome:
        rubric, folder = self.assignment.rubric, self.course.folder
        known = examples.expectations(examples.folder(folder, rubric.id) / examples.FILE)
        where, found, lost = examples.folder(folder, rubric.id) / task.name, list[Finding](), dict[str, None]()
        verdicts: dict[str, str] = {}
        needs_torch = rubric.takes_tensors() or (where.is_dir() and _needs_torch(where))
        for seed in task.seeds:
            graded = examples.graded(
                self.assignment, known[task.name], self._zygote(needs_torch), seed, folder, task.problems or None
            )
            found += graded.findings
            lost |= dict.fromkeys(graded.lost)
            verdicts |= graded.verdicts
        return Outcome(findings=tuple(merged(found)), lost=tuple(lost), verdicts=verdicts)

    def _zygote(self, torch: bool) -> Zygote:
        if torch not in self.zygotes:
            self.zygotes[torch] = Zygote(("numpy", "torch") if torch else ("numpy",))
        return self.zygotes[torch]

    def _key(self, task: Task) -> str:
        """All that the outcome of a task depends on."""
        rubric = self.assignment.rubric
        problems: tuple[Problem, ...] = (self.problems[task.name],) if task.name in self.problems else rubric.problems
        parts: list[object] = [engine(), _own_code(), platform.python_version(), rubric.seed, rubric.limits, task]
        parts += [rubric.ignore_axes_of_length_one, self.path, problems]
        parts += [reference.digest for reference in self.assignment.references.values()]
        if task.section == "examples":
            where = examples.folder(self.course.folder, rubric.id)
            parts += [_torch(), digest_of_submission(where / task.name), (where / examples.FILE).read_bytes()]
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
