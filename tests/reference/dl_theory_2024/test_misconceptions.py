"""Every misconception that the rubric lists is a wrong answer, told from the right one and from the others."""

import functools
import inspect
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from grader.answers import Answer, Measured
from grader.assignment import Assignment
from grader.compare import conformed, disagreement
from grader.errors import StudentFault
from grader.model import Trial
from grader.rubric import Function, Part, Problem
from grader.trials import trials as planned_trials

SEEDS = range(5)
RUBRIC = Path(__file__).resolve().parents[3] / "rubrics" / "dl_theory_2024.yaml"
LISTED = [
    (part["id"], name)
    for problem in yaml.load(RUBRIC.read_text("utf-8"), Loader=yaml.BaseLoader)["problems"]
    for part in problem["parts"]
    for name in part.get("misconceptions", {})
]
PARTS = sorted({id for id, _ in LISTED})
# Three truth values leave four answers that a student may have reasons for; random draws have no value to match.
FEWER = {"1.1.is_equivalent": 4, "2.1.sample_scores": 0}
# Shares that the catalogue of the homework lays down.
CREDITS = {
    ("1.1.equivalent_weight_decay", "decay_without_the_learning_rate"): 0.5,
    ("1.2b.ridge_orthonormal", "ridge_with_half_the_penalty"): 0.6,
    ("2.3.qkv_projection_macs", "macs_as_flops"): 0.7,
    ("2.4.decode_step_macs", "decoding_with_one_query_without_the_cache"): 0.75,
    ("2.4.decode_step_macs", "decoding_with_the_causal_half_of_the_scores"): 0.75,
    ("4.1.rnn_jacobian", "jacobian_transposed"): 0.7,
    ("5.1.batch_norm_stats", "batch_stats_of_every_feature"): 0.5,
    ("5.1.layer_norm_stats", "layer_stats_of_the_last_axis"): 0.5,
}


class Judged(NamedTuple):
    """A part as it is judged with one seed: its function, main trials, and right answers."""

    settings: Function
    trials: list[Trial]
    answers: list[Answer]


@pytest.fixture(scope="session")
def judged(theory) -> Callable[[str, int], Judged]:
    """`judged("4.1.rnn_jacobian", seed)`, kept for the tests that ask again."""

    @functools.cache
    def of_function(name: str, seed: int) -> Judged:
        problem = next(p for p in theory.rubric.problems if name in p.functions)
        settings, reference = problem.functions[name], theory.references[problem.id]
        inputs = settings.inputs
        planned = reference.bound(planned_trials(inputs, reference.function(inputs.maker), seed))
        made = [trial for trial in planned if not trial.share]
        groups = [(trial.regime, tuple(trial.case[case] for case in inputs.cases)) for trial in made]
        own = Measured(reference, name, (), settings.compared)
        measurements = [own.measurement(reference.arguments(name, trial)) for trial in made]
        return Judged(settings, made, own.answers(measurements, groups))

    return lambda id, seed: of_function(found(theory, id)[1].function, seed)


def found(theory: Assignment, id: str) -> tuple[Problem, Part]:
    return next((problem, part) for problem in theory.rubric.problems for part in problem.parts if part.id == id)


def misconception(theory: Assignment, id: str, name: str) -> Callable[..., Any]:
    return theory.references[found(theory, id)[0].id].misconception(name)


def values(wrong: Callable[..., Any], judged: Judged) -> list[Any]:
    """What the misconception answers in every trial."""
    names = inspect.signature(wrong).parameters
    with np.errstate(all="ignore"):
        return [wrong(*(trial.inputs[name] for name in names)) for trial in judged.trials]


def agree(one: list[Any], other: list[Any], judged: Judged) -> bool:
    """Whether two lists of answers agree in all trials, within the bounds of the right answers."""
    return all(
        _agree(a, b, answer, judged.settings) for a, b, answer in zip(one, other, judged.answers, strict=True)
    )


def _agree(one: Any, other: Any, answer: Answer, settings: Function) -> bool:
    try:
        one = conformed(one, other, loose=True)
    except StudentFault:
        return False
    try:
        one, other = (conformed(value, answer.value, loose=True) for value in (one, other))
    except StudentFault:  # an answer of another structure than the right one's is compared as it is
        return not disagreement(one, other, _around(other))
    return not disagreement(settings.compared(one), settings.compared(other), answer.bound)


def _around(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(map(_around, value))
    return 1e-5 * np.maximum(np.abs(value), np.max(np.abs(value), initial=0.0) / 10)


@pytest.mark.parametrize(("id", "name"), LISTED, ids=lambda value: value)
def test_a_misconception_says_what_the_student_did(theory, id, name):
    sentence = " ".join((inspect.getdoc(misconception(theory, id, name)) or "").split())

    assert sentence.endswith((".", "?"))
    assert 20 < len(sentence) < 300
    assert 0 <= found(theory, id)[1].misconceptions[name] < 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", PARTS)
def test_misconceptions_are_told_from_the_right_answer_and_from_each_other(theory, judged, id, seed):
    case, credits = judged(id, seed), found(theory, id)[1].misconceptions
    answers = {name: values(misconception(theory, id, name), case) for name in credits}

    right = [name for name in credits if agree(answers[name], [answer.value for answer in case.answers], case)]
    same = [(a, b) for a, b in itertools.combinations(credits, 2) if agree(answers[b], answers[a], case)]

    assert right == []
    assert same == []


@pytest.mark.parametrize("id", PARTS)
def test_ordinary_inputs_have_finite_answers(theory, judged, id):
    case = judged(id, 0)
    for name in found(theory, id)[1].misconceptions:
        for value in values(misconception(theory, id, name), case):
            assert _finite(value), name


def _finite(value: Any) -> bool:
    return all(map(_finite, value)) if isinstance(value, tuple) else bool(np.all(np.isfinite(value)))


def test_every_part_that_is_judged_lists_at_least_five(theory):
    parts = [part for problem in theory.rubric.problems for part in problem.parts if part.checks]

    assert {part.id: len(part.misconceptions) for part in parts if len(part.misconceptions) < 5} == FEWER


@pytest.mark.parametrize(("part", "credit"), CREDITS.items(), ids=lambda value: str(value))
def test_near_misses_earn_what_is_laid_down(theory, part, credit):
    id, name = part

    assert found(theory, id)[1].misconceptions[name] == credit


def test_misconceptions_leave_their_arguments_as_they_were(theory, judged):
    for id in PARTS:
        case = judged(id, 0)
        before = [_copied(trial.inputs) for trial in case.trials]

        for name in found(theory, id)[1].misconceptions:
            values(misconception(theory, id, name), case)

        for trial, kept in zip(case.trials, before, strict=True):
            for leaf, old in zip(_arrays(trial.inputs), _arrays(kept), strict=True):
                assert np.array_equal(leaf, old), id


def _copied(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(map(np.copy, value)) if isinstance(value, tuple) else np.copy(value)
        for name, value in inputs.items()
        if not callable(value)
    }


def _arrays(inputs: dict[str, Any]) -> list[Any]:
    return [
        leaf
        for value in inputs.values()
        if not callable(value)
        for leaf in (value if isinstance(value, tuple) else (value,))
    ]


def test_every_misconception_that_is_written_is_listed(theory):
    for problem in theory.rubric.problems:
        listed = {name for part in problem.parts for name in part.misconceptions}
        if listed:
            functions = vars(inspect.getmodule(theory.references[problem.id].misconception(min(listed))))
            written = {
                name
                for name, value in functions.items()
                if inspect.isfunction(value) and value.__module__ == functions["__name__"] and name[0] != "_"
            }

            assert written == listed
