"""Gaussian densities and estimates."""

import torch
from torch.distributions import MultivariateNormal

from .conversion import tensor


def log_gaussian(x, mu, Sigma):
    return MultivariateNormal(tensor(mu), covariance_matrix=tensor(Sigma)).log_prob(x)


def covariance(X):
    """The biased covariance matrix of the rows of X, (d, d) even for d = 1."""
    d = X.shape[1]
    return torch.cov(X.T, correction=0).reshape(d, d)
