"""An answer agrees when its shape is right and every entry within its bound, however it is dressed, and not else."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.compare import conformed, disagreement, kind, unpacked
from grader.errors import StudentFault
from grader.model import Status
from grader.tolerance import Tolerance
from grader.wire import Tensor

steady = settings(derandomize=True, deadline=None, max_examples=150, database=None)

finite = st.floats(allow_nan=False, allow_infinity=False)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
any_arrays = hnp.arrays(np.float64, shapes, elements=st.floats())
finite_arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6, width=32)
)


def complaint(answer, expected) -> str:
    """Why an answer does not have the structure of the expected one."""
    with pytest.raises(StudentFault) as caught:
        conformed(answer, expected)
    assert caught.value.fault.status is Status.WRONG
    return caught.value.fault.message


def tensor(*numbers: float) -> Tensor:
    return Tensor(np.array(numbers), "cpu")


# ---- structure ----


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(np.array([1.0, 2.0]), id="array"),
        pytest.param([1.0, 2.0], id="list"),
        pytest.param((1.0, 2.0), id="tuple"),
        pytest.param(tensor(1.0, 2.0), id="tensor"),
        pytest.param([np.array(1.0), np.array(2.0)], id="list of arrays without axes"),
        pytest.param([Tensor(np.array(1.0), "cpu"), Tensor(np.array(2.0), "cpu")], id="list of tensors"),
        pytest.param([Tensor(np.array(1.0), "cpu"), 2.0], id="list of a tensor and a number"),
        pytest.param([np.array([1.0]), np.array([2.0])], id="list of one-element arrays"),
        pytest.param((tensor(1.0), tensor(2.0)), id="tuple of one-element tensors"),
        pytest.param([1, 2], id="integers"),
        pytest.param(np.array([1, 2], np.uint8), id="unsigned integers"),
        pytest.param(np.array([1.0, 2.0], np.float32), id="single precision"),
        pytest.param(np.array([1.0, 2.0], np.float16), id="half precision"),
        pytest.param(np.array([1 + 0j, 2 + 0j]), id="complex numbers that are real"),
        pytest.param([1 + 0j, 2], id="list of complex numbers that are real"),
    ],
)
def test_whatever_holds_the_right_numbers_is_an_array(answer):
    array = conformed(answer, np.array([1.0, 2.0]))

    assert isinstance(array, np.ndarray)
    assert disagreement(array, np.array([1.0, 2.0]), 0.0) == ""


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(3.0, id="float"),
        pytest.param(3, id="int"),
        pytest.param(np.array(3.0), id="array without axes"),
        pytest.param(np.array([3.0]), id="one-element array"),
        pytest.param(np.array([[3.0]]), id="one-element matrix"),
        pytest.param([3.0], id="one-element list"),
        pytest.param((3.0,), id="one-element tuple"),
        pytest.param([[np.array([3.0])]], id="nested lists"),
        pytest.param(tensor(3.0), id="one-element tensor"),
        pytest.param([tensor(3.0)], id="list of a tensor"),
        pytest.param(3 + 0j, id="complex number that is real"),
    ],
)
def test_whatever_holds_one_number_is_a_number(answer):
    number = conformed(answer, 3.5)

    assert isinstance(number, (float, int))
    assert number == 3


@pytest.mark.parametrize("expected", [1e30, np.float64(1e30)])
def test_an_integer_of_any_size_is_a_number(expected):
    assert conformed(10**30, expected) == 1e30
    assert conformed([10**30, 0.5], np.array([1e30, 0.5])).tolist() == [1e30, 0.5]


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        pytest.param(np.zeros((3, 1)), np.zeros(3), "shape (3, 1), where an array of shape (3,)", id="column"),
        pytest.param([[0.0]] * 3, np.zeros(3), "Axes of length one count", id="column as lists"),
        pytest.param(np.zeros((1, 3)), np.zeros(3), "Axes of length one count", id="row"),
        pytest.param(np.zeros(3), np.zeros((3, 1)), "Axes of length one count", id="flat for a column"),
        pytest.param(np.zeros((2, 3)), np.zeros((3, 2)), "It looks transposed.", id="transposed"),
        pytest.param(0.0, np.zeros(1), "a number, where an array of shape (1,)", id="number for one element"),
        pytest.param(0.0, np.zeros(3), "Is one axis summed too many?", id="number for an array"),
        pytest.param(np.zeros(3), 0.0, "Is a sum or mean missing?", id="array for a number"),
        pytest.param(np.zeros(0), 0.0, "shape (0,), where one number", id="nothing for a number"),
        pytest.param(np.zeros((0, 3)), np.zeros((0, 2)), "where an array of shape (0, 2)", id="empty"),
        pytest.param(tensor(1.0, 2.0), np.zeros(3), "a tensor of shape (2,)", id="tensor of another size"),
        pytest.param([1.0, 2.0], np.zeros(3), "a list of length 2", id="list of another size"),
        pytest.param(None, 0.0, "None: does it end with a return statement?", id="None"),
        pytest.param([1.0, None], np.zeros(2), "where real numbers are asked for", id="None in a list"),
        pytest.param("3.0", 3.0, "a text, where numbers", id="text"),
        pytest.param(["1", "2"], np.zeros(2), "where real numbers", id="list of texts"),
        pytest.param({"a": 1.0}, 1.0, "a dict of length 1, where numbers", id="dict"),
        pytest.param(print, 1.0, "a function, where numbers", id="function"),
        pytest.param([print], np.zeros(1), "where real numbers", id="list of a function"),
        pytest.param(1.0, print, "a number, where a function", id="number for a function"),
        pytest.param([[1.0], [1.0, 2.0]], np.zeros((2, 2)), "rows differ in length", id="ragged"),
        pytest.param([tensor(1.0), tensor(1.0, 2.0)], np.zeros((2, 2)), "rows differ in length", id="ragged tensors"),
        pytest.param(True, 1.0, "True or False, where real numbers", id="truth"),
        pytest.param(np.array([True]), np.full(1, 0.5), "of truth values, where real numbers", id="array of truths"),
        pytest.param(1 + 1j, 1.0, "a complex number, where real numbers", id="complex number"),
        pytest.param(np.array([1j, 0]), np.zeros(2), "of complex numbers", id="complex array"),
        pytest.param(complex(1.0, math.nan), 1.0, "a complex number", id="complex nan"),
        pytest.param(10**400, 1.0, "a number that is too large", id="integer without a float"),
        pytest.param((1.0, 2.0), (1.0, 2.0, 3.0), "2 values, where a tuple of 3 values", id="too few values"),
        pytest.param(1.0, (1.0, 2.0), "a number, where a tuple of 2 values", id="number for a tuple"),
        pytest.param({"a": 1, "b": 2}, (1.0, 2.0), "a dict of length 2, where a tuple", id="dict for a tuple"),
        pytest.param("ab", (1.0, 2.0), "a text, where a tuple", id="text for a tuple"),
        pytest.param(None, (1.0, 2.0), "None, where a tuple of 2 values", id="None for a tuple"),
        pytest.param((1.0, [1, 2]), (1.0, 2.0), "2 values, of which number 2 is a list", id="second value"),
    ],
)
def test_another_structure_is_named(answer, expected, words):
    assert words in complaint(answer, expected)


@steady
@given(shapes, shapes)
def test_no_shape_is_taken_for_another(got, wanted):
    assume(got != wanted)
    assume(wanted != () or np.prod(got) != 1)

    sentence = complaint(np.zeros(got), np.zeros(wanted) if wanted else 0.0)

    assert "asked for" in sentence


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((1.0, np.zeros(2)), id="tuple"),
        pytest.param([1.0, [0, 0]], id="list"),
    ],
)
def test_a_tuple_is_structured_item_by_item(answer):
    number, array = conformed(answer, (1.0, np.zeros(2)))

    assert number == 1.0
    assert array.shape == (2,)


@pytest.mark.parametrize(
    "answer",
    [np.array([3.0, 4.0]), tensor(3.0, 4.0), [3.0, 4.0], (tensor(3.0), 4)],
    ids=["array", "tensor", "list", "mix"],
)
def test_an_array_of_the_right_length_is_a_tuple_of_numbers(answer):
    assert conformed(answer, (3.5, 4.5)) == (3.0, 4.0)


@pytest.mark.parametrize("answer", [np.array([True, False]), [True, False], Tensor(np.array([True, False]), "cpu")])
def test_truth_values_are_as_good_as_the_zeros_and_ones_of_an_indicator(answer):
    assert conformed(answer, np.array([1.0, 0.0])).tolist() == [1, 0]
    assert conformed((answer, 2.5), (np.zeros(2), 1.5))[0].tolist() == [1, 0]
    assert "real numbers are asked for" in complaint(answer, np.array([1.0, 0.5]))


def test_a_number_that_is_counted_is_no_sum_or_mean():
    assert "Is a sum or mean missing?" in complaint(np.zeros(3), 1.5)
    assert "Is a sum or mean missing?" not in complaint(np.zeros(3), 1)


def test_a_table_that_lies_on_its_side_looks_transposed():
    assert "It looks transposed" in complaint(np.zeros((5, 2)), (np.zeros(5), np.zeros(5)))
    assert "It looks transposed" not in complaint(np.zeros((5, 4)), (np.zeros(5), np.zeros(5)))


def test_an_array_without_axes_is_no_tuple_of_one():
    with pytest.raises(StudentFault, match="where a tuple of 1 values"):
        unpacked(np.array(1.0), 1)


def test_a_function_for_a_function_is_left_alone():
    assert conformed(print, repr) is print


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Tensor(np.zeros((2, 1)), "cuda:0"), "a tensor of shape (2, 1)"),
        (np.zeros((3, 1)), "an array of shape (3, 1)"),
        (np.zeros(2, bool), "an array of shape (2,) of truth values"),
        (np.zeros(2, complex), "an array of shape (2,) of complex numbers"),
        (print, "a function"),
        ((1, 2), "a tuple of length 2"),
        ({}, "a dict of length 0"),
        (True, "True or False"),
        (1, "a number"),
        (1j, "a complex number"),
        ("1", "a text"),
        (None, "None"),
    ],
)
def test_kinds_of_values_have_words(value, words):
    assert kind(value) == words


# ---- values ----


@steady
@given(any_arrays)
def test_everything_agrees_with_itself(array):
    assert disagreement(array.copy(), array, 0.0) == ""


@steady
@given(finite_arrays, st.data())
def test_one_bent_value_is_found_and_named(array, data):
    place = np.unravel_index(data.draw(st.integers(0, array.size - 1)), array.shape)
    bent, bound = array.copy(), 1e-3 + 1e-3 * np.abs(array)
    bent[place] += data.draw(st.sampled_from([-1, 1])) * 1.01 * bound[place]

    sentence = disagreement(bent, array, bound)

    assert sentence
    if array.size == 1:
        assert sentence.startswith("The number is off")
    else:
        assert sentence.startswith(f"1 of the {array.size} numbers is off")
        assert f"index {', '.join(str(int(i)) for i in place)})" in sentence


@steady
@given(finite_arrays, st.data())
def test_within_its_bound_every_value_agrees(array, data):
    bound = 1e-3 + 1e-3 * np.abs(array)
    sway = data.draw(hnp.arrays(np.float64, array.shape, elements=st.floats(-0.99, 0.99)))

    assert disagreement(array + sway * bound, array, bound) == ""


@steady
@given(finite_arrays, st.sampled_from([math.nan, math.inf, -math.inf]), st.data())
def test_what_is_not_finite_never_passes_for_a_number(array, odd, data):
    bent = array.copy()
    bent.flat[data.draw(st.integers(0, array.size - 1))] = odd

    for bound in (0.0, 1e300, math.inf, Tolerance(rtol=1e300, atol=1e300).around(array)):
        sentence = disagreement(bent, array, bound)

        assert ("nan" if math.isnan(odd) else "infinite") in sentence


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("answer", [0.0, 1e308, -1e308, math.nan, math.inf, -math.inf])
def test_a_number_never_passes_for_what_is_not_finite(odd, answer):
    alike = answer == odd or (math.isnan(answer) and math.isnan(odd))
    expected = np.array([1.0, odd])

    for bound in (0.0, 1e300, math.inf, Tolerance(rtol=1e-5, atol=1e300).around(expected)):
        sentence = disagreement(np.array([1.0, answer]), expected, bound)

        assert (sentence == "") == alike
        assert alike or "where it should not be (first at index 1)" in sentence


def test_a_bound_that_is_no_number_lets_only_equals_pass():
    assert disagreement(1.0, 1.0, math.nan) == ""
    assert disagreement(1.0 + 1e-12, 1.0, math.nan) != ""


def test_differences_beyond_all_numbers_are_differences():
    assert "off" in disagreement(np.array([1e308, 0.0]), np.array([-1e308, 0.0]), 1.0)


def test_an_array_without_entries_agrees():
    assert disagreement(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3))) == ""


def test_a_difference_of_just_the_bound_is_none():
    assert disagreement(1.5, 1.0, 0.5) == ""
    assert disagreement(np.array([1.5, 0.5]), np.array([1.0, 1.0]), np.array([0.5, 0.5])) == ""


def test_labels_have_to_be_equal_whatever_their_type():
    labels = np.array([1, 2, 3])

    assert disagreement(np.array([1.0, 2.0, 3.0]), labels, np.zeros(3)) == ""
    assert "1 of the 3 numbers differs" in disagreement(np.array([1, 2, 4]), labels, np.zeros(3))


def test_a_truth_value_is_said_to_be_the_wrong_one():
    assert disagreement(1, np.bool_(False), 0.0) == "True is not right for this input."
    assert disagreement(0, False, 0.0) == ""


def test_the_value_of_a_tuple_that_is_off_is_numbered():
    expected, bound = (1.0, np.array([2.0, 3.0])), (1e-3, np.array([1e-3, 1e-3]))

    assert disagreement((1.0, np.array([2.0, 3.0])), expected, bound) == ""
    sentence = disagreement((1.0, np.array([2.0, 4.0])), expected, bound)

    assert sentence.startswith("Value 2 of the 2: 1 of the 2 numbers is off")


def test_every_entry_has_a_bound_of_its_own():
    expected, bound = np.array([1.0, 100.0]), np.array([0.01, 1.0])

    assert disagreement(np.array([1.0, 100.9]), expected, bound) == ""
    assert "index 0" in disagreement(np.array([1.9, 100.0]), expected, bound)


@pytest.mark.parametrize(
    ("answer", "expected", "sentence"),
    [
        (np.array([1.0, 2.5, 3.0]), np.array([1.0, 2.0, 5.0]), "2 of the 3 numbers are off, by up to 40 % of"),
        (np.array([1.5, 3.0]), np.array([1.0, 2.0]), "Both numbers are off, by up to 50 % of the largest."),
        (np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]), "All 3 numbers are off, by up to 100 % of"),
        (2.002, 2.0, "The number is off by 0.1 % of its size."),
        (1.0, 0.0, "The number is off by a thousand times of its size."),
    ],
)
def test_how_far_an_answer_is_off_is_told(answer, expected, sentence):
    assert disagreement(answer, expected, 1e-6).startswith(sentence)


@steady
@given(finite_arrays, st.integers(-40, 40), st.data())
def test_the_sentence_gives_away_no_expected_number(expected, power, data):
    answer = expected + data.draw(hnp.arrays(np.float64, expected.shape, elements=st.floats(-1e6, 1e6, width=32)))

    sentence = disagreement(answer, expected, 0.0)

    # It is the same for numbers of any size, so none of them can be in it.
    assert disagreement(answer * 2.0**power, expected * 2.0**power, 0.0) == sentence


# ---- tolerance ----


@pytest.mark.parametrize("half", [{"rtol": 1e-3}, {"atol": 1e-3}, {}])
def test_a_tolerance_needs_both_halves(half):
    with pytest.raises(TypeError, match="Missing required argument"):
        Tolerance(**half)


def test_a_tolerance_is_relative_to_the_expected_value_and_absolute():
    tolerance = Tolerance(rtol=0.1, atol=0.01)

    bound, (first, second) = tolerance.around(np.array([-2.0, 0.0])), tolerance.around((1.0, np.array([3])))

    np.testing.assert_allclose(bound, [0.21, 0.01])
    assert first == pytest.approx(0.11)
    np.testing.assert_allclose(second, [0.31])


@pytest.mark.parametrize("rtol", [0.0, 1e-5])
def test_a_tolerance_around_the_infinite_is_finite(rtol):
    bound = Tolerance(rtol=rtol, atol=1e-8).around(np.array([math.inf, math.nan, 1.0]))

    assert np.isfinite(bound).all()
