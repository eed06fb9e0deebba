"""Problem 2: autograd goes back through time."""

import torch
from torch.nn.functional import binary_cross_entropy

from tools import leaf, tensor


def tanh_layer_backward(dZ, X, W, B):
    W, B, X = leaf(W), leaf(B), leaf(X)
    return torch.autograd.grad(torch.tanh(W @ X + B), (W, B, X), tensor(dZ))


def forward(x1, x2, h0, W_i, W_h, W_o):
    h1 = torch.tanh(W_h @ h0 + W_i @ x1)
    h2 = torch.tanh(W_h @ h1 + W_i @ x2)
    return h1, h2, torch.sigmoid(W_o @ h2)


def rnn_forward(x1, x2, h0, W_i, W_h, W_o):
    return forward(*map(tensor, (x1, x2, h0, W_i, W_h, W_o)))


def bce_loss(y, y_hat):
    return binary_cross_entropy(tensor(y_hat), tensor(y))


def rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o):
    h1, h2, y_hat = forward(*map(leaf, (x1, x2, h0, W_i, W_h, W_o)))
    return torch.autograd.grad(binary_cross_entropy(y_hat[0], tensor(y)), (h1, h2))


def rnn_backward(x1, x2, y, h0, W_i, W_h, W_o):
    weights = [leaf(W) for W in (W_i, W_h, W_o)]
    _, _, y_hat = forward(*map(tensor, (x1, x2, h0)), *weights)
    return torch.autograd.grad(binary_cross_entropy(y_hat[0], tensor(y)), weights)
