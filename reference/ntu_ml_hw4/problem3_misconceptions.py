"""What goes wrong with multiclass AdaBoost."""

import numpy as np
from numpy.typing import NDArray

from .problem3 import (
    adaboost_alpha,
    boosting_round,
    directional_derivative,
    distribution,
    select_weak_learner,
    stage_objective,
    weighted_error,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


# ---- D and Z ----


def D_not_divided_by_Z(g: Floats, y: Ints) -> tuple[Floats, float]:
    """Z is right. Your D holds the terms of the loss themselves: as a distribution they have to add up to 1."""
    D, Z = distribution(g, y)
    return Z * D, Z


def Z_as_a_mean(g: Floats, y: Ints) -> tuple[Floats, float]:
    """D is right. Your Z is the mean of the terms: the loss is their sum, and Z makes D add up to 1."""
    D, Z = distribution(g, y)
    return D, Z / len(y)


def D_divided_by_K_for_K_minus_1(g: Floats, y: Ints) -> tuple[Floats, float]:
    """You divide the scores of the other labels by K. How many labels are there besides the right one?"""
    return _shares((g.sum(axis=1) - _own(g, y)) / g.shape[1] - _own(g, y))


def D_from_the_sum_of_the_others(g: Floats, y: Ints) -> tuple[Floats, float]:
    """You take the sum of the other labels' scores. The loss has their mean."""
    return _shares(g.sum(axis=1) - 2 * _own(g, y))


def D_with_the_own_score_among_the_others(g: Floats, y: Ints) -> tuple[Floats, float]:
    """Your sum runs over all labels. The right label is left out of it: it stands alone, with the other sign."""
    return _shares(g.sum(axis=1) / (g.shape[1] - 1) - _own(g, y))


def D_with_the_signs_swapped(g: Floats, y: Ints) -> tuple[Floats, float]:
    """Your weights are large where g is already right: look at the signs in the exponent."""
    return _shares(_own(g, y) - (g.sum(axis=1) - _own(g, y)) / (g.shape[1] - 1))


def D_from_the_own_score_only(g: Floats, y: Ints) -> tuple[Floats, float]:
    """Your weights look at the score of the right label only. The other labels' scores count too."""
    return _shares(-_own(g, y))


# ---- the weighted error ----


def error_that_counts(D: Floats, pred: Ints, y: Ints) -> float:
    """You count every error alike. Under D, some examples are more probable than others."""
    return float(np.mean(pred != y))


def number_of_errors(D: Floats, pred: Ints, y: Ints) -> float:
    """This is how many errors there are. A probability under D is asked for."""
    return float(np.sum(pred != y))


def accuracy_for_error(D: Floats, pred: Ints, y: Ints) -> float:
    """This is the probability of being right under D."""
    return 1 - weighted_error(D, pred, y)


def error_divided_by_n(D: Floats, pred: Ints, y: Ints) -> float:
    """You divide by the number of examples, but D is a distribution already."""
    return weighted_error(D, pred, y) / len(y)


def odds_of_an_error(D: Floats, pred: Ints, y: Ints) -> float:
    """These are the odds of an error, as they stand inside alpha. The probability itself is asked for."""
    eps = weighted_error(D, pred, y)
    return eps / (1 - eps)


def error_that_measures_distances(D: Floats, pred: Ints, y: Ints) -> float:
    """You weigh by how far apart the labels' numbers are. Labels are names: wrong is wrong."""
    return float(np.sum(D * np.abs(pred - y)))


def error_given_that_it_errs(D: Floats, pred: Ints, y: Ints) -> float:
    """You take the mean weight of the examples on which it errs. Their weights have to be added up."""
    return float(np.mean(D[pred != y]))


# ---- the derivative ----


def derivative_of_the_printed_line(g: Floats, pred: Ints, y: Ints) -> float:
    """You follow the sheet's line, where both indicators are those of an error. That is a misprint: where f is right
    the exponent falls, where it is wrong the exponent rises.
    """
    eps, Z, K = _error(g, pred, y)
    return Z * eps * (1 / (K - 1) - 1)


def derivative_divided_by_Z(g: Floats, pred: Ints, y: Ints) -> float:
    """This is the derivative divided by Z. It does not change the argmin, but the derivative of L itself is asked."""
    return directional_derivative(g, pred, y) / distribution(g, y)[1]


def derivative_as_a_mean(g: Floats, pred: Ints, y: Ints) -> float:
    """You take the mean over the examples. The loss is a sum."""
    return directional_derivative(g, pred, y) / len(y)


def derivative_uphill(g: Floats, pred: Ints, y: Ints) -> float:
    """The sign is the wrong way round: along a weak learner that helps, the loss falls."""
    return -directional_derivative(g, pred, y)


def derivative_of_the_errors_without_K(g: Floats, pred: Ints, y: Ints) -> float:
    """You let errors count in full, as with two labels. An error raises one of K - 1 scores only."""
    eps, Z, _ = _error(g, pred, y)
    return Z * (2 * eps - 1)


def derivative_with_K_for_K_minus_1(g: Floats, pred: Ints, y: Ints) -> float:
    """You divide by K where an error is counted. How many labels are there besides the right one?"""
    eps, Z, K = _error(g, pred, y)
    return Z * (eps / K - (1 - eps))


def derivative_that_is_glad_of_errors_too(g: Floats, pred: Ints, y: Ints) -> float:
    """Your second term counts all examples. It belongs to those that f predicts right."""
    eps, Z, K = _error(g, pred, y)
    return Z * (eps / (K - 1) - 1)


def derivative_with_weights_divided_by_K(g: Floats, pred: Ints, y: Ints) -> float:
    """Your slope is right for your weights, but they divide the scores of the other labels by K. How many labels are
    there besides the right one?
    """
    D, Z = D_divided_by_K_for_K_minus_1(g, y)
    K = g.shape[1]
    return Z * (K / (K - 1) * weighted_error(D, pred, y) - 1)


def derivative_with_unweighted_errors(g: Floats, pred: Ints, y: Ints) -> float:
    """You count every error alike. The error in this formula is the one under D."""
    _, Z, K = _error(g, pred, y)
    return Z * (K / (K - 1) * float(np.mean(pred != y)) - 1)


# ---- the selection ----


def row_counted_from_1(preds: Ints, g: Floats, y: Ints) -> int:
    """You chose the right weak learner, but count rows from 1: row numbers are python indices."""
    return select_weak_learner(preds, g, y) + 1


def row_of_the_printed_line(preds: Ints, g: Floats, y: Ints) -> int:
    """You follow the sheet's line, where both indicators are those of an error. That is a misprint: for more than two
    labels it chooses the worst weak learner. Derive the line again.
    """
    return int(np.argmin([derivative_of_the_printed_line(g, pred, y) for pred in preds]))


def row_of_the_steepest_slope_in_size(preds: Ints, g: Floats, y: Ints) -> int:
    """You take the slope that is largest in size. A large slope uphill is no help: the loss has to fall."""
    return int(np.argmax([abs(directional_derivative(g, pred, y)) for pred in preds]))


def row_of_the_largest_error(preds: Ints, g: Floats, y: Ints) -> int:
    """You chose the weak learner with the largest weighted error."""
    D, _ = distribution(g, y)
    return int(np.argmax([weighted_error(D, pred, y) for pred in preds]))


def row_of_the_fewest_errors(preds: Ints, g: Floats, y: Ints) -> int:
    """You chose the weak learner with the fewest errors. They are weighted by D, and D depends on g."""
    return int(np.argmin([error_that_counts(g, pred, y) for pred in preds]))


def row_by_the_weights_divided_by_K(preds: Ints, g: Floats, y: Ints) -> int:
    """Your weights divide the scores of the other labels by K. How many labels are there besides the right one?"""
    D, _ = D_divided_by_K_for_K_minus_1(g, y)
    return int(np.argmin([weighted_error(D, pred, y) for pred in preds]))


def row_by_the_weights_of_the_own_score(preds: Ints, g: Floats, y: Ints) -> int:
    """Your weights look at the score of the right label only. The other labels' scores count too."""
    D, _ = D_from_the_own_score_only(g, y)
    return int(np.argmin([weighted_error(D, pred, y) for pred in preds]))


def row_by_the_weights_upside_down(preds: Ints, g: Floats, y: Ints) -> int:
    """Your weights are large where g is already right: look at the signs in the exponent."""
    D, _ = D_with_the_signs_swapped(g, y)
    return int(np.argmin([weighted_error(D, pred, y) for pred in preds]))


# ---- the objective ----


def objective_with_K_for_K_minus_1(alpha: float, eps: float, K: int) -> float:
    """You divide by K in one exponent. How many labels are there besides the right one?"""
    return float(eps * np.exp(alpha / K) + (1 - eps) * np.exp(-alpha))


def objective_of_two_labels(alpha: float, eps: float, K: int) -> float:
    """This is the objective for two labels: with more, an error raises one of K - 1 scores only."""
    return stage_objective(alpha, eps, 2)


def objective_with_the_signs_swapped(alpha: float, eps: float, K: int) -> float:
    """Your objective falls where f errs and rises where f is right: look at the signs of alpha."""
    return stage_objective(-alpha, eps, K)


def objective_with_error_and_accuracy_swapped(alpha: float, eps: float, K: int) -> float:
    """eps and 1 - eps have changed places: eps is the weight of the examples on which f errs."""
    return stage_objective(alpha, 1 - eps, K)


def slope_of_the_objective(alpha: float, eps: float, K: int) -> float:
    """This is the derivative in alpha. The objective itself is asked for: at alpha = 0 it is 1."""
    return float(eps / (K - 1) * np.exp(alpha / (K - 1)) - (1 - eps) * np.exp(-alpha))


def objective_without_the_right_predictions(alpha: float, eps: float, K: int) -> float:
    """Your objective has the examples on which f errs only. The others change as well when alpha f is added."""
    return float(eps * np.exp(alpha / (K - 1)))


def objective_with_the_factor_on_the_other_term(alpha: float, eps: float, K: int) -> float:
    """The 1/(K-1) stands in the other exponent: the right label's score counts in full."""
    return float(eps * np.exp(alpha) + (1 - eps) * np.exp(-alpha / (K - 1)))


# ---- alpha ----


def alpha_of_samme(eps: float, K: int) -> float:
    """This is the coefficient of the SAMME algorithm, whose loss is scaled in another way. Set the derivative of this
    loss to zero: it leaves another factor in front.
    """
    return adaboost_alpha(eps, K) * K / (K - 1)


def alpha_of_the_printed_line(eps: float, K: int) -> float:
    """You follow the sheet's first line for alpha, where the old scores have been replaced by those of f. That is a
    misprint, and it moves the minimum.
    """
    return adaboost_alpha(eps, K) - 1 / K


def alpha_without_the_number_of_labels(eps: float, K: int) -> float:
    """Your coefficient is 0 at eps = 1/2 for every K. With K labels a guesser is wrong more often than that, and it is
    a guesser that earns 0.
    """
    return float((K - 1) / K * np.log((1 - eps) / eps))


def alpha_with_a_half_for_the_factor(eps: float, K: int) -> float:
    """The factor in front is that of two labels, whatever K is. It comes from the two exponents: solve for alpha once
    more.
    """
    return adaboost_alpha(eps, K) * K / (K - 1) / 2


def alpha_of_two_labels(eps: float, K: int) -> float:
    """This is the coefficient for two labels, whatever K is."""
    return adaboost_alpha(eps, 2)


def alpha_with_the_error_upside_down(eps: float, K: int) -> float:
    """Your coefficient grows with the error: a weak learner that errs less should count for more."""
    return float((K - 1) / K * (np.log(eps / (1 - eps)) + np.log(K - 1)))


def alpha_with_the_factor_upside_down(eps: float, K: int) -> float:
    """The factor in front is upside down: solve for alpha once more, after the logarithm."""
    return adaboost_alpha(eps, K) * (K / (K - 1)) ** 2


def alpha_that_subtracts_log_K(eps: float, K: int) -> float:
    """The term with the number of labels has the wrong sign: try a guesser, who should get 0."""
    return float((K - 1) / K * (np.log((1 - eps) / eps) - np.log(K - 1)))


def alpha_in_bits(eps: float, K: int) -> float:
    """Your logarithm has base 2. Logarithms are natural in this homework: they undo the exponential of the loss."""
    return adaboost_alpha(eps, K) / float(np.log(2))


# ---- one round ----


def round_counted_from_1(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """Your round is right, but you count rows from 1: row numbers are python indices."""
    row, alpha, after = boosting_round(preds, g, y)
    return row + 1, alpha, after


def round_with_the_alpha_of_samme(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """The weak learner is right. Your alpha is that of the SAMME algorithm, whose loss is scaled in another way."""
    row, alpha, _ = boosting_round(preds, g, y)
    alpha = alpha * g.shape[1] / (g.shape[1] - 1)
    return row, alpha, g + alpha * _votes(preds[row], g)


def round_with_a_full_step(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """The weak learner and alpha are right. You add f_t to g as it is: it has to be multiplied by alpha."""
    row, alpha, _ = boosting_round(preds, g, y)
    return row, alpha, g + _votes(preds[row], g)


def round_that_forgets_the_old_scores(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """The weak learner and alpha are right. Your new table holds this round's vote only: it is added to g."""
    row, alpha, after = boosting_round(preds, g, y)
    return row, alpha, after - g


def round_that_lowers_the_other_labels(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """The weak learner and alpha are right. You also lower the scores of the labels that are not predicted; here f
    adds to one score only.
    """
    row, alpha, _ = boosting_round(preds, g, y)
    votes, K = _votes(preds[row], g), g.shape[1]
    return row, alpha, g + alpha * (votes - (1 - votes) / (K - 1))


def round_that_votes_for_the_right_label(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """The weak learner and alpha are right. You add alpha to the score of the label y_i; f knows its own prediction
    only.
    """
    row, alpha, _ = boosting_round(preds, g, y)
    return row, alpha, g + alpha * _votes(y, g)


def round_of_the_printed_lines(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """You follow the sheet's lines for f_t and for alpha_t. Both are misprinted: derive them again."""
    row = row_of_the_printed_line(preds, g, y)
    eps, _, K = _error(g, preds[row], y)
    alpha = alpha_of_the_printed_line(eps, K)
    return row, alpha, g + alpha * _votes(preds[row], g)


def round_of_the_worst_learner(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """You chose the weak learner with the largest weighted error."""
    return _round_with(row_of_the_largest_error(preds, g, y), preds, g, y)


def round_of_the_printed_choice(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """You choose f_t by the sheet's line, where both indicators are those of an error. That is a misprint: for more
    than two labels it chooses the worst weak learner.
    """
    return _round_with(row_of_the_printed_line(preds, g, y), preds, g, y)


def round_by_the_weights_divided_by_K(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """Your weights divide the scores of the other labels by K. How many labels are there besides the right one?"""
    row = row_by_the_weights_divided_by_K(preds, g, y)
    D, _ = D_divided_by_K_for_K_minus_1(g, y)
    alpha = adaboost_alpha(weighted_error(D, preds[row], y), g.shape[1])
    return row, alpha, g + alpha * _votes(preds[row], g)


def round_without_weights(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """You count every error alike. Both the choice of f_t and alpha_t hang on the error under D, which depends on g."""
    row = row_of_the_fewest_errors(preds, g, y)
    alpha = adaboost_alpha(float(np.mean(preds[row] != y)), g.shape[1])
    return row, alpha, g + alpha * _votes(preds[row], g)


# ---- what the above share ----


def _own(g: Floats, y: Ints) -> Floats:
    """The score of each example's right label."""
    return g[np.arange(len(y)), y - 1]


def _shares(exponents: Floats) -> tuple[Floats, float]:
    terms = np.exp(exponents)
    return terms / np.sum(terms), float(np.sum(terms))


def _error(g: Floats, pred: Ints, y: Ints) -> tuple[float, float, int]:
    """(eps, Z, K)"""
    D, Z = distribution(g, y)
    return weighted_error(D, pred, y), Z, g.shape[1]


def _votes(labels: Ints, g: Floats) -> Floats:
    return np.eye(g.shape[1])[labels - 1]


def _round_with(row: int, preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """A round as it goes on after the choice of this row."""
    eps, _, K = _error(g, preds[row], y)
    alpha = adaboost_alpha(eps, K)
    return row, alpha, g + alpha * _votes(preds[row], g)
