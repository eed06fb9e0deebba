"""Problem 4: Bregman divergences."""

import numpy as np


def bregman_divergence(phi, grad_phi, p, q):
    return phi(p) - phi(q) - np.dot(grad_phi(q), p - q)


def bregman_bias_variance(phi, grad_phi, y, values, probs):
    mean = float(probs @ values)
    total = probs @ [bregman_divergence(phi, grad_phi, y, float(v)) for v in values]
    bias = bregman_divergence(phi, grad_phi, y, mean)
    variance = probs @ [bregman_divergence(phi, grad_phi, mean, float(v)) for v in values]
    return total, bias, variance


def bregman_cross_term(grad_phi, y, values, probs):
    mean = float(probs @ values)
    mean_slope = probs @ [grad_phi(float(v)) for v in values]
    return (grad_phi(mean) - mean_slope) * (y - mean)


def f1(t):
    return t**2


def f1_prime(t):
    return 2 * t


def mse_decomposition(y, values, probs):
    mean = probs @ values
    return probs @ (values - y) ** 2, (mean - y) ** 2, probs @ (values - mean) ** 2


def f2(t):
    return np.sum(t * np.log(t))


def grad_f2(t):
    return np.log(t) + 1


def generalized_kl(p, q):
    return np.sum(p * np.log(p / q) - p + q)


def kl_divergence(p, q):
    return np.sum(p * np.log(p / q))
