"""The cross-entropy of a softmax in the reference: autograd's gradient and Hessian, a variance, a null direction."""

import numpy as np
import pytest
import torch

SEEDS = range(3)


@pytest.fixture
def entropy(problem):
    return problem(7)


def torch_loss(y):
    return lambda z: -(torch.tensor(y) * torch.log_softmax(z, 0)).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_and_hessian_are_what_autograd_finds(entropy, trials, call, seed):
    for inputs in trials("softmax_ce_hessian", seed):
        loss, z = torch_loss(inputs["y"]), torch.tensor(inputs["z"], requires_grad=True)
        (slope,) = torch.autograd.grad(loss(z), z)
        bend = torch.autograd.functional.hessian(loss, z.detach())

        assert call(entropy.softmax_ce, inputs) == pytest.approx(loss(z).item(), rel=1e-12)
        assert np.allclose(call(entropy.softmax_ce_gradient, inputs), slope.numpy(), rtol=1e-9, atol=1e-14)
        assert np.allclose(call(entropy.softmax_ce_hessian, inputs), bend.numpy(), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_form_is_a_variance_and_that_of_the_hessian(entropy, trials, call, seed):
    for inputs in trials("softmax_quadratic_form", seed):
        z, v = inputs["z"], inputs["v"]
        p = entropy.softmax(z)
        pairs = np.sum(np.outer(p, p) * (v[:, None] - v[None, :]) ** 2) / 2

        found = entropy.softmax_quadratic_form(z, v)

        assert found == pytest.approx(pairs, rel=1e-9, abs=1e-14)
        assert found == pytest.approx(v @ entropy.softmax_ce_hessian(z, inputs["y"]) @ v, rel=1e-9, abs=1e-12)
        assert (found <= 1e-14) == (np.ptp(v) == 0)


@pytest.mark.parametrize("classes", range(2, 9))
def test_the_null_direction_is_the_only_one(entropy, classes):
    z = np.random.default_rng(classes).standard_normal(classes)
    values, vectors = np.linalg.eigh(entropy.softmax_ce_hessian(z, np.eye(classes)[0]))

    assert abs(values[0]) <= 1e-14 < 1e-4 < values[1]
    assert abs(vectors[:, 0] @ entropy.softmax_null_direction(classes)) == pytest.approx(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_are_one_hot_and_scores_neither_sure_nor_all_alike(trials, entropy, seed):
    for inputs in trials("softmax_ce_gradient", seed):
        assert sorted(set(inputs["y"])) == [0.0, 1.0] and inputs["y"].sum() == 1
        assert 0.02 <= np.ptp(entropy.softmax(inputs["z"])) <= 0.95
