"""Moodle: the grading worksheet of an assignment with grades and feedback filled in, to be uploaded again."""

import html
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook import cells
from grader.gradebook.export import Export, who
from grader.gradebook.filling import Filling, whole
from grader.gradebook.matching import matched
from grader.gradebook.sheet import Sheet
from grader.report import words
from grader.report.visible import one_line
from grader.roster import Marked
from grader.rubric import Rubric

NAME = "moodle.csv"
_PARTICIPANT = re.compile(r"\D*(\d+)")
_ORIGIN = re.compile(r"[^_/]+_(\d+)_assignsubmission_")
_SIGNS_AFTER_ENTITY, _SIGN = re.compile(r";[\s=+@-]*[=+@-]"), re.compile("[=+@-]")
_EMAILS = ("Email address",)
_REMEDY = (
    "name the worksheet that Moodle makes in English: allow the assignment's offline grading worksheet, then"
    " Submissions, Download grading worksheet"
)
# How our own feedback begins, by which it is known the next time.
OPENING = "By machine: "


def written(
    marked: Sequence[Marked],
    rubric: Rubric,
    worksheet: Path,
    *,
    grade: str = "Grade",
    feedback: str = "Feedback comments",
) -> Export:
    """The worksheet that Moodle made, with `Grade` and `Feedback comments` filled and nothing else changed.

    `grade` and `feedback` are what these columns are called. Who handed in nothing keeps a grade that is there, and
    feedback that a person wrote stays.

    Errors
        UsageError, with the file and what to do, for a file that is none, or of an assignment with a scale.
    """
    sheet = Sheet(worksheet, ("Identifier", grade), _REMEDY)
    if sheet.column("Scale") >= 0 and sheet.column("Maximum grade") < 0:
        remedy = "let the assignment be graded in points (Settings, Grade, Type)"
        raise UsageError("is of an assignment that is graded by a scale", file=worksheet, remedy=remedy)
    rows = [row for row in range(1, len(sheet.rows)) if sheet.value(row, sheet.column("Identifier"))]
    ids: dict[str, Callable[[str], str]] = {"Identifier": _participant, "ID number": str, "Username": str}
    whose = matched(marked, sheet, rows, ids, _EMAILS, _named)
    columns = [sheet.column(grade), *(i for i in [sheet.column("Maximum grade")] if i >= 0)]
    filling = Filling(sheet, sheet.column(grade), sheet.decimal_comma(columns))
    notes = [*_worth(sheet, rows, rubric)]
    for row, line in sorted(whose.lines.items()):
        if sheet.value(row, sheet.column("Grade can be changed")).casefold() == "no":
            notes.append(f"left as it is: {who(line.person)}, whose grade cannot be changed in Moodle")
        elif filling.grade(row, line):
            notes += _comment(sheet, row, sheet.column(feedback), line)
    if sheet.column(feedback) < 0:
        notes.append(f"{worksheet.name} has no column '{feedback}': grades alone were filled in")
    return Export(NAME, sheet.data(), (*filling.notes, *whose.notes, *notes))


def _participant(cell: str) -> str:
    """`Participant 123` is 123, whatever the first word is in the site's language."""
    found = _PARTICIPANT.fullmatch(cell)
    return found[1] if found else cell


def _named(line: Marked) -> str:
    """The number in the name of the folder that Moodle gave to somebody's submission; a group's is another number."""
    handed_in = line.handed_in
    found = _ORIGIN.match(handed_in.origin) if handed_in is not None and len(handed_in.people) == 1 else None
    return found[1] if found else ""


def _worth(sheet: Sheet, rows: Sequence[int], rubric: Rubric) -> list[str]:
    """A note where Moodle gives the assignment other points than the rubric does; grades are not scaled."""
    total = cells.number(whole(rubric))
    found = {sheet.value(row, sheet.column("Maximum grade")).replace(",", ".") for row in rows} - {""}
    others = sorted(text for text in found if (text.rstrip("0").rstrip(".") if "." in text else text) != total)
    return [f"the maximum grade in Moodle is {text}, the rubric has {total} points" for text in others]


def _comment(sheet: Sheet, row: int, column: int, line: Marked) -> list[str]:
    """Fills in the feedback, which Moodle takes for HTML; the note that it was kept, where a person wrote some."""
    if column < 0:
        return []
    there = sheet.value(row, column)
    if there and not there.startswith(OPENING):
        return [f"the feedback that {who(line.person)} has already was kept"]
    sheet.fill(row, column, _as_html(_sentences(line)))
    return []


def _as_html(sentences: Sequence[str]) -> str:
    """Lines of HTML that show the sentences as they are, and that no spreadsheet computes."""
    text = "<br>".join(html.escape(sentence) for sentence in sentences)
    # An apostrophe after the `;` of an entity would be seen; the sign's own entity is not.
    return cells.neutral(_SIGNS_AFTER_ENTITY.sub(lambda found: _SIGN.sub(_entity, found[0]), text))


def _entity(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"


def _sentences(line: Marked) -> list[str]:
    """What a student reads: the points, how they came about, and a sentence for each part that lost some."""
    remarks = [one_line(remark, 400) for remark in line.remarks]
    if line.report is None:
        return [f"{OPENING}0 points.", *remarks]
    less = f", {words.counted(line.final)} after lateness" if line.final < line.score - 0.005 else ""
    parts = [
        f"{one_line(part.id, 60)}: {words.earned(part)} of {words.number(part.points)}."
        f" {one_line(words.sentence(part), 400)}"
        for part in line.report.parts
        if words.loss(part)
    ]
    opening = f"{OPENING}{words.number(line.report.score)} of {words.counted(line.report.max_score)}{less}."
    return [opening, *remarks, *words.still_open(line.report), *parts]
