"""Everything entry by entry; torch only where a torch class is asked for."""

import torch


def mean(values):
    return sum(values) / len(values)


def batch_norm_standardize(x, eps):
    columns = []
    for j in range(x.shape[1]):
        column = [float(v) for v in x[:, j]]
        mu = mean(column)
        root = (mean([(v - mu) ** 2 for v in column]) + eps) ** 0.5
        columns.append([(v - mu) / root for v in column])
    return [list(row) for row in zip(*columns)]


def mean_only_bn_forward(x, gamma, beta):
    mu = mean(list(x))
    return [gamma * (v - mu) + beta for v in x]


def mean_only_bn_jacobian(n, gamma):
    return [[gamma * ((i == j) - 1 / n) for i in range(n)] for j in range(n)]


def mean_only_bn_backward(dy, gamma):
    J = mean_only_bn_jacobian(len(dy), gamma)
    return [sum(J[j][i] * dy[j] for j in range(len(dy))) for i in range(len(dy))]


class MeanOnlyBatchNorm(torch.autograd.Function):
    """The newer form of a Function: forward without ctx."""

    @staticmethod
    def forward(x, gamma, beta):
        return torch.stack([gamma * (row - x.sum(0) / len(x)) + beta for row in x])

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, gamma, _ = inputs
        ctx.save_for_backward(x, gamma)

    @staticmethod
    def backward(ctx, dy):
        x, gamma = ctx.saved_tensors
        n = len(x)
        dx = torch.zeros_like(dy)
        for i in range(n):
            for j in range(n):
                dx[i] += gamma * ((i == j) - 1 / n) * dy[j]
        # dgamma with one row for each sample: torch adds them up
        return dx, dy * (x - x.mean(0)), dy


def mean_only_bn_grad_single(dy, gamma):
    return gamma * dy * (1 - 1 / 1)


def mean_only_bn_grad_limit(dy_i, mean_dy, gamma):
    return gamma * dy_i - gamma * mean_dy
