"""Problem 4: the gradient of a recurrent network through time."""

import numpy as np


def rnn_forward(W, U, b, h0, X, sigma):
    states = [h0]
    for x in X:
        states.append(sigma(W @ states[-1] + U @ x + b))
    return np.stack(states)


def rnn_jacobian(W, U, b, h0, X, sigma, dsigma):
    states = rnn_forward(W, U, b, h0, X, sigma)
    J = np.eye(len(h0))
    for h, x in zip(states, X):
        slopes = dsigma(W @ h + U @ x + b)
        J = np.diag(slopes) @ W @ J
    return J


def jacobian_norm_bound(gamma, t):
    return gamma**t


def vanishing_condition(gamma):
    return gamma < 1


def general_norm_bound(W, gamma, t):
    return (gamma * np.linalg.norm(W, 2)) ** t


def nonvanishing_example(gamma, dim):
    return np.eye(dim) * 2 / gamma


def activation_derivative(name, a):
    if name == "relu":
        return a > 0
    if name == "sigmoid":
        s = 1 / (1 + np.exp(-a))
        return s * (1 - s)
    return 1 - np.tanh(a) ** 2


def derivative_bound(name):
    return {"relu": 1.0, "sigmoid": 0.25, "tanh": 1.0}[name]
