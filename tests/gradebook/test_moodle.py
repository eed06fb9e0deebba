"""Moodle gets its worksheet back with grades and feedback, which it shows as HTML, and all else untouched."""

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile_text import HOSTILE

from grader.errors import UsageError
from grader.gradebook.moodle import written
from grader.roster import Person

# As Moodle makes it in English.
HEADER = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
)
ROW = (
    '"Participant {n}","Name {id}",{id},{id}@example.org,"Submitted for grading",{grade},{max},{open},'
    '"Sunday, 3 May 2026, 10:15 PM",-,{comment}\n'
)


def row(n, id, grade="", max="19.00", open="Yes", comment=""):
    return ROW.format(n=n, id=id, grade=grade, max=max, open=open, comment=comment)


@pytest.fixture
def filled(rubric, tmp_path):
    """`filled(lines, *rows)` is the worksheet of these rows, filled."""

    def made(lines, *rows: str, header: str = HEADER, **options):
        path: Path = tmp_path / "worksheet.csv"
        path.write_bytes((header + "".join(rows)).encode())
        return written(lines, rubric, path, **options)

    return made


def cells(export):
    return list(csv.DictReader(io.StringIO(export.data.decode(), newline="")))


def shown(html: str) -> str:
    """The text that a browser shows; there is no element in it but breaks of lines."""
    pieces = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = pieces.append
    parser.handle_starttag = lambda tag, attributes: pieces.append("\n" if (tag, attributes) == ("br", []) else 1 / 0)
    parser.handle_endtag = parser.handle_comment = parser.handle_decl = lambda _: 1 / 0
    parser.feed(html)
    parser.close()
    return "".join(pieces)


def test_grade_and_feedback_are_filled_and_every_other_byte_stays(report, line, filled):
    lines = [line("s1", report(), final=13.6, remarks=("2 days late: 20 % less",)), line("s3")]

    export = filled(lines, row(41, "s1"), row(42, "s2", "7.00", comment='"kept, as it is"'), row(43, "s3"))

    pending = "2 points pending: written parts, marked by a person"
    said = f"By machine: 17 of 17 points, 13.6 points after lateness.<br>2 days late: 20 % less<br>{pending}"
    assert export.name == "moodle.csv"
    assert export.data.decode() == HEADER + "".join(
        [
            row(41, "s1", "13.6", comment=f'"{said}"'),
            row(42, "s2", "7.00", comment='"kept, as it is"'),
            row(43, "s3", "0", comment="By machine: 0 points.<br>nothing was handed in"),
        ]
    )


def test_every_part_that_lost_points_has_its_sentence(report, line, filled):
    (row_,) = cells(
        filled([line("s1", report("Look at x <= 3 & =y.", **{"1a": "wrong", "1c": "partial"}))], row(1, "s1"))
    )

    assert shown(row_["Feedback comments"]).splitlines() == [
        "By machine: 12 of 17 points.",
        "2 points pending: written parts, marked by a person",
        "1a: 0 of 4. Look at x <= 3 & =y.",
        "1c: 1 of 2. Look at x <= 3 & =y.",
    ]


@pytest.mark.parametrize("text", [HOSTILE, "<img src=x onerror=alert(1)>", "&#60;b>", "<== -1; =2", "<!-- x", "</"])
def test_feedback_is_text_and_neither_markup_nor_a_formula(report, line, filled, text):
    (row_,) = cells(filled([line("s1", report(text, **{"1a": "wrong"}), remarks=(text,))], row(1, "s1")))

    comment = row_["Feedback comments"]
    assert shown(comment).count("\n") == 3
    assert not any(piece.lstrip()[:1] in ("=", "+", "-", "@") for piece in comment.split(";"))


def test_what_people_wrote_stays_and_what_we_wrote_is_renewed(report, line, filled):
    ours = '"By machine: 3 of 17 points."'

    export = filled([line("s1", report()), line("s2", report())],
                    row(1, "s1", "3.00", comment='"Well done, T."'), row(2, "s2", "3.00", comment=ours))  # fmt: skip

    first, second = cells(export)
    assert (first["Grade"], first["Feedback comments"]) == ("17", "Well done, T.")
    assert second["Feedback comments"].startswith("By machine: 17 of 17")
    assert export.notes[-1] == "the feedback that Name s1 (s1) has already was kept"


def test_a_locked_grade_is_left_and_named(report, line, filled):
    export = filled([line("s1", report())], row(1, "s1", "3.00", open="No"))

    assert export.data.decode() == HEADER + row(1, "s1", "3.00", open="No")
    assert export.notes == ("left as it is: Name s1 (s1), whose grade cannot be changed in Moodle",)


def test_people_are_found_by_the_number_in_their_folders_name(report, line, filled):
    origin = "Eve_777_assignsubmission_file_"
    lines = [line("eve", report(), origin=origin, person=Person(id="eve"))]

    export = filled(lines, row(777, "x"), row(778, "y"))

    assert [row_["Grade"] for row_ in cells(export)] == ["17", ""]


@pytest.mark.parametrize(
    "person",
    [Person(id="41"), Person(id="S1"), Person(id="?", email="s1@example.org")],
    ids=["participant", "number", "address"],
)
def test_people_are_found_by_what_identifies_them(report, line, filled, person):
    export = filled([line("", report(), person=person)], row(41, "s1"), row(42, "s2"))

    assert [row_["Grade"] for row_ in cells(export)] == ["17", ""]


def test_decimal_commas_are_kept(report, line, filled):
    export = filled([line("s1", report(), final=13.6)], row(1, "s1", max='"19,00"'))

    assert cells(export)[0]["Grade"] == "13,6"
    assert not any("maximum grade" in note for note in export.notes)


def test_another_maximum_is_said(report, line, filled):
    assert filled([line("s1", report())], row(1, "s1", max="100.00")).notes == (
        "the maximum grade in Moodle is 100.00, the rubric has 19 points",
    )


def test_a_worksheet_without_feedback_gets_grades_alone(report, line, filled):
    header = HEADER.replace(',"Feedback comments"', "")

    export = filled([line("s1", report())], row(1, "s1").replace(",-,", ",-"), header=header)

    assert cells(export)[0]["Grade"] == "17"
    assert export.notes == ("worksheet.csv has no column 'Feedback comments': grades alone were filled in",)


def test_columns_may_have_other_names(report, line, filled):
    header = HEADER.replace(",Grade,", ",Bewertung,").replace("Feedback comments", "Feedback als Kommentar")

    export = filled(
        [line("s1", report())], row(1, "s1"), header=header, grade="Bewertung", feedback="Feedback als Kommentar"
    )

    assert cells(export)[0]["Bewertung"] == "17"
    assert cells(export)[0]["Feedback als Kommentar"].startswith("By machine: 17")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("Student,ID\n", "has no columns 'Identifier' and 'Grade'", id="of Canvas"),
        pytest.param("Identifier,Grade,Scale\n", "is graded by a scale", id="a scale"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_what_to_do(line, filled, header, words):
    with pytest.raises(UsageError, match=words) as error:
        filled([line("s1")], header=header)

    assert error.value.file.name == "worksheet.csv"
    assert error.value.remedy
