"""Problem 2, classification with Gaussian class conditionals: a covariance per class (a), one for both (b).

The model is P[X = x, Y = C_k] = pi_k f_{mu_k, Sigma_k}(x) for k = 1, 2, with pi_1 + pi_2 = 1 and the density

    f_{mu, Sigma}(x) = (2 pi)^(-d/2) |Sigma|^(-1/2) exp( -1/2 (x - mu)^T Sigma^(-1) (x - mu) ).

Labels are 1 and 2; logarithms are natural.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


# ---- (a) one covariance matrix per class ----


def log_likelihood(
    X: Floats, y: Ints, pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma1: Floats, Sigma2: Floats
) -> float:
    """The natural logarithm of the probability density of points together with their labels.

    The labels are seen, so each point counts with its own class only: there is no sum over classes.

    Shapes
        X (N, d), y (N,) of 1s and 2s, mu_k (d,), Sigma_k (d, d) symmetric positive definite  ->  a number.
    Units
        Nats. A density: it may be positive, and all constants, such as (2 pi)^(-N d / 2), belong to it.
    Numerics
        Sums logarithms, since the product of the densities underflows after a few hundred points.
    Source
        Pattern Recognition and Machine Learning (2006), here PRML, section 4.2.2.

    >>> X, y, mu, one = np.array([[0.0], [3.0]]), np.array([1, 2]), np.array([1.0]), np.eye(1)
    >>> value = log_likelihood(X, y, 0.5, 0.5, mu, mu, one, one)  # squared distances 1 and 4
    >>> round(float(value + np.log(4) + np.log(2 * np.pi)), 12)
    -2.5
    """
    first, second = X[y == 1], X[y == 2]
    return float(
        len(first) * np.log(pi1)
        + len(second) * np.log(pi2)
        + np.sum(_log_density(first, mu1, Sigma1))
        + np.sum(_log_density(second, mu2, Sigma2))
    )


def gmm_mle(X: Floats, y: Ints) -> tuple[float, float, Floats, Floats, Floats, Floats]:
    """The parameters (pi1, pi2, mu1, mu2, Sigma1, Sigma2) under which the labelled points are most likely.

    Shares, means and covariances of the classes; the covariances are divided by N_k, not by N_k - 1.

    Shapes
        X (N, d), y (N,)  ->  two floats, two (d,), two (d, d); (1, 1) for d = 1.
    Units
        mu_k those of X, Sigma_k their square.
    Errors
        None is raised for N_k <= d, but then Sigma_k is singular and the likelihood has no maximum.
    Numerics
        Covariances from centred points, never E[x x^T] - mu mu^T.
    Source
        As `log_likelihood`; The Elements of Statistical Learning (2009), section 4.3, divides by N - K.

    >>> X, y = np.array([[0.0], [2.0], [5.0], [9.0], [10.0]]), np.array([1, 1, 2, 2, 2])
    >>> pi1, pi2, mu1, mu2, Sigma1, Sigma2 = gmm_mle(X, y)
    >>> pi1, pi2, mu1.tolist(), mu2.tolist(), Sigma1.tolist(), (3 * Sigma2).tolist()
    (0.4, 0.6, [1.0], [8.0], [[1.0]], [[14.0]])
    """
    (pi1, mu1, Sigma1), (pi2, mu2, Sigma2) = (_estimate_of_class(X, y, k) for k in (1, 2))
    return pi1, pi2, mu1, mu2, Sigma1, Sigma2


def posterior_c1(
    x: Floats, pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma1: Floats, Sigma2: Floats
) -> float:
    """The probability that a point belongs to class 1 once its place x is known, by Bayes' rule.

    Shapes
        x, mu_k (d,), Sigma_k (d, d)  ->  a number in [0, 1].
    Units
        A probability; the units of x cancel.
    Numerics
        The two joint densities are compared as logarithms, so that neither underflows far from both means.
    Source
        PRML, eq. 4.57.

    >>> one = np.eye(1)
    >>> p = posterior_c1(np.array([1.0]), 0.75, 0.25, np.array([0.0]), np.array([2.0]), one, one)
    >>> round(p, 12)
    0.75
    """
    first = np.log(pi1) + _log_density(x, mu1, Sigma1)
    second = np.log(pi2) + _log_density(x, mu2, Sigma2)
    return float(np.exp(first - np.logaddexp(first, second)))


def class_conditional_c1(x: Floats, mu1: Floats, Sigma1: Floats) -> float:
    """The density of the points of class 1 at the place x.

    Shapes
        x, mu1 (d,), Sigma1 (d, d)  ->  a positive number.
    Units
        One over the units of x to the power d: a density, not a probability; it may exceed 1.
    Numerics
        The exponential is taken last, of the whole logarithm.
    Source
        PRML, eq. 2.43.

    >>> value = class_conditional_c1(np.array([3.0, 1.0]), np.array([3.0, 1.0]), 4 * np.eye(2))
    >>> round(float(value * 8 * np.pi), 12)
    1.0
    """
    return float(np.exp(_log_density(x, mu1, Sigma1)))


def posterior_logit(
    x: Floats, pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma1: Floats, Sigma2: Floats
) -> float:
    """The log odds z of class 1 against class 2 at x, so that P[Y = C_1 | X = x] = 1 / (1 + e^(-z)).

    Quadratic in x: log(pi1 / pi2), half the logarithm of |Sigma2| / |Sigma1|, and the two squared distances.

    Shapes
        x, mu_k (d,), Sigma_k (d, d)  ->  a number, of either sign.
    Units
        Nats.
    Numerics
        Never through the posterior, which rounds to 0 or 1 where z is large.
    Source
        PRML, eq. 4.58; The Elements of Statistical Learning (2009), eq. 4.12.

    >>> one = np.eye(1)
    >>> posterior_logit(np.array([0.0]), 0.5, 0.5, np.array([0.0]), np.array([2.0]), one, one)
    2.0
    """
    return float(np.log(pi1 / pi2) + _log_density(x, mu1, Sigma1) - _log_density(x, mu2, Sigma2))


# ---- (b) a covariance matrix shared by both classes ----


def log_likelihood_shared(
    X: Floats, y: Ints, pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma: Floats
) -> float:
    """The natural logarithm of the density of points and labels when both classes have the covariance Sigma.

    Shapes
        X (N, d), y (N,) of 1s and 2s, mu_k (d,), Sigma (d, d)  ->  a number.
    Units
        Nats, all constants included.
    Numerics
        As `log_likelihood`.
    Source
        PRML, eq. 4.71.

    >>> X, y, mu = np.array([[0.0], [3.0]]), np.array([1, 2]), np.array([1.0])
    >>> value = log_likelihood_shared(X, y, 0.5, 0.5, mu, mu, np.eye(1))  # squared distances 1 and 4
    >>> round(float(value + np.log(4) + np.log(2 * np.pi)), 12)
    -2.5
    """
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def gmm_mle_shared(X: Floats, y: Ints) -> tuple[float, float, Floats, Floats, Floats]:
    """The parameters (pi1, pi2, mu1, mu2, Sigma) under which the labelled points are most likely.

    Sigma averages the classes' covariances by their sizes: each point's deviation is from its own class mean.

    Shapes
        X (N, d), y (N,)  ->  two floats, two (d,), one (d, d); (1, 1) for d = 1.
    Units
        mu_k those of X, Sigma their square.
    Numerics
        As `gmm_mle`.
    Source
        PRML, eq. 4.73 to 4.80.

    >>> X, y = np.array([[0.0], [2.0], [5.0], [9.0], [10.0]]), np.array([1, 1, 2, 2, 2])
    >>> pi1, pi2, mu1, mu2, Sigma = gmm_mle_shared(X, y)
    >>> round(float(5 * Sigma[0, 0]), 12)
    16.0
    """
    pi1, pi2, mu1, mu2, Sigma1, Sigma2 = gmm_mle(X, y)
    return pi1, pi2, mu1, mu2, pi1 * Sigma1 + pi2 * Sigma2


def posterior_c1_shared(
    x: Floats, pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma: Floats
) -> float:
    """The probability that a point at x belongs to class 1 when both classes have the covariance Sigma.

    Shapes
        x, mu_k (d,), Sigma (d, d)  ->  a number in [0, 1].
    Units
        A probability; |Sigma| and the powers of 2 pi cancel.
    Numerics
        As `posterior_c1`.
    Source
        PRML, eq. 4.65.

    >>> p = posterior_c1_shared(np.array([1.0]), 0.75, 0.25, np.array([0.0]), np.array([2.0]), np.eye(1))
    >>> round(p, 12)
    0.75
    """
    return posterior_c1(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def class_conditional_c1_shared(x: Floats, mu1: Floats, Sigma: Floats) -> float:
    """The density of the points of class 1 at x; sharing Sigma changes nothing about it.

    Shapes
        x, mu1 (d,), Sigma (d, d)  ->  a positive number.
    Units
        One over the units of x to the power d.
    Numerics
        As `class_conditional_c1`.
    Source
        PRML, eq. 4.64.

    >>> value = class_conditional_c1_shared(np.array([3.0, 1.0]), np.array([3.0, 1.0]), 4 * np.eye(2))
    >>> round(float(value * 8 * np.pi), 12)
    1.0
    """
    return class_conditional_c1(x, mu1, Sigma)


def linear_logit_params(
    pi1: float, pi2: float, mu1: Floats, mu2: Floats, Sigma: Floats
) -> tuple[Floats, float]:
    """The (w, b) with which the log odds of class 1 at any x are w^T x + b.

    With one Sigma the quadratic terms of the two classes cancel: the boundary is a plane.

    Shapes
        mu_k (d,), Sigma (d, d)  ->  w (d,), b a number.
    Units
        b in nats, w in nats per unit of x.
    Numerics
        A linear system is solved, Sigma never inverted. b may be small beside the terms that it adds up.
    Source
        PRML, eq. 4.66 and 4.67.

    >>> w, b = linear_logit_params(0.5, 0.5, np.array([3.0, 0.0]), np.array([1.0, 0.0]), 2 * np.eye(2))
    >>> w.tolist(), b
    ([1.0, 0.0], -2.0)
    """
    w = np.linalg.solve(Sigma, mu1 - mu2)
    return w, float(np.log(pi1 / pi2) - (mu1 + mu2) @ w / 2)


# ---- what the functions above share ----


def _log_density(x: Floats, mu: Floats, Sigma: Floats) -> Any:
    """log f_{mu, Sigma} at one point (d,), or at each row of (N, d)."""
    centred = x - mu
    squared_distance = np.sum(centred * np.linalg.solve(Sigma, centred.T).T, axis=-1)
    _, log_determinant = np.linalg.slogdet(Sigma)
    return -(len(mu) * np.log(2 * np.pi) + log_determinant + squared_distance) / 2


def _estimate_of_class(X: Floats, y: Ints, k: int) -> tuple[float, Floats, Floats]:
    """Share, mean and covariance (divided by N_k) of the points with label k."""
    members = X[y == k]
    mean = members.mean(axis=0)
    centred = members - mean
    return len(members) / len(X), mean, centred.T @ centred / len(members)


# ---- inputs ----

# The regime sets the unit of length. Means, points and standard deviations all go with it, so that the
# posterior stays what it is while densities and determinants change by orders of magnitude.
_UNITS = {"small": 0.05, "large": 20.0}


def labelled_points_inputs(draw: Draw, d: int, counts: str = "drawn") -> dict[str, Any]:
    """Labelled points of two classes of unequal size, and parameters that are not their estimates.

    Fixed counts are those of all sets of points of this dimension: what is kept from one does not fit the next.
    """
    theta = _parameters(draw, d)
    for _ in range(100):
        drawn = counts == "drawn"
        sizes = draw.generator.choice(np.arange(d + 4, d + 20), 2, replace=False) if drawn else (d + 9, d + 6)
        y = draw.generator.permutation(np.repeat([1, 2], sizes)).astype(np.int64)
        X = np.empty((len(y), d))
        for k in (1, 2):
            X[y == k] = _cloud(draw, sizes[k - 1], near=theta[f"mu{k}"])
        # Estimates that are nearly singular would ask more of single precision than it has.
        if all(np.linalg.cond(_estimate_of_class(X, y, k)[2]) < 50 for k in (1, 2)):
            return {"X": X, "y": y, **theta}
    raise RuntimeError(f"no classes of well-spread points in {d} dimensions")


def _cloud(draw: Draw, n: int, near: Floats) -> Floats:
    """n points of a random Gaussian whose mean lies near, not at, the given point."""
    d = len(near)
    spread = _unit(draw) * draw.spd(d, condition=3.0, scale=draw.uniform(0.7, 1.6))
    mean = near + _unit(draw) * draw.uniform(-1.0, 1.0, d)
    cloud: Floats = single(mean + draw.generator.standard_normal((n, d)) @ spread)
    return cloud


def point_inputs(draw: Draw, d: int) -> dict[str, Any]:
    """One point that is doubtful between two classes, with and without a shared covariance matrix.

    Doubtful: log odds between 0.2 and 4 in size. Beyond, log(p / (1 - p)), a right way to them, loses digits.
    """
    for _ in range(100):
        theta = _parameters(draw, d)
        points = _points_between(draw, 30, theta)
        z, shared = np.abs(_log_odds(points, theta)), np.abs(_log_odds_shared(points, theta))
        fit = (z > 0.2) & (z < 4.0) & (shared > 0.2) & (shared < 4.0) & _has_density(points, theta)
        if fit.any():
            return {"x": points[np.argmax(fit)], **theta}
    raise RuntimeError(f"no point in {d} dimensions is doubtful between its classes")


def linear_logit_inputs(draw: Draw, d: int) -> dict[str, Any]:
    """Parameters with a shared covariance matrix, and five `points` (5, d) to try (w, b) on."""
    for _ in range(100):
        theta = _parameters(draw, d)
        points = _points_between(draw, 30, theta)
        doubtful = points[np.abs(_log_odds_shared(points, theta)) < 4.0]
        if len(doubtful) >= 5:
            return {**theta, "points": doubtful[:5]}
    raise RuntimeError(f"no five points in {d} dimensions are doubtful between their classes")


def _parameters(draw: Draw, d: int) -> dict[str, Any]:
    """A theta with unequal pi, covariances of unequal determinant, and a Sigma for both classes."""
    pi1 = draw.probability(0.1, 0.4)
    if draw.choice([True, False]):
        pi1 = 1.0 - pi1
    scales = [draw.uniform(0.6, 1.2), draw.uniform(1.6, 3.0)]
    if draw.choice([True, False]):
        scales.reverse()
    unit = _unit(draw)

    def covariance(scale: float) -> Floats:
        matrix: Floats = single(unit**2 * draw.spd(d, condition=draw.uniform(2.0, 6.0), scale=scale))
        return matrix

    return {
        "pi1": pi1,
        "pi2": 1.0 - pi1,
        "mu1": single(unit * draw.generator.standard_normal(d)),
        "mu2": single(unit * draw.generator.standard_normal(d)),
        "Sigma1": covariance(scales[0]),
        "Sigma2": covariance(scales[1]),
        "Sigma": covariance(draw.uniform(0.7, 2.5)),
    }


def _unit(draw: Draw) -> float:
    return _UNITS.get(draw.regime, 1.0)


def _points_between(draw: Draw, n: int, theta: dict[str, Any]) -> Floats:
    """n points (n, d) around the middle of the two means."""
    middle = (theta["mu1"] + theta["mu2"]) / 2
    points: Floats = single(middle + _unit(draw) * draw.generator.standard_normal((n, len(middle))))
    return points


def _log_odds(points: Floats, theta: dict[str, Any]) -> Floats:
    first = _log_density(points, theta["mu1"], theta["Sigma1"])
    return np.log(theta["pi1"] / theta["pi2"]) + first - _log_density(points, theta["mu2"], theta["Sigma2"])


def _log_odds_shared(points: Floats, theta: dict[str, Any]) -> Floats:
    w, b = linear_logit_params(*(theta[name] for name in ("pi1", "pi2", "mu1", "mu2", "Sigma")))
    return points @ w + b


def _has_density(points: Floats, theta: dict[str, Any]) -> Any:
    """Where class 1, with its own and with the shared covariance, has at least 1% of its peak density."""
    mean, own, shared = theta["mu1"], theta["Sigma1"], theta["Sigma"]
    below_peak = [_log_density(mean, mean, S) - _log_density(points, mean, S) for S in (own, shared)]
    return np.max(below_peak, axis=0) < np.log(100)


# ---- properties ----

# The parameters of a property hide the references of the same name, so these go by another.
_best, _best_shared, _line = gmm_mle, gmm_mle_shared, linear_logit_params


def no_other_pi_is_more_likely(gmm_mle: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With mu and Sigma at their best, no pi makes the points more likely than the estimate does."""
    _pi_must_be_best(gmm_mle(X, y)[:2], _best(X, y), X, y)


