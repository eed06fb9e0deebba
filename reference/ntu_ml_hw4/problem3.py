"""Problem 3, multiclass AdaBoost, cut into what one round does.

After t - 1 rounds the scores are g = g_{t-1}; g^k(x_i) is the score of label k for example i. The next round adds
alpha_t f_t so that the loss falls,

    L(g) = sum_i exp( 1/(K-1) sum_{k != y_i} g^k(x_i) - g^{y_i}(x_i) ),

where a weak learner f adds 1 to the score of the label that it predicts. Labels run from 1 to K, row numbers of weak
learners from 0; logarithms are natural.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def distribution(g: Floats, y: Ints) -> tuple[Floats, float]:
    """(D, Z): the share of each example in the loss, and the loss itself, which the shares were divided by.

    Shapes
        g (n, K), K >= 2, y (n,) of labels 1..K  ->  D (n,), positive, sums to 1; Z a number.
    Units
        Probabilities over the examples, uniform at g = 0; Z = L(g), which is n at g = 0.
    Numerics
        Plain exponentials: scores of several hundred overflow.
    Source
        Multi-class AdaBoost, Statistics and Its Interface 2 (2009), section 2 (with g divided by K).

    >>> D, Z = distribution(np.log([[2.0, 1.0, 1.0], [1.0, 4.0, 9.0]]), np.array([1, 3]))
    >>> D.round(12).tolist(), round(Z, 12)  # terms 1/2 and 2/9
    ([0.692307692308, 0.307692307692], 0.722222222222)
    """
    own = g[np.arange(len(y)), y - 1]
    terms = np.exp((g.sum(axis=1) - own) / (g.shape[1] - 1) - own)
    return terms / np.sum(terms), float(np.sum(terms))


def weighted_error(D: Floats, pred: Ints, y: Ints) -> float:
    """The probability that a weak learner errs on an example drawn from D.

    Shapes
        D (n,), positive, sums to 1; pred and y (n,) of labels 1..K  ->  a number in [0, 1].
    Units
        A probability.
    Numerics
        A sum of positive numbers: nothing cancels.
    Source
        A decision-theoretic generalization of on-line learning, J. Comput. System Sci. 55 (1997).

    >>> weighted_error(np.array([0.5, 0.25, 0.25]), np.array([1, 2, 3]), np.array([1, 2, 2]))
    0.25
    """
    return float(np.sum(D[pred != y]))


def directional_derivative(g: Floats, pred: Ints, y: Ints) -> float:
    """The slope of L(g + alpha f) in alpha at alpha = 0, for the weak learner f that predicts `pred`.

    A right prediction lowers the exponent of its example by alpha, a wrong one raises it by alpha / (K - 1); with the
    weighted error eps this is Z (K/(K-1) eps - 1).

    Shapes
        g (n, K), pred (n,) and y (n,) of labels 1..K  ->  a number, negative where f helps.
    Units
        Those of L.
    Numerics
        Adds terms of both signs: near the error of a guess the digits cancel.
    Source
        Greedy function approximation, Annals of Statistics 29 (2001), for the method.

    >>> directional_derivative(np.zeros((3, 3)), np.array([1, 2, 2]), np.array([1, 2, 3]))
    -1.5
    """
    D, Z = distribution(g, y)
    return Z * float(np.sum(np.where(pred == y, -D, D / (g.shape[1] - 1))))


def select_weak_learner(preds: Ints, g: Floats, y: Ints) -> int:
    """The row of the weak learner along which L falls fastest; it also has the least weighted error.

    Shapes
        preds (r, n) of labels 1..K, g (n, K), y (n,)  ->  a row number from 0 to r - 1.
    Units
        A row number.
    Numerics
        Of several that tie, the first.
    Source
        Multi-class AdaBoost (2009), algorithm 2.

    >>> preds, y = np.array([[1, 2, 2], [3, 2, 3]]), np.array([1, 2, 3])
    >>> select_weak_learner(preds, np.log([[9.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]), y)
    1
    """
    D, _ = distribution(g, y)
    return int(np.argmin([weighted_error(D, pred, y) for pred in preds]))


def stage_objective(alpha: float, eps: float, K: int) -> float:
    """L(g + alpha f) / L(g) for a weak learner f of weighted error eps: what alpha_t makes small.

    Shapes
        alpha a real number, eps in [0, 1], K >= 2  ->  a positive number.
    Units
        A ratio of losses: 1 at alpha = 0.
    Numerics
        Both terms are positive: nothing cancels.
    Source
        Multi-class AdaBoost (2009), section 2, for another scale of alpha.

    >>> round(stage_objective(2 * np.log(2.0), 0.25, 3), 12)  # 0.25 * 2 + 0.75 / 4
    0.6875
    """
    return float(eps * np.exp(alpha / (K - 1)) + (1 - eps) * np.exp(-alpha))


def adaboost_alpha(eps: float, K: int) -> float:
    """The coefficient at which `stage_objective` is least.

    Its derivative eps/(K-1) e^(alpha/(K-1)) - (1 - eps) e^(-alpha) rises in alpha and is 0 there.

    Shapes
        eps in (0, 1), K >= 2  ->  a number: positive for eps < (K-1)/K, 0 for a guesser, negative beyond.
    Units
        Those of a score.
    Errors
        ValueError unless 0 < eps < 1: the minimum lies at infinity.
    Numerics
        Relative accuracy is lost next to eps = (K-1)/K, where two logarithms cancel.
    Source
        Multi-class AdaBoost (2009), algorithm 2, has it without the factor (K-1)/K, which is this loss's own.

    >>> round(float(np.exp(adaboost_alpha(0.2, 2))), 12)
    2.0
    >>> round(float(np.exp(adaboost_alpha(0.25, 3) * 3 / 2)), 12)
    6.0
    """
    if not 0 < eps < 1:
        raise ValueError(f"eps must lie strictly between 0 and 1, not {eps}")
    return float((K - 1) / K * (np.log((1 - eps) / eps) + np.log(K - 1)))


def boosting_round(preds: Ints, g: Floats, y: Ints) -> tuple[int, float, Floats]:
    """One round from the scores g: (the row of f_t, alpha_t, the new scores g_t).

    Shapes
        preds (r, n) and y (n,) of labels 1..K, g (n, K)  ->  a row number from 0, a number, (n, K).
    Units
        A row number, and scores.
    Errors
        ValueError when the weak learner that is chosen makes no error, or nothing but errors.
    Numerics
        The table g stays as it is; the new one is another array.
    Source
        Multi-class AdaBoost (2009), algorithm 2, but with the coefficient of `adaboost_alpha`.

    >>> preds, y = np.array([[3, 3, 1, 1], [1, 2, 3, 3]]), np.array([1, 2, 3, 2])
    >>> row, alpha, g = boosting_round(preds, np.zeros((4, 3)), y)  # row 1 errs on one of four
    >>> row, round(float(np.exp(alpha * 3 / 2)), 12), (g / alpha).tolist()
    (1, 6.0, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    """
    K = g.shape[1]
    row = select_weak_learner(preds, g, y)
    D, _ = distribution(g, y)
    alpha = adaboost_alpha(weighted_error(D, preds[row], y), K)
    return row, alpha, g + alpha * _one_hot(preds[row], K)


def loss_along(g: Floats, pred: Ints, y: Ints, alpha: float) -> float:
    """L(g + alpha f) as a function of alpha: what `directional_derivative` is the slope of at alpha = 0.

    >>> loss_along(np.zeros((3, 3)), np.array([1, 2, 2]), np.array([1, 2, 3]), 0.0)
    3.0
    """
    return distribution(g + alpha * _one_hot(pred, g.shape[1]), y)[1]


def _one_hot(pred: Ints, K: int) -> Floats:
    """(n, K) with a 1.0 in the column of each predicted label."""
    return np.eye(K)[pred - 1]


# ---- inputs ----


def boosting_inputs(draw: Draw, K: int, n: int) -> dict[str, Any]:
    """A table of scores, labels, the predictions of one weak learner, and the `alpha` of 0 to differentiate at.

    The weak learner is neither perfect nor hopeless, and clearly better or worse than a guess, so that its slope
    is not a rounding error.
    """
    for _ in range(100):
        g, y = draw.normal(n, K), draw.labels(n, K)
        pred = _guesses(draw, y, K, accuracy=draw.uniform(0.2, 0.9))
        clear = abs(directional_derivative(g, pred, y)) >= 0.05 * distribution(g, y)[1]
        if clear and 0 < np.sum(pred == y) < n:
            return {"g": g, "pred": pred, "y": y, "alpha": 0.0}
    raise RuntimeError(f"no weak learner on {n} examples of {K} classes has a clear slope")


def weights_inputs(draw: Draw, K: int, n: int) -> dict[str, Any]:
    """Uneven weights D, labels, and a weak learner that errs on some examples, for K > 2 by more than one label."""
    for _ in range(1000):
        D, y = draw.simplex(n, concentration=0.7), draw.labels(n, K)
        pred = _guesses(draw, y, K, accuracy=draw.uniform(0.3, 0.8))
        eps = weighted_error(D, pred, y)
        uneven = abs(eps - np.mean(pred != y)) > 0.02
        if uneven and 0.1 < eps < 0.9 and abs(eps - 0.5) > 0.02 and (K == 2 or np.max(np.abs(pred - y)) > 1):
            return {"D": D, "pred": pred, "y": y}
    raise RuntimeError(f"no weak learner on {n} examples of {K} classes has a telling error")


def selection_inputs(draw: Draw, K: int, n: int, members: int, decoy: str) -> dict[str, Any]:
    """Weak learners of which one leads by 0.01, but not when the weights are ignored. Row 0 is neither best nor worst.

    Slightly wrong weights should choose another one too: the second best is close behind, and the scores of each
    example are shifted together, which changes no right weight. The best one errs, but beats a guess.

    With a decoy "present" one of them is wrong almost everywhere: its slope goes uphill, for few labels steeper than
    any goes down.
    """
    for _ in range(5000):
        g, y = single(1.5 * draw.normal(n, K) + 4.0 * draw.normal(n, 1)), draw.labels(n, K)
        accuracies = draw.uniform(0.9 / K, 0.9 / K + 0.4, members)
        if decoy == "present":
            accuracies[draw.ints(0, members - 1)] = 0.03
        preds = _guesses(draw, np.tile(y, (members, 1)), K, accuracies[:, None])
        wrong = preds != y
        errors, counts = wrong @ distribution(g, y)[0], wrong.sum(axis=1)
        best, second = np.argsort(errors)[:2]
        leads = best > 0 and 0.01 <= errors[second] - errors[best] <= 0.06 and counts[best] > counts.min()
        chance, worst = (K - 1) / K, np.max(errors)
        ordinary = 0.05 < errors[best] < chance - 0.05 and worst < 0.99 and np.argmax(errors) > 0
        if leads and ordinary and (decoy == "absent" or K > 3 or worst - chance > chance - errors[best]):
            return {"preds": preds, "g": g, "y": y}
    raise RuntimeError(f"none of {members} weak learners leads only by its weighted error")


def objective_inputs(draw: Draw, K: int, n: int) -> dict[str, Any]:
    """A coefficient of either sign and a weighted error; and a table of scores with a weak learner that has it."""
    for _ in range(1000):
        g, y = draw.normal(n, K), draw.labels(n, K)
        pred = _guesses(draw, y, K, accuracy=draw.uniform(0.2, 0.9))
        eps, alpha = single(weighted_error(distribution(g, y)[0], pred, y)), draw.signed_uniform(0.1, 2.0)
        if 0.05 < eps < 0.9 and abs(eps - 0.5) > 0.02:
            return {"alpha": alpha, "eps": eps, "K": K, "g": g, "pred": pred, "y": y}
    raise RuntimeError(f"no weak learner on {n} examples of {K} classes has an ordinary error")


def alpha_inputs(draw: Draw, K: int, error: str) -> dict[str, Any]:
    """A weighted error below, at or above that of a guess: (K-1)/K."""
    chance = (K - 1) / K
    ranges = {"below": (0.02, 0.9 * chance), "at": (chance, chance), "above": (chance + 0.02, 0.95)}
    return {"eps": draw.uniform(*ranges[error]), "K": K}


def _guesses(draw: Draw, y: Ints, K: int, accuracy: Any) -> Ints:
    """Predictions that are right with probability `accuracy`, else one of the other labels; of the shape of y."""
    others = (y - 1 + draw.generator.integers(1, K, y.shape)) % K + 1
    guesses: Ints = np.where(draw.mask(accuracy, *y.shape) == 1, y, others)
    return guesses


# ---- properties ----

# The parameters of a property hide the references of the same name, so these go by another.
_best_alpha, _objective = adaboost_alpha, stage_objective


def D_sums_to_1_and_Z_is_the_loss(distribution: Callable[..., Any], g: Floats, y: Ints) -> None:
    """D is a distribution over the examples, and Z the loss L(g)."""
    D, Z = distribution(g, y)
    assert np.all(D >= 0), "D(i) is a share of the loss: none may be negative"
    assert abs(np.sum(D) - 1) <= 1e-4, "D is a distribution over the examples: it must add up to 1"
    loss = loss_along(g, y, y, 0.0)
    assert abs(Z - loss) <= 1e-4 * loss, "Z must be the sum of what you divide by it, which is the loss L(g)"


def shifting_all_scores_of_an_example_changes_nothing(distribution: Callable[..., Any], g: Floats, y: Ints) -> None:
    """Scores count relative to each other: the same number added to all K of one example changes nothing."""
    shift = np.where(np.arange(len(y)) % 2, 1.0, -0.5)
    (D, Z), (moved_D, moved_Z) = distribution(g, y), distribution(g + shift[:, None], y)
    assert np.max(np.abs(moved_D - D)) <= 1e-4 * np.max(np.abs(D)) and abs(moved_Z - Z) <= 1e-4 * abs(Z), (
        "adding one number to all K scores of an example changes no term of L, so neither D nor Z may change"
    )


def no_other_member_lowers_the_loss_faster(
    select_weak_learner: Callable[..., float], preds: Ints, g: Floats, y: Ints
) -> None:
    """Of all weak learners the chosen one has the smallest derivative of L(g + alpha f) at alpha = 0."""
    row = select_weak_learner(preds, g, y)
    assert row in range(len(preds)), f"the answer must be a row number of preds, from 0 to {len(preds) - 1}"
    slopes = [directional_derivative(g, pred, y) for pred in preds]
    assert slopes[int(row)] <= min(slopes) + 1e-9 * distribution(g, y)[1], (
        "along another row of preds the loss L falls faster at g than along the row that you chose"
    )


def objective_is_the_share_of_the_loss_that_is_left(
    stage_objective: Callable[..., float], alpha: float, eps: float, K: int, g: Floats, pred: Ints, y: Ints
) -> None:
    """L(g + alpha f) = Z * objective, and so the objective is 1 at alpha = 0."""
    start = stage_objective(0.0, eps, K)
    assert abs(start - 1) <= 1e-4, "at alpha = 0 nothing has been added to g: the objective, divided by Z, must be 1"
    reached = distribution(g, y)[1] * stage_objective(alpha, eps, K)
    loss = loss_along(g, pred, y, alpha)
    assert abs(reached - loss) <= 1e-4 * loss, (
        "Z times your objective is not the loss L(g + alpha f) of a weak learner f with this weighted error"
    )


def no_other_alpha_gives_a_smaller_loss(adaboost_alpha: Callable[..., float], eps: float, K: int) -> None:
    """Along a weak learner of weighted error eps, L is nowhere smaller than at alpha."""
    with np.errstate(all="ignore"):
        reached = _objective(np.float64(adaboost_alpha(eps, K)), eps, K)
    assert reached <= _objective(_best_alpha(eps, K), eps, K) * (1 + 1e-8), (
        "with another coefficient than yours, L(g + alpha f) is smaller"
    )


def the_loss_does_not_rise(boosting_round: Callable[..., Any], preds: Ints, g: Floats, y: Ints) -> None:
    """L(g_t) <= L(g_{t-1}), and g_t differs from g_{t-1} by alpha_t f_t."""
    row, alpha, after = boosting_round(preds, g, y)
    assert row in range(len(preds)), f"the first value must be a row number of preds, from 0 to {len(preds) - 1}"
    with np.errstate(all="ignore"):
        step = np.abs(after - g - alpha * _one_hot(preds[int(row)], g.shape[1]))
        loss, before = distribution(after, y)[1], distribution(g, y)[1]
    assert np.max(step) <= 1e-4 * max(1.0, np.max(np.abs(g))), (
        "the new table must be the old one with your alpha added to the score of the label that your row predicts"
    )
    assert loss <= before * (1 + 1e-6), "after your round the loss L is larger than before"
