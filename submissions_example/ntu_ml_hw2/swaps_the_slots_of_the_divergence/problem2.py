"""Problem 2: classification with Gaussian class conditionals. Labels are 1 and 2."""

import numpy as np


def log_gaussian(X, mu, Sigma):
    """log f_{mu,Sigma} of a point, or of each row of a table."""
    diff = X - mu
    _, logdet = np.linalg.slogdet(Sigma)
    mahalanobis = np.sum(diff * np.linalg.solve(Sigma, diff.T).T, axis=-1)
    return -0.5 * (len(mu) * np.log(2 * np.pi) + logdet + mahalanobis)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def scatter(X, mu):
    """Sum of the outer products (x - mu)(x - mu)^T over the rows of X."""
    diff = X - mu
    return diff.T @ diff


# (a) every class has its own covariance matrix


def log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    joint1 = np.log(pi1) + log_gaussian(X, mu1, Sigma1)
    joint2 = np.log(pi2) + log_gaussian(X, mu2, Sigma2)
    return np.sum(np.where(y == 1, joint1, joint2))


def gmm_mle(X, y):
    X1, X2 = X[y == 1], X[y == 2]
    mu1, mu2 = X1.mean(axis=0), X2.mean(axis=0)
    Sigma1, Sigma2 = scatter(X1, mu1) / len(X1), scatter(X2, mu2) / len(X2)
    return len(X1) / len(X), len(X2) / len(X), mu1, mu2, Sigma1, Sigma2


def posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return sigmoid(posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2))


def class_conditional_c1(x, mu1, Sigma1):
    return np.exp(log_gaussian(x, mu1, Sigma1))


def posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return np.log(pi1 / pi2) + log_gaussian(x, mu1, Sigma1) - log_gaussian(x, mu2, Sigma2)


# (b) one covariance matrix for both


def log_likelihood_shared(X, y, pi1, pi2, mu1, mu2, Sigma):
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def gmm_mle_shared(X, y):
    X1, X2 = X[y == 1], X[y == 2]
    mu1, mu2 = X1.mean(axis=0), X2.mean(axis=0)
    Sigma = (scatter(X1, mu1) + scatter(X2, mu2)) / len(X)
    return len(X1) / len(X), len(X2) / len(X), mu1, mu2, Sigma


def posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma):
    w, b = linear_logit_params(pi1, pi2, mu1, mu2, Sigma)
    return sigmoid(w @ x + b)


def class_conditional_c1_shared(x, mu1, Sigma):
    return class_conditional_c1(x, mu1, Sigma)


def linear_logit_params(pi1, pi2, mu1, mu2, Sigma):
    w = np.linalg.solve(Sigma, mu1 - mu2)
    b = np.log(pi1 / pi2) - 0.5 * (mu1 + mu2) @ w
    return w, b
