"""Problem 3: back-propagation by autograd, initialisation by torch."""

import torch


def forward(x, y_bar, weights, biases, sigma):
    h = [x]
    for i in range(len(weights)):
        h.append(sigma(torch.mv(weights[i], h[i]) + biases[i]))
    return h, torch.nn.functional.softmax(h[-1], 0), torch.nn.functional.cross_entropy(h[-1], y_bar)


def grad_logits(h_L, y_bar):
    h_L = h_L.clone().requires_grad_()
    torch.nn.functional.cross_entropy(h_L, y_bar).backward()
    return h_L.grad


def gradients(x, y_bar, weights, biases, sigma):
    """Those of the activations, of the weights and of the biases."""
    weights = [W.clone().requires_grad_() for W in weights]
    biases = [b.clone().requires_grad_() for b in biases]
    h, _, loss = forward(x, y_bar, weights, biases, sigma)
    L = len(weights)
    found = torch.autograd.grad(loss, h[1:] + weights + biases)
    return found[:L], found[L : 2 * L], found[2 * L :]


def hidden_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return gradients(x, y_bar, weights, biases, sigma)[0]


def hidden_gradient_shapes(dims, i):
    W = torch.zeros(dims[i + 1], dims[i])
    h, after = torch.zeros(dims[i], 1), torch.zeros(dims[i + 1], 1)
    return h.shape, W.T.shape, after.shape, after.shape


def weight_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return gradients(x, y_bar, weights, biases, sigma)[1]


def bias_gradients(x, y_bar, weights, biases, sigma, dsigma):
    return gradients(x, y_bar, weights, biases, sigma)[2]


def parameter_gradient_shapes(dims, i):
    column = (dims[i], 1)
    return (dims[i], dims[i - 1]), column, column, column, (1, dims[i - 1])


def kaiming_variance(fan_in, fan_out, mode="fan_in"):
    return torch.tensor(2.0, dtype=torch.float64) / {"fan_in": fan_in, "fan_out": fan_out}[mode]


def forward_second_moments(v0, dims, weight_vars):
    gains = torch.tensor(dims[:-1], dtype=torch.float64) * torch.tensor(weight_vars, dtype=torch.float64) / 2
    return v0 * torch.cumprod(gains, dim=0)


def backward_gradient_variances(gL, dims, weight_vars):
    found = [gL]
    for i in range(len(weight_vars) - 1, 0, -1):
        found = [dims[i + 1] * weight_vars[i] * found[0] / 2] + found
    return found


def kaiming_init(dims, generator):
    weights = [torch.empty(dims[i + 1], dims[i], dtype=torch.float64) for i in range(len(dims) - 1)]
    return [torch.nn.init.kaiming_normal_(W, nonlinearity="relu", generator=generator) for W in weights]
