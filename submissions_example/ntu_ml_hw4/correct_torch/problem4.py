"""Problem 4: EM on torch.distributions."""

import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from tools import tensor


def components(mu, Sigma):
    return MultivariateNormal(tensor(mu), covariance_matrix=tensor(Sigma))


def log_joint(X, pi, mu, Sigma):
    return tensor(pi).log() + components(mu, Sigma).log_prob(tensor(X)[:, None, :])


def responsibilities(X, pi, mu, Sigma):
    return torch.softmax(log_joint(X, pi, mu, Sigma), dim=1)


def m_step(X, delta):
    X, delta = tensor(X), tensor(delta)
    d, K = X.shape[1], delta.shape[1]
    weights = delta / delta.sum(dim=0)
    mu = torch.einsum("ik,ia->ka", weights, X)
    Sigma = torch.stack([torch.cov(X.T, correction=0, aweights=delta[:, k]).reshape(d, d) for k in range(K)])
    return delta.mean(dim=0), mu, Sigma


def log_likelihood(X, pi, mu, Sigma):
    mixture = MixtureSameFamily(Categorical(tensor(pi)), components(mu, Sigma))
    return mixture.log_prob(tensor(X)).sum()


def q_function(X, delta, pi, mu, Sigma):
    return torch.tensordot(tensor(delta), log_joint(X, pi, mu, Sigma))


def em_fit(X, pi, mu, Sigma, n_iter):
    for _ in range(n_iter):
        pi, mu, Sigma = m_step(X, responsibilities(X, pi, mu, Sigma))
    return pi, mu, Sigma
