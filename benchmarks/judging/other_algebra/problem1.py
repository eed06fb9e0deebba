"""Layer normalisation by einsum and by its whole Jacobian matrix."""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps):
    d = len(x)
    centring = np.eye(d) - np.full((d, d), 1 / d)
    centred = np.einsum("ij,j->i", centring, x)
    length = np.sqrt(np.einsum("i,i->", centred, centred) + d * eps)
    return gamma * (np.sqrt(d) * centred / length) + beta


def layer_norm_backward(dy, x, gamma, eps):
    d = len(x)
    centring = np.eye(d) - np.full((d, d), 1 / d)
    centred = centring @ x
    s = (centred @ centred / d + eps) ** -0.5
    jacobian = s * centring - s**3 / d * np.einsum("i,j->ij", centred, centred)
    dx = np.einsum("i,ij->j", gamma * dy, jacobian)
    dgamma, dbeta = dy * (s * centred), dy * np.ones(d)
    if np.ndim(gamma) == 0:
        return dx, dgamma.sum(), dbeta.sum()
    return dx, dgamma, dbeta
