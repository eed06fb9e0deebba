"""Problem 1, dropout: what it does to the mean and the variance of a ReLU unit, and how many units it keeps."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw
from grader.laws import Claim, bernoulli, poisson

Floats = NDArray[np.float64]

# ---- 1.1 why rescale ----


def dropout(h: Floats, p: float, rng: np.random.Generator, training: bool = True) -> Floats:
    """Drops every entry of h with probability p and rescales those that are kept, as inverted dropout does.

        h~ = m / (1 - p) * h,    m_i ~ Bernoulli(1 - p), independent;    h~ = h outside of training

    Shapes
        h of any shape; p in [0, 1)  ->  a new array of the same shape.
    Units
        Those of h.
    Errors
        ValueError for a p outside [0, 1).
    Source
        Srivastava et al., Dropout, JMLR 15 (2014); the factor 1/(1-p) at training time: section 10 there.

    >>> dropout(np.array([1.0, 2.0]), 0.0, np.random.default_rng(0)).tolist()
    [1.0, 2.0]
    >>> dropout(np.array([1.0, 2.0]), 0.5, np.random.default_rng(0), training=False).tolist()
    [1.0, 2.0]
    """
    if not 0 <= p < 1:
        raise ValueError(f"p must be in [0, 1), not {p}")
    h = np.array(h, dtype=np.float64)
    if not training:
        return h
    return (rng.random(h.shape) >= p) * h / (1 - p)


def expected_activation(h: Floats, p: float, rescale: bool) -> Floats:
    """The mean of h~ over the mask, for a fixed h: E[m / (1 - p) * h] with the factor, E[m * h] without it.

    Shapes
        h of any shape; p in [0, 1)  ->  the same shape.
    Units
        Those of h.
    Source
        E[m_i] = 1 - p.

    >>> [expected_activation(np.array([4.0]), 0.25, rescale).tolist() for rescale in (True, False)]
    [[4.0], [3.0]]
    """
    return 1.0 * h if rescale else (1 - p) * h


# ---- 1.2 variances of a ReLU unit: h = ReLU(z), z ~ N(0, scale^2) ----


def mean_activation(scale: float = 1.0) -> float:
    """E[h] = scale / sqrt(2 pi): half of the mean size of a normal number.

    Shapes
        A number  ->  a number.
    Units
        Those of scale, the standard deviation of the pre-activation z.
    Source
        The integral of z times the normal density over z > 0.

    >>> round(float(mean_activation()), 4)
    0.3989
    """
    return scale / np.sqrt(2 * np.pi)


def second_moment_activation(scale: float = 1.0) -> float:
    """E[h^2] = scale^2 / 2: by symmetry half of E[z^2].

    Shapes
        A number  ->  a number.
    Units
        Those of scale squared.
    Source
        z and -z have the same law, and one of them is cut off.

    >>> second_moment_activation(3.0)
    4.5
    """
    return scale**2 / 2


def variance_before_dropout(scale: float = 1.0) -> float:
    """Var[h] = E[h^2] - E[h]^2 = scale^2 (pi - 1) / (2 pi).

    Shapes
        A number  ->  a number.
    Units
        Those of scale squared.
    Source
        The two moments above.

    >>> round(variance_before_dropout(), 4)
    0.3408
    """
    return scale**2 * (np.pi - 1) / (2 * np.pi)


def variance_after_dropout(p: float, scale: float = 1.0) -> float:
    """Var[h~] = E[h^2] / (1 - p) - E[h]^2: the mean stays, the second moment grows.

    Shapes
        p in [0, 1), a scale  ->  a number.
    Units
        Those of scale squared.
    Errors
        ValueError for p = 1, where nothing is kept.
    Source
        m^2 = m, so E[h~^2] = E[m] E[h^2] / (1 - p)^2.

    >>> variance_after_dropout(0.0) == variance_before_dropout()
    True
    >>> round(variance_after_dropout(0.5), 4)
    0.8408
    """
    if p == 1:
        raise ValueError("p must be less than 1")
    return scale**2 * (np.pi - 1 + p) / (2 * np.pi * (1 - p))


# ---- 1.3 how many units are kept ----


def expected_kept_units(M: int, p: float) -> float:
    """E[K] = M (1 - p), of M units each of which is dropped with probability p.

    Shapes
        Numbers  ->  a number.
    Units
        Units of the layer; not rounded.
    Source
        K is a sum of M Bernoulli(1 - p) numbers.

    >>> expected_kept_units(10, 0.25)
    7.5
    """
    return M * (1 - p)


def kept_units_pmf(k: Any, M: int, p: float) -> Any:
    """P(K = k), K ~ Binomial(M, 1 - p): C(M, k) (1 - p)^k p^(M - k), and 0 outside of 0 ... M.

    Shapes
        k an integer or an array of them, of any shape  ->  the same shape (a number for a number).
    Units
        Probabilities.
    Numerics
        Plain powers: 0^0 = 1 makes p = 0 right. Coefficients fit a double up to M of about 1000.
    Source
        Binomial law.

    >>> kept_units_pmf(np.array([-1, 0, 1, 2, 3]), 2, 0.5).tolist()
    [0.0, 0.25, 0.5, 0.25, 0.0]
    >>> float(kept_units_pmf(3, 3, 0.0))
    1.0
    """
    k = np.asarray(k)
    inside = (k >= 0) & (k <= M)
    kept = np.where(inside, k, 0)
    return inside * _each(lambda j: math.comb(M, j), kept) * (1 - p) ** kept * p ** (M - kept)


# ---- 1.4 many units, few of them kept ----


def poisson_limit_pmf(k: Any, lam: float) -> Any:
    """lam^k exp(-lam) / k!, to which Binomial(M, lam / M) tends as M grows; 0 for k < 0.

    Shapes
        k an integer or an array of them, of any shape  ->  the same shape.
    Units
        Probabilities.
    Numerics
        Factorials are python's, rounded once: those of 64-bit integers end at 20.
    Source
        C(M, k) / M^k -> 1 / k! and (1 - lam / M)^(M - k) -> exp(-lam).

    >>> poisson_limit_pmf(np.array([-1, 0, 2]), 2.0).round(4).tolist()
    [0.0, 0.1353, 0.2707]
    """
    k = np.asarray(k)
    inside = k >= 0
    kept = np.where(inside, k, 0)
    return inside * lam**kept * np.exp(-lam) / _each(math.factorial, kept)


def poisson_limit_gap(M: int, lam: float) -> float:
    """The largest difference of the two pmfs over k = 0 ... M: of Binomial(M, lam / M) and Poisson(lam).

    Shapes
        Numbers, 0 < lam < M  ->  a number.
    Units
        A probability; it falls like 1 / M.
    Errors
        ValueError unless 0 < lam < M.
    Numerics
        The logarithm of the ratio of the pmfs is summed up, and expm1 of it taken: nothing overflows, and nothing
        cancels but (M - k) log(1 - lam / M) + lam.
    Source
        Le Cam (1960) for the rate.

    >>> round(float(poisson_limit_gap(2, 1.0)), 4)  # at k = 1: 1/2 - 1/e
    0.1321
    """
    if not 0 < lam < M:
        raise ValueError(f"lam must be between 0 and M = {M}, not {lam}")
    k = np.arange(M + 1)
    log_poisson = k * np.log(lam) - lam - np.concatenate([[0.0], np.cumsum(np.log(k[1:]))])
    log_falling = np.concatenate([[0.0], np.cumsum(np.log1p(-np.arange(M) / M))])  # M (M-1) ... (M-k+1) / M^k
    log_ratio = log_falling + (M - k) * np.log1p(-lam / M) + lam
    return np.max(np.abs(np.exp(log_poisson) * np.expm1(log_ratio)))


# ---- 1.5 a random number of units ----


def thinned_pmf(k: Any, lam: float, p: float) -> Any:
    """P(K = k) for M ~ Poisson(lam) and K | M ~ Binomial(M, 1 - p): K ~ Poisson(lam (1 - p)).

    Shapes
        k an integer or an array of them  ->  the same shape.
    Units
        Probabilities.
    Source
        Sum over M, with M - K = n: the sum of (lam p)^n / n! is exp(lam p).

    >>> bool(thinned_pmf(2, 3.0, 0.5) == poisson_limit_pmf(2, 1.5))
    True
    """
    return poisson_limit_pmf(k, lam * (1 - p))


def sample_kept_units(lam: float, p: float, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Independent draws of K, M ~ Poisson(lam) and K | M ~ Binomial(M, 1 - p).

    Shapes
        size  ->  (size,), integers.
    Units
        Units of the layer.
    Source
        `thinned_pmf`: drawing M first, and K of it, gives the same law with two draws for each.

    >>> sample_kept_units(3.0, 0.5, 4, np.random.default_rng(0)).shape
    (4,)
    """
    return rng.poisson(lam * (1 - p), size)


