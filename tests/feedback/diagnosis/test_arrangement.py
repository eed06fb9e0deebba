"""Right outputs in the wrong places are said to be that, whatever their shapes; nothing else is."""

import numpy as np
import pytest

from grader.feedback.diagnosis import Returned, arranged
from grader.wire import Tensor

RNG = np.random.default_rng(7)
SHAPES = ((4, 3), 3, (3, 3))
OUTPUTS = [(*(RNG.normal(size=shape) for shape in SHAPES), float(RNG.normal())) for _ in range(5)]
NAMES = ("A", "b", "C", "d")
ALL = range(4)


def seen(change, own=ALL, names=NAMES):
    """The diagnosis of a function that returns the right outputs changed by `change`."""
    bound = (1e-9,) * 4
    found = arranged([Returned(change(*right), right, bound) for right in OUTPUTS], own, names)
    return found and (found.name, found.kind)


@pytest.mark.parametrize(
    "change",
    [
        lambda A, b, C, d: (b, A, C, d),
        lambda A, b, C, d: [A, d, b, C],
        lambda A, b, C, d: (d, C.tolist(), list(b), Tensor(A, "cpu")),
    ],
)
def test_outputs_in_another_order_are_told_the_order_that_is_asked_for(change):
    assert seen(change) == ("swapped_outputs", "Your outputs seem to be in another order than (A, b, C, d).")


def test_a_part_is_told_of_the_order_where_its_own_output_is_concerned():
    assert seen(lambda A, b, C, d: (b, A, C, d), own=[0])[0] == "swapped_outputs"
    assert seen(lambda A, b, C, d: (b, A, C, d), own=[2]) is None
    assert seen(lambda A, b, C, d: (b, A, 2 * C, d), own=[1])[0] == "swapped_outputs"


def test_an_output_that_is_returned_twice_is_no_other_order():
    assert seen(lambda A, b, C, d: (A, A, C, d)) is None
    assert seen(lambda A, b, C, d: (b, A, 2 * C, d)) is None


def test_transposed_outputs_are_seen_square_or_not():
    assert seen(lambda A, b, C, d: (A.T, b, C, d)) == ("transposed", "Your A is the right one transposed.")
    assert seen(lambda A, b, C, d: (A, b, C.T.tolist(), d), names=()) == (
        "transposed",
        "Your output number 3 is the right one transposed.",
    )
    assert seen(lambda A, b, C, d: (A.T, b, C.T, d))[1] == "Your outputs are the right ones transposed."
    assert seen(lambda A, b, C, d: (-A.T, b, C, d)) is None


def test_a_table_with_a_column_for_each_output_is_transposed():
    tables = [RNG.normal(size=(4, n)) for n in (5, 2, 3)]
    found = arranged([Returned(table.T, tuple(table), (1e-9,) * 4) for table in tables], [1, 3], NAMES)

    assert found is not None and found.name == "transposed"


def test_what_is_right_malformed_or_too_little_shows_no_place():
    assert seen(lambda *right: right) is None
    assert seen(lambda A, b, C, d: (A, b, C)) is None
    assert seen(lambda A, b, C, d: None) is None
    assert seen(lambda A, b, C, d: ([[1.0], [2.0, 3.0]], "b", {}, print)) is None
    assert arranged([], [0]) is None
    assert arranged([Returned((1.5, 2.5), (2.5, 1.5), (0.1, 0.1))], [0, 1]) is None


def test_an_output_may_be_a_list_of_arrays_of_several_shapes():
    layers = [[RNG.normal(size=shape) for shape in ((3, 2), (2, 3), 4)] for _ in range(3)]
    right = [(own, float(RNG.normal())) for own in layers]
    returned = [Returned((second, first), (first, second), ([1e-9] * 3, 1e-9)) for first, second in right]
    wrong = [
        Returned(([2 * layer for layer in first], second), (first, second), ([1e-9] * 3, 1e-9))
        for first, second in right
    ]

    found = arranged(returned, [0, 1], ("layers", "loss"))

    assert found is not None and found.name == "swapped_outputs"
    assert arranged(wrong, [0, 1], ("layers", "loss")) is None
