"""Gaussian class conditionals by Cholesky factors, indicator matrices and differences of logarithms."""

import numpy as np


def _log_density(x, mu, Sigma):
    root = np.linalg.cholesky(np.atleast_2d(Sigma))
    z = np.linalg.solve(root, np.atleast_1d(x - mu))
    return -0.5 * np.dot(z, z) - np.log(np.diag(root)).sum() - 0.5 * len(z) * np.log(2 * np.pi)


def log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    of = {1: (pi1, mu1, Sigma1), 2: (pi2, mu2, Sigma2)}
    pairs = zip(X, y.tolist(), strict=True)
    return sum(np.log(of[label][0]) + _log_density(row, *of[label][1:]) for row, label in pairs)


def log_likelihood_shared(X, y, pi1, pi2, mu1, mu2, Sigma):
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def _moments(X, member):
    count = member.sum()
    mean = member @ X / count
    return count / len(X), mean, np.einsum("n,ni,nj->ij", member, X - mean, X - mean) / count


def gmm_mle(X, y):
    pi1, mu1, Sigma1 = _moments(X, (y == 1).astype(float))
    pi2, mu2, Sigma2 = _moments(X, (y == 2).astype(float))
    return pi1, pi2, mu1, mu2, Sigma1, Sigma2


def gmm_mle_shared(X, y):
    pi1, pi2, mu1, mu2, Sigma1, Sigma2 = gmm_mle(X, y)
    return pi1, pi2, mu1, mu2, pi1 * Sigma1 + pi2 * Sigma2


def posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return np.log(pi1) + _log_density(x, mu1, Sigma1) - np.log(pi2) - _log_density(x, mu2, Sigma2)


def posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return (1 + np.tanh(posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2) / 2)) / 2


def posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma):
    return posterior_c1(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def class_conditional_c1(x, mu1, Sigma1):
    return np.exp(_log_density(x, mu1, Sigma1))


def class_conditional_c1_shared(x, mu1, Sigma):
    return np.exp(_log_density(x, mu1, Sigma))


def linear_logit_params(pi1, pi2, mu1, mu2, Sigma):
    w = np.linalg.inv(Sigma) @ (mu1 - mu2)
    return w, np.log(pi1 / pi2) - w @ (mu1 + mu2) / 2
