"""The numbers of a class follow from its reports: who counts, how points spread, how a part goes with the rest."""

import statistics

import msgspec
import numpy as np
import pytest
from classes import IDS, POINTS, RUBRIC, WRITTEN, missing, part, person, report, submitted, ungraded
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Status
from grader.report.class_statistics import (
    attendance,
    correlation,
    histogram,
    machine_points,
    part_statistics,
    reports_by_key,
    spread,
    written_points,
)
from grader.roster import Refused

WRONG, RAISED, MISSING = Status.WRONG, Status.RAISED, Status.MISSING
points_of_a_class = st.lists(st.integers(0, 400).map(lambda quarters: quarters / 4), min_size=1, max_size=60)


def statistics_of(id, marked):
    return next(one for one in part_statistics(RUBRIC, reports_by_key(marked)) if one.id == id)


# ---- who counts ----


def test_everybody_has_handed_in_or_is_missing_or_refused():
    marked = [*submitted("a"), *submitted("b", part("1a", WRONG)), missing("c"), missing("d"), ungraded("e")]
    refused = [Refused(name="d.zip", reason="it is no zip", people=(person("d"),)), Refused(name="x", reason="y")]

    counts = attendance(marked, refused)

    assert (counts.people, counts.handed_in, counts.graded, counts.missing, counts.refused) == (5, 3, 2, 1, 1)
    assert counts.handed_in + counts.missing + counts.refused == counts.people
    assert counts.by_hand == counts.graded  # the rubric has a written part


def test_somebody_with_a_submission_that_counts_is_not_refused_for_another_one():
    refused = [Refused(name="a.zip", reason="it is no zip", people=(person("a"),))]

    assert attendance(submitted("a"), refused).refused == 0


def test_those_without_an_id_are_not_taken_for_one_another():
    nameless = [Refused(name="x", reason="y", people=(person(""),))]

    assert attendance([missing("")], nameless).missing == 1


def test_nobody_waits_for_a_person_once_all_is_marked():
    marked = submitted("a", part("2w", Status.CORRECT))

    assert attendance(marked, []).by_hand == 0


def test_the_points_of_a_rubric_are_of_the_machine_or_written():
    assert machine_points(RUBRIC) == sum(POINTS.values())
    assert written_points(RUBRIC) == sum(WRITTEN.values())


# ---- how points spread ----


@given(points_of_a_class)
def test_mean_median_and_quartiles_are_those_of_the_textbook(points):
    found = spread(points)

    quartiles = statistics.quantiles(points, n=4, method="inclusive") if len(points) > 1 else points * 3
    assert [found.lower, found.median, found.upper] == pytest.approx(quartiles)
    assert (found.mean, found.lowest, found.highest) == pytest.approx(
        (statistics.mean(points), min(points), max(points))
    )
    assert found.count == len(points)


def test_of_no_points_there_is_no_spread():
    assert spread([]) is None


@given(points_of_a_class, st.sampled_from([1.0, 10.0, 68.5, 87.0, 100.0]))
def test_every_point_is_in_the_bin_that_holds_it(points, maximum):
    bins = histogram(points, maximum)

    ends = [bins[0].low, *(one.high for one in bins)]
    # numpy's bins are half open, and the last one is closed, as ours are
    assert [one.count for one in bins] == np.histogram(points, ends)[0].tolist()
    assert bins[0].low == 0
    assert bins[-2].high < max([*points, maximum]) <= bins[-1].high


@given(st.integers(1, 3000), st.floats(0.5, 1000))
def test_bins_are_round_and_neither_few_nor_many(count, maximum):
    bins = histogram([maximum] * count, maximum)

    widths = {f"{one.high - one.low:.6g}" for one in bins}
    assert len(widths) == 1
    assert f"{float(widths.pop()):e}"[0] in "125"
    assert 5 <= len(bins) <= 30


def test_a_sum_that_rounding_leaves_below_an_edge_is_in_the_bin_above():
    just_below = sum([0.1] * 10) * 10
    assert just_below < 10

    bins = histogram([just_below], 100)

    assert next(one for one in bins if one.count).low == 10


def test_points_beyond_the_maximum_and_below_nought_are_counted():
    bins = histogram([-1, 110], 100)

    assert sum(one.count for one in bins) == 2
    assert bins[0].count == bins[-1].count == 1


