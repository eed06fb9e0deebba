"""Canvas: the exported gradebook with the column of one assignment filled, to be imported again."""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook import cells
from grader.gradebook.export import Export
from grader.gradebook.filling import Filling, whole
from grader.gradebook.matching import matched
from grader.gradebook.sheet import Sheet
from grader.report.visible import one_line
from grader.roster import Marked
from grader.rubric import Rubric

NAME = "canvas.csv"
_ASSIGNMENT = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)
_IDS = dict.fromkeys(("ID", "SIS User ID", "SIS Login ID", "Integration ID"), str)
_EMAILS = ("SIS Login ID",)
_POINTS_POSSIBLE, _READ_ONLY = "Points Possible", "(read only)"
# What a teacher said of a student and this assignment; it is not ours to undo.
_SAID = frozenset({"EX", "N/A", _READ_ONLY.upper()})
_REMEDY = "name the file that Canvas makes: Grades, Export, Export Entire Gradebook"


def written(marked: Sequence[Marked], rubric: Rubric, exported: Path, assignment: str = "") -> Export:
    """The file that Canvas exported, with the final points in the column of one assignment and nothing else changed.

    `assignment` is its title in Canvas, its number there, or both as the column has them; without it, it is the one
    that is called like the rubric. `EX` and `N/A` stay, and so does the grade of who handed in nothing.

    Errors
        UsageError, with the file and what to do, for a file that is none, or without that column.
    """
    sheet = Sheet(exported, ("ID", "Section"), _REMEDY)
    column = _column(sheet, [assignment] if assignment else [rubric.title, rubric.id])
    id_ = sheet.column("ID")
    students = [row for row in range(1, len(sheet.rows)) if sheet.value(row, id_)]
    others = set(range(1, len(sheet.rows))) - set(students)
    possible = [row for row in sorted(others) if sheet.value(row, 0).startswith(_POINTS_POSSIBLE)]
    for row in possible:
        if sheet.value(row, column) == _READ_ONLY:
            raise UsageError(f"'{sheet.header[column]}' is read only", file=exported, remedy="name an assignment")
    whose = matched(marked, sheet, students, _IDS, _EMAILS)
    comma = sheet.decimal_comma([i for i, name in enumerate(sheet.header) if _ASSIGNMENT.fullmatch(name)])
    filling = Filling(sheet, column, comma, _SAID)
    for row, line in sorted(whose.lines.items()):
        filling.grade(row, line)
    worth = [sheet.value(row, column) for row in possible[:1]]
    return Export(NAME, sheet.data(), (*filling.notes, *whose.notes, *_worth(worth, rubric)))


def _worth(possible: list[str], rubric: Rubric) -> list[str]:
    """A note where Canvas gives the assignment other points than the rubric does; grades are not scaled."""
    total = whole(rubric)
    worth = [text for text in possible if text.replace(",", ".").rstrip("0").rstrip(".") != cells.number(total)]
    return [f"{text or 'no'} points possible in Canvas, {cells.number(total)} in the rubric" for text in worth]


def _column(sheet: Sheet, names: Sequence[str]) -> int:
    """The one column that is called like one of these: by number, by title, or by both."""
    titles = {i: found for i, name in enumerate(sheet.header) if (found := _ASSIGNMENT.fullmatch(name))}
    for name in names:
        columns = [i for i, title in titles.items() if name.strip() in (title[0], title[1].strip(), title[2])]
        if len(columns) == 1:
            return columns[0]
        if columns:
            numbers = ", ".join(titles[i][2] for i in columns)
            raise UsageError(f"several assignments are called '{name}'", file=sheet.path, remedy=f"name one: {numbers}")
    known = "; ".join(one_line(title[0], 100) for title in titles.values()) or "none"
    wanted = " or ".join(f"'{name}'" for name in names)
    raise UsageError(f"has no assignment {wanted}", file=sheet.path, remedy=f"name one of its assignments: {known}")
