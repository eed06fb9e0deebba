"""A class of made-up students: reports that say what a test wants, joined to people as a gradebook does."""

from pathlib import Path

from grader.model import PartReport, ProblemReport, Report, Status, Trials, problem_points, report_points
from grader.roster import HandedIn, Marked, Person
from grader.rubric import Part, Problem, Rubric, WrittenItem

POINTS = {"1a": 4.0, "1b": 2.0, "2a": 3.0, "2b": 1.0}
WRITTEN = {"2w": 2.0}
IDS = (*POINTS, *WRITTEN)


def _part(id):
    items = (WrittenItem(points=WRITTEN[id], criterion="because"),) if id in WRITTEN else ()
    return Part(id=id, points=(POINTS | WRITTEN)[id], criterion=f"what {id} asks for", written=items)


RUBRIC = Rubric(
    id="sums",
    title="Sums and why they are right",
    problems=tuple(
        Problem(
            id=problem,
            title=f"Problem {problem}",
            file=f"problem{problem}.py",
            functions={},
            parts=tuple(_part(id) for id in IDS if id[0] == problem),
        )
        for problem in "12"
    ),
)


def part(id, status=Status.CORRECT, credit=None, **more):
    """A part of a report: correct earns all, everything else nothing, where no credit is given."""
    points = (POINTS | WRITTEN)[id]
    credit = float(status is Status.CORRECT) if credit is None else credit
    facts = {"seconds": 0.5, "trials": Trials(passed=0, total=4), "function": "f", "criterion": f"what {id} asks for"}
    return PartReport(
        **{"id": id, "problem": id[0], "points": points, "earned": points * credit, "status": status} | facts | more
    )


def report(*parts):
    """A report with these parts; what is not named is correct, or pending where it is written."""
    given = {own.id: own for own in parts}
    whole = tuple(given.get(id, part(id, Status.PENDING if id in WRITTEN else Status.CORRECT)) for id in IDS)
    problems = tuple(
        ProblemReport(
            id=problem.id,
            title=problem.title,
            file=problem.file,
            **problem_points([own for own in whole if own.problem == problem.id]),
        )
        for problem in RUBRIC.problems
    )
    facts = {"seed": 1, "isolation": "full", "device": "cpu", "versions": {"grader": "0.1.0"}}
    return Report(
        assignment=RUBRIC.id,
        title=RUBRIC.title,
        submission="s",
        student=None,
        collaborators=(),
        **report_points(problems),
        **facts,
        problems=problems,
        parts=whole,
    )


def person(id, **more):
    return Person(**{"id": id, "name": f"Student {id.upper()}", "email": f"{id}@example.org"} | more)


def submitted(id, *parts, group=(), kept=1.0, remarks=(), **more):
    """The lines of one submission: of a person, and of the others of the group. `kept` is what lateness leaves."""
    people = tuple(map(person, (id, *group)))
    handed_in = HandedIn(**{"key": id, "folder": Path(id), "people": people} | more)
    own = report(*parts)
    return [
        Marked(
            person=one,
            handed_in=handed_in,
            report=own,
            score=own.score,
            final=kept * own.score,
            max_score=own.max_score,
            pending_points=own.pending_points,
            remarks=remarks,
        )
        for one in people
    ]


def missing(id):
    """The line of somebody who handed in nothing."""
    return Marked(person=person(id))


def ungraded(id):
    """The line of somebody whose submission has no report."""
    return Marked(person=person(id), handed_in=HandedIn(key=id, folder=Path(id), people=(person(id),)))
