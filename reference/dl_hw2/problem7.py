"""Problem 7, the cross-entropy of a softmax: gradient, Hessian, and where it is flat."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn
from .problem3 import cross_entropy, softmax, softmax_jacobian

Floats = NDArray[np.float64]
Function = Callable[..., Any]


def softmax_ce(z: Floats, y: Floats) -> float:
    """L(z, y) = -sum_k y_k ln softmax(z)_k, for a one-hot y.

    >>> round(softmax_ce(np.zeros(4), np.array([0.0, 1.0, 0.0, 0.0])), 6)  # ln 4
    1.386294
    """
    return cross_entropy(z, int(np.argmax(y)))


def softmax_ce_gradient(z: Floats, y: Floats) -> Floats:
    """The gradient of L with respect to z: softmax(z) - y.

    Shapes
        z, y (c,)  ->  (c,), which adds up to 0.
    Units
        None: nats per nat.
    Numerics
        p_k - 1 cancels where p_k is close to 1, to an error of one rounding of 1.
    Source
        Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.109, without its inputs.

    >>> softmax_ce_gradient(np.array([0.0, np.log(3.0)]), np.array([1.0, 0.0])).round(12).tolist()
    [-0.75, 0.75]
    """
    return softmax(z) - y


def softmax_ce_hessian(z: Floats, y: Floats) -> Floats:
    """The Hessian of L with respect to z, diag(p) - p p^T, in which y has dropped out.

    Shapes
        z, y (c,)  ->  (c, c), symmetric, positive semidefinite; every row adds up to 0.
    Units
        Nats per nat squared.
    Source
        The Jacobian of the gradient, which is that of softmax.

    >>> softmax_ce_hessian(np.array([0.0, np.log(3.0)]), np.array([1.0, 0.0])).round(12).tolist()
    [[0.1875, -0.1875], [-0.1875, 0.1875]]
    """
    return softmax_jacobian(z)


def softmax_quadratic_form(z: Floats, v: Floats) -> float:
    """v^T H v: the variance of v under the probabilities softmax(z).

    Shapes
        z, v (c,)  ->  a float >= 0, which is 0 for a constant v.
    Units
        Those of v, squared.
    Numerics
        sum_k p_k (v_k - mean)^2 has no negative term; sum_k p_k v_k^2 - mean^2 cancels for a v with a large mean.
    Source
        Multiply out v^T (diag(p) - p p^T) v.

    >>> round(softmax_quadratic_form(np.array([0.0, np.log(3.0)]), np.array([4.0, 0.0])), 12)
    3.0
    """
    p = softmax(z)
    return float(np.sum(p * (v - np.sum(p * v)) ** 2))


def softmax_null_direction(num_classes: int) -> Floats:
    """A unit vector u with u^T H u = 0 for every z: softmax does not see a common shift of all scores.

    Shapes
        (num_classes,), either sign.
    Source
        A variance is 0 only for what is constant.

    >>> softmax_null_direction(4).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    return np.full(num_classes, 1.0 / np.sqrt(num_classes))


# ---- inputs ----


def label_inputs(draw: Draw, c: int, shift: float = 0.0) -> dict[str, Any]:
    """Scores of c classes that leave some doubt, the true class as a one-hot vector, and a direction v that is not
    centred. Stress adds a `shift` to all scores."""

    def make() -> dict[str, Any]:
        z = single(single(2.0 * draw.normal(c)) + shift)
        v = single(2.0 * draw.generator.standard_normal(c) + draw.signed_uniform(0.3, 2.0))
        return {"z": z, "y": np.eye(c)[draw.ints(0, c - 1)], "v": v}

    def good(inputs: dict[str, Any]) -> bool:
        p, v = softmax(inputs["z"]), inputs["v"]
        spread = np.sum(p * (v - np.sum(p * v)) ** 2)
        return bool(np.max(p) <= 0.95 and np.ptp(p) >= 0.02 and spread >= 0.05 * np.sum(p * v**2))

    return redrawn(make, good)