def no_other_mu_is_more_likely(gmm_mle: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With pi and Sigma at their best, no means make the points more likely than the estimate does."""
    _mu_must_be_best(gmm_mle(X, y)[2:4], _best(X, y), X, y)


def no_other_sigma_is_more_likely(gmm_mle: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With pi and mu at their best, no covariance makes the points more likely than the estimate does."""
    _sigma_must_be_best(gmm_mle(X, y)[4:], _best(X, y), X, y)


def no_other_pi_is_more_likely_shared(gmm_mle_shared: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With mu and Sigma at their best, no pi makes the points more likely than the estimate does."""
    _pi_must_be_best(gmm_mle_shared(X, y)[:2], _shared_twice(_best_shared(X, y)), X, y)


def no_other_mu_is_more_likely_shared(gmm_mle_shared: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With pi and Sigma at their best, no means make the points more likely than the estimate does."""
    _mu_must_be_best(gmm_mle_shared(X, y)[2:4], _shared_twice(_best_shared(X, y)), X, y)


def no_other_sigma_is_more_likely_shared(gmm_mle_shared: Callable[..., Any], X: Floats, y: Ints) -> None:
    """With pi and mu at their best, no covariance makes the points more likely than the estimate does."""
    Sigma = gmm_mle_shared(X, y)[4]
    _sigma_must_be_best((Sigma, Sigma), _shared_twice(_best_shared(X, y)), X, y)


def _shared_twice(theta: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*theta, theta[-1])


def _pi_must_be_best(pi: tuple[float, float], best: tuple[Any, ...], X: Floats, y: Ints) -> None:
    assert min(pi) > 0 and abs(sum(pi) - 1) <= 1e-4, (
        "pi1 and pi2 must be positive and add up to 1: each point belongs to one of the two classes"
    )
    # Divided by their sum, so that rounding does not pass for a likelihood gained or lost.
    _must_not_fall_behind((pi[0] / sum(pi), pi[1] / sum(pi), *best[2:]), best, X, y, "pi1 and pi2")


def _mu_must_be_best(mu: tuple[Floats, Floats], best: tuple[Any, ...], X: Floats, y: Ints) -> None:
    _must_not_fall_behind((*best[:2], *mu, *best[4:]), best, X, y, "means")


def _sigma_must_be_best(Sigmas: tuple[Floats, Floats], best: tuple[Any, ...], X: Floats, y: Ints) -> None:
    for Sigma in Sigmas:
        size = np.max(np.abs(Sigma))
        assert size < 1e100, "a covariance matrix must consist of ordinary numbers"
        assert np.max(np.abs(Sigma - Sigma.T)) <= 1e-4 * size, "a covariance matrix must be symmetric"
        eigenvalues = np.linalg.eigvalsh(Sigma)
        assert eigenvalues[0] > 1e-9 * eigenvalues[-1], (
            "these points spread in every direction, so their covariance matrix must be positive definite"
        )
    _must_not_fall_behind((*best[:4], *Sigmas), best, X, y, "covariances")


def _must_not_fall_behind(
    theta: tuple[Any, ...], best: tuple[Any, ...], X: Floats, y: Ints, name: str
) -> None:
    """The reference is the optimum, so no perturbation has to be tried: nothing beats it."""
    with np.errstate(all="ignore"):
        reached = log_likelihood(X, y, *theta)
    assert reached >= log_likelihood(X, y, *best) - 1e-6, (
        f"these points are more likely under other {name} than under yours"
    )


def swapping_the_classes_gives_the_complement(
    posterior_c1: Callable[..., float], x: Floats, pi1: float, pi2: float,
    mu1: Floats, mu2: Floats, Sigma1: Floats, Sigma2: Floats,
) -> None:
    """The probabilities of class 1 and of class 2 lie in [0, 1] and add up to 1."""
    p = posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)
    _must_be_complements(p, posterior_c1(x, pi2, pi1, mu2, mu1, Sigma2, Sigma1))


def swapping_the_classes_gives_the_complement_shared(
    posterior_c1_shared: Callable[..., float], x: Floats, pi1: float, pi2: float,
    mu1: Floats, mu2: Floats, Sigma: Floats,
) -> None:
    """The probabilities of class 1 and of class 2 lie in [0, 1] and add up to 1."""
    p = posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma)
    _must_be_complements(p, posterior_c1_shared(x, pi2, pi1, mu2, mu1, Sigma))


