"""Logistic regression of the reference: what autograd finds, and inputs on which nothing is hidden or hopeless."""

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

SEEDS = range(5)


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


@pytest.mark.parametrize("seed", SEEDS)
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
    largest = [np.max(np.abs(inputs["w"] * inputs["x"] + inputs["b"])) for inputs in trials("bce_loss", seed)]

    assert max(largest[:13]) <= 5.001  # main trials and edges
    assert min(largest[13:]) >= 40 and max(largest[13:]) >= 700  # exp(-z) overflows from 709 on


def test_separable_labels_have_no_minimum_so_that_no_trial_asks_for_one(logistic):
    x, y = np.array([-1.0, 1.0]), np.array([0.0, 1.0])

    costs = [logistic.bce_loss(w, 0.0, x, y) for w in (1.0, 10.0, 100.0)]

    assert costs[0] > costs[1] > costs[2] > 0