@pytest.mark.parametrize("points", [[], [0.0]])
def test_where_nothing_can_be_had_there_is_no_histogram(points):
    assert histogram(points, 0) == ()


# ---- how a part went ----


def test_a_part_is_counted_by_status_over_submissions():
    marked = [
        *submitted("a"),
        *submitted("b", part("1a", WRONG), group=("c", "d")),
        *submitted("e", part("1a", Status.PARTIAL, 0.25, seconds=2.0)),
        *submitted("f", part("1a", Status.INTERNAL_ERROR)),
        missing("g"),
    ]

    found = statistics_of("1a", marked)

    assert found.counts == {Status.CORRECT: 1, WRONG: 1, Status.PARTIAL: 1, Status.INTERNAL_ERROR: 1}
    assert found.judged == 3
    assert found.mean_credit == pytest.approx(statistics.mean([1, 0, 0.25]))
    assert found.seconds == statistics.median([0.5, 0.5, 2.0])


def test_the_parts_stand_in_the_order_of_the_rubric_and_no_others():
    old = report()
    stray = msgspec.structs.replace(old.parts[0], id="9z")
    old = msgspec.structs.replace(old, parts=(stray, *reversed(old.parts)))

    found = part_statistics(RUBRIC, {"a": old, "b": report()})

    assert tuple(one.id for one in found) == IDS
    assert [one.id for one in found if one.written] == list(WRITTEN)


def test_a_part_that_nobody_judged_or_ran_has_no_numbers():
    found = statistics_of("2w", [*submitted("a"), *submitted("b")])

    assert (found.judged, found.mean_credit, found.discrimination, found.seconds) == (0, None, None, None)
    assert statistics_of("1a", submitted("a", part("1a", MISSING))).seconds is None


def test_discrimination_is_the_correlation_with_the_rest_of_the_score():
    credits = {"a": (1, 1, 0.5), "b": (0, 0, 1), "c": (0.5, 0, 0), "d": (1, 0.25, 1)}
    marked = [
        line
        for id, own in credits.items()
        for line in submitted(id, *(part(p, Status.PARTIAL, c) for p, c in zip(("1a", "1b", "2a"), own, strict=True)))
    ]

    rest = [POINTS["1b"] * b + POINTS["2a"] * c + POINTS["2b"] for _, b, c in credits.values()]
    expected = statistics.correlation([a for a, _, _ in credits.values()], rest)
    assert statistics_of("1a", marked).discrimination == pytest.approx(expected)


def test_a_part_is_not_compared_with_itself():
    """All other points are the same: a correlation with the whole score would be 1."""
    marked = [*submitted("a"), *submitted("b", part("1a", WRONG)), *submitted("c", part("1a", Status.PARTIAL, 0.5))]

    assert statistics_of("1a", marked).discrimination is None


def test_who_could_earn_less_is_compared_by_shares():
    """What was not judged of c makes neither their part nor the rest look worse."""
    marked = [
        *submitted("a"),
        *submitted("b", part("1a", WRONG), part("1b", WRONG)),
        *submitted("c", part("2a", Status.DEFERRED)),
    ]

    assert statistics_of("1a", marked).discrimination == pytest.approx(1)
    assert statistics_of("2a", marked).judged == 2


@pytest.mark.parametrize(
    ("x", "y"),
    [
        pytest.param([0.5, 0.5, 0.5], [1, 2, 3], id="x is constant"),
        pytest.param([1, 2, 3], [0.1 + 0.2, 0.3, 0.3], id="y is constant but for rounding"),
        pytest.param([0, 1], [0, 1], id="two points"),
        pytest.param([], [], id="none"),
    ],
)
def test_what_does_not_vary_correlates_with_nothing(x, y):
    assert correlation(np.array(x), np.array(y)) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_a_correlation_is_that_of_the_textbook(pairs):
    x, y = np.array(pairs, float).T

    found = correlation(x, y)

    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(x.tolist(), y.tolist()))


def test_a_report_of_a_group_stands_there_once():
    marked = [*submitted("a", group=("b",)), missing("c"), ungraded("d")]

    assert list(reports_by_key(marked)) == ["a"]
