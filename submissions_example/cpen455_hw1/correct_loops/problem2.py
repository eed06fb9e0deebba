"""Problem 2: batch normalisation, column by column and entry by entry."""

import math


def columns(Y):
    return [[float(row[j]) for row in Y] for j in range(len(Y[0]))]


def rows(columns):
    return [list(row) for row in zip(*columns)]


def mean(values):
    return sum(values) / len(values)


def variance(values):
    center = mean(values)
    return mean([(value - center) ** 2 for value in values])


def batch_norm_forward(Y, gamma, beta, eps):
    normalised = []
    for values, g, b in zip(columns(Y), gamma, beta):
        m, s = mean(values), math.sqrt(variance(values) + eps)
        normalised.append([float(g) * (value - m) / s + float(b) for value in values])
    return rows(normalised), [mean(values) for values in columns(Y)], [variance(values) for values in columns(Y)]


def normalized_mean(gamma, beta):
    return list(beta)


def normalized_variance(gamma, beta):
    return [g * g for g in gamma]


def backward(dH, Y, gamma, beta, eps):
    """For each column, by the chain rule: dl/dgamma, dl/dbeta, dl/dm, dl/dv and dl/dY."""
    Y_hat, ms, vs = batch_norm_forward(Y, gamma, beta, eps)
    for d, outs, values, g, m, v in zip(columns(dH), columns(Y_hat), columns(Y), gamma, ms, vs):
        dY_hat = [slope if out > 0 else 0.0 for slope, out in zip(d, outs)]
        dgamma = dbeta = dm = dv = 0.0
        for slope, value in zip(dY_hat, values):
            dgamma += slope * (value - m) / math.sqrt(v + eps)
            dbeta += slope
            dm -= slope * g / math.sqrt(v + eps)
            dv -= slope * g * (value - m) / (2 * (v + eps) ** 1.5)
        B = len(values)
        dY = [
            slope * g / math.sqrt(v + eps) + dm / B + dv * 2 * (value - m) / B for slope, value in zip(dY_hat, values)
        ]
        yield dgamma, dbeta, dm, dv, dY


def grad_gamma(dH, Y, gamma, beta, eps):
    return [column[0] for column in backward(dH, Y, gamma, beta, eps)]


def grad_beta(dH, Y, gamma, beta, eps):
    return [column[1] for column in backward(dH, Y, gamma, beta, eps)]


def grad_mean(dH, Y, gamma, beta, eps):
    return [column[2] for column in backward(dH, Y, gamma, beta, eps)]


def grad_var(dH, Y, gamma, beta, eps):
    return [column[3] for column in backward(dH, Y, gamma, beta, eps)]


def grad_input(dH, Y, gamma, beta, eps):
    return rows([column[4] for column in backward(dH, Y, gamma, beta, eps)])


def gram_schmidt(Y):
    """The centred columns made orthogonal one after another, of variance 1; and the matrix that does it."""
    B, M = len(Y), len(Y[0])
    white, A = [], []
    for j, values in enumerate(columns(Y)):
        m = mean(values)
        column, row = [value - m for value in values], [1.0 if i == j else 0.0 for i in range(M)]
        for other, its in zip(white, A):
            share = sum(a * b for a, b in zip(column, other)) / B
            column = [a - share * b for a, b in zip(column, other)]
            row = [a - share * b for a, b in zip(row, its)]
        s = math.sqrt(mean([a * a for a in column]))
        white.append([a / s for a in column])
        A.append([a / s for a in row])
    return rows(white), A


def whitening_matrix(Y):
    return gram_schmidt(Y)[1]


def whitening_batch_norm(Y):
    return gram_schmidt(Y)[0]
