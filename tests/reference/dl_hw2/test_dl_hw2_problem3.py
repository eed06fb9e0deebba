"""The small network of the reference is torch's: softmax, its slopes, the loss, its gradients, and dropout."""

import numpy as np
import pytest
import torch

SEEDS = range(5)
NETWORK = ("x", "y", "w1", "b1", "w2", "b2", "mask")


@pytest.fixture
def network(problem):
    return problem(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_and_its_jacobian_are_those_of_torch(network, trials, seed):
    for inputs in trials("softmax_jacobian", seed):
        z = torch.tensor(inputs["z"])
        jacobian = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), z)

        assert np.allclose(network.softmax(inputs["z"]), torch.softmax(z, 0).numpy(), rtol=1e-12, atol=1e-15)
        assert np.allclose(network.softmax_jacobian(inputs["z"]), jacobian.numpy(), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_cross_entropy_and_its_gradient_are_those_of_torch(network, trials, seed):
    for inputs in trials("cross_entropy_gradient", seed):
        z = torch.tensor(inputs["z"], requires_grad=True)
        loss = torch.nn.functional.cross_entropy(z[None], torch.tensor([inputs["k"]]))
        (slope,) = torch.autograd.grad(loss, z)

        assert network.cross_entropy(**inputs) == pytest.approx(loss.item(), rel=1e-12, abs=1e-12)
        assert np.allclose(network.cross_entropy_gradient(**inputs), slope.numpy(), rtol=1e-9, atol=1e-14)


def test_a_class_is_found_first_in_the_middle_and_last(trials):
    seen = {
        (inputs["k"] == 0, inputs["k"] == len(inputs["z"]) - 1) for inputs in trials("cross_entropy_gradient")
    }

    assert seen >= {(True, False), (False, True), (False, False), (True, True)}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slope_of_leaky_relu_is_that_of_autograd(network, trials, seed):
    for inputs in trials("leaky_relu_grad", seed):
        z = torch.tensor(inputs["z"], requires_grad=True)
        torch.nn.functional.leaky_relu(z, inputs["slope"]).sum().backward()

        assert np.allclose(network.leaky_relu_grad(inputs["z"], inputs["slope"]), z.grad.numpy())
        assert ("alpha" in inputs) != inputs["default"]


@pytest.mark.parametrize("at_zero", [0.0, 0.4, 1.0])
def test_at_the_kink_every_subgradient_is_right(network, trials, call, at_zero):
    def slope(z, alpha=0.01):
        return np.where(z > 0, 1.0, np.where(z < 0, alpha, max(alpha, at_zero)))

    for inputs in trials("leaky_relu_grad"):
        call(network.slope_of_leaky_relu, inputs | {"leaky_relu_grad": slope})


@pytest.mark.parametrize("at_zero", [0.0, 1.1])
def test_at_the_kink_nothing_else_is(network, trials, call, at_zero):
    def slope(z, alpha=0.01):
        return np.where(z > 0, 1.0, np.where(z < 0, alpha, at_zero))

    kinked = [inputs for inputs in trials("leaky_relu_grad") if np.any(inputs["z"] == 0)]
    assert kinked
    for inputs in kinked:
        with pytest.raises(AssertionError, match="at z = 0"):
            call(network.slope_of_leaky_relu, inputs | {"leaky_relu_grad": slope})


def torch_loss(x, y, w1, b1, w2, b2, mask, alpha):
    hidden = mask * torch.nn.functional.leaky_relu(w1 @ x + b1, alpha)
    return -(y * torch.log_softmax(w2 @ hidden + b2, 0)).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_and_gradients_are_what_autograd_finds(network, trials, call, seed):
    for inputs in trials("mlp_loss", seed):
        given = {name: torch.tensor(inputs[name], dtype=torch.float64) for name in NETWORK}
        leaves = [given[name].requires_grad_() for name in ("w1", "b1", "w2", "b2")]
        loss = torch_loss(**given, alpha=inputs.get("alpha", 0.01))
        expected = torch.autograd.grad(loss, leaves)

        assert call(network.mlp_loss, inputs) == pytest.approx(loss.item(), rel=1e-12)
        assert np.allclose(call(network.mlp_grad_w1, inputs), expected[0].numpy(), rtol=1e-9, atol=1e-13)
        for gradient, autograd in zip(
            call(network.mlp_gradients, inputs | {"upstream": np.array(-1.5)}), expected, strict=True
        ):
            assert np.allclose(gradient, -1.5 * autograd.numpy(), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_networks_have_units_on_both_sides_masks_that_scale_and_a_square_last_layer(trials, seed):
    planned = trials("mlp_grad_w1", seed)
    main = planned[:8]

    for inputs in main:
        z1, live = inputs["w1"] @ inputs["x"] + inputs["b1"], inputs["mask"] > 0
        assert np.any(z1[live] > 0) and np.any(z1[live] < 0)
        assert not np.isin(inputs["mask"], (0.0, 1.0)).all()
    assert any(inputs["w2"].shape[0] == inputs["w2"].shape[1] for inputs in main)
    assert any("alpha" not in inputs for inputs in planned)
    assert any(np.all(inputs["mask"] == 0) for inputs in planned)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.7])
def test_masks_have_the_mean_one_and_drop_as_many_as_they_should(network, p):
    n = 40_000
    mask = network.inverted_dropout_mask(np.random.default_rng(1), n, p)

    assert set(mask) <= {0.0, 1 / (1 - p)}
    assert abs(np.mean(mask == 0) - p) <= 6 * np.sqrt(p * (1 - p) / n)
    assert abs(mask.mean() - 1) <= 6 * np.sqrt(p / (1 - p) / n)
