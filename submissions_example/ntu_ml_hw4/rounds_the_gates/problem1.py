"""Problem 1: an LSTM cell with a memory of one number."""

import numpy as np


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))  # never overflows
    return np.where(z >= 0, 1, small) / (1 + small)


def gate(z):
    """0 or 1, as in the table of the sheet."""
    return np.round(sigmoid(z))


def lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    i, f, o = gate(w_i @ x + b_i), gate(w_f @ x + b_f), gate(w_o @ x + b_o)
    c = f * c + i * (w @ x + b)
    return o * c, c


def lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    table = np.zeros((9, len(X)))
    c = c0
    for t, x in enumerate(X):
        z_i, z_f, z_o = w_i @ x + b_i, w_f @ x + b_f, w_o @ x + b_o
        y, c = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
        table[:, t] = [z_i, gate(z_i), z_f, gate(z_f), z_o, gate(z_o), w @ x + b, c, y]
    return table
