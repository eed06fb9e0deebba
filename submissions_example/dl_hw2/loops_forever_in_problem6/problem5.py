import numpy as np


def sample_gradient(w, x, y_d, delta):
    return -(y_d - np.sum(delta * w * x)) * delta * x


def noise_second_moment(n, sigma):
    return np.ones((n, n)) + sigma**2 * np.eye(n)


def expected_gradient(w, x, y_d, sigma):
    return (w @ x - y_d) * x + sigma**2 * x**2 * w


def monte_carlo_gradient(rng, w, x, y_d, sigma, n_samples):
    delta = rng.normal(1.0, sigma, (n_samples, len(w)))
    error = y_d - delta @ (w * x)
    return np.mean(-error[:, None] * delta * x, axis=0)


def dropout_regularizer(w, x, sigma):
    return 0.5 * sigma**2 * np.sum(x**2 * w**2)


def regularized_objective(w, x, y_d, sigma):
    return 0.5 * (y_d - w @ x) ** 2 + dropout_regularizer(w, x, sigma)
