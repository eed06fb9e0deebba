"""Problem 1: layer normalisation, one number at a time."""

from math import sqrt


def statistics(x, eps):
    """Mean of x and sqrt(sigma^2 + eps), with sigma^2 = E[x^2] - E[x]^2."""
    d = len(x)
    mean = sum(float(value) for value in x) / d
    mean_square = sum(float(value) ** 2 for value in x) / d
    return mean, sqrt(mean_square - mean * mean + eps)


def is_scalar(gamma):
    return not hasattr(gamma, "__len__")


def layer_norm_forward(x, gamma, beta, eps):
    mean, s = statistics(x, eps)
    y = []
    for i in range(len(x)):
        scale = gamma if is_scalar(gamma) else gamma[i]
        shift = beta if is_scalar(beta) else beta[i]
        y.append(float(scale * (x[i] - mean) / s + shift))
    return y


def layer_norm_backward(dy, x, gamma, eps):
    d = len(x)
    mean, s = statistics(x, eps)

    dxhat = []
    for i in range(d):
        scale = gamma if is_scalar(gamma) else gamma[i]
        dxhat.append(float(scale * dy[i]))

    # The chain rule of the hint: through the variance, through the mean, and directly.
    dvariance = 0.0
    for i in range(d):
        dvariance += dxhat[i] * (x[i] - mean) * -0.5 / s**3
    dmean = 0.0
    for i in range(d):
        dmean += -dxhat[i] / s - dvariance * 2 * (x[i] - mean) / d
    dx = []
    for i in range(d):
        dx.append(float(dxhat[i] / s + dvariance * 2 * (x[i] - mean) / d + dmean / d))

    dgamma = [float(dy[i] * (x[i] - mean) / s) for i in range(d)]
    dbeta = [float(dy[i]) for i in range(d)]
    if is_scalar(gamma):
        return dx, sum(dgamma), sum(dbeta)
    return dx, dgamma, dbeta
