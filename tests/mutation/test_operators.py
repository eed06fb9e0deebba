"""Every mistake of the table in docs/mutation.md is made by the engine as it is written there."""

import ast
from pathlib import Path

import pytest

from grader.mutants import mutants

PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"


def rows():
    """(operator, before, after) of each row that shows both."""
    table = PAGE.read_text().partition("## Operators")[2].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("| ")]
    coded = [cell[1:] for cell in cells if all(text.startswith("`") or not text for text in cell[1:])]
    return [tuple(text.strip("`") for text in row) for row in coded if row[1]]


def around(operator, before):
    """A function in which the edited text stands."""
    names = sorted(
        {node.id for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name)} - {"np", "range", "len"}
    )
    arguments = ", ".join(dict.fromkeys([*names, "c"]))
    if operator in ("ignore_arg", "hard_coded"):
        return f"def f({arguments}):\n    return {before} * c"
    if "=" in before and "==" not in before and "(" not in before and "<" not in before:
        return f"def f({arguments}):\n    for _ in x:\n        {before}\n    return s"
    return f"def f({arguments}):\n    return {before}"


@pytest.mark.parametrize(("operator", "before", "after"), rows())
def test_a_mistake_of_the_table_is_made(operator, before, after):
    source = around(operator, before)
    whole = {(m.operator, m.before, m.after) for m in mutants(source, "f")}
    # A variable or a number is edited by itself.
    inside = {(m.operator, before, before.replace(m.before, m.after, 1)) for m in mutants(source, "f")}
    last = {(m.operator, before, m.after.join(before.rsplit(m.before, 1))) for m in mutants(source, "f") if m.before}

    assert (operator, before, after) in whole | inside | last


def test_the_table_is_found():
    assert len(rows()) > 30
