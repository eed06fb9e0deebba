"""Problem 3: multiclass AdaBoost, example by example."""

from math import exp, log


def loss_of_example(scores, label):
    K = len(scores)
    z = -float(scores[label - 1])
    for k in range(1, K + 1):
        if k != label:
            z += float(scores[k - 1]) / (K - 1)
    return exp(z)


def boosting_loss(g, y):
    return sum(loss_of_example(g[i], y[i]) for i in range(len(y)))


def example_weights(g, y):
    losses = [loss_of_example(g[i], y[i]) for i in range(len(y))]
    total = sum(losses)
    return [loss / total for loss in losses]


def directional_derivative(g, pred, y):
    """Z (K/(K-1) eps - 1), with Z the loss and eps the weighted error of pred."""
    K = len(g[0])
    return boosting_loss(g, y) * (K / (K - 1) * weighted_error(pred, g, y) - 1)


def weighted_error(pred, g, y):
    D = example_weights(g, y)
    return sum(D[i] for i in range(len(y)) if pred[i] != y[i])


def select_weak_learner(preds, g, y):
    best = 0
    for j in range(1, len(preds)):
        if weighted_error(preds[j], g, y) < weighted_error(preds[best], g, y):
            best = j
    return best


def adaboost_alpha(eps, K):
    return (1 - 1 / K) * (log(1 - eps) - log(eps) + log(K - 1))


def multiclass_adaboost(preds, y, K, T):
    g = [[0.0] * K for _ in y]
    chosen, alphas = [], []
    for _ in range(T):
        row = select_weak_learner(preds, g, y)
        alpha = adaboost_alpha(weighted_error(preds[row], g, y), K)
        for i in range(len(y)):
            g[i][preds[row][i] - 1] += alpha
        chosen.append(row)
        alphas.append(alpha)
    return chosen, alphas


def aggregate_predict(preds, alphas, K):
    labels = []
    for i in range(len(preds[0])):
        votes = {k: 0.0 for k in range(1, K + 1)}
        for t in range(len(alphas)):
            votes[int(preds[t][i])] += float(alphas[t])
        labels.append(max(votes, key=votes.get))
    return labels
