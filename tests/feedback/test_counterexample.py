"""A failing input is shown as text that can be read and typed in again, whatever it is and however large."""

import ast

import numpy as np
import pytest

from grader.feedback.counterexample import MAX_TEXT, shown
from grader.model import Fault, Status
from grader.wire import Tensor


def double(x):
    return 2 * x


class Nameless:
    pass


class Shown:
    """A function with a text of its own, as references hand them out."""

    def __call__(self, x):
        return x

    def __repr__(self):
        return "lambda x: x"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(1 / 3, "0.333333", id="long float"),
        pytest.param(1e-12, "1e-12", id="small float"),
        pytest.param(float("nan"), "nan", id="nan"),
        pytest.param(-7, "-7", id="int"),
        pytest.param(True, "True", id="truth"),
        pytest.param(None, "None", id="None"),
        pytest.param("a'b", '"a\'b"', id="text"),
        pytest.param("lies at 0x10", "'lies at 0x10'", id="text like an address"),
        pytest.param(1 - 2j, "(1-2j)", id="complex"),
        pytest.param(np.array([1.0, -0.5]), "array([ 1. , -0.5])", id="array"),
        pytest.param(np.array([[1, 2], [3, 4]]), "array([[1, 2],\n [3, 4]])", id="matrix"),
        pytest.param(np.array(2.5), "array(2.5)", id="array without axes"),
        pytest.param(np.zeros((0, 3)), "array([], shape=(0, 3))", id="array without entries"),
        pytest.param(Tensor(np.array([1.0]), "cuda:0"), "tensor([1.])", id="tensor"),
        pytest.param((1.0, np.array([2.0])), "(1, array([2.]))", id="tuple"),
        pytest.param((1.0,), "(1,)", id="tuple of one"),
        pytest.param((), "()", id="empty tuple"),
        pytest.param([1.0, [2.0]], "[1, [2]]", id="list"),
        pytest.param({"a": np.array([1.0]), 2: "b"}, "{'a': array([1.]), 2: 'b'}", id="dict"),
        pytest.param(double, "a function", id="function"),
        pytest.param(Shown(), "lambda x: x", id="function with a text"),
        pytest.param(Nameless(), "a Nameless", id="object"),
        pytest.param([double], "[a function]", id="function in a list"),
        pytest.param(Fault(status=Status.RAISED, message="no"), "", id="fault"),
    ],
)
def test_values_are_shown_as_they_are_typed(value, text):
    assert shown(value) == text


@pytest.mark.parametrize("value", [0.1, -1e-300, [1, [2.5, "a"]], (True, None), {"a": (1,)}, "\n\x1b"])
def test_small_values_can_be_typed_in_again(value):
    assert ast.literal_eval(shown(value, 17)) == value


def test_an_array_can_be_typed_in_again():
    array = np.random.default_rng(0).standard_normal((3, 4))

    again = eval(shown(array, 17), {"array": np.array})

    np.testing.assert_array_equal(again, array)


def test_the_number_of_digits_is_that_which_is_asked_for():
    assert shown(np.array([1 / 3]), 3) == "array([0.333])"
    assert shown(1 / 3, 3) == "0.333"


def nested(depth: int, width: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value] * width
    return value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(np.zeros(10**6), id="long array"),
        pytest.param(np.zeros((1000, 1000)), id="large matrix"),
        pytest.param(np.zeros((2,) * 20, bool), id="twenty axes"),
        pytest.param(np.zeros((7,) * 7, np.int8), id="seven axes of seven"),
        pytest.param([np.zeros((2,) * 20, bool)] * 3, id="twenty axes in a list"),
        pytest.param({"a": np.zeros((2,) * 20, bool)}, id="twenty axes in a dict"),
        pytest.param([0.123456] * 10**6, id="long list"),
        pytest.param((0.123456,) * 10**6, id="long tuple"),
        pytest.param(dict.fromkeys(range(10**5), 1.0), id="large dict"),
        pytest.param("x" * 10**6, id="long text"),
        pytest.param(10**3000, id="long integer"),
        pytest.param(nested(20, 30), id="lists in lists in lists"),
    ],
)
def test_large_values_are_cut(value):
    text = shown(value)

    assert len(text) < 8 * MAX_TEXT


def test_a_cut_array_tells_its_shape():
    assert shown(np.zeros((3, 4, 7))) == "array([0., 0., 0., ..., 0., 0., 0.], shape=(3, 4, 7))"
