"""Plain Python numbers."""


def newton_step(f, f_prime, x):
    slope = f_prime(x)
    # the root of the tangent y = f(x) + slope (t - x)
    return (slope * x - f(x)) / slope


def newton_minimize(g_prime, g_second, x0, n_steps):
    path = [x0]
    for k in range(n_steps):
        path.append(newton_step(g_prime, g_second, path[k]))
    return path


def asymptotic_error_constant(g_second_star, g_third_star):
    return 0.5 * g_third_star / g_second_star


def error_ratios(xs, x_star):
    return [(b - x_star) / (a - x_star) / (a - x_star) for a, b in zip(xs, xs[1:])]


def newton_basin_radius(f_prime_min, f_second_max, r):
    if r * f_second_max <= 2 * f_prime_min:
        return r
    return 2 * f_prime_min / f_second_max
