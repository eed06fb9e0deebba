"""Problem 5, gradient descent on a smooth, strongly convex function: the steps of the proof that it converges."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn
from .objectives import OBJECTIVES

Floats = NDArray[np.float64]
Function = Callable[[Any], Any]

def _gauss_legendre(count: int) -> tuple[list[float], Floats]:
    """Nodes and weights on [0, 1]: exact for polynomials of degree 2 * count - 1."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return ((1 + nodes) / 2).tolist(), weights / 2


_NODES, _WEIGHTS = _gauss_legendre(20)  # exact to rounding for the integrands here, between their kinks
_FEW_NODES, _FEW_WEIGHTS = _gauss_legendre(8)  # for what a student is asked, node by node


# ---- (a) along a line ----


def line_restriction(f: Function, x: Floats, y: Floats) -> Callable[[float], float]:
    """f along the line through x and y, as a function of one number: g(t) = f(x + t (y - x)).

    Shapes
        f (n,) -> number; x, y (n,)  ->  a function, number -> number, for every real t.
    Units
        g has those of f; t has none.
    Source
        Boyd & Vandenberghe, Convex Optimization (2004), section 3.1.1.

    >>> line_restriction(lambda x: x @ x, np.array([1.0, 0.0]), np.array([1.0, 2.0]))(1.5)
    10.0
    """
    return lambda t: float(f(x + t * (y - x)))


def line_restriction_derivative(grad_f: Function, x: Floats, y: Floats) -> Callable[[float], float]:
    """The slope of f along the line through x and y: g'(t) = grad f(x + t (y - x))^T (y - x).

    Shapes
        grad_f (n,) -> (n,); x, y (n,)  ->  a function, number -> number, for every real t.
    Units
        Those of f.
    Source
        Chain rule.

    >>> line_restriction_derivative(lambda x: 2 * x, np.array([1.0, 0.0]), np.array([1.0, 2.0]))(1.5)
    12.0
    """
    return lambda t: float(grad_f(x + t * (y - x)) @ (y - x))


def remainder_and_integral_bound(f: Function, grad_f: Function, x: Floats, y: Floats) -> tuple[float, float]:
    """How far f(y) is from its linear prediction at x, and the integral that bounds it.

        |f(y) - f(x) - grad f(x)^T (y - x)|  <=  int_0^1 |(grad f(x + t (y - x)) - grad f(x))^T (y - x)| dt

    Both are equal where f is convex; otherwise the integrand without its bars may change sign.

    Shapes
        f (n,) -> number; grad_f (n,) -> (n,); x, y (n,)  ->  two floats.
    Units
        Those of f.
    Numerics
        |.| has kinks, at which a high-order rule stops being one. So [0, 1] is cut where the sign changes, and the
        integrand, smooth between the cuts, is integrated there by Gauss-Legendre. A sign that changes twice within
        1/24 is overlooked: that costs about 1e-5 of the curvature.
    Source
        Nesterov, Lectures on Convex Optimization (2018), lemma 1.2.3.

    >>> remainder_and_integral_bound(lambda x: x @ x, lambda x: 2 * x, np.array([1.0]), np.array([3.0]))
    (4.0, 4.0)
    """
    start = grad_f(x) @ (y - x)
    return float(abs(f(y) - f(x) - start)), _integral_of_size(grad_f, x, y)


def _integral_of_size(grad_f: Function, x: Floats, y: Floats) -> float:
    slope = line_restriction_derivative(grad_f, x, y)
    start = slope(0.0)

    def excess(t: float) -> float:
        return slope(t) - start

    return float(sum(abs(_integral(excess, *ends)) for ends in pairwise([0.0, *_sign_changes(excess), 1.0])))


def quadratic_upper_model(f: Function, grad_f: Function, x: Floats, y: Floats, beta: float) -> float:
    """The parabola that touches f at x and lies nowhere below it: f(x) + grad f(x)^T (y - x) + beta/2 |y - x|^2.

    Shapes
        f (n,) -> number; grad_f (n,) -> (n,); x, y (n,); beta a number  ->  a float >= f(y), if f is beta-smooth.
    Units
        Those of f.
    Source
        Nesterov, Lectures on Convex Optimization (2018), lemma 1.2.3.

    >>> quadratic_upper_model(lambda x: x @ x, lambda x: 2 * x, np.array([1.0]), np.array([3.0]), 4.0)
    13.0
    """
    return float(f(x) + grad_f(x) @ (y - x) + beta / 2 * np.sum((y - x) ** 2))


