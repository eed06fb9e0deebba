"""Reports in a terminal: a line for every part, and under it the one sentence that says what to do."""

from collections.abc import Iterator, Sequence

import click

from grader.model import PartReport, ProblemReport, Report, Status
from grader.report import words
from grader.report.columns import cells, fitting, padded, wrapped
from grader.report.visible import one_line

_COLOURS = {"right": "green", "partly": "yellow", "lost": "red", "waiting": "blue", "ours": "magenta"}
_LABEL = max(len(word.label) for word in words.WORDS.values())
_NARROWEST, _WIDEST = 20, 100  # a longer line is hard to read back from its end
_SENTENCE = 400
_NAME = 40
_COLUMNS = ("homework", "submission", "points", "by hand", "seconds", "isolation", "title")
_NUMBERS = frozenset({"points", "by hand", "seconds"})


def summary(report: Report, *, width: int, colour: bool) -> str:
    """The report as lines of at most `width` columns; without colour there is not one escape code in it."""
    width = min(max(width, _NARROWEST), _WIDEST)
    layout = _Layout(report.parts, width)
    lines = [*_header(report, width)]
    for problem in report.problems:
        lines += ["", *_heading(problem, width)]
        for part in words.parts_of(report, problem):
            lines += layout.lines(part)
    lines += ["", *_footer(report, width)]
    text = "\n".join(lines) + "\n"
    return text if colour else click.unstyle(text)


# Where less than that would be left of titles, they are left out.
_TITLE = 20


def overview(graded: Sequence[tuple[Report, float]], *, width: int) -> str:
    """A line for each of several reports, with the seconds that it took; titles have what is left of `width`."""
    rows = [_COLUMNS, *(_cells_of(report, seconds) for report, seconds in graded)]
    widths = [max(cells(row[column]) for row in rows) for column in range(len(_COLUMNS) - 1)]
    room = width - sum(widths) - 2 * len(widths)
    wanted = min(max(cells(row[-1]) for row in rows), _TITLE)
    return "\n".join(_fitted(row, widths, room if room >= wanted else 0) for row in rows) + "\n"


def _cells_of(report: Report, seconds: float) -> tuple[str, ...]:
    points = f"{words.number(report.score)} of {words.number(report.max_score)}"
    names = (one_line(report.assignment, _NAME), one_line(report.submission, _NAME))
    by_hand = words.number(report.pending_points)
    return *names, points, by_hand, f"{seconds:.1f}", report.isolation, one_line(report.title, 400)


def _fitted(row: Sequence[str], widths: Sequence[int], room: int) -> str:
    """A row in columns, numbers at the right of theirs; the last one is cut to the room that is left for it."""
    *others, title = row
    row = [
        " " * (own - cells(cell)) + cell if name in _NUMBERS else padded(cell, own)
        for name, cell, own in zip(_COLUMNS, others, widths, strict=False)
    ]
    if cells(title) > room:
        title = title[: fitting(title, room - 1)] + "…" if room else ""
    return "  ".join([*row, title]).rstrip()


def _header(report: Report, width: int) -> Iterator[str]:
    for line in wrapped(one_line(report.title, 400), width):
        yield click.style(line, bold=True)
    names = [report.assignment, report.submission, words.who(report)]
    names = [one_line(name, 200) for name in names if name]
    yield from wrapped(" · ".join(names), width)
    if report.collaborators:
        yield from wrapped(f"with {words.together_with(report)}", width)


def _heading(problem: ProblemReport, width: int) -> Iterator[str]:
    """The problem's name, and its sum at the right edge where there is room for both."""
    name = one_line(f"Problem {problem.id}: {problem.title}", 200)
    total = f"{words.number(problem.score)} of {words.number(problem.max_score)}"
    total += f" (+ {words.number(problem.pending_points)} pending)" if problem.pending_points else ""
    gap = width - cells(name) - cells(total)
    lines = [name + " " * gap + total] if gap >= 2 else [*wrapped(name, width), *wrapped(total, width)]
    for line in lines:
        yield click.style(line, bold=True)


def _footer(report: Report, width: int) -> Iterator[str]:
    for line in wrapped(words.score(report), width):
        yield click.style(line, bold=True)
    for phrase in words.still_open(report):
        yield from wrapped(phrase, width)
    facts = f"isolation: {report.isolation} · device: {report.device} · replay with --seed {report.seed}"
    yield from wrapped(one_line(facts, 400), width)


class _Layout:
    """The columns of the parts: symbol, id, points and status, as wide as the widest of them."""

    def __init__(self, parts: tuple[PartReport, ...], width: int) -> None:
        self.width = width
        self.id = max((cells(_id(part)) for part in parts), default=0)
        self.earned = max((len(words.earned(part)) for part in parts), default=0)
        self.points = max((len(words.number(part.points)) for part in parts), default=0)
        # Where there is no room for the status beside the points, it opens the sentence below.
        self.roomy = 4 + self.id + 2 + self.earned + 3 + self.points + 2 + _LABEL <= width

    def lines(self, part: PartReport) -> Iterator[str]:
        """The line of a part, and its sentence when there is something to do about it."""
        yield from self._row(part)
        if part.status is not Status.PENDING:
            yield from wrapped(one_line(words.sentence(part), _SENTENCE), self.width, indent="    ")
        for remark in words.remarks(part):
            yield from wrapped(f"note: {remark}", self.width, indent="    ")
        if part.counterexample is not None:
            trial = one_line(part.counterexample.trial, 100)
            yield from wrapped(f"replay: --trial {trial}", self.width, indent="    ")

    def _row(self, part: PartReport) -> Iterator[str]:
        """In columns where they have room; else one after the other, as in a sentence."""
        word = words.WORDS[part.status]
        tone = _COLOURS[word.tone]
        earned, points = words.earned(part), words.number(part.points)
        if self.roomy:
            worth = f"{earned:>{self.earned}} / {points:<{self.points}}"
            middle = f" {padded(_id(part), self.id)}  {worth}  "
            yield "  " + click.style(word.symbol, fg=tone) + middle + click.style(word.label, fg=tone)
        else:
            row = f"{word.symbol} {_id(part)} {earned}/{points} {word.label}"
            first, *rest = wrapped(row, self.width, indent="  ")
            yield first[:2] + click.style(first[2], fg=tone) + first[3:]
            yield from rest


def _id(part: PartReport) -> str:
    return one_line(part.id, 60)
