"""Strictly convex functions phi with their gradients: on vectors for 4(a), on numbers for 4(b)."""

from typing import Any

import numpy as np

from grader.draw import Draw

from .callables import Shown, literal

# Defined for positive arguments only.
POSITIVE = frozenset({"entropy", "burg"})

# Name -> (rule of phi, its source, rule of the gradient, its source), for an argument t of shape (d,).
_ON_VECTORS: dict[str, tuple[Any, str, Any, str]] = {
    "exponential": (
        lambda t: np.sum(np.exp(t)), "lambda t: np.sum(np.exp(t))",
        lambda t: np.exp(t), "lambda t: np.exp(t)",
    ),
    "quartic": (
        lambda t: np.sum(t**4), "lambda t: np.sum(t**4)",
        lambda t: 4 * t**3, "lambda t: 4 * t**3",
    ),
    "logsumexp": (
        lambda t: np.log(np.sum(np.exp(t))) + 0.5 * t @ t,
        "lambda t: np.log(np.sum(np.exp(t))) + 0.5 * t @ t",
        lambda t: np.exp(t) / np.sum(np.exp(t)) + t,
        "lambda t: np.exp(t) / np.sum(np.exp(t)) + t",
    ),
    "entropy": (
        lambda t: np.sum(t * np.log(t)), "lambda t: np.sum(t * np.log(t))",
        lambda t: np.log(t) + 1, "lambda t: np.log(t) + 1",
    ),
    "burg": (
        lambda t: -np.sum(np.log(t)), "lambda t: -np.sum(np.log(t))",
        lambda t: -1 / t, "lambda t: -1 / t",
    ),
}  # fmt: skip

# The same for an argument t that is a number, or entry by entry.
_ON_NUMBERS: dict[str, tuple[Any, str, Any, str]] = {
    "square": (lambda t: t**2, "lambda t: t**2", lambda t: 2 * t, "lambda t: 2 * t"),
    "quartic": (lambda t: t**4, "lambda t: t**4", lambda t: 4 * t**3, "lambda t: 4 * t**3"),
    "exponential": (np.exp, "lambda t: np.exp(t)", np.exp, "lambda t: np.exp(t)"),
    "cosh": (np.cosh, "lambda t: np.cosh(t)", np.sinh, "lambda t: np.sinh(t)"),
    "entropy": (
        lambda t: t * np.log(t), "lambda t: t * np.log(t)",
        lambda t: np.log(t) + 1, "lambda t: np.log(t) + 1",
    ),
    "burg": (lambda t: -np.log(t), "lambda t: -np.log(t)", lambda t: -1 / t, "lambda t: -1 / t"),
}  # fmt: skip

VECTOR_FAMILIES = ("quadratic", *_ON_VECTORS)
NUMBER_FAMILIES = tuple(_ON_NUMBERS)


def on_vectors(draw: Draw, family: str, d: int) -> tuple[Shown, Shown]:
    """phi of this family on R^d, or on (0, inf)^d, and its gradient."""
    if family == "quadratic":
        return _quadratic(draw, d)
    value, value_text, gradient, gradient_text = _ON_VECTORS[family]
    return Shown("phi", value, value_text, (d,)), Shown("grad_phi", gradient, gradient_text, (d,))


def on_numbers(family: str) -> tuple[Shown, Shown]:
    """phi of this family on R, or on (0, inf), and its derivative; both take arrays entry by entry, too."""
    value, value_text, gradient, gradient_text = _ON_NUMBERS[family]
    return Shown("phi", value, value_text), Shown("grad_phi", gradient, gradient_text)


def tilted(phi: Shown, grad_phi: Shown, slope: Any, height: float) -> tuple[Shown, Shown]:
    """phi with the affine function <slope, t> + height added, and its gradient."""
    return (
        Shown("phi", lambda t: phi(t) + slope @ t + height,
              f"lambda t: ({phi})(t) + {literal(slope)} @ t + {height}", phi.shape),
        Shown("grad_phi", lambda t: grad_phi(t) + slope, f"lambda t: ({grad_phi})(t) + {literal(slope)}", phi.shape),
    )  # fmt: skip


def _quadratic(draw: Draw, d: int) -> tuple[Shown, Shown]:
    A = draw.spd(d, condition=draw.uniform(2.0, 8.0), scale=draw.uniform(1.0, 3.0))
    given = f"A={literal(A)}"
    return (
        Shown("phi", lambda t: 0.5 * t @ A @ t + np.sum(t), f"lambda t, {given}: 0.5 * t @ A @ t + np.sum(t)", (d,)),
        Shown("grad_phi", lambda t: A @ t + 1, f"lambda t, {given}: A @ t + 1", (d,)),
    )
