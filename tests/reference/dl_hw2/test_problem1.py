"""Logistic regression of the reference: what autograd finds, and inputs on which nothing is hidden or hopeless."""

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

SEEDS = range(3)


@pytest.fixture
def logistic(problem):
    return problem(1)


def torch_cost(inputs):
    x, y = torch.tensor(inputs["x"]), torch.tensor(inputs["y"])
    return lambda theta: binary_cross_entropy_with_logits(theta[0] * x + theta[1], y, reduction="sum")


def parameters(inputs):
    return torch.tensor([inputs["w"], inputs["b"]], dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cost_is_that_of_torch_even_where_the_scores_are_huge(logistic, trials, call, seed):
    for inputs in trials("bce_loss", seed):
        expected = torch_cost(inputs)(parameters(inputs)).item()

        assert call(logistic.bce_loss, inputs) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_and_hessian_are_what_autograd_finds(logistic, trials, call, seed):
    for inputs in trials("bce_hessian", seed):
        theta, cost = parameters(inputs), torch_cost(inputs)
        (slope,) = torch.autograd.grad(cost(theta), theta)
        bend = torch.autograd.functional.hessian(cost, theta.detach())

        size = float(np.sum(inputs["x"] ** 2) + len(inputs["x"]))
        assert np.allclose(call(logistic.bce_gradient, inputs), slope.numpy(), rtol=1e-9, atol=1e-12 * size)
        assert np.allclose(call(logistic.bce_hessian, inputs), bend.numpy(), rtol=1e-9, atol=1e-12 * size)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_quadratic_form_is_that_of_the_hessian(logistic, trials, call, seed):
    for inputs in trials("hessian_quadratic_form", seed):
        hessian, v = call(logistic.bce_hessian, inputs), inputs["v"]

        assert call(logistic.hessian_quadratic_form, inputs) == pytest.approx(v @ hessian @ v, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_direction_is_flat_exactly_where_the_smallest_eigenvalue_is_zero(logistic, trials, seed):
    kinds = set()
    for inputs in trials("flat_direction", seed):
        x = inputs["x"]
        v = logistic.flat_direction(x)
        hessian = logistic.bce_hessian(0.5, -0.25, x, np.zeros(len(x)))
        least = np.linalg.eigvalsh(hessian)[0] / np.trace(hessian)

        assert (v is None) == (least > 1e-6)
        if v is not None:
            assert np.linalg.norm(v) == pytest.approx(1)
            assert np.linalg.norm(hessian @ v) <= 1e-12 * np.trace(hessian)
        kinds.add((v is None, len(x) == 1))
    assert kinds == {(True, False), (False, False), (False, True)}


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_a_run_is_what_stochastic_gradient_descent_of_torch_does_with_all_points(logistic, trials, call, seed):
    for inputs in trials("gradient_descent", seed):
        theta = parameters({"w": inputs["w0"], "b": inputs["b0"]})
        path = [theta.detach().numpy().copy()]
        for _ in range(inputs["n_steps"]):
            (slope,) = torch.autograd.grad(torch_cost(inputs)(theta), theta)
            theta = (theta - inputs["eta"] * slope).detach().requires_grad_()
            path.append(theta.detach().numpy().copy())

        found = call(logistic.gradient_descent, inputs)

        assert found.shape == (inputs["n_steps"] + 1, 2)
        assert np.allclose(found, path, rtol=1e-10, atol=1e-12)


def test_one_step_is_the_second_row_of_the_run(logistic, trials, call):
    for inputs in trials("gd_step"):
        run = logistic.gradient_descent(inputs["w"], inputs["b"], inputs["x"], inputs["y"], inputs["eta"], 1)

        assert call(logistic.gd_step, inputs) == pytest.approx(tuple(run[1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_main_trials_are_benign_and_stress_is_not(trials, seed):
    for function in ("bce_loss", "bce_gradient"):
        scores = [inputs["w"] * inputs["x"] + inputs["b"] for inputs in trials(function, seed)]
        tame = [np.max(np.abs(z)) <= 5.001 for z in scores]
        stress = np.concatenate([z for z, benign in zip(scores, tame, strict=True) if not benign])

        assert tame == sorted(tame, reverse=True) and sum(tame) >= 11  # main trials and edges come first
        assert np.min(stress) < -710 and np.max(stress) > 710  # exp(-z) and exp(z) overflow


@pytest.mark.parametrize("seed", SEEDS)
def test_with_equal_inputs_the_curvature_is_zero_along_one_direction(logistic, seed):
    """So that "v^T H v > 0" is too much said: H is semidefinite."""
    rng = np.random.default_rng(seed)
    c, y = np.round(8 * rng.normal()) / 8, rng.integers(0, 2, 4).astype(float)
    for n in (1, 4):
        form = logistic.hessian_quadratic_form(np.array([1.0, -c]), rng.normal(), rng.normal(), np.full(n, c), y[:n])

        assert form == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_of_twice_the_inverse_curvature_may_go_up(logistic, seed):
    """Descent needs a condition on eta: it is sure to go down for eta < 2/L, not for every eta."""
    x, y = np.random.default_rng(seed).normal(size=6), np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    best = logistic.gradient_descent(0.0, 0.0, x, y, 0.3, 2000)[-1]
    start = best + 1e-2
    curvature = np.linalg.eigvalsh(logistic.bce_hessian(*best, x, y))[-1]

    after = {scale: logistic.gradient_descent(*start, x, y, scale / curvature, 60)[-1] for scale in (1.0, 2.5)}

    costs = {scale: logistic.bce_loss(*there, x, y) for scale, there in after.items()}
    assert costs[1.0] < logistic.bce_loss(*start, x, y) < costs[2.5]


def test_separable_labels_have_no_minimum_so_that_no_trial_asks_for_one(logistic):
    x, y = np.array([-1.0, 1.0]), np.array([0.0, 1.0])

    costs = [logistic.bce_loss(w, 0.0, x, y) for w in (1.0, 10.0, 100.0)]

    assert costs[0] > costs[1] > costs[2] > 0
