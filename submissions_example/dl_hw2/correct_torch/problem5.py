"""Gradients by autograd, the expectation as the gradient of E[J1]."""

import torch


def tensor(values):
    return torch.as_tensor(values, dtype=torch.float64)


def sample_gradient(w, x, y_d, delta):
    x, delta = tensor(x), tensor(delta)
    w = torch.tensor(w, requires_grad=True)
    (0.5 * (y_d - (delta * w * x).sum()) ** 2).backward()
    return w.grad


def noise_second_moment(n, sigma):
    return torch.diag(torch.full((n,), sigma**2, dtype=torch.float64)) + 1


def expected_gradient(w, x, y_d, sigma):
    w = torch.tensor(w, requires_grad=True)
    return torch.autograd.grad(regularized_objective(w, x, y_d, sigma), w)[0]


def monte_carlo_gradient(rng, w, x, y_d, sigma, n_samples):
    x, w = tensor(x), tensor(w)
    delta = tensor(rng.standard_normal((n_samples, len(w)))) * sigma + 1
    error = y_d - torch.einsum("sk,k,k->s", delta, w, x)
    return -torch.einsum("s,sk,k->k", error, delta, x) / n_samples


def dropout_regularizer(w, x, sigma):
    return (sigma * tensor(w) * tensor(x)).square().sum() / 2


def regularized_objective(w, x, y_d, sigma):
    return 0.5 * (y_d - tensor(w) @ tensor(x)) ** 2 + dropout_regularizer(w, x, sigma)
