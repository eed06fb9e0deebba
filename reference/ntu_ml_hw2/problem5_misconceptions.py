"""Wrong answers to problem 5, gradient descent, each with what to tell the student who gives it."""

import numpy as np

from .problem5 import (
    contraction_factor,
    convergence_bound,
    distance_expansion,
    gradient_descent,
    gradient_step,
    line_restriction,
    line_restriction_derivative,
    optimality_gap_bound,
    quadratic_upper_model,
    remainder_and_integral_bound,
    strong_convexity_gap,
    sufficient_decrease,
)

# ---- (a)i the restriction to a line ----


def line_from_y_to_x(f, x, y):
    """Your line runs from y to x. g(0) must be f(x), and g(1) must be f(y)."""
    return line_restriction(f, y, x)


def line_along_y(f, x, y):
    """Your line leaves x in the direction of y, not of y - x. At t = 1 it must arrive at y."""
    return lambda t: f(x + t * y)


def line_through_the_origin(f, x, y):
    """Your line starts at the origin. g(0) must be f(x)."""
    return lambda t: f(t * (y - x))


def line_at_unit_speed(f, x, y):
    """You seem to divide y - x by its length. Then g does not reach y at t = 1."""
    return line_restriction(f, x, x + _direction(x, y))


def line_inside_the_segment_only(f, x, y):
    """You seem to keep t between 0 and 1. g is asked for at every real t."""
    line = line_restriction(f, x, y)
    return lambda t: line(min(max(t, 0.0), 1.0))


def chord_for_the_line(f, x, y):
    """You seem to interpolate between the values f(x) and f(y). The point moves along the line, and f is taken
    there."""
    return lambda t: (1 - t) * f(x) + t * f(y)


# ---- (a)ii its slope ----


def slope_from_y_to_x(grad_f, x, y):
    """Your slope belongs to the line from y to x. At t = 0 the gradient must be taken at x."""
    return line_restriction_derivative(grad_f, y, x)


def slope_negative(grad_f, x, y):
    """Your slope has the wrong sign. Check the direction that the gradient is multiplied by: g goes from x to
    y."""
    slope = line_restriction_derivative(grad_f, x, y)
    return lambda t: -slope(t)


def slope_at_the_start(grad_f, x, y):
    """Your slope is the same at every t: the gradient seems to be taken at x. Take it where the point is at t."""
    start = line_restriction_derivative(grad_f, x, y)(0.0)
    return lambda t: start


def slope_along_the_unit_direction(grad_f, x, y):
    """You seem to divide y - x by its length: a slope per unit of length. Here it is per unit of t: what is the
    derivative of the point with respect to t?"""
    return lambda t: float(grad_f(x + t * (y - x)) @ _direction(x, y))


def slope_times_t(grad_f, x, y):
    """Your slope has a factor t too many. What is the derivative of t (y - x) with respect to t?"""
    slope = line_restriction_derivative(grad_f, x, y)
    return lambda t: t * slope(t)


def slope_along_y(grad_f, x, y):
    """You seem to multiply the gradient by y alone. What is the derivative of the point with respect to t?"""
    return lambda t: float(grad_f(x + t * (y - x)) @ y)


def slope_of_the_line_along_y(grad_f, x, y):
    """Your gradient seems to be taken on another line, one that leaves x in the direction of y. At t = 1 the point
    must arrive at y."""
    return lambda t: float(grad_f(x + t * y) @ (y - x))


def slope_as_product_of_lengths(grad_f, x, y):
    """You seem to multiply two lengths. Cauchy and Schwarz make that a bound of the slope; the slope itself is an
    inner product."""
    return lambda t: float(np.linalg.norm(grad_f(x + t * (y - x))) * np.linalg.norm(y - x))


# ---- (a)iii the remainder and its bound ----


def integral_with_bars_outside(f, grad_f, x, y):
    """You seem to take the absolute value of the integral. The bars stand inside: where the integrand changes sign,
    its parts must not cancel."""
    remainder = abs(_remainder(f, grad_f, x, y))  # which is what the integral without bars comes to
    return remainder, remainder


def integral_and_remainder_without_bars(f, grad_f, x, y):
    """Both of your numbers seem to be without absolute values. The remainder may be negative, and the integrand may
    change its sign."""
    remainder = _remainder(f, grad_f, x, y)
    return remainder, remainder


def remainder_without_bars(f, grad_f, x, y):
    """Your first number is negative where f lies below its tangent. The absolute value is asked for."""
    return _remainder(f, grad_f, x, y), remainder_and_integral_bound(f, grad_f, x, y)[1]


