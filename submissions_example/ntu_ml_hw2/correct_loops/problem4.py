"""Problem 4: Bregman divergences, sum by sum."""

from math import log


def bregman_divergence(phi, grad_phi, p, q):
    slope = grad_phi(q)
    inner = sum(float(slope[i] * (p[i] - q[i])) for i in range(len(p)))
    return float(phi(p)) - float(phi(q)) - inner


def divergence(phi, grad_phi, p, q):
    """D_phi of two numbers."""
    return float(phi(p)) - float(phi(q)) - float(grad_phi(q)) * (p - q)


def expectation(function, values, probs):
    total = 0.0
    for value, prob in zip(values, probs):
        total += float(prob) * float(function(float(value)))
    return total


def mean_of(values, probs):
    return expectation(lambda value: value, values, probs)


def bregman_bias_variance(phi, grad_phi, y, values, probs):
    mean = mean_of(values, probs)
    total = expectation(lambda v: divergence(phi, grad_phi, y, v), values, probs)
    variance = expectation(lambda v: divergence(phi, grad_phi, mean, v), values, probs)
    return total, divergence(phi, grad_phi, y, mean), variance


def bregman_cross_term(grad_phi, y, values, probs):
    mean = mean_of(values, probs)
    return (float(grad_phi(mean)) - expectation(grad_phi, values, probs)) * (y - mean)


def f1(t):
    return t * t - 3 * t + 1


def f1_prime(t):
    return 2 * t - 3


def mse_decomposition(y, values, probs):
    mean = mean_of(values, probs)
    total = expectation(lambda v: (v - y) ** 2, values, probs)
    variance = expectation(lambda v: v * v, values, probs) - mean * mean
    return total, (mean - y) ** 2, variance


def f2(t):
    return sum(float(ti) * log(ti) - float(ti) for ti in t)


def grad_f2(t):
    return [log(ti) for ti in t]


def generalized_kl(p, q):
    total = 0.0
    for pi, qi in zip(p, q):
        total += float(pi) * (log(pi) - log(qi)) - float(pi) + float(qi)
    return total


def kl_divergence(p, q):
    return sum(float(pi) * log(pi) for pi in p) - sum(float(pi) * log(qi) for pi, qi in zip(p, q))