def two_points_inputs(draw: Draw, dim: int, objective: str, side: str = "above") -> dict[str, Any]:
    """An objective and two points; redrawn until every term of (a) and of (d) matters.

    Without convexity, until the integrand of (a)iii changes sign by so much that its bars are worth a twentieth,
    and f(y) lies on this side, "above" or "below", of the tangent at x.
    """

    def make() -> dict[str, Any]:
        given = OBJECTIVES[objective](draw, dim)
        # The arc of a cosine is nothing without its curvature, so its two points are not close.
        scale = 1.8 if objective == "cosines" else 1.2
        around = np.zeros(dim) if objective == "cosines" else given.x_star
        x, y = (single(around + scale * draw.normal(dim)) for _ in range(2))
        return {"f": given.f, "grad_f": given.grad_f, "x": x, "y": y, "alpha": given.alpha, "beta": given.beta}

    return redrawn(make, (lambda made: _bends(made, side)) if objective == "cosines" else _curves)


def _curves(inputs: dict[str, Any]) -> bool:
    """Whether a convex f is far from its tangents, at both points, and no term is small."""
    f, grad_f, x, y, alpha = (inputs[name] for name in ("f", "grad_f", "x", "y", "alpha"))
    away = y - x
    terms = [abs(f(x)), abs(f(y)), abs(grad_f(x) @ away), abs(grad_f(y) @ away), alpha / 2 * away @ away]
    gap = strong_convexity_gap(f, grad_f, x, y, alpha)
    return bool(gap >= 0.05 * max(terms) and min(terms) >= 0.02 * max(terms))


def _bends(inputs: dict[str, Any], side: str) -> bool:
    """Whether f(y) lies on this side of the tangent at x, and the slope along the line leaves it to both sides."""
    f, grad_f, x, y = (inputs[name] for name in ("f", "grad_f", "x", "y"))
    slope = line_restriction_derivative(grad_f, x, y)
    start = slope(0.0)
    remainder = (f(y) - f(x) - start) * (1 if side == "above" else -1)
    # Lines of moderate length: a thousand points are enough for any quadrature.
    if remainder < 0.1 or np.sum((y - x) ** 2) > 25:
        return False
    excess = np.array([slope(t) for t in np.linspace(0, 1, 33).tolist()]) - start
    return bool(remainder <= 0.95 * np.mean(abs(excess)) and np.max(abs(excess)) <= 30)


def slopes_add_up_to_the_rise(
    line_restriction_derivative: Function, f: Function, grad_f: Function, x: Floats, y: Floats
) -> None:
    """The integral of g' over [0, 1] is f(y) - f(x)."""
    slope, rise = line_restriction_derivative(grad_f, x, y), f(y) - f(x)
    slopes = np.array([slope(t) for t in _FEW_NODES])
    # A few nodes are off by what they are off by for the right slopes.
    off = abs(_FEW_WEIGHTS @ [grad_f(x + t * (y - x)) @ (y - x) for t in _FEW_NODES] - rise)
    assert abs(_FEW_WEIGHTS @ slopes - rise) <= 1e-4 * _steepness(grad_f, x, y) + 2 * off, (
        "the integral of your g' from 0 to 1 is not f(y) - f(x)"
    )


def slope_matches_differences(
    line_restriction_derivative: Function, f: Function, grad_f: Function, x: Floats, y: Floats
) -> None:
    """g' is the derivative of g."""
    slope, along, step = line_restriction_derivative(grad_f, x, y), line_restriction(f, x, y), 1e-5
    for t in (-0.7, 0.25, 1.0, 1.6):
        difference = (along(t + step) - along(t - step)) / (2 * step)
        assert abs(slope(t) - difference) <= 1e-4 * _steepness(grad_f, x, y), (
            "what you return is not the derivative of g(t) = f(x + t (y - x)): compare with finite differences"
        )


