"""docs/gradebooks.md says what is so: its policy is read, and its words are those of the program."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from grader.gradebook import canvas, junit, moodle, results, spreadsheet
from grader.gradebook.export import Standing
from grader.intake import roster
from grader.policy.terms import Counts, Late, Policy, policy_of
from grader.rubric_file import load

DOC = (Path(__file__).parents[2] / "docs" / "gradebooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["course.yaml", "rubrics/tiny.yaml"])
def test_the_example_is_read_in_either_place(course, place):
    (example,) = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    with (course / place).open("a") as file:
        file.write(example)
    rubric = course / "rubrics" / "tiny.yaml"

    policy = policy_of(load(rubric).policy, rubric)

    assert msgspec.structs.replace(policy.late, line=0) == Late(
        penalty=Decimal("0.1"), grace=timedelta(minutes=10), cap=Decimal("0.5"), closed_after=timedelta(days=7)
    )
    assert (policy.attempt, policy.groups, policy.round) == (Counts.BEST, True, Decimal("0.5"))
    assert policy.deadline.isoformat() == "2026-05-03T23:59:00"


def test_the_roster_is_read(tmp_path):
    (example,) = re.findall(r"```csv\n(.*?)```", DOC, re.DOTALL)
    path = tmp_path / "roster.csv"
    path.write_text(example, encoding="utf-8")

    first, second = roster(path)

    assert (first.id, first.name, first.email, first.group) == ("s1234", "A Student", "s1234@example.org", "team 7")
    assert (first.extension, second.extension.isoformat()) == (None, "2026-05-10T23:59:59+00:00")


def test_every_key_of_a_policy_is_in_it():
    for record in (Policy, Late):
        for key in set(record.__struct_fields__) - {"line"}:
            assert f" {key}:" in DOC


def test_every_file_and_every_status_is_in_it():
    for module in (spreadsheet, canvas, moodle, results, junit):
        assert f"| `{module.NAME}` |" in DOC
    for state in Standing:
        assert f"`{state}`" in DOC


def test_the_columns_are_those_of_the_gradebook(rubric):
    (header,) = csv.reader(io.StringIO(spreadsheet.written([], rubric).data.decode("utf-8-sig")))

    assert f"`{', '.join(header[:12])}`, a column for every part, `{header[-1]}`" in DOC
