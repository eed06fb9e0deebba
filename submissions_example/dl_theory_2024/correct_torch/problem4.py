"""Problem 4, with torch for the linear algebra and for the slopes."""

import numpy as np
import torch


def rnn_forward(W, U, b, h0, X, sigma):
    W, U, b, X = map(torch.as_tensor, (W, U, b, X))
    states = [torch.as_tensor(h0)]
    for x in X:
        a = W @ states[-1] + U @ x + b
        states.append(torch.as_tensor(sigma(a.numpy())))
    return torch.stack(states)


def rnn_jacobian(W, U, b, h0, X, sigma, dsigma):
    """From the last step back: each row is what flows from one entry of h_T to h_0."""
    states = rnn_forward(W, U, b, h0, X, sigma).numpy()
    rows = torch.eye(len(h0), dtype=torch.float64)
    for t in reversed(range(len(X))):
        slopes = torch.as_tensor(dsigma(W @ states[t] + U @ X[t] + b))
        rows = (rows * slopes) @ torch.as_tensor(W)
    return rows


def jacobian_norm_bound(gamma, t):
    return torch.tensor(gamma, dtype=torch.float64).pow(t)


def vanishing_condition(gamma):
    return torch.tensor(gamma) < 1


def general_norm_bound(W, gamma, t):
    return (gamma * torch.linalg.matrix_norm(torch.as_tensor(W), ord=2)) ** t


def nonvanishing_example(gamma, dim):
    # The gradient keeps its length in every direction.
    return torch.eye(dim, dtype=torch.float64) / gamma


def activation_derivative(name, a):
    a = torch.tensor(np.asarray(a), requires_grad=True)
    getattr(torch, name)(a).sum().backward()
    return a.grad


def derivative_bound(name):
    """The largest slope on a grid around 0, where all of them are steepest; 1 is the slope of relu on its right."""
    return activation_derivative(name, np.append(np.linspace(-3, 3, 61), 0.5)).max()
