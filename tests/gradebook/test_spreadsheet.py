"""gradebook.csv has a line for everybody and says how far each grade is."""

import csv
import io

import msgspec
import pytest
from hostile_text import HOSTILE

from grader.gradebook.spreadsheet import written
from grader.roster import Person


@pytest.fixture
def table(rubric):
    """`table(lines)` are the rows of their gradebook, by column."""
    return lambda lines: list(csv.DictReader(io.StringIO(written(lines, rubric).data.decode("utf-8-sig"))))


def test_the_columns_are_facts_then_parts_then_remarks(everybody, rubric, table):
    export = written(everybody, rubric)
    header = export.data.decode("utf-8-sig").splitlines()[0]

    assert export.name == "gradebook.csv"
    assert export.data.startswith(b"\xef\xbb\xbf")
    assert header == (
        "id,name,email,section,group,status,submitted,late,score,final,max,pending,1a,1b,1c,1d,2a,2b,2c,remarks"
    )
    assert [row["id"] for row in table(everybody)] == [line.person.id for line in everybody]


def test_every_state_has_its_word_and_is_counted(everybody, rubric, table):
    states = ["graded", "graded", "incomplete", "not graded", "refused", "missing"]

    assert [row["status"] for row in table(everybody)] == states
    assert set(written(everybody, rubric).notes) == {f"1 {state}" for state in states[2:]}


def test_points_lateness_and_time_are_those_of_the_line(everybody, table):
    graded, late, incomplete, *_, missing = table(everybody)

    assert (graded["score"], graded["final"], graded["max"], graded["pending"]) == ("14", "14", "17", "2")
    assert (graded["1a"], graded["1b"], graded["1c"], graded["2c"]) == ("4", "0", "1", "")
    assert (late["late"], late["final"], late["submitted"]) == ("26:00:04", "13.6", "2026-05-03T22:15:07+02:00")
    assert late["remarks"] == "2 days late: 20 % less"
    assert (incomplete["2a"], incomplete["2b"]) == ("", "")
    assert "2a (internal error)" in incomplete["remarks"]
    assert (missing["score"], missing["max"], missing["1a"], missing["submitted"]) == ("0", "17", "", "")


def test_what_was_left_out_on_the_way_in_is_in_the_remarks(report, line, table):
    one = line("s1", report())
    one = msgspec.structs.replace(one, handed_in=msgspec.structs.replace(one.handed_in, notes=("cell 3 was left out",)))

    assert table([one])[0]["remarks"] == "cell 3 was left out"


def test_hostile_people_are_shown_and_start_no_formula(report, line, table):
    eve = Person(id="=1", name=f"+{HOSTILE}", email="@x", section="-1", group="\t=2")

    (row,) = table([line("s1", report(feedback=HOSTILE, **{"1a": "wrong"}), person=eve, remarks=(f"={HOSTILE}",))])

    assert (row["id"], row["email"], row["section"], row["group"]) == ("'=1", "'@x", "'-1", "'=2")
    assert row["name"].startswith("'+</pre>")
    assert row["remarks"].startswith("'=")
    for cell in row.values():
        assert cell.replace("\ufffe", "").isprintable()


def test_a_report_of_an_older_rubric_leaves_cells_empty(report, line, table):
    old = report()
    old = msgspec.structs.replace(old, parts=old.parts[1:])

    assert table([line("s1", old)])[0]["1a"] == ""
