"""The layer norm of the reference is the one of the textbooks, and its inputs and property tell wrong ones apart."""


import numpy as np
import pytest
import torch

from grader.draw import Draw, single

SEEDS = range(5)


@pytest.fixture
def layer_norm(problem):
    return problem(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_is_the_layer_norm_of_torch(layer_norm, trials, call, seed):
    for inputs in trials("layer_norm_forward", seed):
        y = call(layer_norm.layer_norm_forward, inputs)

        assert y.shape == inputs["x"].shape
        assert np.allclose(y, torch_layer_norm(**tensors(inputs)).numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_backward_is_what_autograd_finds(layer_norm, trials, call, seed):
    for inputs in trials("layer_norm_backward", seed):
        given = tensors(inputs)
        leaves = [given[name].requires_grad_() for name in ("x", "gamma", "beta")]
        expected = torch.autograd.grad(torch_layer_norm(**given), leaves, given["dy"])

        for gradient, autograd in zip(call(layer_norm.layer_norm_backward, inputs), expected, strict=True):
            assert np.shape(gradient) == autograd.shape
            assert np.allclose(gradient, autograd.numpy(), rtol=1e-8, atol=1e-10)


def test_a_constant_x_gives_beta_and_the_gradient_of_the_deviations(layer_norm):
    x, dy, gamma, eps = np.full(4, 2.5), np.array([1.0, -2.0, 0.5, 3.0]), 1.5, 0.04

    y = layer_norm.layer_norm_forward(x, gamma, -0.5, eps)
    dx, dgamma, dbeta = layer_norm.layer_norm_backward(dy, x, gamma, eps)

    assert y.tolist() == [-0.5] * 4
    assert np.allclose(dx, gamma * (dy - dy.mean()) / np.sqrt(eps), rtol=1e-12)
    assert (dgamma, dbeta) == (0.0, 2.5)


def test_gamma_of_another_shape_is_refused(layer_norm):
    with pytest.raises(ValueError, match="gamma must be a scalar or of shape"):
        layer_norm.layer_norm_forward(np.ones(3), np.ones(2), np.ones(2), 0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_cover_scalars_and_vectors_short_and_long(trials, seed):
    planned = trials("layer_norm_backward", seed)

    kinds = {(np.ndim(inputs["gamma"]), len(inputs["x"])) for inputs in planned}

    assert kinds >= {(ndim, d) for ndim in (0, 1) for d in (1, 2, 3, 5, 17)}
    assert {inputs["eps"] == single(1e-5) for inputs in planned} == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_are_in_range_and_survive_single_precision(trials, seed):
    for inputs in trials("layer_norm_backward", seed):
        assert np.shape(inputs["gamma"]) == np.shape(inputs["beta"]) in {(), inputs["x"].shape}
        assert inputs["dy"].shape == inputs["x"].shape
        assert np.all(np.abs(inputs["gamma"]) >= 0.5) and np.all(np.abs(inputs["gamma"]) <= 2)
        assert 0 < inputs["eps"] <= 0.3
        assert all(np.array_equal(single(value), value) for value in inputs.values())


def test_gradients_of_single_precision_keep_four_digits(layer_norm, trials, call, in_single):
    for inputs in trials("layer_norm_backward"):
        exact = call(layer_norm.layer_norm_backward, inputs)
        rounded = call(in_single(layer_norm.layer_norm_backward), inputs)

        _, deviation = layer_norm._normalised(inputs["x"], inputs["gamma"], inputs["eps"])
        floor = 1e-5 * np.abs(inputs["dy"]).max() / deviation
        for right, single_precision in zip(exact, rounded, strict=True):
            assert np.max(np.abs(single_precision - right)) <= 1e-4 * np.max(np.abs(right)) + floor


def test_a_constant_x_has_deviations_of_exactly_zero_in_single_precision_too(layer_norm):
    for seed in range(20):
        x = layer_norm.layer_norm_inputs(Draw(np.random.default_rng(seed), "const"), 7)["x"].astype(np.float32)

        assert np.all(x == x[0]) and np.all(x - x.mean() == 0)


@pytest.mark.parametrize("regime", ["normal", "small", "large"])
def test_two_entries_are_drawn_so_close_that_their_gradient_does_not_vanish(layer_norm, regime):
    for seed in SEEDS:
        inputs = layer_norm.layer_norm_inputs(Draw(np.random.default_rng(seed), regime), 2, "scalar")
        dxhat = inputs["gamma"] * inputs["dy"]

        dx, _, _ = layer_norm.layer_norm_backward(inputs["dy"], inputs["x"], inputs["gamma"], inputs["eps"])

        assert np.linalg.norm(dx) * np.sqrt(inputs["x"].var() + inputs["eps"]) >= 0.05 * np.linalg.norm(dxhat)


def forgets_the_mean(dy, x, gamma, eps):
    """dl/dx without the path through mu."""
    deviation = np.sqrt(x.var() + eps)
    xhat, dxhat = (x - x.mean()) / deviation, gamma * dy
    return (dxhat - xhat * np.mean(dxhat * xhat)) / deviation, None, None


def takes_gamma_out_of_the_mean(dy, x, gamma, eps):
    """gamma multiplied at the end, as if it were one number for all."""
    deviation = np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) / deviation
    return gamma * (dy - dy.mean() - xhat * np.mean(dy * xhat)) / deviation, None, None


@pytest.mark.parametrize("wrong", [forgets_the_mean, takes_gamma_out_of_the_mean])
def test_shifting_x_is_seen_to_change_wrong_answers(layer_norm, trials, holds, wrong):
    verdicts = [
        holds(layer_norm.shifting_x_changes_nothing, inputs, layer_norm_backward=wrong)
        for inputs in trials("layer_norm_backward")
    ]

    assert not all(verdicts)


def tensors(inputs):
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in inputs.items()}


def torch_layer_norm(x, gamma, beta, eps, **others):
    """The layer norm of torch, whose own gamma and beta can only be vectors."""
    return gamma * torch.nn.functional.layer_norm(x, x.shape, eps=float(eps)) + beta
