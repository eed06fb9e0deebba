"""Newton's method of the reference: right derivatives, the order it has, a basin that is safe and no smaller."""

import numpy as np
import pytest
import torch

SEEDS = range(3)


@pytest.fixture
def newton(problem):
    return problem(6)


@pytest.mark.parametrize(
    ("function", "names"), [("newton_step", ("f", "f_prime")), ("newton_minimize", ("g_prime", "g_second"))]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_handed_out_is_a_function_and_its_slope_as_their_texts_say(trials, function, names, seed):
    for inputs in trials(function, seed):
        value, slope = (inputs[name] for name in names)
        start = inputs["x"] if "x" in inputs else inputs["x0"]
        for t in (start, start + 0.3, -1.0):
            ahead, behind = value(t + 1e-5), value(t - 1e-5)

            assert slope(t) == pytest.approx((ahead - behind) / 2e-5, rel=1e-6, abs=1e-6)
            assert eval(repr(value), {"np": np})(t) == pytest.approx(value(t), rel=1e-14)
            assert eval(repr(slope), {"np": np})(t) == pytest.approx(slope(t), rel=1e-14)


def test_functions_take_numbers_of_any_kind_and_nothing_else(trials):
    f = trials("newton_step")[0]["f"]

    assert f(2) == f(2.0) == f(np.float32(2)) == f(torch.tensor(2.0, dtype=torch.float64)) == f([2.0])
    with pytest.raises(TypeError, match="f expects one real number"):
        f([1.0, 2.0])
    with pytest.raises(TypeError, match="f expects one real number"):
        f("2")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_arrives_where_the_tangent_meets_the_axis(newton, trials, call, seed):
    for inputs in trials("newton_step", seed):
        f, slope, x = inputs["f"], inputs["f_prime"], inputs["x"]

        there = call(newton.newton_step, inputs)

        assert f(x) + slope(x) * (there - x) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_converge_quadratically_to_minima_and_maxima(newton, trials, call, seed):
    signs = set()
    for inputs in trials("newton_minimize", seed):
        root = newton.newton_minimize(inputs["g_prime"], inputs["g_second"], inputs["x0"], 12)[-1]
        run = call(newton.newton_minimize, inputs)
        errors = np.abs(run - root)

        assert inputs["g_prime"](root) == pytest.approx(0, abs=1e-12)
        assert run.shape == (inputs["n_steps"] + 1,) and run[0] == inputs["x0"]
        assert np.all(errors[1:] <= 1.5 * errors[:-1] ** 2 + 1e-12)
        signs.add(np.sign(inputs["g_second"](root)))
    assert signs == {-1.0, 1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_constant_is_the_limit_of_the_ratios_of_a_real_run(newton, seed):
    rng = np.random.default_rng(seed)
    second, third = rng.uniform(0.3, 3.0) * rng.choice([-1, 1]), rng.normal(0, 2)

    def g_prime(t):
        return second * t + third * t**2 / 2 + 0.7 * t**3

    def g_second(t):
        return second + third * t + 2.1 * t**2

    for start in (1e-3, -1e-3):
        run = newton.newton_minimize(g_prime, g_second, start, 1)
        (ratio,) = newton.error_ratios(run, 0.0)

        # The next order: its share of the ratio is of the size of the start, times the constants of g.
        slack = 10 * abs(start) * (1 + (abs(third) + 2.1) / abs(second)) ** 2
        assert ratio == pytest.approx(newton.asymptotic_error_constant(second, third), abs=slack)


def test_with_the_slope_frozen_at_the_root_the_sign_turns(newton):
    """f(t) = t + t^2 at 0: Newton leaves + f''/(2 f') e^2, an iteration that divides by f'(x*) leaves minus that."""
    f, e = lambda t: t + t**2, 1e-4
    constant = newton.asymptotic_error_constant(1.0, 2.0)

    assert newton.newton_step(f, lambda t: 1 + 2 * t, e) / e**2 == pytest.approx(constant, rel=1e-3)
    assert newton.newton_step(f, lambda t: 1.0, e) / e**2 == pytest.approx(-constant, rel=1e-3)


def test_from_too_far_away_newton_runs_off_though_all_is_well_at_the_root(newton):
    near, far = (newton.newton_minimize(np.arctan, lambda t: 1 / (1 + t * t), x0, 5) for x0 in (1.3, 1.5))

    assert np.all(np.diff(np.abs(near)) < 0) and abs(near[-1]) < 0.1
    assert np.all(np.diff(np.abs(far)) > 0) and abs(far[-1]) > 10


def test_at_a_double_root_the_order_is_linear_with_one_half(newton):
    run = newton.newton_minimize(lambda t: t * t, lambda t: 2 * t, 1.0, 8)

    assert run[1:] / run[:-1] == pytest.approx(np.full(8, 0.5))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_basin_is_safe_and_the_bound_promises_no_more(newton, trials, seed):
    decided = set()
    for inputs in trials("newton_basin_radius", seed):
        m, bend, r = (inputs[name] for name in ("f_prime_min", "f_second_max", "r"))
        radius = newton.newton_basin_radius(m, bend, r)

        worst = 0.999 * radius
        for _ in range(60_000):
            if worst < 1e-9 * radius:
                break
            worst = bend / (2 * m) * worst**2
        assert worst < 1e-9 * radius
        beyond = 1.001 * radius
        assert beyond > r or bend / (2 * m) * beyond**2 > beyond
        decided.add("flat" if bend == 0 else "r" if radius == r else "slope")
    assert decided == {"flat", "r", "slope"}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_run_hits_the_root_and_errors_change_sign(trials, seed):
    signs = set()
    for inputs in trials("error_ratios", seed):
        errors = inputs["xs"] - inputs["x_star"]
        assert np.min(np.abs(errors)) > 0
        signs |= set(np.sign(errors[1:]))
    assert signs == {-1.0, 1.0}
