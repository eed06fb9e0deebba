"""Wrong answers to problem 5, normalisation, each with what to tell the student who gives it."""

import numpy as np

from .problem5 import batch_norm_stats, batch_norm_unit, instance_norm_stats, layer_norm_stats, preactivation_stats

# ---- batch_norm_stats ----


def batch_stats_of_all_entries(x):
    """You seem to average over all entries, which gives one number. Every channel has statistics of its own."""
    return x.mean(), x.var()


def batch_stats_of_every_feature(x):
    """You seem to average over the batch alone, with statistics for every feature of every channel. The features of
    a channel share theirs: they are averaged over as well."""
    return x.mean(axis=0), x.var(axis=0)


def batch_stats_unbiased(x):
    """Your variance seems to be divided by one less than the number of entries. The biased one is asked for: check
    the `ddof` or `unbiased` option of the function that you call."""
    return x.mean(axis=(0, 2)), x.var(axis=(0, 2), ddof=1)


def batch_stats_with_deviations(x):
    """Your second value seems to be the standard deviation. The variance is asked for."""
    return x.mean(axis=(0, 2)), x.std(axis=(0, 2))


def batch_stats_with_squares(x):
    """Your variance seems to be the mean of the squares. Take the mean away first."""
    return x.mean(axis=(0, 2)), (x**2).mean(axis=(0, 2))


def batch_stats_with_variances_averaged(x):
    """Your variance seems to be the mean of the variances of the samples. It misses how far the means of the samples
    are apart."""
    return x.mean(axis=(0, 2)), x.var(axis=2).mean(axis=0)


def batch_stats_with_the_variance_of_means(x):
    """Your variance seems to be that of means over the features. The features deviate from their mean too: take the
    variance of all the numbers at once."""
    return x.mean(axis=(0, 2)), x.mean(axis=2).var(axis=0)


def batch_stats_swapped(x):
    """Mean and variance seem to have changed places."""
    return batch_norm_stats(x)[::-1]


def batch_stats_of_samples(x):
    """Your statistics seem to be those of every sample. Batch norm has one mean for every channel."""
    return layer_norm_stats(x)


# ---- layer_norm_stats ----


def layer_stats_of_channels(x):
    """Your statistics seem to be those of every channel, over the batch. Layer norm looks at one sample at a time."""
    return batch_norm_stats(x)


def layer_stats_of_the_last_axis(x):
    """You seem to average over the last axis alone. In this tensor a layer is made of channels and features."""
    return instance_norm_stats(x)


def layer_stats_unbiased(x):
    """Your variance seems to be divided by one less than the number of entries. The biased one is asked for: check
    the `ddof` or `unbiased` option of the function that you call."""
    return x.mean(axis=(1, 2)), x.var(axis=(1, 2), ddof=1)


def layer_stats_with_deviations(x):
    """Your second value seems to be the standard deviation. The variance is asked for."""
    return x.mean(axis=(1, 2)), x.std(axis=(1, 2))


def layer_stats_with_squares(x):
    """Your variance seems to be the mean of the squares. Take the mean away first."""
    return x.mean(axis=(1, 2)), (x**2).mean(axis=(1, 2))


def layer_stats_with_variances_averaged(x):
    """Your variance seems to be the mean of the variances of the channels. It misses how far the means of the
    channels are apart."""
    return x.mean(axis=(1, 2)), x.var(axis=2).mean(axis=1)


def layer_stats_with_the_variance_of_means(x):
    """Your variance seems to be that of means over the features. The features deviate from their mean too: take the
    variance of all the numbers at once."""
    return x.mean(axis=(1, 2)), x.mean(axis=2).var(axis=1)


def layer_stats_of_the_features(x):
    """You seem to average over batch and channels. Layer norm looks at one sample at a time."""
    return x.mean(axis=(0, 1)), x.var(axis=(0, 1))


# ---- instance_norm_stats ----


def instance_stats_of_samples(x):
    """You seem to average over the channels as well. Instance norm looks at one channel of one sample at a time."""
    return layer_norm_stats(x)


def instance_stats_transposed(x):
    """Your statistics seem to be transposed: samples first, then channels."""
    mean, var = instance_norm_stats(x)
    return mean.T, var.T


def instance_stats_over_the_batch(x):
    """You seem to average over the batch. Instance norm looks at one channel of one sample at a time."""
    return x.mean(axis=0), x.var(axis=0)


def instance_stats_of_channels(x):
    """Your statistics seem to be those of every channel, over the batch. Instance norm looks at one channel of one
    sample at a time."""
    return batch_norm_stats(x)


def instance_stats_unbiased(x):
    """Your variance seems to be divided by one less than the number of features. The biased one is asked for: check
    the `ddof` or `unbiased` option of the function that you call."""
    return x.mean(axis=2), x.var(axis=2, ddof=1)


def instance_stats_with_deviations(x):
    """Your second value seems to be the standard deviation. The variance is asked for."""
    return x.mean(axis=2), x.std(axis=2)


def instance_stats_with_squares(x):
    """Your variance seems to be the mean of the squares. Take the mean away first."""
    return x.mean(axis=2), (x**2).mean(axis=2)


# ---- preactivation_stats ----


def stats_with_the_variance(u, mean_x, cov_x):
    """Your second value seems to be the variance of y. The standard deviation is asked for."""
    return u @ mean_x, u @ cov_x @ u


