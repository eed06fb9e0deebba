"""Every misconception that the rubric lists is a wrong answer, told from the right one and from the others."""

import functools
import inspect
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.matches_reference import MatchesReference
from grader.compare import conformed, disagreement
from grader.errors import StudentFault
from grader.model import Trial
from grader.rubric import Part, Problem
from grader.sides import ReferenceSide
from grader.tolerance import ROUNDINGS

SEEDS = range(5)
FEWEST = 5
COURSE = Path(__file__).resolve().parents[3]
LISTED = {
    part["id"]: list(part["misconceptions"])
    for problem in yaml.load((COURSE / "rubrics" / "cpen455_hw1.yaml").read_text("utf-8"), yaml.BaseLoader)["problems"]
    for part in problem["parts"]
    if "misconceptions" in part
}
# Their answers are draws, which have no values to be told apart.
SAMPLERS = {"1.1.dropout", "1.5.sample_kept_units", "3.3.kaiming_init"}


class Case(NamedTuple):
    """One main trial of a part: the right value as it is compared, its bound, and how anything is brought there."""

    trial: Trial
    expected: Any
    bound: Any
    form: Callable[[Any], Any]


def found(cpen: Assignment, id: str) -> tuple[Problem, Part]:
    return next((problem, part) for problem in cpen.rubric.problems for part in problem.parts if part.id == id)


@pytest.fixture(scope="module")
def cases(cpen, zygote) -> Callable[[str, int], list[Case]]:
    """`cases("3.1.forward", seed)` are the trials by which a misconception is recognised."""

    @functools.cache
    def bench(id: str, seed: int) -> Bench:
        problem = next(problem for problem in cpen.rubric.problems if problem.id == id)
        return Bench(cpen, problem, COURSE / "submissions_example" / "cpen455_hw1" / "correct", zygote, seed)

    @functools.cache
    def of_part(id: str, seed: int) -> list[Case]:
        problem, part = found(cpen, id)
        here = bench(problem.id, seed)
        side = ReferenceSide(here, part)
        tolerance = next((check.tolerance for check in part.checks if isinstance(check, MatchesReference)), None)
        made = []
        for trial in here.trials(part.function):
            expected = side.answer(trial)
            bound = tolerance.around(expected) if tolerance else side.bound(trial)
            if not trial.share:
                made.append(Case(trial, expected, bound, side.compared))
        return made

    return of_part


def answer(cpen: Assignment, problem: Problem, name: str, trial: Trial) -> Any:
    """What a student with this misconception answers."""
    reference = cpen.references[problem.id]
    function = reference.misconception(name)
    with np.errstate(all="ignore"):
        return function(*reference.arguments_of(function, trial.inputs, name))


def agree(one: Any, other: Any, case: Case) -> bool:
    """Whether two answers to a trial are the same; those of another structure than the right one's, entry by entry."""
    try:
        one = conformed(one, other, loose=True)
        right_structure = [conformed(value, case.expected, loose=True) for value in (one, other)]
    except StudentFault:
        return _same(one, other)
    forms = [case.form(value) for value in right_structure]
    return not disagreement(*forms, case.bound)


def _same(one: Any, other: Any) -> bool:
    if isinstance(other, (tuple, list)):
        alike = isinstance(one, (tuple, list)) and len(one) == len(other)
        return alike and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if np.shape(one) != np.shape(other):
        return False
    return bool(np.allclose(one, other, rtol=ROUNDINGS * 2.0**-24, atol=0, equal_nan=True))


@pytest.mark.parametrize("id", LISTED)
def test_misconceptions_are_told_from_the_right_answer_and_from_each_other(cpen, cases, id):
    problem, _ = found(cpen, id)
    for seed in SEEDS:
        tried = cases(id, seed)
        answers = {name: [answer(cpen, problem, name, case.trial) for case in tried] for name in LISTED[id]}

        right = [name for name, given in answers.items() if all_agree(given, [c.expected for c in tried], tried)]
        pairs = itertools.combinations(answers, 2)
        same = [(a, b) for a, b in pairs if all_agree(answers[a], answers[b], tried)]

        assert right == [], f"seed {seed}"
        assert same == [], f"seed {seed}"


def all_agree(one: list[Any], other: list[Any], tried: list[Case]) -> bool:
    return all(agree(*each) for each in zip(one, other, tried, strict=True))


@pytest.mark.parametrize("id", LISTED)
def test_a_misconception_is_told_to_the_student_in_one_to_three_sentences(cpen, id):
    problem, part = found(cpen, id)
    for name in LISTED[id]:
        text = " ".join((inspect.getdoc(cpen.references[problem.id].misconception(name)) or "").split())

        sentences = re.findall(r"[^ ].*?[.?](?= [A-Za-z]|$)", text)
        assert 1 <= len(sentences) <= 4 and 20 < len(text) < 300, name
        assert " ".join(sentences) == text, f"{name} does not end with a full stop"
        assert not re.search(r"\b(we|us|our)\b", text), name
        assert 0 <= part.misconceptions[name] < 1


@pytest.mark.parametrize("id", LISTED)
def test_a_misconception_answers_ordinary_inputs_with_finite_numbers(cpen, cases, id):
    problem, _ = found(cpen, id)
    ordinary = [case for case in cases(id, 0) if case.trial.regime == "normal"]
    for name, case in itertools.product(LISTED[id], ordinary):
        if case.trial.inputs.get("p") not in (0, 1):
            assert finite(answer(cpen, problem, name, case.trial)), name


def finite(value: Any) -> bool:
    return all(map(finite, value)) if isinstance(value, (tuple, list)) else bool(np.isfinite(value).all())


def test_every_part_that_is_judged_by_values_lists_at_least_five(cpen):
    parts = [part for problem in cpen.rubric.problems for part in problem.parts if part.checks]

    assert {part.id for part in parts if len(part.misconceptions) < FEWEST} == SAMPLERS


@pytest.mark.parametrize("id", ["1", "2", "3"])
def test_every_misconception_that_is_written_is_listed(cpen, id):
    module = inspect.getmodule(cpen.references[id].misconception(next(iter_listed(cpen, id))))
    written = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }

    assert written == set(iter_listed(cpen, id))


def iter_listed(cpen: Assignment, id: str):
    problem = next(problem for problem in cpen.rubric.problems if problem.id == id)
    return (name for part in problem.parts for name in part.misconceptions)


@pytest.mark.parametrize("id", LISTED)
def test_misconceptions_leave_their_arguments_as_they_were(cpen, cases, id):
    problem, _ = found(cpen, id)
    for case in cases(id, 0):
        before = [a.copy() for a in arrays(list(case.trial.inputs.values()))]

        for name in LISTED[id]:
            answer(cpen, problem, name, case.trial)

        after = arrays(list(case.trial.inputs.values()))
        assert all(np.array_equal(a, b) for a, b in zip(after, before, strict=True))


def arrays(values: list[Any]) -> list[Any]:
    """All arrays among these values and in lists of them."""
    lists = [arrays(value) for value in values if isinstance(value, list)]
    return [value for value in values if isinstance(value, np.ndarray)] + list(itertools.chain(*lists))
