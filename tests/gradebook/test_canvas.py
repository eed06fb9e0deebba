"""Canvas gets its own file back: one column filled, for people found by their ids, and all else untouched."""

import csv
import io
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.gradebook.canvas import written
from grader.roster import Person

# As Canvas exports it: a row of posting policies, the points possible, read-only totals, excused students.
EXPORTED = '''\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Warm-up (101),Tiny (102),Current Score,Final Score\r
,,,,,Manual Posting,,(read only),(read only)\r
    Points Possible,,,,,10.00,19.00,(read only),(read only)\r
"Doe, Jane",4711,s1,jane,"A and ""B""",8.00,{s1},80.00,80.00\r
"Roe, ""Rich""",4712,s2,rich,A,EX,{s2},,\r
"=Loe, Zoë",4713,s3,"zoe@example.org",A,,{s3},90.00,90.00\r
"Student, Test",4799,,test_student,A,,{test},,\r
'''
EMPTY = {"s1": "", "s2": "", "s3": "", "test": ""}


@pytest.fixture
def exported(tmp_path):
    """`exported(text)` is a file with that text."""

    def made(text: str) -> Path:
        path = tmp_path / "exported.csv"
        path.write_bytes(text.encode())
        return path

    return made


@pytest.fixture
def merged(rubric, exported):
    """`merged(lines, s2="EX")` is the export of these lines, where these cells were filled already."""
    return lambda lines, **cells: written(lines, rubric, exported(EXPORTED.format(**EMPTY | cells)))


def test_one_column_is_filled_and_every_other_byte_stays(report, line, merged):
    export = merged([line("s1", report(), final=13.6), line("s2", report(**{"1b": "wrong"})), line("s3")])

    assert export.name == "canvas.csv"
    assert export.data.decode() == EXPORTED.format(s1="13.6", s2="15", s3="0", test="")


@pytest.mark.parametrize("word", ["EX", "N/A"])
def test_who_is_excused_stays_excused_and_is_named(report, line, merged, word):
    export = merged([line("s1", report()), line("s2", report())], s2=word)

    assert export.data.decode() == EXPORTED.format(s1="17", s2=word, s3="", test="")
    assert f"left as it is: Name s2 (s2), marked {word}" in export.notes


def test_what_is_not_final_is_not_written(everybody, merged):
    export = merged(everybody, s3="12.00")

    assert export.data.decode() == EXPORTED.format(s1="14", s2="13.6", s3="12.00", test="")
    assert "left as it is: Name s3 (s3), still to be judged: 2a (internal error), 2b (deferred)" in export.notes


def test_who_had_other_points_is_named(report, line, merged):
    export = merged([line("s1", report()), line("s2", report())], s1="20.5", s2="17.00")

    assert "Name s1 (s1): 20.5 becomes 17" in export.notes
    assert not any("s2" in note for note in export.notes)


def test_nothing_handed_in_is_no_reason_to_take_a_grade_away(line, merged):
    export = merged([line("s1"), line("s2")], s1="9.00")

    assert export.data.decode() == EXPORTED.format(s1="9.00", s2="0", s3="", test="")
    assert "left as it is: Name s1 (s1), handed in nothing, and has 9.00 already" in export.notes


def test_who_is_in_one_of_the_two_only_is_listed(report, line, merged):
    export = merged([line("s1", report()), line("s9", report())])

    assert "not in exported.csv, their grade is not in it: Name s9 (s9)" in export.notes
    assert "3 of 4 people in exported.csv have no grade here: left as they are" in export.notes


def test_an_address_is_a_login_where_no_id_is_known(report, line, merged):
    zoe = Person(id="u-1", email="ZOE@example.org")

    assert merged([line("", report(), person=zoe)]).data.decode() == EXPORTED.format(**EMPTY | {"s3": "17"})


def test_numbers_of_two_kinds_are_not_mixed_up(report, line, rubric, exported):
    text = "Student,ID,SIS User ID,SIS Login ID,Section,Tiny (102)\nA,1,2,a,S,{a}\nB,2,3,b,S,{b}\nC,3,1,c,S,{c}\n"
    lines = [line(id, report(**{part: "wrong"})) for id, part in (("2", "1a"), ("3", "1b"), ("a", "1c"))]

    export = written(lines, rubric, exported(text.format(a="", b="", c="")))

    # By the column ID they would be B, C and nobody; either column alone is consistent, and the first one is taken.
    assert export.data.decode() == text.format(a="", b="13", c="15")
    assert any("Name a (a)" in note for note in export.notes)
    assert "'ID' was taken for the ids of the class; 2 of them stand in 'SIS User ID' as well, for somebody else" in (
        export.notes
    )


