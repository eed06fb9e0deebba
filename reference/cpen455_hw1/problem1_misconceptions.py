"""Wrong answers to problem 1, dropout, each with what to tell the student who gives it."""

import math

import numpy as np

from grader.laws import Claim, bernoulli, binomial, categorical, poisson

from .problem1 import (
    dropped_and_rescaled,
    kept_units_pmf,
    poisson_limit_pmf,
    second_moment_activation,
    thinned_pmf,
    variance_after_dropout,
    variance_before_dropout,
)

# What single precision may do to a factor.
CLOSE = 1e-5

# ---- 1.1 dropout: laws of draws ----


def dropout_keeping_with_probability_p(draws, h, p, training):
    """You seem to keep a unit with probability p. In this exercise p is the probability that it is dropped."""
    if not training:
        return _unchanged(draws, h)
    if p == 0:  # nothing is kept, or divided by nothing
        return [Claim(1.0, "")]
    kept = draws != 0
    assert any(np.allclose(draws, kept * h * factor, rtol=CLOSE, atol=0) for factor in (1 / p, 1 / (1 - p)))
    return bernoulli(kept, p)


def dropout_not_rescaled(draws, h, p, training):
    """The units that you keep are those of h as they are, so that the mean shrinks with p. Which factor makes the
    mean that of h again?"""
    return _kept(draws, h, 1 - p, 1.0) if training and p else _unchanged(draws, h)


def dropout_rescaled_outside_of_training(draws, h, p, training):
    """You seem to rescale outside of training. Inverted dropout does so while it trains, so that nothing is left to be
    done afterwards."""
    if not training:
        return _unchanged(draws, (1 - p) * h)
    return _kept(draws, h, 1 - p, 1.0) if p else _unchanged(draws, h)


def dropout_rescaled_by_the_drop_probability(draws, h, p, training):
    """You seem to divide the kept units by p, the probability to be dropped. With this factor the mean is not that of
    h: how often is a unit kept?"""
    if training and p == 0:  # divided by nothing
        return [Claim(1.0, "")]
    return _kept(draws, h, 1 - p, 1 / p) if training else _unchanged(draws, h)


def dropout_rescaled_downwards(draws, h, p, training):
    """The units that you keep become smaller, so that the mean shrinks twice: by those that are dropped, and by your
    factor. It has to make up for them."""
    return _kept(draws, h, 1 - p, 1 - p) if training and p else _unchanged(draws, h)


def dropout_outside_of_training_too(draws, h, p):
    """You seem to drop units outside of training as well. What is `training` for?"""
    return dropped_and_rescaled(draws, h, p, True)


def dropout_of_exactly_a_share(draws, h, p, training):
    """You seem to drop the same number of units in every call. Every unit is dropped by itself, so that this number is
    random."""
    if not training or p == 0:
        return _unchanged(draws, h)
    kept = draws != 0
    assert np.allclose(draws, kept * h / (1 - p), rtol=CLOSE, atol=0)
    count = np.sum(kept.reshape(len(draws), -1), axis=1)
    assert np.ptp(count) == 0 and abs(count[0] - (1 - p) * h.size) <= 1
    return [Claim(1.0, "")]


def dropout_of_all_units_together(draws, h, p, training):
    """You seem to draw one number for all units: they are dropped together or not at all. Draw one for each of them."""
    if not training or p == 0:
        return _unchanged(draws, h)
    kept = draws.reshape(len(draws), -1)[:, 0] != 0
    assert np.allclose(draws.reshape(len(draws), -1), np.outer(kept, h / (1 - p)), rtol=CLOSE, atol=0)
    return bernoulli(kept, 1 - p)


def dropout_of_the_same_units_in_every_row(draws, h, p, training):
    """You seem to draw one mask and to use it for all rows of a batch. Every entry of h is dropped by itself."""
    if not training or p == 0 or h.ndim < 2:
        return dropped_and_rescaled(draws, h, p, training)
    kept = draws[:, :1] != 0
    assert np.allclose(draws, kept * h / (1 - p), rtol=CLOSE, atol=0)
    return bernoulli(kept, 1 - p)


