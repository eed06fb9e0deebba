"""Every example submission gets exactly the verdicts of its expected.yaml, whatever the seed.

So a right answer in any style earns every point that a machine gives, and each wrong one loses what its name says.
Most examples are copies of `correct` but for a file: the others are judged with the first seed only.
"""

import copy
import functools
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from grader import smallest
from grader.assignment import Assignment
from grader.course import Course
from grader.document import read
from grader.grading import grade
from grader.model import PartReport, Report, Status
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

ROOT = Path(__file__).parent.parent
# As many as leave room for the other tests; SEEDS=20 and more now and then.
SEEDS = range(int(os.environ.get("SEEDS", "3")))
# Points by machine and by hand, as the homeworks are set.
POINTS = {
    "ntu_ml_hw2": (68.5, 31.5),
    "ntu_ml_hw4": (87, 13),
    "cpen455_hw1": (117, 13),
    "dl_hw2": (73, 27),
    "dl_theory_2024": (39, 33),
}
ASSIGNMENTS = list(POINTS)


def expectations(assignment: str) -> dict[str, dict[str, str]]:
    return read(ROOT / "submissions_example" / assignment / "expected.yaml", dict[str, dict[str, str]])


EXAMPLES = [(assignment, name) for assignment in ASSIGNMENTS for name in expectations(assignment)]


@pytest.fixture(scope="module")
def assignments() -> dict[str, Assignment]:
    return {name: Assignment(Course(ROOT), name) for name in ASSIGNMENTS}


@pytest.fixture(scope="module")
def zygotes():
    with Zygote() as numpy_only, Zygote(("numpy", "torch")) as with_torch:
        yield {False: numpy_only, True: with_torch}


Grader = Callable[..., Report]


@pytest.fixture(scope="module")
def graded(assignments, zygotes) -> Grader:
    """`graded(assignment, example, seed, problems, seconds)` is the report of an example on these problems, or all."""

    def report(assignment: str, name: str, seed: int, problems: set[str] | None = None, seconds: float = 0) -> Report:
        judge = hurried(assignments[assignment], seconds) if seconds else assignments[assignment]
        submission = Submission(folder_of(assignment, name))
        torch = submission.needs_torch() or judge.rubric.takes_tensors()
        report, errors = grade(judge, submission, zygotes[torch], seed, problems)
        assert errors == []
        return report

    return report


@pytest.fixture(scope="module")
def right(graded) -> Grader:
    """`right(assignment, seed)` is the report of the example `correct`, which is judged in full, once."""
    return functools.cache(lambda assignment, seed: graded(assignment, "correct", seed))


def folder_of(assignment: str, name: str) -> Path:
    return ROOT / "submissions_example" / assignment / name


def own_problems(assignment: Assignment, name: str) -> set[str]:
    """The problems whose files an example does not share with `correct`: all, where more files might matter."""
    files, right = (files_of(folder_of(assignment.rubric.id, example)) for example in (name, "correct"))
    problems = {problem.id: problem.file for problem in assignment.rubric.problems}
    if not (files.keys() | right.keys()) <= {*problems.values(), "submission.yaml"}:
        return {*problems}
    return {id for id, file in problems.items() if files.get(file) != right.get(file)}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def verdict(part: PartReport) -> str:
    """The status of a part, with its credit where that does not follow from it."""
    if part.status is Status.PARTIAL:
        return f"partial {part.earned / part.points:.3g}"
    assert part.earned == (part.points if part.status is Status.CORRECT else 0)
    return str(part.status)


def expected_verdicts(parts: dict[str, PartReport], expectation: dict[str, str]) -> dict[str, str]:
    usual = expectation.get("*", "correct")
    return {id: expectation.get(id, usual if part.function else "pending") for id, part in parts.items()}


@pytest.mark.parametrize(("assignment", "name"), EXAMPLES, ids=[f"{a}-{name}" for a, name in EXAMPLES])
def test_an_example_gets_its_verdicts(assignments, graded, right, monkeypatch, assignment, name):
    expectation = expectations(assignment)[name]
    seconds = 1.0 if "timed out" in expectation.values() else 0
    own = None  # with the first seed all problems are judged: whoever shares a file is seen to share its verdicts
    for seed in SEEDS:
        correct = right(assignment, seed)
        report = correct if name == "correct" else graded(assignment, name, seed, own, seconds)

        parts = {part.id: part for part in (*correct.parts, *report.parts)}
        found = {id: verdict(part) for id, part in parts.items()}
        assert found == expected_verdicts(parts, expectation), f"seed {seed}"
        assert report.score == pytest.approx(sum(part.earned for part in report.parts))
        points = {problem.id: problem for problem in (*correct.problems, *report.problems)}.values()
        assert sum(problem.max_score for problem in points) == POINTS[assignment][0]
        assert sum(problem.pending_points for problem in points) == POINTS[assignment][1]
        assert all(part.feedback for part in report.parts if part.status not in (Status.CORRECT, Status.PENDING))
        own = own_problems(assignments[assignment], name)
        # Most of the time would go into examples that are shown with the verdicts and are no part of them.
        monkeypatch.setattr(smallest, "smallest", lambda *_: None)


def hurried(assignment: Assignment, seconds: float) -> Assignment:
    """The same assignment with a time limit that a test can wait for."""
    quick = copy.copy(assignment)
    limits = msgspec.structs.replace(assignment.rubric.limits, seconds=seconds)
    quick.rubric = msgspec.structs.replace(assignment.rubric, limits=limits)
    return quick


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_folder_of_examples_has_its_expectation(assignment):
    folders = {path.name for path in (ROOT / "submissions_example" / assignment).iterdir() if path.is_dir()}

    assert folders == set(expectations(assignment))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_expectations_name_only_parts_that_there_are(assignment, assignments):
    named = {part for parts in expectations(assignment).values() for part in parts} - {"*"}

    parts = {part.id for problem in assignments[assignment].rubric.problems for part in problem.parts if part.checks}
    assert named <= parts
