"""Problem 3: boosting example by example; alpha by bisection of the slope of the objective."""

from math import exp


def loss_of(scores, label):
    others = 0.0
    for k in range(1, len(scores) + 1):
        if k != label:
            others += scores[k - 1]
    return exp(others / (len(scores) - 1) - scores[label - 1])


def distribution(g, y):
    losses = [loss_of(scores, label) for scores, label in zip(g, y)]
    total = sum(losses)
    return [loss / total for loss in losses], total


def weighted_error(D, pred, y):
    error = 0.0
    for weight, guess, label in zip(D, pred, y):
        if guess != label:
            error += weight
    return error


def directional_derivative(g, pred, y):
    K, slope = len(g[0]), 0.0
    for scores, guess, label in zip(g, pred, y):
        if guess == label:
            slope -= loss_of(scores, label)
        else:
            slope += loss_of(scores, label) / (K - 1)
    return slope


def select_weak_learner(preds, g, y):
    slopes = [directional_derivative(g, pred, y) for pred in preds]
    return slopes.index(min(slopes))


def stage_objective(alpha, eps, K):
    return (1 - eps) / exp(alpha) + eps * exp(alpha) ** (1 / (K - 1))


def adaboost_alpha(eps, K):
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        slope = eps / (K - 1) * exp(middle / (K - 1)) - (1 - eps) * exp(-middle)
        if slope < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def boosting_round(preds, g, y):
    D, _ = distribution(g, y)
    row = select_weak_learner(preds, g, y)
    alpha = adaboost_alpha(weighted_error(D, preds[row], y), len(g[0]))
    for i, guess in enumerate(preds[row]):
        g[i, guess - 1] += alpha
    return row, alpha, g
