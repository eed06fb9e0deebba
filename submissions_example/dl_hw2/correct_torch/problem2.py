"""torch throughout."""

import torch
from torch.autograd.function import once_differentiable


def batch_norm_standardize(x, eps):
    x = torch.tensor(x)
    return (x - x.mean(0)) * torch.rsqrt(x.var(0, unbiased=False) + eps)


def mean_only_bn_forward(x, gamma, beta):
    x = torch.tensor(x)
    return gamma * (x - x.mean()) + beta


def mean_only_bn_jacobian(n, gamma):
    x = torch.zeros(n, dtype=torch.float64)
    return torch.autograd.functional.jacobian(lambda x: gamma * (x - x.mean()), x)


def mean_only_bn_backward(dy, gamma):
    dy = torch.tensor(dy, dtype=torch.float64)
    return mean_only_bn_jacobian(len(dy), gamma).T @ dy


class MeanOnlyBatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta):
        ctx.save_for_backward(x, gamma)
        return torch.addcmul(beta, gamma, x - x.mean(0, keepdim=True))

    @staticmethod
    @once_differentiable
    def backward(ctx, dy):
        x, gamma = ctx.saved_tensors
        dx = dgamma = dbeta = None
        if ctx.needs_input_grad[0]:
            dx = gamma * dy - (gamma * dy).mean(0)
        if ctx.needs_input_grad[1]:
            dgamma = torch.einsum("nd,nd->d", dy, x - x.mean(0))
        if ctx.needs_input_grad[2]:
            dbeta = dy.sum(0)
        return dx, dgamma, dbeta


def mean_only_bn_grad_single(dy, gamma):
    return mean_only_bn_backward([dy], gamma)[0]


def mean_only_bn_grad_limit(dy_i, mean_dy, gamma):
    return torch.tensor(gamma) * (dy_i - mean_dy)
