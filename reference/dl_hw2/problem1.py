"""Problem 1, logistic regression with one input: the cost of its labels, its slope and curvature, and descent on it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn

Floats = NDArray[np.float64]
Function = Callable[..., Any]


# ---- the cost and its derivatives ----


def bce_loss(w: float, b: float, x: Floats, y: Floats) -> float:
    """The binary cross-entropy E(w, b) = -sum_n [ y_n ln p_n + (1 - y_n) ln(1 - p_n) ], p_n = sigmoid(w x_n + b).

    Shapes
        x, y (n,), n >= 1, y of zeros and ones  ->  a float >= 0. A sum over the points, not a mean.
    Units
        Nats.
    Numerics
        A point costs ln(1 + e^(-z)) where its label is 1 and ln(1 + e^z) where it is 0. `logaddexp` computes this
        without overflow; ln(1 - p) is -inf as soon as p rounds to 1, from z = 37 on.
    Source
        Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.90.

    >>> round(bce_loss(0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0])), 6)  # twice ln 2
    1.386294
    """
    return float(np.sum(np.logaddexp(0.0, (1 - 2 * y) * (w * x + b))))


def bce_gradient(w: float, b: float, x: Floats, y: Floats) -> Floats:
    """The gradient (dE/dw, dE/db) = sum_n (p_n - y_n) (x_n, 1).

    Shapes
        x, y (n,)  ->  (2,), in the order (w, b).
    Units
        Nats over those of w and b.
    Numerics
        p_n - y_n cancels where the label is well predicted, to an error of one rounding of 1.
    Source
        Bishop (2006), eq. 4.91.

    >>> bce_gradient(0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0])).tolist()
    [-2.0, 0.0]
    """
    residuals = probabilities(w, b, x) - y
    return np.array([np.sum(residuals * x), np.sum(residuals)])


def bce_hessian(w: float, b: float, x: Floats, y: Floats) -> Floats:
    """The Hessian sum_n p_n (1 - p_n) [[x_n^2, x_n], [x_n, 1]], in which the labels have dropped out.

    Shapes
        x, y (n,)  ->  (2, 2), in the order (w, b); symmetric, positive semidefinite.
    Units
        Nats over those of w and b, twice.
    Numerics
        p (1 - p) is taken as sigmoid(z) sigmoid(-z), which keeps its digits where p rounds to 1.
    Source
        Bishop (2006), eq. 4.97.

    >>> bce_hessian(0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0])).tolist()
    [[6.5, 1.5], [1.5, 0.5]]
    """
    curvature = weights(w, b, x)
    cross = np.sum(curvature * x)
    return np.array([[np.sum(curvature * x**2), cross], [cross, np.sum(curvature)]])


def hessian_quadratic_form(v: Floats, w: float, b: float, x: Floats, y: Floats) -> float:
    """v^T H v as a sum of squares, sum_n p_n (1 - p_n) (v_1 x_n + v_2)^2.

    Shapes
        v (2,), in the order (w, b); x, y (n,)  ->  a float >= 0.
    Units
        Nats, for v in the units of (w, b).
    Numerics
        No term is negative, so nothing cancels but v_1 x_n + v_2.
    Source
        Multiply out v^T H v; each point gives a square.

    >>> hessian_quadratic_form(np.array([1.0, -1.0]), 0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0]))
    4.0
    """
    return float(np.sum(weights(w, b, x) * (v[0] * x + v[1]) ** 2))


def probabilities(w: float, b: float, x: Floats) -> Floats:
    """sigmoid(w x_n + b), without overflow: (n,) -> (n,)."""
    return np.exp(-np.logaddexp(0.0, -(w * x + b)))


def weights(w: float, b: float, x: Floats) -> Floats:
    """p_n (1 - p_n), how much each point bends the cost: (n,) -> (n,)."""
    return probabilities(w, b, x) * probabilities(-w, -b, x)


def logistic_inputs(
    draw: Draw, n: int, labels: str = "mixed", x: str = "spread", slope: str = "any", reach: float = 0.0
) -> dict[str, Any]:
    """Points with labels of both kinds, zeros or ones, and parameters that predict them with some doubt.

    `x` is spread or constant, `slope` any or zero. With a `reach`, which may be negative, the farthest z is that, and
    one point stays in doubt so that there is something to compute. Redrawn until no derivative is a small difference
    of large terms.
    """

    def make() -> dict[str, Any]:
        points = _points(draw, n, x)
        w, b = draw.signed_uniform(0.3, 1.5), draw.signed_uniform(0.2, 1.2)
        if slope == "zero":
            w = 0.0
        if reach:
            gaps = points - points[0]
            w = single(reach / gaps[np.argmax(np.abs(gaps))])
            b = single(-w * points[0])
        v = single(2.0 * draw.generator.standard_normal(2))
        return {"w": w, "b": b, "x": points, "y": _labels(draw, n, labels), "v": v}

    free = n == 1 or x != "spread" or slope == "zero"
    return redrawn(make, lambda inputs: _telling(inputs, free, reach))


def _points(draw: Draw, n: int, x: str) -> Floats:
    if x == "constant":  # a number of few digits, whose multiples are exact
        return np.full(n, np.round(8 * draw.signed_uniform(0.5, 2.0)) / 8)
    points: Floats = single(1.5 * draw.normal(n) + draw.signed_uniform(0.3, 1.0))
    return points


def _labels(draw: Draw, n: int, labels: str) -> Floats:
    if labels != "mixed" or n == 1:
        return np.full(n, {"zeros": 0.0, "ones": 1.0, "mixed": float(draw.ints(0, 1))}[labels])
    return (draw.labels(n, 2) - 1).astype(np.float64)


def _telling(inputs: dict[str, Any], free: bool, reach: float) -> bool:
    """Whether the points differ, the parameters are no certainty and each derivative keeps its digits."""
    w, b, x, y, v = (inputs[name] for name in "wbxyv")
    if reach:
        # A point whose label is against its z: a p that is cut off near 0 or 1 costs too little there.
        return bool(np.max(np.abs(x - x[0])) >= 1.0 and bce_loss(w, b, x, y) >= 0.5 * abs(reach))
    tame = np.max(np.abs(w * x + b)) <= 5.0
    if free:
        return bool(tame)
    residuals, curvature = probabilities(w, b, x) - y, weights(w, b, x)
    for terms in (residuals * x, residuals, curvature * x):
        tame &= abs(np.sum(terms)) >= 0.05 * np.sum(np.abs(terms))
    slopes = bce_gradient(w, b, x, y)
    tame &= abs(slopes[0] - slopes[1]) >= 0.05 * np.max(np.abs(slopes))
    form = hessian_quadratic_form(v, w, b, x, y)
    tame &= form >= 0.02 * np.sum(v**2) * np.trace(bce_hessian(w, b, x, y))
    return bool(tame and np.ptp(x) >= 0.3)


def gradient_is_the_slope_of_the_cost(bce_gradient: Function, w: float, b: float, x: Floats, y: Floats) -> None:
    """The gradient is what finite differences of the cost give."""
    gradient = np.asarray(bce_gradient(w, b, x, y))
    size = float(np.sum(np.abs(x)) + len(x))
    for entry, (dw, db) in enumerate(np.eye(2)):
        h = 1e-6 * (1.0 + abs(w * dw + b * db))
        ahead, behind = (bce_loss(w + s * dw, b + s * db, x, y) for s in (h, -h))
        assert abs(gradient[entry] - (ahead - behind) / (2 * h)) <= 1e-4 * size, (
            f"entry {entry} of your gradient is not how the cost changes with {'wb'[entry]}: compare it with finite "
            "differences"
        )


def hessian_is_the_slope_of_the_gradient(bce_hessian: Function, w: float, b: float, x: Floats, y: Floats) -> None:
    """The Hessian is what finite differences of the gradient give, and symmetric."""
    hessian = np.asarray(bce_hessian(w, b, x, y))
    size = float(np.sum(x**2) + len(x))
    for column, (dw, db) in enumerate(np.eye(2)):
        h = 1e-6 * (1.0 + abs(w * dw + b * db))
        ahead, behind = (bce_gradient(w + s * dw, b + s * db, x, y) for s in (h, -h))
        gap = np.max(np.abs(hessian[:, column] - (ahead - behind) / (2 * h)))
        assert gap <= 1e-4 * size, (
            f"column {column} of your Hessian is not how the gradient changes with {'wb'[column]}: compare it with "
            "finite differences"
        )


def form_is_that_of_the_hessian(
    hessian_quadratic_form: Function, v: Floats, w: float, b: float, x: Floats, y: Floats
) -> None:
    """v^T H v is what v and the Hessian give; it is never negative, and 0 on a flat direction."""
    value = hessian_quadratic_form(v, w, b, x, y)
    hessian = bce_hessian(w, b, x, y)
    size = float(np.sum(v**2) * np.trace(hessian)) + 1e-12 * float(np.sum((v[0] * x + v[1]) ** 2))
    assert value >= -1e-5 * size, "no direction has a negative curvature, but yours has"
    assert abs(value - v @ hessian @ v) <= 1e-4 * size, "your value is not that of v^T H v"
    c = np.round(8 * x[0]) / 8
    flat = hessian_quadratic_form(np.array([1.0, -c]), w, b, np.full(len(x), c), y)
    assert abs(flat) <= 1e-5 * len(x) * (1 + c * c), "with all x_n = c, moving (w, b) along (1, -c) changes no p_n"


# ---- where it is flat ----


def flat_direction(x: Floats) -> Floats | None:
    """A unit vector v with v^T H v = 0 whatever (w, b) is; None where H is positive definite.

    Shapes
        x (n,)  ->  (2,), in the order (w, b), either sign; None as soon as two points differ.
    Numerics
        Points closer than a millionth of their size count as equal.
    Source
        v^T H v is a sum of p_n (1 - p_n) (v_1 x_n + v_2)^2 with positive weights: 0 only if every v_1 x_n = -v_2.

    >>> flat_direction(np.array([0.75, 0.75])) * 1.25
    array([ 1.  , -0.75])
    >>> flat_direction(np.array([0.75, 0.25])) is None
    True
    """
    if np.ptp(x) > 1e-6 * np.max(np.abs(x)):
        return None
    c = float(x[0])
    return np.array([1.0, -c]) / np.sqrt(1.0 + c * c)


def points_inputs(draw: Draw, n: int, x: str = "spread") -> dict[str, Any]:
    """Points that clearly differ (two of them, or all), or a constant: of ordinary size, or 0."""
    if x == "zero":
        return {"x": np.zeros(n)}
    if x == "pair":
        points = _points(draw, n, "constant")
        points[draw.ints(0, n - 1)] += draw.signed_uniform(0.5, 2.0)
        return {"x": single(points)}
    return redrawn(lambda: {"x": _points(draw, n, x)}, lambda inputs: x != "spread" or np.ptp(inputs["x"]) >= 0.3)


def direction_is_flat(flat_direction: Function, x: Floats) -> None:
    """The vector has length 1, and v^T H v is 0 along it."""
    v = flat_direction(x)
    if v is None:
        return
    v = np.asarray(v)
    assert abs(np.sum(v**2) - 1) <= 1e-4, "the vector that is asked for has length 1"
    form = hessian_quadratic_form(v, 0.5, -0.25, x, np.zeros(len(x)))
    assert form <= 1e-8 * len(x) * (1 + np.max(x**2)), "v^T H v is not 0 for your v: which moves leave every z_n alone?"


# ---- descent ----


def gd_step(w: float, b: float, x: Floats, y: Floats, eta: float) -> tuple[float, float]:
    """One step of gradient descent: (w, b) - eta grad E(w, b), both at once.

    Shapes
        x, y (n,)  ->  two floats.
    Units
        Those of w and b; eta is not divided by n, for E is a sum.
    Source
        Cauchy, Comptes Rendus 25 (1847), for this cost.

    >>> gd_step(0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0]), 0.5)
    (1.0, 0.0)
    """
    slope = bce_gradient(w, b, x, y)
    return float(w - eta * slope[0]), float(b - eta * slope[1])


def gradient_descent(w0: float, b0: float, x: Floats, y: Floats, eta: float, n_steps: int) -> Floats:
    """The whole run of gradient descent, start included: row k is (w, b) after k steps.

    Shapes
        x, y (n,)  ->  (n_steps + 1, 2).
    Units
        Those of w and b.
    Numerics
        No stopping rule: for separable labels there is no minimum to arrive at, (w, b) runs away for ever.
    Source
        The recursion of `gd_step`.

    >>> gradient_descent(0.0, 0.0, np.array([1.0, 5.0]), np.array([0.0, 1.0]), 0.5, 1).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    path = [np.array([w0, b0])]
    for _ in range(n_steps):
        w, b = path[-1]
        path.append(path[-1] - eta * bce_gradient(w, b, x, y))
    return np.array(path)


