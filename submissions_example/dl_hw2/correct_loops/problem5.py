"""Sums written out."""


def output(w, x, delta):
    return sum(d * a * b for d, a, b in zip(delta, w, x))


def sample_gradient(w, x, y_d, delta):
    error = y_d - output(w, x, delta)
    return [-error * d * v for d, v in zip(delta, x)]


def noise_second_moment(n, sigma):
    return [[1 + sigma * sigma if i == k else 1 for i in range(n)] for k in range(n)]


def expected_gradient(w, x, y_d, sigma):
    n = len(w)
    M = noise_second_moment(n, sigma)
    # E[-(y_d - sum_k d_k w_k x_k) d_i x_i]
    return [-y_d * x[i] + sum(M[k][i] * w[k] * x[k] for k in range(n)) * x[i] for i in range(n)]


def monte_carlo_gradient(rng, w, x, y_d, sigma, n_samples):
    total = [0.0] * len(w)
    for _ in range(n_samples):
        delta = [1 + sigma * rng.standard_normal() for _ in w]
        for i, g in enumerate(sample_gradient(w, x, y_d, delta)):
            total[i] += g
    return [t / n_samples for t in total]


def dropout_regularizer(w, x, sigma):
    R = 0
    for a, b in zip(w, x):
        R += (sigma * a * b) ** 2 / 2
    return R


def regularized_objective(w, x, y_d, sigma):
    # E[J1] = ((mean of the error)^2 + variance of the error) / 2
    mean = y_d - output(w, x, [1] * len(w))
    variance = sum((sigma * a * b) ** 2 for a, b in zip(w, x))
    return (mean**2 + variance) / 2
