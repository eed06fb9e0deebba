"""The terminal shows every part on a line that fits, in words, and only what is printable."""

import re
import subprocess
import sys
import unicodedata

import click
import msgspec
import pytest

from grader.model import Status
from grader.report import words
from grader.report.summary import overview, summary


def columns(line):
    """The width of a line in a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return len(line) + wide - sum(map(bool, map(unicodedata.combining, line)))


def test_every_part_stands_there_with_its_symbol_points_and_word(everything):
    lines = summary(everything, width=80, colour=False).splitlines()

    for part in everything.parts:
        word = words.WORDS[part.status]
        pattern = rf"  {re.escape(word.symbol)} {re.escape(part.id)} +\S+ / [\d.]+ +{word.label}"
        assert sum(bool(re.fullmatch(pattern, line)) for line in lines) == 1, part.id


def test_the_columns_line_up(everything):
    lines = summary(everything, width=80, colour=False).splitlines()

    rows = [line for line in lines if re.match(r"  \S .* / ", line)]
    assert len(rows) == len(everything.parts)
    assert len({row.index(" / ") for row in rows}) == 1


def test_a_correct_part_takes_one_line_and_a_wrong_one_brings_its_sentence(whole, everything):
    short = summary(whole, width=80, colour=False).splitlines()
    text = summary(everything, width=80, colour=False)

    start = short.index("")
    assert short[start + 2 : short.index("", start + 1)] == [
        "  ✓ 1a.forward  2 / 2  correct",
        "  ✓ 1a.dx       7 / 7  correct",
    ]
    assert "    dx leaves out a path: x also acts" in text
    assert "    replay: --trial 1a.dx/3" in text


@pytest.mark.parametrize("name", ["everything", "whole", "empty"])
@pytest.mark.parametrize("width", [20, 33, 40, 60, 80, 100, 300])
def test_every_line_fits_the_width(name, width, request):
    report = request.getfixturevalue(name)

    text = summary(report, width=width, colour=False)

    assert max(map(columns, text.splitlines())) <= width


@pytest.mark.parametrize("feedback", ["日本語" * 60, "x" * 300, "e\u0301" * 200, "a " * 150])
def test_text_without_a_place_to_break_still_fits(feedback, everything):
    parts = tuple(msgspec.structs.replace(part, feedback=feedback) for part in everything.parts)

    text = summary(msgspec.structs.replace(everything, parts=parts), width=40, colour=False)

    assert max(map(columns, text.splitlines())) <= 40


def test_without_colour_there_is_no_escape_code_and_with_it_the_words_are_the_same(everything):
    plain = summary(everything, width=80, colour=False)
    coloured = summary(everything, width=80, colour=True)

    assert "\x1b" not in plain
    assert "\x1b" in coloured
    assert click.unstyle(coloured) == plain


@pytest.mark.parametrize("colour", [True, False])
def test_escape_codes_of_a_student_reach_no_terminal(colour, everything, hostile):
    part = msgspec.structs.replace(everything.parts[1], feedback=hostile)
    report = msgspec.structs.replace(everything, submission=hostile, parts=(part,), collaborators=(hostile,))

    text = click.unstyle(summary(report, width=80, colour=colour))

    assert all(character.isprintable() or character == "\n" for character in text)
    assert "␛[2J" in text


def test_the_score_and_what_is_open_stand_at_the_end(everything):
    tail = summary(everything, width=80, colour=False).splitlines()[-5:]

    assert tail == [
        "3.5 of 21 points judged by machine",
        "2 points pending: written parts, marked by a person",
        "1.25 points deferred: judged later",
        "1 point open: the grader could not judge these parts, and a person will",
        "isolation: full · device: cpu · replay with --seed 20260301",
    ]


def test_nothing_says_failed_whatever_the_status(everything):
    part = everything.parts[1]
    parts = tuple(msgspec.structs.replace(part, status=status, feedback="") for status in Status)

    text = summary(msgspec.structs.replace(everything, parts=parts), width=80, colour=False)

    assert "fail" not in text.lower()


def test_the_terminal_pays_for_neither_jinja_nor_numpy():
    program = "import sys, grader.report.summary; print({'jinja2', 'numpy', 'rich'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert (done.stdout.strip(), done.stderr) == ("set()", "")


@pytest.mark.parametrize("width", [20, 60, 80, 100])
def test_an_overview_has_a_line_for_each_report_and_cuts_titles_only(whole, everything, empty, width):
    reports = [whole, msgspec.structs.replace(everything, title="標題" * 40), msgspec.structs.replace(empty, title="")]

    head, *lines = overview([(report, 0.25) for report in reports], width=width).splitlines()

    assert len(lines) == len(reports)
    for report, line in zip(reports, lines, strict=True):
        assert f"{words.number(report.score)} of {words.number(report.max_score)}" in line
        assert line.startswith(report.assignment)
    assert len({columns(line[: line.index("  full")]) for line in lines}) == 1
    assert all(columns(line) <= max(width, columns(head)) for line in lines)


def test_an_overview_shows_only_what_is_printable(whole, hostile):
    text = overview([(msgspec.structs.replace(whole, submission=hostile, title=hostile), 1.0)], width=100)

    assert len(text.splitlines()) == 2
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
