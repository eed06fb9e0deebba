"""Problem 6, Newton's method: its iteration, its order and where it is sure to converge."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import Shown, redrawn

Floats = NDArray[np.float64]
Number = Callable[[float], float]
Function = Callable[..., Any]


# ---- the iteration ----


def newton_step(f: Number, f_prime: Number, x: float) -> float:
    """One step towards a root of f: x - f(x)/f'(x).

    Units
        Those of x.
    Errors
        Where f'(x) = 0 there is no step.
    Source
        The root of the tangent at x.

    >>> newton_step(lambda t: t * t - 2, lambda t: 2 * t, 1.0)
    1.5
    """
    return float(x - f(x) / f_prime(x))


def newton_minimize(g_prime: Number, g_second: Number, x0: float, n_steps: int) -> Floats:
    """The run of Newton's method on g' = 0, start included: x_{k+1} = x_k - g'(x_k)/g''(x_k).

    It finds a stationary point of g, a maximum as well as a minimum.

    Shapes
        (n_steps + 1,).
    Units
        Those of x0.
    Numerics
        Always n_steps steps: close to the root, g' is only rounding and the steps are too.
    Source
        `newton_step` with f = g'.

    >>> newton_minimize(lambda t: t * t - 2, lambda t: 2 * t, 1.0, 1).tolist()
    [1.0, 1.5]
    """
    xs = [x0]
    for _ in range(n_steps):
        xs.append(newton_step(g_prime, g_second, xs[-1]))
    return np.array(xs)


def root_inputs(draw: Draw, kind: str = "exponential") -> dict[str, Any]:
    """A function with a root nearby, its derivative (of either sign) and a point at which a step is to be made."""

    def make() -> dict[str, Any]:
        root, f, f_prime = _function(draw, kind, ("f", "f_prime"))
        return {"f": f, "f_prime": f_prime, "x": single(root + draw.signed_uniform(0.2, 0.6))}

    def good(inputs: dict[str, Any]) -> bool:
        value, slope = inputs["f"](inputs["x"]), inputs["f_prime"](inputs["x"])
        # The slope is no 1, and the step shows beside x.
        return abs(slope) >= 0.2 and abs(abs(slope) - 1) >= 0.1 and abs(value / slope) >= 0.05 <= abs(inputs["x"])

    return redrawn(make, good)


def stationary_inputs(draw: Draw, n_steps: int, kind: str = "exponential", bend: str = "any") -> dict[str, Any]:
    """The derivatives of a g with a minimum or a maximum nearby, a start and a number of steps."""

    def make() -> dict[str, Any]:
        root, g_prime, g_second = _function(draw, kind, ("g_prime", "g_second"), bend)
        start = single(root + draw.signed_uniform(0.1, 0.3))
        return {"g_prime": g_prime, "g_second": g_second, "x0": start, "n_steps": n_steps}

    def good(inputs: dict[str, Any]) -> bool:
        slope = inputs["g_second"](inputs["x0"])
        return abs(slope) >= 0.2 and abs(abs(slope) - 1) >= 0.1

    return redrawn(make, good)


def _function(draw: Draw, kind: str, names: tuple[str, str], bend: str = "any") -> tuple[float, Shown, Shown]:
    """A root, a function that has it, and the function's derivative."""
    root = draw.signed_uniform(0.3, 1.5)
    a = draw.uniform(0.5, 2.0) * {"any": draw.sign(), "minimum": 1.0, "maximum": -1.0}[bend]
    if kind == "exponential":
        k = draw.signed_uniform(0.5, 1.5)
        from_root = f"{k} * (t - {root})"
        value = Shown(
            names[0], lambda t: a * np.expm1(k * (t - root)) / k, f"lambda t: {a} * np.expm1({from_root}) / {k}"
        )
        slope = Shown(names[1], lambda t: a * np.exp(k * (t - root)), f"lambda t: {a} * np.exp({from_root})")
        return root, value, slope
    c = 0.0 if kind == "linear" else draw.signed_uniform(0.3, 1.0)
    value = Shown(
        names[0],
        lambda t: a * (t - root) + c / 2 * (t - root) ** 2,
        f"lambda t: {a} * (t - {root}) + {c / 2} * (t - {root}) ** 2",
    )
    return root, value, Shown(names[1], lambda t: a + c * (t - root), f"lambda t: {a} + {c} * (t - {root})")


# ---- its order ----


