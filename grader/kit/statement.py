"""The statement of an assignment: every part with its points and its criterion, and the kit's own README."""

from collections.abc import Iterator

from grader.public import is_checkable, is_decided
from grader.report.words import counted
from grader.rubric import Part, Rubric

README = """\
# {title}

`statement.md` says what is asked for. Write your functions into {files}: their names and arguments are there already.

    grade check                   # checks them, as often as you like
    grade check --submit-check    # whether the folder would be accepted, and packs it

Run both in this folder. The first one compares with recorded answers in `recorded/`, {covered}. The grading has other
inputs, and checks more: that everything is right here does not mean that all points are earned.

`grade check -p 1` checks one problem, `grade check --part 1a` one part or all that open with this, and
`grade check --watch` whatever you save. `grade check --hint PART` gives a hint, where there is one. Your name goes into
`submission.yaml`.
"""

LABEL = """\
assignment: {id}
# student: {{id: s1234, name: A Student}}
# collaborators: [s2345]
"""


def statement(rubric: Rubric) -> str:
    """The statement of a public rubric, in Markdown."""
    return "\n".join(_lines(rubric))


def readme(rubric: Rubric) -> str:
    """What a student reads first."""
    files = ", ".join(f"`{problem.file}`" for problem in rubric.problems if problem.functions)
    return README.format(title=rubric.title, files=files or "your files", covered=covered(rubric))


def label(rubric: Rubric) -> str:
    """The `submission.yaml` that a student completes."""
    return LABEL.format(id=rubric.id)


def covered(rubric: Rubric) -> str:
    """How many of the points that a machine judges can be checked with a public rubric."""
    parts = [part for problem in rubric.problems for part in problem.parts if not part.written]
    here = sum(part.points for part in parts if is_decided(part))
    return f"which cover {here:g} of the {sum(part.points for part in parts):g} points that are judged by machine"


def _lines(rubric: Rubric) -> Iterator[str]:
    yield f"# {rubric.title}"
    for problem in rubric.problems:
        yield from ["", f"## Problem {problem.id}: {problem.title}"]
        if problem.functions:
            yield from ["", f"In `{problem.file}`."]
        for part in problem.parts:
            yield from ["", f"**{part.id}** ({counted(part.points)}{_how(part)})", "", part.criterion]
    yield ""


def _how(part: Part) -> str:
    if part.written:
        return ", in writing"
    return f", `{part.function}`" if is_checkable(part) else ", not checkable here"