def remainder_integral_and_parabola_are_in_order(
    remainder_and_integral_bound: Function, f: Function, grad_f: Function, x: Floats, y: Floats, beta: float
) -> None:
    """The remainder is at most the integral, and that at most beta/2 |y - x|^2. A coarse quadrature is told apart."""
    remainder, integral = remainder_and_integral_bound(f, grad_f, x, y)
    right = _integral_of_size(grad_f, x, y)
    assert not 2e-4 * (1 + right) < abs(integral - right) <= 0.05 * right, (
        "your integral is nearly right, but not to 1e-4: take more points, or a better rule; where the integrand"
        " changes its sign, its size has a kink"
    )
    # Each may be off by what is granted to a quadrature.
    slack = 3e-4 * (1 + abs(integral))
    assert 0 <= remainder <= integral + slack, (
        "your integral does not bound your remainder: does each have its absolute value, and where?"
    )
    assert integral <= beta / 2 * np.sum((y - x) ** 2) + slack, (
        "your integral is larger than (a)iv allows for a beta-smooth f"
    )


def model_is_not_below_f(
    quadratic_upper_model: Function, f: Function, grad_f: Function, x: Floats, y: Floats, beta: float
) -> None:
    """The quadratic model at y is at least f(y)."""
    model = quadratic_upper_model(f, grad_f, x, y, beta)
    size = abs(f(x)) + abs(f(y)) + beta * np.sum((y - x) ** 2)
    assert model >= f(y) - 1e-5 * size, "your model lies below f(y), although f is beta-smooth"


# ---- (b) one step ----


def gradient_step(grad_f: Function, x: Floats, beta: float) -> Floats:
    """Where the parabola of (a)iv is least: x - grad f(x) / beta.

    Shapes
        grad_f (n,) -> (n,); x (n,); beta a number  ->  (n,), an array of its own.
    Units
        Those of x.
    Source
        Boyd & Vandenberghe, Convex Optimization (2004), section 9.3.

    >>> gradient_step(lambda x: 2 * x, np.array([3.0, -1.0]), 4.0).tolist()
    [1.5, -0.5]
    """
    return x - grad_f(x) / beta


def sufficient_decrease(f: Function, grad_f: Function, x: Floats, beta: float) -> tuple[float, float]:
    """What a step of length 1/beta changes in f, and what it changes at least: -|grad f(x)|^2 / (2 beta).

    Shapes
        f (n,) -> number; grad_f (n,) -> (n,); x (n,); beta a number  ->  two floats, the first not above the second.
    Units
        Those of f.
    Source
        Nesterov, Lectures on Convex Optimization (2018), section 1.2.3.

    >>> sufficient_decrease(lambda x: x @ x, lambda x: 2 * x, np.array([3.0]), 4.0)
    (-6.75, -4.5)
    """
    gradient = grad_f(x)
    return float(f(x - gradient / beta) - f(x)), float(-gradient @ gradient / (2 * beta))


def optimality_gap_bound(
    f: Function, grad_f: Function, x: Floats, x_star: Floats, beta: float
) -> tuple[float, float]:
    """How far f can still fall, f(x*) - f(x), and that it is no less than a step achieves: -|grad f(x)|^2 / (2 beta).

    Shapes
        f (n,) -> number; grad_f (n,) -> (n,); x, x_star (n,); beta a number  ->  two floats, as above.
    Units
        Those of f.
    Source
        Nesterov, Lectures on Convex Optimization (2018), theorem 2.1.5.

    >>> optimality_gap_bound(lambda x: x @ x, lambda x: 2 * x, np.array([3.0]), np.array([0.0]), 4.0)
    (-9.0, -4.5)
    """
    gradient = grad_f(x)
    return float(f(x_star) - f(x)), float(-gradient @ gradient / (2 * beta))


