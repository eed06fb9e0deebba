"""What goes wrong with the LSTM cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem1 import lstm_step, lstm_table, sigmoid

Floats = NDArray[np.float64]


# ---- the sigmoid ----


def sigmoid_of_minus_z(z: Any) -> Any:
    """Your gate closes where it should open: look at the sign in the exponent, and try a large positive z."""
    return sigmoid(-z)


def tanh_for_the_sigmoid(z: Any) -> Any:
    """This is the hyperbolic tangent, which runs from -1 to 1. A gate is a share between 0 and 1."""
    return np.tanh(z)


def sigmoid_twice_as_steep(z: Any) -> Any:
    """Your curve has the right ends but is too steep in the middle. If you wrote it with tanh, look at what tanh is
    taken of.
    """
    return sigmoid(2 * z)


def slope_of_the_sigmoid(z: Any) -> Any:
    """This is the derivative of the sigmoid, which is small at both ends. The function itself is asked for."""
    return sigmoid(z) * (1 - sigmoid(z))


def gate_that_is_open_or_shut(z: Any) -> Any:
    """You return a step from 0 to 1. The sigmoid is smooth: near z = 0 it takes every value in between."""
    return np.heaviside(z, 0.5)


def softmax_over_the_entries(z: Any) -> Any:
    """Your entries add up to 1 like those of a softmax. Every gate stands for itself: no entry depends on another."""
    odds = np.exp(z - np.max(z))
    return odds / np.sum(odds)


# ---- one step ----


def step_with_the_outputs_swapped(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """Both numbers are right, in the other order: first what the cell says, then what it remembers."""
    y, memory = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return memory, y


def step_that_squashes_the_candidate_and_the_memory(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You use the tanh of the usual LSTM twice, on z and on c'. In this cell g and h are the identity."""
    i, f, o = sigmoid(w_i @ x + b_i), sigmoid(w_f @ x + b_f), sigmoid(w_o @ x + b_o)
    memory = i * np.tanh(w @ x + b) + f * c
    return o * np.tanh(memory), memory


