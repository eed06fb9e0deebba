"""Problem 1: dropout."""

from math import comb, exp, factorial, lgamma, log, log1p, pi, sqrt

import numpy as np

# 1.1 why rescale


def dropout(h, p, rng, training=True):
    if not training:
        return h
    mask = rng.binomial(1, 1 - p, size=h.shape)
    return mask / (1 - p) * h


def expected_activation(h, p, rescale):
    return h if rescale else (1 - p) * h


# 1.2 before and after dropout


def mean_activation(scale=1.0):
    return scale / sqrt(2 * pi)


def second_moment_activation(scale=1.0):
    return 0.5 * scale**2


def variance_before_dropout(scale=1.0):
    return second_moment_activation(scale) - mean_activation(scale) ** 2


def variance_after_dropout(p, scale=1.0):
    return second_moment_activation(scale) / (1 - p) - mean_activation(scale) ** 2


# 1.3 the number of kept units


def expected_kept_units(M, p):
    return M * (1 - p)


def kept_units_pmf(k, M, p):
    def probability(k):
        return comb(M, k) * (1 - p) ** k * p ** (M - k) if 0 <= k <= M else 0.0

    return np.vectorize(probability, otypes=[float])(k)


# 1.4 the Poisson limit


def poisson_limit_pmf(k, lam):
    def probability(k):
        return lam**k * exp(-lam) / factorial(k) if k >= 0 else 0.0

    return np.vectorize(probability, otypes=[float])(k)


def poisson_limit_gap(M, lam):
    q = lam / M
    gap = 0.0
    for k in range(M + 1):
        log_binomial = lgamma(M + 1) - lgamma(k + 1) - lgamma(M - k + 1) + k * log(q) + (M - k) * log1p(-q)
        log_poisson = k * log(lam) - lam - lgamma(k + 1)
        gap = max(gap, abs(exp(log_binomial) - exp(log_poisson)))
    return gap


# 1.5 a random number of units


def thinned_pmf(k, lam, p):
    return poisson_limit_pmf(k, lam * (1 - p))


def sample_kept_units(lam, p, size, rng):
    return rng.binomial(rng.poisson(lam, size), 1 - p)
