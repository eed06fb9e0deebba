"""Problem 1, an LSTM cell by hand: a memory of one number, three gates, no recurrent input.

With the pre-activations z = w.x + b, z_i = w_i.x + b_i, z_f = w_f.x + b_f, z_o = w_o.x + b_o and the sigmoid f,

    c' = f(z_i) z + f(z_f) c,    y = f(z_o) c'.

The functions g and h of the usual LSTM, which squash z and c', are the identity here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw

Floats = NDArray[np.float64]


def sigmoid(z: Any) -> Any:
    """1 / (1 + exp(-z)), entry by entry: how far a gate stands open.

    Shapes
        z a number or an array of any shape  ->  the same.
    Units
        z in nats (log odds); the value is a share, in [0, 1].
    Numerics
        exp(-log(1 + exp(-z))), with the inner two in one step that never overflows. exp(z) / (1 + exp(z)) would be
        infinity over infinity for z above 709.
    Source
        Pattern Recognition and Machine Learning (2006), eq. 4.59.

    >>> sigmoid(np.array([0.0, np.log(3.0), -1000.0])).round(12).tolist()
    [0.5, 0.75, 0.0]
    """
    return np.exp(-np.logaddexp(0.0, -z))


def lstm_step(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """One time step: (y, c'), what the cell says and what it remembers.

    Shapes
        x and the weights w, w_i, w_f, w_o (d,); the memory c before the step and the biases are numbers  ->  two
        numbers.
    Units
        c' and y have those of z; gates are shares.
    Numerics
        The two terms of c' may cancel; no gate overflows.
    Source
        Long short-term memory, Neural Computation 9 (1997), with the forget gate of Neural Computation 12 (2000).

    >>> y, c = lstm_step(np.array([2.0]), 8.0, np.ones(1), 1.0, np.zeros(1), 0.0, np.zeros(1), 0.0, np.zeros(1), 0.0)
    >>> y, c  # every gate is half open, z = 3
    (2.75, 5.5)
    """
    memory = sigmoid(w_i @ x + b_i) * (w @ x + b) + sigmoid(w_f @ x + b_f) * c
    return float(sigmoid(w_o @ x + b_o) * memory), float(memory)


def lstm_table(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """The table of a whole sequence, one column for each time step.

    The rows are z_i, f(z_i), z_f, f(z_f), z_o, f(z_o), z, c', y.

    Shapes
        X (T, d), T >= 1, one row for each time step; c0 the memory before the first; the rest as in `lstm_step`
        ->  (9, T).
    Units
        As `lstm_step`; z_i, z_f and z_o in nats.
    Numerics
        Nothing is rounded: 0.9999 stays what it is.
    Source
        As `lstm_step`.

    >>> one, nil = np.ones(1), np.zeros(1)
    >>> lstm_table(np.array([[2.0], [4.0]]), 8.0, one, 1.0, nil, 0.0, nil, 0.0, nil, 0.0)[-3:].tolist()
    [[3.0, 5.0], [5.5, 5.25], [2.75, 2.625]]
    """
    z, z_i, z_f, z_o = X @ w + b, X @ w_i + b_i, X @ w_f + b_f, X @ w_o + b_o
    memories, memory = [], c0
    for keep, new in zip(sigmoid(z_f), sigmoid(z_i) * z, strict=True):
        memory = keep * memory + new
        memories.append(memory)
    gates = [z_i, sigmoid(z_i), z_f, sigmoid(z_f), z_o, sigmoid(z_o)]
    return np.stack([*gates, z, np.stack(memories), sigmoid(z_o) * np.stack(memories)])


# ---- inputs ----

# The sequence of the sheet, with the sparsest weights that give its pre-activations.
_SHEET: dict[str, Any] = {
    "X": np.array([[0.0, 1.0, 0.0, 3.0], [1.0, 0.0, 1.0, -2.0], [1.0, 1.0, 1.0, 4.0], [0.0, 1.0, 1.0, 0.0]]),
    "c0": 0.0,
    "w": np.array([0.0, 0.0, 0.0, 1.0]), "b": 0.0,
    "w_i": np.array([100.0, 100.0, 0.0, 0.0]), "b_i": -10.0,
    "w_f": np.array([-100.0, -100.0, 0.0, 0.0]), "b_f": 110.0,
    "w_o": np.array([0.0, 0.0, 100.0, 0.0]), "b_o": -10.0,
}  # fmt: skip
# Its table, as printed: rounded to integers.
_SHEET_ROWS = np.array([
    [90, 90, 190, 90], [1, 1, 1, 1],
    [10, 10, -90, 10], [1, 1, 0, 1],
    [-10, 90, 90, 90], [0, 1, 1, 1],
    [3, -2, 4, 0], [3, 1, 4, 4], [0, 1, 4, 4],
], dtype=np.float64)  # fmt: skip
_ROUNDED = 5e-4
_SHAPES = {"number": (), "vector": (4,), "table": (3, 2)}


def sigmoid_inputs(draw: Draw, shape: str, at: float | None = None) -> dict[str, Any]:
    """A number, a vector or a table to open a gate with; or one number that is given."""
    return {"z": draw.logits(*_SHAPES[shape]) if at is None else at}


def lstm_step_inputs(draw: Draw, d: int, table: str = "random", step: int = 1) -> dict[str, Any]:
    """One time step from a memory that is not empty, or (table "printed") one of the four of the sheet."""
    if table == "printed":
        before = np.concatenate([[_SHEET["c0"]], lstm_table(**_SHEET)[7]])
        rest = {name: _copied(value) for name, value in _SHEET.items() if name not in ("X", "c0")}
        return {"x": _SHEET["X"][step - 1].copy(), "c": float(before[step - 1]), **rest}
    return {"x": draw.normal(d), "c": draw.signed_uniform(0.5, 2.0), **_weights(draw, d)}


def lstm_table_inputs(draw: Draw, d: int, T: int, table: str = "random") -> dict[str, Any]:
    """A sequence and a memory to start from that is not empty, or (table "printed") those of the sheet.

    `sheet` is what the sheet prints for it; None for a random sequence.
    """
    if table == "printed":
        return {**{name: _copied(value) for name, value in _SHEET.items()}, "sheet": _SHEET_ROWS.copy()}
    return {"X": draw.normal(T, d), "c0": draw.signed_uniform(0.5, 2.0), **_weights(draw, d), "sheet": None}


def _weights(draw: Draw, d: int) -> dict[str, Any]:
    """Weights and biases of ordinary size; biases are never small, so that none can be left out unseen."""
    weights = {name: draw.signed_uniform(0.2, 1.8, d) for name in ("w", "w_i", "w_f", "w_o")}
    return weights | {name: draw.signed_uniform(0.3, 1.5) for name in ("b", "b_i", "b_f", "b_o")}


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


# ---- properties ----


def gates_are_those_of_the_sheet(
    lstm_table: Callable[..., Any], X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float,
    w_f: Floats, b_f: float, w_o: Floats, b_o: float, sheet: Floats | None,
) -> None:  # fmt: skip
    """On the sheet's own sequence, the first seven rows round to those that it prints."""
    if sheet is not None:
        rows = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
        _must_round_to(rows[:7], sheet[:7], "pre-activations and gates")


def memory_is_that_of_the_sheet(
    lstm_table: Callable[..., Any], X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float,
    w_f: Floats, b_f: float, w_o: Floats, b_o: float, sheet: Floats | None,
) -> None:  # fmt: skip
    """On the sheet's own sequence, the row c' rounds to the one that it prints."""
    if sheet is not None:
        rows = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
        _must_round_to(rows[7], sheet[7], "memory")


def output_is_that_of_the_sheet(
    lstm_table: Callable[..., Any], X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float,
    w_f: Floats, b_f: float, w_o: Floats, b_o: float, sheet: Floats | None,
) -> None:  # fmt: skip
    """On the sheet's own sequence, the row y rounds to the one that it prints."""
    if sheet is not None:
        rows = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
        _must_round_to(rows[8], sheet[8], "output")


def _must_round_to(rows: Any, printed: Floats, name: str) -> None:
    assert np.max(np.abs(np.asarray(rows) - printed)) <= _ROUNDED, (
        f"for the four steps of the homework sheet, your {name} should round to what the sheet's table says"
    )
