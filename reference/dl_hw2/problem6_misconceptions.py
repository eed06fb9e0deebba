"""Wrong answers to problem 6, Newton's method, each with what to tell the student who gives it."""

import numpy as np

from .problem6 import asymptotic_error_constant, error_ratios, newton_basin_radius, newton_minimize, newton_step

# ---- one step ----


def step_in_the_wrong_direction(f, f_prime, x):
    """Your step goes the wrong way: draw the tangent at x and see where it meets the axis."""
    return x + f(x) / f_prime(x)


def step_with_the_quotient_turned_round(f, f_prime, x):
    """You divide f' by f. Far from the root the step should be long, at the root 0."""
    return x - f_prime(x) / f(x)


def step_without_the_slope(f, x):
    """Your step does not use f'. A steep function needs a short step."""
    return x - f(x)


def step_along_the_slope(f_prime, x):
    """You step by f'(x). It is f that is to become 0."""
    return x - f_prime(x)


def step_times_the_slope(f, f_prime, x):
    """You multiply by f'(x) where the tangent's root needs a division."""
    return x - f(x) * f_prime(x)


def step_alone(f, f_prime, x):
    """You return the step. Add it to x."""
    return newton_step(f, f_prime, x) - x


def step_with_the_size_of_the_slope(f, f_prime, x):
    """You seem to use |f'(x)|. The sign of the slope says on which side the root lies."""
    return x - f(x) / abs(f_prime(x))


def step_repeated_to_the_root(f, f_prime, x):
    """You seem to go on until the root is found. One step is asked for."""
    for _ in range(50):
        x = newton_step(f, f_prime, x)
    return x


def step_halved(f, f_prime, x):
    """Your step is half of Newton's."""
    return (x + newton_step(f, f_prime, x)) / 2


# ---- the run ----


def run_downhill_always(g_prime, g_second, x0, n_steps):
    """You seem to use |g''|, which avoids maxima. Plain Newton finds any stationary point: keep the sign."""
    return newton_minimize(g_prime, lambda t: abs(g_second(t)), x0, n_steps)


def run_with_the_curvature_at_the_start(g_prime, g_second, x0, n_steps):
    """Your g'' stays that of the start. Compute it anew at each x_k: that is what makes the order quadratic."""
    return newton_minimize(g_prime, lambda _: g_second(x0), x0, n_steps)


def run_without_the_curvature(g_prime, x0, n_steps):
    """Your steps do not use g'': that is gradient descent with a step length of 1."""
    return newton_minimize(g_prime, lambda _: 1.0, x0, n_steps)


def run_in_the_wrong_direction(g_prime, g_second, x0, n_steps):
    """Your steps go the wrong way: look at the sign."""
    return newton_minimize(g_prime, lambda t: -np.float64(g_second(t)), x0, n_steps)


def run_halved(g_prime, g_second, x0, n_steps):
    """Your steps are half of Newton's."""
    return newton_minimize(g_prime, lambda t: 2 * g_second(t), x0, n_steps)


def run_one_step_ahead(g_prime, g_second, x0, n_steps):
    """Your run is one step ahead: its first entry should be the start."""
    return newton_minimize(g_prime, g_second, x0, n_steps + 1)[1:]


def run_backwards(g_prime, g_second, x0, n_steps):
    """Your run is in reverse order: its first entry should be the start."""
    return newton_minimize(g_prime, g_second, x0, n_steps)[::-1]


# ---- the constant ----


def constant_with_the_slope_at_the_root(g_second_star, g_third_star):
    """Your constant has the wrong sign. It belongs to an iteration that divides by g''(x*); Newton divides by g''(x_k),
    which differs from it by a term of the size that you keep."""
    return -asymptotic_error_constant(g_second_star, g_third_star)


def constant_not_halved(g_second_star, g_third_star):
    """Your constant is twice as large as it should be. Taylor's formula has a factor 1/2 in its second term."""
    return 2 * asymptotic_error_constant(g_second_star, g_third_star)