def test_a_row_that_may_be_two_peoples_is_nobodys(report, line, merged):
    twice = [line("s1", report()), line("s1", report(**{"1a": "wrong"}))]

    export = merged(twice)

    assert export.data.decode() == EXPORTED.format(**EMPTY)
    assert any("may be that of Name s1 (s1) and Name s1 (s1): left as it is" in note for note in export.notes)


def test_semicolons_and_decimal_commas_are_kept(report, line, rubric, exported):
    text = (
        "Student;ID;SIS User ID;SIS Login ID;Section;Warm-up (101);Tiny (102)\n"
        "    Points Possible;;;;;10,00;19,00\n"
        "Doe, Jane;4711;s1;jane;A;8,50;{}\n"
    )

    export = written([line("s1", report(), final=13.6)], rubric, exported(text.format("")))

    assert export.data.decode() == text.format("13,6")
    assert export.notes == ()


def test_a_decimal_comma_between_commas_is_quoted(report, line, rubric, exported):
    text = 'Student,ID,Section,Tiny (102)\nPoints Possible,,,"19,00"\nJane,s1,A,{}\n'

    export = written([line("s1", report(), final=13.6)], rubric, exported(text.format("")))

    assert export.data.decode() == text.format('"13,6"')


def test_last_and_first_names_in_columns_of_their_own(report, line, rubric, exported):
    header = "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Tiny (102)\n"
    text = header + "Points Possible,,,,,,19.00\nD,J,1,s1,j,A,{}\n"

    assert written([line("s1", report())], rubric, exported(text.format(""))).data.decode() == text.format("17")


def test_other_points_possible_are_said_and_nothing_is_scaled(report, line, rubric, exported):
    text = "Student,ID,Section,Tiny (102)\n    Points Possible,,,100.00\nJ,s1,A,{}\n"

    export = written([line("s1", report())], rubric, exported(text.format("")))

    assert export.data.decode() == text.format("17")
    assert export.notes == ("100.00 points possible in Canvas, 19 in the rubric",)


HEADER = "Student,ID,Section,Tiny (102),Tiny (103),Large (104),Final Score\n"


@pytest.mark.parametrize("name", ["104", "Large", "Large (104)"])
def test_the_assignment_is_named_by_title_or_number(report, line, rubric, exported, name):
    export = written([line("s1", report())], rubric, exported(HEADER + "J,s1,A,,,,\n"), name)

    assert export.data.decode() == HEADER + "J,s1,A,,,17,\n"


@pytest.mark.parametrize(
    ("name", "words", "remedy"),
    [
        pytest.param("", "several assignments are called 'Tiny'", "name one: 102, 103", id="two of them"),
        pytest.param("Huge", "has no assignment 'Huge'", "Tiny (102); Tiny (103); Large (104)", id="none"),
        pytest.param("Final Score", "has no assignment 'Final Score'", "Large (104)", id="a total is none"),
    ],
)
def test_a_column_in_doubt_is_asked_about(line, rubric, exported, name, words, remedy):
    with pytest.raises(UsageError, match=words) as error:
        written([line("s1")], rubric, exported(HEADER), name)

    assert remedy in error.value.remedy
    assert error.value.file.name == "exported.csv"


def test_a_read_only_column_is_refused(line, rubric, exported):
    with pytest.raises(UsageError, match="is read only"):
        written([line("s1")], rubric, exported("Student,ID,Section,Tiny (102)\nPoints Possible,,,(read only)\n"))


def test_a_file_of_another_kind_is_refused_with_what_to_do(line, rubric, exported):
    with pytest.raises(UsageError, match="has no columns 'ID' and 'Section'") as error:
        written([line("s1")], rubric, exported("Identifier,Grade\n"))

    assert "Export Entire Gradebook" in error.value.remedy


def test_a_student_who_calls_himself_points_possible_is_a_student(report, line, rubric, exported):
    text = 'Student,ID,Section,Tiny (102)\n"Points Possible, Eve",s1,A,{}\n'

    assert written([line("s1", report())], rubric, exported(text.format(""))).data.decode() == text.format("17")


def test_what_is_merged_reads_as_csv(everybody, merged):
    rows = list(csv.reader(io.StringIO(merged(everybody).data.decode("utf-8-sig"), newline="")))

    assert {len(row) for row in rows} == {9}
    assert [row[6] for row in rows] == ["Tiny (102)", "", "19.00", "14", "13.6", "", ""]
