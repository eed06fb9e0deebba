"""Problem 3: multiclass AdaBoost; autograd differentiates the loss."""

import torch
from torch.nn.functional import one_hot

from tools import tensor


def indicator(labels, K):
    """1{label = k}, as a table with K columns."""
    return one_hot(labels - 1, K).double()


def losses(g, y):
    """The terms of L(g)."""
    K = g.shape[1]
    own = indicator(y, K)
    return torch.exp((g * (1 - own)).sum(dim=1) / (K - 1) - (g * own).sum(dim=1))


def boosting_loss(g, y):
    return losses(tensor(g), torch.tensor(y)).sum()


def example_weights(g, y):
    w = losses(tensor(g), torch.tensor(y))
    return w / w.sum()


def directional_derivative(g, pred, y):
    g, pred, y = tensor(g), torch.tensor(pred), torch.tensor(y)
    alpha = tensor(0.0).requires_grad_()
    loss = losses(g + alpha * indicator(pred, g.shape[1]), y).sum()
    return torch.autograd.grad(loss, alpha)[0]


def select_weak_learner(preds, g, y):
    return torch.stack([directional_derivative(g, pred, y) for pred in preds]).argmin()


def adaboost_alpha(eps, K):
    # torch.logit(eps) is log(eps / (1 - eps))
    return (K - 1) / K * (torch.log(tensor(K - 1)) - torch.logit(torch.as_tensor(eps, dtype=torch.float64)))


def multiclass_adaboost(preds, y, K, T):
    preds, y = torch.tensor(preds), torch.tensor(y)
    g = torch.zeros(len(y), K, dtype=torch.float64)
    chosen, alphas = [], []
    for _ in range(T):
        w = losses(g, y)
        errors = ((preds != y) * w).sum(dim=1) / w.sum()
        row = errors.argmin()
        alpha = adaboost_alpha(errors[row], K)
        g = g + alpha * indicator(preds[row], K)
        chosen.append(row)
        alphas.append(alpha)
    return torch.stack(chosen), torch.stack(alphas)


def aggregate_predict(preds, alphas, K):
    votes = torch.einsum("t,tmk->mk", tensor(alphas), indicator(torch.tensor(preds), K))
    return votes.argmax(dim=1) + 1
