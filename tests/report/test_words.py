"""The page and the terminal say the same, in words that need no colour and blame nobody."""

import shlex

import msgspec
import pytest

from grader.model import UNJUDGED, Status
from grader.report import words


def test_every_status_has_a_symbol_and_a_label_of_its_own():
    symbols = {words.WORDS[status].symbol for status in Status}
    labels = {words.WORDS[status].label for status in Status}

    assert len(symbols) == len(labels) == len(Status)
    assert all(len(symbol) == 1 for symbol in symbols)


@pytest.mark.parametrize("status", Status)
def test_a_label_begins_with_the_word_that_the_json_report_uses(status):
    assert words.WORDS[status].label.startswith(status.value)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CORRECT}))
def test_a_part_without_feedback_still_has_a_sentence_and_it_does_not_say_failed(status, everything):
    part = msgspec.structs.replace(everything.parts[1], status=status, feedback=" ")

    sentence = words.sentence(part)

    assert sentence.endswith(".")
    assert "fail" not in sentence


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7.0, "7"), (0.5, "0.5"), (68.5, "68.5"), (14 / 3, "4.67"), (100.0, "100"), (-0.0, "0")],
)
def test_points_are_written_as_a_person_writes_them(value, shown):
    assert words.number(value) == shown


def test_one_point_is_a_point():
    assert [words.counted(value) for value in (0.5, 1, 2)] == ["0.5 points", "1 point", "2 points"]


def test_what_to_fix_first_starts_with_the_largest_loss_and_leaves_out_what_nobody_judged(everything):
    parts = [part for together in words.to_fix_first(everything) for part in together]

    losses = [words.loss(part) for part in parts]
    assert losses == sorted(losses, reverse=True)
    assert parts[0].id == "1a.dx"
    assert losses[-1] > 0
    assert UNJUDGED.isdisjoint(part.status for part in parts)


def test_a_part_that_nobody_judged_shows_a_dash_and_no_nought(everything):
    dashes = {part.status for part in everything.parts if words.earned(part) == "–"}

    assert dashes == UNJUDGED


def test_each_reason_for_points_without_a_score_is_told_apart(everything):
    phrases = words.still_open(everything)

    assert [phrase.partition(":")[0] for phrase in phrases] == [
        "2 points pending", "1.25 points deferred", "1 point open",
    ]


@pytest.mark.parametrize("folder", ["hw2; rm -rf ~", "$(reboot)", "-rf", "it's", "`id`", "a\nb"])
def test_a_folder_with_a_hostile_name_is_one_word_of_the_command_that_is_copied(folder, everything):
    report = msgspec.structs.replace(everything, submission=folder)

    command = shlex.split(words.replay(report, "1a.dx/3"))

    assert len(command) == 6
    assert not command[1].startswith("-")
    assert command[2:] == ["--seed", "20260301", "--trial", "1a.dx/3"]
