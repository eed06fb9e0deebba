"""Gradients with backward(), one row at a time."""

import torch


def gradient(f, p):
    p = p.detach().clone()
    p.requires_grad = True
    f(p).backward()
    return p.grad.detach()


def jacobian(F, p):
    m = len(F(p))
    return torch.stack([gradient(lambda q, i=i: F(q)[i], p) for i in range(m)])


def hessian(f, p):
    x = p.detach().clone().requires_grad_(True)
    (g,) = torch.autograd.grad(f(x), x, create_graph=True)
    H = torch.zeros(len(x), len(x), dtype=x.dtype)
    for i in range(len(x)):
        if not g[i].requires_grad:
            continue  # f is linear
        (row,) = torch.autograd.grad(g[i], x, retain_graph=True, allow_unused=True)
        if row is not None:
            H[i] = row
    return H


def peano_hessian():
    """By the definition: the slopes of the gradient along the axes, from difference quotients."""

    def y(u, v):
        return u * v * (u * u - v * v) / (u * u + v * v) if (u, v) != (0, 0) else 0.0

    h = 1e-6
    H = 1e-2

    def y_u(u, v):
        return (y(u + h, v) - y(u - h, v)) / (2 * h)

    def y_v(u, v):
        return (y(u, v + h) - y(u, v - h)) / (2 * h)

    return [
        [(y_u(H, 0) - y_u(-H, 0)) / (2 * H), (y_u(0, H) - y_u(0, -H)) / (2 * H)],
        [(y_v(H, 0) - y_v(-H, 0)) / (2 * H), (y_v(0, H) - y_v(0, -H)) / (2 * H)],
    ]
