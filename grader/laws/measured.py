"""Laws of real numbers."""

from typing import Any

import numpy as np

from grader.laws import tails
from grader.laws.claim import HUGE, Claim, Floats, capital, of_mean, of_variance
from grader.laws.dependence import independence

SINGLE = 1e-6  # of the length of an interval: what single precision may do to its ends


def normal(draws: Any, mean: float, sd: float, what: str = "the draws") -> list[Claim]:
    """Independent normal numbers of this mean and standard deviation."""
    from scipy.special import ndtr

    draws = np.asarray(draws, dtype=np.float64)
    z = _standard(draws, mean, sd)
    total, squares = np.sum(z) / np.sqrt(z.size), np.sum(z**2)
    return [
        *independence(draws, what),
        of_mean(tails.two_sided(ndtr(total), ndtr(-total)), draws, mean, what),
        of_variance(tails.two_sided(*tails.chi_squared(z.size)(squares)), squares > z.size, what),
        Claim(tails.shape(ndtr(z)), f"{capital(what)} follow another law."),
    ]


def uniform(draws: Any, low: float, high: float, what: str = "the draws") -> list[Claim]:
    """Independent uniform numbers on [low, high]."""
    draws = np.asarray(draws, dtype=np.float64)
    u = _standard(draws, low, high - low)
    if u.min() < -SINGLE or u.max() > 1 + SINGLE:
        return [Claim(0.0, f"Some of {what} lie outside the interval that they are drawn from.")]
    gap = np.clip(max(float(u.min()), 1 - float(u.max())) - SINGLE, 0, 1)
    unreached = 2 * (1 - gap) ** u.size
    return [
        *independence(draws, what),
        Claim(min(1.0, float(unreached)), f"{capital(what)} do not reach both ends of their interval."),
        Claim(tails.shape(np.clip(u, 0, 1)), f"{capital(what)} follow another law on their interval."),
    ]


def moments(draws: Any, mean: float, variance: float, kurtosis: float, what: str = "the draws") -> list[Claim]:
    """Independent numbers of this mean and variance, where several laws are right.

    All that is assumed of a right law is a bound on its kurtosis E(x - mean)^4 / variance^2: uniform 1.8, normal 3,
    products of two normal numbers 9. A bound that is too large costs power, one that is too small the guarantee.
    """
    draws = np.asarray(draws, dtype=np.float64)
    z = _standard(draws, mean, np.sqrt(variance))
    squares = z**2
    return [
        *independence(draws, what),
        *independence(squares, f"the sizes of {what}"),
        of_mean(tails.mean_of_any_law(z, 1.0), draws, mean, what),
        of_variance(tails.mean_of_any_law(squares - 1, kurtosis - 1), np.mean(squares) > 1, what),
    ]


def _standard(draws: Floats, origin: float, unit: Any) -> Floats:
    standard: Floats = np.clip((draws - origin) / unit, -HUGE, HUGE)
    return standard
