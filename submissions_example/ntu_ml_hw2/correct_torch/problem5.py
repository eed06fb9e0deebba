"""Problem 5: gradient descent. f and grad_f know numpy only, so points reach them as arrays."""

import torch

from tools import array, tensor


def gradient(grad_f, x):
    return tensor(grad_f(array(x)))


def line_restriction(f, x, y):
    x, y = tensor(x), tensor(y)
    return lambda t: f(array(torch.lerp(x, y, float(t))))


def line_restriction_derivative(grad_f, x, y):
    x, y = tensor(x), tensor(y)
    return lambda t: gradient(grad_f, torch.lerp(x, y, float(t))) @ (y - x)


def remainder_and_integral_bound(f, grad_f, x, y):
    slope = line_restriction_derivative(grad_f, x, y)
    start = slope(0.0)
    remainder = (f(y) - f(x) - start).abs()

    # grad_f is called at 64 Chebyshev points only; the polynomial through them is then as good as
    # the integrand and costs nothing on a fine grid.
    degrees = torch.arange(64, dtype=torch.float64)
    angles = torch.pi * (degrees + 0.5) / 64
    nodes = (1 - torch.cos(angles)) / 2
    excess = torch.stack([slope(t) for t in nodes]) - start
    coefficients = torch.linalg.solve(torch.cos(angles[:, None] * degrees), excess)

    fine = torch.linspace(0, 1, 6001, dtype=torch.float64)
    values = torch.cos(torch.acos(1 - 2 * fine)[:, None] * degrees) @ coefficients
    return remainder, torch.trapezoid(values.abs(), fine)


def quadratic_upper_model(f, grad_f, x, y, beta):
    step = tensor(y) - tensor(x)
    return f(x) + tensor(grad_f(x)) @ step + beta / 2 * step @ step


def gradient_step(grad_f, x, beta):
    return tensor(x) - tensor(grad_f(x)) / beta


def sufficient_decrease(f, grad_f, x, beta):
    after = f(array(gradient_step(grad_f, x, beta)))
    return after - f(x), -tensor(grad_f(x)).square().sum() / (2 * beta)


def optimality_gap_bound(f, grad_f, x, x_star, beta):
    return f(x_star) - f(x), -tensor(grad_f(x)).square().sum() / (2 * beta)


def distance_expansion(grad_f, theta, theta_star, eta):
    away = tensor(theta) - tensor(theta_star)
    move = eta * tensor(grad_f(theta))
    return away.square().sum(), move.square().sum(), -2 * torch.dot(move, away)


def strong_convexity_gap(f, grad_f, x, y, alpha):
    step = tensor(x) - tensor(y)
    return f(x) - f(y) - tensor(grad_f(y)) @ step - alpha / 2 * step.square().sum()


def contraction_factor(alpha, beta):
    return 1 - alpha / beta


def gradient_descent(grad_f, theta0, beta, n_steps):
    iterates = torch.empty(n_steps + 1, len(theta0), dtype=torch.float64)
    iterates[0] = tensor(theta0)
    for n in range(n_steps):
        iterates[n + 1] = iterates[n] - gradient(grad_f, iterates[n]) / beta
    return iterates


def convergence_bound(theta0, theta_star, alpha, beta, n):
    return torch.dist(tensor(theta0), tensor(theta_star)).square() * (1 - alpha / beta) ** n
