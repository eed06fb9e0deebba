"""The reference's EM is that of scipy's densities and of an optimiser; its inputs and properties see mistakes."""


import homeworks
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from grader.draw import single

SEEDS = range(5)
@pytest.fixture
def em(problem):
    return problem(4)


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_responsibilities_are_bayes_rule_on_the_densities_of_scipy(em, trials, call, seed):
    for inputs in trials("responsibilities", seed):
        joint = joint_densities(**inputs)

        delta = call(em.responsibilities, inputs)

        assert delta.shape == joint.shape
        assert np.allclose(delta, joint / joint.sum(axis=1, keepdims=True), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_log_likelihood_and_q_are_sums_over_the_densities_of_scipy(em, trials, call, seed):
    for inputs in trials("q_function", seed):
        joint = joint_densities(**inputs)

        assert np.isclose(call(em.log_likelihood, inputs), np.log(joint.sum(axis=1)).sum(), rtol=1e-9)
        assert np.isclose(call(em.q_function, inputs), np.sum(inputs["delta"] * np.log(joint)), rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_likelihood_is_that_of_the_mixtures_of_torch(em, trials, call, seed):
    for inputs in trials("log_likelihood", seed):
        X, pi, mu, Sigma = (torch.tensor(inputs[name]) for name in ("X", "pi", "mu", "Sigma"))
        mixture = MixtureSameFamily(Categorical(pi), MultivariateNormal(mu, Sigma))

        assert np.isclose(call(em.log_likelihood, inputs), mixture.log_prob(X).sum().item(), rtol=1e-9)


def test_no_point_is_so_far_away_that_its_responsibilities_are_lost(em):
    X, pi, mu = np.array([[1e4]]), np.array([0.5, 0.5]), np.array([[0.0], [1.0]])

    delta = em.responsibilities(X, pi, mu, np.ones((2, 1, 1)))

    assert delta.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("seed", SEEDS)
def test_q_has_no_slope_at_what_the_m_step_finds(em, trials, call, seed):
    """pi as a softmax, Sigma as L L^T: what autograd finds is 0 in every direction that is allowed."""
    for inputs in trials("m_step", seed):
        pi, mu, Sigma = call(em.m_step, inputs)
        scores, means, roots = (
            torch.tensor(value, requires_grad=True) for value in (np.log(pi), mu, np.linalg.cholesky(Sigma))
        )
        joint = MultivariateNormal(means, scale_tril=roots).log_prob(torch.tensor(inputs["X"])[:, None, :])
        q = (torch.tensor(inputs["delta"]) * (torch.log_softmax(scores, 0) + joint)).sum()

        slopes = torch.autograd.grad(q, (scores, means, roots))

        assert np.isclose(q.item(), em.q_function(inputs["X"], inputs["delta"], pi, mu, Sigma), rtol=1e-9)
        unit = np.sqrt(np.mean(inputs["X"] ** 2))
        assert slopes[0].abs().max() < 1e-9
        assert unit * max(slope.tril().abs().max() for slope in slopes[1:]) < 1e-8


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_parameters_near_or_far_have_a_greater_q(em, trials, call, seed):
    rng = np.random.default_rng(seed)

    for inputs in trials("m_step", seed):
        X, delta = inputs["X"], inputs["delta"]
        pi, mu, Sigma = call(em.m_step, inputs)
        best = em.q_function(X, delta, pi, mu, Sigma)
        for size in np.geomspace(1e-3, 1.0, 50):
            other_pi = pi * np.exp(size * rng.standard_normal(pi.shape))
            other_mu = mu + size * np.std(X) * rng.standard_normal(mu.shape)
            roots = np.linalg.cholesky(Sigma) @ (np.eye(X.shape[1]) + size * rng.standard_normal(Sigma.shape))
            others = (other_pi / other_pi.sum(), other_mu, roots @ np.swapaxes(roots, 1, 2))
            assert em.q_function(X, delta, *others) <= best


@pytest.mark.parametrize("seed", SEEDS)
def test_with_0_and_1_the_m_step_is_the_estimate_from_labelled_points(em, trials, seed):
    for inputs in trials("m_step", seed):
        X, K = inputs["X"], inputs["delta"].shape[1]
        labels = np.arange(len(X)) % K

        pi, mu, Sigma = em.m_step(X, np.eye(K)[labels])

        for k in range(K):
            members = X[labels == k]
            assert np.isclose(pi[k], len(members) / len(X), rtol=1e-12)
            assert np.allclose(mu[k], members.mean(axis=0), rtol=1e-9, atol=1e-12)
            assert np.allclose(Sigma[k], np.cov(members.T, ddof=0).reshape(Sigma[k].shape), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_em_is_its_two_steps_in_turn_and_climbs_all_the_way(em, trials, call, seed):
    for inputs in trials("em_fit", seed):
        X, theta = inputs["X"], [inputs[name] for name in ("pi", "mu", "Sigma")]
        heights = [em.log_likelihood(X, *theta)]
        for _ in range(inputs["n_iter"]):
            theta = one_iteration(X, *theta)
            heights.append(em.log_likelihood(X, *theta))

        fitted = call(em.em_fit, inputs)

        assert all(np.allclose(a, b, rtol=1e-8, atol=1e-12) for a, b in zip(fitted, theta, strict=True))
        assert np.all(np.diff(heights) > -1e-9)


def test_many_iterations_end_where_the_log_likelihood_has_no_slope(em, trials):
    inputs = next(inputs for inputs in trials("em_fit") if inputs["mu"].shape == (2, 2))
    X = torch.tensor(inputs["X"])
    pi, mu, Sigma = em.em_fit(inputs["X"], inputs["pi"], inputs["mu"], inputs["Sigma"], 5000)
    scores, means, roots = (
        torch.tensor(value, requires_grad=True) for value in (np.log(pi), mu, np.linalg.cholesky(Sigma))
    )

    mixture = MixtureSameFamily(Categorical(logits=scores), MultivariateNormal(means, scale_tril=roots))
    slopes = torch.autograd.grad(mixture.log_prob(X).sum(), (scores, means, roots))

    assert max(slope.abs().max() for slope in slopes[:2]) < 1e-6
    assert slopes[2].tril().abs().max() < 1e-6


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_mixtures_of_every_size_are_drawn_and_survive_single_precision(em, trials, call, seed):
    planned = trials("responsibilities", seed)

    for inputs in planned:
        (N, K), d = inputs["delta"].shape, inputs["X"].shape[1]
        assert inputs["X"].shape == (N, d) and inputs["mu"].shape == (K, d) and inputs["Sigma"].shape == (K, d, d)
        assert 8 <= N <= 24 and np.sum(inputs["pi"]) == 1 and np.min(inputs["pi"]) >= 0.05
        assert np.all(inputs["delta"].sum(axis=1) == 1)
        assert np.max(np.linalg.cond(inputs["Sigma"])) < 6
        assert all(np.array_equal(single(value), value) for value in inputs.values())
    sizes = {inputs["mu"].shape for inputs in planned}
    assert sizes == {(1, 2), (2, 1), (2, 2), (3, 2), (3, 3), (4, 1)}


@pytest.mark.parametrize("seed", SEEDS)
def test_points_are_in_doubt_and_plain_densities_do_not_underflow_in_single_precision(em, trials, call, seed):
    for inputs in trials("responsibilities", seed):
        densities = joint_densities(**inputs).sum(axis=1)
        delta = call(em.responsibilities, inputs)

        assert np.all(densities > 1e-20)
        assert delta.shape[1] == 1 or np.sum(delta.max(axis=1) < 0.9) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_no_component_collapses_on_the_way(em, trials, call, seed):
    planned = trials("em_fit", seed)

    for inputs in planned:
        K, d = inputs["mu"].shape
        unit = {"small": 0.05, "large": 20.0}.get(regime_of(inputs["X"]), 1.0)
        assert inputs["X"].shape == (12 * K, d)
        for n in range(1, inputs["n_iter"] + 1):
            pi, _, Sigma = call(em.em_fit, {**inputs, "n_iter": n})
            assert np.min(pi) * 12 * K >= d + 2 - 1e-9
            assert np.min(np.linalg.eigvalsh(Sigma)) >= 0.05 * unit**2
    assert {inputs["n_iter"] for inputs in planned} == {1, 2, 3, 4, 5}
    assert {inputs["mu"].shape for inputs in planned} == {(1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3), (4, 1)}


def test_a_collapsing_start_is_not_tame(em):
    X = np.array([[0.0], [0.1], [0.2], [5.0], [9.0], [9.1], [9.2]])
    start = {"pi": np.array([0.5, 0.5]), "mu": np.array([[4.0], [5.0]]), "Sigma": np.array([[[9.0]], [[1e-4]]])}

    assert not em.em_is_tame(X, **start, n_iter=1)


# ---- the properties, each with mistakes that it must see ----


def moved(place, change):
    """A mistake in one of several outputs: `change(right value, X)`."""

    def mistake(right):
        def wrong(X, *others):
            values = list(right(X, *others))
            values[place] = change(values[place], X)
            return tuple(values)

        return wrong

    return mistake


MISTAKES = {
    ("rows_of_delta_are_distributions", "responsibilities"): {
        "over the points": lambda right: lambda *given: right(*given) / right(*given).sum(axis=0),
        "negative": lambda right: lambda *given: 1.5 * right(*given) - 0.5 / len(given[1]),
    },
    ("no_other_pi_has_a_greater_q", "m_step"): {
        "sums": moved(0, lambda pi, X: pi * len(X)),
        "equal": moved(0, lambda pi, X: np.full(pi.shape, 1 / len(pi))),
        "N - 1": moved(0, lambda pi, X: pi * len(X) / (len(X) - 1)),
    },
    ("no_other_mu_has_a_greater_q", "m_step"): {
        "of all points": moved(1, lambda mu, X: np.tile(X.mean(axis=0), (len(mu), 1))),
        "a hundredth off": moved(1, lambda mu, X: 1.01 * mu),
    },
    ("no_other_Sigma_has_a_greater_q", "m_step"): {
        "unbiased": moved(2, lambda Sigma, X: Sigma * len(X) / (len(X) - 1)),
        "diagonal": moved(2, lambda Sigma, X: Sigma * np.eye(X.shape[1])),
        "not symmetric": moved(2, lambda Sigma, X: Sigma + 0.1 * np.max(Sigma) * np.triu(np.ones(Sigma.shape[1:]), 1)),
        "not definite": moved(2, lambda Sigma, X: -Sigma),
    },
    ("q_and_entropy_make_the_log_likelihood", "q_function"): {
        "mean": lambda right: lambda X, *others: right(X, *others) / len(X),
        "without 2 pi": lambda right: lambda X, *others: right(X, *others) + X.size / 2 * np.log(2 * np.pi),
        "without the shares": lambda right: lambda X, delta, pi, mu, Sigma: right(X, delta, pi / pi, mu, Sigma),
    },
    ("the_log_likelihood_never_falls", "em_fit"): {
        "components in another order": moved(1, lambda mu, X: mu[::-1]),
        "standard deviations": moved(2, lambda Sigma, X: 9 * Sigma),
        "pi not normalised": moved(0, lambda pi, X: 2 * pi),
        "not definite": moved(2, lambda Sigma, X: -Sigma),
    },
}


@pytest.mark.parametrize(("name", "function", "mistake"), homeworks.each_mistake(MISTAKES))
def test_a_property_sees_a_mistake(em, sees, name, function, mistake):
    assert sees(name, function, mistake(getattr(em, function)))


# ---- other ways to the same numbers ----


def joint_densities(X, pi, mu, Sigma, **others):
    """pi_k N(x_i; mu_k, Sigma_k), (N, K)."""
    columns = [p * multivariate_normal(m, S).pdf(X) for p, m, S in zip(pi, mu, Sigma, strict=True)]
    return np.reshape(columns, (len(pi), len(X))).T


def one_iteration(X, pi, mu, Sigma):
    """Loops over the components, with second moments about the new mean as sums over the points."""
    joint = joint_densities(X, pi, mu, Sigma)
    new = ([], [], [])
    for weights in (joint / joint.sum(axis=1, keepdims=True)).T:
        mean = np.average(X, axis=0, weights=weights)
        new[0].append(weights.mean())
        new[1].append(mean)
        new[2].append(sum(w * np.outer(x - mean, x - mean) for w, x in zip(weights, X, strict=True)) / weights.sum())
    return [np.array(values) for values in new]


def regime_of(X):
    size = np.sqrt(np.mean(X**2))
    return "small" if size < 0.3 else "large" if size > 8 else "normal"
