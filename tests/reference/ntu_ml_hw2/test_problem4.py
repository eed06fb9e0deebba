"""The references, inputs and properties of problem 4 are right, each shown by a second route to the same number."""

import importlib
import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats

from grader.draw import Draw

# phi'' on numbers, written down anew.
SECOND_DERIVATIVES = {
    "square": lambda t: 2.0,
    "quartic": lambda t: 12 * t**2,
    "exponential": np.exp,
    "cosh": np.cosh,
    "entropy": lambda t: 1 / t,
    "burg": lambda t: 1 / t**2,
}

PROPERTIES = {
    "positive_unless_equal": "bregman_divergence",
    "blind_to_affine_terms": "bregman_divergence",
    "terms_differ_by_the_cross_term": "bregman_bias_variance",
    "cross_term_is_what_is_left": "bregman_cross_term",
    "f1_gives_the_squared_distance": "f1",
    "f1_prime_is_the_slope_of_f1": "f1",
    "f1_is_strictly_convex": "f1",
    "total_is_bias_plus_variance": "mse_decomposition",
    "f2_gives_the_generalised_kl": "f2",
    "grad_f2_is_the_slope_of_f2": "f2",
    "kl_is_never_negative": "kl_divergence",
    "kl_is_the_divergence_of_f2": "kl_divergence",
}


@pytest.fixture
def sibling(problem):
    """`sibling("convex")` is the module of this name beside problem4."""
    package = problem(4).__package__
    return lambda name: importlib.import_module(f"{package}.{name}")


def slopes(function, point, step=1e-5):
    """Central differences of a function of a vector, entry by entry."""
    shifts = step * np.eye(len(point))
    return np.array([(function(point + shift) - function(point - shift)) / (2 * step) for shift in shifts])


def divergence_by_taylor(family, p, q):
    """D(p||q) of numbers as the remainder of Taylor's formula: the integral of phi''(s) (p - s) from q to p."""
    return scipy.integrate.quad(lambda s: SECOND_DERIVATIVES[family](s) * (p - s), q, p, epsabs=0)[0]


def family_of(phi):
    """The family of a phi on numbers, by its source."""
    sources = {
        "t**2": "square", "t**4": "quartic", "np.exp(t)": "exponential", "np.cosh(t)": "cosh",
        "t * np.log(t)": "entropy", "-np.log(t)": "burg",
    }  # fmt: skip
    return sources[repr(phi).removeprefix("lambda t: ")]


# ---- the references ----


def test_the_divergence_is_the_excess_of_the_slope_along_the_way(trials, call, problem):
    for inputs in trials("bregman_divergence"):
        gradient, p, q = inputs["grad_phi"], inputs["p"], inputs["q"]

        found = call(problem(4).bregman_divergence, inputs)

        wanted, _ = scipy.integrate.quad(lambda t: (gradient(q + t * (p - q)) - gradient(q)) @ (p - q), 0, 1)  # noqa: B023
        assert found == pytest.approx(wanted, rel=1e-8, abs=1e-12)


def test_bias_and_variance_are_means_of_divergences(trials, call, problem):
    for inputs in trials("bregman_bias_variance"):
        family, y, values, probs = family_of(inputs["phi"]), inputs["y"], inputs["values"], inputs["probs"]
        mean = np.average(values, weights=probs)

        found = call(problem(4).bregman_bias_variance, inputs)

        total = sum(p * divergence_by_taylor(family, y, v) for p, v in zip(probs, values, strict=True))
        variance = sum(p * divergence_by_taylor(family, mean, v) for p, v in zip(probs, values, strict=True))
        wanted = (total, divergence_by_taylor(family, y, mean), variance)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_the_cross_term_is_what_the_divergences_leave(trials, call, problem):
    for inputs in trials("bregman_cross_term"):
        total, bias, variance = call(problem(4).bregman_bias_variance, inputs)

        found = call(problem(4).bregman_cross_term, inputs)

        assert found == pytest.approx(total - bias - variance, rel=1e-9, abs=1e-12 * total)


