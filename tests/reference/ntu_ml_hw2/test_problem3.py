"""The reference boosts as loops, autograd and line searches say, and its inputs and properties see mistakes."""

import itertools
from functools import partial

import homeworks
import numpy as np
import pytest
from boosting import loss_by_loops, loss_of_one, slope_by_autograd
from scipy.optimize import minimize_scalar

from grader.draw import single

SEEDS = range(5)


@pytest.fixture
def boosting(problem):
    return problem(3)


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_weights_and_slope_are_those_of_loops_and_autograd(boosting, trials, call, seed):
    for inputs in trials("directional_derivative", seed):
        losses = np.array([loss_of_one(scores, label) for scores, label in zip(inputs["g"], inputs["y"], strict=True)])

        assert np.isclose(call(boosting.boosting_loss, inputs), losses.sum(), rtol=1e-12)
        assert np.allclose(call(boosting.example_weights, inputs), losses / losses.sum(), rtol=1e-12)
        assert np.isclose(call(boosting.directional_derivative, inputs), slope_by_autograd(**inputs), rtol=1e-9)


def test_the_loss_along_a_weak_learner_starts_at_the_loss(boosting, trials, call):
    for inputs in trials("directional_derivative"):
        start = call(boosting.loss_along, inputs)
        later = call(boosting.loss_along, {**inputs, "alpha": 0.5})

        assert start == call(boosting.boosting_loss, inputs)
        assert np.isclose(later, loss_by_loops(inputs["g"], inputs["y"], inputs["pred"], 0.5), rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_member_selected_lowers_the_loss_most_for_a_tiny_step(boosting, trials, call, seed):
    for inputs in trials("select_weak_learner", seed):
        losses = [loss_by_loops(inputs["g"], inputs["y"], pred, 1e-4) for pred in inputs["preds"]]

        assert call(boosting.select_weak_learner, inputs) == np.argmin(losses)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_minimises_the_loss_itself(boosting, trials, seed):
    for inputs in trials("directional_derivative", seed):
        g, pred, y = inputs["g"], inputs["pred"], inputs["y"]
        eps = boosting.example_weights(g, y)[pred != y].sum()

        searched = minimize_scalar(partial(loss_by_loops, g, y, pred), (-1, 1), tol=1e-10).x

        assert np.isclose(boosting.adaboost_alpha(eps, g.shape[1]), searched, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("eps", [0.0, 1.0, -0.1, np.nan])
def test_an_error_without_a_minimum_is_refused(boosting, eps):
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        boosting.adaboost_alpha(eps, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_boosting_is_the_recursion_over_the_weights(boosting, trials, call, seed):
    for inputs in trials("multiclass_adaboost", seed):
        rows, alphas = call(boosting.multiclass_adaboost, inputs)

        expected = boosted_by_weights(**inputs)
        assert rows.tolist() == [row for row, _ in expected]
        assert np.allclose(alphas, [alpha for _, alpha in expected], rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_prediction_is_the_label_with_the_most_votes(boosting, trials, call, seed):
    for inputs in trials("aggregate_predict", seed):
        predicted = call(boosting.aggregate_predict, inputs)

        for label, votes in zip(predicted, inputs["preds"].T, strict=True):
            totals = dict.fromkeys(range(1, inputs["K"] + 1), 0.0)
            for alpha, vote in zip(inputs["alphas"], votes, strict=True):
                totals[int(vote)] += alpha
            assert label == max(totals, key=totals.__getitem__)


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_every_label_occurs_and_slopes_are_clear(boosting, trials, call, seed):
    planned = trials("directional_derivative", seed)

    for inputs in planned:
        m, classes = inputs["g"].shape
        slope, loss = call(boosting.directional_derivative, inputs), call(boosting.boosting_loss, inputs)
        assert set(inputs["y"]) == set(range(1, classes + 1))
        assert set(inputs["pred"]) <= set(range(1, classes + 1))
        assert len(inputs["y"]) == len(inputs["pred"]) == m and 12 <= m <= 30
        assert abs(slope) >= 0.05 * loss
        assert 0 < np.mean(inputs["pred"] == inputs["y"]) < 1
        assert np.array_equal(single(inputs["g"]), inputs["g"]) and inputs["alpha"] == 0
    assert {inputs["g"].shape[1] for inputs in planned} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_member_leads_only_by_its_weights_and_is_not_the_first(boosting, trials, call, seed):
    for inputs in trials("select_weak_learner", seed):
        wrong = inputs["preds"] != inputs["y"]
        errors = np.sort(wrong @ call(boosting.example_weights, inputs))
        best = call(boosting.select_weak_learner, inputs)

        assert best > 0
        assert errors[1] - errors[0] >= 0.01
        assert wrong.mean(axis=1)[best] > wrong.mean(axis=1).min()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_decoy_is_wrong_almost_everywhere(trials, seed):
    planned = trials("select_weak_learner", seed)

    worst = [(inputs["preds"] != inputs["y"]).mean(axis=1).max() for inputs in planned]

    assert np.mean(worst[len(worst) // 2 :]) > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_errors_lie_on_both_sides_of_a_guess(trials, seed):
    planned = trials("adaboost_alpha", seed)

    sides = {(inputs["K"], np.sign(round(inputs["eps"] - 1 + 1 / inputs["K"], 6))) for inputs in planned}

    assert all(0.02 <= inputs["eps"] <= 0.95 for inputs in planned)
    assert sides >= {*itertools.product((2, 3, 4, 5, 8), (-1, 1)), (2, 0), (3, 0), (8, 0)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_round_has_a_clear_winner_and_some_member_comes_again(boosting, trials, call, seed):
    planned = trials("multiclass_adaboost", seed)
    chosen = []

    for inputs in planned:
        D = np.full(len(inputs["y"]), 1 / len(inputs["y"]))
        for row, alpha in boosted_by_weights(**inputs):
            wrong = inputs["preds"] != inputs["y"]
            errors = np.sort(wrong @ D)
            D = reweighted(D, alpha, wrong[row], inputs["K"])
            assert errors[1] - errors[0] > 9e-4
            assert 0.02 < errors[0] < (inputs["K"] - 1) / inputs["K"] - 0.05
        chosen.append(call(boosting.multiclass_adaboost, inputs)[0])

    assert {inputs["K"] for inputs in planned} == {2, 3, 4, 5, 6}
    assert {1, 6} <= {len(rows) for rows in chosen}
    assert any(len(set(rows)) < len(rows) for rows in chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_votes_have_clear_winners_and_labels_without_a_vote_win_some(trials, seed):
    planned = trials("aggregate_predict", seed)
    surprising = []

    for inputs in planned:
        scores = np.array([
            [inputs["alphas"] @ (votes == k) for k in range(1, inputs["K"] + 1)] for votes in inputs["preds"].T
        ])
        voted = np.array([[k in votes for k in range(1, inputs["K"] + 1)] for votes in inputs["preds"].T])
        best, second = np.sort(scores, axis=1)[:, [-1, -2]].T
        assert np.all(best - second > 0.049)
        assert inputs["alphas"].min() < 0 < inputs["alphas"].max()
        surprising.append(np.any(~voted[np.arange(len(scores)), np.argmax(scores, axis=1)]))

    half = len(planned) // 2
    assert surprising == [False] * half + [True] * half


# ---- the properties, each with mistakes that it must see ----


def weights_divided_by_all_labels(g, y):
    """1/K in place of 1/(K-1)."""
    own = g[np.arange(len(y)), y - 1]
    weights = np.exp((g.sum(axis=1) - own) / g.shape[1] - own)
    return weights / weights.sum()


def weights_of_the_softmax(g, y):
    """One minus the probability of the own label: not normalised."""
    odds = np.exp(g)
    return 1 - odds[np.arange(len(y)), y - 1] / odds.sum(axis=1)


def least_unweighted_error(preds, g, y):
    return int(np.argmin((preds != y).mean(axis=1)))


def samme(eps, K):
    """The coefficient without the factor (K-1)/K."""
    return np.log((1 - eps) / eps) + np.log(K - 1)


def two_class_alpha(eps, K):
    return np.log((1 - eps) / eps) / 2


def never_reweighted(preds, y, K, T):
    """Every round like the first."""
    errors = (preds != y).mean(axis=1)
    row, eps = int(np.argmin(errors)), errors.min()
    return np.full(T, row), np.full(T, (K - 1) / K * samme(eps, K))


def goes_uphill(module):
    def answer(preds, y, K, T):
        rows, alphas = module.multiclass_adaboost(preds, y, K, T)
        return rows, -alphas

    return answer


def counts_rows_from_1(module):
    def answer(preds, y, K, T):
        rows, alphas = module.multiclass_adaboost(preds, y, K, T)
        return rows + 1, alphas

    return answer


def formula(answer):
    """A mistake that does not need the reference."""
    return lambda module: answer


MISTAKES = {
    ("weights_are_a_distribution", "example_weights"): {
        "softmax": formula(weights_of_the_softmax),
        "negative": lambda module: lambda g, y: 2 / len(y) - module.example_weights(g, y),
    },
    ("shifting_all_scores_of_an_example_changes_no_weight", "example_weights"): {
        "1/K": formula(weights_divided_by_all_labels),
        "own score only": formula(lambda g, y: np.exp(-g[np.arange(len(y)), y - 1])),
    },
    ("no_other_member_lowers_the_loss_faster", "select_weak_learner"): {
        "unweighted": formula(least_unweighted_error),
        "row from 1": lambda module: lambda preds, g, y: module.select_weak_learner(preds, g, y) + 1,
        "not a row": formula(lambda preds, g, y: -1),
    },
    ("no_other_alpha_gives_a_smaller_loss", "adaboost_alpha"): {
        "SAMME": formula(samme),
        "two classes": formula(two_class_alpha),
        "never negative": lambda module: lambda eps, K: max(module.adaboost_alpha(eps, K), 0.0),
    },
    ("the_loss_falls_in_every_round", "multiclass_adaboost"): {
        "never reweighted": formula(never_reweighted),
        "uphill": goes_uphill,
        "rows from 1": counts_rows_from_1,
    },
}


@pytest.mark.parametrize(("name", "function", "mistake"), homeworks.each_mistake(MISTAKES))
def test_a_property_sees_a_mistake(boosting, sees, name, function, mistake):
    assert sees(name, function, mistake(boosting))


# ---- other ways to the same numbers ----


def boosted_by_weights(preds, y, K, T):
    """(row, alpha) of each round, from weights that are passed on rather than taken from g."""
    D, rounds = np.full(len(y), 1 / len(y)), []
    for _ in range(T):
        errors = [D[pred != y].sum() for pred in preds]
        row = int(np.argmin(errors))
        alpha = (1 - 1 / K) * np.log((K - 1) * (1 - errors[row]) / errors[row])
        rounds.append((row, alpha))
        D = reweighted(D, alpha, preds[row] != y, K)
    return rounds


def reweighted(D, alpha, wrong, K):
    raised = D * np.exp(alpha * K / (K - 1) * wrong)
    return raised / raised.sum()
