"""Everything entry by entry; torch only where a tensor is asked for."""

from math import exp

import torch


def softmax(z):
    top = max(z)
    e = [exp(v - top) for v in z]
    return [v / sum(e) for v in e]


def softmax_jacobian(z):
    p = softmax(z)
    K = len(p)
    return [[p[k] * ((k == i) - p[i]) for i in range(K)] for k in range(K)]


def cross_entropy_gradient(z, k):
    p = softmax(z)
    p[k] -= 1
    return p


def leaky_relu_grad(z, alpha=0.01):
    return [1 if v >= 0 else alpha for v in z]


def inverted_dropout_mask(rng, size, p=0.2):
    mask = []
    for _ in range(size):
        if rng.uniform() < p:
            mask.append(0.0)
        else:
            mask.append(1 / (1 - p))
    return mask


def mlp_loss(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    a = []
    for row, bias, m in zip(w1, b1, mask):
        z = (row * x).sum() + bias
        a.append(m * z if z > 0 else m * alpha * z)
    z2 = [sum(w * h for w, h in zip(row, a)) + bias for row, bias in zip(w2, b2)]
    norm = torch.logsumexp(torch.stack(z2), 0)
    return sum(yk * (norm - zk) for yk, zk in zip(y, z2))


def mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    hidden = range(len(b1))
    z1 = [sum(w * v for w, v in zip(w1[j], x)) + b1[j] for j in hidden]
    a = [mask[j] * (z1[j] if z1[j] > 0 else alpha * z1[j]) for j in hidden]
    p = softmax([sum(w * v for w, v in zip(row, a)) + bias for row, bias in zip(w2, b2)])
    rows = []
    for j in hidden:
        da = sum((p[k] - y[k]) * w2[k][j] for k in range(len(y)))
        dz = da * mask[j] * leaky_relu_grad([z1[j]], alpha)[0]
        rows.append([dz * v for v in x])
    return rows
