"""Problem 4, the Hessian as the Jacobian of the gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw
from grader.given import given

from .callables import redrawn
from .fields import GRADIENTS, HESSIANS, JACOBIANS, derivative

Floats = NDArray[np.float64]
Function = Callable[..., Any]


def gradient(f: Any, p: Floats) -> Floats:
    """The gradient (df/dx_1, ..., df/dx_n) of a scalar field at p.

    Shapes
        p (n,), f one of the fields in given.py  ->  (n,).
    Units
        Those of f over those of p.
    Source
        Written out by hand for each field; students use torch.autograd.

    >>> gradient(given("plane", np.array([2.0, 3.0]), 1.0), np.array([0.5, 0.5])).tolist()
    [2.0, 3.0]
    """
    return derivative(GRADIENTS, f, p)


def jacobian(F: Any, p: Floats) -> Floats:
    """The Jacobian J[i, j] = dF_i/dx_j of a vector field at p: rows are components.

    Shapes
        p (n,), F one of the fields of m components in given.py  ->  (m, n).
    Units
        Those of F over those of p.
    Source
        Written out by hand for each field.

    >>> jacobian(given("planes", np.array([[2.0, 3.0]]), np.array([1.0])), np.array([0.5, 0.5])).tolist()
    [[2.0, 3.0]]
    """
    return derivative(JACOBIANS, F, p)


def hessian(f: Any, p: Floats) -> Floats:
    """The Hessian H[i, j] = d/dx_j (df/dx_i) of a scalar field at p, which is the Jacobian of its gradient.

    Shapes
        p (n,), f one of the fields in given.py  ->  (n, n), symmetric; zeros for a linear f.
    Units
        Those of f over those of p, twice.
    Source
        Written out by hand for each field.

    >>> hessian(given("plane", np.array([2.0, 3.0]), 1.0), np.array([0.5, 0.5])).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    return derivative(HESSIANS, f, p)


def peano_hessian() -> Floats:
    """The Jacobian of the gradient of y(u, v) = uv(u^2 - v^2)/(u^2 + v^2), y(0, 0) = 0, at the origin.

    Entry [i, j] is d/dx_j (dy/dx_i). Along the axes dy/du(0, v) = -v and dy/dv(u, 0) = u: the two mixed derivatives
    differ, for y has second derivatives at the origin that are not continuous there.

    Shapes
        (2, 2).
    Source
        Peano (1884); Apostol, Mathematical Analysis (1974), section 12.13.

    >>> peano_hessian().tolist()
    [[0.0, -1.0], [1.0, 0.0]]
    """
    return np.array([[0.0, -1.0], [1.0, 0.0]])


# ---- inputs and a property ----


def field_inputs(draw: Draw, n: int, field: str = "wave") -> dict[str, Any]:
    """A scalar field of n variables and a point at which no derivative vanishes by accident."""

    def make() -> dict[str, Any]:
        return {"f": _field(draw, field, n), "p": draw.signed_uniform(0.3, 1.2, n)}

    def good(inputs: dict[str, Any]) -> bool:
        slope, bend = gradient(**inputs), hessian(**inputs)
        if field in ("plane", "unused"):
            return True
        mixed = n == 1 or np.min(np.abs(bend)) >= 0.02 * np.max(np.abs(bend))
        return bool(mixed and np.min(np.abs(slope)) >= 0.05 and np.max(np.abs(bend)) >= 0.1)

    return redrawn(make, good)


def _field(draw: Draw, field: str, n: int) -> Any:
    if field == "plane":
        return given("plane", draw.signed_uniform(0.4, 1.5, n), draw.signed_uniform(0.4, 1.5))
    if field == "bump":
        return given("bump", draw.signed_uniform(0.2, 0.8, n), draw.uniform(0.3, 1.2, n))
    if field == "cubic":
        return given("cubic", draw.signed_uniform(0.3, 0.9, n), draw.signed_uniform(0.2, 1.0, n, n))
    b = np.array(draw.signed_uniform(0.3, 1.2, n + 1, n))
    if field == "unused":
        b[:, -1] = 0.0
    return given("wave", draw.signed_uniform(0.4, 1.5, n + 1), b)


def map_inputs(draw: Draw, m: int, n: int, field: str = "waves") -> dict[str, Any]:
    """A field of m components and n variables, linear or not, perhaps with a constant component, and a point."""

    def make() -> dict[str, Any]:
        p = draw.signed_uniform(0.3, 1.2, n)
        if field == "planes":
            return {"F": given("planes", draw.signed_uniform(0.4, 1.5, m, n), draw.signed_uniform(0.4, 1.5, m)), "p": p}
        a = np.array(draw.signed_uniform(0.4, 1.5, m, n + 1))
        if field == "constant":
            a[0] = 0.0
        return {"F": given("waves", a, draw.signed_uniform(0.3, 1.2, n + 1, n)), "p": p}

    def good(inputs: dict[str, Any]) -> bool:
        return field == "constant" or bool(np.min(np.abs(jacobian(**inputs))) >= 0.03)

    return redrawn(make, good)


def no_inputs(draw: Draw) -> dict[str, Any]:
    """Nothing."""
    return {}


def hessian_is_symmetric(hessian: Function, f: Any, p: Floats) -> None:
    """The mixed derivatives of a smooth field do not depend on the order."""
    found = np.asarray(hessian(f, p))
    assert np.max(np.abs(found - found.T)) <= 1e-4 * max(1.0, float(np.max(np.abs(found)))), (
        "the field is smooth, so the order of its two derivatives does not matter; in your Hessian it does"
    )
