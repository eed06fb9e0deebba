"""A self-check as a piece of HTML with the report's looks, for a notebook."""

import functools

from grader.model import Status
from grader.report.templates import compiled, inline
from grader.report.visible import one_line, visible, visible_end
from grader.report.words import WORDS
from grader.self_check.checked import UNWRITTEN, Checked, CheckedPart, coverage

_VALUE = 1500


def panel(checked: Checked) -> str:
    """Everything that the terminal shows, escaped, in one element that styles nothing outside of it."""
    told: set[tuple[str, str]] = set()
    rows = [_row(part, told) for part in checked.parts if not part.unwritten]
    count = len(checked.parts)
    said = f"{checked.right} of {count} {'part' if count == 1 else 'parts'} right in the public trials."
    left = [(UNWRITTEN, part.id) for part in checked.parts if part.unwritten]
    left += [(other.why, other.id) for other in checked.others]
    others = [f"{why}: {', '.join(one_line(id, 60) for reason, id in left if reason == why)}" for why in dict(left)]
    return compiled("self_check.html.j2").render(
        style=_style(),
        title=one_line(checked.title, 300),
        said=said,
        rows=rows,
        others=others,
        covered=coverage(checked),
    )


def _row(part: CheckedPart, told: set[tuple[str, str]]) -> dict[str, object]:
    """What is shown of a part; it is closed where all of it was `told` of a part above."""
    said = (part.feedback, part.traceback)
    closed = bool(part.traceback) and said in told
    told.add(said)
    word = WORDS[part.status]
    wrong = part.status is not Status.CORRECT
    example = part.counterexample
    values = [] if example is None else [*example.inputs.items(), ("returns", example.got)]
    if example is not None and example.expected:
        values.append(("expected", example.expected))
    return {
        "id": one_line(part.id, 60),
        "word": word,
        "open": not closed,
        "trials": f"{part.trials.passed} of {part.trials.total} trials" if part.trials.total else "",
        "sentence": visible(part.feedback, 800) if wrong else "",
        "remarks": [one_line(remark, 400) for remark in part.remarks],
        "call": one_line(example.call, 300) if example else "",
        "problem": one_line(example.problem, 400) if example else "",
        "inputs": [(one_line(name, 60), visible(value, _VALUE)) for name, value in values if value],
        "traceback": visible_end(part.traceback, _VALUE),
        "hints": part.offered,
    }


@functools.cache
def _style() -> str:
    """The report's colours and typefaces, for this element alone, and its own few rules."""
    named, _, _ = inline("page.css").partition("* { box-sizing")
    return named.replace(":root", ".grade-check") + inline("self_check.css")
