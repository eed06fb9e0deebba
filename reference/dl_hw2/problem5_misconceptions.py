"""Wrong answers to problem 5, Gaussian dropout, each with what to tell the student who gives it."""

import numpy as np

from grader.laws import Claim, moments

from .problem5 import (
    averages_of_gradients,
    dropout_regularizer,
    expected_gradient,
    noise_second_moment,
    regularized_objective,
    sample_gradient,
)

# ---- the gradient of one draw ----


def sample_with_the_wrong_sign(w, x, y_d, delta):
    """Your gradient has the wrong sign. The inner derivative of y_d - sum_k delta_k w_k x_k brings a minus."""
    return -sample_gradient(w, x, y_d, delta)


def sample_without_the_outer_factor(w, x, y_d, delta):
    """Your gradient lacks the delta_i that comes with w_i: the inner derivative is by w_i, not by delta_i w_i."""
    return -(y_d - np.sum(delta * w * x)) * x


def sample_without_the_noise_in_the_error(w, x, y_d, delta):
    """The error in your gradient is that of J0. In J1 every w_k x_k is multiplied by its delta_k."""
    return -(y_d - np.sum(w * x)) * delta * x


def sample_without_the_noise(w, x, y_d):
    """Your gradient is that of J0: the factors delta are missing."""
    return sample_gradient(w, x, y_d, np.ones(len(w)))


def sample_doubled(w, x, y_d, delta):
    """Your gradient is twice as large as it should be. J1 starts with a factor 1/2."""
    return 2 * sample_gradient(w, x, y_d, delta)


def sample_by_delta(w, x, y_d, delta):
    """You seem to differentiate by delta_i. Differentiate by w_i: what is w_i multiplied by?"""
    return -(y_d - np.sum(delta * w * x)) * w * x


def sample_with_its_own_term_only(w, x, y_d, delta):
    """The error in your entry i holds the term of w_i only. It is a sum over all k."""
    return -(y_d - delta * w * x) * delta * x


def sample_without_the_input(w, x, y_d, delta):
    """Your gradient lacks the x_i that w_i is multiplied by."""
    return -(y_d - np.sum(delta * w * x)) * delta


# ---- the second moments ----


def moments_as_covariances(n, sigma):
    """You return the covariances. A second moment also holds the product of the means."""
    return sigma**2 * np.eye(n)


def moments_with_sigma_not_squared(n, sigma):
    """sigma seems to be taken for the variance. It is the standard deviation."""
    return np.ones((n, n)) + sigma * np.eye(n)


def moments_with_zeros_off_the_diagonal(n, sigma):
    """Off the diagonal you have 0, as if the factors had the mean 0. What is the product of their means?"""
    return (1 + sigma**2) * np.eye(n)


def moments_the_same_everywhere(n, sigma):
    """All your second moments are the same. Different factors are independent: what is E[delta_k delta_i] then?"""
    return np.full((n, n), 1 + sigma**2)


def moments_all_one(n):
    """All your second moments are 1. Is the mean of a square the square of the mean?"""
    return np.ones((n, n))


def moments_with_the_square_of_one_plus_sigma(n, sigma):
    """Your diagonal holds (1 + sigma)^2. E[delta^2] is the variance plus the square of the mean."""
    return np.ones((n, n)) + ((1 + sigma) ** 2 - 1) * np.eye(n)


def moments_with_the_variance_on_the_diagonal(n, sigma):
    """Your diagonal holds the variance. E[delta_i^2] is more than that, as the mean is not 0."""
    return np.ones((n, n)) + (sigma**2 - 1) * np.eye(n)


def moments_divided_by_n(n, sigma):
    """You seem to average over the factors. E[delta_k delta_i] is asked for each pair by itself."""
    return noise_second_moment(n, sigma) / n


# ---- the expected gradient ----


def expectation_without_the_noise(w, x, y_d):
    """Your expected gradient is that of J0. delta_i multiplies itself where k = i: what is E[delta_i^2]?"""
    return expected_gradient(w, x, y_d, 0.0)


def expectation_with_sigma_not_squared(w, x, y_d, sigma):
    """sigma seems to be taken for the variance. It is the standard deviation."""
    return expected_gradient(w, x, y_d, np.sqrt(sigma))


def expectation_with_the_noise_subtracted(w, x, y_d, sigma):
    """What the noise adds has the wrong sign in your gradient. Which way should noise push a weight?"""
    return 2 * expected_gradient(w, x, y_d, 0.0) - expected_gradient(w, x, y_d, sigma)


