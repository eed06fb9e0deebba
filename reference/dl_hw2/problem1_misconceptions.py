"""Wrong answers to problem 1, logistic regression, each with what to tell the student who gives it."""

import numpy as np

from .problem1 import (
    bce_gradient,
    bce_hessian,
    bce_loss,
    flat_direction,
    gd_step,
    gradient_descent,
    hessian_quadratic_form,
    probabilities,
    weights,
)

# ---- the cost ----


def loss_averaged(w, b, x, y):
    """You seem to average over the points. The cost of this homework is a sum: there is no 1/N in it."""
    return bce_loss(w, b, x, y) / len(x)


def loss_negative(w, b, x, y):
    """You seem to return the log-likelihood. The cost is what is to be made small: look at the sign in front."""
    return -bce_loss(w, b, x, y)


def loss_in_bits(w, b, x, y):
    """Your cost is in bits. The logarithm here is the natural one."""
    return bce_loss(w, b, x, y) / np.log(2)


def loss_halved(w, b, x, y):
    """Your cost is half of what it should be. The factor 1/2 belongs to the squared error, not to this cost."""
    return bce_loss(w, b, x, y) / 2


def loss_of_the_ones_only(w, b, x, y):
    """Only the points with y_n = 1 seem to count in your cost. What does a point with y_n = 0 cost?"""
    return -float(np.sum(y * np.log(probabilities(w, b, x))))


def loss_with_labels_swapped(w, b, x, y):
    """Your cost is that of the opposite labels. p_n is the probability of y_n = 1: check which of the two logarithms
    goes with which label."""
    return bce_loss(w, b, x, 1 - y)


def loss_squared(w, b, x, y):
    """You seem to add up squared errors. The cost that is asked for is the cross-entropy of the labels."""
    return float(np.sum((probabilities(w, b, x) - y) ** 2))


def loss_without_the_bias(w, b, x, y):
    """Your cost seems to leave b out of z_n = w x_n + b."""
    return bce_loss(w, 0.0, x, y)


# ---- the gradient ----


def gradient_with_b_first(w, b, x, y):
    """Your two derivatives are right, but in the wrong order. Parameters come as (w, b) everywhere."""
    return bce_gradient(w, b, x, y)[::-1]


def gradient_averaged(w, b, x, y):
    """You seem to average over the points. E is a sum, so its gradient is one too."""
    return bce_gradient(w, b, x, y) / len(x)


def gradient_uphill_and_downhill_confused(w, b, x, y):
    """Your gradient has the wrong sign. The minus of gradient descent comes later, with the step."""
    return -bce_gradient(w, b, x, y)


def gradient_with_the_slope_of_the_sigmoid(w, b, x, y):
    """There is a factor p(1-p) too many in your gradient, as with the squared error. For the cross-entropy it cancels
    against dE/dp: multiply the two out."""
    terms = (probabilities(w, b, x) - y) * weights(w, b, x)
    return np.array([np.sum(terms * x), np.sum(terms)])


def gradient_with_a_plus_in_dE_dp(w, b, x, y):
    """The two terms of dE/dp seem to have the same sign in your derivation. What is the derivative of ln(1 - p) with
    respect to p?"""
    p = probabilities(w, b, x)
    terms = -(y * (1 - p) + (1 - y) * p)
    return np.array([np.sum(terms * x), np.sum(terms)])


def gradient_without_the_input(w, b, x, y):
    """Your dE/dw lacks the factor that w is multiplied by in z_n. Compare it with your dE/db."""
    return np.full(2, bce_gradient(w, b, x, y)[1])


def gradient_without_the_bias(w, b, x, y):
    """Your p_n seem to leave b out of z_n = w x_n + b."""
    return bce_gradient(w, 0.0, x, y)


def gradient_without_the_sigmoid(w, b, x, y):
    """You seem to subtract the labels from z_n. The derivative needs what the sigmoid makes of it."""
    residuals = w * x + b - y
    return np.array([np.sum(residuals * x), np.sum(residuals)])


# ---- the Hessian ----


def hessian_with_b_first(w, b, x, y):
    """Your Hessian has its rows and columns in the order (b, w). Parameters come as (w, b) everywhere."""
    return bce_hessian(w, b, x, y)[::-1, ::-1]


