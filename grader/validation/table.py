"""What is found, in a terminal: a line for each assignment, then every finding."""

from collections.abc import Iterable, Sequence

from grader.validation.validation import Validated

_COUNTS = ("examples", "misconceptions", "seeds", "seconds", "findings")
_COLUMNS = ("homework", "problems", "parts", "by machine", "by hand", *_COUNTS)


def table(validated: Sequence[Validated], before: str = "") -> str:
    """The table and the findings as text; `before` is what stands before the files."""
    rows = [_COLUMNS, *map(_cells, validated)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
    for one in validated:
        lines += ["", *(f"{before}{found}" for found in one.findings)] if one.findings else []
    return "\n".join(lines)


def _cells(one: Validated) -> tuple[str, ...]:
    points = f"{one.machine_points:g}", f"{one.written_points:g}"
    counts = one.examples, one.misconceptions, one.seeds
    found = str(len(one.findings)) if one.findings else "none"
    return (one.assignment, str(one.problems), str(one.parts), *points, *map(str, counts), f"{one.seconds:.1f}", found)


def _padded(row: Iterable[str], widths: Sequence[int]) -> list[str]:
    first, *rest = zip(row, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
