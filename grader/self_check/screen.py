"""A self-check in a terminal: readable without colour, and in a narrow window."""

from collections.abc import Iterator, Sequence

import click

from grader.model import Counterexample, Status
from grader.report.columns import cells, padded, wrapped
from grader.report.visible import one_line, visible, visible_end
from grader.report.words import WORDS
from grader.self_check.checked import UNWRITTEN, Checked, CheckedPart, CheckedProblem, OtherPart, coverage
from grader.worker.levels import FULL

_COLOURS = {"right": "green", "partly": "yellow", "lost": "red", "waiting": "blue", "ours": "magenta"}
_NARROWEST, _WIDEST = 20, 100
_VALUE, _TRACEBACK = 600, 1500


def screen(checked: Checked, *, width: int, colour: bool) -> str:
    """What a self-check says, in lines of at most `width` columns; without colour, in plain text."""
    width = min(max(width, _NARROWEST), _WIDEST)
    text = "\n".join(_lines(checked, width)) + "\n"
    return text if colour else click.unstyle(text)


def _lines(checked: Checked, width: int) -> Iterator[str]:
    own = max((cells(one_line(part.id, 60)) for part in checked.parts), default=0)
    for problem in checked.problems:
        yield from _heading(problem, width)
        parts = [part for part in checked.parts if part.problem == problem.id]
        for part in parts:
            if not part.unwritten:
                yield from _part(part, _same(part, parts), own, width)
        unwritten = [OtherPart(id=part.id, problem=problem.id, why=UNWRITTEN) for part in parts if part.unwritten]
        yield from _others([*unwritten, *(other for other in checked.others if other.problem == problem.id)], width)
        yield from _printed(problem, width)
        yield ""
    yield from _footer(checked, width)


def _heading(problem: CheckedProblem, width: int) -> Iterator[str]:
    for line in wrapped(one_line(f"Problem {problem.id}: {problem.title} ({problem.file})", 300), width):
        yield click.style(line, bold=True)


def _same(part: CheckedPart, parts: Sequence[CheckedPart]) -> str:
    """The first part of which all the same is said, its traceback included; none where it is this one."""
    if not part.traceback:
        return ""
    first = next(one for one in parts if (one.feedback, one.traceback) == (part.feedback, part.traceback))
    return "" if first is part else one_line(first.id, 60)


def _part(part: CheckedPart, same: str, own: int, width: int) -> Iterator[str]:
    """The line of a part; below it what is wrong, and on which input, or the part of which the `same` was said."""
    word = WORDS[part.status]
    text = f"{word.symbol} {padded(one_line(part.id, 60), own)}  {_outcome(part)}"
    if cells(text) + 2 > width:
        text = f"{word.symbol} {one_line(part.id, 60)} {_outcome(part)}"
    first, *rest = _row(text, width)
    yield "  " + click.style(first[2:3], fg=_COLOURS[word.tone]) + first[3:]
    yield from rest
    if same:
        yield from wrapped(f"as in {same}", width, indent="      ")
        return
    if part.status is not Status.CORRECT and part.feedback:
        yield from wrapped(one_line(part.feedback, 800), width, indent="      ")
    for remark in part.remarks:
        yield from wrapped(f"note: {one_line(remark, 400)}", width, indent="      ")
    yield from _traceback(part, width)
    if part.counterexample is not None:
        yield from _example(part.counterexample, part.feedback, width)
    if part.offered:
        there = "there is a hint" if part.offered == 1 else f"there are {part.offered} hints"
        yield from wrapped(f"{there}: --hint {part.id}", width, indent="      ")


def _row(text: str, width: int) -> list[str]:
    """A row whose columns are kept where it fits, and broken between words where it does not."""
    return [f"  {text}"] if cells(text) + 2 <= width else list(wrapped(text, width, indent="  "))


def _outcome(part: CheckedPart) -> str:
    label = WORDS[part.status].label
    if part.right and not part.decided:
        return "nothing wrong seen; the law of what it draws is not judged here"
    if part.right:
        return f"{label} in all {part.trials.total} public trials" if part.trials.total > 1 else label
    wrong = part.trials.total - part.trials.passed
    return f"{label} in {wrong} of {part.trials.total} public trials" if 0 < wrong < part.trials.total else label


def _traceback(part: CheckedPart, width: int) -> Iterator[str]:
    for line in visible_end(part.traceback, _TRACEBACK).splitlines():
        yield from _indented(line, width, "      ")


def _example(example: Counterexample, said: str, width: int) -> Iterator[str]:
    """The input that shows it, what came back, what is right where that may be told, and what was not `said` yet."""
    yield from wrapped(one_line(example.call, 300), width, indent="      ")
    inputs = [(f"{name} = ", value) for name, value in example.inputs.items()]
    for opening, value in [*inputs, ("returns ", example.got), ("expected ", example.expected or "")]:
        first, *rest = visible(value, _VALUE).splitlines() or [""]
        if first:
            yield from _indented(opening + first, width, "        ")
        for line in rest:
            yield from _indented(line, width, "          ")
    if example.problem and example.problem != said:
        yield from wrapped(one_line(example.problem, 400), width, indent="      ")


def _indented(line: str, width: int, indent: str) -> Iterator[str]:
    """A line with the spaces it opens with, broken where it is too long."""
    spaces = indent + " " * min(len(line) - len(line.lstrip()), 8)
    yield from wrapped(line, width, indent=spaces)


def _others(others: Sequence[OtherPart], width: int) -> Iterator[str]:
    """What is not checked, each reason once."""
    for why in dict.fromkeys(other.why for other in others):
        ids = ", ".join(one_line(other.id, 60) for other in others if other.why == why)
        yield from wrapped(f"○ {why}: {ids}", width, indent="  ")


def _printed(problem: CheckedProblem, width: int) -> Iterator[str]:
    if problem.printed:
        yield from wrapped(f"{problem.file} printed:", width, indent="  ")
        for line in visible(problem.printed, _VALUE).splitlines():
            yield from _indented(line, width, "    ")


def _footer(checked: Checked, width: int) -> Iterator[str]:
    count = len(checked.parts)
    if count:
        row = f"{checked.right} of {count} {'part' if count == 1 else 'parts'} right in the public trials."
        for line in wrapped(row, width):
            yield click.style(line, bold=True)
    yield from wrapped(coverage(checked), width)
    if checked.isolation != FULL:
        yield from wrapped(f"Your code was not locked in as it is when it is graded: {checked.isolation}.", width)