def hessian_averaged(w, b, x, y):
    """You seem to average over the points. E is a sum, so its Hessian is one too."""
    return bce_hessian(w, b, x, y) / len(x)


def hessian_diagonal(w, b, x, y):
    """The mixed derivative of your Hessian is 0. dE/dw depends on b too, through every p_n."""
    return np.diag(np.diag(bce_hessian(w, b, x, y)))


def hessian_without_the_weights(w, b, x, y):
    """Your Hessian does not depend on (w, b), as for the squared error of a line. Take the derivative of p_n too."""
    return np.array([[np.sum(x**2), np.sum(x)], [np.sum(x), len(x)]])


def hessian_with_p_for_its_slope(w, b, x, y):
    """The points seem to be weighted by p_n. What is the derivative of the sigmoid, written with p_n?"""
    p = probabilities(w, b, x)
    return np.array([[np.sum(p * x**2), np.sum(p * x)], [np.sum(p * x), np.sum(p)]])


def hessian_without_the_square(w, b, x, y):
    """Your d2E/dw2 has x_n where a second factor x_n comes from dz_n/dw again."""
    hessian = bce_hessian(w, b, x, y)
    hessian[0, 0] = hessian[0, 1]
    return hessian


def hessian_with_weights_squared(w, b, x, y):
    """The points seem to be weighted by the square of p_n(1 - p_n). It enters once."""
    s = weights(w, b, x) ** 2
    return np.array([[np.sum(s * x**2), np.sum(s * x)], [np.sum(s * x), np.sum(s)]])


def hessian_negative(w, b, x, y):
    """Your Hessian has the wrong sign. E is convex: what does that say of its diagonal?"""
    return -bce_hessian(w, b, x, y)


# ---- the quadratic form ----


def form_with_v_swapped(v, w, b, x, y):
    """You seem to multiply x_n by v_2. The first entry of v belongs to w, the second to b."""
    return hessian_quadratic_form(v[::-1], w, b, x, y)


def form_without_the_mixed_term(v, w, b, x, y):
    """Your form lacks the mixed term: the square of v_1 x_n + v_2 is more than the two squares."""
    return float(np.sum(weights(w, b, x) * ((v[0] * x) ** 2 + v[1] ** 2)))


def form_with_the_mixed_term_once(v, w, b, x, y):
    """The mixed term counts only once in your form. H has it in two places."""
    return float(np.sum(weights(w, b, x) * ((v[0] * x) ** 2 + v[0] * v[1] * x + v[1] ** 2)))


def form_without_the_weights(v, w, b, x, y):
    """Your form does not depend on (w, b). The factors p_n(1 - p_n) are missing."""
    return float(np.sum((v[0] * x + v[1]) ** 2))


def form_not_squared(v, w, b, x, y):
    """Your terms are v_1 x_n + v_2 without the square. Can a sum of these be shown to be 0 or more?"""
    return float(np.sum(weights(w, b, x) * (v[0] * x + v[1])))


def form_averaged(v, w, b, x, y):
    """You seem to average over the points. E is a sum, so its curvature is one too."""
    return hessian_quadratic_form(v, w, b, x, y) / len(x)


def form_squared_after_the_sum(v, w, b, x, y):
    """You seem to add up first and square then. Each point gives a square of its own."""
    return float(np.sum(weights(w, b, x) * (v[0] * x + v[1])) ** 2)


def form_of_a_unit_vector(v, w, b, x, y):
    """You seem to divide v by its length first. The form is asked for v as it is."""
    return hessian_quadratic_form(v, w, b, x, y) / float(v @ v)


# ---- where it is flat ----


def flat_never(x):
    """You say that H is always positive definite. Look for a v with v_1 x_n + v_2 = 0 for every
    n: when is there one?"""
    return


def flat_for_a_single_point_only(x):
    """You say that H is positive definite as soon as there are two points. What if they have the same x?"""
    return flat_direction(x) if len(x) == 1 else None


def flat_along_the_mean(x):
    """You give a direction even where two points differ. v_1 x_n + v_2 has to be 0 for every n at once, not on
    average."""
    return _unit(np.array([1.0, -float(np.mean(x))]))


def flat_with_the_entries_swapped(x):
    """Your v has its entries in the order (b, w). Parameters come as (w, b) everywhere."""
    v = flat_direction(x)
    return None if v is None else v[::-1]


