"""Who lost points for the same reason is found whatever the numbers, and doubts about ourselves are raised."""

import re
import time

import pytest
from classes import IDS, part, report
from hypothesis import given
from hypothesis import strategies as st

from grader.model import UNJUDGED, Status
from grader.report.clusters import FEW, Doubt, clusters, concerns, normalised

WRONG, RAISED, MISSING = Status.WRONG, Status.RAISED, Status.MISSING


def found(*reports):
    """(parts, reason, keys) of the clusters of reports with the keys 0, 1, ..."""
    return [
        ("+".join(one.parts), one.reason.text, "".join(one.keys))
        for one in clusters(IDS, {str(key): own for key, own in enumerate(reports)})
    ]


# ---- what is left out of a sentence ----


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("index 7 is out of bounds for axis 0", "index -12 is out of bounds for axis 1"),
        ("off by up to 0.44 % of 3", "off by up to 1e-7 % of 12"),
        ("NameError: name 'np' is not defined", "NameError: name 'softmax' is not defined"),
        ('no "a b" here', 'no "c" here'),
        ("an array of shape (3,) is asked for", "an array of shape (2, 3, 4) is asked for"),
        ("f() takes 2 arguments", "layer_norm() takes 3 arguments"),
        ("in problem1.py, at dW_o", "in problem4.py, at dx1"),
        ("there is no `x`", "there is no `np.linalg.solve(a, b)`"),
        ("two\n lines", "two lines"),
    ],
)
def test_numbers_and_names_do_not_tell_mistakes_apart(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TypeError: f() takes 2 arguments", "ValueError: f() takes 2 arguments"),
        ("numpy.linalg.LinAlgError: 3", "numpy.linalg.AxisError: 3"),
        ("You take the mean. The loss is a sum.", "You take the sum. The loss is a mean."),
        ("the teacher's first line", "the teacher's last line"),
    ],
)
def test_other_words_do(one, other):
    assert normalised(one) != normalised(other)


def test_a_sentence_without_particulars_stays_as_it_is():
    sentence = "You follow the sheet's first line, where the others' scores don't count: derive it again."

    assert normalised(sentence) == sentence


@given(st.text(), st.integers(0, 60))
def test_no_digit_is_left_and_gaps_that_follow_each_other_are_one(text, times):
    shown = normalised(text * times)

    assert not any(character.isdecimal() for character in shown)
    assert not re.search("…[ ,;]*…", shown)
    assert len(shown) <= 400


@pytest.mark.parametrize(
    "unit", ["'", '"', "`", "a", "_", "1", "-", "1-", "a.", "a_", "'a ", "…", "(", "a(", " ", "1,"]
)
def test_no_feedback_takes_long_to_read(unit):
    start = time.perf_counter()

    normalised(unit * 100_000)

    assert time.perf_counter() - start < 0.5


# ---- clusters ----


def test_a_known_mistake_is_named_and_other_mistakes_are_told_by_their_feedback():
    no_path = {"misconception": "no_path_through_the_variance"}
    raised = [part("1b", RAISED, feedback=f"IndexError: index {i} is too large") for i in range(3)]

    clustered = found(
        report(part("1a", WRONG, feedback="dx is off by 3", **no_path), raised[0]),
        report(part("1a", WRONG, feedback="every entry differs", **no_path), raised[1]),
        report(part("1a", WRONG, feedback="dx is off by 4"), raised[2]),
    )

    assert clustered == [
        ("1b", "IndexError: index … is too large", "012"),
        ("1a", "no path through the variance", "01"),
    ]


def test_what_only_one_student_has_is_no_cluster():
    assert found(report(part("1a", WRONG, feedback="one")), report(part("1a", WRONG, feedback="other")), report()) == []


def test_feedback_that_is_the_same_for_all_is_shown_whole():
    same = part("1a", WRONG, feedback="Give 3 numbers, not 2.")

    assert found(report(same), report(same)) == [("1a", "Give 3 numbers, not 2.", "01")]


def test_a_loss_without_a_word_is_told_by_its_status():
    assert found(report(part("1a", MISSING)), report(part("1a", MISSING)))[0][1] == MISSING.value


def test_parts_that_the_same_lost_for_the_same_reason_are_one_cluster():
    gone = [part(id, MISSING, feedback="problem1.py is not in the folder.") for id in ("1a", "1b")]

    clustered = found(report(*gone), report(*gone), report(gone[0], part("1b", WRONG, feedback="no")))

    # 1a is gone for one more
    assert [(parts, keys) for parts, _, keys in clustered] == [("1a", "012"), ("1b", "01")]
    assert [parts for parts, _, _ in found(report(*gone), report(*gone))] == ["1a+1b"]


