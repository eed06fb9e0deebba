import numpy as np
import torch


def batch_norm_standardize(x, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)


def mean_only_bn_forward(x, gamma, beta):
    return gamma * (x - np.mean(x)) + beta


def mean_only_bn_jacobian(n, gamma):
    return gamma * np.eye(n)


def mean_only_bn_backward(dy, gamma):
    return gamma * dy


class MeanOnlyBatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta):
        xhat = x - x.mean(dim=0)
        ctx.save_for_backward(xhat, gamma)
        return gamma * xhat + beta

    @staticmethod
    def backward(ctx, dy):
        xhat, gamma = ctx.saved_tensors
        return gamma * dy, (dy * xhat).sum(dim=0), dy.sum(dim=0)


def mean_only_bn_grad_single(dy, gamma):
    return gamma * dy


def mean_only_bn_grad_limit(dy_i, mean_dy, gamma):
    return gamma * dy_i
