"""The references, inputs and properties of problem 5 are right, each shown by a second route to the same number."""

import importlib
import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize

from grader.draw import Draw

FUNCTIONS = [
    "line_restriction", "line_restriction_derivative", "remainder_and_integral_bound", "quadratic_upper_model",
    "gradient_step", "sufficient_decrease", "optimality_gap_bound", "distance_expansion", "strong_convexity_gap",
    "contraction_factor", "gradient_descent", "convergence_bound",
]  # fmt: skip

PROPERTIES = {
    "slope_matches_differences": "line_restriction_derivative",
    "slopes_add_up_to_the_rise": "line_restriction_derivative",
    "remainder_integral_and_parabola_are_in_order": "remainder_and_integral_bound",
    "model_is_not_below_f": "quadratic_upper_model",
    "step_decreases_enough": "sufficient_decrease",
    "gap_is_at_least_a_step": "optimality_gap_bound",
    "terms_add_up_to_the_new_distance": "distance_expansion",
    "gap_is_not_negative": "strong_convexity_gap",
    "factor_bounds_a_step": "contraction_factor",
    "rows_come_closer": "gradient_descent",
    "bound_holds_for_the_slowest": "convergence_bound",
}

POINTS = [0, 0.25, 0.5, 1, -0.7, 1.6]


@pytest.fixture
def objectives(problem):
    """The module of the objectives."""
    return importlib.import_module(f"{problem(5).__package__}.objectives")


def slopes(function, point, step=1e-5):
    """Central differences of a function of a vector, entry by entry; a row for each entry."""
    shifts = step * np.eye(len(point))
    return np.array([(function(point + shift) - function(point - shift)) / (2 * step) for shift in shifts])


def drawn(objectives, kind, seed, dim):
    """An objective, and a generator for what else is needed."""
    rng = np.random.default_rng([seed, dim])
    return objectives.OBJECTIVES[kind](Draw(rng), dim), rng


# ---- the objectives ----

KINDS = pytest.mark.parametrize("kind", ["quadratic", "logistic", "cosines"])
CONVEX = pytest.mark.parametrize("kind", ["quadratic", "logistic"])
SEEDS_AND_SIZES = list(itertools.product(range(4), [1, 2, 4]))


