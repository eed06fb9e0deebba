"""Problem 5: statistics of normalisation layers, and weight normalisation as batch normalisation."""

import numpy as np


def batch_norm_stats(x):
    return x.mean(axis=(0, 2)), x.var(axis=(0, 2))


def layer_norm_stats(x):
    return x.mean(axis=(1, 2)), x.var(axis=(1, 2))


def instance_norm_stats(x):
    return x.mean(axis=2), x.var(axis=2)


def preactivation_stats(u, mean_x, cov_x):
    return u @ mean_x, np.sqrt(u @ cov_x @ u)


def batch_norm_unit(X, u, gamma, beta, mean_x, cov_x):
    mu, sigma = preactivation_stats(u, mean_x, cov_x)
    return gamma * (X @ u - mu) / sigma + beta


def weight_norm_vector(u, gamma):
    return gamma * u / np.linalg.norm(u)
