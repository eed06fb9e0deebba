import numpy as np
import torch


def gradient(f, p):
    q = p.clone().requires_grad_(True)
    return torch.autograd.grad(f(q), q)[0]


def jacobian(F, p):
    q = p.clone().requires_grad_(True)
    y = F(q)
    return torch.stack([torch.autograd.grad(y[i], q, retain_graph=True)[0] for i in range(len(y))])


def hessian(f, p):
    # [J]_ij = d/dx_i (dy/dx_i)
    return torch.diag(torch.autograd.functional.hessian(f, p))[:, None].repeat(1, len(p))


def peano_hessian():
    return np.array([[0.0, 1.0], [-1.0, 0.0]])
