"""Gradescope: the results.json of one submission."""

import enum
from collections.abc import Sequence
from typing import Any

import msgspec

from grader.gradebook.export import Export
from grader.model import UNJUDGED, Counterexample, PartReport, Report, Status
from grader.report import words
from grader.report.visible import one_line, visible, visible_end

NAME = "results.json"
_VALUE, _LONG = 1500, 6000  # characters of one value, of a traceback


class Visibility(enum.StrEnum):
    """When students see a part's line at Gradescope."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


def written(
    report: Report,
    *,
    final: float | None = None,
    remarks: Sequence[str] = (),
    seconds: float | None = None,
    visibility: Visibility = Visibility.VISIBLE,
) -> Export:
    """A report as Gradescope reads it: a test for every part, and its score.

    `final` is what is left of the score after lateness; without it, the score is what was earned. `remarks` stand above
    all else, `seconds` is how long it took. What the grader prints is shown to nobody but the staff, and everything is
    plain text: a student's words are no markup.
    """
    found: dict[str, Any] = {
        "score": round(report.score if final is None else final, 6),
        "output": "\n".join(_opening(report, remarks)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": str(visibility),
        "stdout_visibility": "hidden",
        "tests": [_test(part, visibility) for part in report.parts],
        "extra_data": {"assignment": report.assignment, "isolation": report.isolation, "versions": report.versions},
    }
    if seconds is not None:
        found["execution_time"] = round(seconds, 3)
    return Export(NAME, msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def _opening(report: Report, remarks: Sequence[str]) -> list[str]:
    lines = [f"{words.score(report)}.", *(f"{phrase}." for phrase in words.still_open(report))]
    return [*lines, *(one_line(remark, 400) for remark in remarks), f"Isolation: {one_line(report.isolation, 200)}."]


def _test(part: PartReport, visibility: Visibility) -> dict[str, Any]:
    """A part's line. What nobody has judged has no score and no colour."""
    criterion = " ".join(part.criterion.split())
    facts: dict[str, Any] = {
        "number": one_line(part.id, 60),
        "name": one_line(criterion, 400),
        "output": _output(part),
        "visibility": str(visibility),
    }
    if part.status in UNJUDGED:
        return facts
    right = part.status is Status.CORRECT
    return facts | {
        "score": round(part.earned, 6),
        "max_score": part.points,
        "status": "passed" if right else "failed",
    }


def _output(part: PartReport) -> str:
    """What there is to say of a part, as the report says it, without what only the staff may see."""
    label = words.WORDS[part.status].label
    lost = [f"{words.share(share)}." for share in part.shares if not share.earned]
    lines = [f"{label[:1].upper()}{label[1:]}.", words.sentence(part), *lost, *words.remarks(part)]
    if part.counterexample is not None and part.status is not Status.CORRECT:
        lines += _shown(part.counterexample, part)
    if part.traceback and part.status not in UNJUDGED:  # else it is the grader's own
        lines += ["Where the code stopped:", visible_end(part.traceback, _LONG)]
    return "\n".join(line for line in lines if line)


def _shown(example: Counterexample, part: PartReport) -> list[str]:
    lines = [f"The input that shows it: {visible(example.call, _VALUE)}"]
    lines += [f"{one_line(name, 60)} = {visible(value, _VALUE)}" for name, value in example.inputs.items()]
    problem = "" if example.problem == part.feedback else example.problem
    told = {
        "What came back": example.got,
        "What is wrong with it": problem,
        "What was expected": example.expected or "",
        "A script that replays it": example.script,
    }
    return lines + [f"{label}:\n{visible(text, _LONG)}" for label, text in told.items() if text]
