"""Problem 1, layer normalisation: the forward pass and the gradients of a loss through it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]


def layer_norm_forward(x: Floats, gamma: Any, beta: Any, eps: float) -> Floats:
    """The entries of x brought to mean 0 and variance 1, then scaled by gamma and moved by beta.

        y_i = gamma xhat_i + beta,    xhat_i = (x_i - mu) / sqrt(sigma^2 + eps)

    Shapes
        x (d,), d >= 1; gamma and beta both scalars or both (d,)  ->  y (d,).
    Units
        y has the units of beta; eps those of a variance.
    Errors
        ValueError when gamma is neither a scalar nor of the shape of x.
    Numerics
        sigma^2 is the mean of the squared deviations (divided by d, not d - 1), never E[x^2] - mu^2, which
        cancels when the mean is large. A constant x gives y = beta, because eps > 0.
    Source
        Layer Normalization, arXiv:1607.06450 (2016), section 3.

    >>> layer_norm_forward(np.array([1.0, 3.0]), 2.0, 10.0, 3.0).tolist()
    [9.0, 11.0]
    """
    xhat, _ = _normalised(x, gamma, eps)
    return gamma * xhat + beta


def layer_norm_backward(dy: Floats, x: Floats, gamma: Any, eps: float) -> tuple[Floats, Any, Any]:
    """The gradients (dl/dx, dl/dgamma, dl/dbeta) of a loss l whose gradient in y is dy.

        dx = ( dxhat - mean(dxhat) - xhat mean(dxhat xhat) ) / sqrt(sigma^2 + eps),   dxhat = gamma dy

    The first mean is what flows back through mu, the second what flows back through sigma^2.

    Shapes
        dy, x (d,); gamma a scalar or (d,)  ->  dx (d,); dgamma and dbeta floats for a scalar gamma (one gamma
        serves every entry, so its gradient is a sum), (d,) for a gamma of shape (d,).
    Units
        Those of l over those of x, gamma and beta.
    Errors
        ValueError when gamma is neither a scalar nor of the shape of x.
    Numerics
        The compact form never needs (sigma^2 + eps)^(-3/2). For d = 1, y does not depend on x: dx = 0.
        For d = 2 the terms nearly cancel, because xhat is close to (-1, 1) whatever x is.
    Source
        The chain rule; compare Batch Normalization, arXiv:1502.03167 (2015), section 3.

    >>> dx, dgamma, dbeta = layer_norm_backward(np.array([1.0, 3.0]), np.array([1.0, 3.0]), 2.0, 3.0)
    >>> dx.tolist(), dgamma, dbeta
    ([-0.75, 0.75], 1.0, 4.0)
    """
    xhat, deviation = _normalised(x, gamma, eps)
    dxhat = gamma * dy
    dx = (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / deviation
    if np.ndim(gamma) == 0:
        return dx, float(np.sum(dy * xhat)), float(np.sum(dy))
    return dx, dy * xhat, dy.copy()


def _normalised(x: Floats, gamma: Any, eps: float) -> tuple[Floats, Any]:
    """xhat, and the sqrt(sigma^2 + eps) that x was divided by."""
    if np.ndim(gamma) and np.shape(gamma) != x.shape:
        raise ValueError(f"gamma must be a scalar or of shape {x.shape}, not {np.shape(gamma)}")
    centred = x - x.mean()
    deviation = np.sqrt((centred**2).mean() + eps)
    return centred / deviation, deviation


def layer_norm_inputs(draw: Draw, d: int, gamma: str = "vector") -> dict[str, Any]:
    """A point off the origin, its upstream gradient, and the parameters: one for all or one for each entry.

    Redrawn where right answers lose their digits to cancellation, as the gradients of two far-apart entries do.
    """
    shape = () if gamma == "scalar" else (d,)
    for _ in range(1000):
        inputs = {
            # Not shaped by the regime: a constant dy would hide most of what dx has to do.
            "dy": single(draw.generator.standard_normal(d)),
            "x": _place(draw, d),
            "gamma": draw.signed_uniform(0.5, 2.0, *shape),
            "beta": draw.signed_uniform(0.3, 2.0, *shape),
            "eps": draw.constant(1e-5, off_default=(1e-2, 0.3)),
        }
        if _keeps_its_digits(inputs, flat=d == 1 or draw.regime == "const"):
            return inputs
    raise RuntimeError(f"no layer norm of {d} entries keeps its digits in the regime {draw.regime!r}")


def _place(draw: Draw, d: int) -> Floats:
    """An x whose mean is of the size of its spread."""
    x: Floats = single(draw.uniform(0.3, 3.0) * (draw.normal(d) + draw.normal()))
    # Sums of eighths are exact: a constant x has deviations of exactly 0, in single precision too.
    return np.round(8 * x) / 8 if draw.regime == "const" else x


def _keeps_its_digits(inputs: dict[str, Any], flat: bool) -> bool:
    """Whether no gradient is small beside the terms that it adds up (`flat`: x is constant, y = beta)."""
    dy, x, gamma = inputs["dy"], inputs["x"], inputs["gamma"]
    xhat, deviation = _normalised(x, gamma, inputs["eps"])
    dx, dgamma, dbeta = layer_norm_backward(dy, x, gamma, inputs["eps"])
    tame = abs(np.sum(dbeta)) >= 0.05 * np.linalg.norm(dy)
    if not flat:
        tame &= np.linalg.norm(dx) * deviation >= 0.05 * np.linalg.norm(gamma * dy)
        tame &= abs(np.sum(dgamma)) >= 0.05 * np.linalg.norm(dy) * np.linalg.norm(xhat) > 0
    return bool(tame)


def shifting_x_changes_nothing(
    layer_norm_backward: Callable[..., Any], dy: Floats, x: Floats, gamma: Any, eps: float
) -> None:
    """y stays as it is when one number is added to every x_i, so l has no slope in that direction."""
    dx, _, _ = layer_norm_backward(dy, x, gamma, eps)
    _, deviation = _normalised(x, gamma, eps)
    size = np.sum(np.abs(gamma * dy)) / deviation
    assert abs(np.sum(dx)) <= 1e-4 * size, (
        "adding one number to every x_i leaves y as it is, but according to your dx it changes the loss"
    )
