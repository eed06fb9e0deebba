"""A report as one HTML page: opened from a disk or an e-mail, it loads nothing and runs nothing.

First data, then template: everything that the page shows is prepared here as plain records of harmless
text, and the template only lays it out.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import jinja2

from grader.model import UNJUDGED, Counterexample, PartReport, ProblemReport, Report, Status
from grader.report import words
from grader.report.templates import compiled, inline
from grader.report.visible import one_line, visible, visible_end

_FIRST = 6  # so many parts stand under "What to fix first"; an empty folder would list them all
_VALUE, _LONG = 3000, 12000  # characters of one value, of a traceback or of printed output


@dataclass(frozen=True, slots=True)
class Block:
    """Text under a label, as it stands (`text`), as a sentence (`prose`) or to be copied (`command`)."""

    label: str
    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One part. Its details start open where points were lost, of several that say the same the first one's."""

    anchor: str
    id: str
    word: words.Word
    worth: str
    criterion: str
    sentence: str
    place: str
    summary: str
    call: str
    inputs: tuple[Block, ...]
    blocks: tuple[Block, ...]
    open: bool
    remarks: tuple[str, ...]
    items: tuple[tuple[str, str], ...]

    @property
    def has_details(self) -> bool:
        """Whether there is anything to unfold."""
        return bool(self.call or self.inputs or self.blocks)


@dataclass(frozen=True, slots=True)
class Bar:
    """How a problem stands, in per cent of all its points: earned, then lost, then not judged yet."""

    earned: float
    pending: float
    words: str

    @property
    def pending_from(self) -> float:
        """Where the pending end of the bar starts."""
        return 100 - self.pending