def test_the_error_is_split_as_weighted_moments_say(trials, call, problem):
    for inputs in trials("mse_decomposition"):
        y, values, probs = inputs["y"], inputs["values"], inputs["probs"]

        found = call(problem(4).mse_decomposition, inputs)

        wanted = (
            np.average((values - y) ** 2, weights=probs),
            (np.average(values, weights=probs) - y) ** 2,
            float(np.cov(values, aweights=probs, ddof=0)),
        )
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12 * wanted[0])


def test_the_generalised_divergence_is_that_of_scipy(trials, call, problem):
    for inputs in trials("generalized_kl"):
        found = call(problem(4).generalized_kl, inputs)

        assert found == pytest.approx(np.sum(scipy.special.kl_div(inputs["p"], inputs["q"])), rel=1e-9, abs=1e-12)


def test_the_divergence_of_distributions_is_the_relative_entropy_of_scipy(trials, call, problem):
    for inputs in trials("kl_divergence"):
        found = call(problem(4).kl_divergence, inputs)

        assert found == pytest.approx(scipy.stats.entropy(inputs["p"], inputs["q"]), rel=1e-9, abs=1e-12)


# ---- the functions that are handed out ----


def test_every_phi_on_vectors_has_its_gradient_and_is_convex(sibling):
    convex = sibling("convex")
    for family, d, seed in itertools.product(convex.VECTOR_FAMILIES, [1, 2, 4], range(3)):
        rng = np.random.default_rng(seed)
        p, q = rng.uniform(0.1, 3.0, (2, d))

        phi, grad_phi = convex.on_vectors(Draw(rng), family, d)

        assert grad_phi(p) == pytest.approx(slopes(phi, p), rel=1e-6)
        assert phi((p + q) / 2) < (phi(p) + phi(q)) / 2


def test_every_phi_on_numbers_has_its_derivative_and_takes_arrays(sibling):
    convex = sibling("convex")
    points = np.array([0.3, 1.7, 2.6])
    for family in convex.NUMBER_FAMILIES:
        phi, grad_phi = convex.on_numbers(family)

        assert isinstance(phi(0.3), float)
        assert phi(points) == pytest.approx([phi(t) for t in points], rel=1e-15)
        assert grad_phi(points) == pytest.approx((phi(points + 1e-5) - phi(points - 1e-5)) / 2e-5, rel=1e-8)


@pytest.mark.parametrize("name", ["bregman_divergence", "bregman_bias_variance"])
def test_what_a_function_shows_computes_the_very_same(trials, problem, name):
    for inputs in trials(name):
        point = inputs["p" if name == "bregman_divergence" else "y"]
        for function in (inputs["phi"], inputs["grad_phi"]):
            pasted = eval(repr(function), {"np": np})

            assert np.array_equal(pasted(point), function(point))


def test_a_tilted_phi_differs_by_the_affine_function(sibling):
    convex, p = sibling("convex"), np.array([0.5, 2.0])
    phi, grad_phi = convex.on_vectors(Draw(np.random.default_rng(0)), "entropy", 2)

    bent, grad_bent = convex.tilted(phi, grad_phi, np.array([3.0, -1.0]), 0.25)

    assert bent(p) == pytest.approx(phi(p) + 1.5 - 2.0 + 0.25)
    assert grad_bent(p) == pytest.approx(grad_phi(p) + np.array([3.0, -1.0]))
    assert eval(repr(bent), {"np": np})(p) == pytest.approx(bent(p), rel=1e-15)


@pytest.mark.parametrize(
    ("point", "error", "message"),
    [
        pytest.param(np.zeros(3), ValueError, r"phi expects an array of shape \(4,\), not \(3,\)", id="too short"),
        pytest.param(np.zeros((4, 1)), ValueError, r"not \(4, 1\)", id="column"),
        pytest.param(0.5, ValueError, r"not \(\)", id="number"),
        pytest.param("abcd", TypeError, "phi expects real numbers, not a str", id="text"),
        pytest.param([1.0, None, 2.0, 3.0], TypeError, "phi expects real numbers", id="nothing"),
        pytest.param([[1.0], [1.0, 2.0]], TypeError, "phi expects numbers, not a list", id="ragged"),
        pytest.param(np.ones(4) * 1j, TypeError, "complex", id="complex"),
    ],
)
def test_a_function_refuses_what_is_no_point_of_its_domain(sibling, point, error, message):
    phi, _ = sibling("convex").on_vectors(Draw(np.random.default_rng(0)), "entropy", 4)

    with pytest.raises(error, match=message):
        phi(point)