def test_the_largest_cluster_comes_first_and_then_the_order_of_the_rubric():
    few, many, late = part("1a", WRONG), part("1b", RAISED), part("2a", WRONG)

    clustered = found(report(many, late), report(many, few, late), report(many, few))

    assert [(parts, keys) for parts, _, keys in clustered] == [("1b", "012"), ("1a", "12"), ("2a", "01")]


@pytest.mark.parametrize("status", sorted(UNJUDGED | {Status.CORRECT}))
def test_what_lost_nothing_is_in_no_cluster(status):
    assert found(report(part("1a", status)), report(part("1a", status))) == []


def test_the_status_of_a_cluster_is_its_most_frequent_one():
    known = {"misconception": "m"}
    reports = [
        part("1a", WRONG, **known),
        part("1a", Status.PARTIAL, 0.5, **known),
        part("1a", Status.PARTIAL, 0.5, **known),
    ]

    [one] = clusters(IDS, {str(i): report(own) for i, own in enumerate(reports)})

    assert one.status is Status.PARTIAL


# ---- doubts about ourselves ----


def doubts(*works):
    """(part, doubt, how many, of how many) for submissions, each a list of parts."""
    found = concerns(IDS, {str(key): report(*parts) for key, parts in enumerate(works)})
    return [(one.part, one.doubt, one.count, one.of) for one in found]


def wrong(*sentences):
    return [[part("1a", WRONG, feedback=sentence)] for sentence in sentences]


def test_a_class_in_which_each_part_is_right_for_somebody_raises_no_doubt():
    assert doubts(*wrong("one", "two", "three"), []) == []


def test_what_people_marked_raises_no_doubt_of_ours():
    works = [[part("2w", Status.PARTIAL, 0.5, feedback="Say why.", by_hand=True)] for _ in range(5)]

    assert doubts(*works) == []


def test_a_part_that_nobody_got_right_is_a_concern():
    assert doubts(*wrong("one", "two", "three")) == [("1a", Doubt.NOBODY_RIGHT, 3, 3)]


def test_a_part_that_everybody_lost_for_one_reason_is_a_concern_that_says_the_reason():
    reports = {str(i): report(*own) for i, own in enumerate(wrong("1 differs", "2 differ now", "3 differs"))}
    same = {str(i): report(*own) for i, own in enumerate(wrong("1 differs", "2 differs", "3 differs"))}

    assert [one.doubt for one in concerns(IDS, reports)] == [Doubt.NOBODY_RIGHT]
    [concern] = concerns(IDS, same)
    assert (concern.doubt, concern.reason.text) == (Doubt.SAME_LOSS, "… differs")


def test_those_who_did_not_get_to_a_part_say_nothing_about_it():
    late = [[part("1a", status)] for status in (MISSING, Status.UNREADABLE, Status.SKIPPED)]

    assert doubts(*wrong("1 differs", "2 differs", "3 differs"), *late) == [("1a", Doubt.SAME_LOSS, 3, 6)]
    assert doubts(*wrong("1 differs", "2 differs"), *late) == []


def test_a_function_that_nobody_has_may_have_another_name_in_the_homework():
    gone = [[part("1a", MISSING, feedback="there is no f")]] * FEW

    assert doubts(*gone) == [("1a", Doubt.SAME_LOSS, FEW, FEW)]


def test_a_few_students_prove_nothing():
    assert doubts(*wrong(*["1 differs"] * (FEW - 1))) == []


@pytest.mark.parametrize("status", [Status.PENDING, Status.DEFERRED])
def test_what_is_yet_to_be_judged_raises_no_doubt(status):
    assert doubts(*[[part("1a", status)]] * FEW) == []


def test_an_internal_error_of_one_is_a_concern_and_comes_first():
    works = [[*own, part("2b", Status.INTERNAL_ERROR)] for own in wrong("one", "two", "three")]

    assert doubts(*works) == [("2b", Doubt.INTERNAL_ERROR, 3, 3), ("1a", Doubt.NOBODY_RIGHT, 3, 3)]
    assert doubts([part("2b", Status.INTERNAL_ERROR)], []) == [("2b", Doubt.INTERNAL_ERROR, 1, 2)]
