"""A validation: all that is found in an assignment, section by section."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from grader.course import Course
from grader.rubric import Part, Rubric
from grader.validation.draft import Draft, draft
from grader.validation.examples import Expectation, examples, folder, own_problems
from grader.validation.finding import Finding, Kind, Place, below, finding, leading, merged
from grader.validation.hands import Hands
from grader.validation.station import Orders, Outcome, Section, Task

# Seeds that are tried in one go.
TOGETHER = 10
_KEEP_FROM_KNOWING = frozenset({Kind.RUBRIC, Kind.REFERENCE})


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """With how many seeds references, misconceptions and examples are tried; the first is the rubric's own."""

    references: int = 200
    misconceptions: int = 3
    examples: int = 3


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """What is found in an assignment, with files named as from the course folder, and how much of it there is.

    `parts` and `machine_points` are those that a machine judges, `seeds` those that the reference was tried with.
    """

    assignment: str
    findings: tuple[Finding, ...]
    problems: int = 0
    parts: int = 0
    machine_points: float = 0.0
    written_points: float = 0.0
    examples: int = 0
    misconceptions: int = 0
    seeds: int = 0
    seconds: float = 0.0


class Plan(NamedTuple):
    """An assignment to be validated: as it stands, its examples, what is found already, and the tasks."""

    course: Course
    drafted: Draft
    examples: dict[str, Expectation]
    findings: tuple[Finding, ...]
    tasks: tuple[Task, ...]
    amount: Amount

    @property
    def orders(self) -> Orders:
        """What whoever does the tasks needs to know."""
        return Orders(course=self.course.folder, assignment=self.drafted.id)

    @property
    def judged(self) -> list[Part]:
        """The parts that a machine judges, as far as they can be."""
        problems = self.drafted.sound.rubric.problems if self.drafted.sound else ()
        return [part for problem in problems for part in problem.parts if part.checks]

    @property
    def doubtful(self) -> set[str]:
        """The parts that something is left out of, because it is not there or cannot be imported."""
        problems = self.drafted.rubric.problems if self.drafted.rubric else ()
        written = {part.id: part for problem in problems for part in problem.parts}
        return {part.id for part in self.judged if part != written[part.id]}


def plan(course: Course, id: str, amount: Amount) -> Plan:
    """What is to be done to validate an assignment. UsageError for an unknown one."""
    drafted = draft(course, id)
    if drafted.rubric is None:
        return Plan(course, drafted, {}, drafted.findings, (), amount)
    # What a person marks needs no examples.
    is_judged = any(part.checks for problem in drafted.rubric.problems for part in problem.parts)
    known, found = examples(drafted.rubric, folder(course, id)) if is_judged else ({}, [])
    tasks = _tasks(drafted.sound.rubric, known, course, amount) if drafted.sound else ()
    return Plan(course, drafted, known, (*drafted.findings, *found), tuple(tasks), amount)


def _tasks(rubric: Rubric, known: dict[str, Expectation], course: Course, amount: Amount) -> Iterator[Task]:
    """Those that take long first, so that nobody waits for the last one."""
    problems = [problem for problem in rubric.problems if any(part.checks for part in problem.parts)]
    wrong = [problem for problem in problems if any(part.misconceptions for part in problem.parts)]
    for seeds in _together(rubric.seed, amount.references):
        yield from (Task(section=Section.FLAKES, name=problem.id, seeds=seeds) for problem in problems)
    for seed in range(rubric.seed, rubric.seed + amount.misconceptions):
        yield from (Task(section=Section.MISCONCEPTIONS, name=problem.id, seeds=(seed,)) for problem in wrong)
    yield from (Task(section=Section.REFERENCES, name=problem.id, seeds=(rubric.seed,)) for problem in problems)
    right = next((name for name, own in known.items() if own.is_right()), "")
    for expectation in known.values():
        yield from _tasks_of_example(expectation, right, rubric, course, amount)


