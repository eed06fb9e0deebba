"""Statistics are those of torch's layers and of the exercise's tensor; weight norm is batch norm of whitened inputs."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
import torch
from torch.nn import functional

SEEDS = range(5)
EPS = 1e-9  # of torch's layers, which insist on one

# The exercise's answers.
BATCH = (["29/12", "7/4"], ["467/144", "65/48"])
LAYER = (["13/6", "3/2", "7/2", "7/6"], ["101/36", "5/4", "23/12", "17/36"])
INSTANCE = (
    [["11/3", "2/3"], ["1", "2"], ["11/3", "10/3"], ["4/3", "1"]],
    [["8/9", "2/9"], ["2", "0"], ["32/9", "2/9"], ["2/9", "2/3"]],
)


@pytest.fixture
def norms(problem):
    return problem(5)


def exact(numbers):
    return np.array([exact(own) if isinstance(own, list) else float(Fraction(own)) for own in numbers])


# ---- 5.1: statistics ----


@pytest.mark.parametrize(
    ("function", "answers"),
    [("batch_norm_stats", BATCH), ("layer_norm_stats", LAYER), ("instance_norm_stats", INSTANCE)],
)
def test_the_tensor_of_the_exercise_has_the_exercises_statistics(norms, trials, function, answers):
    [x] = [inputs["x"] for inputs in trials(function) if np.array_equal(inputs["x"], norms.GIVEN)]

    for found, expected in zip(getattr(norms, function)(x), answers, strict=True):
        assert x.shape == (4, 2, 3)
        assert np.allclose(found, exact(expected), rtol=1e-14, atol=1e-14)


def test_decimals_of_the_exercise(norms):
    _, var = norms.batch_norm_stats(norms.GIVEN)
    assert var.round(4).tolist() == [3.2431, 1.3542]
    _, var = norms.layer_norm_stats(norms.GIVEN)
    assert var.round(4).tolist() == [2.8056, 1.25, 1.9167, 0.4722]


@pytest.mark.parametrize("seed", SEEDS)
def test_normalised_with_these_statistics_it_is_what_torch_gives(norms, trials, call, seed):
    for inputs in trials("batch_norm_stats", seed):
        x = inputs["x"]
        N, C, F = x.shape
        tensor = torch.tensor(x)
        layers = {
            "batch_norm_stats": (functional.batch_norm(tensor, None, None, training=True, eps=EPS), (1, C, 1)),
            "layer_norm_stats": (functional.layer_norm(tensor, (C, F), eps=EPS), (N, 1, 1)),
            "instance_norm_stats": (functional.instance_norm(tensor, eps=EPS), (N, C, 1)),
        }
        for name, (expected, shape) in layers.items():
            mean, var = (own.reshape(shape) for own in getattr(norms, name)(x))

            assert np.allclose((x - mean) / np.sqrt(var + EPS), expected.numpy(), rtol=1e-7, atol=1e-7), name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_axes_are_of_one_length_unless_the_tensor_is_the_exercises(norms, trials, seed):
    for name in ("batch_norm_stats", "layer_norm_stats", "instance_norm_stats"):
        for inputs in trials(name, seed):
            assert len(set(inputs["x"].shape)) == 3 and 2 <= min(inputs["x"].shape) <= max(inputs["x"].shape) <= 7


# ---- 5.2: weight norm ----


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_and_deviation_are_those_of_points_with_these_moments(norms, trials, call, seed):
    """2 d points, each as likely: the mean plus or minus sqrt(d) times a column of a root of the covariance."""
    whitened = []
    for inputs in trials("preactivation_stats", seed):
        d = len(inputs["u"])
        values, basis = np.linalg.eigh(inputs["cov_x"])
        root = np.sqrt(d) * basis * np.sqrt(values)
        points = inputs["mean_x"] + np.concatenate([root.T, -root.T])
        assert np.allclose(np.cov(points.T, bias=True), inputs["cov_x"], rtol=1e-9, atol=1e-9)

        y = points @ inputs["u"]

        assert call(norms.preactivation_stats, inputs) == pytest.approx((y.mean(), y.std()), rel=1e-9, abs=1e-12)
        whitened.append(np.array_equal(inputs["cov_x"], np.eye(d)) and not np.any(inputs["mean_x"]))
    assert any(whitened) and not all(whitened)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_unit_is_a_batch_norm_that_has_learned_the_population(norms, trials, call, seed):
    for inputs in trials("batch_norm_unit", seed):
        layer = torch.nn.BatchNorm1d(1, eps=0.0, dtype=torch.float64).eval()
        u, mean, cov = inputs["u"], inputs["mean_x"], inputs["cov_x"]
        with torch.no_grad():
            layer.running_mean.fill_(sum(u[i] * mean[i] for i in range(len(u))))
            layer.running_var.fill_(sum(u[i] * cov[i, j] * u[j] for i in range(len(u)) for j in range(len(u))))
            layer.weight.fill_(inputs["gamma"])
            layer.bias.fill_(inputs["beta"])
            expected = layer(torch.tensor(inputs["X"] @ u)[:, None])[:, 0].numpy()

        assert np.allclose(call(norms.batch_norm_unit, inputs), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_eps_in_the_variance_is_off_by_more_than_single_precision(norms, trials, call, seed):
    for eps, least in ((1e-5, 1e-2), (1e-8, 1e-4)):
        off = []
        for inputs in trials("batch_norm_unit", seed):
            u, cov = inputs["u"], inputs["cov_x"]
            off.append(np.sqrt(1 + eps / (u @ cov @ u)) - 1)
        assert max(off) > least


@pytest.mark.parametrize("seed", SEEDS)
def test_the_vector_is_the_weight_norm_of_torch(norms, trials, call, seed):
    signs = set()
    for inputs in trials("weight_norm_vector", seed):
        layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(len(inputs["u"]), 1, bias=False).double())
        with torch.no_grad():
            layer.parametrizations.weight.original0.fill_(inputs["gamma"])
            layer.parametrizations.weight.original1.copy_(torch.tensor(inputs["u"])[None])
        signs.add((len(inputs["u"]) == 1, inputs["gamma"] > 0))

        assert np.allclose(call(norms.weight_norm_vector, inputs), layer.weight.detach().numpy()[0], rtol=1e-12)
    assert {one for one, _ in signs} == {True, False}


def test_for_whitened_inputs_the_two_are_the_same_expression():
    """The proof, with symbols for three inputs."""
    u, x = (sympy.Matrix(sympy.symbols(f"{name}1:4", real=True)) for name in "ux")
    gamma, beta = sympy.symbols("gamma beta", real=True)
    mean, covariance = sympy.zeros(3, 1), sympy.eye(3)
    mu, sigma = (u.T * mean)[0], sympy.sqrt((u.T * covariance * u)[0])

    unit = gamma * ((u.T * x)[0] - mu) / sigma + beta
    w = gamma * u / sympy.sqrt(u.dot(u))

    assert sympy.simplify(unit - w.dot(x) - beta) == 0


def test_simulated_whitened_inputs_give_a_unit_of_mean_beta_and_deviation_gamma(norms):
    rng = np.random.default_rng(0)
    X, u = rng.normal(size=(200_000, 3)), np.array([1.0, -2.0, 0.5])

    y = norms.batch_norm_unit(X, u, -1.5, 0.3, np.zeros(3), np.eye(3))

    assert (y.mean(), y.std()) == pytest.approx((0.3, 1.5), abs=5 * 1.5 / np.sqrt(len(X)))
