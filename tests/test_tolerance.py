"""Double precision is held to what it can do, single precision to no more; where neither is known, nothing is lost."""

import numpy as np
import pytest

from grader.tolerance import CAP, Tolerance, in_double, is_single, sharpened

VALUES = np.random.default_rng(0).standard_normal(5)
SINGLE = np.float64(np.float32(VALUES))
SHARP = np.full(5, 1e-5)
WIDE = np.full(5, 2 * CAP * np.max(np.abs(VALUES)))


@pytest.mark.parametrize(
    ("answer", "single"),
    [
        pytest.param(VALUES, False, id="double"),
        pytest.param(SINGLE, True, id="numbers that single precision can hold"),
        pytest.param(np.float32(VALUES), True, id="float32"),
        pytest.param((VALUES, SINGLE), False, id="one of two"),
        pytest.param(np.arange(5.0), False, id="whole numbers tell nothing"),
        pytest.param(np.arange(5), False, id="integers"),
        pytest.param(0.1, False, id="a double"),
        pytest.param(float(np.float32(0.1)), True, id="a number from float32"),
        pytest.param(np.array([np.nan, np.inf, 0.5]), True, id="what is not finite aside"),
        pytest.param(np.array([1e300]), False, id="beyond single precision"),
        pytest.param(np.zeros(0), False, id="nothing"),
    ],
)
def test_single_precision_is_known_by_its_numbers(answer, single):
    assert is_single(answer) is single


def test_a_bound_that_still_tells_right_from_wrong_is_left_alone():
    assert sharpened(SHARP, False, VALUES) is SHARP


def test_where_single_precision_has_no_digits_left_double_precision_is_held_to_its_own():
    np.testing.assert_array_equal(sharpened(WIDE, True, VALUES), in_double(WIDE))
    assert np.all(in_double(WIDE) < 1e-7 * WIDE)


def test_where_single_precision_has_no_digits_left_nothing_is_asked_of_it():
    assert np.all(np.isinf(sharpened(WIDE, True, SINGLE)))


def test_outputs_are_sharpened_one_by_one():
    one, two = sharpened((SHARP, WIDE), (False, True), (VALUES, VALUES))

    np.testing.assert_array_equal(one, SHARP)
    np.testing.assert_array_equal(two, in_double(WIDE))


def test_a_written_tolerance_gives_every_entry_both_halves():
    around = Tolerance(rtol=0.5, atol=1.0).around((np.array([2.0, -4.0, np.inf]), 0.0))

    np.testing.assert_array_equal(around[0], [2.0, 3.0, 1.0])
    assert around[1] == 1.0
