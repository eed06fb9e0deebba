"""`gradebook.csv`: a line for everybody, with a column for every part."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from grader.gradebook import cells
from grader.gradebook.export import Export, Standing, open_parts, standing
from grader.model import UNJUDGED
from grader.policy.times import clock
from grader.roster import Marked
from grader.rubric import Rubric

NAME = "gradebook.csv"
_FACTS = ("id", "name", "email", "section", "group", "status", "submitted", "late", "score", "final", "max", "pending")


def written(marked: Sequence[Marked], rubric: Rubric) -> Export:
    """The class in UTF-8 with a mark in front (without it, spreadsheets take it for something else).

    `status` is graded, incomplete, not graded, refused or missing; `submitted` a time with its offset; `late` how long
    after their deadline, in hours, minutes and seconds; `score` what was earned and `final` what is left of it; `max`
    the points that could be judged, and `pending` those that a person has yet to give. The column of a part is empty
    where it is not judged.
    """
    parts = [part.id for problem in rubric.problems for part in problem.parts]
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*_FACTS, *parts, "remarks"])
    table.writerows([*_facts(line), *_points(line, parts), _remarks(line)] for line in marked)
    return Export(NAME, file.getvalue().encode("utf-8-sig"), tuple(_notes(marked)))


def _facts(line: Marked) -> list[str]:
    person = line.person
    own = [cells.text(value, 200) for value in (person.id, person.name, person.email, person.section, person.group)]
    submitted = line.handed_in.submitted_at if line.handed_in else None
    points = (line.score, line.final, line.max_score, line.pending_points)
    return [
        *own,
        standing(line),
        submitted.isoformat(timespec="seconds") if submitted else "",
        clock(line.late) if line.late and line.late > timedelta(0) else "",
        *map(cells.number, points),
    ]


def _points(line: Marked, parts: Sequence[str]) -> Iterator[str]:
    earned = {part.id: part for part in (line.report.parts if line.report else ())}
    for id in parts:
        part = earned.get(id)
        yield "" if part is None or part.status in UNJUDGED else cells.number(part.earned)


def _remarks(line: Marked) -> str:
    notes = line.handed_in.notes if line.handed_in else ()
    waiting = [f"to be judged: {part}" for part in (open_parts(line.report) if line.report else ())]
    return cells.texts([*line.remarks, *waiting, *notes])


def _notes(marked: Sequence[Marked]) -> Iterator[str]:
    """How many lines are in which state, where that is not simply graded."""
    states = [standing(line) for line in marked]
    for state in Standing:
        if state is not Standing.GRADED and state in states:
            yield f"{states.count(state)} {state}"
