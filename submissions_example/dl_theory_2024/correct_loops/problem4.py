"""Problem 4, with a loop for every sum. The derivative of a product is collected forwards, from h_0 on."""

import math

import numpy as np
from vectors import dot, listed


def pre_activation(W, U, b, h, x):
    return [dot(w, h) + dot(u, x) + bias for w, u, bias in zip(listed(W), listed(U), listed(b))]


def rnn_forward(W, U, b, h0, X, sigma):
    states = [listed(h0)]
    for x in listed(X):
        a = pre_activation(W, U, b, states[-1], x)
        states.append([float(sigma(np.array(entry))) for entry in a])
    return states


def rnn_jacobian(W, U, b, h0, X, sigma, dsigma):
    """Column j is how the last state follows a small change of h_0[j]."""
    size = len(h0)
    states = rnn_forward(W, U, b, h0, X, sigma)
    columns = []
    for j in range(size):
        change = [float(i == j) for i in range(size)]
        for h, x in zip(states, listed(X)):
            slopes = dsigma(np.array(pre_activation(W, U, b, h, x)))
            change = [slope * dot(w, change) for slope, w in zip(listed(slopes), listed(W))]
        columns.append(change)
    return [[columns[j][i] for j in range(size)] for i in range(size)]


def jacobian_norm_bound(gamma, t):
    bound = 1.0
    for _ in range(t):
        bound *= gamma
    return bound


def vanishing_condition(gamma):
    return not gamma >= 1


def general_norm_bound(W, gamma, t):
    """The largest singular value is the root of the largest eigenvalue of W^T W."""
    W = np.array(W)
    return math.sqrt((gamma**2 * max(np.linalg.eigvalsh(W.T @ W))) ** t)


def nonvanishing_example(gamma, dim):
    # Not orthogonal: one direction is made longer by a factor of 1 / gamma, and a little of it leaks into the others.
    return [[1 / gamma if i == j == 0 else 0.25 * (j == 0) + 0.5 * (i == j) for j in range(dim)] for i in range(dim)]


def activation_derivative(name, a):
    slopes = []
    for entry in listed(a):
        if name == "relu":
            slopes.append(1.0 if entry > 0 else 0.0)
        elif name == "tanh":
            slopes.append(math.cosh(entry) ** -2)
        else:
            slopes.append(1 / (math.exp(entry / 2) + math.exp(-entry / 2)) ** 2)
    return slopes


def derivative_bound(name):
    if name == "sigmoid":
        return 1 / 4
    return 1
