"""A class of made-up people with a report in every state, for everything that writes grades."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.model import (
    UNJUDGED,
    Counterexample,
    PartReport,
    ProblemReport,
    Report,
    Status,
    Trials,
    problem_points,
    report_points,
)
from grader.roster import HandedIn, Marked, Person
from grader.rubric import Rubric

WHEN = datetime.fromisoformat("2026-05-03T22:15:07.250000+02:00")


@pytest.fixture
def rubric(assignment) -> Rubric:
    """The rubric of the tiny assignment: seven parts of 19 points, 2 of them written."""
    return assignment.rubric


@pytest.fixture
def report(rubric) -> Callable[..., Report]:
    """`report(**{"1a": "wrong"})` is a report in which every part is right but for these, and 2c is pending.

    With `feedback`, that is said of every part that is not right, with a counterexample and a traceback of it.
    """

    def made(feedback: str = "", **statuses: str) -> Report:
        statuses = {"2c": "pending", **statuses}
        parts = [
            _part(part.id, problem.id, part.points, part.criterion, Status(statuses.get(part.id, "correct")), feedback)
            for problem in rubric.problems
            for part in problem.parts
        ]
        problems = [
            ProblemReport(id=problem.id, title=problem.title, file=problem.file,
                          **problem_points([part for part in parts if part.problem == problem.id]))
            for problem in rubric.problems
        ]  # fmt: skip
        return Report(
            assignment=rubric.id, title=rubric.title, submission="handed_in", student=None, collaborators=(), seed=7,
            isolation="full", device="cpu", versions={"grader": "0.1.0"}, problems=tuple(problems), parts=tuple(parts),
            **report_points(problems),
        )  # fmt: skip

    return made


def _part(id: str, problem: str, points: float, criterion: str, status: Status, feedback: str) -> PartReport:
    earned = {Status.CORRECT: points, Status.PARTIAL: points / 2}.get(status, 0.0)
    told = status is not Status.CORRECT and feedback
    shown = Counterexample(trial=f"{id}/0", regime="normal", call="centre(x)", inputs={"x": feedback}, got=feedback,
                           problem=feedback, script=feedback)  # fmt: skip
    return PartReport(
        id=id, problem=problem, criterion=criterion, points=points, earned=earned, status=status, seconds=0.25,
        feedback=feedback if told else "", traceback=feedback if told else "", remarks=(feedback,) if told else (),
        counterexample=shown if told and status not in UNJUDGED else None, trials=Trials(passed=1, total=2),
    )  # fmt: skip


@pytest.fixture
def line(report) -> Callable[..., Marked]:
    """`line("s1", report(), final=3)` is the line of that person; without a report nothing was handed in."""

    def made(id: str, of: Report | None = None, *, person: Person | None = None, origin: str = "", **more) -> Marked:
        person = person or Person(id=id, name=f"Name {id}", email=f"{id}@example.org", section="A", group="g1")
        if of is None:
            return Marked(person=person, **{"max_score": 17.0, "remarks": ("nothing was handed in",), **more})
        handed_in = HandedIn(key=id, folder=Path(id), people=(person,), submitted_at=WHEN, origin=origin)
        facts = {"score": of.score, "final": of.score, "max_score": of.max_score, "pending_points": of.pending_points}
        return Marked(person=person, **{"handed_in": handed_in, "report": of, **facts, **more})

    return made


@pytest.fixture
def everybody(report, line) -> list[Marked]:
    """Somebody in every state: graded, late, incomplete, not graded, refused, missing."""
    waiting = HandedIn(key="s4", folder=Path("s4"), people=(Person(id="s4"),), submitted_at=WHEN)
    return [
        line("s1", report(**{"1b": "wrong", "1c": "partial"})),
        line("s2", report(), final=13.6, late=timedelta(hours=26, seconds=4), remarks=("2 days late: 20 % less",)),
        line("s3", report(**{"2a": "internal error", "2b": "deferred"})),
        line("s4", None, handed_in=waiting, remarks=("not graded yet: s4",)),
        line("s5", None, refused="s5.rar: no zip", remarks=("refused: s5.rar: no zip",)),
        line("s6"),
    ]