def one_point_inputs(draw: Draw, dim: int, objective: str) -> dict[str, Any]:
    """A convex objective, its minimiser, and a point off it from which a step is worth taking."""

    def make() -> dict[str, Any]:
        given = OBJECTIVES[objective](draw, dim)
        x = single(given.x_star + 1.5 * draw.normal(dim))
        return {"f": given.f, "grad_f": given.grad_f, "x": x, "x_star": given.x_star, "beta": given.beta}

    def good(inputs: dict[str, Any]) -> bool:
        f, x, x_star = inputs["f"], inputs["x"], inputs["x_star"]
        fall, step = (-change for change in sufficient_decrease(f, inputs["grad_f"], x, inputs["beta"]))
        size = max(abs(f(x)), abs(f(x_star)))
        return min(fall, step) >= 0.05 * size and f(x) - f(x_star) >= 0.05 * size and abs(f(x_star)) >= 0.02 * size

    return redrawn(make, good)


def step_decreases_enough(sufficient_decrease: Function, f: Function, grad_f: Function, x: Floats, beta: float) -> None:
    """The change of f is negative, and not above the bound, which is negative too."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    assert change <= bound + 1e-5 * abs(f(x)), "your change of f is above your bound: (b) says that it is not"
    assert change < 0 and bound < 0, "off the minimiser a step makes f smaller: both numbers must be negative"


def gap_is_at_least_a_step(
    optimality_gap_bound: Function, f: Function, grad_f: Function, x: Floats, x_star: Floats, beta: float
) -> None:
    """f(x*) - f(x) is negative, and not above the bound, which is negative too."""
    gap, bound = optimality_gap_bound(f, grad_f, x, x_star, beta)
    assert gap <= bound + 1e-5 * abs(f(x)), "your f(x*) - f(x) is above your bound: (b) says that it is not"
    assert gap < 0 and bound < 0, "off the minimiser f can still fall: both numbers must be negative"


# ---- (c) what a step does to the distance ----


def distance_expansion(
    grad_f: Function, theta: Floats, theta_star: Floats, eta: float
) -> tuple[float, float, float]:
    """The squared distance to theta* after a step of length eta, in three terms.

        |theta - theta*|^2,    eta^2 |grad f(theta)|^2,    -2 eta grad f(theta)^T (theta - theta*)

    Shapes
        grad_f (n,) -> (n,); theta, theta_star (n,); eta a number  ->  three floats.
    Units
        Those of theta, squared.
    Source
        Expand |(theta - theta*) - eta grad f(theta)|^2.

    >>> distance_expansion(lambda x: 2 * x, np.array([3.0]), np.array([1.0]), 0.5)
    (4.0, 9.0, -12.0)
    """
    away, move = theta - theta_star, eta * grad_f(theta)
    return float(away @ away), float(move @ move), float(-2 * move @ away)


def distance_inputs(draw: Draw, dim: int, objective: str) -> dict[str, Any]:
    """A convex objective, a point, the minimiser, and a step length that has nothing to do with beta."""

    def make() -> dict[str, Any]:
        given = OBJECTIVES[objective](draw, dim)
        theta = single(given.x_star + 1.5 * draw.normal(dim))
        eta = draw.uniform(0.05, 0.9)
        return {"grad_f": given.grad_f, "theta": theta, "theta_star": given.x_star, "eta": eta}

    def good(inputs: dict[str, Any]) -> bool:
        terms = np.abs(distance_expansion(**inputs))
        origin = np.sum(inputs["theta_star"] ** 2)
        return bool(terms[0] >= 0.05 * origin and min(terms) >= 0.02 * max(terms))

    return redrawn(make, good)


def terms_add_up_to_the_new_distance(
    distance_expansion: Function, grad_f: Function, theta: Floats, theta_star: Floats, eta: float
) -> None:
    """The three terms add up to the squared distance after the step."""
    terms = distance_expansion(grad_f, theta, theta_star, eta)
    after = theta - eta * grad_f(theta) - theta_star
    assert abs(sum(terms) - after @ after) <= 1e-4 * np.sum(np.abs(terms)), (
        "your three terms do not add up to the squared distance between the next theta and theta*"
    )


# ---- (d) the contraction ----


def strong_convexity_gap(f: Function, grad_f: Function, x: Floats, y: Floats, alpha: float) -> float:
    """How far f(x) lies above the parabola that strong convexity puts under f at y.

        f(x) - f(y) - grad f(y)^T (x - y) - alpha/2 |x - y|^2

    Shapes
        f (n,) -> number; grad_f (n,) -> (n,); x, y (n,); alpha a number  ->  a float >= 0, for alpha-strongly convex f.
    Units
        Those of f.
    Source
        Boyd & Vandenberghe, Convex Optimization (2004), eq. 9.8.

    >>> strong_convexity_gap(lambda x: x @ x, lambda x: 2 * x, np.array([3.0]), np.array([1.0]), 1.0)
    2.0
    """
    return float(f(x) - f(y) - grad_f(y) @ (x - y) - alpha / 2 * np.sum((x - y) ** 2))


def contraction_factor(alpha: float, beta: float) -> float:
    """What a step of length 1/beta leaves, at most, of the squared distance to theta*: 1 - alpha/beta.

    It is the factor that (d) proves. It is not sharp: (1 - alpha/beta)^2 holds as well, by another proof.

    Shapes
        0 < alpha <= beta, numbers  ->  a float in [0, 1).
    Units
        None.
    Source
        Bubeck, Convex Optimization: Algorithms and Complexity (2015), section 3.4.

    >>> contraction_factor(1.0, 4.0)
    0.75
    """
    return 1 - alpha / beta


def curvature_inputs(draw: Draw, ends: str = "apart") -> dict[str, Any]:
    """0 < alpha < beta, or alpha = beta."""
    beta = draw.uniform(0.5, 9.0)
    # Off the golden ratio, at which 1 - r = r^2, and off 1/2, at which 1 - r = r.
    ratio = draw.choice([(0.08, 0.44), (0.68, 0.92)])
    return {"alpha": beta if ends == "equal" else single(beta * draw.uniform(*ratio)), "beta": beta}


def gap_is_not_negative(
    strong_convexity_gap: Function, f: Function, grad_f: Function, x: Floats, y: Floats, alpha: float
) -> None:
    """f lies above its parabolas of curvature alpha."""
    gap = strong_convexity_gap(f, grad_f, x, y, alpha)
    size = abs(f(x)) + abs(f(y)) + alpha * np.sum((x - y) ** 2)
    assert gap >= -1e-5 * size, "your gap is negative, although f is alpha-strongly convex"


def factor_bounds_a_step(contraction_factor: Function, alpha: float, beta: float) -> None:
    """The factor is in [0, 1) and holds for the function that is slowest to descend, alpha/2 theta^2."""
    factor = contraction_factor(alpha, beta)
    assert -1e-5 <= factor < 1, "the factor must lie in [0, 1): no distance is negative, and every step must gain"
    [left] = gradient_step(lambda theta: alpha * theta, np.ones(1), beta) ** 2
    assert left <= factor + 1e-5, "on alpha/2 theta^2, a step leaves more of the squared distance than your factor says"


# ---- (e) convergence ----


def gradient_descent(grad_f: Function, theta0: Floats, beta: float, n_steps: int) -> Floats:
    """The start and all iterates of theta <- theta - grad f(theta) / beta, as rows.

    Shapes
        grad_f (n,) -> (n,); theta0 (n,); beta a number; n_steps >= 0  ->  (n_steps + 1, n).
    Units
        Those of theta.
    Numerics
        The map contracts, so rounding errors do not pile up.
    Source
        Cauchy, Comptes Rendus 25 (1847).

    >>> gradient_descent(lambda x: 2 * x, np.array([4.0]), 4.0, 2).tolist()
    [[4.0], [2.0], [1.0]]
    """
    iterates = [theta0]
    for _ in range(n_steps):
        iterates.append(gradient_step(grad_f, iterates[-1], beta))
    return np.stack(iterates)


def convergence_bound(theta0: Floats, theta_star: Floats, alpha: float, beta: float, n: int) -> float:
    """A bound on the squared distance to theta* after n steps: (1 - alpha/beta)^n |theta0 - theta*|^2.

    Shapes
        theta0, theta_star (d,); 0 < alpha <= beta, numbers; n >= 0  ->  a float.
    Units
        Those of theta, squared.
    Source
        (d), n times.

    >>> convergence_bound(np.array([3.0]), np.array([1.0]), 1.0, 2.0, 3)
    0.5
    """
    return float((1 - alpha / beta) ** n * np.sum((theta0 - theta_star) ** 2))


def descent_inputs(draw: Draw, dim: int, steps: int, objective: str) -> dict[str, Any]:
    """A convex objective, a start off its minimiser, and a number of steps under two names: `n_steps` and `n`."""

    def make() -> dict[str, Any]:
        given = OBJECTIVES[objective](draw, dim)
        theta0 = single(given.x_star + 2.0 * draw.normal(dim))
        constants = {"alpha": given.alpha, "beta": given.beta, "n_steps": steps, "n": steps}
        return {"grad_f": given.grad_f, "theta0": theta0, "theta_star": given.x_star, **constants}

    def good(inputs: dict[str, Any]) -> bool:
        away = np.sum((inputs["theta0"] - inputs["theta_star"]) ** 2)
        scale = np.sum(inputs["theta0"] ** 2) + np.sum(inputs["theta_star"] ** 2)
        # Neither a distance that loses its digits nor one at which its square root is hard to tell from it.
        return bool(away >= 0.1 * scale and abs(np.log(away)) >= 0.1)

    return redrawn(make, good)


def rows_come_closer(
    gradient_descent: Function, grad_f: Function, theta0: Floats, theta_star: Floats, alpha: float, beta: float,
    n_steps: int,
) -> None:  # fmt: skip
    """From row to row the squared distance to theta* falls to 1 - alpha/beta of what it was, or below."""
    squares = np.sum((gradient_descent(grad_f, theta0, beta, n_steps) - theta_star) ** 2, axis=1)
    slack = 1e-5 * (np.sum(theta_star**2) + np.sum(theta0**2))
    for before, after in pairwise(squares):
        assert after <= contraction_factor(alpha, beta) * before + slack, (
            "from one row to the next, the squared distance to the minimiser falls by less than (d) says"
        )


def bound_holds_for_the_slowest(
    convergence_bound: Function, theta0: Floats, theta_star: Floats, alpha: float, beta: float, n: int
) -> None:
    """The bound holds on the function that is slowest to descend, alpha/2 |theta - theta*|^2."""
    last = gradient_descent(lambda theta: alpha * (theta - theta_star), theta0, beta, n)[-1]
    bound = convergence_bound(theta0, theta_star, alpha, beta, n)
    assert np.sum((last - theta_star) ** 2) <= bound * (1 + 1e-4), (
        "after n steps on alpha/2 |theta - theta*|^2 the squared distance is larger than your bound"
    )


# ---- what these share ----


def _sign_changes(function: Callable[[float], float], cells: int = 24) -> list[float]:
    """Where a function on (0, 1) becomes positive or ceases to be, by bisection of the cells of a grid."""
    grid = np.linspace(0, 1, cells + 1).tolist()
    positive = [function(t) > 0 for t in grid]
    cuts = []
    for low, high, was, becomes in zip(grid, grid[1:], positive, positive[1:], strict=False):
        if was != becomes:
            cuts.append(_bisected(function, low, high, was))
    return cuts


def _bisected(function: Callable[[float], float], low: float, high: float, positive_at_low: bool) -> float:
    # A cut that is off by e costs e^2 only, because the integrand is 0 there.
    for _ in range(20):
        middle = (low + high) / 2
        if (function(middle) > 0) == positive_at_low:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _integral(function: Callable[[float], float], low: float, high: float) -> float:
    """The integral of a smooth function by Gauss-Legendre."""
    values = [function(low + (high - low) * node) for node in _NODES]
    return float((high - low) * _WEIGHTS @ values)


def _steepness(grad_f: Function, x: Floats, y: Floats) -> float:
    """The size that slopes between x and y have, which their rounding errors are measured against."""
    middle = (x + y) / 2
    return float(max(np.linalg.norm(grad_f(point)) for point in (x, middle, y)) * np.linalg.norm(y - x))
