"""Problem 3: multiclass AdaBoost. Labels are 1..K, the rows of preds count from 0."""

import numpy as np


def exponents(g, y):
    """1/(K-1) sum_{k != y_i} g^k(x_i) - g^{y_i}(x_i), for every example."""
    own = g[np.arange(len(y)), y - 1]
    return (g.sum(axis=1) - own) / (g.shape[1] - 1) - own


def one_hot(labels, K):
    return np.eye(K)[labels - 1]


def boosting_loss(g, y):
    return np.exp(exponents(g, y)).sum()


def example_weights(g, y):
    z = exponents(g, y)
    w = np.exp(z - z.max())
    return w / w.sum()


def directional_derivative(g, pred, y):
    w = np.exp(exponents(g, y))
    return np.sum(np.where(pred == y, -w, w / (g.shape[1] - 1)))


def select_weak_learner(preds, g, y):
    errors = (preds != y) @ example_weights(g, y)
    return np.argmin(errors)


def adaboost_alpha(eps, K):
    return (K - 1) / K * np.log((K - 1) * (1 - eps) / eps)


def multiclass_adaboost(preds, y, K, T):
    g = np.zeros((len(y), K))
    chosen, alphas = np.zeros(T, dtype=int), np.zeros(T)
    for t in range(T):
        chosen[t] = select_weak_learner(preds, g, y)
        f = preds[chosen[t]]
        eps = example_weights(g, y)[f != y].sum()
        alphas[t] = adaboost_alpha(eps, K)
        g += alphas[t] * one_hot(f, K)
    return chosen, alphas


def aggregate_predict(preds, alphas, K):
    votes = np.tensordot(alphas, one_hot(preds, K), axes=1)
    return votes.argmax(axis=1) + 1
