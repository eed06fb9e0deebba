"""A spreadsheet computes nothing that somebody wrote, and what they wrote is still to be read."""

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.gradebook import cells

ACTIVE = "=+-@"

# Text that is likely to find a hole: signs, the same in other widths, separators, quotes, spaces of many kinds.
TEXT = st.text(
    st.sampled_from(
        [*"=+-@\t\r\n ;,|\"'a1", "＝", "－", "﹢", "⁻", "₌", "−", "\u00a0", "\u2003", "\u200b", "\ufeff", "\x00"]
    )
    | st.characters(),
    max_size=12,
)


def is_computed(cell: str) -> bool:
    """Whether a spreadsheet may take the cell for a formula: spaces before it and the width of its letters aside."""
    start = cell.lstrip().lstrip("\ufeff").lstrip()[:1]
    return cell[:1] in ("\t", "\r", "\n") or unicodedata.normalize("NFKC", start)[:1] in (*ACTIVE, "−")


def in_a_file(*row: str, separator: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\n").writerow(row)
    return file.getvalue()


@given(TEXT)
@example("=cmd|' /C calc'!A0")
@example(" \u00a0=1+1")
@example("＝1+1")
@example("a;=1+1")
@example('a;"=1+1"')
def test_no_cell_of_others_is_computed_whatever_separates_it(value):
    cell = cells.text(value)

    (read,) = csv.reader(io.StringIO(in_a_file(cell, "end")))

    assert read == [cell, "end"]
    assert not is_computed(cell)
    for piece in in_a_file("id", cell).rstrip("\n").split(";")[1:]:
        assert not is_computed(piece.lstrip('" \ufeff'))


@given(TEXT)
def test_a_text_keeps_every_letter_in_its_order(value):
    shown = cells.neutral(value)

    assert shown.replace("'", "") == value.replace("'", "")
    assert len(shown) >= len(value)


@pytest.mark.parametrize(
    "name", ["Anne O'Neill", '"Bob" Doe', "Doe, Jane", "a; b", "Åsa Ødegård", "李小龍", "x = 1", "a-b"]
)
def test_what_is_harmless_stays_as_it_is_and_is_read_back(name):
    assert cells.text(name) == name
    assert next(csv.reader(io.StringIO(in_a_file(cells.text(name))))) == [name]


def test_names_that_hide_something_are_shown_with_it():
    assert cells.text("Eve\u202egnp\x1b[2J") == "Eve\\u202egnp␛[2J"


def test_several_sentences_stand_in_one_cell_without_a_formula_among_them():
    assert cells.texts(["late", "", "=1+1", "+ 3"]) == "late;' =1+1;' + 3"


@given(st.floats(0, 1e6))
def test_numbers_stay_numbers(value):
    shown = cells.number(value)

    assert float(shown) == pytest.approx(value, abs=1e-6)
    assert shown[0].isdigit()


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0"), (-0.0, "0"), (7.0, "7"), (68.5, "68.5"), (2 / 3, "0.666667")])
def test_numbers_are_as_short_as_they_can_be(value, shown):
    assert cells.number(value) == shown
