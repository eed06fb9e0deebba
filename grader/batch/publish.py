"""Publishing: what a run found, written out for students, for the staff and for the platforms that hold grades."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from grader.assignment import Assignment
from grader.batch.changes import points_of
from grader.batch.journal import Entry, Journal, as_of
from grader.batch.written import Written, completed, unused
from grader.gradebook import junit, results, spreadsheet
from grader.gradebook.export import Export
from grader.model import PartReport, Report
from grader.policy.marking import marked
from grader.policy.terms import policy_of
from grader.report.class_page import class_page
from grader.report.files import write
from grader.roster import HandedIn, Marked, Person, Refused
from grader.rubric import Rubric

# What fills a file that a platform exported, and that file.
Platform = tuple[Callable[[Sequence[Marked], Rubric, Path], Export], Path]
KEPT = "kept at {:g}, the grade that was published"


class Class:
    """Everything that is known of a class in a run: who they are, what they handed in, and the reports.

    Reports are held without what only a page of their own shows, so that a large class fits into memory. `written` is
    what people got for written parts.
    """

    def __init__(self, assignment: Assignment, journal: Journal, written: Written) -> None:
        self.assignment, self.journal, self.written = assignment, journal, written
        self.roster = journal.noted("roster", list[Person]) or []
        self.refused = journal.noted("refused", list[Refused]) or []
        self.reports: dict[str, Report] = {}
        self.handed_in: list[HandedIn] = []
        for handed_in, report, _ in self.entries():
            self.handed_in.append(handed_in)
            self.reports[handed_in.key] = _light(report)
        unjudged = (one for one in journal.noted("handed in", list[HandedIn]) or [] if one.key not in self.reports)
        self.handed_in += unjudged  # of a run that was stopped: who handed in is not missing

    def entries(self) -> Iterator[Entry]:
        """The submissions with their reports, as of now."""
        return entries(self.journal, self.assignment.rubric, self.written)

    def marked(self, *, never_lower: bool = False) -> tuple[Marked, ...]:
        """The lines of the gradebook. With `never_lower`, nobody has less than was published."""
        policy = policy_of(self.assignment.rubric.policy, self.assignment.path)
        lines = marked(self.roster, self.handed_in, self.reports, policy, self.refused)
        if not never_lower:
            return lines
        before = self.journal.noted("grades", dict[str, float]) or {}
        return tuple(_at_least(line, before.get(line.person.id, 0.0)) for line in lines)


def entries(journal: Journal, rubric: Rubric, written: Written) -> Iterator[Entry]:
    """The submissions with their reports, at the points of now and with those of written parts; one at a time."""
    for entry in journal.entries():
        yield entry._replace(report=completed(as_of(rubric, entry.report), entry.handed_in, written))


def publish(
    klass: Class, lines: Sequence[Marked], folder: Path, platforms: Iterable[Platform] = (), *, gradescope: bool = False
) -> list[str]:
    """Writes everything into a folder, and what is published now into the journal. Returns what the staff should know.

    With `gradescope`, a results.json stands beside each report.

    Errors
        UsageError where a file cannot be written, or a platform's file is none.
    """
    rubric = klass.assignment.rubric
    exports = [
        written(lines, rubric, path) for written, path in platforms
    ]  # before anything is written: they may be refused
    exports += [spreadsheet.written(lines, rubric), junit.written(lines)]
    links, counting = {}, {line.handed_in.key: line for line in lines if line.handed_in}
    for handed_in, report, _ in klass.entries():
        own = folder / "reports" / handed_in.key
        write(report, own)
        if gradescope and (line := counting.get(handed_in.key)):
            result = results.written(report, final=line.final, remarks=line.remarks)
            (own / result.name).write_bytes(result.data)
        links[handed_in.key] = f"reports/{quote(handed_in.key)}/report.html"
    page = class_page(rubric, lines, klass.refused, links, datetime.now().astimezone())
    (folder / "index.html").write_text(page, encoding="utf-8")
    for export in exports:
        (folder / export.name).write_bytes(export.data)
    klass.journal.publish((key, points_of(report)) for key, report in klass.reports.items())
    klass.journal.note("grades", {line.person.id: line.final for line in lines})
    klass.journal.note("written", klass.written)
    return [*(f"{export.name}: {note}" for export in exports for note in export.notes), *unused(klass.written, lines)]


def _at_least(line: Marked, before: float) -> Marked:
    if line.final >= before:
        return line
    return msgspec.structs.replace(line, final=before, remarks=(*line.remarks, KEPT.format(before)))


def _light(report: Report) -> Report:
    return msgspec.structs.replace(report, parts=tuple(map(_light_part, report.parts)))


def _light_part(part: PartReport) -> PartReport:
    return msgspec.structs.replace(part, traceback="", counterexample=None, items=())
