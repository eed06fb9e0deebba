"""What goes wrong with EM for a mixture of Gaussians."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem4 import _log_joint, em_fit, log_likelihood, m_step, q_function, responsibilities

Floats = NDArray[np.float64]


# ---- the E-step ----


def delta_without_the_shares(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You leave out pi: a component that holds more of the points is also more probable beforehand."""
    return responsibilities(X, np.full(len(pi), 1 / len(pi)), mu, Sigma)


def delta_not_normalised(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You stop at the joint density of point and component. By Bayes' rule it has to be divided by the density of the
    point.
    """
    return np.exp(_log_joint(X, pi, mu, Sigma))


def delta_normalised_over_the_points(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """Your columns add up to 1. It is the components that a point chooses among: add up over k, not over i."""
    joint = np.exp(_log_joint(X, pi, mu, Sigma))
    return joint / np.sum(joint, axis=0)


def delta_of_0_and_1(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You give every point to its most probable component. The E-step keeps the doubt: delta is a probability."""
    return np.eye(len(pi))[np.argmax(_log_joint(X, pi, mu, Sigma), axis=1)]


def delta_without_the_determinants(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You leave out the determinants. They differ from component to component, so they do not cancel."""
    return _shares(_log_joint(X, pi, mu, Sigma) + np.linalg.slogdet(Sigma)[1] / 2)


def delta_with_the_determinants_outside_the_root(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You divide by the determinant itself. Look at its exponent in the Gaussian density."""
    return _shares(_log_joint(X, pi, mu, Sigma) - np.linalg.slogdet(Sigma)[1] / 2)


def delta_without_the_half_in_the_exponent(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """Your densities fall off too fast: look at the factor of the squared distance in the exponent."""
    return _shares(_log_joint(X, pi, mu, Sigma) - _squared_distances(X, mu, np.linalg.inv(Sigma)) / 2)


def delta_of_uncorrelated_features(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """You use the diagonals of the covariance matrices only, as if the features were independent."""
    return responsibilities(X, pi, mu, Sigma * np.eye(X.shape[1]))


def delta_with_Sigma_not_inverted(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> Floats:
    """Your distances grow with Sigma. Along a direction in which a component is wide, a point should count as near."""
    return _shares(np.log(pi) - np.linalg.slogdet(Sigma)[1] / 2 - _squared_distances(X, mu, Sigma) / 2)


# ---- the M-step: pi ----


def pi_as_sums(X: Floats, delta: Floats) -> Floats:
    """Your pi holds how many points each component has. Shares add up to 1."""
    return delta.sum(axis=0)


def pi_divided_by_K(X: Floats, delta: Floats) -> Floats:
    """You divide by the number of components. Add up your entries: by what should they be divided?"""
    return delta.sum(axis=0) / delta.shape[1]


def pi_divided_by_N_minus_1(X: Floats, delta: Floats) -> Floats:
    """You divide by N - 1. The entries of pi should add up to 1, as every row of delta does."""
    return delta.sum(axis=0) / (len(X) - 1)


def pi_all_equal(X: Floats, delta: Floats) -> Floats:
    """Your components all have the same share. How much of the points each has can be read off delta."""
    return np.full(delta.shape[1], 1 / delta.shape[1])


def pi_from_the_largest_delta(X: Floats, delta: Floats) -> Floats:
    """You count each point for its most probable component. A point counts for all, with its responsibilities."""
    return np.mean(_hard(delta), axis=0)


# ---- the M-step: mu ----


def mu_divided_by_N(X: Floats, delta: Floats) -> Floats:
    """You divide every weighted sum by N. A mean is divided by the sum of its weights."""
    return delta.T @ X / len(X)


def mu_not_divided(X: Floats, delta: Floats) -> Floats:
    """Your weighted sums are not divided by anything: a mean is divided by the sum of its weights."""
    return delta.T @ X


def mu_divided_by_N_k_minus_1(X: Floats, delta: Floats) -> Floats:
    """You subtract 1 from the sum of the weights. Try it with X the same everywhere: what should the mean be?"""
    return delta.T @ X / (delta.sum(axis=0) - 1)[:, None]


def mu_of_all_points(X: Floats, delta: Floats) -> Floats:
    """Every component gets the mean of all points. A point counts with its responsibility."""
    return np.tile(X.mean(axis=0), (delta.shape[1], 1))


def mu_from_the_largest_delta(X: Floats, delta: Floats) -> Floats:
    """You take the mean of the points that each component is most probable for, as k-means does. A point counts for
    all components, with its responsibilities.
    """
    hard = _hard(delta)
    return hard.T @ X / np.maximum(hard.sum(axis=0), 1)[:, None]


def mu_with_squared_weights(X: Floats, delta: Floats) -> Floats:
    """You weigh the points with the squares of their responsibilities."""
    return (delta**2).T @ X / (delta**2).sum(axis=0)[:, None]


# ---- the M-step: Sigma ----


def Sigma_divided_by_N(X: Floats, delta: Floats) -> Floats:
    """You divide every weighted sum by N. A mean is divided by the sum of its weights."""
    pi, _, Sigma = m_step(X, delta)
    return pi[:, None, None] * Sigma


def Sigma_divided_by_N_k_minus_1(X: Floats, delta: Floats) -> Floats:
    """You subtract 1 from the sum of the weights, as the unbiased estimate of a covariance does. The maximum of Q does
    not.
    """
    counts = delta.sum(axis=0)
    return m_step(X, delta)[2] * (counts / (counts - 1))[:, None, None]


def Sigma_about_the_common_mean(X: Floats, delta: Floats) -> Floats:
    """Your deviations are from the mean of all points. Each component's spread is about its own mean."""
    return _scatter(X, delta, np.tile(X.mean(axis=0), (delta.shape[1], 1)))


def Sigma_about_the_origin(X: Floats, delta: Floats) -> Floats:
    """You average x x^T without subtracting the mean: these are second moments, not covariances."""
    return _scatter(X, delta, np.zeros((delta.shape[1], X.shape[1])))


def Sigma_shared(X: Floats, delta: Floats) -> Floats:
    """All your components have the same covariance. Here each has its own."""
    pi, _, Sigma = m_step(X, delta)
    return np.tile(np.sum(pi[:, None, None] * Sigma, axis=0), (len(pi), 1, 1))


def Sigma_diagonal(X: Floats, delta: Floats) -> Floats:
    """Your covariances between different coordinates are 0. Nothing says that the coordinates are independent."""
    return m_step(X, delta)[2] * np.eye(X.shape[1])


def Sigma_of_all_points(X: Floats, delta: Floats) -> Floats:
    """Every component gets the covariance of all points. A point counts with its responsibility."""
    return np.tile(_scatter(X, np.ones((len(X), 1)), X.mean(axis=0)[None, :]), (delta.shape[1], 1, 1))


def Sigma_with_a_ridge(X: Floats, delta: Floats) -> Floats:
    """You add 1e-6 to the variances. That helps where Sigma is singular, which it is not here, and it is another
    answer: leave it out.
    """
    return m_step(X, delta)[2] + 1e-6 * np.eye(X.shape[1])


def Sigma_from_the_largest_delta(X: Floats, delta: Floats) -> Floats:
    """You use the points that each component is most probable for, as k-means does. A point counts for all components,
    with its responsibilities.
    """
    hard = _hard(delta)
    counts = np.maximum(hard.sum(axis=0), 1)[:, None]
    return _scatter(X, hard, hard.T @ X / counts)


# ---- the log-likelihood ----


def log_likelihood_as_a_mean(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """This is the mean over the points. The log-likelihood is a sum."""
    return log_likelihood(X, pi, mu, Sigma) / len(X)


def log_likelihood_negative(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """This is the negative log-likelihood: check the sign."""
    return -log_likelihood(X, pi, mu, Sigma)


def log_likelihood_without_2_pi(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You leave out the powers of 2 pi. They do not matter to the maximum, but all constants are asked for."""
    return log_likelihood(X, pi, mu, Sigma) + X.size / 2 * float(np.log(2 * np.pi))


def log_likelihood_without_the_shares(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You add up the components' densities without pi: this is not a density any more."""
    return log_likelihood(X, np.ones_like(pi), mu, Sigma)


def log_likelihood_with_the_logarithm_inside(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You take the logarithm inside the sum over k. The density of a point is the sum; its logarithm comes after."""
    return float(np.sum((_log_joint(X, pi, mu, Sigma) - np.log(pi)) @ pi))


def log_likelihood_of_points_and_components(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """This is Q at the delta of the E-step, which EM maximises instead. It is smaller than the log-likelihood: by how
    much, and why?
    """
    return q_function(X, responsibilities(X, pi, mu, Sigma), pi, mu, Sigma)


def log_likelihood_with_logarithms_added(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You add the logarithms of all components. Nobody knows which one a point comes from: add their densities, then
    take the logarithm.
    """
    return float(np.sum(_log_joint(X, pi, mu, Sigma)))


def log_likelihood_of_the_best_component(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You take the most probable component of each point only. All components add to the density of a point."""
    return float(np.sum(np.max(_log_joint(X, pi, mu, Sigma), axis=1)))


def log_likelihood_in_bits(X: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """Your logarithm has base 2. Logarithms are natural in this homework."""
    return log_likelihood(X, pi, mu, Sigma) / float(np.log(2))


# ---- Q ----


def Q_with_the_entropy(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """This is the evidence lower bound. Q is the part of it that depends on the parameters: without the entropy of
    delta.
    """
    return q_function(X, delta, pi, mu, Sigma) - float(np.sum(delta * np.log(delta)))


def Q_with_its_own_responsibilities(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You compute delta from these parameters. It is handed in, and comes from the old ones."""
    return q_function(X, responsibilities(X, pi, mu, Sigma), pi, mu, Sigma)


def Q_without_the_shares(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You leave out log pi: the joint density of point and component has the factor pi."""
    return q_function(X, delta, np.ones_like(pi), mu, Sigma)


def Q_without_2_pi(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You leave out the powers of 2 pi. They do not matter to the maximum, but all constants are asked for."""
    return q_function(X, delta, pi, mu, Sigma) + X.size / 2 * float(np.log(2 * np.pi))


def Q_as_a_mean(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """You take the mean over the points. Q is a sum over them."""
    return q_function(X, delta, pi, mu, Sigma) / len(X)


def Q_as_the_log_likelihood(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """This is the log-likelihood, in which delta plays no part."""
    return log_likelihood(X, pi, mu, Sigma)


def Q_with_delta_inside_the_logarithm(X: Floats, delta: Floats, pi: Floats, mu: Floats, Sigma: Floats) -> float:
    """Your delta stands inside the logarithm. It is the weight with which the logarithms are averaged."""
    return float(np.sum(np.log(np.sum(delta * np.exp(_log_joint(X, pi, mu, Sigma)), axis=1))))


# ---- EM ----


def em_with_a_ridge(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """You add 1e-6 to the variances in every iteration. That helps where Sigma is singular, which it is not here, and
    it is another answer: leave it out.
    """
    return _iterated(X, pi, mu, Sigma, n_iter, lambda X, delta, *_: _with_ridge(*m_step(X, delta)))


def em_one_iteration_short(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """You stop one iteration too early: count how often your loop runs."""
    return em_fit(X, pi, mu, Sigma, n_iter - 1)


def em_one_iteration_long(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """You run one iteration too many: count how often your loop runs."""
    return em_fit(X, pi, mu, Sigma, n_iter + 1)


def em_of_one_iteration(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Whatever n_iter is, you end where one iteration does: each E-step has to use the parameters of the M-step before
    it.
    """
    return em_fit(X, pi, mu, Sigma, 1)


def em_with_the_old_mean_in_Sigma(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your Sigma is about the mean from before the iteration. The maximum of Q has the new one in it."""

    def step(X: Floats, delta: Floats, old: Floats, _: Floats) -> tuple[Floats, Floats, Floats]:
        return *m_step(X, delta)[:2], _scatter(X, delta, old)

    return _iterated(X, pi, mu, Sigma, n_iter, step)


def em_that_keeps_the_shares(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your pi stays as it was at the start. The M-step updates it too."""
    return _iterated(X, pi, mu, Sigma, n_iter, lambda X, delta, *_: (pi, *m_step(X, delta)[1:]))


def em_that_keeps_the_covariances(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your Sigma stays as it was at the start. The M-step updates it too."""
    return _iterated(X, pi, mu, Sigma, n_iter, lambda X, delta, *_: (*m_step(X, delta)[:2], Sigma))


def em_with_the_unbiased_covariance(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your Sigma is divided by the sum of its weights less 1, as the unbiased estimate is. The maximum of Q does not do
    that.
    """

    def step(X: Floats, delta: Floats, *_: Floats) -> tuple[Floats, Floats, Floats]:
        return *m_step(X, delta)[:2], Sigma_divided_by_N_k_minus_1(X, delta)

    return _iterated(X, pi, mu, Sigma, n_iter, step)


def em_with_diagonal_covariances(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your covariances between different coordinates are 0. Nothing says that the coordinates are independent."""

    def step(X: Floats, delta: Floats, *_: Floats) -> tuple[Floats, Floats, Floats]:
        return *m_step(X, delta)[:2], Sigma_diagonal(X, delta)

    return _iterated(X, pi, mu, Sigma, n_iter, step)


def em_without_the_shares_in_the_e_step(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Your E-step leaves out pi: a component that holds more of the points is also more probable beforehand."""
    for _ in range(n_iter):
        pi, mu, Sigma = m_step(X, delta_without_the_shares(X, pi, mu, Sigma))
    return pi, mu, Sigma


def em_that_moves_only_the_means(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int
) -> tuple[Floats, Floats, Floats]:
    """Only your means move; pi and Sigma stay as they were at the start. The M-step updates all three."""
    return _iterated(X, pi, mu, Sigma, n_iter, lambda X, delta, *_: (pi, m_step(X, delta)[1], Sigma))


# ---- what the above share ----


def _shares(joint: Floats) -> Floats:
    """Responsibilities, from the logarithms of something in the place of the joint densities."""
    shares: Floats = np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])
    return shares


def _squared_distances(X: Floats, mu: Floats, precision: Floats) -> Floats:
    """(x_i - mu_k)^T P_k (x_i - mu_k), (N, K)."""
    centred = X - mu[:, None, :]
    return np.einsum("kia,kab,kib->ik", centred, precision, centred)


def _hard(delta: Floats) -> Floats:
    """1 for the component of the largest responsibility, else 0."""
    return np.eye(delta.shape[1])[np.argmax(delta, axis=1)]


def _scatter(X: Floats, delta: Floats, about: Floats) -> Floats:
    """The weighted means of (x - a)(x - a)^T, for one point a per component."""
    centred = X - about[:, None, :]
    counts = np.maximum(delta.sum(axis=0), 1e-12)
    return np.einsum("ik,kia,kib->kab", delta, centred, centred) / counts[:, None, None]


def _with_ridge(pi: Floats, mu: Floats, Sigma: Floats) -> tuple[Floats, Floats, Floats]:
    return pi, mu, Sigma + 1e-6 * np.eye(mu.shape[1])


def _iterated(
    X: Floats, pi: Floats, mu: Floats, Sigma: Floats, n_iter: int, step: Callable[..., Any]
) -> tuple[Floats, Floats, Floats]:
    """EM with another M-step, which also gets the old means and covariances."""
    for _ in range(n_iter):
        pi, mu, Sigma = step(X, responsibilities(X, pi, mu, Sigma), mu, Sigma)
    return pi, mu, Sigma
