"""Grades written into a platform's file: only those that are final, and never over what a person said."""

import math
from collections.abc import Collection

from grader.gradebook import cells
from grader.gradebook.export import Standing, open_parts, standing, who
from grader.gradebook.sheet import Sheet
from grader.report.visible import one_line
from grader.roster import Marked
from grader.rubric import Rubric


class Filling:
    """The column of grades of a file, as far as it is filled; `notes` say what was left as it is.

    `said` are the words in it (in capitals) that stand for a teacher's decision.
    """

    def __init__(self, sheet: Sheet, column: int, decimal_comma: bool, said: Collection[str] = ()) -> None:
        self.sheet, self.column, self.decimal_comma, self.said = sheet, column, decimal_comma, said
        self.notes: list[str] = []

    def grade(self, row: int, line: Marked) -> bool:
        """Writes somebody's grade; whether it was written."""
        why = self._refusal(self.sheet.value(row, self.column), line)
        if why:
            self.notes.append(f"left as it is: {who(line.person)}, {why}")
            return False
        value, there = cells.number(line.final), self.sheet.value(row, self.column)
        if there and not _same(there, line.final):
            self.notes.append(f"{who(line.person)}: {one_line(there, 40)} becomes {value}")
        self.sheet.fill(row, self.column, value.replace(".", ",") if self.decimal_comma else value)
        return True

    def _refusal(self, there: str, line: Marked) -> str:
        """Why a grade is not written; '' where it is."""
        state = standing(line)
        if there.upper() in self.said:
            return f"marked {there}"
        if state is Standing.INCOMPLETE and line.report is not None:
            return f"still to be judged: {', '.join(open_parts(line.report))}"
        if state in (Standing.NOT_GRADED, Standing.REFUSED):
            return f"{state}"
        if state is Standing.MISSING and there:
            return f"handed in nothing, and has {there} already"
        return ""


def _same(there: str, points: float) -> bool:
    """Whether a cell holds these points already, however they are written."""
    try:
        return math.isclose(float(there.replace(",", ".")), points, abs_tol=0.005)
    except ValueError:
        return False


def whole(rubric: Rubric) -> float:
    """All points of an assignment, those that a person marks included."""
    return sum(part.points for problem in rubric.problems for part in problem.parts)
