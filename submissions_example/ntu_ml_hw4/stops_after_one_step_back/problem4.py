"""Problem 4: EM for a Gaussian mixture."""

import numpy as np


def log_gaussian(X, mu, Sigma):
    centred = X - mu
    distances = np.sum(centred @ np.linalg.inv(Sigma) * centred, axis=1)
    return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


def log_joint(X, pi, mu, Sigma):
    return np.stack([np.log(pi[k]) + log_gaussian(X, mu[k], Sigma[k]) for k in range(len(pi))], axis=1)


def responsibilities(X, pi, mu, Sigma):
    L = log_joint(X, pi, mu, Sigma)
    delta = np.exp(L - L.max(axis=1, keepdims=True))
    return delta / delta.sum(axis=1, keepdims=True)


def m_step(X, delta):
    N, K = delta.shape
    counts = delta.sum(axis=0)
    mu = delta.T @ X / counts[:, None]
    Sigma = np.zeros((K, X.shape[1], X.shape[1]))
    for k in range(K):
        centred = X - mu[k]
        Sigma[k] = (delta[:, k, None] * centred).T @ centred / counts[k]
    return counts / N, mu, Sigma


def log_likelihood(X, pi, mu, Sigma):
    L = log_joint(X, pi, mu, Sigma)
    top = L.max(axis=1)
    return np.sum(top + np.log(np.exp(L - top[:, None]).sum(axis=1)))


def q_function(X, delta, pi, mu, Sigma):
    return np.sum(delta * log_joint(X, pi, mu, Sigma))


def em_fit(X, pi, mu, Sigma, n_iter):
    for _ in range(n_iter):
        delta = responsibilities(X, pi, mu, Sigma)
        pi, mu, Sigma = m_step(X, delta)
    return pi, mu, Sigma
