"""The small network of the reference is torch's: softmax, its slopes, the loss, its gradients, and dropout."""

import numpy as np
import pytest
import torch

from grader.checks.sampler import ALPHA, SUSPICIOUS

SEEDS = range(3)
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


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mask_may_come_before_the_activation(network, trials, call, seed):
    """LeakyReLU commutes with factors that are not negative, so either order is right."""
    for inputs in trials("mlp_loss", seed):
        x, y, w1, b1, w2, b2, mask = (inputs[name] for name in NETWORK)
        scores = w2 @ network.leaky_relu(mask * (w1 @ x + b1), inputs.get("alpha", 0.01)) + b2

        assert call(network.mlp_loss, inputs) == pytest.approx(network.cross_entropy(scores, int(np.argmax(y))))


def in_pairs(rng, size, p):
    return np.repeat(rng.random((size + 1) // 2) >= p, 2)[:size] / (1 - p)


def all_or_none(rng, size, p):
    return np.full(size, rng.random() >= p) / (1 - p)


def exactly_as_many(rng, size, p):
    kept = np.arange(size) >= round(size * p)
    return rng.permutation(kept) / (1 - p)


def ten_percent_more(rng, size, p):
    return (rng.random(size) >= 1.1 * p) / (1 - p)


def the_other_way_round(rng, size, p):
    return (rng.random(size) < p) / (1 - p)


@pytest.fixture
def oddest(network, trials, part):
    """`oddest(sampler)` is, for each trial of the masks, how odd the first look and the whole of the draws are."""
    plan = part("3e").checks[0]

    def found(sampler):
        rows = []
        # With p = 0 only hard facts count.
        for inputs in (inputs for inputs in trials("inverted_dropout_mask") if inputs["drop"]):
            rng = np.random.default_rng(inputs["size"])
            draws = np.array([sampler(rng, inputs["size"], inputs["drop"]) for _ in range(plan.calls)])
            looks = (draws[: plan.first], draws)
            rows.append([min(claim.p for claim in network.dropped_units(look, inputs["drop"])) for look in looks])
        return np.array(rows)

    return found


def test_with_nothing_to_drop_a_mask_is_one_all_over(network):
    with pytest.raises(AssertionError, match="with p = 0 nothing is dropped"):
        list(network.dropped_units(np.zeros((4, 20)), 0.0))


def test_right_masks_are_never_too_odd(network, oddest):
    assert np.min(oddest(network.inverted_dropout_mask)[:, 1]) >= ALPHA


@pytest.mark.parametrize("sampler", [in_pairs, all_or_none, exactly_as_many, ten_percent_more, the_other_way_round])
def test_wrong_masks_look_suspicious_at_once_and_are_too_odd_in_the_end(oddest, sampler):
    first, whole = oddest(sampler).T

    assert np.any((first < SUSPICIOUS) & (whole < ALPHA))


@pytest.mark.parametrize("p", [0.0, 0.2, 0.7])
def test_masks_have_the_mean_one_and_drop_as_many_as_they_should(network, p):
    n = 40_000
    mask = network.inverted_dropout_mask(np.random.default_rng(1), n, p)

    assert set(mask) <= {0.0, 1 / (1 - p)}
    assert abs(np.mean(mask == 0) - p) <= 6 * np.sqrt(p * (1 - p) / n)
    assert abs(mask.mean() - 1) <= 6 * np.sqrt(p / (1 - p) / n)
