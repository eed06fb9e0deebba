"""A class of the tiny course, and runs over it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.batch.crew import Crew
from grader.batch.journal import Journal
from grader.batch.progress import Progress
from grader.batch.station import Orders
from grader.batch.work import work
from grader.course import Course
from grader.roster import HandedIn, Person


@pytest.fixture
def handed_in(submit) -> Callable[..., HandedIn]:
    """`handed_in("ada", {"problem1.py": source})` is a submission that is right but for these files."""

    def one(name: str, files: dict[str, str | None] | None = None) -> HandedIn:
        return HandedIn(key=name, folder=submit(files or {}, name), people=(Person(id=name, name=name.title()),))

    return one


@pytest.fixture
def orders(course) -> Orders:
    return Orders(course=course, assignment="tiny", seed=0, device="cpu")


@pytest.fixture
def run(tmp_path, course, orders) -> Callable[..., list[str]]:
    """`run(submissions)` grades them into the run folder, and returns what the staff must mend."""

    def graded(submissions: list[HandedIn], jobs: int = 2, folder: Path = tmp_path / "run") -> list[str]:
        assignment = Assignment(Course(course), "tiny")
        with Journal(folder) as journal, Progress(len(submissions), live=False) as told:
            return work(Crew(orders, jobs), assignment, journal, submissions, told)

    return graded


@pytest.fixture
def scores(tmp_path) -> Callable[..., dict[str, float]]:
    """`scores()` are those in the run folder's journal."""

    def found(folder: Path = tmp_path / "run") -> dict[str, float]:
        with Journal(folder) as journal:
            return {entry.handed_in.key: entry.report.score for entry in journal.entries()}

    return found
