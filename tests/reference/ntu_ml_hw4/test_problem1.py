"""The LSTM cell of the reference is the one of loops, of limits and of the sheet, and its properties see mistakes."""

import math
from itertools import accumulate

import numpy as np
import pytest
import torch

from grader.draw import single

SEEDS = range(5)
PROPERTIES = {
    "gates_are_those_of_the_sheet": slice(0, 7),
    "memory_is_that_of_the_sheet": slice(7, 8),
    "output_is_that_of_the_sheet": slice(8, 9),
}


@pytest.fixture
def lstm(problem):
    return problem(1)


@pytest.fixture
def sheet(trials):
    """The inputs of the one trial that is the sheet's."""
    [inputs] = [inputs for inputs in trials("lstm_table") if inputs["sheet"] is not None]
    return inputs


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sigmoid_is_that_of_torch(lstm, trials, seed):
    for inputs in trials("sigmoid", seed):
        value = lstm.sigmoid(inputs["z"])

        assert np.shape(value) == np.shape(inputs["z"])
        assert np.allclose(value, torch.sigmoid(torch.tensor(inputs["z"], dtype=torch.float64)).numpy(), rtol=1e-12)


@pytest.mark.parametrize("z", [-1e308, -1000.0, -745.0, 0.0, 745.0, 1e308])
def test_the_sigmoid_is_a_share_however_large_its_argument(lstm, z):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        share = lstm.sigmoid(z)

    assert 0 <= share <= 1
    assert share == (0.5 if z == 0 else pytest.approx(float(z > 0), abs=1e-300))


@pytest.mark.parametrize("seed", SEEDS)
def test_step_and_table_are_what_loops_find(lstm, trials, call, seed):
    for inputs in trials("lstm_step", seed):
        *_, memory, y = columns_by_loops(X=[inputs["x"]], c0=inputs["c"], **weights(inputs))[0]

        assert np.allclose(call(lstm.lstm_step, inputs), (y, memory), rtol=1e-12, atol=1e-14)
    for inputs in trials("lstm_table", seed):
        expected = columns_by_loops(inputs["X"], inputs["c0"], **weights(inputs))

        table = call(lstm.lstm_table, inputs)

        assert table.shape == (9, len(inputs["X"]))
        assert np.allclose(table.T, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_gates_that_are_open_or_shut_leave_sums_and_single_terms(lstm, trials, call, seed):
    """In the limits the recursion has a closed form: a running sum, a constant, or the last term alone."""
    for inputs in trials("lstm_table", seed):
        if inputs["sheet"] is None:
            z = inputs["X"] @ inputs["w"] + inputs["b"]
            limits = {
                (1000.0, 1000.0): list(accumulate(z, initial=inputs["c0"]))[1:],
                (-1000.0, 1000.0): np.full(len(z), inputs["c0"]),
                (1000.0, -1000.0): z,
            }
            for (b_i, b_f), memory in limits.items():
                table = call(lstm.lstm_table, {**inputs, "b_i": b_i, "b_f": b_f, "b_o": 1000.0})
                assert np.allclose(table[7:], [memory, memory], rtol=1e-12, atol=1e-12)


def test_the_table_of_the_sheet_rounds_to_what_is_printed(lstm, sheet, call):
    table = call(lstm.lstm_table, sheet)

    assert np.array_equal(np.round(table), sheet["sheet"])
    assert np.allclose(table[7], [3, 0.9998638064, 4, 3.9998184085], atol=5e-11)
    assert np.allclose(table[8], [0.0001361936, 0.9998638064, 4, 3.9998184085], atol=5e-11)


def test_the_steps_of_the_sheet_are_the_columns_of_its_table(lstm, trials, sheet, call):
    table = call(lstm.lstm_table, sheet)
    steps = [inputs for inputs in trials("lstm_step") if any(np.array_equal(inputs["x"], x) for x in sheet["X"])]

    answers = [call(lstm.lstm_step, inputs) for inputs in steps]

    assert np.allclose(np.transpose(answers)[::-1], table[7:], rtol=1e-12)


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_cover_every_size_and_survive_single_precision(trials, seed):
    tables, steps = trials("lstm_table", seed), trials("lstm_step", seed)

    assert {inputs["X"].shape[1] for inputs in tables} == {1, 2, 3, 4, 5} == {len(inputs["x"]) for inputs in steps}
    assert {1, 2, 9} <= {len(inputs["X"]) for inputs in tables}
    for inputs in tables + steps:
        assert all(np.array_equal(single(value), value) for value in inputs.values() if value is not inputs.get("c"))
    for inputs in tables:
        if inputs["sheet"] is None:
            assert abs(inputs["c0"]) >= 0.5 and all(abs(inputs[b]) >= 0.3 for b in ("b", "b_i", "b_f", "b_o"))


@pytest.mark.parametrize("seed", SEEDS)
def test_most_gates_are_neither_open_nor_shut(lstm, trials, call, seed):
    random = [inputs for inputs in trials("lstm_table", seed) if inputs["sheet"] is None]

    gates = np.concatenate([call(lstm.lstm_table, inputs)[[1, 3, 5]].ravel() for inputs in random])

    assert np.mean((gates > 0.05) & (gates < 0.95)) > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sigmoid_meets_numbers_arrays_and_extremes(trials, seed):
    given = [inputs["z"] for inputs in trials("sigmoid", seed)]

    assert {np.shape(z) for z in given} == {(), (4,), (3, 2)}
    assert {0, 10, -10, 90, -90, 190, 1000, -1000} <= {z for z in given if np.ndim(z) == 0}


# ---- the properties ----


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds_for_right_answers_and_for_rounded_ones(lstm, trials, holds, in_single, name):
    right = lstm.lstm_table

    for inputs in trials("lstm_table"):
        for answer in (right, in_single(right), lambda *arguments: right(*arguments).round(3)):
            assert holds(getattr(lstm, name), inputs, lstm_table=answer)


@pytest.mark.parametrize("number", [0.5, np.nan, np.inf, -np.inf, 1e200])
@pytest.mark.parametrize(("name", "rows"), PROPERTIES.items(), ids=PROPERTIES)
def test_a_property_sees_one_wrong_number_in_its_own_rows_only(lstm, sheet, holds, name, rows, number):
    for row in range(9):

        def wrong(*arguments, row=row):
            table = lstm.lstm_table(*arguments)
            table[row, 2] = number
            return table

        assert holds(getattr(lstm, name), sheet, lstm_table=wrong) == (row not in range(9)[rows])


# ---- another way to the same numbers ----


def weights(inputs):
    return {name: inputs[name] for name in ("w", "b", "w_i", "b_i", "w_f", "b_f", "w_o", "b_o")}


def columns_by_loops(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    """The columns of the table, with numbers of python's own."""

    def affine(x, v, bias):
        return math.fsum([bias, *(float(p) * float(q) for p, q in zip(v, x, strict=True))])

    columns = []
    for x in X:
        z, z_i, z_f, z_o = (affine(x, *pair) for pair in ((w, b), (w_i, b_i), (w_f, b_f), (w_o, b_o)))
        i, f, o = ((1 + math.tanh(score / 2)) / 2 for score in (z_i, z_f, z_o))
        c0 = i * z + f * c0
        columns.append([z_i, i, z_f, f, z_o, o, z, c0, o * c0])
    return columns