def stats_without_correlations(u, mean_x, cov_x):
    """You seem to use the variances of the x_i alone. Correlated inputs add up to more, or to less."""
    return u @ mean_x, np.sqrt(u**2 @ np.diag(cov_x))


def stats_of_whitened_inputs(u):
    """Your statistics seem to be those of whitened inputs. Mean and covariance of x are handed in: use both."""
    return 0.0, np.linalg.norm(u)


def stats_with_the_second_moment(u, mean_x, cov_x):
    """Your deviation seems to contain the square of the mean. A covariance is about the mean already."""
    return u @ mean_x, np.sqrt(u @ cov_x @ u + (u @ mean_x) ** 2)


def stats_with_the_mean_left_out(u, cov_x):
    """Your mean seems to be zero always. It is, for whitened inputs: here the mean of x is handed in."""
    return 0.0, np.sqrt(u @ cov_x @ u)


def stats_with_the_length_for_the_deviation(u, mean_x):
    """Your deviation seems to be the length of u. It is, for whitened inputs: here the covariance is handed in."""
    return u @ mean_x, np.linalg.norm(u)


def stats_averaged_over_the_inputs(u, mean_x, cov_x):
    """You seem to divide the sums by the number of inputs. y is a sum, not a mean."""
    return u @ mean_x / len(u), np.sqrt(u @ cov_x @ u / len(u))


# ---- batch_norm_unit ----


def unit_with_the_statistics_of_the_batch(X, u, gamma, beta):
    """You seem to use the mean and deviation of the rows of X. Those of the population are handed in."""
    y = X @ u
    return gamma * (y - y.mean()) / y.std() + beta


def unit_of_whitened_inputs(X, u, gamma, beta):
    """Your unit seems to be X w + beta. That holds for whitened inputs: here mean and covariance are handed in."""
    return batch_norm_unit(X, u, gamma, beta, np.zeros(len(u)), np.eye(len(u)))


def unit_divided_by_the_length(X, u, gamma, beta, mean_x):
    """You seem to divide by the length of u. That is the deviation of y for whitened inputs only."""
    return gamma * (X @ u - u @ mean_x) / np.linalg.norm(u) + beta


def unit_divided_by_the_variance(X, u, gamma, beta, mean_x, cov_x):
    """You seem to divide by the variance. Its units are those of y squared: something is still to be done to it."""
    return gamma * (X @ u - u @ mean_x) / (u @ cov_x @ u) + beta


def unit_not_centred(X, u, gamma, beta, mean_x, cov_x):
    """Your unit seems to be scaled but not centred."""
    return batch_norm_unit(X, u, gamma, beta, 0 * mean_x, cov_x)


def unit_without_beta(X, u, gamma, mean_x, cov_x):
    """Your unit seems to leave beta out."""
    return batch_norm_unit(X, u, gamma, 0.0, mean_x, cov_x)


def unit_without_gamma(X, u, beta, mean_x, cov_x):
    """Your unit seems to leave gamma out."""
    return batch_norm_unit(X, u, 1.0, beta, mean_x, cov_x)


def unit_with_gamma_and_beta_swapped(X, u, gamma, beta, mean_x, cov_x):
    """gamma and beta seem to have changed places. Check the order of the arguments."""
    return batch_norm_unit(X, u, beta, gamma, mean_x, cov_x)


def unit_with_beta_scaled(X, u, gamma, beta, mean_x, cov_x):
    """You seem to add beta before you multiply by gamma. The shift comes last."""
    return gamma * batch_norm_unit(X, u, 1.0, beta, mean_x, cov_x)


def unit_with_an_eps(X, u, gamma, beta, mean_x, cov_x):
    """You seem to add 1e-5 to the variance, as libraries do. Here the variance is handed in and is not 0: no eps."""
    return gamma * (X @ u - u @ mean_x) / np.sqrt(u @ cov_x @ u + 1e-5) + beta


def unit_without_correlations(X, u, gamma, beta, mean_x, cov_x):
    """You seem to use the variances of the x_i alone. Correlated inputs add up to more, or to less."""
    _, sigma = preactivation_stats(u, mean_x, np.diag(np.diag(cov_x)))
    return gamma * (X @ u - u @ mean_x) / sigma + beta


# ---- weight_norm_vector ----


def vector_of_the_size_of_gamma(u, gamma):
    """Your vector seems to lose the sign of gamma. A negative one turns it around."""
    return abs(gamma) * u / np.linalg.norm(u)


def vector_over_the_squared_length(u, gamma):
    """You seem to divide by the squared length of u. What is the length of your vector, for different u?"""
    return gamma * u / (u @ u)


def vector_over_the_sum_of_moduli(u, gamma):
    """You seem to divide by the sum of the moduli. Asked for is the Euclidean length."""
    return gamma * u / np.sum(np.abs(u))


def vector_over_the_largest_entry(u, gamma):
    """You seem to divide by the largest entry. Asked for is the Euclidean length."""
    return gamma * u / np.max(np.abs(u))


def vector_of_length_one(u):
    """Your vector seems to have the length 1: gamma is left out."""
    return u / np.linalg.norm(u)


def vector_not_normalised(u, gamma):
    """You seem to multiply u by gamma. Its own length must not count."""
    return gamma * u


def vector_divided_by_gamma(u, gamma):
    """You seem to divide by gamma. The length of the vector should grow with it."""
    return u / (gamma * np.linalg.norm(u))
