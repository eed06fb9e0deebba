"""Text from a student never changes the page or the terminal that shows it."""

import sys
import unicodedata

import pytest

from grader.report.visible import one_line, visible, visible_end

# Of the category "format", but they are drawn: number signs and the like of Arabic, Syriac and Kaithi.
DRAWN = {*range(0x600, 0x606), 0x6DD, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        pytest.param("\x1b[31mred", "␛[31mred", id="colour"),
        pytest.param("a\x00b", "a␀b", id="nul"),
        pytest.param("100%\r  0%", "100%␍  0%", id="carriage return"),
        pytest.param("one\r\ntwo\n\tthree", "one\ntwo\n\tthree", id="newlines and tabs stay"),
        pytest.param("\x7f", "␡", id="delete"),
        pytest.param("\x9b2J", "\\x9b2J", id="control sequence of one byte"),
        pytest.param("\u202egnp.exe", "\\u202egnp.exe", id="right to left"),
        pytest.param("\u2066a\u2069", "\\u2066a\\u2069", id="isolates"),
        pytest.param("no\u200bthing", "no\\u200bthing", id="zero width"),
        pytest.param("\udc80", "\\udc80", id="lone surrogate"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag"),
        pytest.param("a" + "\u0301" * 5, "a" + "\u0301" * 3 + "\\u0301" * 2, id="tower of accents"),
        pytest.param("naïve 日本 x² ≤ 1", "naïve 日本 x² ≤ 1", id="honest text stays"),
    ],
)
def test_what_hides_is_shown_and_the_rest_is_left_alone(hidden, shown):
    assert visible(hidden, 100) == shown


def test_no_character_of_unicode_that_controls_formats_or_separates_gets_through():
    categories = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    risky = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in categories]

    through = {ord(character) for character in risky if character in visible(character, 1)}

    assert through <= DRAWN | {ord("\n"), ord("\t")}
    assert len(risky) > 2000


def test_what_is_shown_can_always_be_written_to_a_file():
    everything = "".join(map(chr, range(0x10000)))

    assert visible(everything, len(everything)).encode("utf-8")


def test_long_text_is_cut_and_says_how_much_is_missing():
    assert visible("x" * 250, 100) == "x" * 100 + "… (150 more characters)"
    assert visible("x" * 100, 100) == "x" * 100


def test_the_end_of_a_traceback_is_kept():
    assert visible_end("x" * 250 + "ValueError", 10) == "(250 more characters) …ValueError"
    assert visible_end("ValueError", 10) == "ValueError"


def test_a_line_stays_a_line():
    assert one_line(" a\n\n  b\r\nc\td ", 100) == "a b c d"