def expectation_with_the_noise_halved(w, x, y_d, sigma):
    """What the noise adds is half of what it should be. The 1/2 of J1 has cancelled against the square."""
    return expected_gradient(w, x, y_d, sigma / np.sqrt(2))


def expectation_with_an_unscaled_penalty(w, x, y_d, sigma):
    """What the noise adds to your gradient is plain weight decay. Each weight comes with its input, twice."""
    return expected_gradient(w, x, y_d, 0.0) + sigma**2 * w


def expectation_with_the_input_once(w, x, y_d, sigma):
    """What the noise adds to your gradient has one factor x_i too few: one comes from the error, one from outside."""
    return expected_gradient(w, x, y_d, 0.0) + sigma**2 * x * w


def expectation_with_all_inputs_in_the_noise(w, x, y_d, sigma):
    """What the noise adds holds all k in your gradient. For k other than i the factors are independent: nothing is
    added there."""
    return expected_gradient(w, x, y_d, 0.0) + sigma**2 * np.sum(w * x) * x


def expectation_with_the_error_turned_round(w, x, y_d, sigma):
    """The error in your gradient has the wrong sign. The inner derivative brings a minus."""
    return expected_gradient(w, x, y_d, sigma) - 2 * expected_gradient(w, x, y_d, 0.0)


# ---- the averages: laws of draws ----


def average_of_one_draw(draws, w, x, y_d, sigma):
    """Your gradients vary as single ones do. Draw the factors anew for each of the n_samples gradients, and average
    these."""
    return averages_of_gradients(draws, w, x, y_d, sigma, 1)


def average_not_divided(draws, w, x, y_d, sigma, n_samples):
    """You seem to add the gradients up without dividing by their number."""
    return averages_of_gradients(draws / n_samples, w, x, y_d, sigma, n_samples)


def average_of_gradients_at_the_mean_noise(draws, w, x, y_d, sigma, n_samples):
    """You seem to average the factors first, and to take one gradient at their mean. The gradient is not linear in
    them: average the gradients."""
    return averages_of_gradients(draws, w, x, y_d, sigma / np.sqrt(n_samples), 1)


def average_with_sigma_as_variance(draws, w, x, y_d, sigma, n_samples):
    """You seem to take sigma for the variance of the noise. It is its standard deviation."""
    return averages_of_gradients(draws, w, x, y_d, np.sqrt(sigma), n_samples)


def average_with_the_variance_as_deviation(draws, w, x, y_d, sigma, n_samples):
    """You seem to hand sigma squared over where a standard deviation is asked for."""
    return averages_of_gradients(draws, w, x, y_d, sigma**2, n_samples)


def average_going_uphill(draws, w, x, y_d, sigma, n_samples):
    """Your averages have the wrong sign. The inner derivative of y_d - sum_k delta_k w_k x_k brings a minus."""
    return averages_of_gradients(-draws, w, x, y_d, sigma, n_samples)


def average_without_the_outer_factor(draws, w, x, y_d, sigma, n_samples):
    """Your gradients lack the delta_i that comes with w_i: the inner derivative is by w_i, not by delta_i w_i."""
    c, errors = w * x, y_d - np.sum(w * x)
    variance = (sigma * x) ** 2 * np.sum(c**2) / n_samples
    return _averages(draws, -errors * x, variance, np.full(len(w), 3.0))


def average_of_noise_of_mean_zero(draws, w, x, y_d, sigma, n_samples):
    """Your factors seem to have the mean 0. Theirs is 1: without noise, nothing is to change."""
    c, laws = w * x, []
    for i in range(len(w)):
        others = np.sqrt(np.sum(c**2) - c[i] ** 2)
        laws.append(_law(lambda own, rest, i=i, others=others: -(y_d - c[i] * own - others * rest) * own * x[i], sigma))
    return _averages(draws, *_of_averages(laws, n_samples))


def average_with_one_factor_for_all_inputs(draws, w, x, y_d, sigma, n_samples):
    """You seem to multiply all inputs by one and the same factor. Each has a factor of its own, independent of the
    others."""
    total = np.sum(w * x)
    laws = [_law(lambda own, rest, i=i: -(y_d - (1 + own) * total) * (1 + own) * x[i], sigma) for i in range(len(w))]
    return _averages(draws, *_of_averages(laws, n_samples))


def average_that_is_the_expectation(draws, w, x, y_d, sigma):
    """You give the expectation itself, which is not random. A simulation is asked for: draw from `rng` and average."""
    assert np.allclose(draws, expected_gradient(w, x, y_d, sigma), rtol=1e-5, atol=1e-5)
    return [Claim(1.0, "")]


