"""Problem 1: the table cell by cell, with numbers and lists."""

from math import exp


def squash(z):
    if z < 0:
        return exp(z) / (1 + exp(z))
    return 1 / (1 + exp(-z))


def sigmoid(z):
    """Of a number, or of lists of lists of numbers."""
    try:
        return [sigmoid(entry) for entry in z]
    except TypeError:
        return squash(float(z))


def affine(w, x, b):
    total = b
    for weight, entry in zip(w, x):
        total += weight * entry
    return float(total)


def column(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    z_i, z_f, z_o, z = affine(w_i, x, b_i), affine(w_f, x, b_f), affine(w_o, x, b_o), affine(w, x, b)
    remembered = squash(z_f) * c
    remembered += squash(z_i) * z
    return [z_i, squash(z_i), z_f, squash(z_f), z_o, squash(z_o), z, remembered, squash(z_o) * remembered]


def lstm_step(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    *_, memory, y = column(x, c, w, b, w_i, b_i, w_f, b_f, w_o, b_o)
    return y, memory


def lstm_table(X, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o):
    """The memory by its closed form: what came in at step s is kept by all forget gates after it."""
    columns = [column(x, c0, w, b, w_i, b_i, w_f, b_f, w_o, b_o) for x in X]
    for t in range(len(columns)):
        kept, memory = 1.0, 0.0
        for s in range(t, -1, -1):
            memory += kept * columns[s][1] * columns[s][6]
            kept *= columns[s][3]
        columns[t][7] = memory + kept * c0
        columns[t][8] = columns[t][5] * columns[t][7]
    return [list(row) for row in zip(*columns)]
