"""Laws of events, counts and orders."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.laws import tails
from grader.laws.claim import HUGE, Claim, Floats, capital, of_mean, of_variance
from grader.laws.dependence import independence

# How many counts are "no farther from the mean than so many standard deviations": the first tells most of counts that
# hardly vary, the second of a variance that is some percent off.
REACHES = (0.7, 1.5)
# Values rarer than that are counted together.
RARE = 1e-6
# The orders of more items are too many to count each of them.
MAX_ORDERED = 5


def bernoulli(hits: Any, p: float, what: str = "hits") -> list[Claim]:
    """Independent events of probability p: in all, at every place, in every call, and one against another.

    Shapes
        hits (calls, ...), truth values; `what` names the events, such as "kept units".
    """
    hits = np.asarray(hits, dtype=bool)
    calls, size, count = len(hits), hits[0].size, int(np.sum(hits))
    below, above = tails.binomial(hits.size, p)(count)
    word = "few" if below < above else "many"
    claims = independence(hits, f"the {what}")
    claims.append(Claim(float(tails.two_sided(below, above)), f"There are too {word} {what}: {count} of {hits.size}."))
    if size > 1:
        claims.append(_places(np.sum(hits, axis=0), calls, p, what))
        counts = np.sum(hits.reshape(calls, -1), axis=1)
        sentence = f"The number of {what} varies too {{}} from call to call: draw each by itself."
        claims += _spread(counts, size * p, size * p * (1 - p), tails.binomial(size, p), sentence)
    return claims


def binomial(draws: Any, n: int, p: float, what: str = "the draws") -> list[Claim]:
    """Independent numbers of hits among n tries of probability p."""
    variance = n * p * (1 - p)
    # With no variance there is one value, which the mean shows.
    moments = n * p, variance, 3 + (1 - 6 * p * (1 - p)) / (variance or 1)
    return _counts(draws, moments, n, tails.binomial(n, p), lambda m: tails.binomial(m * n, p), what)


def poisson(draws: Any, rate: float, what: str = "the draws") -> list[Claim]:
    """Independent Poisson numbers of this mean."""
    moments = rate, rate, 3 + 1 / rate
    return _counts(draws, moments, np.inf, tails.poisson(rate), lambda m: tails.poisson(m * rate), what)


def categorical(draws: Any, probabilities: Sequence[float], what: str = "the draws") -> list[Claim]:
    """Independent draws of 0, 1, ... with these probabilities."""
    draws = np.asarray(draws, dtype=np.float64)
    if sentence := _impossible(draws, len(probabilities) - 1, what):
        return [Claim(0.0, sentence)]
    return [*independence(draws, what), _frequencies(draws, np.asarray(probabilities, dtype=np.float64), what)]


def permutations(draws: Any, what: str = "the permutations") -> list[Claim]:
    """Independent permutations of 0 ... k-1, all orders equally likely.

    Shapes
        draws (calls, k), one permutation for each call.
    """
    draws = np.asarray(draws, dtype=np.float64)
    calls, k = draws.shape
    if np.any(np.sort(draws, axis=1) != np.arange(k)):
        return [Claim(0.0, f"Some of {what} do not hold every item once.")]
    items = draws.astype(np.int64)
    cells = np.array([np.bincount(column, minlength=k) for column in items.T])
    claims = independence(draws[:, 0], f"the first items of {what}")
    claims.append(_each(cells, calls, 1 / k, f"In {what}, some item is too often, or too rarely, at some place."))
    if k <= MAX_ORDERED:
        digits = k ** np.arange(k)
        orders = [int(np.dot(order, digits)) for order in itertools.permutations(range(k))]
        counts = np.bincount(items @ digits, minlength=k**k)[orders]
        claims.append(_each(counts, calls, 1 / len(orders), f"Among {what}, some order is too frequent or too rare."))
    return claims


# ---- looks at counts ----


def _counts(
    draws: Any, moments: tuple[float, float, float], most: float, law: tails.Tails, law_of_sum: Any, what: str
) -> list[Claim]:
    """Independent counts of a law of this mean, variance and kurtosis; the sum of m has the law `law_of_sum(m)`."""
    draws = np.asarray(draws, dtype=np.float64)
    if sentence := _impossible(draws, most, what):
        return [Claim(0.0, sentence)]
    mean, variance, kurtosis = moments
    squares = np.minimum((draws - mean) ** 2, HUGE) / (variance or 1)
    total = tails.two_sided(*law_of_sum(draws.size)(np.sum(draws)))
    top = int(min(most, mean + 40 * np.sqrt(mean) + 40))
    probabilities = np.clip(np.diff(np.append(law(np.arange(top + 1))[0], 1.0), prepend=0.0), 0, 1)
    return [
        *independence(draws, what),
        of_mean(total, draws, mean, what),
        of_variance(tails.mean_of_any_law(squares - 1, kurtosis - 1) if variance else 1.0, np.mean(squares) > 1, what),
        *_spread(draws, mean, variance, law, f"The variance of {what} is too {{}}.", ("large", "small")),
        _frequencies(np.minimum(draws, top + 1), probabilities, what),
    ]


def _impossible(draws: Floats, most: float, what: str) -> str:
    if np.any(draws != np.floor(draws)):
        return f"Some of {what} are no whole numbers."
    if np.min(draws) < 0:
        return f"Some of {what} are negative."
    return f"Some of {what} are larger than they can be." if np.max(draws) > most else ""


def _spread(
    counts: Any,
    mean: float,
    variance: float,
    law: tails.Tails,
    sentence: str,
    words: tuple[str, str] = ("much", "little"),
) -> list[Claim]:
    """How many counts lie close to the mean: a binomial number, of a probability that is known exactly."""
    claims = []
    for reach in REACHES:
        low, high = np.ceil(mean - reach * np.sqrt(variance)), np.floor(mean + reach * np.sqrt(variance))
        chance = float(np.clip(law(high)[0] - law(low - 1)[0], 0, 1))
        few, many = tails.binomial(counts.size, chance)(np.sum((counts >= low) & (counts <= high)))
        claims.append(Claim(float(tails.two_sided(few, many)), sentence.format(words[0] if few < many else words[1])))
    return claims


def _frequencies(draws: Floats, probabilities: Floats, what: str) -> Claim:
    """How often every value comes up; those that hardly ever should, together."""
    counts = np.bincount(draws.astype(np.int64).ravel(), minlength=len(probabilities))
    rare = probabilities < RARE
    cells = np.append(counts[~rare], np.sum(counts[rare]))
    chances = np.append(probabilities[~rare], min(1.0, float(np.sum(probabilities[rare]))))
    odd = tails.two_sided(*tails.binomial(draws.size, chances)(cells))
    worst = int(np.argmin(odd))
    if worst == len(odd) - 1:
        sentence = f"Among {what} are too many values that should hardly ever come up."
    else:
        sentence = f"Among {what}, {np.flatnonzero(~rare)[worst]} comes up too often or too rarely."
    return Claim(tails.oddest(odd), sentence)


def _places(counts: NDArray[Any], calls: int, p: float, what: str) -> Claim:
    farthest = np.unravel_index(int(np.argmax(np.abs(counts - calls * p))), counts.shape)
    place = ", ".join(str(int(i)) for i in farthest)
    return _each(counts, calls, p, f"{capital(what)} are too frequent, or too rare, at some places: see index {place}.")


def _each(counts: NDArray[Any], n: int, p: float, sentence: str) -> Claim:
    """Binomial numbers, the oddest of which counts."""
    return Claim(tails.oddest(tails.two_sided(*tails.binomial(n, p)(counts))), sentence)