def flat_with_the_wrong_sign(x):
    """Your v_1 x_n + v_2 is twice v_1 c, not 0: one of the two entries needs the other sign."""
    v = flat_direction(x)
    return None if v is None else v * np.array([1.0, -1.0])


def flat_of_any_length(x):
    """Your direction is flat, but it is no unit vector. Divide it by its length."""
    v = flat_direction(x)
    return None if v is None else np.array([1.0, -float(x[0])])


def flat_as_the_data(x):
    """You seem to return the direction of (c, 1), in which the curvature is largest. The flat direction stands at right
    angles to it."""
    v = flat_direction(x)
    return None if v is None else _unit(np.array([float(x[0]), 1.0]))


# ---- descent ----


def step_uphill(w, b, x, y, eta):
    """You step along the gradient, which is where E grows. Step against it."""
    return gd_step(w, b, x, y, -eta)


def step_averaged(w, b, x, y, eta):
    """Your step is divided by the number of points. E is a sum, so neither the gradient nor eta has a 1/N."""
    return gd_step(w, b, x, y, eta / len(x))


def step_with_the_new_w(w, b, x, y, eta):
    """Your new b seems to be computed with the new w. Both move at once, from the gradient at the old (w, b)."""
    ahead, _ = gd_step(w, b, x, y, eta)
    return ahead, gd_step(ahead, b, x, y, eta)[1]


def step_without_eta(w, b, x, y):
    """Your step has the length 1. Where is eta?"""
    return gd_step(w, b, x, y, 1.0)


def step_of_w_only(w, b, x, y, eta):
    """Only w moves in your step. b is a parameter too."""
    return gd_step(w, b, x, y, eta)[0], b


def step_alone(w, b, x, y, eta):
    """You return the change of (w, b). Add it to where the step starts."""
    there = gd_step(w, b, x, y, eta)
    return there[0] - w, there[1] - b


def step_doubled(w, b, x, y, eta):
    """Your step is twice as long as it should be. The factor 2 belongs to the squared error."""
    return gd_step(w, b, x, y, 2 * eta)


# ---- the whole run ----


def run_uphill(w0, b0, x, y, eta, n_steps):
    """You walk along the gradient, which is where E grows. Each step goes against it."""
    return gradient_descent(w0, b0, x, y, -eta, n_steps)


def run_averaged(w0, b0, x, y, eta, n_steps):
    """Your steps are divided by the number of points. E is a sum, so neither the gradient nor eta has a 1/N."""
    return gradient_descent(w0, b0, x, y, eta / len(x), n_steps)


def run_with_the_new_w(w0, b0, x, y, eta, n_steps):
    """Your b moves with the gradient at the w that has moved already. Both move at once, from the row before."""
    path = [(w0, b0)]
    for _ in range(n_steps):
        path.append(step_with_the_new_w(*path[-1], x, y, eta))
    return np.array(path)


def run_from_zero(w0, b0, x, y, eta, n_steps):
    """Your run starts at (0, 0). It starts at the (w0, b0) that is given."""
    return gradient_descent(0.0, 0.0, x, y, eta, n_steps)


def run_with_the_first_gradient(w0, b0, x, y, eta, n_steps):
    """Every step of your run uses the gradient at the start. Compute it anew at each (w, b)."""
    return np.array([w0, b0]) - eta * np.arange(n_steps + 1)[:, None] * bce_gradient(w0, b0, x, y)


def run_of_equal_rows(w0, b0, x, y, eta, n_steps):
    """All your rows are the last one. An array that is kept in a list and changed in place changes in the list too:
    keep a copy."""
    return np.repeat(gradient_descent(w0, b0, x, y, eta, n_steps)[-1:], n_steps + 1, axis=0)


def run_one_step_ahead(w0, b0, x, y, eta, n_steps):
    """Your rows are one step ahead: row 0 should be the start, before any step."""
    return gradient_descent(w0, b0, x, y, eta, n_steps + 1)[1:]


def run_last_row_first(w0, b0, x, y, eta, n_steps):
    """Your rows run backwards: row 0 should be the start."""
    return gradient_descent(w0, b0, x, y, eta, n_steps)[::-1]


# ---- what these share ----


def _unit(v):
    return v / np.sqrt(np.sum(v**2))
