"""A class as one HTML page: how it went, what was lost by many, and the way to every report.

First data, then template, as in `page`: everything that the page shows is prepared here as plain records of harmless
text. It loads nothing. It runs one script, its own, which sorts and searches; without it the page is whole.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.model import Report, Status
from grader.report import class_statistics
from grader.report.class_list import ABSENT, Student, students
from grader.report.class_losses import (
    Loss,
    counted_students,
    counted_submissions,
    doubtful,
    loss,
    memberships,
    people_by_key,
    refusal,
)
from grader.report.class_statistics import Attendance, PartStatistics, Spread
from grader.report.clusters import Cluster, clusters, concerns
from grader.report.histogram import Histogram, drawn
from grader.report.templates import compiled, inline
from grader.report.visible import one_line
from grader.report.words import WORDS, Word, counted, number
from grader.roster import Marked, Refused
from grader.rubric import Rubric

_SHOWN = 100  # clusters; there can be half as many as there are lost parts in a class
_REASONS = 3
# Statuses with a column of their own.
_COLUMNS = (Status.CORRECT, Status.PARTIAL, Status.WRONG, Status.RAISED, Status.MISSING)


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part: its shares by status and the rest of them in words, and its most frequent reasons.

    A reason is (how many, why, the number of its cluster or 0 where that is not on the page).
    """

    id: str
    criterion: str
    points: str
    shares: tuple[str, ...]
    rest: str
    rest_words: str
    credit: str
    discrimination: str
    seconds: str
    reasons: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in its order."""

    title: str
    assignment: str
    facts: tuple[tuple[str, str], ...]
    median: str
    out_of: str
    numbers: tuple[tuple[str, str], ...]
    open: tuple[str, ...]
    histogram: Histogram | None
    concerns: tuple[tuple[str, Word, str], ...]
    refused: tuple[tuple[str, str, str], ...]
    losses: tuple[Loss, ...]
    more_losses: int
    works: str
    columns: tuple[Word, ...]
    parts: tuple[PartRow, ...]
    legend: tuple[Word, ...]
    students: tuple[Student, ...]


def class_page(
    rubric: Rubric,
    marked: Sequence[Marked],
    refused: Sequence[Refused],
    links: Mapping[str, str],
    graded_at: datetime | None = None,
) -> str:
    """The class as one self-contained HTML page.

    `links` are the files of the reports, as paths from the folder of the page, by the keys of submissions. `graded_at`
    is the time of grading, which no record knows.
    """
    css, js = inline("page.css") + inline("class_page.css"), inline("class_page.js")
    page = _page(rubric, marked, refused, links, graded_at)
    return compiled("class_page.html.j2").render(page=page, css=css, js=js, digest=digest(js))


def digest(script: str) -> str:
    """What a Content-Security-Policy calls a script by, so that no other one runs."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _page(
    rubric: Rubric,
    marked: Sequence[Marked],
    refused: Sequence[Refused],
    links: Mapping[str, str],
    graded_at: datetime | None,
) -> Page:
    reports = class_statistics.reports_by_key(marked)
    ids = [part.id for problem in rubric.problems for part in problem.parts]
    found, people = clusters(ids, reports), people_by_key(marked)
    attendance = class_statistics.attendance(marked, refused)
    finals = [line.final for line in marked if class_statistics.is_graded(line)]
    spread, judged = class_statistics.spread(finals), class_statistics.judged_points(rubric, marked)
    bins = class_statistics.histogram(finals, judged) if spread else ()
    return Page(
        title=one_line(rubric.title, 400),
        assignment=one_line(rubric.id, 100),
        facts=_facts(attendance, refused, graded_at),
        median=number(spread.median) if spread else "–",
        out_of=f"is the median, out of {counted(judged)} {_judged(rubric, judged)}",
        numbers=_numbers(spread),
        open=tuple(_open(rubric, attendance, reports, marked)),
        histogram=drawn(bins, spread) if spread and bins else None,
        concerns=tuple(doubtful(one) for one in concerns(ids, reports)),
        refused=tuple(refusal(item) for item in refused),
        losses=tuple(loss(i, one, people, links) for i, one in enumerate(found[:_SHOWN], start=1)),
        more_losses=len(found[_SHOWN:]),
        works=_works(len(reports), attendance.graded),
        columns=tuple(WORDS[status] for status in _COLUMNS),
        parts=tuple(_part(one, found) for one in class_statistics.part_statistics(rubric, reports)),
        legend=(*WORDS.values(), ABSENT),
        students=students(rubric, marked, class_statistics.refused_ids(refused), links, memberships(found[:_SHOWN])),
    )


