"""The reference boosts as loops, autograd and line searches say, and its inputs and properties see mistakes."""

import itertools
from functools import partial

import homeworks
import numpy as np
import pytest
import torch
from boosting import loss_by_loops, loss_of_one, slope_by_autograd
from scipy.optimize import minimize_scalar

from grader.draw import single

SEEDS = range(5)
@pytest.fixture
def boosting(problem):
    return problem(3)


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_and_slope_are_those_of_loops_and_autograd(boosting, trials, call, seed):
    for inputs in trials("distribution", seed):
        losses = np.array([loss_of_one(scores, label) for scores, label in zip(inputs["g"], inputs["y"], strict=True)])

        D, Z = call(boosting.distribution, inputs)

        assert np.isclose(Z, losses.sum(), rtol=1e-12)
        assert np.allclose(D, losses / losses.sum(), rtol=1e-12)
        assert np.isclose(call(boosting.directional_derivative, inputs), slope_by_autograd(**inputs), rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_weighted_error_is_how_often_an_example_drawn_from_D_is_misjudged(boosting, trials, call, seed):
    rng = np.random.default_rng(seed)

    for inputs in trials("weighted_error", seed):
        drawn = rng.choice(len(inputs["D"]), 40_000, p=inputs["D"])
        frequency = np.mean(inputs["pred"][drawn] != inputs["y"][drawn])

        assert abs(call(boosting.weighted_error, inputs) - frequency) < 5 * 0.5 / np.sqrt(40_000)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slope_is_the_one_of_the_derivation_and_not_of_the_printed_line(boosting, trials, call, seed):
    for inputs in trials("directional_derivative", seed):
        (D, Z), K = call(boosting.distribution, inputs), inputs["g"].shape[1]
        eps = boosting.weighted_error(D, inputs["pred"], inputs["y"])

        slope = call(boosting.directional_derivative, inputs)

        assert np.isclose(slope, Z * (K / (K - 1) * eps - 1), rtol=1e-9)
        assert not np.isclose(slope, Z * (eps / (K - 1) - eps), rtol=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_member_selected_lowers_the_loss_most_for_a_tiny_step(boosting, trials, call, seed):
    for inputs in trials("select_weak_learner", seed):
        losses = [loss_by_loops(inputs["g"], inputs["y"], pred, 1e-4) for pred in inputs["preds"]]

        assert call(boosting.select_weak_learner, inputs) == np.argmin(losses)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_objective_is_what_is_left_of_the_loss(boosting, trials, call, seed):
    for inputs in trials("stage_objective", seed):
        g, pred, y = inputs["g"], inputs["pred"], inputs["y"]
        left = loss_by_loops(g, y, pred, inputs["alpha"]) / loss_by_loops(g, y, pred, 0.0)

        # eps was rounded to single precision.
        assert np.isclose(call(boosting.stage_objective, inputs), left, rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_minimises_the_loss_itself(boosting, trials, seed):
    for inputs in trials("directional_derivative", seed):
        g, pred, y = inputs["g"], inputs["pred"], inputs["y"]
        eps = boosting.weighted_error(boosting.distribution(g, y)[0], pred, y)

        searched = minimize_scalar(partial(loss_by_loops, g, y, pred), (-1, 1), tol=1e-10).x

        assert np.isclose(boosting.adaboost_alpha(eps, g.shape[1]), searched, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_objective_has_no_slope_at_alpha(boosting, trials, call, seed):
    for inputs in trials("adaboost_alpha", seed):
        alpha = torch.tensor(call(boosting.adaboost_alpha, inputs), dtype=torch.float64, requires_grad=True)
        eps, K = inputs["eps"], inputs["K"]
        (eps * torch.exp(alpha / (K - 1)) + (1 - eps) * torch.exp(-alpha)).backward()

        assert abs(alpha.grad.item()) < 1e-12


@pytest.mark.parametrize("eps", [0.0, 1.0, -0.1, np.nan])
def test_an_error_without_a_minimum_is_refused(boosting, eps):
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        boosting.adaboost_alpha(eps, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_is_the_best_of_all_line_searches_near_zero_followed_to_its_end(boosting, trials, call, seed):
    for inputs in trials("boosting_round", seed):
        preds, g, y = inputs["preds"], inputs["g"], inputs["y"]
        expected = int(np.argmin([loss_by_loops(g, y, pred, 1e-4) for pred in preds]))
        searched = minimize_scalar(partial(loss_by_loops, g, y, preds[expected]), (-1, 1), tol=1e-10).x

        row, alpha, after = call(boosting.boosting_round, inputs)

        assert row == expected
        assert np.isclose(alpha, searched, rtol=1e-5, atol=1e-6)
        for i, label in enumerate(preds[row]):
            assert np.allclose(after[i] - g[i], alpha * (np.arange(1, g.shape[1] + 1) == label), atol=1e-12)


def test_the_loss_along_a_weak_learner_starts_at_the_loss(boosting, trials, call):
    for inputs in trials("directional_derivative"):
        start = call(boosting.loss_along, inputs)
        later = call(boosting.loss_along, {**inputs, "alpha": 0.5})

        assert start == call(boosting.distribution, inputs)[1]
        assert np.isclose(later, loss_by_loops(inputs["g"], inputs["y"], inputs["pred"], 0.5), rtol=1e-12)


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_every_label_occurs_and_slopes_are_clear(boosting, trials, call, seed):
    planned = trials("directional_derivative", seed)

    for inputs in planned:
        n, classes = inputs["g"].shape
        slope, (_, loss) = call(boosting.directional_derivative, inputs), call(boosting.distribution, inputs)
        assert set(inputs["y"]) == set(range(1, classes + 1)) >= set(inputs["pred"])
        assert len(inputs["y"]) == len(inputs["pred"]) == n and 12 <= n <= 30
        assert abs(slope) >= 0.05 * loss
        assert np.array_equal(single(inputs["g"]), inputs["g"]) and inputs["alpha"] == 0
    assert {inputs["g"].shape[1] for inputs in planned} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize("seed", SEEDS)
def test_weighted_and_counted_errors_differ_and_D_is_a_distribution(boosting, trials, call, seed):
    planned = trials("weighted_error", seed)

    for inputs in planned:
        wrong = inputs["pred"] != inputs["y"]
        assert np.sum(inputs["D"]) == 1 and np.all(inputs["D"] > 0)
        assert 0.1 < call(boosting.weighted_error, inputs) < 0.9
        assert abs(call(boosting.weighted_error, inputs) - wrong.mean()) > 0.02
    assert {int(inputs["y"].max()) for inputs in planned} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", ["select_weak_learner", "boosting_round"])
def test_the_best_member_leads_only_by_its_weights_and_is_not_the_first(boosting, trials, call, function, seed):
    planned = trials(function, seed)

    for inputs in planned:
        wrong, K = inputs["preds"] != inputs["y"], inputs["g"].shape[1]
        errors = wrong @ call(boosting.distribution, inputs)[0]
        best = call(boosting.select_weak_learner, inputs)
        assert best > 0 and np.argmax(errors) > 0
        assert np.diff(np.sort(errors)[:2]) >= 0.01
        assert wrong.mean(axis=1)[best] > wrong.mean(axis=1).min()
        assert 0.05 < errors[best] < (K - 1) / K - 0.05
    assert {inputs["g"].shape[1] for inputs in planned} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize("seed", SEEDS)
def test_with_few_labels_a_decoy_has_the_steepest_slope_and_goes_uphill(boosting, trials, seed):
    planned = trials("select_weak_learner", seed)

    for inputs in planned[len(planned) // 2 :]:
        slopes = [boosting.directional_derivative(inputs["g"], pred, inputs["y"]) for pred in inputs["preds"]]
        assert inputs["g"].shape[1] > 3 or max(slopes) > -min(slopes)


@pytest.mark.parametrize("seed", SEEDS)
def test_errors_lie_on_both_sides_of_a_guess(trials, seed):
    planned = trials("adaboost_alpha", seed)

    sides = {(inputs["K"], np.sign(round(inputs["eps"] - 1 + 1 / inputs["K"], 6))) for inputs in planned}

    assert all(0.02 <= inputs["eps"] <= 0.95 for inputs in planned)
    assert sides >= {*itertools.product((2, 3, 4, 5, 8), (-1, 1)), (2, 0), (3, 0), (8, 0)}


@pytest.mark.parametrize("seed", SEEDS)
def test_coefficients_of_both_signs_meet_errors_of_all_sizes(trials, seed):
    planned = trials("stage_objective", seed)

    assert {inputs["K"] for inputs in planned} == {2, 3, 4, 6}
    assert {np.sign(inputs["alpha"]) for inputs in planned} == {-1, 1}
    assert all(0.05 < inputs["eps"] < 0.9 and single(inputs["eps"]) == inputs["eps"] for inputs in planned)


# ---- the properties, each with mistakes that it must see ----


def softmax_weights(g, y):
    """One minus the probability of the own label, and their sum."""
    odds = np.exp(g)
    weights = 1 - odds[np.arange(len(y)), y - 1] / odds.sum(axis=1)
    return weights, weights.sum()


def shares_with_K(g, y):
    """1/K in place of 1/(K-1)."""
    own = g[np.arange(len(y)), y - 1]
    terms = np.exp((g.sum(axis=1) - own) / g.shape[1] - own)
    return terms / terms.sum(), terms.sum()


def on(function):
    """A mistake that starts from the right answer, `function(right, *arguments)`."""
    return lambda right: partial(function, right)


def anew(function):
    """A mistake that does not need the right answer."""
    return lambda right: function


MISTAKES = {
    ("D_sums_to_1_and_Z_is_the_loss", "distribution"): {
        "softmax": anew(softmax_weights),
        "Z as a mean": on(lambda right, g, y: (right(g, y)[0], right(g, y)[1] / len(y))),
        "D not divided": on(lambda right, g, y: (right(g, y)[0] * right(g, y)[1], right(g, y)[1])),
        "D negative": on(lambda right, g, y: (2 / len(y) - right(g, y)[0], right(g, y)[1])),
    },
    ("shifting_all_scores_of_an_example_changes_nothing", "distribution"): {
        "1/K": anew(shares_with_K),
        "Z of other scores": on(lambda right, g, y: (right(g, y)[0], shares_with_K(g, y)[1])),
    },
    ("no_other_member_lowers_the_loss_faster", "select_weak_learner"): {
        "unweighted": anew(lambda preds, g, y: int(np.argmin((preds != y).mean(axis=1)))),
        "row from 1": on(lambda right, preds, g, y: right(preds, g, y) + 1),
        "not a row": anew(lambda preds, g, y: -1),
        "half a row": anew(lambda preds, g, y: 0.5),
    },
    ("objective_is_the_share_of_the_loss_that_is_left", "stage_objective"): {
        "for two labels": on(lambda right, alpha, eps, K: right(alpha, eps, 2)),
        "swapped": on(lambda right, alpha, eps, K: right(alpha, 1 - eps, K)),
        "the other sign": on(lambda right, alpha, eps, K: right(-alpha, eps, K)),
        "not 1 at 0": on(lambda right, alpha, eps, K: 2 * right(alpha, eps, K)),
    },
    ("no_other_alpha_gives_a_smaller_loss", "adaboost_alpha"): {
        "SAMME": on(lambda right, eps, K: right(eps, K) * K / (K - 1)),
        "two labels": on(lambda right, eps, K: right(eps, 2)),
        "never negative": on(lambda right, eps, K: max(right(eps, K), 0.0)),
    },
    ("the_loss_does_not_rise", "boosting_round"): {
        "row from 1": on(lambda right, *given: (right(*given)[0] + 1, *right(*given)[1:])),
        "not a row": on(lambda right, *given: (-1, *right(*given)[1:])),
        "uphill": on(lambda right, preds, g, y: (
            right(preds, g, y)[0], -right(preds, g, y)[1], 2 * g - right(preds, g, y)[2]
        )),
        "a full step": on(lambda right, preds, g, y: (
            *right(preds, g, y)[:2], g + (right(preds, g, y)[2] - g) / right(preds, g, y)[1]
        )),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "function", "mistake"), homeworks.each_mistake(MISTAKES))
def test_a_property_sees_a_mistake(boosting, sees, name, function, mistake):
    assert sees(name, function, mistake(getattr(boosting, function)))