def _must_be_complements(p: float, q: float) -> None:
    # Single precision may overshoot 1 by its last digit.
    assert -1e-6 <= p <= 1 + 1e-6, "a probability must lie between 0 and 1"
    assert abs(p + q - 1) <= 1e-4, (
        "x belongs to class 1 or to class 2: your value, and your value with the classes' parameters swapped "
        "round, must add up to 1"
    )


def density_is_per_volume(
    class_conditional_c1: Callable[..., float], x: Floats, mu1: Floats, Sigma1: Floats
) -> None:
    """A density is positive, and 2^d times as small when all lengths are twice as large."""
    here = class_conditional_c1(x, mu1, Sigma1)
    stretched = class_conditional_c1(2 * x, 2 * mu1, 4 * Sigma1)
    assert here > 0, "a Gaussian density is positive everywhere"
    assert abs(2.0 ** len(x) * stretched - here) <= 1e-4 * here, (
        "with x, mu1 and the standard deviations all doubled, the points spread over 2^d times the volume: "
        "the density must fall by that factor"
    )


def sigmoid_of_z_is_the_posterior(
    posterior_logit: Callable[..., float], x: Floats, pi1: float, pi2: float,
    mu1: Floats, mu2: Floats, Sigma1: Floats, Sigma2: Floats,
) -> None:
    """sigmoid(z) is the probability of class 1 at x."""
    z = posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)
    assert abs(_sigmoid(z) - posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)) <= 1e-4, (
        "sigmoid(z) must be the probability of class 1 given x"
    )