# ---- the head ----


def _judged(rubric: Rubric, points: float) -> str:
    return "judged by machine and by hand" if points > class_statistics.machine_points(rubric) else "judged by machine"


def _facts(
    attendance: Attendance, refused: Sequence[Refused], graded_at: datetime | None
) -> tuple[tuple[str, str], ...]:
    ungraded = attendance.handed_in - attendance.graded
    facts = {
        "Graded": graded_at.strftime("%Y-%m-%d %H:%M %Z").strip() if graded_at else "",
        "Students": str(attendance.people),
        "Handed in": str(attendance.handed_in),
        "Missing": str(attendance.missing),
        "Refused": str(len(refused)) if refused else "",
        "Not graded": str(ungraded) if ungraded else "",
    }
    return tuple((name, value) for name, value in facts.items() if value)


def _numbers(spread: Spread | None) -> tuple[tuple[str, str], ...]:
    if spread is None:
        return ()
    return (
        ("Mean", number(spread.mean)),
        ("Quartiles", f"{number(spread.lower)} and {number(spread.upper)}"),
        ("Lowest", number(spread.lowest)),
        ("Highest", number(spread.highest)),
        ("Counted", f"{counted_students(spread.count)}, after lateness"),
    )


def _open(rubric: Rubric, attendance: Attendance, reports: Mapping[str, Report], marked: Sequence[Marked]) -> list[str]:
    """A phrase for what is in none of these numbers, and for what makes them unlike each other."""
    judged, waiting = class_statistics.judged_points(rubric, marked), counted_students(attendance.by_hand)
    less = sum(class_statistics.is_graded(line) and line.max_score < judged - 1e-9 for line in marked)
    phrases = []
    if attendance.by_hand and judged > class_statistics.machine_points(rubric):
        phrases.append(f"Written parts are still pending for {waiting}.")
    elif attendance.by_hand:
        written = counted(class_statistics.written_points(rubric))
        phrases.append(f"{written} more are for written parts, pending for {waiting} and in none of these numbers.")
    if less:
        phrases.append(
            f"Of {counted_students(less)} not every part could be judged yet: the row says out of how many points."
        )
    if without := attendance.people - attendance.graded:
        phrases.append(f"Not counted: {counted_students(without)} without a report.")
    return phrases if reports else ["No submission has been graded."]


def _works(count: int, people: int) -> str:
    once = "" if count == people else ", the work of a group once"
    return f"of {counted_submissions(count)}{once}"


# ---- the parts ----


def _part(part: PartStatistics, found: Sequence[Cluster]) -> PartRow:
    seen = sum(part.counts.values())
    rest = {status: count for status, count in part.counts.items() if status not in _COLUMNS}
    own = [(i, one) for i, one in enumerate(found, start=1) if part.id in one.parts][:_REASONS]
    return PartRow(
        id=part.id,
        criterion=_cut(part.criterion, 110),
        points=number(part.points),
        shares=tuple(_percent(part.counts.get(status, 0), seen) for status in _COLUMNS),
        rest=_percent(sum(rest.values()), seen),
        rest_words=_words(rest, seen),
        credit="–" if part.mean_credit is None else _percent(part.mean_credit, 1),
        discrimination="–" if part.discrimination is None else f"{part.discrimination:.2f}",
        seconds="–" if part.seconds is None else f"{part.seconds:.3f}",
        reasons=tuple((str(len(one.keys)), _cut(one.reason.text, 90), i if i <= _SHOWN else 0) for i, one in own),
    )


def _words(rest: Mapping[Status, int], seen: int) -> str:
    if len(rest) == 1:
        return ", ".join(WORDS[status].label for status in rest)
    return ", ".join(f"{WORDS[status].label} {_percent(count, seen)}" for status, count in rest.items())


def _percent(count: float, of: int) -> str:
    """A share of all: 45 %, 0.3 %, 0."""
    if not of:
        return "–"
    share = 100 * count / of
    return f"{number(round(share, 1 if share < 1 else 0))} %" if share else "0"


def _cut(text: str, limit: int) -> str:
    """A beginning that tells one text from the others; all of it stands elsewhere."""
    line = " ".join(text.split())
    return one_line(line if len(line) <= limit else line[: limit - 1].rstrip() + "…", limit)