def remainder_without_the_tangent(f, grad_f, x, y):
    """Your first number is the difference of f at the two points. Its linear prediction at x is still to be taken
    away."""
    return abs(f(y) - f(x)), remainder_and_integral_bound(f, grad_f, x, y)[1]


def integral_without_the_first_gradient(f, grad_f, x, y):
    """Your integrand seems to be the slope itself. The gradient at x has to be taken away from it under the
    integral."""
    slope = line_restriction_derivative(grad_f, x, y)
    return abs(_remainder(f, grad_f, x, y)), _mean_of(lambda t: abs(slope(t)))


def integral_of_lengths(f, grad_f, x, y):
    """Your integrand seems to be a product of two lengths, as after Cauchy and Schwarz. That belongs to iv; in iii
    it is the size of an inner product."""
    start, length = grad_f(x), np.linalg.norm(y - x)
    lengths = _mean_of(lambda t: np.linalg.norm(grad_f(x + t * (y - x)) - start) * length)
    return abs(_remainder(f, grad_f, x, y)), lengths


def integral_from_its_ends(f, grad_f, x, y):
    """Your integral seems to be a trapezoid over the whole of [0, 1]. The integrand bends: use many points."""
    slope = line_restriction_derivative(grad_f, x, y)
    return abs(_remainder(f, grad_f, x, y)), abs(slope(1.0) - slope(0.0)) / 2


# ---- (a)iv the quadratic model ----


def model_without_the_half(f, grad_f, x, y, beta):
    """Your quadratic term is twice what it should be. What is the integral of t over [0, 1]?"""
    return quadratic_upper_model(f, grad_f, x, y, 2 * beta)


def model_with_the_curvature_subtracted(f, grad_f, x, y, beta):
    """Your quadratic term has the wrong sign. The model has to lie above f."""
    return quadratic_upper_model(f, grad_f, x, y, -beta)


def model_with_the_distance_not_squared(f, grad_f, x, y, beta):
    """Your last term has the distance of x and y without its square. Check how the model behaves close to x: it
    must touch f there."""
    return quadratic_upper_model(f, grad_f, x, y, 0.0) + beta / 2 * float(np.linalg.norm(y - x))


def model_with_the_curvature_inverted(f, grad_f, x, y, beta):
    """Your quadratic term is divided by beta. The more curved f may be, the steeper the model has to be."""
    return quadratic_upper_model(f, grad_f, x, y, 1 / beta)


def model_with_the_gradient_at_y(f, grad_f, x, y, beta):
    """Your gradient seems to be taken at y. The model knows f at x only, and predicts what it is at y."""
    return float(f(x) + grad_f(y) @ (y - x) + beta / 2 * np.sum((y - x) ** 2))


def model_with_the_direction_reversed(f, grad_f, x, y, beta):
    """Your linear term has the wrong sign, or x - y in it. The model goes from x to y."""
    return quadratic_upper_model(f, lambda point: -grad_f(point), x, y, beta)


def model_without_the_linear_term(f, x, y, beta):
    """The linear term is missing. The model must touch f at x, with the same slope."""
    return float(f(x) + beta / 2 * np.sum((y - x) ** 2))


def model_without_the_value_at_x(f, grad_f, x, y, beta):
    """The value of f at x is missing. At y = x the model must be f(x)."""
    return quadratic_upper_model(f, grad_f, x, y, beta) - f(x)


# ---- (b) one step ----


def step_uphill(grad_f, x, beta):
    """Your step goes along the gradient. f falls in the other direction."""
    return gradient_step(grad_f, x, -beta)


def step_times_beta(grad_f, x, beta):
    """Your step has the length beta. The more curved f is, the shorter the step must be."""
    return gradient_step(grad_f, x, 1 / beta)


def step_without_beta(grad_f, x):
    """Your step does not depend on beta: the length seems to be 1. Where is the quadratic model of (a) least?"""
    return gradient_step(grad_f, x, 1.0)


def step_halved(grad_f, x, beta):
    """Your step is half as long as it should be. Where is the quadratic model of (a) least?"""
    return gradient_step(grad_f, x, 2 * beta)


def step_along_the_unit_gradient(grad_f, x, beta):
    """You seem to divide the gradient by its length. Near the minimum steps have to become shorter: do not
    normalise it."""
    return x - grad_f(x) / np.linalg.norm(grad_f(x)) / beta


def step_alone(grad_f, x, beta):
    """You seem to return the move alone. The point that it leads to is asked for."""
    return gradient_step(grad_f, x, beta) - x


