"""Points of written parts, as people gave them: read from a table, kept in the run folder, and put into reports."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.gradebook import cells
from grader.gradebook.export import who
from grader.intake.table import content, rows
from grader.model import PartReport, Report, Status, recounted
from grader.roster import HandedIn, Marked
from grader.rubric import Rubric

# What takes points back that were given before.
BACK = "-"
COMMENT = "{} comment"
WITHOUT_COMMENT = "A person marked this part; ask them for the reason."
_REMEDY = "fill the empty columns of gradebook.csv, which `grade publish` writes"


class Awarded(msgspec.Struct, frozen=True):
    """What somebody got for a written part, and what they are told of it."""

    points: float
    comment: str = ""


# By the id of a person, and then by part.
Written = dict[str, dict[str, Awarded]]


def updated(kept: Mapping[str, Mapping[str, Awarded]], path: Path, rubric: Rubric, lines: Sequence[Marked]) -> Written:
    """What was given until now, with what a table says now. Its empty cells say nothing, and BACK takes back.

    The table is a CSV with a column `id` or `email`, one for each written part that is marked, called by the part's
    id, and if need be one for comments ("2b comment"): gradebook.csv with its empty columns filled. What is given for
    a submission of several people counts for all of them.

    Errors
        UsageError with file, line and remedy.
    """
    table = _Table(path, rubric, lines)
    found: Written = {person: dict(own) for person, own in kept.items()}
    said: dict[tuple[str, str], tuple[int, Awarded | None]] = {}
    for line, row in table.rows:
        awarded = dict(table.awarded(line, row))
        for person in _whose(table.person(line, row)) if awarded else ():
            own = found.setdefault(person, {})
            for part, now in awarded.items():
                before, earlier = said.setdefault((person, part), (line, now))
                if earlier != now:
                    message = f"line {before} says something else of '{part}' for the same submission"
                    raise UsageError(message, file=path, line=line, remedy="correct one of the two, or leave it empty")
                own.pop(part, None)
                if now is not None:
                    own[part] = now
    return found


class _Table:
    """The lines of the table, with what they say of written parts."""

    def __init__(self, path: Path, rubric: Rubric, lines: Sequence[Marked]) -> None:
        self.path = path
        self.people = {column: _index(lines, column) for column in ("id", "email")}
        self.worth = {part.id: part.points for problem in rubric.problems for part in problem.parts if part.written}
        headers: Counter[str] = Counter()

        def spelled(cell: str) -> str:
            headers[cell.strip()] += 1
            return cell.strip()

        self.rows = rows(content(path), str(path), spelled)
        if not self.worth.keys() & headers.keys():
            parts = ", ".join(self.worth) or "none"
            raise UsageError(f"has no column for a written part; there are: {parts}", file=path, remedy=_REMEDY)
        for part in self.worth:
            if headers[part] > 1:
                raise UsageError(f"has several columns '{part}'", file=path, line=1, remedy="leave one of them")

    def awarded(self, line: int, row: Mapping[str, str]) -> Iterator[tuple[str, Awarded | None]]:
        """The parts that a line says something of."""
        for part, worth in self.worth.items():
            text, comment = row.get(part, ""), row.get(COMMENT.format(part), "")
            if text == BACK:
                yield part, None
            elif text:
                yield part, Awarded(self._points(text, part, worth, line), comment)
            elif comment:
                remedy = f"give the points as well, or {BACK} for none yet"
                raise UsageError(f"has a comment on '{part}' and no points", file=self.path, line=line, remedy=remedy)

    def _points(self, text: str, part: str, worth: float, line: int) -> float:
        try:
            points = float(text.replace(",", "."))
        except ValueError:
            points = math.nan
        if not 0 <= points <= worth:
            message = f"'{text}' for part '{part}', which is worth {worth:g}"
            raise UsageError(message, file=self.path, line=line, remedy=f"write points from 0 to {worth:g}")
        return points

    def person(self, line: int, row: Mapping[str, str]) -> Marked:
        """Whose line it is, by id or else by address."""
        for column, index in self.people.items():
            found = index.get(row.get(column, "").casefold(), [])
            if len(found) == 1:
                return found[0]
        named = row.get("id") or row.get("email") or "nobody"
        remedy = "name somebody as gradebook.csv does, in a column `id` or `email`"
        raise UsageError(f"'{named}' is nobody of this class", file=self.path, line=line, remedy=remedy)


def _index(lines: Sequence[Marked], column: str) -> dict[str, list[Marked]]:
    """Everybody by what stands in a column: as it is, or as gradebook.csv has it, which no spreadsheet computes."""
    found: dict[str, list[Marked]] = defaultdict(list)
    for line in lines:
        value = getattr(line.person, column)
        for text in {value.casefold(), cells.text(value, 200).casefold()} - {""}:
            found[text].append(line)
    return found


def _whose(line: Marked) -> list[str]:
    """The ids under which points of somebody's submission are kept."""
    others = [person.id for person in line.handed_in.people] if line.handed_in else []
    return list(dict.fromkeys([line.person.id, *others]))


def unused(written: Mapping[str, Mapping[str, Awarded]], lines: Iterable[Marked]) -> list[str]:
    """Who has points for written parts, and no report that they could stand in."""
    found = [line for line in lines if line.report is None and written.get(line.person.id)]
    return [f"no report has the points of {who(one.person)} for {', '.join(written[one.person.id])}" for one in found]


def completed(report: Report, handed_in: HandedIn, written: Mapping[str, Mapping[str, Awarded]]) -> Report:
    """The report with what the people whose it is were given for written parts.

    Errors
        UsageError where they were given more than a part is worth now.
    """
    own: dict[str, Awarded] = {}
    for person in (*(one.id for one in handed_in.people), handed_in.key):
        own = dict(written.get(person, {})) | own
    if not own:
        return report
    return recounted(report, [_completed(part, own.get(part.id), handed_in) for part in report.parts])


def _completed(part: PartReport, awarded: Awarded | None, handed_in: HandedIn) -> PartReport:
    if awarded is None or part.status is not Status.PENDING:
        return part
    if awarded.points > part.points:
        message = f"{handed_in.key} has {awarded.points:g} points for '{part.id}', which is worth {part.points:g} now"
        raise UsageError(message, remedy="correct them: `grade publish --written` with a table that says the part anew")
    status = Status.CORRECT if awarded.points == part.points else Status.PARTIAL if awarded.points else Status.WRONG
    feedback = awarded.comment or (WITHOUT_COMMENT if status is not Status.CORRECT else "")
    return msgspec.structs.replace(part, earned=awarded.points, status=status, feedback=feedback, by_hand=True)
