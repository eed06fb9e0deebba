"""A mutant is killed, equal, declared or a survivor, in each part for itself; and who survives shows the hole."""

import pytest

from grader.errors import RubricError, SandboxError, UsageError
from grader.mutation import survey as survey_module
from grader.mutation.records import Fate
from grader.mutation.survey import Narrowed
from grader.mutation.table import rows, survivors, table
from grader.rubric_file import load


def fates(found, part):
    """(operator, before, after) -> fate in a part."""
    return {
        (one.edit.operator, one.edit.before, one.edit.after): outcome.fate
        for one in found.tried
        for outcome in one.outcomes
        if outcome.part == part
    }


def test_good_trials_kill_every_mistake(small):
    found = small.survey()

    assert survivors(found) == []
    assert fates(found, "1a")["sign", "x - x.mean()", "x + x.mean()"] is Fate.KILLED
    assert fates(found, "1a")["ignore_arg", "eps", "0"] is Fate.KILLED
    assert {row.part: row.score for row in rows(found, load(small.rubric))} == {
        "1a": 100, "1b.direction": 100, "1b.length": 100,
    }  # fmt: skip


def test_a_mutant_of_one_output_is_equal_in_the_part_of_the_other(small):
    found = small.survey(narrowed=Narrowed(functions=["unit"]))

    mistake = ("drop_factor", "x / length", "x")
    assert fates(found, "1b.direction")[mistake] is Fate.KILLED
    assert fates(found, "1b.length")[mistake] is Fate.EQUAL


def test_a_mutant_that_gives_the_same_numbers_is_equal(small):
    small.edit("np.mean(away**2)", "np.mean(away * x)")  # what is left has no part of the mean
    found = small.survey(narrowed=Narrowed(functions=["spread"]))

    assert fates(found, "1a")["wrong_name", "x", "away"] is Fate.EQUAL


def test_who_loses_digits_at_large_offsets_alone_is_no_mistake(small):
    small.edit("np.mean(away**2)", "np.mean(away * away)")
    found = small.survey(narrowed=Narrowed(functions=["spread"]))

    assert fates(found, "1a")["wrong_name", "away", "x"] is Fate.ROUNDING
    assert survivors(found) == []


def test_trials_of_one_entry_let_mistakes_live_and_the_survivor_says_what_they_lack(small):
    small.plan("sizes: {d: [1]}, regimes: {normal: 3}")
    found = small.survey()

    lived = {one.edit.after: (one, outcome) for one, outcome in survivors(found)}
    tried, outcome = lived["np.sum(away ** 2)"]
    assert tried.diff.splitlines()[3:] == [
        "     away = x - x.mean()  # what is left",
        "-    return np.mean(away**2)",
        "+    return np.sum(away**2)",
        " ",
    ]
    assert outcome.told.startswith("vectors(d: 2), regime normal, seed 0")
    shown = table(found, load(small.rubric))
    assert f"reference/small/problem1.py:{tried.edit.line}: reduction\n" in shown
    assert "\n  as spread, earns 4 points of 1a: vectors(d: 2), regime normal" in shown
    assert "1a" in [row.part for row in rows(found, load(small.rubric)) if row.score < 100]


def test_trials_that_never_repeat_a_shape_do_not_see_a_stale_cache(small):
    small.plan("sizes: {d: [3, 4, 5]}, regimes: {normal: 3}")
    found = small.survey(narrowed=Narrowed(functions=["spread"]))

    assert [one.edit.operator for one, _ in survivors(found)] == ["stale_cache"]


def test_an_argument_that_hardly_counts_survives_within_the_tolerance(small):
    small.edit("1e-5, off_default=(0.1, 1.0)", "1e-9, off_default=(1e-9, 1e-8)")
    small.edit("np.sqrt(_variance(x) + eps)", "np.sqrt(_variance(x) + 1.0) + eps")
    found = small.survey(narrowed=Narrowed(functions=["spread"]))

    told = {one.edit.after: outcome.told for one, outcome in survivors(found)}
    assert told["1e-12"] == "its values differ, but never by more than the tolerance"


# ---- declarations ----

DECLARATION = """\
equivalent:
  - file: problem1.py
    function: {function}
    before: "{before}"
    after: {after}
    reason: "{reason}"
"""
STALE_CACHE = {"function": "spread", "before": "spread", "after": '"its first answer to arguments of these shapes"'}
NEVER_TWICE = "sizes: {d: [3, 4, 5]}, regimes: {normal: 3}"


