"""Problem 5, with a list of the numbers that are averaged for every mean."""

import math

from vectors import dot, listed, mean, variance


def stats(groups):
    return [mean(group) for group in groups], [variance(group) for group in groups]


def batch_norm_stats(x):
    x = listed(x)
    channels = range(len(x[0]))
    return stats([[value for sample in x for value in sample[c]] for c in channels])


def layer_norm_stats(x):
    return stats([[value for channel in sample for value in channel] for sample in listed(x)])


def instance_norm_stats(x):
    per_sample = [stats(sample) for sample in listed(x)]
    return [means for means, _ in per_sample], [variances for _, variances in per_sample]


def preactivation_stats(u, mean_x, cov_x):
    u, cov_x = listed(u), listed(cov_x)
    spread = 0.0
    for i in range(len(u)):
        for j in range(len(u)):
            spread += u[i] * cov_x[i][j] * u[j]
    return dot(u, listed(mean_x)), math.sqrt(spread)


def batch_norm_unit(X, u, gamma, beta, mean_x, cov_x):
    mu, sigma = preactivation_stats(u, mean_x, cov_x)
    return [gamma * (dot(row, listed(u)) - mu) / sigma + beta for row in listed(X)]


def weight_norm_vector(u, gamma):
    u = listed(u)
    length = math.sqrt(dot(u, u))
    return [gamma / length * entry for entry in u]
