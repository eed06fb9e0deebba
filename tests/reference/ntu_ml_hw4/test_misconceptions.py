"""Every misconception that the rubric lists is a wrong answer, told from the right one and from the others."""

import functools
import importlib
import inspect
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from grader.answers import Answer, measured
from grader.assignment import Assignment
from grader.compare import conformed, disagreement
from grader.model import Trial
from grader.rubric import Part, Problem
from grader.trials import trials as planned_trials

SEEDS = range(5)
RUBRIC = Path(__file__).resolve().parents[3] / "rubrics" / "ntu_ml_hw4.yaml"
LISTED = [
    (part["id"], name)
    for problem in yaml.load(RUBRIC.read_text("utf-8"), Loader=yaml.BaseLoader)["problems"]
    for part in problem["parts"]
    for name in part.get("misconceptions", {})
]
PARTS = sorted({id for id, _ in LISTED})


class Judged(NamedTuple):
    """A part as it is judged with one seed: its trials, and the right answers of its own outputs."""

    trials: list[Trial]
    answers: list[Answer]


@pytest.fixture(scope="session")
def judged(hw4) -> Callable[[str, int], Judged]:
    """`judged("2.dWi", seed)`, kept for the tests that ask again."""

    @functools.cache
    def of_function(name: str, seed: int) -> Judged:
        problem = next(p for p in hw4.rubric.problems if name in p.functions)
        inputs, reference = problem.functions[name].inputs, hw4.references[problem.id]
        planned = planned_trials(inputs, reference.function(inputs.maker), seed)
        made = [trial for trial in planned if not trial.share]  # the others decide a share, and no misconception
        groups = [(trial.regime, tuple(trial.case[case] for case in inputs.cases)) for trial in made]
        return Judged(made, measured(reference, name, made, groups, ()))

    def of_part(id: str, seed: int) -> Judged:
        problem, part = found(hw4, id)
        made, answers = of_function(part.function, seed)
        places = [problem.functions[part.function].returns.index(name) for name in part.output]
        return Judged(made, [Answer(own(one.value, places), own(one.bound, places), None) for one in answers])

    return of_part


def own(values: Any, places: list[int]) -> Any:
    """A part's own outputs among all of its function."""
    if not places:
        return values
    return values[places[0]] if len(places) == 1 else tuple(values[place] for place in places)


def found(hw4: Assignment, id: str) -> tuple[Problem, Part]:
    return next((problem, part) for problem in hw4.rubric.problems for part in problem.parts if part.id == id)


def misconception(hw4: Assignment, id: str, name: str) -> Callable[..., Any]:
    problem, _ = found(hw4, id)
    module = hw4.references[problem.id].module
    return getattr(importlib.import_module(f"{module.__name__}_misconceptions"), name)


def values(wrong: Callable[..., Any], judged: Judged) -> list[Any]:
    """What the misconception answers in every trial, structured as the right answers."""
    names = inspect.signature(wrong).parameters
    with np.errstate(all="ignore"):
        given = [wrong(*(trial.inputs[name] for name in names)) for trial in judged.trials]
    return [conformed(value, answer.value) for value, answer in zip(given, judged.answers, strict=True)]


def agree(one: list[Any], other: list[Any], judged: Judged) -> bool:
    """Whether two lists of answers agree in all trials, within the bounds of the right answers."""
    return not any(disagreement(a, b, x.bound) for a, b, x in zip(one, other, judged.answers, strict=True))


@pytest.mark.parametrize(("id", "name"), LISTED, ids=lambda value: value)
def test_a_misconception_says_what_the_student_did(hw4, id, name):
    sentence = inspect.getdoc(misconception(hw4, id, name)) or ""

    assert sentence.endswith((".", "?"))
    assert 20 < len(sentence) < 300
    assert 0 <= found(hw4, id)[1].misconceptions[name] < 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", PARTS)
def test_misconceptions_are_told_from_the_right_answer_and_from_each_other(hw4, judged, id, seed):
    case, credits = judged(id, seed), found(hw4, id)[1].misconceptions
    answers = {name: values(misconception(hw4, id, name), case) for name in credits}

    right = [name for name in credits if agree(answers[name], [answer.value for answer in case.answers], case)]
    same = [(a, b) for a, b in itertools.combinations(credits, 2) if agree(answers[a], answers[b], case)]

    assert right == []
    assert same == []


def test_every_part_that_is_judged_lists_at_least_five(hw4):
    parts = [part for problem in hw4.rubric.problems for part in problem.parts if part.checks]
    counts = {part.id: len(part.misconceptions) for part in parts}

    assert min(counts.values()) >= 5, counts


def test_misconceptions_leave_their_arguments_as_they_were(hw4, judged):
    for id, name in LISTED:
        before = [{k: np.copy(v) for k, v in trial.inputs.items() if v is not None} for trial in judged(id, 0).trials]

        values(misconception(hw4, id, name), judged(id, 0))

        for trial, kept in zip(judged(id, 0).trials, before, strict=True):
            assert all(np.array_equal(trial.inputs[key], value) for key, value in kept.items())


def test_every_misconception_that_is_written_is_listed(hw4):
    for problem in hw4.rubric.problems:
        module = importlib.import_module(f"{hw4.references[problem.id].module.__name__}_misconceptions")
        written = {
            name for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }  # fmt: skip

        assert written == {name for part in problem.parts for name in part.misconceptions}
