"""Problem 1: an LSTM cell with a memory of one number."""

import numpy as np


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))  # never overflows
    return np.where(z >= 0, 1, small) / (1 + small)


def lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    i, f, o = sigmoid(w_i @ x + b_i), sigmoid(w_f @ x + b_f), sigmoid(w_o @ x + b_o)
    c = f * c + i * (w @ x + b)
    return o * c, c


def lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    table = np.zeros((9, len(X)))
    c = c0
    for t, x in enumerate(X):
        z_i, z_f, z_o = w_i @ x + b_i, w_f @ x + b_f, w_o @ x + b_o
        y, c = lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
        table[:, t] = [z_i, sigmoid(z_i), z_f, sigmoid(z_f), z_o, sigmoid(z_o), w @ x + b, c, y]
    return table
