"""Divergences with their terms in another order."""

import numpy as np


def bregman_divergence(phi, grad_phi, p, q):
    slope = grad_phi(q)
    return np.sum(slope * (q - p)) + (phi(p) - phi(q))


def mse_decomposition(y, values, probs):
    mean = np.dot(values, probs)
    spread = np.einsum("i,j,ij->", probs, probs, np.subtract.outer(values, values) ** 2) / 2
    return np.dot(probs, np.square(values - y)), (y - mean) ** 2, spread


def f1(t):
    return (t - 3) * (t + 1)


def f1_prime(t):
    return 2 * (t - 1)


def f2(t):
    return np.sum(np.where(t > 0, t * np.log(t), 0) - t)


def grad_f2(t):
    return np.log(t)


def generalized_kl(p, q):
    ratio = p / q
    return np.sum(q * (ratio * np.log(ratio) - ratio + 1))


def kl_divergence(p, q):
    return -np.dot(p, np.log(q / p))
