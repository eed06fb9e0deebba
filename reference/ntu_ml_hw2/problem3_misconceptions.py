"""Wrong answers to problem 3, multiclass AdaBoost, each with what to tell the student who gives it."""

import numpy as np

from .problem3 import adaboost_alpha, boosting_loss, directional_derivative, multiclass_adaboost, select_weak_learner

# ---- the loss ----


def loss_averaged(g, y):
    """You seem to average over the examples. The document's L is a sum: it does not know how many examples there
    are."""
    return boosting_loss(g, y) / len(y)


def loss_with_the_other_scores_summed(g, y):
    """You seem to add up the scores of the other labels without the factor before the sum. With K = 2 nobody
    notices, with more labels the other ones weigh too much."""
    return float(np.sum(_weights_with_the_other_scores_summed(g, y)))


def loss_with_the_own_score_among_the_others(g, y):
    """The own label seems to take part in the sum over the other labels. That sum leaves one label out."""
    return float(np.sum(_weights_with_the_own_score_among_the_others(g, y)))


def loss_with_the_own_score_divided_too(g, y):
    """The factor 1/(K - 1) seems to act on the own score as well. It belongs to the sum over the other labels alone:
    check your parentheses."""
    own, others = _scores(g, y)
    return float(np.sum(np.exp((others - own) / (g.shape[1] - 1))))


def loss_divided_by_k(g, y):
    """You seem to divide the sum over the other labels by K. Count how many other labels there are."""
    own, others = _scores(g, y)
    return float(np.sum(np.exp(others / g.shape[1] - own)))


def loss_of_the_own_score(g, y):
    """Your loss depends on the score of the own label only. The scores of the other labels belong into the
    exponent too: it compares."""
    return float(np.sum(np.exp(-_scores(g, y)[0])))


def loss_of_the_margin(g, y):
    """The exponent has the wrong sign: your loss grows when the score of the right label grows."""
    return boosting_loss(-g, y)


def loss_with_the_exponential_inside(g, y):
    """You seem to take the exponential for every other label and add these up. The sum over the other labels
    stands inside the exponential."""
    own, _ = _scores(g, y)
    every = np.exp(g - own[:, None]).sum(axis=1) - 1
    return float(np.sum(every / (g.shape[1] - 1)))


def loss_as_logarithm(g, y):
    """You seem to return the logarithm of the loss. L itself is asked for."""
    return float(np.log(boosting_loss(g, y)))


# ---- the weights ----


def weights_not_normalised(g, y):
    """Your weights are the terms of the loss themselves. A distribution adds up to 1: one division is missing. No
    argmin suffers from it, but a weighted error does."""
    own, others = _scores(g, y)
    return np.exp(others / (g.shape[1] - 1) - own)


def weights_uniform(y):
    """Your weights are all equal, as they are in the first round only. Later rounds attend to the examples on
    which g does badly."""
    return np.full(len(y), 1 / len(y))


def weights_with_the_other_scores_summed(g, y):
    """You seem to add up the scores of the other labels without the factor before the sum. With K = 2 nobody
    notices, with more labels the other ones weigh too much."""
    return _normalised(_weights_with_the_other_scores_summed(g, y))


def weights_with_the_own_score_among_the_others(g, y):
    """The own label seems to take part in the sum over the other labels. That sum leaves one label out."""
    return _normalised(_weights_with_the_own_score_among_the_others(g, y))


def weights_of_the_own_score(g, y):
    """Your weights depend on the score of the own label only. A score counts relative to the others: adding one
    number to all scores of an example must not change its weight."""
    return _normalised(np.exp(-_scores(g, y)[0]))


def weights_of_the_margin(g, y):
    """Your weights are large where g does well. Boosting attends to the examples on which it does badly: check the
    sign of the exponent."""
    return _normalised(1 / weights_not_normalised(g, y))


def weights_over_the_largest(g, y):
    """Your weights are divided by the largest one. Shares add up to 1: divide by something else."""
    weights = weights_not_normalised(g, y)
    return weights / np.max(weights)


def weights_averaged(g, y):
    """Your weights are divided by the number of examples. Shares of a loss add up to 1 whatever its size: divide
    by something else."""
    return weights_not_normalised(g, y) / len(y)


# ---- the slope ----


