"""Each misconception of dl_hw2 is told from the right answer and from the others of its part, at any seed."""

import copy
import functools
import inspect
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.matches_reference import MatchesReference
from grader.compare import conformed, disagreement
from grader.course import Course
from grader.document import read
from grader.errors import StudentFault
from grader.grading import grade
from grader.model import PartReport, Trial
from grader.reference import ReferenceModule
from grader.rubric import Part, Problem
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

COURSE = Path(__file__).resolve().parents[3]
ID = "dl_hw2"
SEEDS = range(5)
FEWEST = 5

ASSIGNMENT = Assignment(Course(COURSE), ID)
PROBLEMS = {problem.id: problem for problem in ASSIGNMENT.rubric.problems}
JUDGED = {part.id: (problem, part) for problem in PROBLEMS.values() for part in problem.parts if part.function}
# What is drawn has no right value, and so no wrong one: the laws say what is wrong.
DRAWN = {"3e", "5d"}
COMPARED = [id for id in JUDGED if id not in DRAWN]
# Mistakes that show in the shape of the answer, or in whether there is one.
STRUCTURAL = {
    "flat_never",
    "flat_along_the_mean",
    "grad_transposed",
    "grad_without_the_input",
    "gradient_added_up",
    "jacobian_transposed",
    "jacobian_added_up",
    "jacobian_times_the_point",
    "hessian_of_the_sum",
}

EXAMPLES = COURSE / "submissions_example" / ID
EXPECTED = read(EXAMPLES / "expected.yaml", dict[str, dict[str, str]])


def _partly_right() -> list[str]:
    """Examples that earn some of a part each, of which those before it earn all or nothing."""
    chosen, seen = [], set[str]()
    for name, verdicts in EXPECTED.items():
        parts = {part for part, verdict in verdicts.items() if verdict.startswith("partial")}
        if parts - seen:
            chosen.append(name)
            seen |= parts
    return chosen


PARTLY = _partly_right()


@functools.cache
def misconceptions_of(file: str) -> ReferenceModule:
    """The module of misconceptions beside the reference of a problem file."""
    return ReferenceModule(COURSE / "reference" / ID / file.replace(".py", "_misconceptions.py"))


class Case(NamedTuple):
    """One trial that decides on all of a part: the right value and the bound that a right answer keeps."""

    trial: Trial
    expected: Any
    bound: Any


@pytest.fixture(scope="module")
def cases(zygote: Zygote) -> Callable[..., list[Case]]:
    """`cases(problem, part, seed)` are the trials of a part without those of its shares, which explain nothing."""

    @functools.cache
    def bench(id: str, seed: int) -> Bench:
        return Bench(ASSIGNMENT, PROBLEMS[id], EXAMPLES / "correct", zygote, seed)

    def planned(problem: Problem, part: Part, seed: int) -> list[Case]:
        here = bench(problem.id, seed)
        made = []
        for trial in here.trials(part.function):
            answer = here.expected(part.function, trial)
            tolerances = [check.tolerance for check in part.checks if isinstance(check, MatchesReference)]
            tolerance = next(filter(None, tolerances), None)
            bound = tolerance.around(answer.value) if tolerance else answer.bound
            made.append(Case(trial, answer.value, bound))
        here.store.save()  # for the examples that are graded below
        return [case for case in made if not case.trial.share]

    return planned


def wrong_answer(problem: Problem, name: str, case: Case) -> Any:
    """What a student with this misconception answers."""
    module = misconceptions_of(problem.file)
    with np.errstate(all="ignore"):
        return module.function(name)(*module.arguments(name, case.trial))


def structured(value: Any, case: Case) -> Any:
    """The value with the structure of the right answer; itself where it has another."""
    try:
        return conformed(value, case.expected)
    except StudentFault:
        return value


def agree(problem: Problem, part: Part, one: list[Any], other: list[Any], cases: list[Case]) -> bool:
    """Whether two answers are the same within the bounds, in every trial."""
    form = problem.functions[part.function].compared
    for a, b, case in zip(one, other, cases, strict=True):
        shapes = [[np.shape(leaf) for leaf in (v if isinstance(v, tuple) else (v,))] for v in (a, b)]
        if shapes[0] != shapes[1] or (a is None) != (b is None):
            return False
        try:
            conformed(a, case.expected)
        except StudentFault:  # neither has the structure of the right answer
            if (a is None) != (b is None) or (a is not None and not np.allclose(a, b, rtol=1e-5)):
                return False
            continue
        if disagreement(form(a), form(b), case.bound):
            return False
    return True