def dropout_of_a_fixed_seed(draws, h, p, training):
    """You drop the same units in every call. Is there a seed, or a generator of your own, in your function? All draws
    come from `rng`."""
    if not training or p == 0:
        return _unchanged(draws, h)
    assert np.all(draws == draws[0])
    return [Claim(1.0, "")]


# ---- 1.1 the mean over the mask ----


def activation_never_rescaled(h, p):
    """Your expected activation shrinks with p in both cases. With rescale, the kept units are divided by
    something: work out the mean of m times that."""
    return (1 - p) * h


def activation_always_kept(h):
    """Your expected activation is h in both cases. Without rescale nothing makes up for the units that are
    dropped: take the mean of m h."""
    return 1.0 * h


def activation_with_the_cases_swapped(h, p, rescale):
    """Your two cases seem to be swapped. The factor is there to keep the mean as it is: in which case should
    p be seen?"""
    return (1 - p) * h if rescale else 1.0 * h


def activation_times_the_drop_probability(h, p, rescale):
    """You seem to take p as the probability that a unit is kept. Here it is the probability that it is dropped."""
    return 1.0 * h if rescale else p * h


def activation_rescaled_but_not_masked(h, p, rescale):
    """With rescale you seem to return the value of a unit that is kept. The mean also counts the cases in which the
    unit is dropped."""
    return h / (1 - p) if rescale else (1 - p) * h


def activation_rescaled_without_the_mask(h, p, rescale):
    """Your two cases look like those of a unit that is kept. Let the mask have its part: it is 0 with
    probability p, whether there is a factor or not."""
    return h / (1 - p) if rescale else 1.0 * h


# ---- 1.2 the moments of a ReLU unit ----


def mean_zero():
    """Your mean is 0, which is that of z. The ReLU cuts off all negative values, so the mean of h is positive."""
    return 0.0


def mean_of_the_size(scale):
    """Your mean is that of |z|. The ReLU sets half of the values to 0: take the integral over z > 0 only."""
    return 2 * scale / np.sqrt(2 * np.pi)


def mean_without_scale():
    """Your mean leaves scale out. Here z has the standard deviation scale: substitute z = scale times a standard
    normal number."""
    return 1 / np.sqrt(2 * np.pi)


def mean_times_scale_squared(scale):
    """Your mean grows with the square of scale. Compare units: a mean has those of z, and scale is the standard
    deviation of z."""
    return scale**2 / np.sqrt(2 * np.pi)


def mean_over_scale(scale):
    """Your mean falls with scale. Only one factor scale of the density survives the substitution: count them again."""
    return 1 / (scale * np.sqrt(2 * np.pi))


def mean_without_the_root(scale):
    """Your mean seems to have lost the root in the normal density. Look at its constant again."""
    return scale / (2 * np.pi)


def mean_is_half_of_scale(scale):
    """You seem to take half of the standard deviation. That half of z is cut off halves the integral of |z|: work
    that one out first."""
    return scale / 2


def second_moment_of_the_input(scale):
    """Your second moment is that of z. The ReLU sets half of the values to 0, which do not count any more."""
    return scale**2


def second_moment_is_the_variance(scale):
    """Your second moment seems to have the square of the mean taken off: that is the variance. Asked for is the
    mean of h^2."""
    return variance_before_dropout(scale)


def second_moment_is_the_mean_squared(scale):
    """You seem to square the mean. The mean of a square is another thing: average h^2 over the density."""
    return scale**2 / (2 * np.pi)


def second_moment_without_scale():
    """Your second moment leaves scale out. Here z has the standard deviation scale."""
    return second_moment_activation(1.0)


def second_moment_linear_in_scale(scale):
    """Your second moment is proportional to scale. A square has the units of scale squared."""
    return scale / 2


def second_moment_halved_twice(scale):
    """Your second moment is half of what it should be. Is the half that the ReLU cuts off counted twice?"""
    return scale**2 / 4


def variance_with_the_mean_not_squared(scale):
    """Your variance seems to subtract the mean itself. Var[h] takes off the square of the mean."""
    return scale**2 * (1 / 2 - 1 / np.sqrt(2 * np.pi))


