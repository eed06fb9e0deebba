"""Problem 1: layer normalisation; autograd does the backward pass."""

import torch

from tools import tensor


def forward(x, gamma, beta, eps):
    xhat = (x - x.mean()) / torch.sqrt(x.var(correction=0) + eps)
    return gamma * xhat + beta


def layer_norm_forward(x, gamma, beta, eps):
    return forward(tensor(x), tensor(gamma), tensor(beta), eps)


def layer_norm_backward(dy, x, gamma, eps):
    x, gamma = tensor(x).requires_grad_(), tensor(gamma).requires_grad_()
    beta = torch.zeros_like(gamma, requires_grad=True)
    y = forward(x, gamma, beta, eps)
    return torch.autograd.grad(y, (x, gamma, beta), grad_outputs=tensor(dy))
