"""Problem 1: layer normalisation."""

import numpy as np


def normalise(x, eps):
    """xhat, and the root that x was divided by."""
    centred = x - x.mean()
    s = np.sqrt(np.mean(centred**2) + eps)
    return centred / s, s


def layer_norm_forward(x, gamma, beta, eps):
    xhat, _ = normalise(x, eps)
    return gamma * xhat + beta


def layer_norm_backward(dy, x, gamma, eps):
    xhat, s = normalise(x, eps)
    dxhat = gamma * dy
    dx = (dxhat - dxhat.mean() - xhat * np.mean(dxhat * xhat)) / s
    if np.ndim(gamma) == 0:  # one gamma for all features: its gradient collects them all
        return dx, np.sum(dy * xhat), np.sum(dy)
    return dx, dy * xhat, dy
