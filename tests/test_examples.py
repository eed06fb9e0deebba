"""Every example submission gets exactly the verdicts of its expected.yaml, whatever the seed.

So a right answer in any style earns every point that a machine gives, and each wrong one loses what its name says.
"""

import copy
import os
from pathlib import Path

import msgspec
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.document import read
from grader.grading import grade
from grader.model import PartReport, Report, Status
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

ROOT = Path(__file__).parent.parent
SEEDS = range(int(os.environ.get("SEEDS", "20")))
ASSIGNMENTS = ["ntu_ml_hw2", "dl_theory_2024"]
MACHINE_POINTS = {"ntu_ml_hw2": (68.5, 31.5), "dl_theory_2024": (39, 33)}


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


def graded(assignment: Assignment, folder: Path, zygotes: dict[bool, Zygote], seed: int) -> Report:
    submission = Submission(folder)
    torch = submission.needs_torch() or takes_tensors(assignment)
    report, errors = grade(assignment, submission, zygotes[torch], seed)
    assert errors == []
    return report


def takes_tensors(assignment: Assignment) -> bool:
    return any(settings.tensors for problem in assignment.rubric.problems for settings in problem.functions.values())


def verdict(part: PartReport) -> str:
    """The status of a part, with its credit where that does not follow from it."""
    if part.status is Status.PARTIAL:
        return f"partial {part.earned / part.points:.3g}"
    assert part.earned == (part.points if part.status is Status.CORRECT else 0)
    return str(part.status)


def expected_verdicts(report: Report, expectation: dict[str, str]) -> dict[str, str]:
    usual = expectation.get("*", "correct")
    return {part.id: expectation.get(part.id, usual if part.function else "pending") for part in report.parts}


@pytest.mark.parametrize(("assignment", "name"), EXAMPLES, ids=[f"{a}-{name}" for a, name in EXAMPLES])
def test_an_example_gets_its_verdicts(assignments, zygotes, assignment, name):
    patient = assignments[assignment]
    expectation = expectations(assignment)[name]
    if "timed out" in expectation.values():
        patient = hurried(patient)

    for seed in SEEDS:
        report = graded(patient, ROOT / "submissions_example" / assignment / name, zygotes, seed)

        found = {part.id: verdict(part) for part in report.parts}
        assert found == expected_verdicts(report, expectation), f"seed {seed}"
        assert report.score == pytest.approx(sum(part.earned for part in report.parts))
        assert (report.max_score, report.pending_points) == MACHINE_POINTS[assignment]
        assert all(part.feedback for part in report.parts if part.status not in (Status.CORRECT, Status.PENDING))


def hurried(assignment: Assignment) -> Assignment:
    """The same assignment with a time limit that a test can wait for."""
    quick = copy.copy(assignment)
    limits = msgspec.structs.replace(assignment.rubric.limits, seconds=1.0)
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