def average_of_a_fixed_seed(draws):
    """You give the same averages in every call. Is there a seed, or a generator of your own, in your function? All
    draws come from `rng`."""
    assert np.all(draws == draws[0])
    return [Claim(1.0, "")]


def _averages(draws, mean, variance, kurtosis):
    if not np.any(variance):  # without noise
        assert np.allclose(draws, mean, rtol=1e-5, atol=1e-5)
        yield Claim(1.0, "")
        return
    for i in range(len(mean)):
        yield from moments(draws[:, i], mean[i], variance[i], kurtosis[i])


def _law(gradient, sigma):
    """Mean, variance and kurtosis of a gradient by two independent noises of this deviation."""
    nodes, masses = np.polynomial.hermite_e.hermegauss(5)
    masses = np.outer(masses, masses) / np.sum(masses) ** 2
    values = gradient(sigma * nodes[:, None], sigma * nodes)
    away = values - np.sum(masses * values)
    variance = np.sum(masses * away**2)
    return np.sum(masses * values), variance, np.sum(masses * away**4) / variance**2


def _of_averages(laws, n_samples):
    mean, variance, kurtosis = np.array(laws).T
    return mean, variance / n_samples, 3 + (kurtosis - 3) / n_samples


# ---- the penalty ----


def penalty_not_halved(w, x, sigma):
    """Your penalty is twice as large as it should be. Differentiate it: a square brings a factor 2."""
    return 2 * dropout_regularizer(w, x, sigma)


def penalty_with_sigma_not_squared(w, x, sigma):
    """sigma seems to be taken for the variance. It is the standard deviation."""
    return dropout_regularizer(w, x, np.sqrt(sigma))


def penalty_without_the_inputs(w, sigma):
    """Your penalty is plain weight decay. What the noise adds in (a) depends on the inputs."""
    return float(sigma**2 * np.sum(w**2) / 2)


def penalty_squared_after_the_sum(w, x, sigma):
    """You seem to add up first and square then. The factors are independent, so the variances of the terms add up."""
    return float(sigma**2 * np.sum(w * x) ** 2 / 2)


def penalty_with_absolute_values(w, x, sigma):
    """Your penalty holds absolute values. Its gradient must be linear in w: integrate what (a) gives."""
    return float(sigma**2 * np.sum(np.abs(w * x)) / 2)


def penalty_linear_in_the_weights(w, x, sigma):
    """Your penalty is linear in the weights. Is it the gradient, added up? Integrate it instead."""
    return float(sigma**2 * np.sum(x**2 * w))


def penalty_without_sigma(w, x):
    """Your penalty does not depend on sigma."""
    return dropout_regularizer(w, x, 1.0)


def penalty_negative(w, x, sigma):
    """Your penalty is negative: it would reward large weights."""
    return -dropout_regularizer(w, x, sigma)


# ---- the new objective ----


def objective_with_penalty_not_halved(w, x, y_d, sigma):
    """Your penalty is twice as large as it should be. Differentiate it: a square brings a factor 2."""
    return regularized_objective(w, x, y_d, sigma) + dropout_regularizer(w, x, sigma)


def objective_without_the_penalty(w, x, y_d):
    """Your objective is J0. The effect of the noise is missing."""
    return regularized_objective(w, x, y_d, 0.0)


def objective_with_sigma_not_squared(w, x, y_d, sigma):
    """sigma seems to be taken for the variance. It is the standard deviation."""
    return regularized_objective(w, x, y_d, np.sqrt(sigma))


def objective_with_plain_weight_decay(w, x, y_d, sigma):
    """Your penalty is plain weight decay. What the noise adds in (a) depends on the inputs."""
    return regularized_objective(w, x, y_d, 0.0) + float(sigma**2 * np.sum(w**2) / 2)


def objective_with_the_error_not_halved(w, x, y_d, sigma):
    """The squared error of your objective lacks its factor 1/2."""
    return 2 * regularized_objective(w, x, y_d, 0.0) + dropout_regularizer(w, x, sigma)


def objective_with_nothing_halved(w, x, y_d, sigma):
    """Your objective is twice as large as it should be: the factor 1/2 is missing."""
    return 2 * regularized_objective(w, x, y_d, sigma)


def objective_with_the_penalty_subtracted(w, x, y_d, sigma):
    """The penalty has the wrong sign in your objective: it would reward large weights."""
    return regularized_objective(w, x, y_d, 0.0) - dropout_regularizer(w, x, sigma)


def objective_with_the_penalty_squared_after_the_sum(w, x, y_d, sigma):
    """Your penalty squares a sum. The factors are independent, so the variances of the terms add up."""
    return regularized_objective(w, x, y_d, 0.0) + penalty_squared_after_the_sum(w, x, sigma)
