"""Problem 3, multiclass AdaBoost: gradient boosting of an exponential loss.

A table g (m, K) holds the score g[i, k-1] of label k for example i. A round adds alpha to the score of each
label that a weak learner f predicts: g + alpha F, with F the one-hot table of its predictions. The loss is

    L(g) = sum_i exp( 1/(K-1) sum_{k != y_i} g^k(x_i) - g^{y_i}(x_i) ).

Labels run from 1 to K, row numbers of weak learners from 0; logarithms are natural.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def boosting_loss(g: Floats, y: Ints) -> float:
    """L(g), the exponential of how far the other labels' mean score is above the own label's, summed up.

    Shapes
        g (m, K), K >= 2, y (m,) of labels 1..K  ->  a positive number.
    Units
        Scores are dimensionless; L(0) = m.
    Numerics
        Plain exponentials: scores of several hundred overflow.
    Source
        Multi-class AdaBoost, Statistics and Its Interface 2 (2009), section 2 (with g divided by K).

    >>> round(boosting_loss(np.log([[2.0, 1.0, 1.0], [1.0, 4.0, 9.0]]), np.array([1, 3])), 12)
    0.722222222222
    """
    return float(np.sum(_losses(g, y)))


def example_weights(g: Floats, y: Ints) -> Floats:
    """D, the share of each example in the loss: what the next weak learner should attend to.

    Shapes
        g (m, K), y (m,)  ->  D (m,), positive, sums to 1.
    Units
        Probabilities over the examples; uniform at g = 0.
    Numerics
        Plain exponentials, as in `boosting_loss`.
    Source
        A decision-theoretic generalization of on-line learning, J. Comput. System Sci. 55 (1997), for K = 2.

    >>> example_weights(np.log([[2.0, 1.0, 1.0], [1.0, 4.0, 9.0]]), np.array([1, 3])).round(12).tolist()
    [0.692307692308, 0.307692307692]
    """
    losses = _losses(g, y)
    return losses / np.sum(losses)


def directional_derivative(g: Floats, pred: Ints, y: Ints) -> float:
    """The slope of L(g + alpha f) in alpha at alpha = 0, for the weak learner f that predicts `pred`.

    A right prediction lowers the exponent of its example by alpha, a wrong one raises it by alpha / (K - 1).

    Shapes
        g (m, K), pred (m,) and y (m,) of labels 1..K  ->  a number, negative where f helps.
    Units
        Those of L.
    Numerics
        Adds terms of both signs: near the error of a guess the digits cancel.
    Source
        Greedy function approximation, Annals of Statistics 29 (2001), for the method.

    >>> directional_derivative(np.zeros((3, 3)), np.array([1, 2, 2]), np.array([1, 2, 3]))
    -1.5
    """
    classes = g.shape[1]
    slopes = np.where(pred == y, -1.0, 1.0 / (classes - 1))
    return float(np.sum(_losses(g, y) * slopes))


def select_weak_learner(preds: Ints, g: Floats, y: Ints) -> int:
    """The row of the weak learner along which L falls fastest; it also has the least D-weighted error.

    Shapes
        preds (n, m) of labels 1..K, g (m, K), y (m,)  ->  a row number from 0 to n - 1.
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
    return int(np.argmin([directional_derivative(g, pred, y) for pred in preds]))


