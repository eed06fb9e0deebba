"""The survey of an assignment: all mutants of its reference functions, tried by a crew or known from before."""

import contextlib
import os
import time
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec

from grader.assignment import Assignment
from grader.batch.progress import Progress
from grader.course import Course
from grader.errors import UsageError
from grader.mutation.candidates import Candidate, candidates
from grader.mutation.crew import Crew, Function, Orders
from grader.mutation.declared import Declared
from grader.mutation.kept import Kept
from grader.mutation.records import Attempt, Fate, Outcome, Survey, Tried
from grader.mutation.work import judged_functions
from grader.mutation.written import diff
from grader.rubric import Problem

HUNG = "no answer for a minute, or the end of its process: a student's would time out or crash"
# What is known is written down so often, in seconds: an interrupted run goes on where it was.
EVERY = 5.0


class Narrowed(NamedTuple):
    """What is asked for: all of it where nothing is named."""

    problems: Collection[str] = ()
    functions: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.problems or self.functions)


ALL = Narrowed()


class _Subject(NamedTuple):
    """A function under survey."""

    problem: Problem
    found: list[Candidate]
    kept: Kept


def survey(
    course: Course, id: str, narrowed: Narrowed = ALL, jobs: int | None = None, seed: int | None = None
) -> Survey:
    """What becomes of the mutants of an assignment in the trials of a seed, the rubric's if it is None.

    Interrupted, it keeps what it has found.

    Errors
        RubricError for a declaration of equivalent mutants that is not needed, once all is tried; whatever is wrong
        with the rubric or a reference; UsageError where nothing is to be tried.
    """
    start, assignment = time.perf_counter(), Assignment(course, id)
    declared = Declared(assignment.path.parents[1] / "reference" / id)
    drawn = assignment.rubric.seed if seed is None else seed
    subjects = _subjects(assignment, narrowed, drawn)
    known = {key: dict(subject.kept.attempts) for key, subject in subjects.items()}
    asked = {key: [n for n in range(len(own.found)) if n not in known[key]] for key, own in subjects.items()}
    _try(Orders(course=str(course.folder), assignment=id, seed=drawn), asked, subjects, jobs or os.cpu_count() or 1)
    tried = tuple(one for key, own in subjects.items() for one in _told(assignment, key, own, declared))
    if not narrowed and seed is None:
        declared.must_be_needed()
    total = sum(map(len, known.values()))
    seconds = time.perf_counter() - start
    return Survey(assignment=id, tried=tried, seconds=seconds, kept=total)


def _subjects(assignment: Assignment, narrowed: Narrowed, seed: int) -> dict[Function, _Subject]:
    rubric, subjects = assignment.rubric, dict[Function, _Subject]()
    for problem in rubric.problems:
        for function in judged_functions(problem):
            if _is_asked(problem.id, function, narrowed):
                found = candidates(assignment.module(problem), problem, function)
                subjects[problem.id, function] = _Subject(problem, found, Kept(assignment, problem, function, seed))
    if not subjects:
        names = [name for problem in rubric.problems for name in judged_functions(problem)]
        remedy = f"its problems are {', '.join(p.id for p in rubric.problems)}; its functions {', '.join(names)}"
        raise UsageError(f"nothing of {rubric.id} is asked for", remedy=remedy)
    return subjects


def _is_asked(problem: str, function: str, narrowed: Narrowed) -> bool:
    by_problem = not narrowed.problems or problem in narrowed.problems
    return by_problem and (not narrowed.functions or function in narrowed.functions)


def _try(orders: Orders, asked: Mapping[Function, list[int]], subjects: Mapping[Function, _Subject], jobs: int) -> None:
    """Has the mutants tried that are not known, and keeps what becomes of them."""
    total = sum(len(own.found) for own in subjects.values())
    with Progress(total, what="mutants") as told:
        for function, own in subjects.items():
            for _ in range(len(own.found) - len(asked[function])):
                told.step(kept=True)
        fresh: dict[Function, dict[int, Attempt]] = {}
        saved = time.monotonic()
        try:
            with Crew(orders, jobs) as crew:
                for function, one in crew.tried(asked):
                    attempt = one if isinstance(one, Attempt) else _hung(subjects[function].problem, function[1], one)
                    fresh.setdefault(function, {})[attempt.number] = attempt
                    told.step()
                    if time.monotonic() - saved > EVERY:
                        _keep(subjects, fresh)
                        saved = time.monotonic()
        finally:
            _keep(subjects, fresh)


def _hung(problem: Problem, function: str, number: int) -> Attempt:
    parts = [part.id for part in problem.parts if part.function == function and part.checks]
    return Attempt(number=number, outcomes=tuple(Outcome(part=id, fate=Fate.KILLED, told=HUNG) for id in parts))


def _keep(subjects: Mapping[Function, _Subject], fresh: dict[Function, dict[int, Attempt]]) -> None:
    for function, attempts in fresh.items():
        subjects[function].kept.add(attempts)
    fresh.clear()


def _told(assignment: Assignment, function: Function, subject: _Subject, declared: Declared) -> Iterator[Tried]:
    """All mutants of a function with what became of them; survivors with their edit written down."""
    path, attempts = assignment.references[function[0]].path, subject.kept.attempts
    for number, candidate in enumerate(subject.found):
        outcomes = attempts[number].outcomes
        one = Tried(problem=function[0], entry=function[1], file=path.name, edit=candidate.edit, outcomes=outcomes)
        one = declared.applied(one)
        if any(outcome.fate is Fate.SURVIVED for outcome in one.outcomes):
            name = f"reference/{assignment.rubric.id}/{path.name}"
            with contextlib.suppress(ValueError):  # such as a statement behind a semicolon: its text is shown instead
                shown = diff(path.read_text(encoding="utf-8"), candidate.places, name)
                one = msgspec.structs.replace(one, diff=shown)
        yield one