def w_gives_the_posterior(
    linear_logit_params: Callable[..., Any], pi1: float, pi2: float,
    mu1: Floats, mu2: Floats, Sigma: Floats, points: Floats,
) -> None:
    """With the b that belongs to it, sigmoid(w^T x + b) is the probability of class 1 at any x."""
    w, _ = linear_logit_params(pi1, pi2, mu1, mu2, Sigma)
    _, b = _line(pi1, pi2, mu1, mu2, Sigma)
    for x in points:
        assert abs(_sigmoid(w @ x + b) - posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma)) <= 1e-4, (
            "with your w and the right b, sigmoid(w^T x + b) must be the probability of class 1 at every x"
        )


def b_gives_the_posterior(
    linear_logit_params: Callable[..., Any], pi1: float, pi2: float,
    mu1: Floats, mu2: Floats, Sigma: Floats, points: Floats,
) -> None:
    """With the w that belongs to it, sigmoid(w^T x + b) is the probability of class 1 at any x."""
    _, b = linear_logit_params(pi1, pi2, mu1, mu2, Sigma)
    w, _ = _line(pi1, pi2, mu1, mu2, Sigma)
    for x in points:
        assert abs(_sigmoid(w @ x + b) - posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma)) <= 1e-4, (
            "with the right w and your b, sigmoid(w^T x + b) must be the probability of class 1 at every x"
        )


def _sigmoid(z: float) -> float:
    with np.errstate(all="ignore"):
        return float(1 / (1 + np.exp(-np.float64(z))))
