"""Functions to be minimised in problem 5, each with the constants that the theory asks for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import Shown, literal

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Objective:
    """f with its gradient, bounds of its curvature, and where it is least.

    alpha   no eigenvalue of the Hessian of f is smaller, anywhere: f is alpha-strongly convex if alpha > 0
    beta    none is larger in size: f is beta-smooth
    x_star  a minimiser of f
    """

    f: Shown
    grad_f: Shown
    alpha: float
    beta: float
    x_star: Floats


def quadratic(draw: Draw, dim: int) -> Objective:
    """f(x) = 1/2 (x - c)^T A (x - c) + h, whose curvature is the spectrum of A."""
    A = draw.spd(dim, condition=draw.uniform(2.0, 8.0), scale=draw.uniform(1.0, 4.0))
    c = draw.normal(dim)
    # Of the size of the rest of f, whatever the regime; never 0, so that leaving out f(x*) shows.
    h = single(draw.signed_uniform(0.5, 1.5) * np.mean(draw.normal(5) ** 2))
    given = f"A={literal(A)}, c={literal(c)}"
    spectrum = np.linalg.eigvalsh(A)
    return Objective(
        f=Shown("f", lambda x: 0.5 * (x - c) @ A @ (x - c) + h,
                f"lambda x, {given}: 0.5 * (x - c) @ A @ (x - c) + {h}", (dim,)),
        grad_f=Shown("grad_f", lambda x: A @ (x - c), f"lambda x, {given}: A @ (x - c)", (dim,)),
        # Bounds, not the spectrum itself: with alpha = beta, as in one dimension, a single step would end it.
        alpha=_below(spectrum[0] * draw.uniform(0.6, 0.95)),
        beta=_above(spectrum[-1] * draw.uniform(1.05, 1.5)),
        x_star=c,
    )  # fmt: skip


def logistic(draw: Draw, dim: int, rows: int = 5) -> Objective:
    """f(x) = sum_i log(1 + exp(-a_i^T x)) + r/2 |x - m|^2: logistic regression (labels in the rows), ridge to m.

    m is chosen such that the minimiser is a number of few digits: there the ridge pulls as hard as the data.
    """
    A = single(draw.generator.standard_normal((rows, dim)) * draw.uniform(0.7, 1.5))
    r = draw.uniform(0.3, 0.6)
    x_star = single(0.7 * draw.generator.standard_normal(dim))
    m = x_star - A.T @ _sigmoid(-A @ x_star) / r
    given = f"A={literal(A)}, m={literal(m)}"
    return Objective(
        f=Shown("f", lambda x: np.sum(np.logaddexp(0, -A @ x)) + r / 2 * np.sum((x - m) ** 2),
                f"lambda x, {given}: np.sum(np.logaddexp(0, -A @ x)) + {r} / 2 * np.sum((x - m)**2)", (dim,)),
        grad_f=Shown("grad_f", lambda x: r * (x - m) - A.T @ _sigmoid(-A @ x),
                     f"lambda x, {given}: {r} * (x - m) - A.T @ (1 / (1 + np.exp(A @ x)))", (dim,)),
        alpha=r,
        beta=_above(r + np.linalg.norm(A, 2) ** 2 / 4),
        x_star=x_star,
    )  # fmt: skip


def cosines(draw: Draw, dim: int) -> Objective:
    """f(x) = sum_i cos(w_i x_i): smooth, but not convex."""
    w = draw.signed_uniform(0.8, 2.5, dim)
    given = f"w={literal(w)}"
    return Objective(
        f=Shown("f", lambda x: np.sum(np.cos(w * x)), f"lambda x, {given}: np.sum(np.cos(w * x))", (dim,)),
        grad_f=Shown("grad_f", lambda x: -w * np.sin(w * x), f"lambda x, {given}: -w * np.sin(w * x)", (dim,)),
        alpha=-_above(np.max(w**2)),
        beta=_above(np.max(w**2) * draw.uniform(1.0, 1.3)),
        x_star=np.pi / w,
    )


OBJECTIVES: dict[str, Callable[[Draw, int], Objective]] = {
    "quadratic": quadratic,
    "logistic": logistic,
    "cosines": cosines,
}


def _sigmoid(z: Floats) -> Floats:
    # exp(z) overflows to inf where the answer is 1, and 1 / (1 + inf) = 0 is right too.
    return 1 / (1 + np.exp(-z))


def _above(bound: float) -> float:
    """A single-precision number that is not smaller."""
    return float(single(bound * (1 + 2.0**-23)))


def _below(bound: float) -> float:
    """A single-precision number that is not larger."""
    return float(single(bound * (1 - 2.0**-23)))
