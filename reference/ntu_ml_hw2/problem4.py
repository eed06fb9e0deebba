"""Problem 4, Bregman divergences: D_phi(p||q) = phi(p) - phi(q) - <grad phi(q), p - q> and its bias and variance."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn
from .convex import POSITIVE, on_numbers, on_vectors, tilted

Floats = NDArray[np.float64]
Function = Callable[[Any], Any]


# ---- (a) the divergence ----


def bregman_divergence(phi: Function, grad_phi: Function, p: Floats, q: Floats) -> float:
    """How far phi(p) lies above the tangent of phi at q: D_phi(p||q) = phi(p) - phi(q) - <grad phi(q), p - q>.

    Shapes
        p, q (d,); phi (d,) -> number; grad_phi (d,) -> (d,)  ->  a float, 0 for p = q and positive else.
    Units
        Those of phi.
    Numerics
        For p close to q the three terms cancel; p - q is taken before the product, not after.
    Source
        Bregman, USSR Comput. Math. Math. Phys. 7(3), 1967; Banerjee et al., JMLR 6 (2005), definition 1.

    >>> bregman_divergence(lambda t: t @ t, lambda t: 2 * t, np.array([3.0, 0.0]), np.array([0.0, 4.0]))
    25.0
    """
    return float(phi(p) - phi(q) - grad_phi(q) @ (p - q))


def bregman_inputs(draw: Draw, d: int, phi: str, pair: str = "apart") -> dict[str, Any]:
    """A strictly convex phi and two points of its domain, apart or equal; `slope` and `height` serve the property.

    Redrawn until the divergence is no small difference of large terms and, where phi allows, is not symmetric.
    """
    value, gradient = on_vectors(draw, phi, d)
    # Of one number, log(exp(t)) + t^2/2 is a parabola too, whose divergence is symmetric.
    symmetric = phi == "quadratic" or (phi == "logsumexp" and d == 1)

    def make() -> dict[str, Any]:
        p = _points(draw, phi, d)
        q = p.copy() if pair == "equal" else _points(draw, phi, d)
        tilt = {"slope": draw.signed_uniform(0.3, 1.0, d), "height": draw.signed_uniform(0.3, 1.0)}
        return {"phi": value, "grad_phi": gradient, "p": p, "q": q, **tilt}

    def good(inputs: dict[str, Any]) -> bool:
        p, q = inputs["p"], inputs["q"]
        there, back = (bregman_divergence(value, gradient, *points) for points in ((p, q), (q, p)))
        clear = there >= 0.05 * _size(value, gradient, p, q)
        return clear and (symmetric or abs(there - back) >= 0.03 * there)

    return make() if pair == "equal" else redrawn(make, good)


def positive_unless_equal(
    bregman_divergence: Function, phi: Function, grad_phi: Function, p: Floats, q: Floats
) -> None:
    """D_phi(p||q) is positive for p != q and 0 for p = q."""
    here = bregman_divergence(phi, grad_phi, q, q)
    assert abs(here) <= 1e-5 * _size(phi, grad_phi, q, q), "the divergence of a point from itself must be 0"
    if not np.array_equal(p, q):
        assert bregman_divergence(phi, grad_phi, p, q) > 0, (
            "phi is strictly convex, so the divergence of two different points must be positive"
        )


def blind_to_affine_terms(
    bregman_divergence: Function, phi: Any, grad_phi: Any, p: Floats, q: Floats, slope: Floats, height: float
) -> None:
    """D_phi stays as it is when an affine function is added to phi."""
    straight = bregman_divergence(phi, grad_phi, p, q)
    bent = bregman_divergence(*tilted(phi, grad_phi, slope, height), p, q)
    size = _size(phi, grad_phi, p, q) + abs(slope) @ (abs(p) + abs(q)) + abs(height)
    assert abs(bent - straight) <= 1e-5 * size, (
        "adding an affine function to phi (and its slope to grad_phi) must not change the divergence, but changes yours"
    )


# ---- (b) total = bias + variance? ----


def bregman_bias_variance(
    phi: Function, grad_phi: Function, y: float, values: Floats, probs: Floats
) -> tuple[float, float, float]:
    """The total E[D(y||Yhat)], the bias D(y||Ybar) and the variance E[D(Ybar||Yhat)], where Ybar = E[Yhat].

    Yhat takes the value values[i] with probability probs[i]; y is fixed.

    Shapes
        y a float; values, probs (n,); phi and grad_phi take and give one number  ->  three floats.
    Units
        Those of phi.
    Numerics
        Each divergence is a difference of nearby numbers, exact to about u |phi|; the sums add nothing to that.
    Source
        Pfau, A Generalized Bias-Variance Decomposition for Bregman Divergences (2013).

    >>> bregman_bias_variance(lambda t: t * t, lambda t: 2 * t, 1.0, np.array([0.0, 4.0]), np.array([0.5, 0.5]))
    (5.0, 1.0, 4.0)
    """
    mean = probs @ values
    total = probs @ _divergences(phi, grad_phi, y, values)
    [bias] = _divergences(phi, grad_phi, y, [mean])
    variance = probs @ _divergences(phi, grad_phi, mean, values)
    return float(total), float(bias), float(variance)


def bregman_cross_term(grad_phi: Function, y: float, values: Floats, probs: Floats) -> float:
    """What is left of total - bias - variance: (phi'(Ybar) - E[phi'(Yhat)]) (y - Ybar).

    Shapes
        y a float; values, probs (n,); grad_phi takes and gives one number  ->  a float of either sign.
    Units
        Those of phi.
    Numerics
        0, up to rounding, when phi' is affine or y = Ybar.
    Source
        Expand the three divergences: phi(y), phi(Ybar) and E[phi(Yhat)] cancel.

    >>> bregman_cross_term(lambda t: 4 * t**3, 3.0, np.array([0.0, 2.0]), np.array([0.5, 0.5]))
    -24.0
    """
    mean = probs @ values
    return float((grad_phi(mean) - probs @ _each(grad_phi, values)) * (y - mean))


def bias_variance_inputs(draw: Draw, n: int, phi: str = "square", y: str = "away") -> dict[str, Any]:
    """A distribution on n values with uneven probabilities, and a y in the domain of phi, off its mean or at it.

    Redrawn until bias and variance both matter, the probabilities do, and the cross term is not 0 unless it must be.
    """
    value, gradient = on_numbers(phi)

    def make() -> dict[str, Any]:
        values, probs = _points(draw, phi, n), draw.simplex(n, concentration=0.8)
        if y == "mean":
            # Numbers of few digits, so that the mean is one as well.
            values, probs = np.round(16 * values) / 16, _in_64ths(probs)
            values = np.maximum(values, 1 / 16) if phi in POSITIVE else values
        target = float(probs @ values) if y == "mean" else _points(draw, phi)
        return {"phi": value, "grad_phi": gradient, "y": target, "values": values, "probs": probs}

    return redrawn(make, lambda inputs: _telling(inputs, symmetric=phi == "square", at_the_mean=y == "mean"))


def _telling(inputs: dict[str, Any], symmetric: bool, at_the_mean: bool) -> bool:
    """Whether every term, the probabilities and the slots of D show in the answer."""
    phi, grad_phi, y, values, probs = (inputs[name] for name in ("phi", "grad_phi", "y", "values", "probs"))
    mean = probs @ values
    if abs(mean - np.mean(values)) < 0.1 * np.std(values):
        return False

    def expected(p: Any, q: Any) -> float:
        # These phi work entry by entry, which saves the loop over values.
        return float(np.sum(probs * (phi(p) - phi(q) - grad_phi(q) * (p - q))))

    total, bias, variance, swapped = expected(y, values), expected(y, mean), expected(mean, values), expected(values, y)
    clear = variance >= 0.02 * np.sum(probs * _sizes(phi, grad_phi, y, values))
    if not at_the_mean:
        clear &= 0.05 * variance <= bias <= 20 * variance
        clear &= symmetric or abs(total - bias - variance) >= 0.03 * total
    return bool(clear and (symmetric or abs(swapped - total) >= 0.01 * total))


def terms_differ_by_the_cross_term(
    bregman_bias_variance: Function, phi: Function, grad_phi: Function, y: float, values: Floats, probs: Floats
) -> None:
    """total - bias - variance is the inner product of (b)."""
    total, bias, variance = bregman_bias_variance(phi, grad_phi, y, values, probs)
    gap = bregman_cross_term(grad_phi, y, values, probs)
    assert abs(total - bias - variance - gap) <= 1e-4 * probs @ _sizes(phi, grad_phi, y, values), (
        "your total less your bias and variance is not the inner product of (b): one of the three is no mean of D "
        "with its arguments in this order"
    )


def cross_term_is_what_is_left(
    bregman_cross_term: Function, phi: Function, grad_phi: Function, y: float, values: Floats, probs: Floats
) -> None:
    """The inner product of (b) is total - bias - variance."""
    total, bias, variance = bregman_bias_variance(phi, grad_phi, y, values, probs)
    gap = bregman_cross_term(grad_phi, y, values, probs)
    assert abs(total - bias - variance - gap) <= 1e-4 * probs @ _sizes(phi, grad_phi, y, values), (
        "your cross term is not what total - bias - variance leaves"
    )


# ---- (c) the square ----


def f1(t: float) -> float:
    """A phi whose divergence is D(p||q) = (p - q)^2: the square. Any affine function may be added.

    Shapes
        t a number  ->  a number.
    Units
        Those of t, squared.
    Source
        Banerjee et al., JMLR 6 (2005), table 1.

    >>> f1(3.0)
    9.0
    """
    return t**2


def f1_prime(t: float) -> float:
    """The derivative of f1.

    Shapes
        t a number  ->  a number.
    Units
        Those of t.
    Source
        Banerjee et al., JMLR 6 (2005), table 1.

    >>> f1_prime(3.0)
    6.0
    """
    return 2 * t


def mse_decomposition(y: float, values: Floats, probs: Floats) -> tuple[float, float, float]:
    """The mean squared error of Yhat, its squared bias and its variance; the first is the sum of the others.

    Shapes
        y a float; values, probs (n,)  ->  E[(Yhat - y)^2], (Ybar - y)^2, E[(Yhat - Ybar)^2], three floats.
    Units
        Those of y, squared.
    Numerics
        Deviations are taken before they are squared; E[Yhat^2] - Ybar^2 would cancel. The distribution is given,
        not estimated from a sample, so nothing is divided by n - 1.
    Source
        (b) with phi = f1, whose derivative is affine: the cross term is 0.

    >>> mse_decomposition(1.0, np.array([0.0, 4.0]), np.array([0.75, 0.25]))
    (3.0, 0.0, 3.0)
    """
    mean = probs @ values
    return float(probs @ (values - y) ** 2), float((mean - y) ** 2), float(probs @ (values - mean) ** 2)


def number_pairs_inputs(draw: Draw) -> dict[str, Any]:
    """A number t and 10 pairs p, q of numbers in [-5, 5]; the first pair is equal, the others are not close."""

    def make() -> dict[str, Any]:
        return {"t": draw.uniform(-5, 5), "p": draw.uniform(-5, 5, 10), "q": draw.uniform(-5, 5, 10)}

    inputs = redrawn(make, lambda made: bool(np.all(abs(made["p"] - made["q"]) >= 0.25)))
    inputs["q"][0] = inputs["p"][0]
    return inputs


def f1_gives_the_squared_distance(f1: Function, f1_prime: Function, p: Floats, q: Floats) -> None:
    """D_f1(p||q) = (p - q)^2, whatever affine function f1 contains."""
    for a, b in zip(p.tolist(), q.tolist(), strict=True):
        terms = f1(a), f1(b), f1_prime(b) * (a - b)
        error = abs(terms[0] - terms[1] - terms[2] - (a - b) ** 2)
        assert error <= 1e-4 * (a - b) ** 2 + _rounding(*terms), (
            "the divergence that your f1 and f1_prime define is not (p - q)^2"
        )


def f1_prime_is_the_slope_of_f1(f1: Function, f1_prime: Function, p: Floats) -> None:
    """f1_prime is the derivative of f1."""
    # Of a function as in (c), a central difference is the derivative exactly, so a large step serves best.
    step = 0.5
    for t in p.tolist():
        size = _rounding(f1(t + step), f1(t - step))
        assert _is_slope(f1_prime(t), lambda h, t=t: f1(t + h), step, size), (
            "your f1_prime is not the derivative of your f1: compare with finite differences"
        )


def f1_is_strictly_convex(f1: Function, p: Floats, q: Floats) -> None:
    """In the middle of a chord, f1 lies below it."""
    for a, b in zip(p.tolist(), q.tolist(), strict=True):
        if a != b:
            assert f1((a + b) / 2) < (f1(a) + f1(b)) / 2, (
                "your f1 is not strictly convex: in the middle of a chord it does not lie below it"
            )


def total_is_bias_plus_variance(mse_decomposition: Function, y: float, values: Floats, probs: Floats) -> None:
    """The mean squared error is the squared bias plus the variance."""
    total, bias, variance = mse_decomposition(y, values, probs)
    assert abs(total - bias - variance) <= 1e-4 * (probs @ values**2 + y**2), (
        "your first number is not the sum of your second and third, which is what (c) is about"
    )


# ---- (d) the entropy ----


def f2(t: Floats) -> float:
    """A phi on (0, inf)^d whose divergence is the generalised Kullback-Leibler divergence: sum_i t_i log t_i.

    Any affine function may be added: with - sum_i t_i, the gradient is log t.

    Shapes
        t (d,), positive  ->  a float.
    Units
        Nats, if t is a probability.
    Source
        Banerjee et al., JMLR 6 (2005), table 1.

    >>> f2(np.array([1.0, np.e])) == np.e
    True
    """
    return float(np.sum(t * np.log(t)))


def grad_f2(t: Floats) -> Floats:
    """The gradient of f2.

    Shapes
        t (d,), positive  ->  (d,).
    Units
        Nats.
    Source
        Banerjee et al., JMLR 6 (2005), table 1.

    >>> grad_f2(np.array([1.0, np.e])).tolist()
    [1.0, 2.0]
    """
    return np.log(t) + 1


def generalized_kl(p: Floats, q: Floats) -> float:
    """The Kullback-Leibler divergence of positive vectors: sum_i p_i log(p_i / q_i) - p_i + q_i.

    Shapes
        p, q (d,), positive, of any sum  ->  a float >= 0.
    Units
        Nats, if p is a probability.
    Numerics
        Every summand is >= 0, so the sum does not cancel; a summand does, when p_i is close to q_i.
    Source
        Csiszar, Ann. Statist. 19(4), 1991 (I-divergence).

    >>> generalized_kl(np.array([2.0, np.e]), np.array([2.0, 1.0]))
    1.0
    """
    return float(np.sum(p * np.log(p / q) - p + q))


def kl_divergence(p: Floats, q: Floats) -> float:
    """The Kullback-Leibler divergence of probability vectors: sum_i p_i log(p_i / q_i).

    Shapes
        p, q (d,), positive, each of sum 1  ->  a float >= 0.
    Units
        Nats: the logarithm is natural.
    Numerics
        Summands have both signs; for p close to q the sum is small beside them.
    Source
        Kullback & Leibler, Ann. Math. Statist. 22(1), 1951.

    >>> float(np.exp(kl_divergence(np.array([0.5, 0.5]), np.array([0.2, 0.8]))).round(12))
    1.25
    """
    return float(np.sum(p * np.log(p / q)))


def positive_pairs_inputs(draw: Draw, d: int) -> dict[str, Any]:
    """A positive vector t and 5 pairs p, q of them, as rows; the first pair is equal."""
    inputs = {"t": draw.uniform(0.05, 4.0, d), "p": draw.uniform(0.05, 4.0, 5, d), "q": draw.uniform(0.05, 4.0, 5, d)}
    inputs["q"][0] = inputs["p"][0]
    return inputs


def f2_gives_the_generalised_kl(f2: Function, grad_f2: Function, p: Floats, q: Floats) -> None:
    """D_f2(p||q) is the generalised Kullback-Leibler divergence, whatever affine function f2 contains."""
    for a, b in zip(p, q, strict=True):
        terms = f2(a), f2(b), grad_f2(b) @ (a - b)
        wanted = generalized_kl(a, b)
        assert abs(terms[0] - terms[1] - terms[2] - wanted) <= 1e-4 * wanted + _rounding(*terms), (
            "the divergence that your f2 and grad_f2 define is not the one of (d)"
        )


def grad_f2_is_the_slope_of_f2(f2: Function, grad_f2: Function, p: Floats, q: Floats) -> None:
    """grad_f2 is the gradient of f2."""
    # A relative step of 1 % is wrong by h^2 / 6 = 2e-5 times the sum of t; single precision by about as much.
    step = 0.01
    for t, other in zip(p, q, strict=True):
        along = t * np.sign(t - other)
        size = 1e-3 * np.sum(t) + _rounding(f2(t + step * along), f2(t - step * along))
        assert _is_slope(grad_f2(t) @ along, lambda h, t=t, along=along: f2(t + h * along), step, size), (
            "your grad_f2 is not the gradient of your f2: compare with finite differences"
        )


def positive_inputs(draw: Draw, d: int, pair: str = "apart") -> dict[str, Any]:
    """Two positive vectors of different sums; redrawn until every term of the divergence matters."""

    def make() -> dict[str, Any]:
        p = _points(draw, "entropy", d)
        return {"p": p, "q": p.copy() if pair == "equal" else _points(draw, "entropy", d)}

    def good(inputs: dict[str, Any]) -> bool:
        p, q = inputs["p"], inputs["q"]
        divergence, logs = generalized_kl(p, q), np.sum(p * np.log(p / q))
        return divergence >= 0.1 * np.sum(p + q) and min(abs(logs), abs(np.sum(p - q))) >= 0.1 * divergence

    return make() if pair == "equal" else redrawn(make, good)


def distribution_inputs(draw: Draw, d: int, pair: str = "apart") -> dict[str, Any]:
    """Two probability vectors without tiny entries; redrawn until apart, more so one way than the other."""

    def make() -> dict[str, Any]:
        p = draw.simplex(d)
        return {"p": p, "q": p.copy() if pair == "equal" else draw.simplex(d)}

    def good(inputs: dict[str, Any]) -> bool:
        p, q = inputs["p"], inputs["q"]
        there, back = kl_divergence(p, q), kl_divergence(q, p)
        apart = pair == "equal" or (there >= 0.1 and abs(there - back) >= 0.05 * there)
        return bool(min(p.min(), q.min()) >= 1e-3 and apart)

    return redrawn(make, good)


def kl_is_never_negative(kl_divergence: Function, p: Floats, q: Floats) -> None:
    """KL(p||q) >= 0, and KL(p||p) = 0."""
    for a, b in ((p, q), (q, p)):
        assert kl_divergence(a, b) >= -1e-5, "a Kullback-Leibler divergence is never negative, but yours is"
    assert abs(kl_divergence(p, p)) <= 1e-5, "a distribution has no divergence from itself: the value must be 0"


def kl_is_the_divergence_of_f2(kl_divergence: Function, p: Floats, q: Floats) -> None:
    """On probability vectors the Kullback-Leibler divergence is the generalised one."""
    size = np.sum(p * abs(np.log(p / q)))
    assert abs(kl_divergence(p, q) - generalized_kl(p, q)) <= 1e-4 * size + 1e-5, (
        "for probability vectors the divergence of (d) is the Kullback-Leibler divergence; yours is another number"
    )


# ---- what these share ----


def _each(function: Function, values: Any) -> Floats:
    """The function of every value: phi and grad_phi take one number."""
    return np.array([function(value) for value in values])


def _divergences(phi: Function, grad_phi: Function, y: Any, values: Any) -> Floats:
    """D(y||value) for every value."""
    return phi(y) - _each(phi, values) - _each(grad_phi, values) * (y - np.asarray(values))


def _points(draw: Draw, family: str, *shape: int) -> Any:
    """Points of the domain of a family."""
    if family not in POSITIVE:
        return draw.normal(*shape)
    scale = {"small": 3e-3, "large": 50.0}.get(draw.regime, 1.0)
    return single(scale * draw.uniform(0.05, 4.0, *shape))


def _in_64ths(probs: Floats) -> Floats:
    """About these probabilities, as positive multiples of 1/64 that add up to 1."""
    counts = np.maximum(1, np.round(64 * probs))
    counts[np.argmax(counts)] += 64 - counts.sum()
    return counts / 64


def _size(phi: Function, grad_phi: Function, p: Any, q: Any) -> float:
    """The size of what D(p||q) adds up, which its rounding errors are measured against."""
    return float(abs(phi(p)) + abs(phi(q)) + np.sum(abs(grad_phi(q)) * (abs(p) + abs(q))))


def _sizes(phi: Function, grad_phi: Function, y: float, values: Floats) -> Floats:
    """The same for D(y||value) of every value, where phi works entry by entry."""
    return abs(phi(y)) + abs(phi(values)) + abs(grad_phi(values)) * (abs(y) + abs(values))


def _is_slope(slope: float, along: Callable[[float], float], step: float, slack: float) -> bool:
    """Whether it is that of `along` at 0. A longer step shows how wrong a difference is of any other function."""
    near, far = (float(along(h) - along(-h)) / (2 * h) for h in (step, 2 * step))
    return bool(abs(slope - near) <= slack + abs(near - far))


def _rounding(*terms: float) -> float:
    """What single precision may do to a sum. Bounded, lest a huge affine term hide anything else."""
    return min(1e-5 * sum(map(abs, terms)), 1e-2)