@pytest.mark.parametrize("id", COMPARED)
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


@pytest.mark.parametrize("id", COMPARED)
def test_a_misconception_is_told_to_the_student_in_one_to_three_sentences(id):
    problem, part = JUDGED[id]
    for name in part.misconceptions:
        text = " ".join((inspect.getdoc(misconceptions_of(problem.file).function(name)) or "").split())

        sentences = re.findall(r"[^ ].*?[.?](?= [A-Za-z]|$)", text)
        assert 1 <= len(sentences) <= 3, name
        assert " ".join(sentences) == text, f"{name} does not end with a full stop"
        assert not re.search(r"\b(we|us|our)\b", text), name


@pytest.mark.parametrize("id", COMPARED)
def test_no_misconception_passes_for_the_right_answer_nor_for_another(cases, id):
    problem, part = JUDGED[id]
    for seed in SEEDS:
        tried = cases(problem, part, seed)
        right = [case.expected for case in tried]

        answers = {
            name: [structured(wrong_answer(problem, name, case), case) for case in tried]
            for name in part.misconceptions
        }

        assert [n for n, given in answers.items() if agree(problem, part, given, right, tried)] == [], f"seed {seed}"
        pairs = itertools.combinations(answers, 2)
        alike = [pair for pair in pairs if agree(problem, part, answers[pair[0]], answers[pair[1]], tried)]
        assert alike == [], f"seed {seed}"


@pytest.mark.parametrize("id", COMPARED)
def test_a_misconception_has_the_structure_of_the_right_answer_unless_that_is_the_mistake(cases, id):
    problem, part = JUDGED[id]
    other = set()
    for name, case in itertools.product(part.misconceptions, cases(problem, part, seed=0)):
        try:
            conformed(wrong_answer(problem, name, case), case.expected)
        except StudentFault:
            other.add(name)

    assert other == STRUCTURAL & set(part.misconceptions)


@pytest.mark.parametrize("id", COMPARED)
def test_a_misconception_answers_ordinary_inputs_with_finite_numbers(cases, id):
    problem, part = JUDGED[id]
    ordinary = [case for case in cases(problem, part, seed=0) if case.trial.regime == "normal"]
    for name, case in itertools.product(part.misconceptions, ordinary):
        answer = wrong_answer(problem, name, case)

        leaves = answer if isinstance(answer, tuple) else (answer,)
        assert all(leaf is None or np.isfinite(leaf).all() for leaf in leaves), name


@pytest.fixture(scope="module")
def with_torch():
    with Zygote(("numpy", "torch")) as ready:
        yield ready


def concerned(name: str) -> Assignment:
    """The assignment with those problems alone of which the example earns a part partly."""
    partly = {part for part, verdict in EXPECTED[name].items() if verdict.startswith("partial")}
    problems = tuple(p for p in ASSIGNMENT.rubric.problems if partly & {part.id for part in p.parts})
    own = copy.copy(ASSIGNMENT)
    own.rubric = msgspec.structs.replace(ASSIGNMENT.rubric, problems=problems)
    return own


def lost_by_shares_alone(part: PartReport) -> bool:
    """Whether all that a part lost are shares of its credit, which say themselves what is wrong."""
    return part.earned == pytest.approx(part.points * (1 - sum(s.credit for s in part.shares if not s.earned)))


@pytest.mark.parametrize("name", PARTLY)
def test_a_partly_right_example_is_explained_by_a_misconception_or_by_its_shares(with_torch, name):
    report, errors = grade(concerned(name), Submission(EXAMPLES / name), with_torch, 0)

    assert errors == []
    partly = [part for part in report.parts if part.status == "partial" and part.id not in DRAWN]
    explained = {part.id: part.misconception is not None for part in partly}
    assert explained == {part.id: not lost_by_shares_alone(part) for part in partly}