@KINDS
def test_grad_f_is_the_gradient_of_f(objectives, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, rng = drawn(objectives, kind, seed, dim)
        x = rng.normal(size=dim)

        assert given.grad_f(x) == pytest.approx(slopes(given.f, x), rel=1e-6, abs=1e-7)


@KINDS
def test_the_curvature_is_nowhere_outside_alpha_and_beta(objectives, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, rng = drawn(objectives, kind, seed, dim)
        for x in 2 * rng.normal(size=(10, dim)):
            hessian = slopes(given.grad_f, x)
            spectrum = np.linalg.eigvalsh((hessian + hessian.T) / 2)

            assert given.alpha - 1e-6 <= spectrum[0] <= spectrum[-1] <= given.beta + 1e-6


@CONVEX
def test_alpha_and_beta_are_positive_and_apart(objectives, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, _ = drawn(objectives, kind, seed, dim)

        assert 0 < given.alpha < 0.97 * given.beta
        assert np.float32(given.alpha) == given.alpha
        assert np.float32(given.beta) == given.beta


@KINDS
def test_the_gradient_vanishes_at_the_minimiser_and_nothing_nearby_is_lower(objectives, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, rng = drawn(objectives, kind, seed, dim)

        lowest = given.f(given.x_star)

        assert np.linalg.norm(given.grad_f(given.x_star)) < 1e-10
        for shift in rng.normal(size=(20, dim)):
            assert given.f(given.x_star + shift) > lowest


@KINDS
def test_what_a_function_shows_computes_the_very_same(objectives, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, rng = drawn(objectives, kind, seed, dim)
        x = rng.normal(size=dim)
        for function in (given.f, given.grad_f):
            assert eval(repr(function), {"np": np})(x) == pytest.approx(function(x), rel=1e-14, abs=1e-14)


def test_far_away_a_logistic_objective_is_still_finite(objectives):
    given, _ = drawn(objectives, "logistic", seed=0, dim=2)

    assert np.isfinite(given.f(np.array([1e4, -1e4])))
    assert np.all(np.isfinite(given.grad_f(np.array([1e4, -1e4]))))


def test_a_gradient_is_refused_for_a_point_of_another_dimension(objectives):
    given, _ = drawn(objectives, "quadratic", seed=0, dim=2)

    with pytest.raises(ValueError, match=r"grad_f expects an array of shape \(2,\), not \(2, 1\)"):
        given.grad_f(np.zeros((2, 1)))


# ---- the references ----


def test_the_restriction_of_f_to_a_line_meets_f_on_it(trials, call, problem):
    for inputs in trials("line_restriction"):
        restricted = call(problem(5).line_restriction, inputs)

        for t in POINTS:
            assert restricted(t) == pytest.approx(inputs["f"]((1 - t) * inputs["x"] + t * inputs["y"]), rel=1e-12)


def test_the_slope_along_a_line_is_that_of_the_restriction(trials, call, problem):
    for inputs in trials("line_restriction_derivative"):
        restricted = call(problem(5).line_restriction, inputs)

        slope = call(problem(5).line_restriction_derivative, inputs)

        for t in POINTS:
            difference = (restricted(t + 1e-5) - restricted(t - 1e-5)) / 2e-5
            assert slope(t) == pytest.approx(difference, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_the_integral_is_that_of_scipy_between_the_zeros(trials, call, problem, seed):
    for inputs in trials("remainder_and_integral_bound", seed):
        slope = call(problem(5).line_restriction_derivative, inputs)

        def excess(t, slope=slope):
            return slope(t) - slope(0.0)

        grid = np.linspace(0, 1, 500)[1:]
        cuts = [scipy.optimize.brentq(excess, a, b) for a, b in itertools.pairwise(grid) if excess(a) * excess(b) < 0]
        pieces = [scipy.integrate.quad(excess, *ends)[0] for ends in itertools.pairwise([0.0, *cuts, 1.0])]

        remainder, integral = call(problem(5).remainder_and_integral_bound, inputs)

        assert remainder == pytest.approx(abs(sum(pieces)), rel=1e-9)
        assert integral == pytest.approx(sum(map(abs, pieces)), rel=1e-8)


def test_the_quadratic_model_touches_f_and_has_curvature_beta(trials, problem):
    for inputs in trials("quadratic_upper_model"):
        f, grad_f, x, y, beta = (inputs[name] for name in ("f", "grad_f", "x", "y", "beta"))

        def model(point, f=f, grad_f=grad_f, x=x, beta=beta):
            return problem(5).quadratic_upper_model(f, grad_f, x, point, beta)

        assert model(x) == pytest.approx(f(x), rel=1e-12)
        assert slopes(model, x) == pytest.approx(grad_f(x), rel=1e-6, abs=1e-6)
        # Of a parabola of curvature beta, the second difference over any step h is beta h^2.
        assert model(y) - 2 * model(x) + model(2 * x - y) == pytest.approx(beta * np.sum((y - x) ** 2), rel=1e-9)
        assert model(y) >= f(y)


def test_a_gradient_step_goes_to_the_lowest_point_of_the_model(trials, call, problem):
    for inputs in trials("gradient_step"):
        f, grad_f, x, beta = (inputs[name] for name in ("f", "grad_f", "x", "beta"))

        after = call(problem(5).gradient_step, inputs)

        slope = slopes(lambda y: problem(5).quadratic_upper_model(f, grad_f, x, y, beta), after)  # noqa: B023
        assert slope == pytest.approx(np.zeros_like(x), abs=1e-6 * max(np.max(abs(grad_f(x))), abs(f(x))))


def test_the_decrease_is_bounded_by_what_the_model_decreases(trials, call, problem):
    for inputs in trials("sufficient_decrease"):
        f, x, after = inputs["f"], inputs["x"], call(problem(5).gradient_step, inputs)

        change, bound = call(problem(5).sufficient_decrease, inputs)

        model = problem(5).quadratic_upper_model(f, inputs["grad_f"], x, after, inputs["beta"])
        assert change == f(after) - f(x)
        assert bound == pytest.approx(model - f(x), rel=1e-9)


def test_the_gap_is_to_the_minimum_that_scipy_finds(trials, call, problem):
    for inputs in trials("optimality_gap_bound"):
        f, x = inputs["f"], inputs["x"]
        scale = max(abs(f(x)), abs(f(inputs["x_star"])))
        found = scipy.optimize.minimize(lambda z: f(z) / scale, x, jac=lambda z: inputs["grad_f"](z) / scale, tol=1e-9)  # noqa: B023

        gap, bound = call(problem(5).optimality_gap_bound, inputs)

        assert gap == pytest.approx(scale * found.fun - f(x), rel=1e-6)
        assert bound == call(problem(5).sufficient_decrease, inputs)[1]


def test_the_terms_of_the_distance_are_the_coefficients_in_eta(trials, call, problem):
    for inputs in trials("distance_expansion"):
        theta, eta, gradient = inputs["theta"], inputs["eta"], inputs["grad_f"](inputs["theta"])
        at_rest, ahead, back = (np.sum((theta - h * gradient - inputs["theta_star"]) ** 2) for h in (0, eta, -eta))

        terms = call(problem(5).distance_expansion, inputs)

        assert terms == pytest.approx((at_rest, (ahead + back) / 2 - at_rest, (ahead - back) / 2), rel=1e-9)


def test_the_strong_convexity_gap_is_the_curvature_above_alpha(trials, call, problem):
    for inputs in trials("strong_convexity_gap"):
        grad_f, x, y = inputs["grad_f"], inputs["x"], inputs["y"]
        rise, _ = scipy.integrate.quad(lambda t: (grad_f(y + t * (x - y)) - grad_f(y)) @ (x - y), 0, 1)  # noqa: B023

        gap = call(problem(5).strong_convexity_gap, inputs)

        assert gap == pytest.approx(rise - inputs["alpha"] / 2 * np.sum((x - y) ** 2), rel=1e-8)


def test_the_contraction_factor_is_what_the_exact_fraction_leaves(trials, call, problem):
    for inputs in trials("contraction_factor"):
        left = 1 - Fraction(inputs["alpha"]) / Fraction(inputs["beta"])

        assert call(problem(5).contraction_factor, inputs) == pytest.approx(float(left), rel=1e-12, abs=1e-15)


@CONVEX
def test_every_step_contracts_by_the_factor(objectives, problem, kind):
    for seed, dim in SEEDS_AND_SIZES:
        given, rng = drawn(objectives, kind, seed, dim)
        theta = given.x_star + rng.normal(size=dim)

        after = problem(5).gradient_step(given.grad_f, theta, given.beta)

        factor = problem(5).contraction_factor(given.alpha, given.beta)
        assert np.sum((after - given.x_star) ** 2) <= factor * np.sum((theta - given.x_star) ** 2)


def test_the_iterates_on_a_quadratic_are_powers_of_a_matrix(trials, call, problem):
    planned = [inputs for inputs in trials("gradient_descent") if "A @ (x - c)" in repr(inputs["grad_f"])]
    for inputs in planned:
        centre, start, dim = inputs["theta_star"], inputs["theta0"], len(inputs["theta0"])
        hessian = np.array([inputs["grad_f"](centre + unit) for unit in np.eye(dim)])

        rows = call(problem(5).gradient_descent, inputs)

        powers = [np.linalg.matrix_power(np.eye(dim) - hessian / inputs["beta"], k) for k in range(len(rows))]
        assert rows == pytest.approx(np.array([centre + power @ (start - centre) for power in powers]), rel=1e-9)
    assert len(planned) >= 5


def test_gradient_descent_starts_at_the_start_and_takes_its_steps(trials, call, problem):
    for inputs in trials("gradient_descent"):
        rows = call(problem(5).gradient_descent, inputs)

        assert rows.shape == (inputs["n_steps"] + 1, len(inputs["theta0"]))
        assert np.array_equal(rows[0], inputs["theta0"])
        for before, after in itertools.pairwise(rows):
            assert after == pytest.approx(problem(5).gradient_step(inputs["grad_f"], before, inputs["beta"]), rel=1e-12)


def test_the_bound_is_the_distance_contracted_once_a_step(trials, call, problem):
    for inputs in trials("convergence_bound"):
        wanted = np.linalg.norm(inputs["theta0"] - inputs["theta_star"]) ** 2
        for _ in range(inputs["n"]):
            wanted -= wanted * inputs["alpha"] / inputs["beta"]

        bound = call(problem(5).convergence_bound, inputs)

        last = call(problem(5).gradient_descent, inputs)[-1]
        assert bound == pytest.approx(wanted, rel=1e-9)
        assert np.sum((last - inputs["theta_star"]) ** 2) <= bound


# ---- the makers ----


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "contraction_factor"])
def test_points_have_one_two_or_four_entries_and_survive_single_precision(trials, name):
    sizes = set()
    for inputs in trials(name):
        arrays = [value for value in inputs.values() if isinstance(value, np.ndarray)]
        sizes |= {array.shape for array in arrays}
        for array in arrays:
            assert np.array_equal(array.astype(np.float32), array)

    assert sizes == {(1,), (2,), (4,)}


@pytest.mark.parametrize("seed", range(3))
def test_the_integrand_changes_sign_where_f_is_not_convex_only(trials, call, problem, seed):
    planned = trials("remainder_and_integral_bound", seed)

    bent = [inputs for inputs in planned if "cos" in repr(inputs["f"])]
    assert len(planned) == 8
    assert len(bent) == 6
    for inputs in planned:
        remainder, integral = call(problem(5).remainder_and_integral_bound, inputs)
        if "cos" in repr(inputs["f"]):
            assert remainder <= 0.97 * integral
        else:
            assert remainder == pytest.approx(integral, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_f_lies_on_either_side_of_its_tangent(trials, seed):
    below = 0
    for inputs in trials("remainder_and_integral_bound", seed):
        f, x, y = inputs["f"], inputs["x"], inputs["y"]
        below += f(y) < f(x) + inputs["grad_f"](x) @ (y - x)

    assert below == 3


def test_a_thousand_points_suffice_for_the_integral(trials, call, problem):
    for inputs in trials("remainder_and_integral_bound"):
        slope, grid = call(problem(5).line_restriction_derivative, inputs), np.linspace(0, 1, 1001)
        _, integral = call(problem(5).remainder_and_integral_bound, inputs)

        rough = np.trapezoid([abs(slope(t) - slope(0.0)) for t in grid], grid)

        assert rough == pytest.approx(integral, rel=2e-5, abs=2e-5)


def test_alpha_lies_below_beta_and_once_at_it(trials):
    ratios = [inputs["alpha"] / inputs["beta"] for inputs in trials("contraction_factor")]

    assert ratios.count(1.0) == 1
    assert min(ratios) > 0
    assert any(ratio < 0.5 for ratio in ratios)
    assert any(0.5 < ratio < 1 for ratio in ratios)


def test_the_numbers_of_steps_reach_from_one_to_eight(trials):
    assert {inputs["n_steps"] for inputs in trials("gradient_descent")} >= {1, 2, 3, 5, 8}
    assert {inputs["n"] for inputs in trials("convergence_bound")} >= {2, 3, 5, 8}
    assert min(inputs["n"] for inputs in trials("convergence_bound")) == 2


# ---- the properties ----


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("number", [0.0, 1e300])
def test_a_property_has_a_verdict_on_odd_numbers(problem, trials, holds, filled_with, name, number):
    function = PROPERTIES[name]
    odd = filled_with(number, getattr(problem(5), function))
    for inputs in trials(function):
        verdict = holds(getattr(problem(5), name), inputs, **{function: odd})

        assert verdict in (True, False)


def backwards(grad_f, x, y):
    return lambda t: grad_f(x + t * (y - x)) @ (x - y)


def chord(grad_f, x, y):
    return lambda t: grad_f(x) @ (y - x) + t * (grad_f(y) - grad_f(x)) @ (y - x)


def signed_integral(f, grad_f, x, y):
    remainder = f(y) - f(x) - grad_f(x) @ (y - x)
    return abs(remainder), 0.9 * abs(remainder)


def sum_without_step(f, grad_f, x, y):
    excess = [abs((grad_f(x + t * (y - x)) - grad_f(x)) @ (y - x)) for t in np.linspace(0, 1, 101)]
    return abs(f(y) - f(x) - grad_f(x) @ (y - x)), np.sum(excess)


def signed_remainder(f, grad_f, x, y):
    return f(y) - f(x) - grad_f(x) @ (y - x), 1.0


def linear_model(f, grad_f, x, y, beta):
    return f(x) + grad_f(x) @ (y - x)


def both_signs_lost(f, grad_f, x, beta):
    gradient = grad_f(x)
    return f(x) - f(x - gradient / beta), gradient @ gradient / (2 * beta)


def coarse_integral(f, grad_f, x, y):
    excess = [(grad_f(x + t * (y - x)) - grad_f(x)) @ (y - x) for t in np.linspace(0, 1, 8)]
    return abs(f(y) - f(x) - grad_f(x) @ (y - x)), np.trapezoid(np.abs(excess)) / 7


def bound_twice_as_low(f, grad_f, x, beta):
    gradient = grad_f(x)
    return f(x - gradient / beta) - f(x), -2 * gradient @ gradient / beta


def gap_turned_round(f, grad_f, x, x_star, beta):
    return f(x) - f(x_star), -grad_f(x) @ grad_f(x) / (2 * beta)


def cross_term_halved(grad_f, theta, theta_star, eta):
    away, move = theta - theta_star, eta * grad_f(theta)
    return away @ away, move @ move, -move @ away


def gradient_at_x(f, grad_f, x, y, alpha):
    return f(x) - f(y) - grad_f(x) @ (x - y) - alpha / 2 * (x - y) @ (x - y)


def uphill(grad_f, theta0, beta, n_steps):
    rows = [theta0]
    for _ in range(n_steps):
        rows.append(rows[-1] + grad_f(rows[-1]) / beta)
    return np.array(rows)


def never_moving(grad_f, theta0, beta, n_steps):
    return np.array([theta0] * (n_steps + 1))


def ratio_to_the_n(theta0, theta_star, alpha, beta, n):
    return (alpha / beta) ** n * np.sum((theta0 - theta_star) ** 2)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        pytest.param("slope_matches_differences", backwards, id="backwards"),
        pytest.param("slope_matches_differences", chord, id="straight between the ends"),
        pytest.param("slopes_add_up_to_the_rise", backwards, id="adds up to the fall"),
        pytest.param("remainder_integral_and_parabola_are_in_order", signed_integral, id="integral too small"),
        pytest.param("remainder_integral_and_parabola_are_in_order", sum_without_step, id="dt forgotten"),
        pytest.param("remainder_integral_and_parabola_are_in_order", signed_remainder, id="remainder with its sign"),
        pytest.param("remainder_integral_and_parabola_are_in_order", coarse_integral, id="too few points"),
        pytest.param("model_is_not_below_f", linear_model, id="tangent"),
        pytest.param("step_decreases_enough", both_signs_lost, id="signs lost"),
        pytest.param("step_decreases_enough", bound_twice_as_low, id="bound too low"),
        pytest.param("gap_is_at_least_a_step", gap_turned_round, id="gap turned round"),
        pytest.param("terms_add_up_to_the_new_distance", cross_term_halved, id="factor 2 lost"),
        pytest.param("gap_is_not_negative", gradient_at_x, id="gradient at x"),
        pytest.param("factor_bounds_a_step", lambda alpha, beta: alpha / beta, id="alpha / beta"),
        pytest.param("factor_bounds_a_step", lambda alpha, beta: 1 - beta / alpha, id="upside down"),
        pytest.param("factor_bounds_a_step", lambda alpha, beta: 1.0, id="no contraction"),
        pytest.param("rows_come_closer", uphill, id="uphill"),
        pytest.param("rows_come_closer", never_moving, id="never moving"),
        pytest.param("bound_holds_for_the_slowest", ratio_to_the_n, id="ratio to the n"),
    ],
)
def test_a_property_fails_for_a_wrong_answer(problem, trials, holds, name, wrong):
    function = PROPERTIES[name]
    for seed in range(3):
        verdicts = [holds(getattr(problem(5), name), inputs, **{function: wrong}) for inputs in trials(function, seed)]

        assert not all(verdicts)