def step_that_squashes_the_candidate(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You take the tanh of z, as the usual LSTM does. In this cell g is the identity."""
    memory = sigmoid(w_i @ x + b_i) * np.tanh(w @ x + b) + sigmoid(w_f @ x + b_f) * c
    return sigmoid(w_o @ x + b_o) * memory, memory


def step_that_squashes_the_memory(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You take the tanh of c' before it goes out, as the usual LSTM does. In this cell h is the identity."""
    _, memory = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return sigmoid(w_o @ x + b_o) * np.tanh(memory), memory


def step_with_rounded_gates(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You round the gates to 0 or 1 before you use them. On the sheet that happens to be close; in general a gate lets
    a part through.
    """
    i, f, o = sigmoid(w_i @ x + b_i), sigmoid(w_f @ x + b_f), sigmoid(w_o @ x + b_o)
    memory = np.round(i) * (w @ x + b) + np.round(f) * c
    return np.round(o) * memory, memory


def step_that_says_the_old_memory(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """Your y is made of the memory before the step. Update the memory first: the cell says what it now remembers."""
    _, memory = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return sigmoid(w_o @ x + b_o) * c, memory


def step_whose_forget_gate_forgets(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You keep the share 1 - f(z_f) of the old memory. In spite of its name, this gate says how much is kept."""
    return lstm_step(x, c, w, b, w_i, b_i, -w_f, -b_f, w_o, b_o)


def step_with_coupled_gates(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """Your memory keeps the share 1 - f(z_i), so the forget gate plays no part. It has weights of its own."""
    return lstm_step(x, c, w, b, w_i, b_i, -w_i, -b_i, w_o, b_o)


def step_with_the_sigmoid_of_the_candidate(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You send z through a sigmoid, as if it were a gate. It is what is written into the memory: here g is the
    identity.
    """
    memory = sigmoid(w_i @ x + b_i) * sigmoid(w @ x + b) + sigmoid(w_f @ x + b_f) * c
    return sigmoid(w_o @ x + b_o) * memory, memory


def step_with_an_output_gate_without_sigmoid(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """Your output gate is z_o itself. A gate is a share between 0 and 1: its sigmoid."""
    _, memory = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return (w_o @ x + b_o) * memory, memory


def step_without_the_forget_gate(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """The old memory comes in whole: it has to pass the forget gate first."""
    memory = sigmoid(w_i @ x + b_i) * (w @ x + b) + c
    return sigmoid(w_o @ x + b_o) * memory, memory


def step_without_the_input_gate(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """What is new comes in whole: it has to pass the input gate first."""
    memory = w @ x + b + sigmoid(w_f @ x + b_f) * c
    return sigmoid(w_o @ x + b_o) * memory, memory


def step_with_input_and_forget_gate_swapped(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """The input and the forget gate have changed places: one lets in what is new, the other keeps what is old."""
    return lstm_step(x, c, w, b, w_f, b_f, w_i, b_i, w_o, b_o)


def step_without_the_biases(
    x: Floats, c: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[float, float]:
    """You leave out the biases b, b_i, b_f and b_o. They belong to the pre-activations."""
    return lstm_step(x, c, w, 0.0, w_i, 0.0, w_f, 0.0, w_o, 0.0)


# ---- the table: its first seven rows ----


def gates_with_the_row_label_of_the_sheet(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """Your fourth row is f(z_i) once more, as the label in the sheet's table says. That label is a misprint: the row
    below z_f belongs to z_f.
    """
    table = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return table[0], table[1], table[2], table[1], table[4], table[5], table[6]


def gates_rounded(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """You round the gates to 0 or 1. On the sheet that happens to be close; for other weights a gate is half open."""
    rows = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[:7]
    return tuple(np.round(row) if k in (1, 3, 5) else row for k, row in enumerate(rows))


def gate_rows_without_the_sigmoid(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """The rows of the gates repeat their pre-activations: the sigmoid is still to be applied."""
    z_i, _, z_f, _, z_o, _, z = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[:7]
    return z_i, z_i, z_f, z_f, z_o, z_o, z


def gate_rows_with_tanh(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """Your gates lie between -1 and 1, like a tanh. A gate is a share: the sigmoid makes it."""
    z_i, _, z_f, _, z_o, _, z = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[:7]
    return z_i, np.tanh(z_i), z_f, np.tanh(z_f), z_o, np.tanh(z_o), z


def candidate_row_squashed(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """Your row z holds tanh(z). The row is the pre-activation itself, and in this cell g is the identity."""
    *gates, z = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[:7]
    return *gates, np.tanh(z)


def table_rows_without_the_biases(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """You leave out the biases b, b_i, b_f and b_o. They belong to the pre-activations."""
    return tuple(lstm_table(X, c0, w, 0.0, w_i, 0.0, w_f, 0.0, w_o, 0.0)[:7])


def forget_and_output_rows_swapped(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> tuple[Floats, ...]:
    """The rows of the forget gate and of the output gate have changed places: the order is z_i, z_f, z_o, z."""
    z_i, f_i, z_f, f_f, z_o, f_o, z = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[:7]
    return z_i, f_i, z_o, f_o, z_f, f_f, z


# ---- the table: the memory ----


def memory_that_starts_empty(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your memory starts at 0, as on the sheet. Here the memory before the first step is an argument: c0."""
    return lstm_table(X, 0.0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[7]


def memory_before_each_step(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your row is one step behind: it holds the memory before each step, the table wants the one after it."""
    return np.concatenate([[c0], lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[7][:-1]])


def memory_of_squashed_candidates(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You take the tanh of z on its way into the memory, as the usual LSTM does. In this cell g is the identity."""
    _, f_i, _, f_f, _, _, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return _memories(f_f, f_i * np.tanh(z), c0)


def memory_through_rounded_gates(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You round the gates to 0 or 1 before you use them. On the sheet that happens to be close; in general a gate lets
    a part through.
    """
    _, f_i, _, f_f, _, _, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return _memories(np.round(f_f), np.round(f_i) * z, c0)


def memory_whose_forget_gate_forgets(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You keep the share 1 - f(z_f) of the old memory. In spite of its name, this gate says how much is kept."""
    return lstm_table(X, c0, w, b, w_i, b_i, -w_f, -b_f, w_o, b_o)[7]


def memory_of_each_step_alone(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Every step starts from c0 again. The memory after one step is the memory before the next."""
    _, f_i, _, f_f, _, _, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return f_i * z + f_f * c0


def memory_with_input_and_forget_gate_swapped(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """The input and the forget gate have changed places: one lets z in, the other keeps the old memory."""
    return lstm_table(X, c0, w, b, w_f, b_f, w_i, b_i, w_o, b_o)[7]


def memory_that_is_never_forgotten(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """The old memory comes in whole at every step: it has to pass the forget gate first."""
    _, f_i, _, f_f, _, _, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return _memories(np.ones_like(f_f), f_i * z, c0)


def memory_without_the_input_gate(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """What is new comes in whole at every step: it has to pass the input gate first."""
    _, _, _, f_f, _, _, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return _memories(f_f, z, c0)


# ---- the table: the output ----


def output_of_a_memory_that_starts_empty(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your outputs follow from a memory that starts at 0. Here the memory before the first step is an argument: c0."""
    return lstm_table(X, 0.0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[8]


def output_of_squashed_candidates_and_memory(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You use the tanh of the usual LSTM twice, on z and on c'. In this cell g and h are the identity."""
    f_o = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[5]
    return f_o * np.tanh(memory_of_squashed_candidates(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o))


def output_of_squashed_candidates(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your outputs follow from a memory into which tanh(z) went. In this cell g is the identity."""
    f_o = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[5]
    return f_o * memory_of_squashed_candidates(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)


def output_of_the_squashed_memory(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You take the tanh of c' before it goes out, as the usual LSTM does. In this cell h is the identity."""
    _, _, _, _, _, f_o, _, memory, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return f_o * np.tanh(memory)


def output_of_the_memory_before(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your y is made of the memory before the step. Update the memory first: the cell says what it now remembers."""
    f_o = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[5]
    return f_o * memory_before_each_step(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)


def output_through_rounded_gates(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You round the gates to 0 or 1 before you use them. On the sheet that happens to be close; in general a gate lets
    a part through.
    """
    f_o = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[5]
    return np.round(f_o) * memory_through_rounded_gates(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)


def output_without_the_output_gate(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Your y is the memory itself: it has to pass the output gate on its way out."""
    return lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)[7]


def output_with_input_and_forget_gate_swapped(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """The input and the forget gate have changed places: one lets z in, the other keeps the old memory."""
    return lstm_table(X, c0, w, b, w_f, b_f, w_i, b_i, w_o, b_o)[8]


def output_of_each_step_alone(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """Every step starts from c0 again. The memory after one step is the memory before the next."""
    _, f_i, _, f_f, _, f_o, z, _, _ = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return f_o * (f_i * z + f_f * c0)


def output_through_the_input_gate(
    X: Floats, c0: float, w: Floats, b: float, w_i: Floats, b_i: float, w_f: Floats, b_f: float, w_o: Floats, b_o: float
) -> Floats:
    """You let the memory out through the input gate. The output has a gate of its own."""
    table = lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return table[1] * table[7]


def _memories(keep: Floats, new: Floats, start: float) -> Floats:
    """What is remembered after each step, with these shares of the old memory and these additions."""
    memories: Sequence[float] = []
    for share, addition in zip(keep, new, strict=True):
        start = share * start + addition
        memories = [*memories, start]
    return np.array(memories)