def constant_with_the_quotient_cut_short(g_second_star, g_third_star):
    """Your answer looks like a / 2 * b: Python goes from left to right, and multiplies by what you want to divide by.
    Set parentheses."""
    return g_third_star / 2 * g_second_star


def constant_not_divided(g_third_star):
    """Your constant does not depend on g''. What is g' divided by in the iteration?"""
    return g_third_star / 2


def constant_without_its_sign(g_second_star, g_third_star):
    """You return the size of the constant. Its sign is asked for too."""
    return abs(asymptotic_error_constant(g_second_star, g_third_star))


def constant_divided_by_the_square(g_second_star, g_third_star):
    """You seem to divide by the square of g''. Check the units: the constant times a length is a number."""
    return g_third_star / (2 * g_second_star**2)


def constant_of_taylors_third_term(g_second_star, g_third_star):
    """You seem to take the 1/6 of Taylor's formula for g. It is g' that is expanded: g''' stands in its second-order
    term."""
    return g_third_star / (6 * g_second_star)


def constant_of_a_linear_order(g_second_star):
    """Your constant does not depend on g'''. Expand g' to second order."""
    return 1 / (2 * g_second_star)


# ---- the ratios ----


def ratios_without_their_sign(xs, x_star):
    """You take absolute values. The ratios are signed: e = x - x*."""
    return np.abs(error_ratios(xs, x_star))


def ratios_of_a_linear_order(xs, x_star):
    """You seem to divide by e_k. Quadratic convergence is about e_k squared."""
    errors = xs - x_star
    return errors[1:] / errors[:-1]


def ratios_with_the_opposite_error(xs, x_star):
    """Your errors are x* - x_k, which turns the sign of every ratio. Here e_k = x_k - x*."""
    return -error_ratios(xs, x_star)


def ratios_with_steps_for_errors(xs):
    """You seem to use the steps x_{k+1} - x_k for the errors. Compare with x*."""
    return np.append(np.diff(xs)[1:] / np.diff(xs)[:-1] ** 2, 0.0)


def ratios_with_the_indices_swapped(xs, x_star):
    """You divide the earlier error by the square of the later one. It is the other way round."""
    errors = xs - x_star
    return errors[:-1] / errors[1:] ** 2


def ratios_with_both_squared(xs, x_star):
    """You square both errors. Only the earlier one is squared."""
    errors = xs - x_star
    return errors[1:] ** 2 / errors[:-1] ** 2


def ratios_without_the_root(xs):
    """You seem to use x_k for its error. Take x* away first."""
    return xs[1:] / xs[:-1] ** 2


# ---- where it converges ----


def radius_without_the_factor_two(f_prime_min, f_second_max, r):
    """Your radius is safe, as if every step had to halve the error. By the bound it is enough that it shrinks."""
    return min(r, f_prime_min / f_second_max) if f_second_max else r


def radius_without_the_limit_r(f_prime_min, f_second_max, r):
    """Your radius may exceed r. The bounds m and M hold within r only."""
    return 2 * f_prime_min / f_second_max if f_second_max else r


def radius_turned_round(f_prime_min, f_second_max, r):
    """Your radius grows with |f''|. When is M/(2m) |e_0| less than 1?"""
    return min(r, f_second_max / (2 * f_prime_min))


def radius_as_the_larger(f_prime_min, f_second_max, r):
    """You take the larger of the two. Both conditions have to hold: the bound within r, and errors that shrink."""
    return max(r, 2 * f_prime_min / f_second_max) if f_second_max else r


def radius_always_r(r):
    """You say that the iteration converges from anywhere within r. The bound is of use only where it makes the errors
    shrink."""
    return r


def radius_as_the_factor_of_the_bound(f_prime_min, f_second_max):
    """You return the factor M/(2m) of the bound. For which errors does the bound make them smaller?"""
    return f_second_max / (2 * f_prime_min)


def radius_with_a_factor_four(f_prime_min, f_second_max, r):
    """Your radius is larger than the bound allows: put it into M/(2m) |e_0| and see whether that is less than 1."""
    return newton_basin_radius(2 * f_prime_min, f_second_max, r)