def variance_less_the_mean(scale):
    """Your variance seems to subtract the mean itself, scale and all. Var[h] takes off the square of the mean,
    which has the units of scale squared."""
    return scale**2 / 2 - scale / np.sqrt(2 * np.pi)


def variance_is_the_second_moment(scale):
    """You seem to give E[h^2]. The mean of h is not 0, so that is not yet the variance."""
    return second_moment_activation(scale)


def variance_of_the_input(scale):
    """Your variance is that of z. h is z with its negative half set to 0: work out the mean and the mean square of
    that."""
    return scale**2


def variance_of_the_size(scale):
    """Your variance is that of |z|. Half of the values of h are 0: both moments change."""
    return scale**2 * (1 - 2 / np.pi)


def variance_with_the_quotient_cut_short(scale):
    """Your answer looks like a / 2 * b: Python goes from left to right, and multiplies by what you want to divide by.
    Set parentheses."""
    return variance_before_dropout(scale) * np.pi**2


def variance_is_the_deviation(scale):
    """You seem to give the standard deviation. Asked for is the variance."""
    return np.sqrt(variance_before_dropout(scale))


def variance_without_scale():
    """Your variance leaves scale out. Here z has the standard deviation scale."""
    return variance_before_dropout(1.0)


def variance_linear_in_scale(scale):
    """Your variance is proportional to scale. It has the units of scale squared."""
    return scale * variance_before_dropout(1.0)


def variance_with_moments_added(scale):
    """You seem to add the square of the mean. Look at the sign in Var[h] = E[h^2] ... again."""
    return scale**2 * (1 / 2 + 1 / (2 * np.pi))


def dropout_variance_of_the_document(p, scale):
    """Your result is right at p = 0 only. Put it together once more from E[h^2] and E[h]^2: which of the two does
    the factor 1/(1-p) act on, and how often?"""
    return scale**2 * (np.pi - 1 + p * (2 - np.pi)) / (2 * np.pi * (1 - p))


def dropout_variance_with_the_factor_lost(p, scale):
    """Your variance falls with p, as if a kept unit were multiplied by 1-p. E[m^2] is 1-p, and the factor 1/(1-p)
    comes squared: what is left of them?"""
    return scale**2 * (1 - p) * (np.pi - 1 + p * np.pi) / (2 * np.pi)


def dropout_variance_without_rescaling(p, scale):
    """Your variance is that of m h: the factor 1/(1-p) is missing. It acts on h before the square is taken."""
    return (1 - p) ** 2 * variance_after_dropout(p, scale)


def dropout_variance_rescaled_once(p, scale):
    """Your variance is that of h, as if dropout changed nothing. The mask varies too, and a factor 1/(1-p) inside of
    the square counts twice."""
    return scale**2 * (1 / 2 - 1 / (2 * np.pi))


def dropout_variance_is_the_second_moment(p, scale):
    """You seem to give the second moment of what dropout returns. The square of its mean is still to be taken off."""
    return scale**2 / (2 * (1 - p))


def dropout_variance_divided(p, scale):
    """You seem to divide Var[h] by 1-p. Dropout leaves the mean of h as it is, so the two terms of the variance do
    not change by the same factor."""
    return variance_before_dropout(scale) / (1 - p)


def dropout_variance_divided_twice(p, scale):
    """You seem to divide Var[h] by the square of 1-p, as for a constant factor. The mask is random and varies too."""
    return variance_before_dropout(scale) / (1 - p) ** 2


def dropout_variance_with_a_mask_of_ones(p, scale):
    """You seem to divide E[h^2] by the square of 1-p. That is what the factor does; the mask is 0 now and then, and its
    mean square is less than 1."""
    return scale**2 * (1 / (2 * (1 - p) ** 2) - 1 / (2 * np.pi))


def dropout_variance_of_the_mask_alone(p, scale):
    """You seem to count only what the mask adds. h varies by itself too: add up both."""
    return scale**2 * p / (2 * (1 - p))


def dropout_variance_without_scale(p):
    """Your variance leaves scale out. Here z has the standard deviation scale."""
    return variance_after_dropout(p, 1.0)