def slope_of_the_logarithm(g, pred, y):
    """Your slope is divided by the loss at g, as if the weights were normalised. The derivative of L itself is
    asked for: which factor did the normalisation take away?"""
    return directional_derivative(g, pred, y) / boosting_loss(g, y)


def slope_averaged(g, pred, y):
    """Your slope is divided by the number of examples. L is a sum, and so is its derivative."""
    return directional_derivative(g, pred, y) / len(y)


def slope_negative(g, pred, y):
    """Your slope has the wrong sign. A weak learner that is right on every example makes the loss fall as alpha
    grows."""
    return -directional_derivative(g, pred, y)


def slope_as_of_two_classes(g, pred, y):
    """A wrong prediction seems to count as much as a right one, as with two labels. It raises one of K - 1 other
    scores only: how much of that reaches the exponent?"""
    return float(np.sum(weights_not_normalised(g, y) * np.where(pred == y, -1.0, 1.0)))


def slope_of_the_right_predictions(g, pred, y):
    """Wrong predictions seem to count for nothing. They raise the score of another label, and that is in the
    exponent too."""
    return float(np.sum(weights_not_normalised(g, y) * np.where(pred == y, -1.0, 0.0)))


def slope_with_the_factor_on_the_right_predictions(g, pred, y):
    """The two cases seem to be mixed up. Which score stands alone in the exponent, and which ones share a
    factor?"""
    return float(np.sum(weights_not_normalised(g, y) * np.where(pred == y, -1.0 / (g.shape[1] - 1), 1.0)))


def slope_divided_by_k(g, pred, y):
    """A wrong prediction seems to count with the factor of K labels. Count how many other labels there are."""
    return float(np.sum(weights_not_normalised(g, y) * np.where(pred == y, -1.0, 1.0 / g.shape[1])))


def slope_without_weights(g, pred, y):
    """Your slope does not depend on g. The derivative is taken at g, where the exponentials of the examples differ:
    they stay as factors."""
    return directional_derivative(np.zeros_like(g), pred, y)


def slope_as_a_full_step(g, pred, y):
    """You seem to take the difference of the loss for a step of alpha = 1. The derivative at alpha = 0 is its
    limit for small steps."""
    return boosting_loss(g + np.eye(g.shape[1])[pred - 1], y) - boosting_loss(g, y)


def slope_is_the_weighted_error(g, pred, y):
    """You seem to return the weighted error of the weak learner. It is closely related to the slope, but the right
    predictions contribute too, and L need not be 1."""
    return float(np.sum(_normalised(weights_not_normalised(g, y))[pred != y]))


# ---- the choice of a weak learner ----


def row_counted_from_1(preds, g, y):
    """You seem to count the rows from 1. Labels start at 1 in this homework, row numbers at 0."""
    return select_weak_learner(preds, g, y) + 1


def row_of_the_fewest_errors(preds, y):
    """You seem to choose the weak learner with the fewest errors, whatever g is. An example on which g does badly
    should count for more."""
    return int(np.argmin((preds != y).sum(axis=1)))


def row_of_the_steepest_ascent(preds, g, y):
    """You seem to choose the weak learner with the largest weighted error. The loss should fall along it, not
    grow."""
    return int(np.argmax(_slopes(preds, g, y)))


def row_of_the_largest_slope_in_size(preds, g, y):
    """You seem to compare the slopes without their signs. The loss grows along a weak learner that is nearly
    always wrong: it is steep, but uphill."""
    return int(np.argmax(np.abs(_slopes(preds, g, y))))


def row_by_weights_of_the_own_score(preds, g, y):
    """Your weights seem to depend on the score of the own label only. A score counts relative to the others:
    adding one number to all scores of an example must not change its weight."""
    return int(np.argmin((preds != y) @ weights_of_the_own_score(g, y)))


def row_by_weights_of_the_margin(preds, g, y):
    """Your weights seem to be large where g does well. Boosting attends to the examples on which it does badly:
    check the sign of the exponent."""
    return int(np.argmin((preds != y) @ weights_of_the_margin(g, y)))


def row_by_weights_with_the_other_scores_summed(preds, g, y):
    """Your weights seem to add up the scores of the other labels without the factor before the sum. With K = 2
    nobody notices, with more labels the other ones weigh too much."""
    return int(np.argmin((preds != y) @ _weights_with_the_other_scores_summed(g, y)))


