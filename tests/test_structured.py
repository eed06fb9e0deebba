"""Where nobody knows the right shape, an answer is still the kind of thing that is asked for, or told not to be."""

import numpy as np
import pytest

from grader.compare import structured
from grader.errors import StudentFault
from grader.wire import Tensor


@pytest.mark.parametrize(
    ("answer", "like", "found"),
    [
        (np.ones((2, 3)), np.zeros(5), np.ones((2, 3))),
        ([1, 2], np.zeros(5), np.array([1, 2])),
        (Tensor(np.float32([1.5]), "cpu"), 0.0, np.array([1.5])),
        (np.float64(2.0), np.zeros(5), 2.0),
        (([1.0], 2), (np.zeros(3), 0.0), (np.array([1.0]), 2)),
        (True, False, 1),
        (None, None, None),
    ],
)
def test_an_answer_is_taken_in_any_shape(answer, like, found):
    np.testing.assert_equal(structured(answer, like), found)


@pytest.mark.parametrize(
    ("answer", "like", "words"),
    [
        ("text", np.zeros(3), "a text"),
        (1.0, (0.0, 0.0), "a tuple of 2 values"),
        (None, 0.0, "return statement"),
        (1.0, print, "where a function is asked for"),
        ([[1], [2, 3]], np.zeros(3), "rows differ in length"),
        (np.array(["a"]), np.zeros(3), "real numbers"),
    ],
)
def test_what_is_something_else_is_told(answer, like, words):
    with pytest.raises(StudentFault) as caught:
        structured(answer, like)

    assert words in caught.value.fault.message
