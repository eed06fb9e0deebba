"""Problem 1: dropout, with torch and its distributions."""

import math

import torch
from torch.distributions import Binomial, Poisson

torch.set_default_dtype(torch.float64)


def tensor(a):
    return torch.as_tensor(a, dtype=torch.float64)


def dropout(h, p, rng, training=True):
    h = tensor(h)
    if not training:
        return h
    dropped = torch.from_numpy(rng.uniform(size=tuple(h.shape))) < p
    return h.masked_fill(dropped, 0.0) / (1 - p)


def expected_activation(h, p, rescale):
    return tensor(h) * (1.0 if rescale else 1 - p)


def mean_activation(scale=1.0):
    return tensor(scale) / math.sqrt(2 * math.pi)


def second_moment_activation(scale=1.0):
    return tensor(scale) ** 2 / 2


def variance_before_dropout(scale=1.0):
    return second_moment_activation(scale) - mean_activation(scale).square()


def variance_after_dropout(p, scale=1.0):
    return variance_before_dropout(scale) + p / (1 - p) * second_moment_activation(scale)


def expected_kept_units(M, p):
    return [M - M * p]


def kept_units_pmf(k, M, p):
    k = torch.as_tensor(k)
    inside = (k >= 0) & (k <= M)
    counts = torch.where(inside, k, 0).to(torch.float64)
    log_choices = math.lgamma(M + 1) - torch.lgamma(counts + 1) - torch.lgamma(M - counts + 1)
    probability = log_choices.exp() * tensor(1 - p) ** counts * tensor(p) ** (M - counts)
    return torch.where(inside, probability, torch.zeros(()))


def poisson_limit_pmf(k, lam):
    k = torch.as_tensor(k)
    probability = Poisson(tensor(lam)).log_prob(k.clamp(min=0).to(torch.float64)).exp()
    return torch.where(k >= 0, probability, torch.zeros(()))


def poisson_limit_gap(M, lam):
    k = torch.arange(M + 1.0)
    binomial = Binomial(M, probs=tensor(lam / M)).log_prob(k).exp()
    return (binomial - poisson_limit_pmf(k, lam)).abs().max()


def thinned_pmf(k, lam, p):
    # Summed over M, as it stands in the question; what is left out is far beyond the mean.
    k = torch.as_tensor(k)
    total = torch.zeros(k.shape)
    for m in range(120):
        total += torch.exp(m * math.log(lam) - lam - torch.lgamma(tensor(m + 1.0))) * kept_units_pmf(k, m, p)
    return total


def sample_kept_units(lam, p, size, rng):
    return torch.from_numpy(rng.poisson(lam * (1 - p), size))
