"""The cost in torch; its derivatives by autograd."""

import numpy as np
import torch
from torch.autograd.functional import hessian


def parameters(w, b):
    return torch.tensor([float(w), float(b)], dtype=torch.float64)


def cost(x, y):
    x, y = torch.tensor(x), torch.tensor(y)

    def E(theta):
        return torch.nn.functional.binary_cross_entropy_with_logits(theta[0] * x + theta[1], y, reduction="sum")

    return E


def bce_loss(w, b, x, y):
    return cost(x, y)(parameters(w, b))


def bce_gradient(w, b, x, y):
    theta = parameters(w, b).requires_grad_(True)
    cost(x, y)(theta).backward()
    return theta.grad


def bce_hessian(w, b, x, y):
    return hessian(cost(x, y), parameters(w, b))


def hessian_quadratic_form(v, w, b, x, y):
    v = torch.tensor(v)
    return v @ bce_hessian(w, b, x, y) @ v


def flat_direction(x):
    A = np.stack([x, np.ones_like(x)], axis=1)
    _, s, vt = np.linalg.svd(A)
    if len(s) > 1 and s[1] > 1e-7:
        return None
    return vt[-1]


def gd_step(w, b, x, y, eta):
    return parameters(w, b) - eta * bce_gradient(w, b, x, y)


def gradient_descent(w0, b0, x, y, eta, n_steps):
    theta = parameters(w0, b0).requires_grad_(True)
    path = [theta.detach().clone()]
    for _ in range(n_steps):
        theta.grad = None
        cost(x, y)(theta).backward()
        with torch.no_grad():
            theta -= eta * theta.grad
        path.append(theta.detach().clone())
    return torch.stack(path)