def test_a_function_takes_whatever_holds_the_numbers(sibling):
    phi, grad_phi = sibling("convex").on_vectors(Draw(np.random.default_rng(0)), "exponential", 2)

    assert phi([0, 1]) == phi(np.array([0.0, 1.0])) == phi(np.array([0, 1], dtype=np.float32))
    assert grad_phi((0, 1)).dtype == np.float64


def test_outside_the_domain_the_value_is_not_finite_and_nothing_is_said(sibling):
    entropy, _ = sibling("convex").on_numbers("entropy")
    cosh, _ = sibling("convex").on_numbers("cosh")

    assert np.isnan(entropy(-1.0))
    assert cosh(1e4) == np.inf


def test_redrawing_ends(sibling):
    with pytest.raises(RuntimeError, match="1000 draws"):
        sibling("callables").redrawn(dict, lambda inputs: False)


# ---- the makers ----


@pytest.mark.parametrize("seed", range(3))
def test_the_points_of_a_divergence_are_in_the_domain_apart_and_equal(trials, seed):
    planned = trials("bregman_divergence", seed)

    equal = [np.array_equal(inputs["p"], inputs["q"]) for inputs in planned]
    assert 3 <= sum(equal) <= len(planned) / 3
    assert {len(inputs["p"]) for inputs in planned} == {1, 2, 4}
    assert len({repr(inputs["phi"]).partition("[")[0] for inputs in planned}) == 6
    for inputs in planned:
        assert np.isfinite(inputs["phi"](inputs["p"]))
        assert np.isfinite(inputs["phi"](inputs["q"]))


@pytest.mark.parametrize("seed", range(3))
def test_the_distributions_are_uneven_and_their_mean_is_met_and_missed(trials, seed):
    planned = trials("bregman_bias_variance", seed)

    at_mean = [inputs["y"] == inputs["probs"] @ inputs["values"] for inputs in planned]
    assert sum(at_mean) == 3
    assert {len(inputs["values"]) for inputs in planned} == {3, 4, 5, 6, 7, 8}
    assert {family_of(inputs["phi"]) for inputs in planned} == set(SECOND_DERIVATIVES)
    for inputs in planned:
        assert np.sum(inputs["probs"]) == 1
        assert np.min(inputs["probs"]) > 0
        assert np.ptp(inputs["probs"]) > 0.1
        assert np.all(np.isfinite(inputs["phi"](inputs["values"])))
        assert np.float32(inputs["y"]) == inputs["y"]


def test_the_cross_term_is_tried_where_it_is_zero_and_where_it_is_not(trials, call, problem):
    found = [
        (call(problem(4).bregman_cross_term, inputs), call(problem(4).bregman_bias_variance, inputs)[0])
        for inputs in trials("bregman_cross_term")
    ]

    zero = [abs(gap) < 1e-9 * total for gap, total in found]
    assert 5 <= sum(zero) <= len(zero) / 2
    assert {np.sign(gap) for (gap, _), none in zip(found, zero, strict=True) if not none} == {-1, 1}


def test_pairs_of_numbers_lie_in_range_and_one_of_them_is_equal(trials):
    for inputs in trials("f1"):
        assert inputs["p"].shape == inputs["q"].shape == (10,)
        assert max(np.max(abs(inputs["p"])), np.max(abs(inputs["q"]))) <= 5
        assert np.sum(inputs["p"] == inputs["q"]) == 1


def test_pairs_of_vectors_are_positive_of_every_size_and_not_normalised(trials):
    planned = trials("f2")

    assert {inputs["p"].shape[1] for inputs in planned} == {1, 2, 3, 6}
    for inputs in planned:
        assert 0.05 <= min(inputs["p"].min(), inputs["q"].min()) <= max(inputs["p"].max(), inputs["q"].max()) <= 4
        assert np.array_equal(inputs["p"][0], inputs["q"][0])
        assert np.ptp(inputs["p"].sum(axis=1)) > 0.1


def test_positive_vectors_have_different_sums_and_are_once_equal(trials):
    planned = trials("generalized_kl")

    assert {len(inputs["p"]) for inputs in planned} == {1, 2, 3, 6}
    assert sum(np.array_equal(inputs["p"], inputs["q"]) for inputs in planned) == 1
    for inputs in planned[:-1]:
        assert min(inputs["p"].min(), inputs["q"].min()) > 0
        assert inputs["p"].sum() != pytest.approx(inputs["q"].sum(), rel=1e-3)


