"""Problem 4: Bregman divergences."""

import torch
from torch.nn.functional import kl_div

from tools import tensor


def bregman_divergence(phi, grad_phi, p, q):
    step = tensor(p) - tensor(q)
    return phi(p) - phi(q) - tensor(grad_phi(q)) @ step


def on_values(function, values):
    """The function of every value; phi and its derivative take one number."""
    return tensor([float(function(float(v))) for v in values])


def bregman_bias_variance(phi, grad_phi, y, values, probs):
    v, p = tensor(values), tensor(probs)
    phi_v, slope_v = on_values(phi, values), on_values(grad_phi, values)
    mean = (p * v).sum()
    phi_mean, slope_mean = phi(mean.item()), grad_phi(mean.item())
    total = (p * (phi(y) - phi_v - slope_v * (y - v))).sum()
    bias = phi(y) - phi_mean - slope_mean * (y - mean)
    variance = (p * (phi_mean - phi_v - slope_v * (mean - v))).sum()
    return total, bias, variance


def bregman_cross_term(grad_phi, y, values, probs):
    p = tensor(probs)
    mean = (p @ tensor(values)).item()
    return (grad_phi(mean) - p @ on_values(grad_phi, values)) * (y - mean)


def derivative(function, t):
    t = tensor(t).requires_grad_()
    return torch.autograd.grad(function(t), t)[0]


def square(t):
    return (t - 1) ** 2


def f1(t):
    return square(tensor(t))


def f1_prime(t):
    return derivative(square, t)


def mse_decomposition(y, values, probs):
    v, p = tensor(values), tensor(probs)
    mean = p @ v
    return p @ (v - y) ** 2, (mean - y) ** 2, p @ (v - mean) ** 2


def negative_entropy(t):
    return torch.xlogy(t, t).sum()


def f2(t):
    return negative_entropy(tensor(t))


def grad_f2(t):
    return derivative(negative_entropy, t)


def generalized_kl(p, q):
    p, q = tensor(p), tensor(q)
    return kl_div(q.log(), p, reduction="sum") + (q - p).sum()


def kl_divergence(p, q):
    return generalized_kl(p, q)
