"""Tails of known laws, and bounds on the tails of unknown ones.

scipy is imported when the first draws are judged, and of it only `special`: `stats` would take ten times as long.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.laws.claim import Floats

# k -> (P(X <= k), P(X >= k)), for numbers and arrays.
Tails = Callable[[Any], tuple[Any, Any]]

# Deviations, in standard errors, at which Catoni's bound is tuned: it is close to the normal tail near each of them.
AIMS = (3.0, 7.5)
# From here on scipy's series for a gamma tail needs more terms than it takes.
LONG_SERIES = 3e5
MOST = 1e18  # of a count: as good as infinite


def binomial(n: Any, p: Any) -> Tails:
    """Of the number of hits among n tries of probability p."""
    from scipy.special import betainc

    def tails(k: Any) -> tuple[Any, Any]:
        k = np.asarray(k, dtype=np.float64)
        below = betainc(np.clip(n - k, 1, MOST), np.maximum(k + 1, 1), 1 - p)
        above = betainc(np.clip(k, 1, MOST), np.maximum(n - k + 1, 1), p)
        return (
            np.where(k >= n, 1.0, np.where(k < 0, 0.0, below)),
            np.where(k <= 0, 1.0, np.where(k > n, 0.0, above)),
        )

    return tails


def poisson(rate: float) -> Tails:
    """Of a Poisson number."""
    from scipy.special import gammaincc

    def tails(k: Any) -> tuple[Any, Any]:
        k = np.asarray(k, dtype=np.float64)
        below = np.where(k < 0, 0.0, gammaincc(np.clip(k, 0, MOST) + 1, rate))
        return below, np.where(k <= 0, 1.0, _lower_gamma(np.clip(k, 1, MOST), rate))

    return tails


def chi_squared(n: int) -> Tails:
    """Of the sum of the squares of n standard normal numbers."""
    from scipy.special import gammaincc

    def tails(squares: Any) -> tuple[Any, Any]:
        return _lower_gamma(n / 2, squares / 2), gammaincc(n / 2, squares / 2)

    return tails


def _lower_gamma(a: Any, x: Any) -> Any:
    """The regularised incomplete gamma function P(a, x), or Chernoff's bound on it.

    scipy cuts its series short where a is large and x far below it: at 2e7, six standard deviations, it loses 6 %.
    """
    from scipy.special import gammainc

    far = (a > LONG_SERIES) & (x < a - 4 * np.sqrt(a))
    bound = np.exp(np.minimum(a - x - a * np.log(a / np.maximum(x, np.finfo(float).tiny)), 0))
    return np.where(far, bound, gammainc(a, x))


def two_sided(below: Any, above: Any) -> Any:
    """The chance of what is as odd on either side: at most twice that of the rarer side."""
    return np.minimum(1.0, 2 * np.minimum(below, above))


def oddest(chances: Any) -> float:
    """The chance that the least of several chances is as small as it is: at most their number times it."""
    return min(1.0, float(np.min(chances)) * np.size(chances))


def shape(u: Floats) -> float:
    """Of the largest distance between the draws' distribution function and the law's.

    u are the draws put through the law's own, which is continuous.

    Source
        P. Massart, The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality, Annals of Probability 18(3), 1990.
    """
    u, n = np.sort(u.ravel()), u.size
    distance = max(float(np.max(np.arange(1, n + 1) / n - u)), float(np.max(u - np.arange(n) / n)))
    return min(1.0, 2 * float(np.exp(-2 * n * distance**2)))


def mean_of_any_law(deviations: Floats, variance: float) -> float:
    """Of a mean so far from 0, for independent deviations of mean 0 and no more than this variance.

    With psi(x) = sign(x) log(1 + |x| + x^2 / 2), E exp(psi(t x)) <= 1 + t^2 variance / 2 <= exp(t^2 variance / 2) for
    every t, so that the sum of psi(t x) exceeds n t^2 variance / 2 + s with a chance of exp(-s) at most.

    Source
        O. Catoni, Challenging the empirical mean and empirical variance: a deviation study, Annales de l'Institut
        Henri Poincare 48(4), 2012.
    """
    variance = max(variance, 1e-12)  # the squares of signs have none
    chances = []
    for aim in AIMS:
        x = deviations * (aim / np.sqrt(deviations.size * variance))
        size = np.abs(x)
        total = float(np.sum(np.sign(x) * np.log1p(size + size**2 / 2)))
        chances.append(2 * np.exp(min(aim**2 / 2 - abs(total), 0.0)))
    return oddest(chances)