def test_distributions_add_up_to_one_and_are_once_equal(trials):
    planned = trials("kl_divergence")

    assert {len(inputs["p"]) for inputs in planned} == {2, 3, 6}
    assert sum(np.array_equal(inputs["p"], inputs["q"]) for inputs in planned) == 1
    for inputs in planned:
        assert inputs["p"].sum() == inputs["q"].sum() == 1
        assert min(inputs["p"].min(), inputs["q"].min()) >= 1e-3


# ---- the properties ----


def without_gradient(phi, grad_phi, p, q):
    return phi(p) - phi(q)


def unweighted(phi, grad_phi, y, values, probs):
    mean = np.mean(values)

    def divergence(p, q):
        return np.mean(phi(p) - phi(q) - grad_phi(q) * (p - q))

    return divergence(y, values), divergence(y, mean), divergence(mean, values)


def slots_swapped(phi, grad_phi, y, values, probs):
    mean = probs @ values

    def divergence(p, q):
        return probs @ (phi(q) - phi(p) - grad_phi(p) * (q - p) + 0 * values)

    return divergence(y, values), divergence(y, mean), divergence(mean, values)


def without_the_distance(grad_phi, y, values, probs):
    return grad_phi(probs @ values) - probs @ grad_phi(values)


def unbiased(y, values, probs):
    mean, n = probs @ values, len(values)
    return probs @ (values - y) ** 2, (mean - y) ** 2, probs @ (values - mean) ** 2 * n / (n - 1)


def not_a_number(*_):
    return np.nan


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        pytest.param("positive_unless_equal", {"bregman_divergence": without_gradient}, id="gradient left out"),
        pytest.param("positive_unless_equal", {"bregman_divergence": not_a_number}, id="divergence nan"),
        pytest.param("blind_to_affine_terms", {"bregman_divergence": without_gradient}, id="no tangent"),
        pytest.param(
            "terms_differ_by_the_cross_term", {"bregman_bias_variance": unweighted}, id="probabilities ignored"
        ),
        pytest.param("terms_differ_by_the_cross_term", {"bregman_bias_variance": slots_swapped}, id="slots swapped"),
        pytest.param(
            "cross_term_is_what_is_left", {"bregman_cross_term": without_the_distance}, id="inner product with 1"
        ),
        pytest.param(
            "f1_gives_the_squared_distance", {"f1": lambda t: t * t / 2, "f1_prime": lambda t: t}, id="half the square"
        ),
        pytest.param(
            "f1_gives_the_squared_distance", {"f1": lambda t: 1e12, "f1_prime": lambda t: 0.0}, id="a huge constant"
        ),
        pytest.param(
            "f1_gives_the_squared_distance", {"f1": not_a_number, "f1_prime": not_a_number}, id="square nan"
        ),
        pytest.param("f1_prime_is_the_slope_of_f1", {"f1": lambda t: t * t, "f1_prime": lambda t: t}, id="t for 2 t"),
        pytest.param("f1_is_strictly_convex", {"f1": lambda t: -t * t}, id="concave"),
        pytest.param("f1_is_strictly_convex", {"f1": lambda t: 3 * t}, id="a line"),
        pytest.param("total_is_bias_plus_variance", {"mse_decomposition": unbiased}, id="n - 1"),
        pytest.param(
            "f2_gives_the_generalised_kl",
            {"f2": lambda t: np.sum(t * np.log2(t)), "grad_f2": lambda t: np.log2(t) + 1 / np.log(2)},
            id="logarithm to base 2",
        ),
        pytest.param(
            "f2_gives_the_generalised_kl",
            {"f2": lambda t: -np.sum(np.log(t)), "grad_f2": lambda t: -1 / t},
            id="Itakura-Saito",
        ),
        pytest.param(
            "grad_f2_is_the_slope_of_f2",
            {"f2": lambda t: np.sum(t * np.log(t)), "grad_f2": np.log},
            id="product rule forgotten",
        ),
        pytest.param("kl_is_never_negative", {"kl_divergence": lambda p, q: np.sum(q * np.log(p / q))}, id="-KL(q||p)"),
        pytest.param(
            "kl_is_never_negative", {"kl_divergence": lambda p, q: -np.sum(p * np.log(q))}, id="cross-entropy"
        ),
        pytest.param(
            "kl_is_the_divergence_of_f2", {"kl_divergence": lambda p, q: np.sum(p * np.log2(p / q))}, id="bits"
        ),
    ],
)  # fmt: skip
def test_a_property_fails_for_a_wrong_answer(problem, trials, holds, name, answers):
    for seed in range(3):
        verdicts = [holds(getattr(problem(4), name), inputs, **answers) for inputs in trials(PROPERTIES[name], seed)]

        assert not all(verdicts)