def dropout_variance_linear_in_scale(p, scale):
    """Your variance is proportional to scale. It has the units of scale squared."""
    return scale * variance_after_dropout(p, 1.0)


def dropout_variance_with_p_as_keep_probability(p, scale):
    """You seem to take p as the probability that a unit is kept. Here it is the probability that it is dropped."""
    return scale**2 * (1 / (2 * p) - 1 / (2 * np.pi)) if p else np.inf


# ---- 1.3 the number of kept units ----


def expected_number_dropped(M, p):
    """You seem to count the units that are dropped. K counts those that are kept."""
    return M * p


def expected_number_rounded(M, p):
    """You seem to round the expected number. It is an average, and need not be a whole number."""
    return int(M * (1 - p))


def expected_number_to_the_nearest(M, p):
    """You seem to round the expected number. It is an average, and need not be a whole number."""
    return round(M * (1 - p))


def expected_number_is_the_variance(M, p):
    """You seem to give the variance of K. Asked for is its mean."""
    return M * (1 - p) * p


def expected_number_rescaled(M, p):
    """You seem to divide by 1-p. The factor of dropout acts on the activations: how many units are kept does not
    depend on it."""
    return np.divide(M, 1 - p)


def expected_share(p):
    """You seem to give the share of the units that are kept. Asked for is their number."""
    return 1 - p


def expected_number_is_all(M):
    """Your number does not depend on p. Each of the M units is dropped with probability p."""
    return float(M)


def pmf_of_the_dropped(k, M, p):
    """You seem to count the units that are dropped. K counts those that are kept: which probability has the
    exponent k?"""
    return kept_units_pmf(k, M, 1 - p)


def pmf_without_the_coefficient(k, M, p):
    """Yours is the probability of one particular choice of k units. Count in how many ways k of them can be kept."""
    k = np.asarray(k)
    inside = (k >= 0) & (k <= M)
    kept = np.where(inside, k, 0)
    return inside * (1 - p) ** kept * p ** (M - kept)


def pmf_with_ordered_choices(k, M, p):
    """Your probabilities are too large by a factor that grows with k. Does it matter in which order the k units are
    chosen?"""
    return kept_units_pmf(k, M, p) * _each(lambda j: math.factorial(max(j, 0)), k)


def pmf_without_the_dropped(k, M, p):
    """Your probabilities leave out that the other M - k units must be dropped. Each of them brings a factor."""
    k = np.asarray(k)
    inside = (k >= 0) & (k <= M)
    kept = np.where(inside, k, 0)
    return inside * _each(lambda j: math.comb(M, j), kept) * (1 - p) ** kept


def pmf_cumulated(k, M, p):
    """Yours is the probability of at most k kept units. Asked for is that of exactly k."""
    return _each(lambda j: float(np.sum(kept_units_pmf(np.arange(max(j, -1) + 1), M, p))), k)


def pmf_of_the_poisson_limit(k, M, p):
    """Yours is the Poisson law, which K has only in the limit. Here M is a number: count the choices exactly."""
    return poisson_limit_pmf(k, M * (1 - p))


