import numpy as np
import torch


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def cross_entropy_gradient(z, k):
    return softmax(z) - np.eye(len(z))[k]


def leaky_relu_grad(z, alpha=0.01):
    return np.where(z > 0, 1.0, alpha)


def inverted_dropout_mask(rng, size, p=0.2):
    return (rng.random(size) >= p) / (1 - p)


def mlp_loss(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    a = mask * torch.nn.functional.leaky_relu(w1 @ x + b1, alpha)
    return -(y * torch.log_softmax(w2 @ a + b2, dim=0)).sum()


def mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    z1 = w1 @ x + b1
    a = mask * np.where(z1 > 0, z1, alpha * z1)
    dz2 = softmax(w2 @ a + b2) - y
    dz1 = (w2.T @ dz2) * mask * leaky_relu_grad(z1, alpha)
    return dz1[:, None] * x[None, :]
