"""Batch normalisation of the reference: torch's, autograd's, and true in the limit of long batches."""

import numpy as np
import pytest
import torch

SEEDS = range(3)


@pytest.fixture
def layer(problem):
    return problem(2)


@pytest.mark.parametrize("seed", SEEDS)
def test_standardising_is_the_batch_norm_of_torch_in_training(layer, trials, call, seed):
    for inputs in trials("batch_norm_standardize", seed):
        found = call(layer.batch_norm_standardize, inputs)
        if len(inputs["x"]) == 1:  # which torch refuses
            assert np.all(found == 0)
            continue
        expected = torch.nn.functional.batch_norm(
            torch.tensor(inputs["x"]), None, None, training=True, eps=inputs["eps"]
        )

        assert np.allclose(found, expected.numpy(), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_jacobian_and_gradient_are_what_autograd_finds(layer, trials, call, seed):
    for inputs in trials("mean_only_bn_backward", seed):
        x = torch.tensor(inputs["x"], requires_grad=True)
        y = inputs["gamma"] * (x - x.mean()) + inputs["beta"]
        (expected,) = torch.autograd.grad(y, x, torch.tensor(inputs["dy"]))

        found = call(layer.mean_only_bn_backward, inputs)

        assert np.allclose(call(layer.mean_only_bn_forward, inputs), y.detach().numpy(), rtol=1e-12)
        assert np.allclose(found, expected.numpy(), rtol=1e-9, atol=1e-12)
        jacobian = layer.mean_only_bn_jacobian(len(x), inputs["gamma"])
        assert np.allclose(jacobian.T @ inputs["dy"], found, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_of_the_torch_layer_are_what_autograd_finds(layer, trials, call, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("MeanOnlyBatchNorm", seed):
        leaves = [torch.tensor(inputs[name], requires_grad=True) for name in ("x", "gamma", "beta")]
        x, gamma, beta = leaves
        y = gamma * (x - x.mean(0)) + beta
        upstream = rng.standard_normal(y.shape)
        expected = torch.autograd.grad(y, leaves, torch.tensor(upstream))

        assert np.allclose(call(layer.MeanOnlyBatchNorm, inputs), y.detach().numpy(), rtol=1e-12)
        found = layer.mean_only_gradients(inputs["x"], inputs["gamma"], upstream)
        for gradient, autograd in zip(found, expected, strict=True):
            assert np.allclose(gradient, autograd.numpy(), rtol=1e-9, atol=1e-10)


def test_a_single_sample_gets_no_gradient_whatever_comes_back(layer, trials):
    for inputs in trials("mean_only_bn_grad_single"):
        assert layer.mean_only_bn_backward(np.array([inputs["dy"]]), inputs["gamma"])[0] == 0
        assert layer.mean_only_bn_grad_single(**inputs) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_limit_is_approached_by_longer_and_longer_random_batches(layer, trials, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("mean_only_bn_grad_limit", seed):
        limit = layer.mean_only_bn_grad_limit(**inputs)
        others = rng.standard_normal(200_000) + inputs["mean_dy"]
        for n in (200, 20_000, 200_000):
            batch = np.append(inputs["dy_i"], others[: n - 1])

            gap = abs(layer.mean_only_bn_backward(batch, inputs["gamma"])[0] - limit) / abs(inputs["gamma"])

            assert gap <= 6 / np.sqrt(n) + 5 / n  # six standard errors of the mean, and the first sample's own share


def test_a_sum_of_all_outputs_has_no_slope_at_any_length(layer):
    for n in (1, 2, 10, 1000):
        assert np.allclose(layer.mean_only_bn_backward(np.ones(n), 1.5), 0, atol=1e-12)


@pytest.mark.parametrize("n", [2, 10, 1000])
def test_the_mean_of_the_gradients_does_not_become_negligible(layer, n):
    """Bounded is not vanishing: with all dL/dy_j = 1 the limit is 0 and not gamma, at every length."""
    first = layer.mean_only_bn_backward(np.ones(n), 1.5)[0]

    assert layer.mean_only_bn_grad_limit(1.0, 1.0, 1.5) == pytest.approx(first) == 0
    assert layer.mean_only_bn_grad_limit(1.0, 0.0, 1.5) == 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_upstream_gradients_have_a_mean_that_shows(trials, seed):
    for inputs in trials("mean_only_bn_backward", seed):
        assert abs(inputs["dy"].mean()) >= 0.19 * inputs["dy"].std()