def _each(function: Any, k: NDArray[np.int64]) -> Floats:
    """A function of single integers, of each entry."""
    return np.array([float(function(int(j))) for j in k.ravel()]).reshape(k.shape)


# ---- inputs ----


def activation_inputs(draw: Draw, shape: str, rescale: bool, p: float = -1.0) -> dict[str, Any]:
    """Activations of one, two or three axes, off 0; a p below 0.95 where none is given."""
    h = draw.signed_uniform(0.5, 2.0, *_SHAPES[shape])
    return {"h": h, "p": draw.probability(0.1, 0.9) if p < 0 else p, "rescale": rescale}


def dropout_inputs(draw: Draw, shape: str, p: float, training: bool = True) -> dict[str, Any]:
    """Activations off 0, whose entries tell what became of them; and a generator."""
    return {
        "h": draw.signed_uniform(0.5, 2.0, *_SHAPES[shape]),
        "p": p,
        "rng": draw.rng(),
        "training": training,
    }


_SHAPES = {"vector": (7,), "table": (4, 3), "stack": (2, 3, 2), "units": (600,), "batch": (30, 20)}


def scale_inputs(draw: Draw, scale: float = 0.0) -> dict[str, Any]:
    """A scale from 0.2 to 4, off 1, where none is given."""
    drawn = draw.choice([draw.uniform(0.2, 0.8), draw.uniform(1.25, 4.0)])
    return {"scale": scale or drawn}


