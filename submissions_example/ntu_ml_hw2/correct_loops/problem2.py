"""Problem 2: Gaussian classes, with the linear algebra of linear.py."""

from math import exp, log, pi

from linear import cholesky, dot, forward_substitution, matrix, minus, solve, vector


def log_density(x, mu, Sigma):
    L = cholesky(Sigma)
    z = forward_substitution(L, minus(vector(x), vector(mu)))
    half_logdet = sum(log(L[i][i]) for i in range(len(L)))
    return -len(z) / 2 * log(2 * pi) - half_logdet - dot(z, z) / 2


def rows_of_class(X, y, k):
    return [vector(X[i]) for i in range(len(y)) if y[i] == k]


def mean_of(rows):
    return [sum(row[j] for row in rows) / len(rows) for j in range(len(rows[0]))]


def covariance_of(rows):
    """E[x x^T] - E[x] E[x]^T."""
    n, d, mu = len(rows), len(rows[0]), mean_of(rows)
    Sigma = [[0.0] * d for _ in range(d)]
    for i in range(d):
        for j in range(d):
            Sigma[i][j] = sum(row[i] * row[j] for row in rows) / n - mu[i] * mu[j]
    return Sigma


def log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    total = 0.0
    for x, label in zip(X, y):
        if label == 1:
            total += log(pi1) + log_density(x, mu1, Sigma1)
        else:
            total += log(pi2) + log_density(x, mu2, Sigma2)
    return total


def gmm_mle(X, y):
    first, second = rows_of_class(X, y, 1), rows_of_class(X, y, 2)
    return (
        len(first) / len(y),
        len(second) / len(y),
        mean_of(first),
        mean_of(second),
        covariance_of(first),
        covariance_of(second),
    )


def posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    joint1 = pi1 * exp(log_density(x, mu1, Sigma1))
    joint2 = pi2 * exp(log_density(x, mu2, Sigma2))
    return joint1 / (joint1 + joint2)


def class_conditional_c1(x, mu1, Sigma1):
    return exp(log_density(x, mu1, Sigma1))


def posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    p = posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)
    return log(p / (1 - p))


def log_likelihood_shared(X, y, pi1, pi2, mu1, mu2, Sigma):
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def gmm_mle_shared(X, y):
    pi1, pi2, mu1, mu2, Sigma1, Sigma2 = gmm_mle(X, y)
    d = len(mu1)
    Sigma = [[pi1 * Sigma1[i][j] + pi2 * Sigma2[i][j] for j in range(d)] for i in range(d)]
    return pi1, pi2, mu1, mu2, Sigma


def posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma):
    w, b = linear_logit_params(pi1, pi2, mu1, mu2, Sigma)
    return 1 / (1 + exp(-dot(w, vector(x)) - b))


def class_conditional_c1_shared(x, mu1, Sigma):
    return class_conditional_c1(x, mu1, Sigma)


def linear_logit_params(pi1, pi2, mu1, mu2, Sigma):
    mu1, mu2, Sigma = vector(mu1), vector(mu2), matrix(Sigma)
    w = solve(Sigma, minus(mu1, mu2))
    b = log(pi1) - log(pi2) - dot(mu1, solve(Sigma, mu1)) / 2 + dot(mu2, solve(Sigma, mu2)) / 2
    return w, b
