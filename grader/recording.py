"""The reference of an assignment, asked once in its public trials, so that its answers can go where it may not."""

import copy
import inspect
from typing import Any, NamedTuple

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.vjp import Vjp
from grader.public import is_checkable, needed, public, without
from grader.recorded import RecordedReference, Records
from grader.reference import ReferenceModule
from grader.rubric import Problem, Rubric
from grader.stand_in import StandIn
from grader.trials import plan_name


class Recording(NamedTuple):
    """The public rubric of an assignment, and by problem id what is recorded of its references."""

    rubric: Rubric
    records: dict[str, Records]


def recording(assignment: Assignment) -> Recording:
    """The public side of an assignment that has its references.

    Parts whose inputs or answers hold functions of the reference, which are no data, cannot be recorded: they are not
    checkable.

    Errors
        RubricError and BrokenReference as in grading.
    """
    shown = copy.copy(assignment)
    shown.rubric = public(assignment.rubric)
    records, unrecorded = {}, set()
    for problem in shown.rubric.problems:
        records[problem.id], missing = _records(shown, problem)
        unrecorded |= missing
    return Recording(without(shown.rubric, frozenset(unrecorded)), records)


def recorded(assignment: Assignment) -> Assignment:
    """The assignment as students have it: the public rubric, with records in the place of its references."""
    made = recording(assignment)
    shown = copy.copy(assignment)
    shown.rubric = made.rubric
    shown.references = {
        problem.id: RecordedReference(_module(assignment, problem), made.records[problem.id], problem)
        for problem in made.rubric.problems
    }
    return shown


def _module(assignment: Assignment, problem: Problem) -> ReferenceModule:
    reference = assignment.references[problem.id]
    assert isinstance(reference, ReferenceModule), "only those who have the reference can record it"
    return reference


def _records(shown: Assignment, problem: Problem) -> tuple[Records, set[str]]:
    """What is recorded of a problem, and the functions of which nothing could be."""
    reference, seed = _module(shown, problem), shown.rubric.seed
    bench = Bench(shown, problem, StandIn({}), seed)
    kept: dict[str, Any] = {}
    plans: dict[str, str] = {}
    missing: set[str] = set()
    for name, own in _asked(bench, problem).items():
        values = {key: bench.store.get(key) for key in own}
        if any(value is None for value in values.values()):
            missing.add(name)
        else:
            plans[name] = own[0]
            kept |= values
    bench.store.save()
    signatures = {name: _signature(reference, name) for name in problem.functions}
    return Records(seed=seed, signatures=signatures, plans=plans, kept=kept), missing


def _asked(bench: Bench, problem: Problem) -> dict[str, list[str]]:
    """For each function that is judged, the names of what the bench has been made to keep of it."""
    found = {}
    for name, function in needed(problem).items():
        assert function.inputs is not None, "functions without inputs are not judged"
        first = bench.trials(name)[0]
        bench.expected(name, first)
        found[name] = [plan_name(function.inputs), f"answers of {name}", f"seconds of {name}"]
        for of in _differentiated(problem, name):
            bench.expected_gradients(name, of, first)
            found[name].append(f"answers of {of} at the upstream of {name}")
    return found


def _differentiated(problem: Problem, function: str) -> list[str]:
    """The reference functions that give the gradients of a function which torch differentiates."""
    parts = [part for part in problem.parts if part.function == function and is_checkable(part)]
    return [check.of for part in parts for check in part.checks if isinstance(check, Vjp)]


def _signature(reference: ReferenceModule, name: str) -> list[tuple[str, bool]]:
    parameters = inspect.signature(reference.function(name)).parameters.values()
    return [(parameter.name, parameter.default is parameter.empty) for parameter in parameters]
