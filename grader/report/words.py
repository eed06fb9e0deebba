"""The words and sums that the page and the terminal share, so that both say the same of a report."""

import shlex
from typing import Final, NamedTuple

from grader.model import UNJUDGED, PartReport, ProblemReport, Report, Share, Status
from grader.report.visible import one_line, visible


class Word(NamedTuple):
    """How a status is shown: never by colour alone, so each has a symbol and a label of its own.

    `tone` is what it means for the reader (right, partly, lost, waiting, ours); colours follow it.
    """

    symbol: str
    label: str
    tone: str


# The symbols take one column in a terminal and stand in the fonts that systems bring along (so no emoji).
WORDS: Final = {
    Status.CORRECT: Word("✓", "correct", "right"),
    Status.PARTIAL: Word("◐", "partial", "partly"),
    Status.WRONG: Word("✗", "wrong", "lost"),
    Status.RAISED: Word("!", "raised an error", "lost"),
    Status.TIMED_OUT: Word("◷", "timed out", "lost"),
    Status.CRASHED: Word("†", "crashed", "lost"),
    Status.UNREADABLE: Word("?", "unreadable", "lost"),
    Status.MISSING: Word("∅", "missing", "lost"),
    Status.FORBIDDEN: Word("⊘", "forbidden", "lost"),
    Status.SKIPPED: Word("↷", "skipped", "lost"),
    Status.PENDING: Word("○", "pending", "waiting"),
    Status.DEFERRED: Word("◌", "deferred", "waiting"),
    Status.INTERNAL_ERROR: Word("△", "internal error", "ours"),
}

# What the student reads when a part brought no sentence of its own: what to do, never what they are.
_SENTENCES: Final = {
    Status.CORRECT: "",
    Status.PARTIAL: "Part of this is right already; the rest still needs work.",
    Status.WRONG: "The answer is not yet the right one.",
    Status.RAISED: "The code stopped with an error; the traceback shows where.",
    Status.TIMED_OUT: "No answer came in time; look for a loop that does not end.",
    Status.CRASHED: "The process that ran this file ended before an answer came.",
    Status.UNREADABLE: "What was handed in could not be read.",
    Status.MISSING: "Not found: compare the names with those in the assignment.",
    Status.FORBIDDEN: "The code tried something that is not allowed while it is graded.",
    Status.SKIPPED: "Not judged: something that it rests on has to be mended first.",
    Status.PENDING: "A person marks this part.",
    Status.DEFERRED: "This part is judged later.",
    Status.INTERNAL_ERROR: "The grader could not judge this part; a person will. It costs no points.",
}

# Why points are in no score yet, by the status of their part.
_OPEN: Final = {
    Status.PENDING: "pending: written parts, marked by a person",
    Status.DEFERRED: "deferred: judged later",
    Status.INTERNAL_ERROR: "open: the grader could not judge these parts, and a person will",
}


def number(value: float) -> str:
    """Points as a person writes them: 7, 0.5, 68.5, 4.67."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def counted(value: float) -> str:
    """Points with their noun: 1 point, 0.5 points."""
    return f"{number(value)} {'point' if number(value) == '1' else 'points'}"


def earned(part: PartReport) -> str:
    """What a part earned; a dash while nobody has judged it."""
    return "–" if part.status in UNJUDGED else number(part.earned)


def sentence(part: PartReport) -> str:
    """The feedback of a part that is not correct, or else what its status says by itself."""
    if part.status is Status.CORRECT:
        return ""
    return visible(part.feedback.strip(), 2000) or _SENTENCES[part.status]


def remarks(part: PartReport) -> tuple[str, ...]:
    """What there is to know of a part beside its points."""
    return tuple(one_line(remark, 400) for remark in part.remarks)


def share(share: Share) -> str:
    """What became of a named share of a part."""
    return f"{one_line(share.name, 100)} ({number(100 * share.credit)} %) {'earned' if share.earned else 'lost'}"


def score(report: Report) -> str:
    """The score in words."""
    how = "by machine and by hand" if any(part.by_hand for part in report.parts) else "by machine"
    return f"{number(report.score)} of {counted(report.max_score)} judged {how}"


def still_open(report: Report) -> list[str]:
    """A phrase for every reason why points are in no score yet."""
    sums = {status: sum(p.points for p in report.parts if p.status is status) for status in _OPEN}
    return [f"{counted(sums[status])} {phrase}" for status, phrase in _OPEN.items() if sums[status]]


def parts_of(report: Report, problem: ProblemReport) -> list[PartReport]:
    """The parts of one problem, in the order of the rubric."""
    return [part for part in report.parts if part.problem == problem.id]


def loss(part: PartReport) -> float:
    """The points that a part lost; none while nobody has judged it."""
    return 0.0 if part.status in UNJUDGED else max(0.0, part.points - part.earned)


def to_fix_first(report: Report) -> list[list[PartReport]]:
    """The parts that lost points, largest loss first, and otherwise in the order of the rubric.

    Parts of a problem of which the same is said stand together: one mended line of a file mends them all.
    """
    together: dict[tuple[str, ...], list[PartReport]] = {}
    for part in report.parts:
        if loss(part):
            what = part.feedback.strip() or part.id
            together.setdefault((part.problem, part.status, what), []).append(part)
    return sorted(together.values(), key=lambda parts: sum(map(loss, parts)), reverse=True)


def who(report: Report) -> str:
    """Whose work it is, as far as the submission says."""
    if report.student is None:
        return ""
    name, id_ = one_line(report.student.name, 120), one_line(report.student.id, 60)
    return f"{name} ({id_})" if name and id_ else name or id_


def together_with(report: Report) -> str:
    """The collaborators that the submission names."""
    return ", ".join(one_line(person, 120) for person in report.collaborators)


def replay(report: Report, trial: str) -> str:
    """The command that runs one trial again; quoted, since whoever named the folder does not type it."""
    folder = one_line(report.submission, 400)
    folder = f"./{folder}" if folder.startswith("-") else folder
    return f"grade {shlex.quote(folder)} --seed {report.seed} --trial {shlex.quote(one_line(trial, 100))}"
