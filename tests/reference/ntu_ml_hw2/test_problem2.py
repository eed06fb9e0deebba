"""The reference's densities are scipy's, its estimates cannot be beaten, and wrong formulas break a property."""


import homeworks
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from grader.draw import Draw, single

SEEDS = range(5)
@pytest.fixture
def gaussians(problem):
    return problem(2)


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_likelihood_is_the_product_of_the_joint_densities(gaussians, trials, call, seed):
    for theta in trials("log_likelihood", seed):
        own = product_of_joint_densities(theta, theta["Sigma1"], theta["Sigma2"])
        shared = product_of_joint_densities(theta, theta["Sigma"], theta["Sigma"])

        assert np.isclose(call(gaussians.log_likelihood, theta), own, rtol=1e-10)
        assert np.isclose(call(gaussians.log_likelihood_shared, theta), shared, rtol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_perturbed_parameters_are_more_likely_than_the_estimates(gaussians, trials, seed):
    generator = np.random.default_rng(seed)

    for inputs in trials("gmm_mle", seed):
        X, y = inputs["X"], inputs["y"]
        best = gaussians.gmm_mle(X, y)
        for size in np.geomspace(1e-3, 0.3, 10):
            other = perturbed(best, size, X.std(), generator)

            assert gaussians.log_likelihood(X, y, *other) < gaussians.log_likelihood(X, y, *best)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_perturbed_parameters_are_more_likely_than_the_shared_estimates(gaussians, trials, seed):
    generator = np.random.default_rng(seed)

    for inputs in trials("gmm_mle_shared", seed):
        X, y = inputs["X"], inputs["y"]
        best = gaussians.gmm_mle_shared(X, y)
        for size in np.geomspace(1e-3, 0.3, 10):
            other = perturbed(best, size, X.std(), generator)

            assert gaussians.log_likelihood_shared(X, y, *other) < gaussians.log_likelihood_shared(X, y, *best)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_posterior_is_the_share_of_class_1_in_the_density(gaussians, trials, call, seed):
    for theta in trials("posterior_c1", seed):
        own = share_of_class_1(theta, theta["Sigma1"], theta["Sigma2"])
        shared = share_of_class_1(theta, theta["Sigma"], theta["Sigma"])

        assert np.isclose(call(gaussians.posterior_c1, theta), own, rtol=1e-10)
        assert np.isclose(call(gaussians.posterior_c1_shared, theta), shared, rtol=1e-10)
        assert np.isclose(call(gaussians.posterior_logit, theta), np.log(own / (1 - own)), rtol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_class_conditional_is_the_density_of_scipy(gaussians, trials, call, seed):
    for theta in trials("class_conditional_c1", seed):
        own = multivariate_normal(theta["mu1"], theta["Sigma1"]).pdf(theta["x"])
        shared = multivariate_normal(theta["mu1"], theta["Sigma"]).pdf(theta["x"])

        assert np.isclose(call(gaussians.class_conditional_c1, theta), own, rtol=1e-10)
        assert np.isclose(call(gaussians.class_conditional_c1_shared, theta), shared, rtol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_odds_are_linear_with_a_shared_covariance(gaussians, trials, call, seed):
    for theta in trials("linear_logit_params", seed):
        w, b = call(gaussians.linear_logit_params, theta)

        for x in theta["points"]:
            p = share_of_class_1({**theta, "x": x}, theta["Sigma"], theta["Sigma"])
            assert np.isclose(1 / (1 + np.exp(-(w @ x + b))), p, rtol=1e-9)


def test_far_from_both_means_the_posterior_is_still_a_number(gaussians):
    x, left, right = np.array([300.0]), np.array([0.0]), np.array([1.0])

    p = gaussians.posterior_c1(x, 0.5, 0.5, left, right, np.eye(1), np.eye(1))

    assert np.isclose(p, np.exp(-299.5), rtol=1e-9)


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        ("gmm_mle", [(), (), (1,), (1,), (1, 1), (1, 1)]),
        ("gmm_mle_shared", [(), (), (1,), (1,), (1, 1)]),
        ("linear_logit_params", [(1,), ()]),
    ],
)
def test_one_dimension_keeps_its_axes(gaussians, call, function, shapes):
    maker = gaussians.linear_logit_inputs if function.startswith("linear") else gaussians.labelled_points_inputs
    inputs = maker(Draw(np.random.default_rng(0)), 1)

    answer = call(getattr(gaussians, function), inputs)

    assert [np.shape(value) for value in answer] == shapes


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", ["log_likelihood", "posterior_c1", "linear_logit_params"])
def test_parameters_are_in_range_and_survive_single_precision(trials, function, seed):
    for theta in trials(function, seed):
        assert theta["pi1"] + theta["pi2"] == 1
        assert 0.1 <= theta["pi1"] <= 0.4 or 0.6 <= theta["pi1"] <= 0.9
        for name in ("Sigma1", "Sigma2", "Sigma"):
            assert np.array_equal(theta[name], theta[name].T)
            assert np.linalg.cond(theta[name]) <= 6.1
        ratio = np.linalg.det(theta["Sigma1"]) / np.linalg.det(theta["Sigma2"])
        assert abs(np.log(ratio)) > 0.01
        assert all(np.array_equal(single(value), value) for value in theta.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_labelled_points_come_in_classes_of_unequal_size(trials, seed):
    planned = trials("gmm_mle", seed)

    for inputs in planned:
        d = inputs["X"].shape[1]
        _, sizes = np.unique(inputs["y"], return_counts=True)
        assert len(inputs["X"]) == len(inputs["y"]) == sizes.sum()
        assert sizes[0] != sizes[1] and d + 4 <= min(sizes) and max(sizes) <= d + 19
        assert np.any(np.diff(inputs["y"]) < 0)
    assert {inputs["X"].shape[1] for inputs in planned} == {1, 2, 3, 4}


@pytest.mark.parametrize("seed", SEEDS)
def test_points_are_doubtful_on_both_sides_of_the_boundary(gaussians, trials, call, seed):
    planned = trials("posterior_logit", seed)

    z = np.array([call(gaussians.posterior_logit, theta) for theta in planned])
    p = np.array([call(gaussians.posterior_c1_shared, theta) for theta in planned])

    assert np.all((np.abs(z) >= 0.2) & (np.abs(z) <= 4))
    assert np.all((p > 0.017) & (p < 0.983))
    assert z.min() < 0 < z.max()
    assert {len(theta["x"]) for theta in planned} == {1, 2, 3, 4}


def test_a_density_above_1_occurs(gaussians, trials, call):
    densities = [call(gaussians.class_conditional_c1, theta) for theta in trials("class_conditional_c1")]

    assert min(densities) < 1 < max(densities)


# ---- the properties, each with mistakes that it must see ----


def with_other(index, change, mle="gmm_mle"):
    """The estimates of the reference, but for one output: change(X, y, right estimates)."""

    def mistaken(module):
        def answer(X, y):
            estimates = list(getattr(module, mle)(X, y))
            estimates[index] = change(X, y, estimates)
            return tuple(estimates)

        return answer

    return mistaken


def formula(answer):
    """A mistake that does not need the reference."""
    return lambda module: answer


def density(x, mu, Sigma):
    return multivariate_normal(mu, Sigma).pdf(x)


def covariance(X, **options):
    return np.atleast_2d(np.cov(X.T, **options))


MISTAKES = {
    ("no_other_pi_is_more_likely", "gmm_mle"): {
        "pi is a half": with_other(slice(0, 2), lambda X, y, right: (0.5, 0.5)),
        "pi is a count": with_other(slice(0, 2), lambda X, y, right: (np.sum(y == 1), np.sum(y == 2))),
        "pi swapped": with_other(slice(0, 2), lambda X, y, right: (right[1], right[0])),
    },
    ("no_other_mu_is_more_likely", "gmm_mle"): {
        "mean of all points": with_other(2, lambda X, y, right: X.mean(axis=0)),
        "median": with_other(3, lambda X, y, right: np.median(X[y == 2], axis=0)),
    },
    ("no_other_sigma_is_more_likely", "gmm_mle"): {
        "divided by N - 1": with_other(4, lambda X, y, right: covariance(X[y == 1])),
        "about the origin": with_other(5, lambda X, y, right: X[y == 2].T @ X[y == 2] / np.sum(y == 2)),
        "not definite": with_other(4, lambda X, y, right: np.zeros_like(right[4])),
        "not symmetric": with_other(4, lambda X, y, right: right[4] + np.triu(right[4], 1)),
    },
    ("no_other_pi_is_more_likely_shared", "gmm_mle_shared"): {
        "divided by N - 1": with_other(0, lambda X, y, right: np.sum(y == 1) / (len(y) - 1), "gmm_mle_shared"),
    },
    ("no_other_mu_is_more_likely_shared", "gmm_mle_shared"): {
        "mean of all points": with_other(3, lambda X, y, right: X.mean(axis=0), "gmm_mle_shared"),
    },
    ("no_other_sigma_is_more_likely_shared", "gmm_mle_shared"): {
        "about the common mean": with_other(4, lambda X, y, right: covariance(X, bias=True), "gmm_mle_shared"),
        "plain average": with_other(
            4, lambda X, y, right: sum(covariance(X[y == k], bias=True) for k in (1, 2)) / 2, "gmm_mle_shared"
        ),
    },
    ("swapping_the_classes_gives_the_complement", "posterior_c1"): {
        "joint density": formula(lambda x, pi1, pi2, mu1, mu2, S1, S2: pi1 * density(x, mu1, S1)),
        "odds": formula(
            lambda x, pi1, pi2, mu1, mu2, S1, S2: pi1 * density(x, mu1, S1) / (pi2 * density(x, mu2, S2))
        ),
    },
    ("swapping_the_classes_gives_the_complement_shared", "posterior_c1_shared"): {
        "pi only above": formula(
            lambda x, pi1, pi2, mu1, mu2, S: pi1 * density(x, mu1, S) / (density(x, mu1, S) + density(x, mu2, S))
        ),
    },
    ("density_is_per_volume", "class_conditional_c1"): {
        "root of the determinant forgotten": formula(
            lambda x, mu1, S: density(x, mu1, S) / np.sqrt(np.linalg.det(S))
        ),
        "logarithm": formula(lambda x, mu1, S: np.log(density(x, mu1, S))),
    },
    ("sigmoid_of_z_is_the_posterior", "posterior_logit"): {
        "class 2": lambda module: lambda *arguments: -module.posterior_logit(*arguments),
        "no determinants": lambda module: lambda x, pi1, pi2, mu1, mu2, S1, S2: (
            module.posterior_logit(x, pi1, pi2, mu1, mu2, S1, S2)
            + np.log(np.linalg.det(S1) / np.linalg.det(S2)) / 2
        ),
        "far too large": formula(lambda *arguments: -1e4),
    },
    ("w_gives_the_posterior", "linear_logit_params"): {
        "Sigma not inverted": formula(lambda pi1, pi2, mu1, mu2, S: (S @ (mu1 - mu2), 0.0)),
        "Sigma forgotten": formula(lambda pi1, pi2, mu1, mu2, S: (mu1 - mu2, 0.0)),
    },
    ("b_gives_the_posterior", "linear_logit_params"): {
        "no pi": lambda module: lambda pi1, pi2, mu1, mu2, S: (
            mu1, module.linear_logit_params(0.5, 0.5, mu1, mu2, S)[1]
        ),
        "sign of the distances": lambda module: lambda pi1, pi2, mu1, mu2, S: (
            mu1, -module.linear_logit_params(pi2, pi1, mu1, mu2, S)[1]
        ),
    },
}


@pytest.mark.parametrize(("name", "function", "mistake"), homeworks.each_mistake(MISTAKES))
def test_a_property_sees_a_mistake(gaussians, sees, name, function, mistake):
    assert sees(name, function, mistake(gaussians))


# ---- other ways to the same numbers ----


def product_of_joint_densities(theta, Sigma1, Sigma2):
    parameters = {1: (theta["pi1"], theta["mu1"], Sigma1), 2: (theta["pi2"], theta["mu2"], Sigma2)}
    total = 0.0
    for x, label in zip(theta["X"], theta["y"], strict=True):
        pi, mu, Sigma = parameters[int(label)]
        total += np.log(pi) + multivariate_normal(mu, Sigma).logpdf(x)
    return total


def share_of_class_1(theta, Sigma1, Sigma2):
    first = theta["pi1"] * multivariate_normal(theta["mu1"], Sigma1).pdf(theta["x"])
    second = theta["pi2"] * multivariate_normal(theta["mu2"], Sigma2).pdf(theta["x"])
    return first / (first + second)


def perturbed(theta, size, unit, generator):
    """Parameters near theta: pi along its line, mu by shifts, Sigma between congruent copies."""
    pi1, _, mu1, mu2, *Sigmas = theta
    d = len(mu1)
    odds = pi1 / (1 - pi1) * np.exp(size * generator.standard_normal())
    other = odds / (1 + odds)
    shifts = unit * size * generator.standard_normal((2, d))
    turns = np.eye(d) + size * generator.standard_normal((len(Sigmas), d, d))
    return (
        other, 1 - other, mu1 + shifts[0], mu2 + shifts[1],
        *(turn @ Sigma @ turn.T for turn, Sigma in zip(turns, Sigmas, strict=True)),
    )