@pytest.mark.parametrize(
    ("f1", "f1_prime"),
    [
        pytest.param(lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3), id="moved"),
        pytest.param(lambda t: t * t - 40 * t + 100, lambda t: 2 * t - 40, id="tilted"),
        pytest.param(lambda t: t * t + 1e9, lambda t: 2 * t, id="lifted"),
    ],
)
def test_an_affine_term_in_f1_is_free(problem, trials, holds, in_single, f1, f1_prime):
    properties = ("f1_gives_the_squared_distance", "f1_prime_is_the_slope_of_f1", "f1_is_strictly_convex")
    answers = [{"f1": f1, "f1_prime": f1_prime}]
    if f1(0.0) < 1e6:  # above that, single precision cannot hold the square
        answers.append({"f1": in_single(f1), "f1_prime": in_single(f1_prime)})

    for name, student, inputs in itertools.product(properties, answers, trials("f1")):
        assert holds(getattr(problem(4), name), inputs, **student)


@pytest.mark.parametrize(
    ("f2", "grad_f2"),
    [
        pytest.param(lambda t: np.sum(t * np.log(t) - t), np.log, id="gradient log t"),
        pytest.param(lambda t: np.sum(t * np.log(t) + 5 * t) - 7, lambda t: np.log(t) + 6, id="tilted"),
    ],
)
def test_an_affine_term_in_f2_is_free(problem, trials, holds, in_single, f2, grad_f2):
    properties = ("f2_gives_the_generalised_kl", "grad_f2_is_the_slope_of_f2")
    answers = [{"f2": f2, "grad_f2": grad_f2}, {"f2": in_single(f2), "grad_f2": in_single(grad_f2)}]

    for name, student, inputs in itertools.product(properties, answers, trials("f2")):
        assert holds(getattr(problem(4), name), inputs, **student)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("f1_prime_is_the_slope_of_f1", {"f1": lambda t: t**3, "f1_prime": lambda t: 3 * t**2}),
        ("f1_prime_is_the_slope_of_f1", {"f1": lambda t: t**6 / 100, "f1_prime": lambda t: 6 * t**5 / 100}),
        ("f1_prime_is_the_slope_of_f1", {"f1": np.exp, "f1_prime": np.exp}),
        ("grad_f2_is_the_slope_of_f2", {"f2": lambda t: np.sum(t**5), "grad_f2": lambda t: 5 * t**4}),
        ("grad_f2_is_the_slope_of_f2", {"f2": lambda t: -np.sum(np.log(t)), "grad_f2": lambda t: -1 / t}),
    ],
)
def test_the_right_slope_of_another_function_is_not_called_wrong(problem, trials, holds, name, answers):
    for seed in range(3):
        assert all(holds(getattr(problem(4), name), inputs, **answers) for inputs in trials(PROPERTIES[name], seed))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("id", ["4c.f1", "4d.f2"])
def test_what_is_free_up_to_an_affine_function_is_wrong_by_more_than_that(assignment, part, trials, id, seed):
    own, reference = part(id), assignment.references["4"]
    right = reference.function(own.function)
    pairs = [pair for inputs in trials(own.function, seed) for pair in zip(inputs["p"], inputs["q"], strict=True)]
    for name in own.misconceptions:
        wrong = reference.misconception(name)

        def excess(point, wrong=wrong):
            return wrong(point) - right(point)

        bends = [excess(p) + excess(q) - 2 * excess((p + q) / 2) for p, q in pairs]

        assert np.max(np.abs(bends)) > 1e-3, name
