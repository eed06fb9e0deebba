"""Problem 3: multiclass AdaBoost. Labels are 1..K, the rows of preds count from 0."""

import numpy as np


def one_hot(labels, K):
    return np.eye(K)[labels - 1]


def distribution(g, y):
    own = g[np.arange(len(y)), y - 1]
    terms = np.exp((g.sum(axis=1) - own) / (g.shape[1] - 1) - own)
    Z = terms.sum()
    return terms / Z, Z


def weighted_error(D, pred, y):
    return D @ (pred != y)


def directional_derivative(g, pred, y):
    K = g.shape[1]
    D, Z = distribution(g, y)
    return Z * (K / (K - 1) * weighted_error(D, pred, y) - 1)


def select_weak_learner(preds, g, y):
    D, _ = distribution(g, y)
    return np.argmin((preds != y) @ D)


def stage_objective(alpha, eps, K):
    return eps * np.exp(alpha / (K - 1)) + (1 - eps) * np.exp(-alpha)


def adaboost_alpha(eps, K):
    return (K - 1) / K * np.log((K - 1) * (1 - eps) / eps)


def boosting_round(preds, g, y):
    D, _ = distribution(g, y)
    row = select_weak_learner(preds, g, y)
    alpha = adaboost_alpha(weighted_error(D, preds[row], y), g.shape[1])
    return row, alpha, g + alpha * one_hot(preds[row], g.shape[1])