@dataclass(frozen=True, slots=True)
class Section:
    """One problem: its sums, its bar and its parts."""

    anchor: str
    name: str
    file: str
    score: str
    pending: str
    bar: Bar
    rows: tuple[Row, ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in its order."""

    title: str
    assignment: str
    facts: tuple[tuple[str, str], ...]
    score: str
    maximum: str
    judged: str
    open: tuple[str, ...]
    pending: str
    first: tuple[tuple[Row, str, int], ...]
    more_to_fix: int
    all_earned: bool
    sections: tuple[Section, ...]
    footer: tuple[tuple[str, str], ...]
    seed: int


def html(report: Report) -> str:
    """The report as one self-contained HTML page."""
    return template().render(page=_page(report), css=inline("page.css"))


def template() -> jinja2.Template:
    """The page's template, compiled."""
    return compiled("page.html.j2")


def _page(report: Report) -> Page:
    to_fix = words.to_fix_first(report)
    return Page(
        title=one_line(report.title, 400),
        assignment=one_line(report.assignment, 100),
        facts=_facts(report),
        score=words.number(report.score),
        maximum=words.number(report.max_score),
        judged=words.score(report).partition(" ")[2],
        open=tuple(words.still_open(report)),
        pending=words.number(report.pending_points),
        first=tuple(_to_fix(report, parts) for parts in to_fix[:_FIRST]),
        more_to_fix=sum(map(len, to_fix[_FIRST:])),
        all_earned=not to_fix and report.max_score > 0,
        sections=tuple(_section(report, problem, {parts[0].id for parts in to_fix}) for problem in report.problems),
        footer=_footer(report),
        seed=report.seed,
    )


def _to_fix(report: Report, parts: Sequence[PartReport]) -> tuple[Row, str, int]:
    """The first of parts of which the same is said, the points that they lost, and how many there are besides it."""
    return _row(report, parts[0]), words.counted(sum(map(words.loss, parts))), len(parts) - 1


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    facts = {
        "Submission": one_line(report.submission, 400),
        "Student": words.who(report),
        "Together with": words.together_with(report),
    }
    return tuple((name, value) for name, value in facts.items() if value)


def _footer(report: Report) -> tuple[tuple[str, str], ...]:
    versions = ", ".join(f"{one_line(name, 60)} {one_line(is_, 60)}" for name, is_ in report.versions.items())
    isolation, device = one_line(report.isolation, 200), one_line(report.device, 200)
    facts = (("Seed", str(report.seed)), ("Isolation", isolation), ("Device", device), ("Versions", versions))
    return tuple((name, value) for name, value in facts if value)


def _section(report: Report, problem: ProblemReport, opened: Collection[str]) -> Section:
    pending = problem.pending_points
    return Section(
        anchor=_anchor("problem", problem.id),
        name=one_line(f"Problem {problem.id}: {problem.title}", 400),
        file=one_line(problem.file, 200),
        score=f"{words.number(problem.score)} of {words.number(problem.max_score)}",
        pending=words.number(pending) if pending else "",
        bar=_bar(problem),
        rows=tuple(_row(report, part, open_=part.id in opened) for part in words.parts_of(report, problem)),
        printed=visible(problem.printed, _LONG),
    )


def _bar(problem: ProblemReport) -> Bar:
    whole = problem.max_score + problem.pending_points
    spoken = f"{words.number(problem.score)} of {words.counted(problem.max_score)} earned"
    spoken += f", {words.number(problem.pending_points)} pending" if problem.pending_points else ""
    if whole <= 0:
        return Bar(earned=0, pending=0, words=spoken)
    return Bar(
        earned=round(100 * problem.score / whole, 2),
        pending=round(100 * problem.pending_points / whole, 2),
        words=spoken,
    )


def _row(report: Report, part: PartReport, *, open_: bool = False) -> Row:
    shown = part.counterexample
    return Row(
        anchor=_anchor("part", part.id),
        id=one_line(part.id, 60),
        word=words.WORDS[part.status],
        worth=f"{words.earned(part)} of {words.number(part.points)}",
        criterion=visible(part.criterion.strip(), 2000),
        sentence=words.sentence(part),
        place=_place(part) if part.status is not Status.CORRECT else "",
        summary=f"The input that shows it ({one_line(shown.regime, 60)})" if shown else "Details",
        call=visible(shown.call, _VALUE) if shown else "",
        inputs=tuple(_input(name, value) for name, value in shown.inputs.items()) if shown else (),
        blocks=_blocks(report, part, shown),
        open=open_,
        remarks=words.remarks(part),
        items=tuple((words.number(item.points), visible(item.criterion, 2000)) for item in part.items),
    )


def _place(part: PartReport) -> str:
    """Which function it is, how many of its trials went well, and which known mistake it resembles."""
    trials = part.trials
    known = one_line(part.misconception or "", 200).replace("_", " ")
    facts = [
        one_line(part.function, 200),
        f"right in {trials.passed} of {trials.total} trials" if trials.total else "",
        *(words.share(share) for share in part.shares if not share.earned),
        f"a known mistake: {known}" if known else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _input(name: str, value: str) -> Block:
    return Block(one_line(name, 60), visible(value, _VALUE))


def _blocks(report: Report, part: PartReport, shown: Counterexample | None) -> tuple[Block, ...]:
    """What follows the failing input, in the order in which one asks for it; empty ones are left out."""
    whose = "The grader’s own traceback" if part.status in UNJUDGED else "Where the code stopped"
    blocks = [Block(whose, visible_end(part.traceback, _LONG))]
    if shown:
        problem = "" if shown.problem == part.feedback else shown.problem
        blocks = [
            Block("What came back", visible(shown.got, _VALUE)),
            Block("What is wrong with it", visible(problem, _VALUE), "prose"),
            Block("What was expected", visible(shown.expected or "", _VALUE)),
            *blocks,
            Block("A script that replays it, for the folder of the submission", visible(shown.script, _LONG)),
            Block("The trial that it comes from, for the staff", words.replay(report, shown.trial), "command"),
        ]
    return tuple(block for block in blocks if block.text)


def _anchor(kind: str, id_: str) -> str:
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '-', id_)}"
