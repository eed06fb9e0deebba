"""Wrong answers to problem 1: each function answers as a student with that mistake would.

It takes the inputs that it needs by name. Its docstring is what the student reads: where to look, not the right answer.
"""

import numpy as np

from .problem1 import ridge_gradient


def loss_without_the_halves(w, X, y, lam):
    """Your loss is twice what is asked for. Look at the factors in front of its two terms."""
    return np.mean((X @ w - y) ** 2) + lam * np.sum(w**2)


def loss_with_a_sum(w, X, y, lam):
    """Your loss adds up the errors of all points. It would grow with every point that is added: what should not?"""
    return np.sum((X @ w - y) ** 2) / 2 + lam * np.sum(w**2) / 2


def loss_with_the_length_of_w(w, X, y, lam):
    """Your penalty is the length of w. Compare it with the definition: something is missing."""
    return np.mean((X @ w - y) ** 2) / 2 + lam * np.linalg.norm(w) / 2


def gradient_without_the_penalty(w, X, y):
    """Your gradient is that of the mean squared error alone. The loss has a second term, which depends on w too."""
    return ridge_gradient(w, X, y, 0.0)


def gradient_with_a_sum(w, X, y, lam):
    """Your gradient adds up what the points give. In the loss they are averaged."""
    return X.T @ (X @ w - y) + lam * w


def gradient_of_minus_the_loss(w, X, y, lam):
    """Your gradient has the wrong sign: it should point to where the loss grows. The minus comes with the descent."""
    return -ridge_gradient(w, X, y, lam)


def solution_with_the_penalty_of_a_sum(X, y, lam):
    """Your weights minimise the sum of the squared errors with this penalty. The loss has their mean: follow the n."""
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)


def solution_with_the_penalty_subtracted(X, y, lam):
    """Your penalty has the wrong sign. A larger lam should make the weights smaller: try it."""
    n, d = X.shape
    return np.linalg.solve(X.T @ X / n - lam * np.eye(d), X.T @ y / n)