def dropped_unit_inputs(draw: Draw, p: float = -1.0, scale: float = 0.0) -> dict[str, Any]:
    """A p, which is drawn away from 0 where none is given, and a scale."""
    return {"p": draw.probability(0.05, 0.95) if p < 0 else p, **scale_inputs(draw, scale)}


def layer_inputs(draw: Draw, p: float = -1.0) -> dict[str, Any]:
    """A number of units and a p."""
    return {"M": draw.ints(2, 500), "p": draw.probability(0.05, 0.95) if p < 0 else p}


def kept_units_inputs(draw: Draw, M: int, k: str = "all", p: float = -1.0) -> dict[str, Any]:
    """Numbers of kept units: all that there can be, a single one, a table of some, or such as there cannot be."""
    counts: Any = np.arange(M + 1)
    if k == "one":
        counts = draw.ints(0, M)
    elif k == "table":
        counts = draw.ints(0, M, 3, 2)
    elif k == "outside":
        counts = np.array([-3, -1, M + 1, M + 4])
    return {"k": counts, "M": M, "p": draw.probability(0.05, 0.95) if p < 0 else p}


def poisson_inputs(draw: Draw, k: str = "all", low: float = 0.2, high: float = 12.0) -> dict[str, Any]:
    """Counts up to 20, beyond which factorials of 64-bit integers are wrong, and the mean of the law."""
    counts: Any = {"all": np.arange(21), "negative": np.array([-4, -1])}.get(k)
    if counts is None:
        counts = draw.ints(0, 20, 4, 2) if k == "table" else draw.ints(0, 6)
    return {"k": counts, "lam": draw.uniform(low, high)}


def thinned_inputs(draw: Draw, k: str = "all", p: float = -1.0) -> dict[str, Any]:
    """Counts, the mean of M, and a p of at most 0.9 off 1/2, where p and 1 - p are the same."""
    drawn = draw.choice([draw.probability(0.1, 0.4), draw.probability(0.6, 0.9)])
    return {**poisson_inputs(draw, k, low=0.3), "p": drawn if p < 0 else p}


def gap_inputs(draw: Draw, M: int, lam: float = 0.0, low: float = 0.5) -> dict[str, Any]:
    """A number of units, and a mean below it, drawn where none is given.

    For a mean above 2.5 the largest difference is positive, for one from 1.1 to 1.8 it is not.
    """
    return {"M": M, "lam": lam or draw.uniform(low, 4.0)}


def thinned_sample_inputs(draw: Draw, lam: float, p: float, size: int) -> dict[str, Any]:
    """What is drawn from, how often, and a generator."""
    return {"lam": lam, "p": p, "size": size, "rng": draw.rng()}


# ---- properties ----