def step_inputs(draw: Draw, n: int, labels: str = "mixed", x: str = "spread", reach: float = 0.0) -> dict[str, Any]:
    """The inputs of `logistic_inputs` and a step length, off the eta for which only one point counts."""
    return logistic_inputs(draw, n, labels, x, reach=reach) | {"eta": draw.uniform(0.05, 0.3)}


def descent_inputs(draw: Draw, n: int, n_steps: int, eta: str = "some") -> dict[str, Any]:
    """A start, points and a step length that keeps rounding errors from growing, or is 0."""
    inputs = logistic_inputs(draw, n)
    inputs |= {"w0": inputs["w"], "b0": inputs["b"], "eta": draw.uniform(0.02, 0.05), "n_steps": n_steps}
    return inputs | ({"eta": 0.0} if eta == "zero" else {})


def a_short_step_goes_down(gd_step: Function, w: float, b: float, x: Floats, y: Floats) -> None:
    """With eta = 1/L, L the largest curvature, the cost falls by at least eta/2 |grad E|^2."""
    design = np.stack([x, np.ones(len(x))], axis=1)
    eta = 4.0 / float(np.linalg.eigvalsh(design.T @ design)[-1])
    there = gd_step(w, b, x, y, eta)
    slope = bce_gradient(w, b, x, y)
    before, after = bce_loss(w, b, x, y), bce_loss(*there, x, y)
    rounding = 1e-5 * (before + eta * float(slope @ slope))
    assert before - after >= eta / 2 * float(slope @ slope) - rounding, (
        "with eta = 1/L, where L is the largest eigenvalue of sum_n (x_n, 1)(x_n, 1)^T / 4, a step has to lower E by "
        "at least eta/2 |grad E|^2; yours does not"
    )
