"""Everything point by point, with Python's own numbers."""

from math import exp, hypot, log1p


def sigmoid(z):
    if z >= 0:
        return 1 / (1 + exp(-z))
    return exp(z) / (1 + exp(z))


def bce_loss(w, b, x, y):
    total = 0.0
    for xn, yn in zip(x, y):
        z = float(w * xn + b)
        if yn == 0:
            z = -z
        # the cost is ln(1 + exp(-z)), z being the score of the right label
        total += log1p(exp(-z)) if z > 0 else -z + log1p(exp(z))
    return total


def bce_gradient(w, b, x, y):
    dw = db = 0.0
    for xn, yn in zip(x, y):
        error = sigmoid(w * xn + b) - yn
        dw += error * xn
        db += error
    return [dw, db]


def bce_hessian(w, b, x, y):
    ww = wb = bb = 0.0
    for xn in x:
        s = sigmoid(w * xn + b) * sigmoid(-w * xn - b)
        ww += s * xn * xn
        wb += s * xn
        bb += s
    return [[ww, wb], [wb, bb]]


def hessian_quadratic_form(v, w, b, x, y):
    (ww, wb), (_, bb) = bce_hessian(w, b, x, y)
    return v[0] ** 2 * ww + 2 * v[0] * v[1] * wb + v[1] ** 2 * bb


def flat_direction(x):
    if any(xn != x[0] for xn in x):
        return None
    length = hypot(1, x[0])
    return [-1 / length, x[0] / length]


def gd_step(w, b, x, y, eta):
    dw, db = bce_gradient(w, b, x, y)
    return [w - eta * dw, b - eta * db]


def gradient_descent(w0, b0, x, y, eta, n_steps):
    rows = [[w0, b0]]
    while len(rows) <= n_steps:
        w, b = rows[-1]
        rows.append(gd_step(w, b, x, y, eta))
    return rows
