"""The reference of an assignment, asked once in its public trials, so that its answers can go where it may not."""

import copy
import inspect
from typing import Any, NamedTuple

import msgspec

from grader import wire
from grader.answers import Answer, Measured
from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.vjp import Vjp
from grader.compare import disagreement
from grader.expressions import NAME, alive, recordable
from grader.model import Trial
from grader.public import is_checkable, needed, public, without
from grader.recorded import RecordedReference, Records
from grader.reference import ReferenceModule
from grader.rubric import Problem, Rubric
from grader.stand_in import StandIn
from grader.trials import plan_name
from grader.wire import Given


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
    for name, function in needed(problem).items():
        assert function.inputs is not None, "functions without inputs are not judged"
        plan = plan_name(function.inputs)
        rows = _rows(bench, name)
        answers = {key: bench.store.get(key) for key in _asked(bench, problem, name)}
        if rows is None or any(value is None for value in answers.values()):
            missing.add(name)
        else:
            plans[name] = plan
            kept |= {plan: rows, **answers}
    bench.store.save()
    signatures = {name: _signature(reference, name) for name in problem.functions}
    return Records(seed=seed, signatures=signatures, plans=plans, kept=kept), missing


def _rows(bench: Bench, function: str) -> list[Any] | None:
    """The trials of a function as data; None where they hold functions that no text stands for."""
    rows = []
    for trial in bench.trials(function):
        inputs = {name: recordable(value) for name, value in trial.inputs.items()}
        if any(isinstance(value, Given) and value.name == NAME for value in inputs.values()):
            expected = bench.expected(function, trial)
            if not _answers_alike(bench, function, msgspec.structs.replace(trial, inputs=inputs), expected):
                return None
        rows.append((trial.index, trial.case, trial.regime, inputs, trial.share, trial.attempt))
    try:
        wire.encode(rows)
    except wire.WireError:
        return None
    return rows


def _answers_alike(bench: Bench, function: str, trial: Trial, expected: Answer) -> bool:
    """Whether the reference gives the same with the texts of functions in the place of the functions."""
    trial = msgspec.structs.replace(trial, inputs={name: alive(value) for name, value in trial.inputs.items()})
    settings, arguments = bench.problem.functions[function], bench.reference.arguments(function, trial)
    measured = Measured(bench.reference, function, settings.evaluated_at, settings.compared)
    with bench.reference.blamed():
        value = measured.value(*arguments)
    return not disagreement(settings.compared(value), settings.compared(expected.value), expected.bound)


def _asked(bench: Bench, problem: Problem, function: str) -> list[str]:
    """The names under which the bench has been made to keep the answers of a function."""
    first = bench.trials(function)[0]
    bench.expected(function, first)
    names = [f"answers of {function}", f"seconds of {function}"]
    for of in _differentiated(problem, function):
        bench.expected_gradients(function, of, first)
        names.append(f"answers of {of} at the upstream of {function}")
    return names


def _differentiated(problem: Problem, function: str) -> list[str]:
    """The reference functions that give the gradients of a function which torch differentiates."""
    parts = [part for part in problem.parts if part.function == function and is_checkable(part)]
    return [check.of for part in parts for check in part.checks if isinstance(check, Vjp)]


def _signature(reference: ReferenceModule, name: str) -> list[tuple[str, bool]]:
    parameters = inspect.signature(reference.function(name)).parameters.values()
    return [(parameter.name, parameter.default is parameter.empty) for parameter in parameters]
