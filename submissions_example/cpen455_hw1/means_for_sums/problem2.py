"""Problem 2: batch normalisation."""

import numpy as np

# 2.1 forward


def batch_norm_forward(Y, gamma, beta, eps):
    m, v = Y.mean(axis=0), Y.var(axis=0)
    return gamma * (Y - m) / np.sqrt(v + eps) + beta, m, v


# 2.2 mean and variance of Y_hat


def normalized_mean(gamma, beta):
    return beta


def normalized_variance(gamma, beta):
    return gamma**2


# 2.3 backward


def parts(dH, Y, gamma, beta, eps):
    """The gradient behind the ReLU, the centred batch, and what it is divided by."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return np.where(Y_hat > 0, dH, 0), Y - m, np.sqrt(v + eps)


def grad_gamma(dH, Y, gamma, beta, eps):
    g, c, s = parts(dH, Y, gamma, beta, eps)
    return (g * c / s).mean(axis=0)


def grad_beta(dH, Y, gamma, beta, eps):
    g, c, s = parts(dH, Y, gamma, beta, eps)
    return g.mean(axis=0)


def grad_mean(dH, Y, gamma, beta, eps):
    g, c, s = parts(dH, Y, gamma, beta, eps)
    return (-gamma * g / s).mean(axis=0)


def grad_var(dH, Y, gamma, beta, eps):
    g, c, s = parts(dH, Y, gamma, beta, eps)
    return (-gamma * g * c / (2 * s**3)).mean(axis=0)


def grad_input(dH, Y, gamma, beta, eps):
    g, c, s = parts(dH, Y, gamma, beta, eps)
    return gamma / s * (g - g.mean(axis=0) - c * (g * c).mean(axis=0) / s**2)


# 2.4 whitening


def whitening_matrix(Y):
    values, vectors = np.linalg.eigh(np.cov(Y.T, bias=True))
    return np.diag(1 / np.sqrt(values)) @ vectors.T


def whitening_batch_norm(Y):
    return (Y - Y.mean(axis=0)) @ whitening_matrix(Y).T