def smallest_slope_itself(preds, g, y):
    """You seem to return the smallest value rather than the row in which it stands. Have a look at the difference
    between min and argmin."""
    return float(np.min(_slopes(preds, g, y)))


# ---- the coefficient ----


def alpha_of_samme(eps, K):
    """Your alpha is that of the SAMME paper. It gives the same classifier, but it is not where this loss is least:
    minimise the L of the document over alpha."""
    return float(np.log((1 - eps) / eps) + np.log(K - 1))


def alpha_of_two_classes(eps):
    """Your alpha is that of AdaBoost with two classes: it does not depend on K. A wrong prediction raises one of
    K - 1 other scores: put that into the derivative."""
    return float(np.log((1 - eps) / eps) / 2)


def alpha_halved(eps, K):
    """You seem to keep the factor of AdaBoost with two classes. The two exponentials have exponents of different
    size when K > 2: combine them once more."""
    return float((np.log((1 - eps) / eps) + np.log(K - 1)) / 2)


def alpha_zero_at_one_half(eps, K):
    """Your alpha is 0 at eps = 1/2. With K labels a guess errs more often than that: one logarithm is missing."""
    return float((K - 1) / K * np.log((1 - eps) / eps))


def alpha_with_k_minus_1_in_the_denominator(eps, K):
    """The K - 1 in your logarithm stands on the wrong side of the fraction. With more labels a guess errs more
    often: at that error alpha must be 0."""
    return float((K - 1) / K * (np.log((1 - eps) / eps) - np.log(K - 1)))


def alpha_with_the_factor_inverted(eps, K):
    """Your logarithm is right, but the factor before it is upside down. Divide by it once more at the end of your
    derivation."""
    return K / (K - 1) * alpha_of_samme(eps, K)


def alpha_with_the_error_inverted(eps, K):
    """In your logarithm eps and 1 - eps have changed places. A small error must give a large alpha."""
    return float((K - 1) / K * (np.log(eps / (1 - eps)) + np.log(K - 1)))


def alpha_never_negative(eps, K):
    """You seem to cut alpha off at 0. For a weak learner that is worse than a guess the minimum over all real
    alpha lies elsewhere."""
    return max(adaboost_alpha(eps, K), 0.0)


def alpha_in_bits(eps, K):
    """You seem to use the logarithm of base 2. The loss is made of natural exponentials: which logarithm undoes
    them?"""
    return adaboost_alpha(eps, K) / float(np.log(2))


# ---- all rounds ----


def fit_of_samme(preds, y, K, T):
    """Your rounds are those of the SAMME paper, with its alpha and its weights. They choose the same weak learners,
    but each alpha should be where this loss is least."""
    rows, alphas = multiclass_adaboost(preds, y, K, T)
    return rows, K / (K - 1) * alphas


def fit_with_the_alpha_of_samme(preds, y, K, T):
    """Your alpha is that of the SAMME paper, which does not minimise this loss. Put into g it also spoils the
    weights of the later rounds."""
    return _fit(preds, y, K, T, lambda eps: alpha_of_samme(eps, K))


def fit_with_the_alpha_of_two_classes(preds, y, K, T):
    """Your alpha is that of AdaBoost with two classes: it does not depend on K. That alpha enters g and with it the
    later rounds."""
    return _fit(preds, y, K, T, alpha_of_two_classes)


def fit_with_rows_counted_from_1(preds, y, K, T):
    """Your rows seem to be counted from 1. Labels start at 1 in this homework, row numbers at 0."""
    rows, alphas = multiclass_adaboost(preds, y, K, T)
    return rows + 1, alphas


def fit_without_updates(preds, y, K, T):
    """All of your rounds are like the first one: g never changes. Add alpha times the chosen weak learner to it
    before the next round starts."""
    rows, alphas = multiclass_adaboost(preds, y, K, 1)
    return np.repeat(rows, T), np.repeat(alphas, T)


def fit_without_repetition(preds, y, K, T):
    """You seem to take every weak learner at most once. A weak learner may be chosen again: its alpha is added to
    the earlier one."""
    return _fit(preds, y, K, T, lambda eps: adaboost_alpha(eps, K), again=False)


