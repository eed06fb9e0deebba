"""Each misconception of ntu_ml_hw2 is told from the right answer and from the others of its part, at any seed."""

import functools
import inspect
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.matches_reference import MatchesReference
from grader.compare import conformed, disagreement
from grader.course import Course
from grader.document import read
from grader.errors import StudentFault
from grader.model import Trial
from grader.reference import ReferenceModule
from grader.rubric import Part, Problem
from grader.sandbox.zygote import Zygote
from grader.sides import ReferenceSide, StudentSide

COURSE = Path(__file__).resolve().parents[2]
ID = "ntu_ml_hw2"
SEEDS = range(5)
FEWEST = 5

ASSIGNMENT = Assignment(Course(COURSE), ID)
PROBLEMS = {problem.id: problem for problem in ASSIGNMENT.rubric.problems}
JUDGED = {part.id: (problem, part) for problem in PROBLEMS.values() for part in problem.parts if part.function}
# Parts whose answer is free up to an affine function: there the values alone do not say that an answer is wrong.
FREE = [id for id, (_, part) in JUDGED.items() if not any(isinstance(check, MatchesReference) for check in part.checks)]

EXAMPLES = COURSE / "submissions_example" / ID
WRONG = [
    (example, part)
    for example, verdicts in read(EXAMPLES / "expected.yaml", dict[str, dict[str, str]]).items()
    for part, verdict in verdicts.items()
    if verdict.startswith(("wrong", "partial"))
]


@functools.cache
def misconceptions_of(file: str) -> ReferenceModule:
    """The module of misconceptions beside the reference of a problem file."""
    return ReferenceModule(COURSE / "reference" / ID / file.replace(".py", "_misconceptions.py"))


class Case(NamedTuple):
    """One trial of a part: the right value and the bound that a right answer keeps."""

    trial: Trial
    expected: Any
    bound: Any


@pytest.fixture(scope="module")
def bench(zygote: Zygote) -> Callable[..., Bench]:
    """`bench(problem, seed, submission)` is one problem of an example submission with the trials of a seed."""

    @functools.cache
    def made(id: str, seed: int, submission: str) -> Bench:
        return Bench(ASSIGNMENT, PROBLEMS[id], EXAMPLES / submission, zygote, seed)

    return lambda problem, seed, submission="correct": made(problem.id, seed, submission)


@pytest.fixture(scope="module")
def cases(bench) -> Callable[..., list[Case]]:
    """`cases(problem, part, seed)` are the trials that the rubric plans for a part."""

    def planned(problem: Problem, part: Part, seed: int) -> list[Case]:
        here = bench(problem, seed)
        reference = ReferenceSide(here, part)
        made = []
        for trial in here.trials(part.function):
            expected = reference.answer(trial)
            tolerances = [check.tolerance for check in part.checks if isinstance(check, MatchesReference)]
            tolerance = next(filter(None, tolerances), None)
            made.append(Case(trial, expected, tolerance.around(expected) if tolerance else reference.bound(trial)))
        here.store.save()  # so that the right answers need not be measured again with each example
        return made

    return planned


def wrong_answer(problem: Problem, part: Part, name: str, case: Case) -> Any:
    """What a student with this misconception answers, with the structure of the right answer."""
    module = misconceptions_of(problem.file)
    with np.errstate(all="ignore"):
        value = module.function(name)(*module.arguments(name, case.trial))
        if points := problem.functions[part.function].evaluated_at:
            value = np.array([value(point) for point in points])
    return conformed(value, case.expected)


def agree(one: list[Any], other: list[Any], cases: list[Case]) -> bool:
    """Whether two answers are the same within the bounds, in every trial."""
    return not any(disagreement(a, b, case.bound) for a, b, case in zip(one, other, cases, strict=True))


@pytest.mark.parametrize("id", JUDGED)
def test_a_part_lists_at_least_five_that_earn_less_than_all(id):
    _, part = JUDGED[id]

    assert len(part.misconceptions) >= FEWEST
    assert all(0 <= credit < 1 for credit in part.misconceptions.values())


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.id)
def test_every_misconception_is_listed_and_every_listed_one_exists(problem):
    module = misconceptions_of(problem.file).module
    written = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }

    assert written == {name for part in problem.parts for name in part.misconceptions}


@pytest.mark.parametrize("id", JUDGED)
def test_a_misconception_is_told_to_the_student_in_one_to_three_sentences(id):
    problem, part = JUDGED[id]
    for name in part.misconceptions:
        text = " ".join((inspect.getdoc(misconceptions_of(problem.file).function(name)) or "").split())

        sentences = re.findall(r"[^ ].*?[.?](?= [A-Za-z]|$)", text)
        assert 1 <= len(sentences) <= 3, name
        assert " ".join(sentences) == text, f"{name} does not end with a full stop"
        assert not re.search(r"\b(we|us|our)\b", text), name


@pytest.mark.parametrize("id", JUDGED)
def test_no_misconception_passes_for_the_right_answer_nor_for_another(cases, id):
    problem, part = JUDGED[id]
    for seed in SEEDS:
        tried = cases(problem, part, seed)
        right = [case.expected for case in tried]

        answers = {name: [wrong_answer(problem, part, name, case) for case in tried] for name in part.misconceptions}

        assert [name for name, given in answers.items() if agree(given, right, tried)] == [], f"seed {seed}"
        pairs = itertools.combinations(answers, 2)
        assert [pair for pair in pairs if agree(answers[pair[0]], answers[pair[1]], tried)] == [], f"seed {seed}"


@pytest.mark.parametrize("id", JUDGED)
def test_a_misconception_answers_ordinary_inputs_with_finite_numbers(cases, id):
    problem, part = JUDGED[id]
    ordinary = [case for case in cases(problem, part, seed=0) if case.trial.regime == "normal"]
    for name, case in itertools.product(part.misconceptions, ordinary):
        answer = wrong_answer(problem, part, name, case)

        assert all(np.isfinite(value).all() for value in (answer if isinstance(answer, tuple) else (answer,))), name


@pytest.mark.parametrize("id", FREE)
def test_what_is_free_up_to_an_affine_function_is_wrong_by_more_than_that(cases, id):
    problem, part = JUDGED[id]
    right, module = ASSIGNMENT.references[problem.id].function(part.function), misconceptions_of(problem.file)
    for name, seed in itertools.product(part.misconceptions, SEEDS):

        def excess(point, name=name):
            return module.function(name)(point) - right(point)

        bends = [
            excess(p) + excess(q) - 2 * excess((p + q) / 2)
            for case in cases(problem, part, seed)
            for p, q in zip(case.trial.inputs["p"], case.trial.inputs["q"], strict=True)
        ]

        assert np.max(np.abs(bends)) > 1e-3, f"{name} differs from the right answer by an affine function, seed {seed}"


@pytest.mark.parametrize(("example", "id"), WRONG, ids=[f"{example}-{id}" for example, id in WRONG])
def test_a_wrong_example_is_explained_by_a_misconception_unless_its_shape_is_wrong(bench, cases, example, id):
    problem, part = JUDGED[id]
    for seed in SEEDS:
        tried = cases(problem, part, seed)
        here = bench(problem, seed, example)
        try:
            with here.student:
                given = [StudentSide(here, part).answer(case.trial) for case in tried]
        except StudentFault as fault:
            assert "shape" in fault.fault.message  # for which there is a sentence already
            continue

        explained = [
            name
            for name in part.misconceptions
            if agree(given, [wrong_answer(problem, part, name, case) for case in tried], tried)
        ]

        assert len(explained) == 1, f"seed {seed}"