def dropout_only_adds_variance(variance_after_dropout: Any, p: float, scale: float) -> None:
    """Where nothing is dropped the variance is Var[h], and the more is dropped the larger it is."""
    some, more = (float(variance_after_dropout(q, scale)) for q in (p, (1 + p) / 2))
    assert p > 0 or abs(some - variance_before_dropout(scale)) <= 1e-4 * scale**2, (
        "at p = 0 nothing is dropped, but your variance is not that of h"
    )
    assert some < more, (
        "the more units are dropped the more their activations must vary: your variance does not grow with p"
    )


def all_numbers_of_kept_units_add_up(kept_units_pmf: Any, k: Any, M: int, p: float) -> None:
    """The probabilities of 0 ... M kept units add up to 1, with the mean M (1 - p)."""
    if np.any((np.asarray(k) < 0) | (np.asarray(k) > M)):
        return  # such trials ask for what cannot be, and for nothing else
    probabilities = np.asarray(kept_units_pmf(np.arange(M + 1), M, p))
    assert abs(np.sum(probabilities) - 1) <= 1e-4, "your probabilities of 0, ..., M kept units do not add up to 1"
    assert abs(np.sum(np.arange(M + 1) * probabilities) - M * (1 - p)) <= 1e-4 * M, (
        "the mean of the law that your probabilities describe is not the expected number of kept units"
    )


def poisson_probabilities_add_up(poisson_limit_pmf: Any, k: Any, lam: float) -> None:
    """The probabilities of 0, 1, 2, ... add up to 1, with lam as their mean and their variance."""
    if np.any(np.asarray(k) < 0):
        return  # such trials ask for what cannot be, and for nothing else
    # A mean of at most 1.2 leaves no more than 1e-12 beyond 15.
    lam, k = lam / 10, np.arange(16)
    probabilities = np.asarray(poisson_limit_pmf(k, lam))
    mean = np.sum(k * probabilities)
    assert abs(np.sum(probabilities) - 1) <= 1e-4, "your probabilities of 0, 1, 2, ... do not add up to 1"
    assert abs(mean - lam) <= 1e-4, "the mean of the law that your probabilities describe is not lam"
    assert abs(np.sum((k - mean) ** 2 * probabilities) - lam) <= 1e-4, (
        "the variance of the law that your probabilities describe is not lam"
    )


def the_gap_falls_like_one_over_the_units(poisson_limit_gap: Any, M: int, lam: float) -> None:
    """M times the gap tends to a constant: from 60 units to 120 it changes by a few percent."""
    if M > 120:
        return  # such trials ask for numbers that do not overflow, and for nothing else
    lam = min(lam, 2.0)
    some, more = 60 * float(poisson_limit_gap(60, lam)), 120 * float(poisson_limit_gap(120, lam))
    assert abs(some - more) <= 0.1 * abs(more), (
        "with twice as many units the two laws are about twice as close: your gap does not fall like 1/M"
    )


def thinned_probabilities_add_up(thinned_pmf: Any, lam: float, p: float) -> None:
    """The probabilities of 0, 1, 2, ... kept units add up to 1."""
    probabilities = np.asarray(thinned_pmf(np.arange(16), lam / 10, p))
    assert abs(np.sum(probabilities) - 1) <= 1e-4, "your probabilities of 0, 1, 2, ... kept units do not add up to 1"


# ---- laws of what is drawn ----


def dropped_and_rescaled(draws: Any, h: Floats, p: float, training: bool) -> Any:
    """Every entry is 0 or that of h rescaled, each dropped by itself; outside of training nothing happens."""
    if not training or p == 0:
        what = "p = 0" if training else "training=False"
        assert np.allclose(draws, h, rtol=1e-5, atol=0), f"with {what} the activations have to stay as they are"
        return [Claim(1.0, "")]
    kept = draws != 0
    assert not (kept.any() and np.allclose(draws, kept * h, rtol=1e-5, atol=0)), (
        "the activations that you keep are those of h: during training they have to be rescaled, so that their mean"
        " is that of h"
    )
    assert np.allclose(draws, kept * h / (1 - p), rtol=1e-5, atol=0), (
        "every activation is either dropped, and then 0, or kept and rescaled by one and the same factor: find out"
        " which factor makes the mean that of h"
    )
    return bernoulli(kept, 1 - p, "kept units")


def thinned_counts(draws: Any, lam: float, p: float) -> Any:
    """Independent Poisson numbers of mean lam (1 - p)."""
    return poisson(draws, lam * (1 - p), "the numbers of kept units")
