"""Problem 1, with loops over the coordinates."""

import math

from vectors import listed


def equivalent_weight_decay(lr, gamma):
    return lr * (gamma + gamma)


def is_equivalent(optimizer):
    return {"sgd": True, "rmsprop": False, "adam": False}[optimizer]


def sgd_step(theta, grad, lr, l2=0.0, decay=0.0):
    # One pull towards zero does for both: 2 lr l2 of the penalty, and the decay.
    return [(1 - 2 * lr * l2 - decay) * w - lr * g for w, g in zip(theta, grad)]


def rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2=0.0, decay=0.0):
    weights, averages = [], []
    for w, g, s in zip(listed(theta), listed(grad), listed(sq_avg)):
        g += 2 * l2 * w
        s += (1 - rho) * (g * g - s)
        weights.append(w - lr * g / (math.sqrt(s) + eps) - decay * w)  # eps outside of the root, as torch has it
        averages.append(s)
    return weights, averages


def adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2=0.0, decay=0.0):
    weights, first, second = [], [], []
    for w, g, m_old, v_old in zip(listed(theta), listed(grad), listed(m), listed(v)):
        g += 2 * l2 * w
        m_new = beta1 * m_old + (1 - beta1) * g
        v_new = beta2 * v_old + (1 - beta2) * g * g
        # The corrections of both moments as one factor of the learning rate.
        rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        weights.append(w - rate * m_new / math.sqrt(v_new + eps) - decay * w)
        first.append(m_new)
        second.append(v_new)
    return weights, first, second


def sse_conic(x, y):
    A = B = C = D = E = F = 0.0
    for xi, yi in zip(listed(x), listed(y)):
        A += 0.5
        B += xi
        C += xi * xi / 2
        D -= yi
        E -= xi * yi
        F += yi * yi / 2
    return [A, B, C, D, E, F]


def is_ellipse(x):
    return any(xi != xj for xi in x for xj in x)


def level_set_ellipse(x, y, level):
    A, B, C, D, E, F = sse_conic(x, y)
    # The gradient of the quadratic vanishes at the centre: Cramer's rule.
    det = 4 * A * C - B * B
    b0, b1 = (B * E - 2 * C * D) / det, (B * D - 2 * A * E) / det
    least = F + (D * b0 + E * b1) / 2
    # A rotation by this angle takes the mixed term away.
    angle = 0.5 * math.atan2(B, A - C)
    axes = []
    for phi in (angle, angle + math.pi / 2):
        c, s = math.cos(phi), math.sin(phi)
        curvature = A * c * c + B * c * s + C * s * s
        axes.append((math.sqrt((level - least) / curvature), (c, s)))
    (long, first), (short, second) = sorted(axes, reverse=True)
    return [b0, b1], [long, short], [[first[0], second[0]], [first[1], second[1]]]


def lasso_orthonormal(z, lam):
    shrunk = []
    for zj in listed(z):
        if zj > lam:
            shrunk.append(zj - lam)
        elif zj < -lam:
            shrunk.append(zj + lam)
        else:
            shrunk.append(0.0)
    return shrunk


def ridge_orthonormal(z, lam):
    shrinkage = 1 / (1 + 2 * lam)
    return [shrinkage * zj for zj in listed(z)]