def adaboost_alpha(eps: float, K: int) -> float:
    """The coefficient that takes L to its minimum along a weak learner of weighted error eps.

    It solves d/dalpha ( eps e^(alpha/(K-1)) + (1 - eps) e^(-alpha) ) = 0, which is strictly convex.

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


def multiclass_adaboost(preds: Ints, y: Ints, K: int, T: int) -> tuple[Ints, Floats]:
    """The rows of the weak learners that T rounds from g = 0 choose, and their coefficients.

    Shapes
        preds (n, m) and y (m,) of labels 1..K  ->  rows (T,) from 0, a row may come again; alphas (T,).
    Units
        Row numbers, and scores.
    Errors
        ValueError when a weak learner that is chosen makes no error, or nothing but errors.
    Numerics
        The weights come from g itself, not from the weights of the round before: no error builds up.
    Source
        Multi-class AdaBoost (2009), algorithm 2, but with the coefficient of `adaboost_alpha`.

    >>> preds, y = np.array([[1, 2, 2, 1], [1, 1, 1, 1]]), np.array([1, 2, 2, 2])
    >>> rows, alphas = multiclass_adaboost(preds, y, 2, 1)
    >>> rows.tolist(), (alphas - np.log(3) / 2).round(12).tolist()
    ([0], [0.0])
    """
    g = np.zeros((len(y), K))
    rows, alphas = [], []
    for _ in range(T):
        row = select_weak_learner(preds, g, y)
        eps = np.sum(example_weights(g, y)[preds[row] != y])
        alpha = adaboost_alpha(eps, K)
        g = g + alpha * _one_hot(preds[row], K)
        rows.append(row)
        alphas.append(alpha)
    return np.array(rows, dtype=np.int64), np.array(alphas)


def aggregate_predict(preds: Ints, alphas: Floats, K: int) -> Ints:
    """The label with the greatest sum of coefficients among all K, for each example.

    A label for which nobody votes has score 0, and wins where all others are negative.

    Shapes
        preds (T, m) of labels 1..K, one row for each round; alphas (T,)  ->  labels (m,).
    Units
        Labels 1..K.
    Numerics
        Of several labels that tie, the smallest.
    Source
        Multi-class AdaBoost (2009), algorithm 2.

    >>> aggregate_predict(np.array([[1, 2], [1, 3], [2, 3]]), np.array([0.5, 0.5, -2.0]), 3).tolist()
    [1, 2]
    """
    scores = sum(alpha * _one_hot(pred, K) for alpha, pred in zip(alphas, preds, strict=True))
    return np.argmax(scores, axis=1) + 1


def loss_along(g: Floats, pred: Ints, y: Ints, alpha: float) -> float:
    """L(g + alpha f) as a function of alpha: what `directional_derivative` is the slope of at alpha = 0.

    >>> loss_along(np.zeros((3, 3)), np.array([1, 2, 2]), np.array([1, 2, 3]), 0.0)
    3.0
    """
    return boosting_loss(g + alpha * _one_hot(pred, g.shape[1]), y)


def _losses(g: Floats, y: Ints) -> Floats:
    """The term of each example in L(g)."""
    own = g[np.arange(len(y)), y - 1]
    return np.exp((g.sum(axis=1) - own) / (g.shape[1] - 1) - own)


def _one_hot(pred: Ints, K: int) -> Floats:
    """(m, K) with a 1.0 in the column of each predicted label."""
    return np.eye(K)[pred - 1]


# ---- inputs ----


def boosting_inputs(draw: Draw, K: int, m: int) -> dict[str, Any]:
    """A table of scores, labels, the predictions of one weak learner, and the `alpha` of 0 to differentiate at.

    The weak learner is neither perfect nor hopeless, and clearly better or worse than a guess, so that its slope
    is not a rounding error.
    """
    for _ in range(100):
        g, y = draw.normal(m, K), draw.labels(m, K)
        pred = _guesses(draw, y, K, accuracy=draw.uniform(0.2, 0.9))
        clear = abs(directional_derivative(g, pred, y)) >= 0.05 * boosting_loss(g, y)
        if clear and 0 < np.sum(pred == y) < m:
            return {"g": g, "pred": pred, "y": y, "alpha": 0.0}
    raise RuntimeError(f"no weak learner on {m} examples of {K} classes has a clear slope")


def selection_inputs(draw: Draw, K: int, m: int, members: int, decoy: str) -> dict[str, Any]:
    """Weak learners of which one leads by 0.01: not in row 0, and not the best when the weights are ignored.

    Slightly wrong weights should choose another one too: the second best is close behind, and the scores of each
    example are shifted together, which changes no right weight.

    With a decoy "present" one of them is wrong almost everywhere: its slope is large but goes uphill.
    """
    for _ in range(1000):
        g, y = single(1.5 * draw.normal(m, K) + 4.0 * draw.normal(m, 1)), draw.labels(m, K)
        preds = _members(draw, y, K, members)
        if decoy == "present":
            preds[draw.ints(0, members - 1)] = _guesses(draw, y, K, accuracy=0.03)
        wrong = preds != y
        errors, counts = wrong @ example_weights(g, y), wrong.sum(axis=1)
        best, second = np.argsort(errors)[:2]
        if best > 0 and 0.01 <= errors[second] - errors[best] <= 0.06 and counts[best] > counts.min():
            return {"preds": preds, "g": g, "y": y}
    raise RuntimeError(f"none of {members} weak learners leads only by its weighted error")


def alpha_inputs(draw: Draw, K: int, error: str) -> dict[str, Any]:
    """A weighted error below, at or above that of a guess: (K-1)/K."""
    chance = (K - 1) / K
    ranges = {"below": (0.02, 0.9 * chance), "at": (chance, chance), "above": (chance + 0.02, 0.95)}
    return {"eps": draw.uniform(*ranges[error]), "K": K}


def adaboost_inputs(draw: Draw, K: int, m: int, members: int, T: int) -> dict[str, Any]:
    """Weak learners among which every one of T rounds has a clear winner, which errs but beats a guess."""
    for _ in range(2000):
        y = draw.labels(m, K)
        inputs = {"preds": _members(draw, y, K, members), "y": y, "K": K, "T": T}
        if _every_round_is_clear(**inputs):
            return inputs
    raise RuntimeError(f"{T} rounds among {members} weak learners never have clear winners")


def _every_round_is_clear(preds: Ints, y: Ints, K: int, T: int) -> bool:
    g = np.zeros((len(y), K))
    for _ in range(T):
        errors = (preds != y) @ example_weights(g, y)
        best, second = np.argsort(errors)[:2]
        if errors[second] - errors[best] < 1e-3 or not 0.02 < errors[best] < (K - 1) / K - 0.05:
            return False
        g = g + adaboost_alpha(errors[best], K) * _one_hot(preds[best], K)
    return True


def vote_inputs(draw: Draw, K: int, m: int, T: int, winner: str) -> dict[str, Any]:
    """Predictions with coefficients of both signs, whose winners lead by 0.05.

    With the winner "unvoted", a label that nobody votes for wins the first examples: the others are negative.
    """
    for _ in range(1000):
        alphas = draw.signed_uniform(0.2, 1.5, T)
        if alphas.min() > 0 or alphas.max() < 0:
            continue
        votes = draw.generator.integers(1, K, (T, 200), endpoint=True)
        scores = np.einsum("t,tik->ik", alphas, np.eye(K)[votes - 1])
        ordered = np.sort(scores, axis=1)
        clear = ordered[:, -1] - ordered[:, -2] >= 0.05
        surprising = clear & (ordered[:, -1] == 0)
        wanted = np.flatnonzero(surprising)[: 3 if winner == "unvoted" else 0]
        others = np.flatnonzero(clear & ~surprising)[: m - len(wanted)]
        if len(wanted) + len(others) == m and (len(wanted) > 0) == (winner == "unvoted"):
            return {"preds": votes[:, np.concatenate([wanted, others])], "alphas": alphas, "K": K}
    raise RuntimeError(f"{T} votes on {K} labels never have clear winners")


def _members(draw: Draw, y: Ints, K: int, members: int) -> Ints:
    """Weak learners that are right somewhat more often than a guess."""
    return np.array([_guesses(draw, y, K, draw.uniform(0.9 / K, 0.9 / K + 0.4)) for _ in range(members)])


def _guesses(draw: Draw, y: Ints, K: int, accuracy: float) -> Ints:
    """Predictions that are right with probability `accuracy`, else one of the other labels."""
    others = (y - 1 + draw.generator.integers(1, K, len(y))) % K + 1
    guesses: Ints = np.where(draw.mask(accuracy, len(y)) == 1, y, others)
    return guesses


# ---- properties ----


def weights_are_a_distribution(example_weights: Callable[..., Floats], g: Floats, y: Ints) -> None:
    """D(i) >= 0 and the sum of D is 1."""
    D = example_weights(g, y)
    assert np.all(D >= 0), "the weights are shares of the loss: none may be negative"
    assert abs(np.sum(D) - 1) <= 1e-4, "the weights are shares of the loss: they must add up to 1"


def shifting_all_scores_of_an_example_changes_no_weight(
    example_weights: Callable[..., Floats], g: Floats, y: Ints
) -> None:
    """Scores count relative to each other: the same number added to all K of one example changes nothing."""
    shift = np.where(np.arange(len(y)) % 2, 1.0, -0.5)
    before, after = example_weights(g, y), example_weights(g + shift[:, None], y)
    assert np.max(np.abs(after - before)) <= 1e-4 * np.max(np.abs(before)), (
        "adding one number to all K scores of an example changes no term of L, so it must change no weight"
    )


def no_other_member_lowers_the_loss_faster(
    select_weak_learner: Callable[..., float], preds: Ints, g: Floats, y: Ints
) -> None:
    """Of all weak learners the chosen one has the smallest derivative of L(g + alpha f) at alpha = 0."""
    row = select_weak_learner(preds, g, y)
    assert row in range(len(preds)), f"the answer must be a row number of preds, from 0 to {len(preds) - 1}"
    slopes = [directional_derivative(g, pred, y) for pred in preds]
    assert slopes[int(row)] <= min(slopes) + 1e-9 * boosting_loss(g, y), (
        "along another row of preds the loss L falls faster at g than along the row that you chose"
    )


def no_other_alpha_gives_a_smaller_loss(adaboost_alpha: Callable[..., float], eps: float, K: int) -> None:
    """Along a weak learner of weighted error eps, L is nowhere smaller than at alpha."""
    reached, least = _loss_ratio(adaboost_alpha(eps, K), eps, K), _loss_ratio(_best_alpha(eps, K), eps, K)
    assert reached <= least * (1 + 1e-8), "with another coefficient than yours, L(g + alpha f) is smaller"


# The property's parameter hides the reference of the same name.
_best_alpha = adaboost_alpha


def _loss_ratio(alpha: float, eps: float, K: int) -> float:
    """L(g + alpha f) / L(g)."""
    with np.errstate(all="ignore"):
        return float(eps * np.exp(np.float64(alpha) / (K - 1)) + (1 - eps) * np.exp(-np.float64(alpha)))


def the_loss_falls_in_every_round(
    multiclass_adaboost: Callable[..., Any], preds: Ints, y: Ints, K: int, T: int
) -> None:
    """L(g_1) > L(g_2) > ... > L(g_{T+1}) for the weak learners and coefficients returned."""
    rows, alphas = multiclass_adaboost(preds, y, K, T)
    assert all(row in range(len(preds)) for row in rows), (
        f"every entry of the first array must be a row number of preds, from 0 to {len(preds) - 1}"
    )
    g = np.zeros((len(y), K))
    for t, (row, alpha) in enumerate(zip(rows, alphas, strict=True), start=1):
        with np.errstate(all="ignore"):
            before = boosting_loss(g, y)
            g = g + alpha * _one_hot(preds[int(row)], K)
            after = boosting_loss(g, y)
        assert after < before, f"round {t} does not make the loss L smaller"
