"""Problem 3: back-propagation and initialisation, with numpy and columns."""

import numpy as np


def array(tensor):
    return tensor.detach().cpu().numpy()


def elementwise(function, values):
    """A function of tensors, of an array."""
    import torch

    return array(function(torch.from_numpy(values)))


def forward(x, y_bar, weights, biases, sigma):
    h = [array(x)[:, None]]
    for W, b in zip(weights, biases):
        h.append(elementwise(sigma, array(W) @ h[-1] + array(b)[:, None]))
    top = h[-1].max()
    log_sum = top + np.log(np.exp(h[-1] - top).sum())
    y = np.exp(h[-1] - log_sum)
    return tuple(h), y, float(log_sum - (array(y_bar)[:, None] * h[-1]).sum())


def grad_logits(h_L, y_bar):
    odds = np.exp(array(h_L) - array(h_L).max())
    return odds / odds.sum() - array(y_bar)


def chain(x, y_bar, weights, biases, sigma, dsigma):
    """h_i, dl/dh_i and delta_i, as columns; i counts from 0, 1 and 1."""
    h, y, _ = forward(x, y_bar, weights, biases, sigma)
    L = len(weights)
    dh, delta = [None] * (L + 1), [None] * (L + 1)
    dh[L] = y - array(y_bar)[:, None]
    for i in range(L, 0, -1):
        W, b = array(weights[i - 1]), array(biases[i - 1])[:, None]
        delta[i] = dh[i] * elementwise(dsigma, W @ h[i - 1] + b)
        dh[i - 1] = np.einsum("ji,jk->ik", W, delta[i])
    return h, dh[1:], delta[1:]


def hidden_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return chain(x, y_bar, weights, biases, sigma, dsigma)[1]


def hidden_gradient_shapes(dims, i):
    return [[dims[i], 1], [dims[i], dims[i + 1]], [dims[i + 1], 1], [dims[i + 1], 1]]


def weight_gradients(x, y_bar, weights, biases, sigma, dsigma):
    h, _, delta = chain(x, y_bar, weights, biases, sigma, dsigma)
    return tuple(delta[i] @ h[i].T for i in range(len(weights)))


def bias_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return chain(x, y_bar, weights, biases, sigma, dsigma)[2]


def parameter_gradient_shapes(dims, i):
    W, b, h = np.zeros((dims[i], dims[i - 1])), np.zeros((dims[i], 1)), np.zeros((dims[i - 1], 1))
    return W.shape, b.shape, b.shape, b.shape, h.T.shape


def kaiming_variance(fan_in, fan_out, mode="fan_in"):
    return {"fan_in": 2 / fan_in, "fan_out": 2 / fan_out}[mode]


def forward_second_moments(v0, dims, weight_vars):
    return [v0 * np.prod([dims[j] * weight_vars[j] / 2 for j in range(i + 1)]) for i in range(len(weight_vars))]


def backward_gradient_variances(gL, dims, weight_vars):
    L = len(weight_vars)
    return [gL * np.prod([dims[j + 1] * weight_vars[j] / 2 for j in range(i, L)]) for i in range(1, L + 1)]


def kaiming_init(dims, generator):
    import torch

    weights = []
    for fan_in, fan_out in zip(dims, dims[1:]):
        bound = (6 / fan_in) ** 0.5
        uniform = torch.rand((fan_out, fan_in), generator=generator, dtype=torch.float64)
        weights.append((2 * uniform - 1) * bound)
    return weights
