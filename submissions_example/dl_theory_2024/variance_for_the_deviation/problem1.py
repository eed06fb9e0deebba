"""Problem 1: weight decay, least squares as an ellipse, sparsity."""

import numpy as np


def equivalent_weight_decay(lr, gamma):
    return 2 * lr * gamma


def is_equivalent(optimizer):
    # Adaptive optimisers divide the gradient of the penalty by a number for each weight; decay is not divided.
    return optimizer == "sgd"


def sgd_step(theta, grad, lr, l2=0.0, decay=0.0):
    g = grad + 2 * l2 * theta
    return theta - lr * g - decay * theta


def rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2=0.0, decay=0.0):
    g = grad + 2 * l2 * theta
    sq_avg = rho * sq_avg + (1 - rho) * g**2
    return theta - lr * g / np.sqrt(sq_avg + eps) - decay * theta, sq_avg


def adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2=0.0, decay=0.0):
    g = grad + 2 * l2 * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps) - decay * theta, m, v


def sse_conic(x, y):
    return np.array([len(x) / 2, x.sum(), x @ x / 2, -y.sum(), -(x @ y), y @ y / 2])


def is_ellipse(x):
    return len(np.unique(x)) >= 2


def level_set_ellipse(x, y, level):
    X = np.column_stack([np.ones(len(x)), x])
    H = X.T @ X
    center = np.linalg.solve(H, X.T @ y)
    least = np.sum((y - X @ center) ** 2) / 2
    values, directions = np.linalg.eigh(H)
    return center, np.sqrt(2 * (level - least) / values), directions


def lasso_orthonormal(z, lam):
    return np.sign(z) * np.maximum(np.abs(z) - lam, 0)


def ridge_orthonormal(z, lam):
    return z / (1 + 2 * lam)
