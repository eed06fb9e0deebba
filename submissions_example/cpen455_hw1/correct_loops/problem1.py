"""Problem 1: dropout, in plain Python."""

import bisect
import itertools
import math

import numpy as np


def shaped(numbers, like):
    """A flat list in the shape of an array, as nested lists."""
    if not like.shape:
        return next(numbers)
    return [shaped(numbers, entry) for entry in like]


def entries(array):
    return [float(entry) for entry in array.reshape(-1)]


# 1.1 why rescale


def dropout(h, p, rng, training=True):
    if training:
        for index, u in enumerate(rng.random(h.size).tolist()):
            h.flat[index] = 0.0 if u < p else h.flat[index] / (1.0 - p)
    return h


def expected_activation(h, p, rescale):
    # Over both values of the mask: 0 with probability p, kept otherwise.
    kept = [value / (1 - p) if rescale else value for value in entries(h)]
    return shaped(iter([p * 0.0 + (1 - p) * value for value in kept]), h)


# 1.2 before and after dropout


def mean_activation(scale=1.0):
    return scale * (2 * math.pi) ** -0.5


def second_moment_activation(scale=1.0):
    return scale * scale / 2


def variance_before_dropout(scale=1.0):
    return scale**2 * (math.pi - 1) / (2 * math.pi)


def variance_after_dropout(p, scale=1.0):
    # Var = E[Var given h] + Var[E given h]
    return second_moment_activation(scale) * p / (1 - p) + variance_before_dropout(scale)


# 1.3 the number of kept units


def expected_kept_units(M, p):
    return sum(1 - p for _ in range(M))


def kept_units_pmf(k, M, p):
    law = [1.0]
    for _ in range(M):  # one more unit: dropped, or kept
        law = [p * a + (1 - p) * b for a, b in zip(law + [0.0], [0.0] + law)]
    return over(k, law)


def over(k, law):
    """The probabilities of k, an integer or an array of them, where law holds those of 0, 1, 2, ..."""
    if isinstance(k, int):
        return law[k] if 0 <= k < len(law) else 0.0
    return shaped(iter([over(int(j), law) for j in entries(k)]), k)


# 1.4 the Poisson limit


def poisson(lam, terms):
    law = [math.exp(-lam)]
    for k in range(1, terms):
        law.append(law[-1] * lam / k)
    return law


def poisson_limit_pmf(k, lam):
    return over(k, poisson(lam, 60))


def poisson_limit_gap(M, lam):
    q = lam / M
    binomial = [math.exp(M * math.log1p(-q))]
    for k in range(min(M, 60)):
        binomial.append(binomial[-1] * (M - k) / (k + 1) * q / (1 - q))
    return max(abs(a - b) for a, b in zip(binomial, poisson(lam, len(binomial))))


# 1.5 a random number of units


def thinned_pmf(k, lam, p):
    return poisson_limit_pmf(k, lam - lam * p)


def sample_kept_units(lam, p, size, rng):
    cumulated = list(itertools.accumulate(poisson(lam * (1 - p), 80)))
    return np.array([bisect.bisect_left(cumulated, u) for u in rng.random(size).tolist()])