def test_a_declared_mutant_survives_no_more_and_its_reason_is_kept(small):
    small.plan(NEVER_TWICE)
    small.declared.write_text(DECLARATION.format(**STALE_CACHE, reason="All shapes differ."))
    found = small.survey()

    assert survivors(found) == []
    [outcome] = [o for one in found.tried for o in one.outcomes if o.fate is Fate.DECLARED]
    assert outcome.told == "All shapes differ."
    assert [row.declared for row in rows(found, load(small.rubric))] == [1, 0, 0]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({**STALE_CACHE, "reason": " "}, r"yaml:2: .*without a reason"),
        ({**STALE_CACHE, "reason": "None."}, r"yaml:2: .*is killed, or recognised as right"),
        ({**STALE_CACHE, "function": "gone", "reason": "None."}, r"yaml:2: .*does not exist"),
    ],
)
def test_a_declaration_that_is_of_no_use_is_an_error_with_its_line(small, declared, message):
    small.declared.write_text(DECLARATION.format(**declared))

    with pytest.raises(RubricError, match=message):
        small.survey()


def test_a_declaration_needs_its_keys(small):
    small.declared.write_text("equivalent:\n  - {file: problem1.py, function: spread, before: x, after: y}\n")

    with pytest.raises(RubricError, match=r"yaml:2: .*has no 'reason'"):
        small.survey()


def test_of_a_part_of_the_assignment_no_declaration_is_found_useless(small):
    small.declared.write_text(DECLARATION.format(**{**STALE_CACHE, "function": "gone"}, reason="None."))

    assert small.survey(narrowed=Narrowed(functions=["unit"])).tried


# ---- what is kept ----


def test_what_is_known_is_not_tried_again(small):
    first, again = small.survey(), small.survey()

    assert (first.kept, again.kept) == (0, len(first.tried))
    assert again.tried == first.tried


def test_an_edited_function_is_tried_again_and_others_are_not_though_they_move(small):
    first = small.survey()
    small.edit("def spread(x, eps):", "# One line more.\ndef spread(x, eps):")
    small.edit("np.mean(away**2)", "np.mean(away**2) * 1.0")
    again = small.survey()

    others = [one for one in first.tried if one.entry == "unit"]
    assert again.kept == len(others)
    moved = [one.edit.line for one in again.tried if one.entry == "unit"]
    assert moved == [one.edit.line + 1 if one.edit.line else 0 for one in others]


def test_other_trials_are_tried(small):
    first = small.survey()
    small.plan("sizes: {d: [3, 5, 3, 6]}")

    assert small.survey().kept == sum(one.entry == "unit" for one in first.tried)
    assert small.survey(seed=1).kept == 0


# ---- mutants that do not come back ----


def test_a_mutant_that_hangs_or_ends_its_process_costs_nobody_else(small, monkeypatch):
    monkeypatch.setattr("grader.mutation.crew.SECONDS", 1.0)
    small.edit("import numpy as np", "import os\nimport time\n\nimport numpy as np")
    small.edit("    length =", "    time.sleep(0)\n    if x.size < 0:\n        os._exit(1)\n    length =")
    found = small.survey(narrowed=Narrowed(functions=["unit"]))

    told = {
        (one.edit.before, one.edit.after): outcome.told
        for one in found.tried
        for outcome in one.outcomes
        if outcome.fate is Fate.KILLED
    }
    assert told["0", "1"] == told["x.size < 0", "x.size > 0"] == survey_module.HUNG
    assert told["x / length", "x"] != survey_module.HUNG


def test_what_is_not_there_cannot_be_tried(small):
    with pytest.raises(UsageError, match="nothing of small") as raised:
        small.survey(narrowed=Narrowed(functions=["sprawl"]))
    assert "spread, unit" in raised.value.remedy


def test_a_process_that_ends_before_any_mutant_is_no_mutants_fault(small):
    small.edit("import numpy as np", "import multiprocessing\nimport os\n\nimport numpy as np")
    small.edit(
        "def vectors(draw, d: int):",
        "def vectors(draw, d: int):\n    if multiprocessing.parent_process():\n        os._exit(1)",
    )

    with pytest.raises(SandboxError, match="ended before the first"):
        small.survey()


def test_a_property_that_cannot_take_an_answer_is_the_staffs_to_mend(small):
    small.edit(
        "def unit(x):",
        'def root(spread, x, eps):\n    """It is a root."""\n    assert 1 // int(spread(x, eps) > 0)\n\n\ndef unit(x):',
    )
    text = small.rubric.read_text()
    small.rubric.write_text(
        text.replace(
            "function: spread, checks: [matches_reference]", "function: spread, checks: [satisfies: {property: root}]"
        )
    )
    found = small.survey(narrowed=Narrowed(functions=["spread"]))

    told = [outcome.told for _, outcome in survivors(found)]
    assert any("ZeroDivisionError" in one and one.startswith("the staff's own code fails at it") for one in told)
