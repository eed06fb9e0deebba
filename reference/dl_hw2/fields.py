"""First and second derivatives of the fields in given.py, by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Derivative = Callable[..., Floats]


def _wave_gradient(a: Floats, b: Floats, p: Floats) -> Floats:
    return b.T @ (a * np.cos(b @ p))


def _wave_hessian(a: Floats, b: Floats, p: Floats) -> Floats:
    return -(b.T * (a * np.sin(b @ p))) @ b


def _bump_gradient(c: Floats, s: Floats, p: Floats) -> Floats:
    return -np.exp(-np.sum(s * (p - c) ** 2) / 2) * s * (p - c)


def _bump_hessian(c: Floats, s: Floats, p: Floats) -> Floats:
    slope = s * (p - c)
    return np.exp(-np.sum(s * (p - c) ** 2) / 2) * (np.outer(slope, slope) - np.diag(s))


def _cubic_gradient(a: Floats, m: Floats, p: Floats) -> Floats:
    return (a @ p) ** 2 * a + (m + m.T) @ p / 2


def _cubic_hessian(a: Floats, m: Floats, p: Floats) -> Floats:
    return 2 * (a @ p) * np.outer(a, a) + (m + m.T) / 2


def _plane_gradient(a: Floats, c: float, p: Floats) -> Floats:
    return np.array(a)


def _plane_hessian(a: Floats, c: float, p: Floats) -> Floats:
    return np.zeros((len(p), len(p)))


def _waves_jacobian(a: Floats, b: Floats, p: Floats) -> Floats:
    return (a * np.cos(b @ p)) @ b


def _planes_jacobian(a: Floats, c: Floats, p: Floats) -> Floats:
    return np.array(a)


GRADIENTS: dict[str, Derivative] = {
    "wave": _wave_gradient,
    "bump": _bump_gradient,
    "cubic": _cubic_gradient,
    "plane": _plane_gradient,
}
HESSIANS: dict[str, Derivative] = {
    "wave": _wave_hessian,
    "bump": _bump_hessian,
    "cubic": _cubic_hessian,
    "plane": _plane_hessian,
}
JACOBIANS: dict[str, Derivative] = {"waves": _waves_jacobian, "planes": _planes_jacobian}


def derivative(table: dict[str, Derivative], field: Any, p: Floats) -> Floats:
    """A derivative of a given field (its name and parameters) at p, from one of the tables above."""
    return table[field.name](*field.parameters, p)