def decrease_without_the_half(f, grad_f, x, beta):
    """Your bound promises twice what a step achieves. Put the step into the quadratic model: two terms are left,
    with different signs."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    return change, 2 * bound


def decrease_with_the_gradient_after_the_step(f, grad_f, x, beta):
    """The gradient in your bound seems to be taken after the step. (b) bounds the change of f by the gradient at x."""
    change, _ = sufficient_decrease(f, grad_f, x, beta)
    return change, sufficient_decrease(f, grad_f, gradient_step(grad_f, x, beta), beta)[1]


def decrease_with_a_positive_bound(f, grad_f, x, beta):
    """Your bound is positive. It bounds the change of f, which is negative."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    return change, -bound


def decrease_as_positive_numbers(f, grad_f, x, beta):
    """Both of your numbers have the wrong sign: you seem to return by how much f falls. The change of f is asked
    for, new value less old one."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    return -change, -bound


def decrease_with_the_change_reversed(f, grad_f, x, beta):
    """Your first number has the wrong sign. The change of f is the new value less the old one."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    return -change, bound


def decrease_with_the_gradient_not_squared(f, grad_f, x, beta):
    """Your bound has the length of the gradient without its square. Check the units of both numbers: they must be
    those of f."""
    return sufficient_decrease(f, grad_f, x, beta)[0], _bound_not_squared(grad_f, x, beta)


def decrease_of_a_step_uphill(f, grad_f, x, beta):
    """Your first number belongs to a step along the gradient. f falls in the other direction."""
    return float(f(step_uphill(grad_f, x, beta)) - f(x)), sufficient_decrease(f, grad_f, x, beta)[1]


def decrease_in_another_order(f, grad_f, x, beta):
    """Your two numbers seem to have changed places. Check the order that is asked for."""
    change, bound = sufficient_decrease(f, grad_f, x, beta)
    return bound, change


def gap_without_the_half(f, grad_f, x, x_star, beta):
    """Your bound promises twice what a step achieves. It is the same number as in the first inequality of (b)."""
    gap, bound = optimality_gap_bound(f, grad_f, x, x_star, beta)
    return gap, 2 * bound


def gap_with_a_positive_bound(f, grad_f, x, x_star, beta):
    """Your bound is positive. It bounds f(x*) - f(x), which is negative."""
    gap, bound = optimality_gap_bound(f, grad_f, x, x_star, beta)
    return gap, -bound


def gap_as_positive_numbers(f, grad_f, x, x_star, beta):
    """Both of your numbers have the wrong sign: you seem to return how far f(x) lies above the minimum. Check
    which of the two is taken away from the other."""
    gap, bound = optimality_gap_bound(f, grad_f, x, x_star, beta)
    return -gap, -bound


def gap_reversed(f, grad_f, x, x_star, beta):
    """Your first number has the wrong sign. Check which of f(x) and f(x*) is taken away from the other."""
    gap, bound = optimality_gap_bound(f, grad_f, x, x_star, beta)
    return -gap, bound


def gap_with_the_gradient_not_squared(f, grad_f, x, x_star, beta):
    """Your bound has the length of the gradient without its square. Check the units of both numbers: they must be
    those of f."""
    return optimality_gap_bound(f, grad_f, x, x_star, beta)[0], _bound_not_squared(grad_f, x, beta)


def gap_after_one_step(f, grad_f, x, beta):
    """Your first number is the change of f in one step. The second inequality of (b) goes on to the minimiser,
    which is given."""
    return sufficient_decrease(f, grad_f, x, beta)


def gap_with_the_distance_in_the_bound(f, grad_f, x, x_star, beta):
    """Your bound is made of the distance to the minimiser. The one of (b) is made of the gradient, which can be
    computed without knowing x*."""
    return optimality_gap_bound(f, grad_f, x, x_star, beta)[0], float(-beta / 2 * np.sum((x - x_star) ** 2))


# ---- (c) what a step does to the distance ----


def expansion_with_the_product_added(grad_f, theta, theta_star, eta):
    """Your third term has the wrong sign. The step goes against the gradient: expand the square of a difference."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, move, -product


def expansion_with_the_product_once(grad_f, theta, theta_star, eta):
    """Your third term is half of what it should be. How often does the mixed product occur in a square?"""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, move, product / 2


def expansion_with_eta_not_squared(grad_f, theta, theta_star, eta):
    """Your second term has eta without its square. The whole step is squared, its length included."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, move / eta, product