def asymptotic_error_constant(g_second_star: float, g_third_star: float) -> float:
    """The limit of e_{k+1}/e_k^2 at a stationary point x*, where e_k = x_k - x*: g'''(x*) / (2 g''(x*)).

    Units
        One over those of x.
    Numerics
        The sign counts: about x_k, g' = g'' e_k - g''' e_k^2/2 + ..., so that e_{k+1} = e_k - g'/g'' has a plus. With
        the slope frozen at x* it would have a minus.
    Source
        Taylor's formula about x_k, evaluated at x*.

    >>> asymptotic_error_constant(2.0, 3.0)
    0.75
    """
    return float(g_third_star / (2 * g_second_star))


def error_ratios(xs: Floats, x_star: float) -> Floats:
    """e_{k+1}/e_k^2 along a run, where e_k = x_k - x*.

    Shapes
        xs (m,), m >= 2, none equal to x*  ->  (m - 1,), signed.
    Units
        One over those of x.
    Numerics
        x_k - x* cancels: close to the root few digits are left.
    Source
        The definition of quadratic convergence.

    >>> error_ratios(np.array([3.0, 2.0, 0.5]), 1.0).tolist()
    [0.25, -0.5]
    """
    errors = xs - x_star
    return errors[1:] / errors[:-1] ** 2


def derivatives_inputs(draw: Draw, third: str = "some") -> dict[str, Any]:
    """The second derivative at the stationary point, of either sign, and the third, which may be 0."""
    return {
        "g_second_star": draw.choice([draw.signed_uniform(0.3, 0.8), draw.signed_uniform(1.25, 3.0)]),
        "g_third_star": 0.0 if third == "zero" else draw.signed_uniform(0.3, 4.0),
    }


def run_inputs(draw: Draw, m: int) -> dict[str, Any]:
    """A point and a run that closes in on it from both sides."""
    x_star = draw.signed_uniform(0.3, 1.5)
    errors = draw.signed_uniform(0.4, 0.8) * np.cumprod(np.append(1.0, draw.signed_uniform(0.4, 0.8, m - 1)))
    return {"xs": single(x_star + errors), "x_star": x_star}


def constant_is_that_of_the_iteration(
    asymptotic_error_constant: Function, g_second_star: float, g_third_star: float
) -> None:
    """A Newton step from an error of 1e-4 on either side leaves that ratio, up to higher orders."""
    found = asymptotic_error_constant(g_second_star, g_third_star)
    for error in (1e-4, -1e-4):
        slope = g_second_star * error + g_third_star * error**2 / 2
        left = error - slope / (g_second_star + g_third_star * error)
        ratio = left / error**2
        assert abs(found - ratio) <= 4e-3 * (abs(ratio) + abs(g_third_star / g_second_star)) + 1e-5, (
            f"one Newton step from x* {'+' if error > 0 else '-'} 1e-4 leaves an error that is not your constant times "
            "its square: mind the sign, e = x - x*"
        )


# ---- where it converges ----


def newton_basin_radius(f_prime_min: float, f_second_max: float, r: float) -> float:
    """The largest rho for which |e_{k+1}| <= M/(2m) e_k^2 guarantees convergence from every |x_0 - x*| < rho.

    m = f_prime_min and M = f_second_max bound |f'| from below and |f''| from above for |x - x*| <= r.

    Units
        Those of r.
    Numerics
        min(r, 2m/M): the errors shrink as long as M/(2m) |e_0| < 1, and the bound holds within r; r where M = 0.
    Source
        Suli and Mayers, An Introduction to Numerical Analysis (2003), theorem 1.8.

    >>> newton_basin_radius(1.0, 4.0, 3.0), newton_basin_radius(1.0, 0.0, 3.0)
    (0.5, 3.0)
    """
    return float(r if f_second_max == 0 else min(r, 2 * f_prime_min / f_second_max))


def basin_inputs(draw: Draw, tight: str = "slope") -> dict[str, Any]:
    """Bounds of which either the slope's or the radius decides; with `flat`, f'' is 0."""

    def make() -> dict[str, Any]:
        m, bend, r = (single(np.exp(draw.generator.uniform(np.log(0.1), np.log(10.0)))) for _ in range(3))
        return {"f_prime_min": m, "f_second_max": 0.0 if tight == "flat" else bend, "r": r}

    def good(inputs: dict[str, Any]) -> bool:
        m, bend, r = inputs.values()
        if tight == "flat":
            return True
        inner = 2 * m / bend
        return inner <= 0.7 * r if tight == "slope" else 1.3 * r <= inner

    return redrawn(make, good)
