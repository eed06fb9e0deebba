import numpy as np


def newton_step(f, f_prime, x):
    return x - f(x) / f_prime(x)


def newton_minimize(g_prime, g_second, x0, n_steps):
    xs = [x0]
    for _ in range(n_steps):
        xs.append(newton_step(g_prime, g_second, xs[-1]))
    return np.array(xs)


def asymptotic_error_constant(g_second_star, g_third_star):
    return g_third_star / (2 * g_second_star)


def error_ratios(xs, x_star):
    e = xs - x_star
    return e[1:] / e[:-1] ** 2


def newton_basin_radius(f_prime_min, f_second_max, r):
    if f_second_max == 0:
        return r
    return min(r, 2 * f_prime_min / f_second_max)
