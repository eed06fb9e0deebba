"""Problem 2: classification with Gaussian class conditionals, on torch.distributions."""

from math import log

import torch

from tools import covariance, log_gaussian, tensor


def log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    X, first = tensor(X), torch.tensor(y == 1)
    part1 = log(pi1) + log_gaussian(X[first], mu1, Sigma1)
    part2 = log(pi2) + log_gaussian(X[~first], mu2, Sigma2)
    return part1.sum() + part2.sum()


def gmm_mle(X, y):
    X, first = tensor(X), torch.tensor(y == 1)
    pi1 = first.double().mean()
    X1, X2 = X[first], X[~first]
    return pi1, 1 - pi1, X1.mean(dim=0), X2.mean(dim=0), covariance(X1), covariance(X2)


def posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    x = tensor(x)
    joint = torch.stack([log(pi1) + log_gaussian(x, mu1, Sigma1), log(pi2) + log_gaussian(x, mu2, Sigma2)])
    return torch.softmax(joint, dim=0)[0]


def class_conditional_c1(x, mu1, Sigma1):
    return log_gaussian(tensor(x), mu1, Sigma1).exp()


def logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return log(pi1 / pi2) + log_gaussian(x, mu1, Sigma1) - log_gaussian(x, mu2, Sigma2)


def posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    return logit(tensor(x), pi1, pi2, mu1, mu2, Sigma1, Sigma2)


def log_likelihood_shared(X, y, pi1, pi2, mu1, mu2, Sigma):
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def gmm_mle_shared(X, y):
    pi1, pi2, mu1, mu2, _, _ = gmm_mle(X, y)
    means = torch.where(torch.tensor(y == 1)[:, None], mu1, mu2)
    return pi1, pi2, mu1, mu2, covariance(tensor(X) - means)


def posterior_c1_shared(x, pi1, pi2, mu1, mu2, Sigma):
    return posterior_c1(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def class_conditional_c1_shared(x, mu1, Sigma):
    return class_conditional_c1(x, mu1, Sigma)


def linear_logit_params(pi1, pi2, mu1, mu2, Sigma):
    """The logit is linear in x: its gradient is w and its value at 0 is b."""
    origin = torch.zeros(len(mu1), dtype=torch.float64, requires_grad=True)
    b = logit(origin, pi1, pi2, mu1, mu2, Sigma, Sigma)
    (w,) = torch.autograd.grad(b, origin)
    return w, b