def constant_direction_inputs(draw: Draw, c: int) -> dict[str, Any]:
    """Scores, and the same number for every class: eighths, so that a constant has deviations of exactly 0."""
    return label_inputs(draw, c) | {"v": np.full(c, np.round(8 * draw.signed_uniform(0.3, 2.0)) / 8)}


def quadratic_inputs(draw: Draw, c: int, v: str = "some") -> dict[str, Any]:
    """Scores and a direction, which may be constant."""
    return constant_direction_inputs(draw, c) if v == "constant" else label_inputs(draw, c)


def classes_inputs(draw: Draw, num_classes: int) -> dict[str, Any]:
    """A number of classes, and scores to try the direction with."""
    return {"num_classes": num_classes, "z": single(1.5 * draw.generator.standard_normal(num_classes))}


# ---- properties ----


def gradient_adds_up_to_nothing(softmax_ce_gradient: Function, z: Floats, y: Floats) -> None:
    """Adding one number to all scores leaves the loss as it is."""
    assert abs(np.sum(softmax_ce_gradient(z, y))) <= 1e-4, (
        "adding one number to every score leaves the loss as it is, so the entries of its gradient add up to 0"
    )


def hessian_is_the_slope_of_the_gradient(softmax_ce_hessian: Function, z: Floats, y: Floats) -> None:
    """The Hessian is what finite differences of the gradient give; it is semidefinite, flat along (1, ..., 1), and does
    not depend on the label."""
    hessian = np.asarray(softmax_ce_hessian(z, y))
    for i, direction in enumerate(np.eye(len(z))):
        h = 1e-5
        slope = (softmax_ce_gradient(z + h * direction, y) - softmax_ce_gradient(z - h * direction, y)) / (2 * h)
        assert np.max(np.abs(hessian[:, i] - slope)) <= 1e-4, (
            f"column {i} of your Hessian is not how the gradient changes with z_{i}: compare it with finite differences"
        )
    assert np.max(np.abs(np.sum(hessian, axis=1))) <= 1e-4, "a common shift of all scores is free, so H (1, ..., 1) = 0"
    assert np.min(np.linalg.eigvalsh((hessian + hessian.T) / 2)) >= -1e-5, "your H curves downwards somewhere"
    assert np.max(np.abs(softmax_ce_hessian(z, np.roll(y, 1)) - hessian)) <= 1e-5, "y drops out of H"


def form_is_a_variance(softmax_quadratic_form: Function, z: Floats, v: Floats) -> None:
    """v^T H v is that of the Hessian, never negative, blind to a common shift of v and 0 where v is constant."""
    size = float(np.max(v**2)) + 1.0
    value = softmax_quadratic_form(z, v)
    assert value >= -1e-5 * size, "the form is never negative, but yours is"
    assert abs(value - v @ softmax_jacobian(z) @ v) <= 1e-4 * size, "your value is not that of v^T H v"
    assert abs(softmax_quadratic_form(z, v + 1.0) - value) <= 1e-4 * size, "a common shift of v changes nothing"
    assert abs(softmax_quadratic_form(z, np.ones(len(z)))) <= 1e-4, "for a constant v the form is 0"


def direction_is_null(softmax_null_direction: Function, num_classes: int, z: Floats) -> None:
    """The direction has length 1, and the curvature along it is 0 whatever the scores are."""
    u = np.asarray(softmax_null_direction(num_classes))
    assert abs(np.sum(u**2) - 1) <= 1e-4, "the vector that is asked for has length 1"
    for scores in (z, 2 * z, -z, np.roll(z, 1)):
        assert softmax_quadratic_form(scores, u) <= 1e-8, (
            "there are scores for which u^T H u is not 0 for your u: what can be added to all of them unnoticed?"
        )
