"""Problem 3: back-propagation and initialisation, with torch tensors."""

import numpy as np
import torch

# 3.1 forward, gradients of the activations


def forward(x, y_bar, weights, biases, sigma):
    h = [x]
    for W, b in zip(weights, biases):
        h.append(sigma(W @ h[-1] + b))
    # y[k] = exp(h_L[k]) / sum_i exp(h_L[k])
    y = torch.stack([(logit - torch.stack([logit for _ in h[-1]]).logsumexp(0)).exp() for logit in h[-1]])
    return h, y, -(y_bar * torch.log(y)).sum()


def grad_logits(h_L, y_bar):
    return torch.softmax(h_L, dim=0) - y_bar


def backward(x, y_bar, weights, biases, sigma, dsigma):
    """The activations, dl/dh_i and dl/db_i."""
    h, a = [x], []
    for W, b in zip(weights, biases):
        a.append(W @ h[-1] + b)
        h.append(sigma(a[-1]))
    gradient, gradients, deltas = grad_logits(h[-1], y_bar), [], []
    for W, pre in zip(reversed(weights), reversed(a)):
        gradients.insert(0, gradient)
        deltas.insert(0, gradient * dsigma(pre))
        gradient = W.T @ deltas[0]
    return h, gradients, deltas


def hidden_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return backward(x, y_bar, weights, biases, sigma, dsigma)[1]


def hidden_gradient_shapes(dims, i):
    before, after = dims[i], dims[i + 1]
    return (before, 1), (before, after), (after, 1), (after, 1)


# 3.2 gradients of the parameters


def weight_gradients(x, y_bar, weights, biases, sigma, dsigma):
    h, _, deltas = backward(x, y_bar, weights, biases, sigma, dsigma)
    return [torch.outer(delta, before) for delta, before in zip(deltas, h)]


def bias_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return backward(x, y_bar, weights, biases, sigma, dsigma)[2]


def parameter_gradient_shapes(dims, i):
    fan_in, fan_out = dims[i - 1], dims[i]
    return (fan_out, fan_in), (fan_out, 1), (fan_out, 1), (fan_out, 1), (1, fan_in)


# 3.3 Kaiming


def kaiming_variance(fan_in, fan_out, mode="fan_in"):
    return 2 / (fan_in if mode == "fan_in" else fan_out)


def forward_second_moments(v0, dims, weight_vars):
    return np.array([v0 * (dims[0] * weight_vars[0] / 2) ** i for i in range(1, len(dims))])


def backward_gradient_variances(gL, dims, weight_vars):
    variances = [gL]
    for i in range(len(dims) - 2, 0, -1):
        variances.insert(0, 0.5 * dims[i] * weight_vars[i] * variances[0])
    return np.array(variances)


def kaiming_init(dims, generator):
    return [
        torch.randn(n, m, generator=generator, dtype=torch.float64, device=generator.device) * (2 / m) ** 0.5
        for m, n in zip(dims, dims[1:])
    ]
