"""Wrong answers to problem 1, weight decay and penalties, each with what to tell the student who gives it."""

import numpy as np

from .problem1 import (
    ADAM,
    RMSPROP,
    SGD,
    adam_step,
    half_squared_error,
    lasso_orthonormal,
    level_set_ellipse,
    rmsprop_step,
    sgd_step,
    sse_conic,
)

# ---- equivalent_weight_decay ----


def decay_without_the_learning_rate(gamma):
    """Your decay seems to leave the learning rate out. In the rule of the exercise the decay is subtracted as it
    stands, while the gradient of the penalty is multiplied by the learning rate first."""
    return 2 * gamma


def decay_without_the_two(lr, gamma):
    """Your decay is half of the one that is asked for. The penalty has no 1/2 in front of it: differentiate it."""
    return lr * gamma


def decay_is_gamma(gamma):
    """You seem to take gamma itself for the decay. Write one step with the penalty and one with decay below each
    other, and compare what multiplies theta."""
    return gamma


def decay_is_the_factor_that_remains(lr, gamma):
    """You seem to return what theta is multiplied by. Asked for is the share that is subtracted."""
    return 1 - 2 * lr * gamma


def decay_negative(lr, gamma):
    """Your decay has the wrong sign. A penalty pulls the weights towards zero, and so should the decay."""
    return -2 * lr * gamma


def decay_over_the_learning_rate(lr, gamma):
    """You seem to divide by the learning rate. In one step of gradient descent, which way does it act on the
    gradient of the penalty?"""
    return 2 * gamma / lr


# ---- is_equivalent ----


def rmsprop_is_equivalent(optimizer):
    """You seem to take RMSprop for equivalent. It divides the gradient by a number of its own for every weight: what
    happens to the penalty that is part of it?"""
    return optimizer in (SGD, RMSPROP)


def adam_is_equivalent(optimizer):
    """You seem to take Adam for equivalent. Follow the gradient of the penalty through its two averages, and
    through the division at the end."""
    return optimizer in (SGD, ADAM)


def all_are_equivalent(optimizer):
    """You seem to take all optimisers for equivalent. Follow the gradient of the penalty through one step of each:
    where does it end up besides theta?"""
    return True


def none_is_equivalent(optimizer):
    """You seem to take none of them for equivalent. Write down one step of plain gradient descent with the penalty,
    and collect what multiplies theta."""
    return False


def only_the_adaptive_are_equivalent(optimizer):
    """Your answers seem to be the wrong way round. Compare one step with the penalty and one with decay, for plain
    gradient descent first."""
    return optimizer != SGD


# ---- sgd_step ----


def step_without_the_two(theta, grad, lr, l2, decay):
    """Your penalty seems to act with half its strength. It has no 1/2 in front of it: differentiate it."""
    return sgd_step(theta, grad, lr, l2 / 2, decay)


def step_with_decay_times_the_learning_rate(theta, grad, lr, l2, decay):
    """You seem to multiply the decay by the learning rate, as torch does. In the rule of the exercise it is
    subtracted as it stands."""
    return sgd_step(theta, grad, lr, l2, lr * decay)


def step_with_the_penalty_beside_the_learning_rate(theta, grad, lr, l2, decay):
    """You seem to subtract the gradient of the penalty without the learning rate. It is part of the gradient of what
    is minimised, and goes the same way."""
    return theta - lr * grad - 2 * l2 * theta - decay * theta


def step_with_decay_of_the_new_weights(theta, grad, lr, l2, decay):
    """Your decay seems to act on the weights after the step. In the rule of the exercise it acts on those before."""
    return (1 - decay) * sgd_step(theta, grad, lr, l2)


def step_with_decay_before_the_penalty(theta, grad, lr, l2, decay):
    """The penalty seems to be differentiated at weights that have decayed already. Everything in the rule is taken at
    the old theta."""
    return sgd_step((1 - decay) * theta, grad, lr, l2)


def step_with_the_penalty_of_the_moduli(theta, grad, lr, l2, decay):
    """Your penalty seems to be that of sum |theta_i|, which pulls every weight by the same amount. Differentiate the
    sum of squares."""
    return sgd_step(theta, grad + 2 * l2 * np.sign(theta), lr, 0.0, decay)


