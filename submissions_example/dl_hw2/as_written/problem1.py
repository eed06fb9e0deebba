import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def bce_loss(w, b, x, y):
    z = w * x + b
    return np.sum(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


def bce_gradient(w, b, x, y):
    r = sigmoid(w * x + b) - y
    return np.array([r @ x, r.sum()])


def bce_hessian(w, b, x, y):
    p = sigmoid(w * x + b)
    A = np.column_stack([x, np.ones_like(x)])
    return A.T @ (A * (p * (1 - p))[:, None])


def hessian_quadratic_form(v, w, b, x, y):
    p = sigmoid(w * x + b)
    return np.sum(p * (1 - p) * (v[0] * x + v[1]) ** 2)


def flat_direction(x):
    return None  # v^T H v > 0


def gd_step(w, b, x, y, eta):
    dw, db = bce_gradient(w, b, x, y)
    return w - eta * dw, b - eta * db


def gradient_descent(w0, b0, x, y, eta, n_steps):
    path = [(w0, b0)]
    for _ in range(n_steps):
        path.append(gd_step(*path[-1], x, y, eta))
    return np.array(path)
