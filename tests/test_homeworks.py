"""docs/homeworks.md says what the rubrics say: each part, how it is judged, and which mistakes are recognised in it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from grader.checks import KINDS, Check
from grader.checks.matches_reference import MatchesReference
from grader.course import Course
from grader.rubric import Function, Part, Problem, Rubric
from grader.rubric_file import load

COURSE = Course(Path(__file__).parents[1])
PAGE = COURSE.folder / "docs" / "homeworks.md"
RUBRICS = [load(COURSE.rubric(id)) for id in COURSE.assignments]

OPENING = """\
# The homeworks

Written from the rubrics by `GOLDEN=1 python -m pytest tests/test_homeworks.py`: change them, not this page.

*Judged by* names the checks of a part, all of which have to pass; [rubric.md](rubric.md) says what each of them does.
*Catches* names what is recognised in a wrong answer, with the credit that is left in brackets where some is: first what
a right formula may still get wrong, which has trials of its own, then known misconceptions.
"""

NAMES = {kind: name for name, kind in KINDS.items()}


def page(rubrics: Iterable[Rubric]) -> str:
    rubrics = list(rubrics)
    rows = [[f"[`{rubric.id}`](#{rubric.id})", rubric.title, *amounts(parts_of(rubric))] for rubric in rubrics]
    overview = table(["homework", "title", "by machine", "written", "parts", "misconceptions"], rows)
    return "\n".join([OPENING, *overview, *(line for rubric in rubrics for line in section(rubric))]) + "\n"


def section(rubric: Rubric) -> Iterator[str]:
    yield from ["", f"## {rubric.id}", "", rubric.title]
    for problem in rubric.problems:
        machine, written, *_ = amounts(problem.parts)
        yield from ["", f"### Problem {problem.id}: {problem.title}", ""]
        yield from [f"`{problem.file}`, {machine} points by machine and {written} written", ""]
        rows = [[part.id, f"{part.points:g}", *described(part, problem)] for part in problem.parts]
        yield from table(["part", "points", "function", "judged by", "catches"], rows)


def described(part: Part, problem: Problem) -> list[str]:
    """The function of a part, what judges it, and what is recognised."""
    if part.written:
        return ["", f"a person, by {len(part.written)} criteria" if len(part.written) > 1 else "a person", ""]
    function = problem.functions[part.function]
    outputs = f" → {', '.join(map(code, part.output))}" if part.output else ""
    tensors = ", takes tensors" if function.tensors else ""
    judges = [judge(check, part, function) for check in part.checks]
    if part.follow_through:
        judges.append(f"follow-through: {part.follow_through:g}")
    return [f"{code(part.function)}{outputs}{tensors}", "; ".join(judges), "; ".join(caught(part, function))]


def judge(check: Check, part: Part, function: Function) -> str:
    """A check in words: its kind, its options where they are not the usual ones, and the form that is compared."""
    options = [
        in_words(value) if option.name == "property" else option_in_words(option.name, value)
        for option in msgspec.structs.fields(type(check))
        if (value := getattr(check, option.name)) != option.default
    ]
    if isinstance(check, MatchesReference) and function.compare:
        options.append(f"compared by {listed(forms(part, function))}")
    return code(NAMES[type(check)]) + (f" ({', '.join(options)})" if options else "")


def option_in_words(name: str, value: object) -> str:
    return name if value is True else f"{name} {listed(value)}"


def forms(part: Part, function: Function) -> list[str]:
    """The forms in which the outputs of a part are compared."""
    if len(function.compare) == 1 or not part.output:
        return list(function.compare)
    return [function.compare[function.returns.index(output)] for output in part.output]


def caught(part: Part, function: Function) -> Iterator[str]:
    assert function.inputs is not None
    for name, share in function.inputs.shares.items():
        yield with_credit(name, 1 - share.credit)
    for name, credit in part.misconceptions.items():
        yield with_credit(name, credit)


def with_credit(name: str, credit: float) -> str:
    return in_words(name) + (f" ({credit:.3g})" if credit else "")


def in_words(name: str) -> str:
    return name.replace("_", " ")


def listed(value: object) -> str:
    return ", ".join(code(str(item)) for item in (value if isinstance(value, (tuple, list)) else [value]))


def code(text: str) -> str:
    return f"`{text}`"


def parts_of(rubric: Rubric) -> list[Part]:
    return [part for problem in rubric.problems for part in problem.parts]


def amounts(parts: Iterable[Part]) -> list[str]:
    """Points by machine and by hand, the number of parts and that of their misconceptions."""
    parts = list(parts)
    machine = sum(part.points for part in parts if part.checks)
    written = sum(part.points for part in parts if part.written)
    return [f"{machine:g}", f"{written:g}", str(len(parts)), str(sum(len(part.misconceptions) for part in parts))]


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def test_the_page_is_what_the_rubrics_say():
    """Run with GOLDEN=1 to write it anew."""
    if os.environ.get("GOLDEN"):
        PAGE.write_text(page(RUBRICS), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page(RUBRICS), "GOLDEN=1 writes it anew"


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.id)
def test_every_part_has_a_row_with_all_that_it_catches(rubric):
    own = PAGE.read_text(encoding="utf-8").partition(f"\n## {rubric.id}\n")[2].partition("\n## ")[0]
    for part in parts_of(rubric):
        [row] = [line for line in own.splitlines() if line.startswith(f"| {part.id} | ")]

        *_, function, judges, catches = row.removesuffix(" |").split(" | ") if part.checks else (row, "", row, "")
        assert part.function in function
        assert all(NAMES[type(check)] in judges for check in part.checks)
        assert all(in_words(name) in catches for name in part.misconceptions)
        assert f" | {part.points:g} | " in row


def test_a_bar_in_a_title_does_not_end_its_cell():
    rubric = msgspec.structs.replace(RUBRICS[0], title="|x| and more")

    assert "| \\|x\\| and more |" in page([rubric])