def _together(first: int, count: int) -> Iterator[tuple[int, ...]]:
    for start in range(first, first + count, TOGETHER):
        yield tuple(range(start, min(start + TOGETHER, first + count)))


def _tasks_of_example(
    expectation: Expectation, right: str, rubric: Rubric, course: Course, amount: Amount
) -> Iterator[Task]:
    """With the rubric's seed it is graded in full; with others, where it does not share its files with a right one."""
    name, where = expectation.name, folder(course, rubric.id)
    yield Task(section=Section.EXAMPLES, name=name, seeds=(rubric.seed,))
    later = tuple(range(rubric.seed + 1, rubric.seed + amount.examples))
    if not later or expectation.takes_long():
        return
    all_of_them = frozenset(problem.id for problem in rubric.problems)
    own = own_problems(rubric, where / name, where / right) if right and name != right else all_of_them
    if own:
        yield Task(section=Section.EXAMPLES, name=name, seeds=later, problems=tuple(sorted(own)))


def validated(planned: Plan, *, jobs: int = 1, step: Callable[[], object] = lambda: None) -> Validated:
    """What comes of a plan, carried out by so many processes; `step` is called whenever a task is done.

    Errors
        SandboxError where no worker can be had.
    """
    start, outcomes = time.perf_counter(), list[Outcome]()
    with Hands(planned.orders, max(1, min(jobs, len(planned.tasks)))) as hands:
        for task, outcome in hands.outcomes(planned.tasks):
            outcomes.append(outcome or ended(task, planned))
            step()
    found = [*planned.findings, *(one for outcome in outcomes for one in outcome.findings), *unlost(planned, outcomes)]
    return _summed(planned, found, time.perf_counter() - start)


def ended(task: Task, planned: Plan) -> Outcome:
    """The outcome of a task whose process has ended under it, or came to no end."""
    message = f"the process that looked into the {task.section} of '{task.name}' ended or hung"
    remedy = "look for what ends, exhausts or holds it: os._exit, a crash in compiled code, memory, an endless loop"
    return Outcome(findings=(finding(Kind.REFERENCE, Place(planned.drafted.path), message, remedy),))


def unlost(planned: Plan, outcomes: Iterable[Outcome]) -> Iterator[Finding]:
    """The parts that a machine judges and that no misconception and no example loses by being wrong.

    Not of those of which that cannot be told before something else is mended.
    """
    outcomes = list(outcomes)
    lost = {part for outcome in outcomes for part in outcome.lost}
    others = [one for one in planned.findings if one.kind in _KEEP_FROM_KNOWING]
    others += [one for outcome in outcomes for one in outcome.findings if one.kind in _KEEP_FROM_KNOWING]
    unknown = planned.doubtful | {one.part for one in others}
    for part in planned.judged if "" not in unknown else ():
        if part.id not in lost | unknown:
            message = f"no misconception and no example loses part '{part.id}': it may measure nothing"
            remedy = "list a misconception, or hand in an example that is wrong there"
            yield finding(Kind.UNLOST, Place(planned.drafted.path, part.line), message, remedy, part=part.id)


def told(planned: Plan, findings: Iterable[Finding]) -> list[Finding]:
    """Findings as they are told: each once and not what follows from it, with files named as from the course folder."""
    return leading(merged(below(one, planned.course.folder) for one in findings), planned.doubtful)


def _summed(planned: Plan, found: Iterable[Finding], seconds: float) -> Validated:
    problems = planned.drafted.rubric.problems if planned.drafted.rubric else ()
    parts = [part for problem in problems for part in problem.parts]
    return Validated(
        assignment=planned.drafted.id,
        findings=tuple(told(planned, found)),
        problems=len(problems),
        parts=sum(not part.written for part in parts),
        machine_points=sum(part.points for part in parts if not part.written),
        written_points=sum(part.points for part in parts if part.written),
        examples=len(planned.examples),
        misconceptions=sum(len(part.misconceptions) for part in parts),
        seeds=planned.amount.references if planned.tasks else 0,
        seconds=seconds,
    )