def step_uphill(theta, grad, lr, l2, decay):
    """Your step seems to go uphill. Check the sign in front of the learning rate."""
    return theta + lr * (grad + 2 * l2 * theta) - decay * theta


def step_without_decay(theta, grad, lr, l2):
    """Your step seems to leave the decay out."""
    return sgd_step(theta, grad, lr, l2)


def step_without_the_penalty(theta, grad, lr, decay):
    """Your step seems to leave the penalty out: `grad` is the gradient of L alone."""
    return sgd_step(theta, grad, lr, 0.0, decay)


# ---- rmsprop_step ----


def rmsprop_with_the_average_of_the_loss_alone(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """Your running average seems to leave the penalty out. Averaged are the squares of the gradient of what is
    minimised, the penalty included."""
    _, sq_avg = rmsprop_step(theta, grad, sq_avg, lr, rho, eps)
    return theta - lr * (grad + 2 * l2 * theta) / np.sqrt(sq_avg + eps) - decay * theta, sq_avg


def rmsprop_with_the_penalty_as_decay(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """You seem to treat the penalty as a decay of 2 gamma. For RMSprop the two are not the same: the gradient of the
    penalty is averaged and divided with the rest."""
    return rmsprop_step(theta, grad, sq_avg, lr, rho, eps, 0.0, decay + 2 * l2)


def rmsprop_with_the_penalty_beside_the_root(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """Your penalty seems to be multiplied by the learning rate but not divided by the root mean square. It is part
    of the gradient, and is divided with it."""
    return rmsprop_step(theta, grad, sq_avg, lr, rho, eps, 0.0, decay + 2 * lr * l2)


def rmsprop_without_the_two(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """Your penalty seems to act with half its strength. It has no 1/2 in front of it: differentiate it."""
    return rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2 / 2, decay)


def rmsprop_with_decay_times_the_learning_rate(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """You seem to multiply the decay by the learning rate, as torch does. In the rule of the exercise it is
    subtracted as it stands."""
    return rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2, lr * decay)


def rmsprop_with_the_old_average(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """Your step seems to be divided by the average of the steps before. Update it first, then take the step."""
    g = grad + 2 * l2 * theta
    _, updated = rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2)
    return theta - lr * g / np.sqrt(sq_avg + eps) - decay * theta, updated


def rmsprop_that_adds_up_all_squares(theta, grad, sq_avg, lr, eps, l2, decay):
    """You seem to add the new square to all the old ones, as Adagrad does. RMSprop keeps a running mean: rho says how
    much of the old one stays."""
    g = grad + 2 * l2 * theta
    squares = sq_avg + g**2
    return theta - lr * g / np.sqrt(squares + eps) - decay * theta, squares


def rmsprop_with_rho_on_the_new_square(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """rho and 1 - rho seem to have changed places. With rho near 1 the average should change slowly."""
    return rmsprop_step(theta, grad, sq_avg, lr, 1 - rho, eps, l2, decay)


def rmsprop_without_the_root(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """You seem to divide by the mean square. Its units are those of a squared gradient: something is still to be
    done to it."""
    g = grad + 2 * l2 * theta
    _, sq_avg = rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2)
    return theta - lr * g / (sq_avg + eps) - decay * theta, sq_avg


def rmsprop_with_decay_as_penalty(theta, grad, sq_avg, lr, rho, eps, l2, decay):
    """Your decay seems to enter the gradient. Weight decay acts on theta alone, beside the step of the optimiser."""
    return rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2 + decay / 2)


# ---- adam_step ----


def adam_with_the_penalty_in_m_alone(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """Your second moment seems to leave the penalty out. Both moments are of the gradient of what is minimised."""
    _, m, _ = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2)
    _, _, v = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps)
    return _adam(theta, m, v, t, lr, beta1, beta2, eps, decay)


def adam_without_correction(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """You seem to leave out the correction of the moments. They start at zero, and are too small in the first
    steps."""
    _, m, v = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2)
    return theta - lr * m / (np.sqrt(v) + eps) - decay * theta, m, v


def adam_returning_corrected_moments(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """You seem to return the moments after their correction. The next step continues the uncorrected ones: return
    those."""
    theta, m, v = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay)
    return theta, m / (1 - beta1**t), v / (1 - beta2**t)


def adam_without_the_two(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """Your penalty seems to act with half its strength. It has no 1/2 in front of it: differentiate it."""
    return adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2 / 2, decay)


def adam_with_decay_times_the_learning_rate(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """You seem to multiply the decay by the learning rate, as torch does. In the rule of the exercise it is
    subtracted as it stands."""
    return adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, lr * decay)


def adam_with_the_penalty_as_decay(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """Your penalty seems to act on theta beside the step, multiplied by the learning rate. That is AdamW; the
    penalty is part of the gradient and goes through both moments."""
    return adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, 0.0, decay + 2 * lr * l2)


def adam_counting_steps_from_zero(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """Your correction of the moments seems to be that of the next step. t counts from 1 and is that of this step."""
    _, m, v = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2)
    return _adam(theta, m, v, t + 1, lr, beta1, beta2, eps, decay)


def adam_without_the_root(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """You seem to divide by the second moment itself. Its units are those of a squared gradient: something is still
    to be done to it."""
    _, m, v = adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2)
    return theta - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps) - decay * theta, m, v


def adam_with_the_betas_swapped(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay):
    """beta1 and beta2 seem to have changed places. Check which of them belongs to which moment."""
    return adam_step(theta, grad, m, v, t, lr, beta2, beta1, eps, l2, decay)


def _adam(theta, m, v, t, lr, beta1, beta2, eps, decay):
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - step - decay * theta, m, v


# ---- sse_conic ----


def conic_with_half_the_mixed_term(x, y):
    """Your B seems to be an entry of the matrix of the quadratic form. The product b0 b1 occurs twice in that form:
    B is its full coefficient."""
    return sse_conic(x, y) * np.array([1, 0.5, 1, 1, 1, 1])


def conic_without_the_half(x, y):
    """Your coefficients seem to be those of the sum of squares. There is a 1/2 in front of it."""
    return 2 * sse_conic(x, y)


def conic_with_a_positive_linear_part(x, y):
    """D and E seem to have the wrong sign. Multiply out the square, and mind the minus signs in it."""
    return sse_conic(x, y) * np.array([1, 1, 1, -1, -1, 1])


def conic_without_the_constant(x, y):
    """Your F seems to be zero. What is left of the error at b = 0?"""
    return sse_conic(x, y) * np.array([1, 1, 1, 1, 1, 0])


def conic_of_the_mean(x, y):
    """You seem to average over the points. The exercise has a sum."""
    return sse_conic(x, y) / len(x)


def conic_with_x_and_y_swapped(x, y):
    """x and y seem to have changed places. It is y that is to be predicted from x."""
    return sse_conic(y, x)


def conic_with_the_parameters_swapped(x, y):
    """b0 and b1 seem to have changed places. b0 is the intercept, b1 the slope."""
    return sse_conic(x, y)[[2, 1, 0, 4, 3, 5]]


# ---- is_ellipse ----


def every_point_set_gives_an_ellipse(x):
    """You seem to answer True for any points. X^T X is always positive semi-definite: is that enough for an ellipse?"""
    return True


def two_points_give_an_ellipse(x):
    """You seem to ask for two points only. What do the level sets look like when they lie at the same x?"""
    return len(x) >= 2


def three_points_give_an_ellipse(x):
    """You seem to ask for more points than there are parameters. How many different x_i does a positive definite
    X^T X need?"""
    return len(x) >= 3 and len(set(x.tolist())) >= 2


def all_points_must_differ(x):
    """You seem to ask that all points differ. Is X^T X singular as soon as two of them agree?"""
    return len(x) >= 2 and len(set(x.tolist())) == len(x)


def points_off_zero_give_an_ellipse(x):
    """You seem to ask only that the x_i are not all zero. Look at points that are all the same but not zero."""
    return bool(np.any(x != 0))


# ---- level_set_ellipse ----


def ellipse_with_the_shortest_axis_first(x, y, level):
    """Your axes seem to come in the other order. The longest semi-axis belongs to the smallest eigenvalue: it comes
    first, with its direction."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    return center, semi_axes[::-1], directions[:, ::-1]


def ellipse_of_the_sum_of_squares(x, y, level):
    """Your semi-axes seem to miss a factor. There is a 1/2 in front of the quadratic form."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    return center, semi_axes / np.sqrt(2), directions


def ellipse_without_subtracting_the_minimum(x, y, level):
    """You seem to measure the level from zero. The squared error is not zero at the centre: how much of the level is
    left for the quadratic form?"""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    least = half_squared_error(center, x, y)
    return center, semi_axes * np.sqrt(level / (level - least)), directions


def ellipse_with_full_axes(x, y, level):
    """Your axes seem to be twice as long as the semi-axes: the distance from the centre is asked for."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    return center, 2 * semi_axes, directions


def ellipse_with_the_squared_axes(x, y, level):
    """Your semi-axes seem to be squares. In the equation of an ellipse they stand squared."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    return center, semi_axes**2, directions


def ellipse_leaning_the_other_way(x, y, level):
    """Your ellipse seems to lean the other way. Check that direction i stands in column i, not in row i, and the sign
    of the mixed term."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    return center, semi_axes, directions * np.array([[1.0], [-1.0]])


def ellipse_at_the_origin(x, y, level):
    """Your ellipse seems to be centred at zero. Complete the square: the linear terms move it."""
    _, semi_axes, directions = level_set_ellipse(x, y, level)
    return np.zeros(2), semi_axes, directions


def ellipse_along_the_coordinate_axes(x, y, level):
    """Your ellipse seems to lie along the axes of b0 and b1. The mixed term b0 b1 turns it: what are the directions
    in which a quadratic form has no mixed term?"""
    center, _, _ = level_set_ellipse(x, y, level)
    above = level - half_squared_error(center, x, y)
    lengths = np.sqrt(2 * above / np.array([len(x), x @ x]))
    order = np.argsort(-lengths)
    return center, lengths[order], np.eye(2)[:, order]


# ---- lasso_orthonormal ----


def lasso_with_half_the_threshold(z, lam):
    """Your threshold is half of what it should be. There is a 1/2 in front of the squared error here."""
    return lasso_orthonormal(z, lam / 2)


def lasso_with_twice_the_threshold(z, lam):
    """Your threshold is twice what it should be. Differentiate the penalty once more."""
    return lasso_orthonormal(z, 2 * lam)


def lasso_with_a_hard_threshold(z, lam):
    """You seem to keep the large coefficients as they are. The penalty pulls at them too, however large they are."""
    return np.where(np.abs(z) > lam, z, 0.0)


def lasso_without_the_sign(z, lam):
    """Your coefficients seem to have lost their signs."""
    return np.maximum(np.abs(z) - lam, 0)


def lasso_of_positive_projections_only(z, lam):
    """Negative z_j seem to become zero whatever their size. The penalty knows no sign: shrink both sides."""
    return np.maximum(z - lam, 0)


def lasso_without_stopping_at_zero(z, lam):
    """Small z_j seem to be pulled past zero. Once a coefficient is zero, what holds it there?"""
    return z - lam * np.sign(z)


def lasso_as_ridge(z, lam):
    """Your formula seems to be that of the quadratic penalty. Which of the two can make a coefficient exactly zero?"""
    return z / (1 + 2 * lam)


# ---- ridge_orthonormal ----


def ridge_with_half_the_penalty(z, lam):
    """Your answer is that for a penalty with 1/2 in front. Here it has none: differentiate it."""
    return z / (1 + lam)


def ridge_as_one_step(z, lam):
    """You seem to take one step from z along the slope of the penalty. Set the derivative of the whole objective to
    zero and solve for b instead."""
    return z * (1 - 2 * lam)


def ridge_as_lasso(z, lam):
    """Your formula seems to be that of the absolute values. The slope of a square vanishes at zero: what does that
    do to small coefficients?"""
    return lasso_orthonormal(z, lam)


def ridge_subtracting_a_constant(z, lam):
    """You seem to subtract the same amount from every coefficient. The pull of a square grows with the coefficient."""
    return z - 2 * lam * np.sign(z)


def ridge_with_a_root(z, lam):
    """Your coefficients seem to be divided by a root. Set the derivative of the objective to zero: the equation is
    linear in b."""
    return z / np.sqrt(1 + 2 * lam)


def ridge_with_a_squared_penalty(z, lam):
    """Your penalty seems to be squared itself. Only the coefficients are."""
    return z / (1 + 2 * lam**2)