def expansion_with_eta_squared_twice(grad_f, theta, theta_star, eta):
    """Your third term has the square of eta. The mixed product contains the step only once."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, move, eta * product


def expansion_without_eta_in_the_product(grad_f, theta, theta_star, eta):
    """Your third term has no eta. The mixed product contains the whole step, its length included."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, move, product / eta


def expansion_with_lengths_not_squared(grad_f, theta, theta_star, eta):
    """Your first two terms have lengths without their squares. Check the units of the three terms: they must be the
    same."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return float(np.sqrt(away)), eta * float(np.sqrt(move)), product


def expansion_in_another_order(grad_f, theta, theta_star, eta):
    """Your second and third term seem to have changed places. Check the order that is asked for."""
    away, move, product = distance_expansion(grad_f, theta, theta_star, eta)
    return away, product, move


# ---- (d) the contraction ----


def strong_gap_with_the_gradient_at_x(f, grad_f, x, y, alpha):
    """Your gradient seems to be taken at x. The parabola touches f at y, and x is where it is compared with f."""
    return float(f(x) - f(y) - grad_f(x) @ (x - y) - alpha / 2 * np.sum((x - y) ** 2))


def strong_gap_with_slots_swapped(f, grad_f, x, y, alpha):
    """The two points seem to have changed places. The parabola touches f at y, and x is where it is compared with
    f."""
    return strong_convexity_gap(f, grad_f, y, x, alpha)


def strong_gap_without_the_half(f, grad_f, x, y, alpha):
    """Your quadratic term is twice what it should be. On a parabola of curvature alpha the gap must be 0: try
    it."""
    return strong_convexity_gap(f, grad_f, x, y, 2 * alpha)


def strong_gap_with_the_curvature_added(f, grad_f, x, y, alpha):
    """Your quadratic term has the wrong sign. The gap is what is left when the parabola is taken away from f."""
    return strong_convexity_gap(f, grad_f, x, y, -alpha)


def strong_gap_without_the_curvature(f, grad_f, x, y):
    """The term with alpha is missing: you compare f with its tangent, which is convexity only."""
    return strong_convexity_gap(f, grad_f, x, y, 0.0)


def strong_gap_with_the_direction_reversed(f, grad_f, x, y, alpha):
    """Your linear term has the wrong sign, or y - x in it. The tangent goes from y to x."""
    return strong_convexity_gap(f, lambda point: -grad_f(point), x, y, alpha)


def strong_gap_with_the_distance_not_squared(f, grad_f, x, y, alpha):
    """Your last term has the distance of x and y without its square. The parabola must touch f at y: check how it
    behaves close to it."""
    return strong_convexity_gap(f, grad_f, x, y, 0.0) - alpha / 2 * float(np.linalg.norm(x - y))


def strong_gap_negative(f, grad_f, x, y, alpha):
    """Your gap has the wrong sign. f lies above the parabola, so the gap must not be negative."""
    return -strong_convexity_gap(f, grad_f, x, y, alpha)


def factor_squared(alpha, beta):
    """Your factor is the square of the one in (d). It does hold, by another proof, but the factor that the document
    claims is asked for."""
    return contraction_factor(alpha, beta) ** 2


def factor_rooted(alpha, beta):
    """Your factor is the root of the one in (d): it belongs to the distance. That of the squared distance is asked
    for."""
    return float(np.sqrt(contraction_factor(alpha, beta)))


def factor_is_what_is_gained(alpha, beta):
    """Your factor is what a step gains. What it leaves is asked for."""
    return alpha / beta


def factor_with_the_quotient_inverted(alpha, beta):
    """The quotient in your factor is upside down. alpha is at most beta, and the factor must not be negative."""
    return 1 - beta / alpha


def factor_with_half_the_quotient(alpha, beta):
    """Your factor gains half of what it should. For alpha = beta a single step reaches the minimum."""
    return 1 - alpha / (2 * beta)


def factor_of_the_best_step(alpha, beta):
    """Your factor belongs to another step length, 2 / (alpha + beta). Here the step is 1/beta long."""
    return (beta - alpha) / (beta + alpha)


def factor_of_the_best_step_squared(alpha, beta):
    """Your factor belongs to another step length, 2 / (alpha + beta). Here the step is 1/beta long."""
    return ((beta - alpha) / (beta + alpha)) ** 2


# ---- (e) convergence ----


def descent_in_place(grad_f, theta0, beta, n_steps):
    """All of your rows are the last iterate. A list of arrays that are changed in place holds one array many times:
    append a copy."""
    return np.repeat(gradient_descent(grad_f, theta0, beta, n_steps)[-1:], n_steps + 1, axis=0)


def descent_with_the_start_twice(grad_f, theta0, beta, n_steps):
    """Your rows lag behind by one: the start seems to stand there twice, and the last iterate is missing. Make the
    step before you append."""
    iterates = gradient_descent(grad_f, theta0, beta, n_steps)
    return np.concatenate([iterates[:1], iterates[:-1]])


def descent_one_step_ahead(grad_f, theta0, beta, n_steps):
    """Your rows are one step ahead: the start is missing, and there is an iterate too many at the end."""
    return gradient_descent(grad_f, theta0, beta, n_steps + 1)[1:]


def descent_with_the_first_gradient(grad_f, theta0, beta, n_steps):
    """All of your steps seem to use the gradient at the start. Each step needs the gradient where it begins."""
    return gradient_descent(lambda theta: grad_f(theta0), theta0, beta, n_steps)


def descent_uphill(grad_f, theta0, beta, n_steps):
    """Your steps go along the gradient. f falls in the other direction."""
    return gradient_descent(grad_f, theta0, -beta, n_steps)


def descent_times_beta(grad_f, theta0, beta, n_steps):
    """Your steps have the length beta. The more curved f is, the shorter the step must be."""
    return gradient_descent(grad_f, theta0, 1 / beta, n_steps)


def descent_without_beta(grad_f, theta0, n_steps):
    """Your steps do not depend on beta: their length seems to be 1."""
    return gradient_descent(grad_f, theta0, 1.0, n_steps)


def descent_with_half_steps(grad_f, theta0, beta, n_steps):
    """Your steps are half as long as they should be. Where is the quadratic model of (a) least?"""
    return gradient_descent(grad_f, theta0, 2 * beta, n_steps)


def bound_with_the_factor_squared(theta0, theta_star, alpha, beta, n):
    """Your bound uses the square of the factor in (d). It does hold, by another proof, but the bound that n
    applications of (d) give is asked for."""
    return convergence_bound(theta0, theta_star, alpha, beta, 2 * n)


def bound_of_the_distance(theta0, theta_star, alpha, beta, n):
    """Your bound starts from the distance, not from its square. (d) is about squared distances."""
    right = convergence_bound(theta0, theta_star, alpha, beta, n)
    return right / float(np.linalg.norm(theta0 - theta_star))


def bound_rooted(theta0, theta_star, alpha, beta, n):
    """You seem to take the root at the end: a bound on the distance. That on the squared distance is asked for."""
    return float(np.sqrt(convergence_bound(theta0, theta_star, alpha, beta, n)))


def bound_of_one_step(theta0, theta_star, alpha, beta):
    """Your bound does not depend on n. Every step brings the factor of (d) once more."""
    return convergence_bound(theta0, theta_star, alpha, beta, 1)


def bound_with_one_step_too_many(theta0, theta_star, alpha, beta, n):
    """Your bound applies (d) once too often. From theta^0 to theta^n there are n steps."""
    return convergence_bound(theta0, theta_star, alpha, beta, n + 1)


def bound_with_one_step_too_few(theta0, theta_star, alpha, beta, n):
    """Your bound applies (d) once too rarely. From theta^0 to theta^n there are n steps."""
    return convergence_bound(theta0, theta_star, alpha, beta, n - 1)


def bound_with_the_factor_times_n(theta0, theta_star, alpha, beta, n):
    """You seem to multiply the factor of (d) by n. Factors that are applied one after the other multiply each
    other."""
    return n * convergence_bound(theta0, theta_star, alpha, beta, 1)


def bound_with_what_is_gained(theta0, theta_star, alpha, beta, n):
    """Your factor is what a step gains. What it leaves is multiplied from step to step."""
    return (alpha / beta) ** n * convergence_bound(theta0, theta_star, alpha, beta, 0)


def bound_by_an_exponential(theta0, theta_star, alpha, beta, n):
    """Your bound holds but is larger: you seem to go on to an exponential. The bound that n applications of (d) give
    comes before that step."""
    return float(np.exp(-n * alpha / beta)) * convergence_bound(theta0, theta_star, alpha, beta, 0)


# ---- what these share ----


def _direction(x, y):
    """y - x, brought to length 1."""
    return (y - x) / np.linalg.norm(y - x)


def _remainder(f, grad_f, x, y):
    return float(f(y) - f(x) - grad_f(x) @ (y - x))


def _mean_of(function):
    """The integral over [0, 1] by many midpoints."""
    return float(np.mean([function(t) for t in (np.arange(1000) + 0.5) / 1000]))


def _bound_not_squared(grad_f, x, beta):
    return float(-np.linalg.norm(grad_f(x)) / (2 * beta))