def pmf_of_the_normal_limit(k, M, p):
    """Yours is the normal approximation. K is a whole number between 0 and M: count the choices exactly."""
    variance = M * p * (1 - p) or np.inf
    return np.exp(-((k - M * (1 - p)) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


# ---- 1.4 the Poisson limit ----


def poisson_without_the_factorial(k, lam):
    """Your limit lacks what is left of the binomial coefficient. C(M, k) is about M^k over something: over what?"""
    return poisson_limit_pmf(k, lam) * _each(lambda j: math.factorial(max(j, 0)), k)


def poisson_without_the_exponential(k, lam):
    """Your limit does not add up to 1. What does (1 - lam/M)^M tend to?"""
    return poisson_limit_pmf(k, lam) * np.exp(lam)


def poisson_with_a_growing_exponential(k, lam):
    """The sign in your exponential is wrong. (1 - lam/M)^M is less than 1, and so is its limit."""
    return poisson_limit_pmf(k, lam) * np.exp(2 * lam)


def poisson_counted_from_one(k, lam):
    """Your probabilities are those of another count, one off. K can be 0: check what your formula gives there."""
    return poisson_limit_pmf(np.asarray(k) - 1, lam)


def poisson_cumulated(k, lam):
    """Yours is the probability of at most k. Asked for is that of exactly k."""
    return _each(lambda j: float(np.sum(poisson_limit_pmf(np.arange(max(j, -1) + 1), lam))), k)


def poisson_of_the_inverse(k, lam):
    """You seem to have 1/lam where lam belongs. lam is the mean number of kept units."""
    return poisson_limit_pmf(k, 1 / lam)


def poisson_is_exponential(k, lam):
    """Yours is the exponential density. That is the law of a waiting time; K is a count."""
    return (np.asarray(k) >= 0) * lam * np.exp(-lam * np.maximum(k, 0))


def gap_summed(M, lam):
    """You seem to add up the differences over k. Asked for is the largest of them."""
    return float(np.sum(np.abs(_gaps(M, lam))))


def gap_of_total_variation(M, lam):
    """You seem to take half of the sum of the differences. Asked for is the largest of them."""
    return float(np.sum(np.abs(_gaps(M, lam)))) / 2


def gap_with_signs(M, lam):
    """Where the Poisson law lies above, as it does at k = 0, the difference counts too: take absolute values first, and
    go through all k from 0 on."""
    return float(np.max(_gaps(M, lam)))


def gap_averaged(M, lam):
    """You seem to average the differences over k. Asked for is the largest of them."""
    return float(np.mean(np.abs(_gaps(M, lam))))


def gap_of_the_cumulated(M, lam):
    """You seem to compare the cumulated probabilities. Asked for is the largest difference of the pmfs."""
    return float(np.max(np.abs(np.cumsum(_gaps(M, lam)))))


def gap_at_zero(M, lam):
    """You seem to compare the two laws at k = 0 only. Go through all k from 0 to M."""
    return float(abs(_gaps(M, lam)[0]))


def gap_at_the_mean(M, lam):
    """You seem to compare the two laws at their mean only. The largest difference may lie elsewhere: go through all k
    from 0 to M."""
    return float(abs(_gaps(M, lam)[int(lam)]))


# ---- 1.5 thinning ----


def thinned_without_lambda_to_the_k(k, lam, p):
    """Your probabilities do not add up to 1: a power of lam has gone missing. When n = m - k is substituted, lam^m
    leaves more than lam^n."""
    return thinned_pmf(k, lam, p) / lam ** np.maximum(k, 0)


def thinned_with_the_dropped(k, lam, p):
    """You seem to count the units that are dropped. K counts those that are kept."""
    return thinned_pmf(k, lam, 1 - p)


def thinned_not_at_all(k, lam):
    """Yours is the law of M. Each of the M units is still to be dropped with probability p."""
    return poisson_limit_pmf(k, lam)


def thinned_with_the_whole_exponential(k, lam, p):
    """Your probabilities do not add up to 1: the exponential is still that of M. The sum over the dropped units
    brings another one."""
    return thinned_pmf(k, lam, p) * np.exp(-lam * p)


def thinned_by_division(k, lam, p):
    """Your mean is larger than that of M, but fewer units are kept than there are."""
    return poisson_limit_pmf(k, lam / (1 - p))


def thinned_outside_of_the_power(k, lam, p):
    """You seem to multiply the law of M by 1-p once. Each of the k kept units brings a factor."""
    return (1 - p) * poisson_limit_pmf(k, lam)


def thinned_without_the_factorial(k, lam, p):
    """Your probabilities lack a factorial. It does not cancel: m! goes partly into C(m, k)."""
    return thinned_pmf(k, lam, p) * _each(lambda j: math.factorial(max(j, 0)), k)


def thinned_binomial(k, lam, p):
    """You seem to put the mean of M for M itself. M is random, and its spread goes into that of K."""
    return kept_units_pmf(k, round(lam), p)


# ---- 1.5 thinning: laws of draws ----


def kept_numbers_of_the_dropped(draws, lam, p):
    """Your numbers have the mean of those that are dropped. p is the probability that a unit is dropped."""
    if p == 0:
        assert not draws.any()
        return [Claim(1.0, "")]
    return poisson(draws, lam * p)


def kept_numbers_before_dropping(draws, lam):
    """Your numbers are those of M, before any unit is dropped. What does dropping do to them?"""
    return poisson(draws, lam)


def kept_numbers_of_a_fixed_layer(draws, lam, p):
    """You seem to thin a layer of a fixed size, the mean of M. M itself is random, and varies from draw to draw."""
    size = min((math.floor(lam), math.ceil(lam)), key=lambda size: abs(np.mean(draws) - size * (1 - p)))
    if p == 0 or size == 0:
        assert np.all(draws == size)
        return [Claim(1.0, "")]
    return binomial(draws, size, 1 - p)


def kept_numbers_of_all_or_none(draws, lam, p):
    """You seem to toss one coin for the whole layer: its units are kept together or dropped together. Each of the M
    units is dropped by itself."""
    units = np.arange(math.ceil(lam + 20 * math.sqrt(lam) + 20))
    probabilities = (1 - p) * poisson_limit_pmf(units, lam)
    probabilities[0] += p
    return categorical(np.minimum(draws, len(units) - 1), probabilities)


def kept_numbers_as_a_share(draws, lam, p):
    """You seem to take the same share of every M, rounded or not. How many of M units stay is random as well."""
    units = np.arange(math.ceil(lam + 20 * math.sqrt(lam) + 20))
    masses = poisson_limit_pmf(units, lam)
    if np.any(draws != np.floor(draws)):
        counts = np.rint(draws / (1 - p))
        assert np.allclose(draws, counts * (1 - p), rtol=CLOSE, atol=0)
        return poisson(counts, lam)
    shares = [rounded(units * (1 - p)).astype(int) for rounded in (np.floor, np.rint, np.ceil)]
    laws = [np.bincount(share, masses) for share in shares]
    closest = min(laws, key=lambda law: abs(np.mean(draws) - np.sum(law * np.arange(len(law)))))
    return categorical(np.minimum(draws, len(closest) - 1), closest)


def kept_numbers_rescaled(draws, lam, p):
    """Your numbers are divided by the probability to be kept, as activations are. What is asked for are the units that
    stay: whole numbers."""
    counts = np.rint(draws * (1 - p))
    assert np.allclose(draws, counts / (1 - p), rtol=CLOSE, atol=0)
    return poisson(counts, lam * (1 - p))


def kept_numbers_all_alike(draws, lam, p):
    """All numbers of one call are the same. Draw as many of them as `size` says, each by itself."""
    assert np.all(draws == draws[:, :1])
    return poisson(draws[:, 0], lam * (1 - p))


def kept_numbers_of_a_fixed_seed(draws, lam, p):
    """You give the same numbers in every call. Is there a seed, or a generator of your own, in your function? All draws
    come from `rng`."""
    assert np.all(draws == draws[0])
    return [Claim(1.0, "")]


# ---- what they share ----


def _kept(draws, h, share, factor):
    """Entries of h times a factor, each kept by itself in this share of all calls, and 0 in the others."""
    kept = draws != 0
    assert np.allclose(draws, kept * h * factor, rtol=CLOSE, atol=0)
    return bernoulli(kept, share)


def _unchanged(draws, h):
    assert np.allclose(draws, h, rtol=CLOSE, atol=0)
    return [Claim(1.0, "")]


def _gaps(M, lam):
    """Binomial less Poisson, for k = 0 ... M."""
    k = np.arange(M + 1)
    factors = (M - k[:-1]) / (k[:-1] + 1) * (lam / M) / (1 - lam / M)
    logs = M * np.log1p(-lam / M) + np.concatenate([[0.0], np.cumsum(np.log(factors))])
    poisson = k * np.log(lam) - lam - np.concatenate([[0.0], np.cumsum(np.log(k[1:]))])
    return np.exp(logs) - np.exp(poisson)


def _each(function, k):
    k = np.asarray(k)
    return np.array([float(function(int(j))) for j in k.ravel()]).reshape(k.shape)
