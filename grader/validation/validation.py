"""A validation: all that is found in an assignment, section by section."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.course import Course
from grader.rubric import Part, Problem
from grader.validation.draft import Draft, draft
from grader.validation.examples import Expectation, examples, folder, own_problems
from grader.validation.finding import Finding, Kind, Place, finding, merged
from grader.validation.hands import Hands
from grader.validation.station import Orders, Outcome, Task

# What takes long first, so that nobody waits for the last one.
SECTIONS = ("flakes", "misconceptions", "references", "examples")
# Seeds that are tried in one go.
TOGETHER = 10


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """With how many seeds the references, the misconceptions and the examples are tried, from the rubric's own on."""

    references: int = 200
    misconceptions: int = 3
    examples: int = 2


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """What is found in an assignment, and how much of it there is. Points are those of parts, by machine and by hand."""

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
    """An assignment that is to be validated: as it stands, its examples, and the tasks; `findings` are there already."""

    drafted: Draft
    examples: dict[str, Expectation]
    tasks: tuple[Task, ...]
    findings: tuple[Finding, ...]


def plan(course: Course, id: str, amount: Amount) -> Plan:
    """What is to be done to validate an assignment. UsageError for an unknown one."""
    drafted = draft(course, id)
    if drafted.rubric is None:
        return Plan(drafted, {}, (), drafted.findings)
    known, found = examples(drafted.rubric, course.folder)
    findings = (*drafted.findings, *found)
    if drafted.sound is None:
        return Plan(drafted, known, (), findings)
    return Plan(drafted, known, tuple(_tasks(drafted, known, course.folder, amount)), findings)


def _tasks(drafted: Draft, known: dict[str, Expectation], course: Path, amount: Amount) -> Iterator[Task]:
    assert drafted.sound is not None, "nothing can be done otherwise"
    rubric = drafted.sound.rubric
    problems = [problem for problem in rubric.problems if any(part.checks for part in problem.parts)]
    for seeds in _together(rubric.seed, amount.references):
        yield from (Task(section="flakes", name=problem.id, seeds=seeds) for problem in problems)
    for seed in range(rubric.seed, rubric.seed + amount.misconceptions):
        wrong = [problem for problem in problems if any(part.misconceptions for part in problem.parts)]
        yield from (Task(section="misconceptions", name=problem.id, seeds=(seed,)) for problem in wrong)
    yield from (Task(section="references", name=problem.id, seeds=(rubric.seed,)) for problem in problems)
    right = next((name for name, own in known.items() if own.is_right()), None)
    for name, expectation in known.items():
        yield Task(section="examples", name=name, seeds=(rubric.seed,))
        later = tuple(range(rubric.seed + 1, rubric.seed + amount.examples))
        if later and not expectation.takes_long():
            where = folder(course, rubric.id)
            own = {problem.id for problem in problems}
            if right and name != right:
                own &= own_problems(rubric, where / name, where / right)
            if own:
                yield Task(section="examples", name=name, seeds=later, problems=tuple(sorted(own)))


def _together(first: int, count: int) -> Iterator[tuple[int, ...]]:
    for start in range(first, first + count, TOGETHER):
        yield tuple(range(start, min(start + TOGETHER, first + count)))


Step = Callable[[], object]


def validated(course: Course, id: str, amount: Amount, *, jobs: int = 1, step: Step = lambda: None) -> Validated:
    """What is found in an assignment, by so many processes; `step` is called whenever a task is done.

    Errors
        UsageError for an unknown assignment, SandboxError where no worker can be had.
    """
    start = time.perf_counter()
    return concluded(plan(course, id, amount), course, amount, jobs=jobs, step=step, start=start)


def concluded(
    planned: Plan, course: Course, amount: Amount, *, jobs: int = 1, step: Step = lambda: None, start: float = 0.0
) -> Validated:
    """What comes of a plan."""
    outcomes = []
    with Hands(Orders(course=course.folder, assignment=planned.drafted.id), max(1, min(jobs, len(planned.tasks)))) as hands:
        for task, outcome in hands.outcomes(planned.tasks):
            outcomes.append(outcome or ended(task, planned, course))
            step()
    found = [*planned.findings, *(one for outcome in outcomes for one in outcome.findings)]
    found += unlost(planned, outcomes, course)
    return _summed(planned, amount, merged(found), time.perf_counter() - start)


def ended(task: Task, planned: Plan, course: Course) -> Outcome:
    """The outcome of a task whose process has ended under it."""
    message = f"the process that looked into the {task.section} of '{task.name}' ended"
    remedy = "look for what ends or exhausts it: os._exit, a crash in compiled code, too much memory"
    return Outcome(findings=(finding(Kind.REFERENCE, Place(planned.drafted.path), message, remedy, course=course.folder),))


def unlost(planned: Plan, outcomes: Iterable[Outcome], course: Course) -> Iterator[Finding]:
    """The parts that a machine judges and that no misconception and no example loses by being wrong."""
    lost = {part for outcome in outcomes for part in outcome.lost}
    for problem, part in _judged_parts(planned):
        if part.id not in lost:
            message = f"no misconception and no example loses part '{part.id}': it may measure nothing"
            remedy = "list a misconception, or hand in an example that is wrong there"
            place = Place(planned.drafted.path, part.line)
            yield finding(Kind.UNLOST, place, message, remedy, course=course.folder, part=part.id)


def _judged_parts(planned: Plan) -> Iterator[tuple[Problem, Part]]:
    for problem in planned.drafted.sound.rubric.problems if planned.drafted.sound else ():
        yield from ((problem, part) for part in problem.parts if part.checks)


def _summed(planned: Plan, amount: Amount, found: Sequence[Finding], seconds: float) -> Validated:
    rubric = planned.drafted.rubric
    problems = rubric.problems if rubric else ()
    parts = [part for problem in problems for part in problem.parts]
    return Validated(
        assignment=planned.drafted.id,
        findings=tuple(found),
        problems=len(problems),
        parts=sum(not part.written for part in parts),
        machine_points=sum(part.points for part in parts if not part.written),
        written_points=sum(part.points for part in parts if part.written),
        examples=len(planned.examples),
        misconceptions=sum(len(part.misconceptions) for part in parts),
        seeds=amount.references if planned.tasks else 0,
        seconds=seconds,
    )
