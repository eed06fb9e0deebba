"""Problem 5: gradient descent. Points are lists; f and grad_f are given arrays, as they expect."""

from numpy import array

from linear import dot, minus, times, vector


def value_at(f, x):
    return float(f(array(x)))


def gradient_at(grad_f, x):
    return vector(grad_f(array(x)))


def point_between(x, y, t):
    return [float(a + t * (b - a)) for a, b in zip(x, y)]


def line_restriction(f, x, y):
    def g(t):
        return value_at(f, point_between(x, y, t))

    return g


def line_restriction_derivative(grad_f, x, y):
    step = minus(vector(y), vector(x))

    def g_prime(t):
        return dot(gradient_at(grad_f, point_between(x, y, t)), step)

    return g_prime


def bisect(function, low, high):
    """A zero of the function between two points where its signs differ."""
    below = function(low)
    for _ in range(22):
        middle = (low + high) / 2
        if (function(middle) > 0) == (below > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def simpson(function, low, high, n):
    """Simpson's rule on n (even) subintervals."""
    h = (high - low) / n
    total = function(low) + function(high)
    for i in range(1, n):
        total += (4 if i % 2 else 2) * function(low + i * h)
    return total * h / 3


def remainder_and_integral_bound(f, grad_f, x, y):
    slope = line_restriction_derivative(grad_f, x, y)
    start = slope(0.0)
    remainder = abs(value_at(f, y) - value_at(f, x) - start)

    def excess(t):
        return slope(t) - start

    # Cut [0, 1] where the sign changes; on each piece |.| has no kink.
    cuts, n = [0.0], 100
    scan = [excess(i / n) for i in range(n + 1)]
    for i in range(1, n):
        if scan[i] * scan[i + 1] < 0:
            cuts.append(bisect(excess, i / n, (i + 1) / n))
    cuts.append(1.0)

    integral = 0.0
    for low, high in zip(cuts, cuts[1:]):
        integral += abs(simpson(excess, low, high, 4 + 2 * round(110 * (high - low))))
    return remainder, integral


def quadratic_upper_model(f, grad_f, x, y, beta):
    step = minus(vector(y), vector(x))
    return value_at(f, x) + dot(gradient_at(grad_f, x), step) + beta * dot(step, step) / 2


def gradient_step(grad_f, x, beta):
    return minus(vector(x), times(1 / beta, gradient_at(grad_f, x)))


def decrease_bound(grad_f, x, beta):
    gradient = gradient_at(grad_f, x)
    return -0.5 / beta * dot(gradient, gradient)


def sufficient_decrease(f, grad_f, x, beta):
    return value_at(f, gradient_step(grad_f, x, beta)) - value_at(f, x), decrease_bound(grad_f, x, beta)


def optimality_gap_bound(f, grad_f, x, x_star, beta):
    return value_at(f, x_star) - value_at(f, x), decrease_bound(grad_f, x, beta)


def distance_expansion(grad_f, theta, theta_star, eta):
    away = minus(vector(theta), vector(theta_star))
    gradient = gradient_at(grad_f, theta)
    return dot(away, away), eta * eta * dot(gradient, gradient), -2 * eta * dot(gradient, away)


def strong_convexity_gap(f, grad_f, x, y, alpha):
    step = minus(vector(x), vector(y))
    linear = dot(gradient_at(grad_f, y), step)
    return value_at(f, x) - value_at(f, y) - linear - alpha / 2 * dot(step, step)


def contraction_factor(alpha, beta):
    return (beta - alpha) / beta


def gradient_descent(grad_f, theta0, beta, n_steps):
    theta = vector(theta0)
    iterates = [theta]
    for _ in range(n_steps):
        theta = gradient_step(grad_f, theta, beta)
        iterates.append(theta)
    return iterates


def convergence_bound(theta0, theta_star, alpha, beta, n):
    away = minus(vector(theta0), vector(theta_star))
    bound = dot(away, away)
    for _ in range(n):
        bound *= contraction_factor(alpha, beta)
    return bound
