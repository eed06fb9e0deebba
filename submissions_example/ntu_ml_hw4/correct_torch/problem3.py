"""Problem 3: multiclass AdaBoost; autograd differentiates the loss."""

import torch
from torch.nn.functional import one_hot

from tools import leaf, tensor


def indicator(labels, K):
    """1{label = k}, as a table with K columns."""
    return one_hot(torch.as_tensor(labels) - 1, K).double()


def exponents(g, y):
    K = g.shape[1]
    own = indicator(y, K)
    return (g * (1 - own)).sum(dim=1) / (K - 1) - (g * own).sum(dim=1)


def distribution(g, y):
    z = exponents(tensor(g), y)
    return torch.softmax(z, dim=0), torch.logsumexp(z, dim=0).exp()


def weighted_error(D, pred, y):
    return (tensor(D) * torch.as_tensor(pred != y)).sum()


def directional_derivative(g, pred, y):
    alpha = leaf(0.0)
    loss = exponents(tensor(g) + alpha * indicator(pred, g.shape[1]), y).exp().sum()
    return torch.autograd.grad(loss, alpha)[0]


def select_weak_learner(preds, g, y):
    return torch.stack([directional_derivative(g, pred, y) for pred in preds]).argmin()


def stage_objective(alpha, eps, K):
    votes = tensor([alpha / (K - 1), -alpha])
    return tensor([eps, 1 - eps]) @ votes.exp()


def adaboost_alpha(eps, K):
    # torch.logit(eps) is log(eps / (1 - eps))
    return (K - 1) / K * (torch.log(tensor(K - 1)) - torch.logit(tensor(eps)))


def boosting_round(preds, g, y):
    row = select_weak_learner(preds, g, y)
    D, _ = distribution(g, y)
    alpha = adaboost_alpha(weighted_error(D, preds[row], y), g.shape[1])
    return row, alpha, tensor(g) + alpha * indicator(preds[row], g.shape[1])
