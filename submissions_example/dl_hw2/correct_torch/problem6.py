"""Numbers as 0-dim tensors."""

import torch


def newton_step(f, f_prime, x):
    return torch.tensor(x, dtype=torch.float64) - f(x) / f_prime(x)


def newton_minimize(g_prime, g_second, x0, n_steps):
    xs = torch.full((n_steps + 1,), x0, dtype=torch.float64)
    for k in range(n_steps):
        t = xs[k].item()
        xs[k + 1] = newton_step(g_prime, g_second, t)
    return xs


def asymptotic_error_constant(g_second_star, g_third_star):
    return torch.tensor(g_third_star) / g_second_star / 2


def error_ratios(xs, x_star):
    e = torch.tensor(xs) - x_star
    return e[1:] / e[:-1].square()


def newton_basin_radius(f_prime_min, f_second_max, r):
    return torch.minimum(torch.tensor(r), 2 * f_prime_min / torch.tensor(f_second_max))
