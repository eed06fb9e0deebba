"""Gaussian dropout of the reference: its gradient is autograd's, its expectation that of an exact quadrature."""

import itertools

import numpy as np
import pytest
import torch

from grader.checks.sampler import ALPHA, SUSPICIOUS

SEEDS = range(3)


@pytest.fixture
def dropout(problem):
    return problem(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_a_draw_is_what_autograd_finds(dropout, trials, call, seed):
    for inputs in trials("sample_gradient", seed):
        w = torch.tensor(inputs["w"], requires_grad=True)
        error = inputs["y_d"] - (torch.tensor(inputs["delta"]) * w * torch.tensor(inputs["x"])).sum()
        (slope,) = torch.autograd.grad(error**2 / 2, w)

        assert call(dropout.noisy_objective, inputs) == pytest.approx((error**2 / 2).item())
        assert np.allclose(call(dropout.sample_gradient, inputs), slope.numpy(), rtol=1e-10, atol=1e-13)


def nodes_of(n, sigma):
    """All points of a tensor grid of three Gauss-Hermite nodes a factor, with their masses: exact up to degree 5."""
    line = [(1 - np.sqrt(3) * sigma, 1 / 6), (1.0, 4 / 6), (1 + np.sqrt(3) * sigma, 1 / 6)]
    for corner in itertools.product(line, repeat=n):
        delta, masses = zip(*corner, strict=True)
        yield np.array(delta), np.prod(masses)


@pytest.mark.parametrize("seed", SEEDS)
def test_expectations_are_those_of_an_exact_quadrature(dropout, trials, call, seed):
    for inputs in trials("expected_gradient", seed):
        w, x, y_d, sigma = (inputs[name] for name in ("w", "x", "y_d", "sigma"))
        grid = list(nodes_of(len(w), sigma))
        samples = np.array([dropout.sample_gradient(w, x, y_d, delta) for delta, _ in grid])
        masses = np.array([mass for _, mass in grid])
        mean = masses @ samples

        assert np.allclose(call(dropout.expected_gradient, inputs), mean, rtol=1e-9, atol=1e-11)
        variance = masses @ (samples - mean) ** 2
        assert np.allclose(dropout.gradient_variance(w, x, y_d, sigma), variance, rtol=1e-9, atol=1e-10)
        moments = sum(mass * np.outer(delta, delta) for delta, mass in grid)
        assert np.allclose(dropout.noise_second_moment(len(w), sigma), moments, rtol=1e-12)
        objective = sum(mass * dropout.noisy_objective(w, x, y_d, delta) for delta, mass in grid)
        assert call(dropout.regularized_objective, inputs) == pytest.approx(objective, rel=1e-9)


def test_the_kurtosis_is_that_of_an_exact_quadrature(dropout):
    """Of all factors by themselves: five nodes each are exact up to degree 9."""
    w, x, y_d, sigma = np.array([0.7, -1.1, 0.4]), np.array([-1.2, 0.6, 1.5]), 0.9, 0.6
    nodes, masses = np.polynomial.hermite_e.hermegauss(5)
    grid = np.array(list(itertools.product(1 + sigma * nodes, repeat=3)))
    weights = np.prod(list(itertools.product(masses / masses.sum(), repeat=3)), axis=1)

    away = np.array([dropout.sample_gradient(w, x, y_d, delta) for delta in grid])
    away -= weights @ away
    kurtosis = (weights @ away**4) / (weights @ away**2) ** 2
    assert np.allclose(dropout.gradient_kurtosis(w, x, y_d, sigma), kurtosis, rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_penalty_is_what_the_noise_adds_to_the_objective(dropout, trials, call, seed):
    for inputs in trials("dropout_regularizer", seed):
        quiet = (inputs["y_d"] - inputs["w"] @ inputs["x"]) ** 2 / 2

        added = call(dropout.regularized_objective, inputs) - quiet
        assert call(dropout.dropout_regularizer, inputs) == pytest.approx(added, rel=1e-9, abs=1e-12)


def the_expectation(rng, dropout, w, x, y_d, sigma, n):
    return dropout.expected_gradient(w, x, y_d, sigma)


def sigma_for_the_variance(rng, dropout, w, x, y_d, sigma, n):
    return dropout.monte_carlo_gradient(rng, w, x, y_d, np.sqrt(sigma), n)


def one_sample_only(rng, dropout, w, x, y_d, sigma, n):
    return dropout.monte_carlo_gradient(rng, w, x, y_d, sigma, 1)


def added_up(rng, dropout, w, x, y_d, sigma, n):
    return n * dropout.monte_carlo_gradient(rng, w, x, y_d, sigma, n)


def one_factor_for_all(rng, dropout, w, x, y_d, sigma, n):
    factors = 1 + sigma * rng.standard_normal(n)
    return np.mean([dropout.sample_gradient(w, x, y_d, np.full(len(w), factor)) for factor in factors], axis=0)


def factors_around_zero(rng, dropout, w, x, y_d, sigma, n):
    draws = sigma * rng.standard_normal((n, len(w)))
    return np.mean([dropout.sample_gradient(w, x, y_d, delta) for delta in draws], axis=0)


@pytest.fixture
def oddest(dropout, trials, part):
    """`oddest(sampler)` is, for each trial with noise, how odd the first look and the whole of the averages are."""
    plan = part("5d").checks[0]

    def found(sampler):
        rows = []
        for inputs in trials("monte_carlo_gradient"):
            arguments = [inputs[name] for name in ("w", "x", "y_d", "sigma", "n_samples")]
            rng = np.random.default_rng(inputs["n_samples"])
            draws = np.array([sampler(rng, dropout, *arguments) for _ in range(plan.calls)])
            looks = (draws[: plan.first], draws)
            if inputs["sigma"]:
                rows.append([_least(dropout.averages_of_gradients(look, *arguments)) for look in looks])
        return np.array(rows)

    return found


def _least(claims):
    return min(claim.p for claim in claims)


def test_right_averages_are_never_too_odd(dropout, oddest):
    assert np.min(oddest(lambda rng, here, *given: here.monte_carlo_gradient(rng, *given))[:, 1]) >= ALPHA


@pytest.mark.parametrize(
    "sampler",
    [the_expectation, sigma_for_the_variance, one_sample_only, added_up, one_factor_for_all, factors_around_zero],
)
def test_wrong_averages_look_suspicious_at_once_and_are_too_odd_in_the_end(oddest, sampler):
    first, whole = oddest(sampler).T

    assert np.any((first < SUSPICIOUS) & (whole < ALPHA))


def test_averages_have_the_mean_and_variance_that_their_law_claims(dropout, trials, call):
    rng, calls = np.random.default_rng(7), 4000
    for inputs in trials("monte_carlo_gradient"):
        w, x, y_d, sigma, n = (inputs[name] for name in ("w", "x", "y_d", "sigma", "n_samples"))

        draws = np.array([dropout.monte_carlo_gradient(rng, w, x, y_d, sigma, n) for _ in range(calls)])

        variance = dropout.gradient_variance(w, x, y_d, sigma) / n
        error = draws.mean(axis=0) - dropout.expected_gradient(w, x, y_d, sigma)
        assert np.all(np.abs(error) <= 6 * np.sqrt(variance / calls) + 1e-12)
        assert np.allclose(draws.var(axis=0), variance, rtol=6 * np.sqrt(14 / calls), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_made_for_the_edges_is_there(trials, seed):
    planned = trials("expected_gradient", seed)

    assert any(inputs["sigma"] == 0 for inputs in planned)
    assert any(len(inputs["w"]) == 1 for inputs in planned)
    assert any(not inputs["w"].any() for inputs in planned)
    assert any(np.any(inputs["x"] == 0) for inputs in planned)
    assert all(abs(inputs["sigma"] - inputs["sigma"] ** 2) >= 0.05 for inputs in planned[:8])