def fit_without_alpha_in_g(preds, y, K, T):
    """You seem to add the chosen weak learner to g without its alpha. The next weights belong to g with the
    coefficients that you return."""
    return _fit(preds, y, K, T, lambda eps: adaboost_alpha(eps, K), step=lambda alpha: 1.0)


def fit_with_errors_not_weighted(preds, y, K, T):
    """The eps in your alpha seems to be the share of wrong predictions. It is the error under the weights of the
    round, as in the choice of the weak learner."""
    return _fit(preds, y, K, T, lambda eps: adaboost_alpha(eps, K), error=lambda wrong, D: np.mean(wrong))


def fit_with_weights_multiplied_by_exp_alpha(preds, y, K, T):
    """Your weights seem to be multiplied by e^alpha on wrong predictions, as in SAMME. That goes with the alpha of
    SAMME; with yours, look at how a round changes the exponent of a right example and of a wrong one."""
    return _fit(preds, y, K, T, lambda eps: adaboost_alpha(eps, K), step=lambda alpha: (K - 1) / K * alpha)


# ---- the vote ----


def labels_counted_from_0(preds, alphas, K):
    """Your labels seem to start at 0, as the columns of an array do. The labels of this homework start at 1."""
    return np.argmax(_votes(preds, alphas, K), axis=1)


def vote_among_the_predicted_labels(preds, alphas, K):
    """Labels that no weak learner predicts seem to be left out of your vote. Their score is 0, and that beats a
    negative one."""
    scores = np.where(_votes(preds, np.ones(len(alphas)), K) > 0, _votes(preds, alphas, K), -np.inf)
    return np.argmax(scores, axis=1) + 1


def vote_without_coefficients(preds, K):
    """Every weak learner seems to have one vote in your answer. Their votes count with their coefficients."""
    return np.argmax(_votes(preds, np.ones(len(preds)), K), axis=1) + 1


def vote_with_the_sizes_of_coefficients(preds, alphas, K):
    """Your vote seems to drop the signs of the coefficients. A negative one speaks against the label that is
    predicted."""
    return np.argmax(_votes(preds, np.abs(alphas), K), axis=1) + 1


def vote_of_the_positive_coefficients(preds, alphas, K):
    """Weak learners with a negative coefficient seem to be left out of your vote. They speak against the label that
    they predict."""
    return np.argmax(_votes(preds, np.maximum(alphas, 0), K), axis=1) + 1


def vote_of_the_strongest(preds, alphas):
    """You seem to follow the weak learner with the largest coefficient alone. All of them vote."""
    return preds[np.argmax(alphas)]


def vote_of_the_last_round(preds):
    """You seem to return what the last weak learner predicts. All rounds vote."""
    return preds[-1]


# ---- what these share ----


def _scores(g, y):
    """The score of the own label of each example, and the sum of the others'."""
    own = g[np.arange(len(y)), y - 1]
    return own, g.sum(axis=1) - own


def _normalised(weights):
    return weights / np.sum(weights)


def _weights_with_the_other_scores_summed(g, y):
    own, others = _scores(g, y)
    return np.exp(others - own)


def _weights_with_the_own_score_among_the_others(g, y):
    own, others = _scores(g, y)
    return np.exp((others + own) / (g.shape[1] - 1) - own)


def _slopes(preds, g, y):
    return [directional_derivative(g, pred, y) for pred in preds]


def _fit(preds, y, K, T, alpha_of, step=lambda alpha: alpha, error=lambda wrong, D: np.sum(D[wrong]), again=True):
    """T rounds with another coefficient, another step in g, another error, or without choosing a row again."""
    g, rows, alphas = np.zeros((len(y), K)), [], []
    for _ in range(T):
        D = _normalised(weights_not_normalised(g, y))
        errors = (preds != y) @ D
        if not again:
            errors[rows] = np.inf
        rows.append(int(np.argmin(errors)))
        wrong = preds[rows[-1]] != y
        alphas.append(alpha_of(error(wrong, D)))
        g = g + step(alphas[-1]) * np.eye(K)[preds[rows[-1]] - 1]
    return np.array(rows), np.array(alphas)


def _votes(preds, alphas, K):
    """The score of each label (m, K)."""
    return np.einsum("t,tik->ik", alphas, np.eye(K)[preds - 1])
