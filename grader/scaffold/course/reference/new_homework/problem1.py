"""Ridge regression: the solutions, the maker of their inputs, and a property. Numpy, in double precision."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw

Floats = NDArray[np.float64]

# ---- the solutions: what students are asked for, with the same names and arguments ----


def ridge_loss(w: Floats, X: Floats, y: Floats, lam: float) -> float:
    """Half the mean squared error of the predictions X w, and a penalty on large weights.

        1/2 mean_i (x_i^T w - y_i)^2 + lam/2 ||w||^2

    Shapes
        w (d,), X (n, d), y (n,), lam a number  ->  a number.

    >>> ridge_loss(np.array([1.0]), np.array([[2.0], [3.0]]), np.array([1.0, 1.0]), 0.5)
    1.5
    """
    residual = X @ w - y
    return float(np.mean(residual**2) / 2 + lam * np.sum(w**2) / 2)


def ridge_gradient(w: Floats, X: Floats, y: Floats, lam: float) -> Floats:
    """The gradient of the loss with respect to w.

    Shapes
        w (d,), X (n, d), y (n,), lam a number  ->  (d,).

    >>> ridge_gradient(np.array([1.0]), np.array([[2.0], [3.0]]), np.array([1.0, 1.0]), 0.5).tolist()
    [4.5]
    """
    return X.T @ (X @ w - y) / len(y) + lam * w


def ridge_solution(X: Floats, y: Floats, lam: float) -> Floats:
    """The weights with the smallest loss, where its gradient is zero.

    Shapes
        X (n, d), y (n,), lam > 0  ->  (d,).

    >>> ridge_solution(np.array([[1.0], [3.0]]), np.array([2.0, 6.0]), 5.0).tolist()
    [1.0]
    """
    n, d = X.shape
    return np.linalg.solve(X.T @ X / n + lam * np.eye(d), X.T @ y / n)


# ---- what they are tried on: `draw` is seeded, and knows the regime (normal, small, large, ties, ...) ----


def ridge_inputs(draw: Draw, n: int, d: int) -> dict[str, Any]:
    """n points of d features, and weights to be tried. Each function gets those that its signature names."""
    return {
        "w": draw.normal(d),
        "X": draw.normal(n, d),
        "y": draw.normal(n),
        "lam": draw.uniform(0.1, 1.0),  # a parameter: no regime touches it
    }


# ---- properties: they assert, and the assertion's message is what the student reads ----


def gradient_vanishes_at_the_solution(ridge_solution: Callable[..., Floats], X: Floats, y: Floats, lam: float) -> None:
    """The gradient of the loss is zero at its minimum. `ridge_solution` is the student's, all else the reference's."""
    w = ridge_solution(X, y, lam)
    terms = X.T @ (X @ w) / len(y), X.T @ y / len(y), lam * w
    size = sum(np.linalg.norm(term) for term in terms)  # what is added up: answers may be in single precision
    assert np.linalg.norm(ridge_gradient(w, X, y, lam)) <= 1e-4 * size, "your weights are no minimum of the loss"
