"""Problem 5: gradient descent on a smooth, strongly convex function."""

import numpy as np
from numpy.polynomial import Chebyshev


def line_restriction(f, x, y):
    return lambda t: f(x + t * (y - x))


def line_restriction_derivative(grad_f, x, y):
    return lambda t: grad_f(x + t * (y - x)) @ (y - x)


def remainder_and_integral_bound(f, grad_f, x, y):
    slope = line_restriction_derivative(grad_f, x, y)
    start = slope(0.0)
    remainder = abs(f(y) - f(x) - start)

    # The integrand without its | | is smooth: a polynomial through 61 points of it is integrated
    # exactly, between its zeros.
    excess = Chebyshev.interpolate(lambda ts: np.array([slope(t) for t in ts]) - start, 60, domain=[0, 1])
    excess = excess.trim(1e-13 * np.abs(excess.coef).max())
    zeros = excess.roots()
    zeros = np.sort(zeros.real[np.abs(zeros.imag) < 1e-6])
    cuts = np.concatenate([[0.0], zeros[(zeros > 0) & (zeros < 1)], [1.0]])
    integral = np.abs(np.diff(excess.integ()(cuts))).sum()
    return remainder, integral


def quadratic_upper_model(f, grad_f, x, y, beta):
    return f(x) + grad_f(x) @ (y - x) + beta / 2 * np.sum((y - x) ** 2)


def gradient_step(grad_f, x, beta):
    return x - grad_f(x) / beta


def sufficient_decrease(f, grad_f, x, beta):
    gradient = grad_f(x)
    return f(x - gradient / beta) - f(x), -(gradient @ gradient) / (2 * beta)


def optimality_gap_bound(f, grad_f, x, x_star, beta):
    gradient = grad_f(x)
    return f(x_star) - f(x), -(gradient @ gradient) / (2 * beta)


def distance_expansion(grad_f, theta, theta_star, eta):
    away, gradient = theta - theta_star, grad_f(theta)
    return away @ away, eta**2 * gradient @ gradient, -2 * eta * gradient @ away


def strong_convexity_gap(f, grad_f, x, y, alpha):
    return f(x) - f(y) - grad_f(y) @ (x - y) - alpha / 2 * np.sum((x - y) ** 2)


def contraction_factor(alpha, beta):
    return 1 - alpha / beta


def gradient_descent(grad_f, theta0, beta, n_steps):
    iterates = [theta0]
    for _ in range(n_steps):
        iterates.append(gradient_step(grad_f, iterates[-1], beta))
    return np.array(iterates)


def convergence_bound(theta0, theta_star, alpha, beta, n):
    return contraction_factor(alpha, beta) ** n * np.sum((theta0 - theta_star) ** 2)
