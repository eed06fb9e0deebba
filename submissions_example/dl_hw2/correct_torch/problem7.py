"""The loss in torch; gradient and Hessian by autograd."""

import numpy as np
import torch
from torch.autograd.functional import hessian


def loss(y):
    y = torch.tensor(y)
    return lambda z: -(y * torch.log_softmax(z, 0)).sum()


def softmax_ce_gradient(z, y):
    z = torch.tensor(z, requires_grad=True)
    loss(y)(z).backward()
    return z.grad


def softmax_ce_hessian(z, y):
    return hessian(loss(y), torch.tensor(z))


def softmax_quadratic_form(z, v):
    y = np.eye(len(z))[0]
    v = torch.tensor(v)
    return v @ softmax_ce_hessian(z, y) @ v


def softmax_null_direction(num_classes):
    # the eigenvector of the Hessian at z = 0 that belongs to the least eigenvalue
    H = softmax_ce_hessian(np.zeros(num_classes), np.eye(num_classes)[0])
    return torch.linalg.eigh(H).eigenvectors[:, 0]
