"""Problem 4, expectation maximisation (EM) for a mixture of K Gaussians,

    p(x) = sum_k pi_k N(x; mu_k, Sigma_k),
    N(x; mu, Sigma) = (2 pi)^(-d/2) |Sigma|^(-1/2) exp( -1/2 (x - mu)^T Sigma^(-1) (x - mu) ).

Everywhere X is (N, d), pi (K,), mu (K, d), Sigma (K, d, d) and delta (N, K), also for K = 1 and d = 1; logarithms are
natural.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]


def responsibilities(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """The E-step: delta_ik, the probability that point i comes from component k once its place is known.

        delta_ik = pi_k N(x_i; mu_k, Sigma_k) / sum_j pi_j N(x_i; mu_j, Sigma_j)

    Shapes
        X (N, d), pi (K,), mu (K, d), Sigma (K, d, d) symmetric positive definite  ->  (N, K), rows sum to 1.
    Units
        Probabilities; the units of x cancel.
    Numerics
        The densities are compared as logarithms: far from all means they underflow, and 0/0 is no number.
    Source
        Pattern Recognition and Machine Learning (2006), here PRML, eq. 9.23.

    >>> pi, mu, Sigma = np.array([0.75, 0.25]), np.array([[0.0], [2.0]]), np.ones((2, 1, 1))
    >>> delta = responsibilities(np.array([[1.0]]), pi, mu, Sigma)
    >>> delta.round(12).tolist()  # as far from one mean as from the other
    [[0.75, 0.25]]
    """
    joint = _log_joint(X, pi, mu, Sigma)
    return np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])


def m_step(X: Floats, delta: Floats) -> tuple[Floats, Floats, Floats]:
    """The M-step: the (pi, mu, Sigma) that maximise `q_function` for fixed delta.

        pi_k = N_k / N,    mu_k = sum_i delta_ik x_i / N_k,    Sigma_k = sum_i delta_ik (x_i - mu_k)(x_i - mu_k)^T / N_k

    with N_k = sum_i delta_ik: shares, means and covariances in which a point counts with its responsibility.

    Shapes
        X (N, d), delta (N, K) whose rows sum to 1  ->  (K,), (K, d), (K, d, d).
    Units
        mu those of X, Sigma their square.
    Errors
        None is raised where N_k = 0 or where the points of a component lie in a plane, but then there is no maximum.
    Numerics
        Covariances from points centred at the new mean, never E[x x^T] - mu mu^T.
    Source
        PRML, eq. 9.24 to 9.26.

    >>> pi, mu, Sigma = m_step(np.array([[0.0], [2.0], [6.0]]), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    >>> (3 * pi).tolist(), mu.tolist(), Sigma.tolist()
    ([2.0, 1.0], [[1.0], [6.0]], [[[1.0]], [[0.0]]])
    """
    counts = delta.sum(axis=0)
    mu = delta.T @ X / counts[:, None]
    centred = X - mu[:, None, :]
    Sigma = (delta.T[:, :, None] * centred).transpose(0, 2, 1) @ centred / counts[:, None, None]
    return counts / len(X), mu, Sigma


def log_likelihood(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """The natural logarithm of the density of all points, whose components nobody has seen.

    Shapes
        As `responsibilities`  ->  a number.
    Units
        Nats. A density: it may be positive, and all constants, such as (2 pi)^(-N d / 2), belong to it.
    Numerics
        The sum over k is taken of logarithms with the largest one taken out, so that nothing underflows.
    Source
        PRML, eq. 9.14.

    >>> X, pi, one = np.array([[1.0], [-1.0]]), np.array([0.5, 0.5]), np.eye(1)
    >>> value = log_likelihood(X, pi, np.zeros((2, 1)), np.array([one, one]))
    >>> round(value + float(np.log(2 * np.pi)), 12)
    -1.0
    """
    return float(np.sum(np.logaddexp.reduce(_log_joint(X, pi, mu, Sigma), axis=1)))


def q_function(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """Q = sum_i sum_k delta_ik log( pi_k N(x_i; mu_k, Sigma_k) ): what the M-step maximises.

    It is the expectation of the log-likelihood of points and components together; the entropy of delta, which the
    M-step cannot change, is no part of it.

    Shapes
        As `responsibilities`, delta (N, K), which need not come from these parameters  ->  a number.
    Units
        Nats, all constants included.
    Numerics
        The logarithm of the density is never taken of a density: that may have underflowed to 0.
    Source
        PRML, eq. 9.40.

    >>> X, pi, one = np.array([[1.0], [-1.0]]), np.array([0.5, 0.5]), np.eye(1)
    >>> value = q_function(X, np.array([[1.0, 0.0], [0.5, 0.5]]), pi, np.zeros((2, 1)), np.array([one, one]))
    >>> round(value + float(np.log(2 * np.pi) + 2 * np.log(2.0)), 12)
    -1.0
    """
    return float(np.sum(delta * _log_joint(X, pi, mu, Sigma)))


def em_fit(X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int) -> tuple[Floats, Floats, Floats]:
    """The parameters (pi, mu, Sigma) after n_iter iterations of an E-step and an M-step each.

    Nothing is added to Sigma and nothing stops early: 1e-6 on the diagonal is another answer.

    Shapes
        As `responsibilities`, n_iter >= 1  ->  (K,), (K, d), (K, d, d).
    Units
        mu those of X, Sigma their square.
    Errors
        None is raised where a component collapses onto a point, but then the likelihood has no maximum.
    Numerics
        As `responsibilities` and `m_step`. Rounding errors grow a little with every iteration.
    Source
        Maximum likelihood from incomplete data via the EM algorithm, J. Roy. Statist. Soc. B 39 (1977); PRML 9.2.2.

    >>> X, one = np.array([[-9.0], [-7.0], [7.0], [9.0]]), np.array([[[1.0]], [[1.0]]])
    >>> pi, mu, Sigma = em_fit(X, np.array([0.5, 0.5]), np.array([[-6.0], [6.0]]), one, 3)
    >>> pi.round(9).tolist(), mu.round(9).tolist(), Sigma.round(9).tolist()
    ([0.5, 0.5], [[-8.0], [8.0]], [[[1.0]], [[1.0]]])
    """
    for _ in range(n_iter):
        pi, mu, Sigma = m_step(X, responsibilities(X, pi, mu, Sigma))
    return pi, mu, Sigma


def _log_joint(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """log( pi_k N(x_i; mu_k, Sigma_k) ), (N, K)."""
    centred = np.swapaxes(X - mu[:, None, :], 1, 2)
    squared_distances = np.sum(centred * np.linalg.solve(Sigma, centred), axis=1)
    _, log_determinants = np.linalg.slogdet(Sigma)
    constants = np.log(pi) - (X.shape[1] * np.log(2 * np.pi) + log_determinants) / 2
    return (constants[:, None] - squared_distances / 2).T


# ---- inputs ----

# The regime sets the unit of length. Means, points and standard deviations all go with it, so that the
# responsibilities stay what they are while densities and determinants change by orders of magnitude.
_UNITS = {"small": 0.05, "large": 20.0}


def mixture_inputs(draw: Draw, K: int, d: int, N: int) -> dict[str, Any]:
    """Points, the parameters of a mixture, and a delta that does not come from them.

    Redrawn where right answers lose their digits: where a point has next to no density under every component (plain
    densities underflow there), where components of the same spread hide the determinants, and where the covariances
    that the M-step finds are nearly singular.
    """
    for _ in range(2000):
        X, theta = _points(draw, N, d), _mixture(draw, K, d)
        delta = np.stack([draw.simplex(K) for _ in range(N)])
        inputs = {"X": X, "delta": delta, **theta}
        if _is_telling(inputs) and np.all(np.linalg.cond(m_step(X, delta)[2]) < 50):
            return inputs
    raise RuntimeError(f"no mixture of {K} Gaussians in {d} dimensions keeps its digits")


def em_inputs(draw: Draw, K: int, d: int, n_iter: int) -> dict[str, Any]:
    """12 K points in K clusters, a start that is not their fit, and the number of iterations.

    Only starts from which no component collapses on the way, and from which the last iteration still moves.
    """
    for _ in range(5000):
        theta = _mixture(draw, K, d)
        centres = theta["mu"] + _unit(draw) * draw.uniform(-0.8, 0.8, K, d)
        spread = _unit(draw) * draw.uniform(0.5, 1.0, K, 1)
        members = draw.generator.permutation(np.repeat(np.arange(K), 12))
        noise = draw.generator.standard_normal((12 * K, d))
        X = single(centres[members] + spread[members] * noise)
        if em_is_tame(X, **theta, n_iter=n_iter, unit=_unit(draw)):
            return {"X": X, **theta, "n_iter": n_iter}
    raise RuntimeError(f"{n_iter} iterations for {K} Gaussians in {d} dimensions never stay tame")


def em_is_tame(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int, unit: float = 1.0
) -> bool:
    """Whether, all the way, every N_k >= d + 2, every eigenvalue of Sigma >= 0.05 unit^2, and every step moves mu.

    >>> X, one = np.array([[-9.0], [-7.0], [7.0], [9.0]]), np.array([[[1.0]], [[1.0]]])
    >>> em_is_tame(X, np.array([0.5, 0.5]), np.array([[-6.0], [6.0]]), one, 3)  # two points each, where d + 2 = 3
    False
    """
    K, d = mu.shape
    for _ in range(n_iter):
        delta, before = responsibilities(X, pi, mu, Sigma), mu
        if delta.sum(axis=0).min() < d + 2:
            return False
        pi, mu, Sigma = m_step(X, delta)
        if np.min(np.linalg.eigvalsh(Sigma)) < 0.05 * unit**2 or np.max(np.linalg.cond(Sigma)) > 50:
            return False
        if K > 1 and np.max(np.abs(mu - before)) < 0.01 * unit:
            return False
    return True


def _unit(draw: Draw) -> float:
    return _UNITS.get(draw.regime, 1.0)


def _points(draw: Draw, N: int, d: int) -> Floats:
    points: Floats = single(_unit(draw) * 1.5 * draw.generator.standard_normal((N, d)))
    return points


def _mixture(draw: Draw, K: int, d: int) -> dict[str, Any]:
    """Uneven shares of at least 0.05, means, and covariances of different spread."""
    pi = draw.simplex(K, 3.0)
    while np.min(pi) < 0.05:
        pi = draw.simplex(K, 3.0)
    scales = draw.generator.permutation(np.geomspace(0.7, 2.2, K)) if K > 1 else [draw.uniform(0.7, 2.2)]
    covariances = [draw.spd(d, condition=draw.uniform(2.0, 5.0), scale=float(scale)) for scale in scales]
    return {
        "pi": pi,
        "mu": single(_unit(draw) * 1.2 * draw.generator.standard_normal((K, d))),
        "Sigma": single(_unit(draw) ** 2 * np.stack(covariances)),
    }


def _is_telling(inputs: dict[str, Any]) -> bool:
    """Whether every point has some density, and some point is in doubt about its component."""
    X, pi, mu, Sigma = (inputs[name] for name in ("X", "pi", "mu", "Sigma"))
    squared_distances = -2 * (_log_joint(X, pi, mu, Sigma) - np.max(_log_joint(mu, pi, mu, Sigma), axis=0))
    doubtful = len(pi) == 1 or np.sum(np.max(responsibilities(X, pi, mu, Sigma), axis=1) < 0.9) >= 3
    return bool(np.all(np.min(squared_distances, axis=1) < 30) and doubtful)


# ---- properties ----

# The parameters of a property hide the references of the same name, so these go by another.
_best, _loglik, _posterior = m_step, log_likelihood, responsibilities


def rows_of_delta_are_distributions(
    responsibilities: Callable[..., Floats], X: Floats, pi: Floats, mu: Floats, Sigma: Floats
) -> None:
    """Every point belongs to one of the K components: its responsibilities are positive and add up to 1."""
    delta = responsibilities(X, pi, mu, Sigma)
    assert np.all(delta >= 0), "a responsibility is a probability: none may be negative"
    assert np.max(np.abs(np.sum(delta, axis=1) - 1)) <= 1e-4, (
        "every point comes from one of the K components: each row of delta must add up to 1"
    )


def no_other_pi_has_a_greater_q(m_step: Callable[..., Any], X: Floats, delta: Floats) -> None:
    """With mu and Sigma at their best, no pi makes Q greater."""
    pi, best = m_step(X, delta)[0], _best(X, delta)
    assert np.min(pi) > 0 and abs(np.sum(pi) - 1) <= 1e-4, (
        "the entries of pi must be positive and add up to 1: each point belongs to one of the components"
    )
    # Divided by their sum, so that rounding does not pass for something gained or lost.
    _must_not_fall_behind(X, delta, (pi / np.sum(pi), *best[1:]), best, "pi")


def no_other_mu_has_a_greater_q(m_step: Callable[..., Any], X: Floats, delta: Floats) -> None:
    """With pi and Sigma at their best, no means make Q greater."""
    mu, best = m_step(X, delta)[1], _best(X, delta)
    _must_not_fall_behind(X, delta, (best[0], mu, best[2]), best, "mu")


def no_other_Sigma_has_a_greater_q(m_step: Callable[..., Any], X: Floats, delta: Floats) -> None:
    """With pi and mu at their best, no covariances make Q greater."""
    Sigma, best = m_step(X, delta)[2], _best(X, delta)
    _must_be_covariances(Sigma)
    _must_not_fall_behind(X, delta, (*best[:2], Sigma), best, "Sigma")


def _must_be_covariances(Sigma: Floats) -> None:
    for matrix in Sigma:
        size = np.max(np.abs(matrix))
        assert size < 1e100, "a covariance matrix must consist of ordinary numbers"
        assert np.max(np.abs(matrix - matrix.T)) <= 1e-4 * size, "a covariance matrix must be symmetric"
        eigenvalues = np.linalg.eigvalsh(matrix)
        assert eigenvalues[0] > 1e-9 * eigenvalues[-1], (
            "these points spread in every direction, so every covariance matrix must be positive definite"
        )


def _must_not_fall_behind(
    X: Floats, delta: Floats, theta: tuple[Any, ...], best: tuple[Any, ...], name: str
) -> None:
    """The reference is the optimum, so no perturbation has to be tried: nothing beats it."""
    with np.errstate(all="ignore"):
        reached = q_function(X, delta, *theta)
    assert reached >= q_function(X, delta, *best) - 1e-6, f"with another {name} than yours, Q is greater for this delta"


def q_and_entropy_make_the_log_likelihood(
    q_function: Callable[..., float], X: Floats, pi: Floats, mu: Floats, Sigma: Floats
) -> None:
    """For the delta of the E-step, Q and the entropy of delta add up to the log-likelihood."""
    delta = _posterior(X, pi, mu, Sigma)
    entropy = -np.sum(delta * np.log(np.maximum(delta, np.finfo(float).tiny)))
    total = q_function(X, delta, pi, mu, Sigma) + entropy
    target = _loglik(X, pi, mu, Sigma)
    assert abs(total - target) <= 1e-4 * (abs(target) + len(X)), (
        "for the delta of the E-step, your Q plus the entropy of delta must be the log-likelihood of the points"
    )


def the_log_likelihood_never_falls(
    em_fit: Callable[..., Any], X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> None:
    """The points are at least as likely after the iterations as before."""
    fitted_pi, fitted_mu, fitted_Sigma = em_fit(X, pi, mu, Sigma, n_iter)
    assert np.min(fitted_pi) > 0 and abs(np.sum(fitted_pi) - 1) <= 1e-4, (
        "the entries of pi must be positive and add up to 1"
    )
    _must_be_covariances(fitted_Sigma)
    with np.errstate(all="ignore"):
        after = _loglik(X, fitted_pi, fitted_mu, fitted_Sigma)
    assert after >= _loglik(X, pi, mu, Sigma) - 1e-3, (
        "the points are less likely under your parameters than under those that you started from: EM never does that"
    )
