"""Wrong answers to problem 7, softmax and cross-entropy, each with what to tell the student who gives it."""

import numpy as np

from .problem3 import softmax
from .problem7 import softmax_ce_gradient, softmax_ce_hessian, softmax_quadratic_form

# ---- the gradient ----


def gradient_with_the_wrong_sign(z, y):
    """Your gradient has the wrong sign. Raising the score of the true class lowers the loss: what is the sign there?"""
    return -softmax_ce_gradient(z, y)


def gradient_without_the_label(z):
    """You return the probabilities. What does the label change?"""
    return softmax(z)


def gradient_of_the_true_class_only(z, y):
    """Your gradient is 0 but for the true class. Every score is in the denominator of p_k."""
    return y * softmax_ce_gradient(z, y)


def gradient_without_the_division_by_p(z, y):
    """Your gradient is that of -p_k. The derivative of ln p_k has a factor 1/p_k: it cancels the p_k of softmax."""
    return np.sum(y * softmax(z)) * softmax_ce_gradient(z, y)


def gradient_of_the_raw_scores(z, y):
    """You seem to take the labels off the scores. Softmax turns these into p, which is compared with the labels."""
    return z - y


def gradient_of_single_units(z, y):
    """You seem to apply the sigmoid to each score by itself. Softmax compares the scores with each other."""
    return 1 / (1 + np.exp(-z)) - y


def gradient_averaged(z, y):
    """Your gradient is divided by the number of classes. Nothing is averaged over classes in this loss."""
    return softmax_ce_gradient(z, y) / len(z)


def gradient_with_respect_to_p(z, y):
    """You seem to return dL/dp. Go one step further back, through softmax."""
    return -y / softmax(z)


def gradient_with_the_labels_added(z, y):
    """You add p and y. One of the two pulls the score up, the other down."""
    return softmax(z) + y


# ---- the Hessian ----


def hessian_diagonal(z):
    """Your Hessian is diagonal. Every score is in the denominator of every p_k."""
    p = softmax(z)
    return np.diag(p * (1 - p))


def hessian_with_a_plus(z):
    """The product p_i p_j has the wrong sign in your Hessian. A larger z_j makes the other p_i smaller."""
    p = softmax(z)
    return np.diag(p) + np.outer(p, p)


def hessian_without_the_product(z):
    """Your Hessian has p on its diagonal and 0 elsewhere: the denominator of softmax has not been differentiated."""
    return np.diag(softmax(z))


def hessian_without_the_diagonal(z):
    """Your Hessian misses what z_i does to its own numerator."""
    p = softmax(z)
    return -np.outer(p, p)


def hessian_with_the_label(z, y):
    """Your Hessian depends on y. The gradient does too, but not on y and z together: what becomes of y?"""
    return np.diag(softmax(z)) - np.outer(softmax(z), y)


def hessian_as_product_of_gradients(z, y):
    """You return the outer product of the gradient with itself. The gradient is to be differentiated once more."""
    return np.outer(softmax_ce_gradient(z, y), softmax_ce_gradient(z, y))


def hessian_of_the_logarithms(z):
    """You seem to differentiate ln p_i. The gradient holds p_i itself."""
    return np.eye(len(z)) - softmax(z)


def hessian_negative(z, y):
    """Your Hessian has the wrong sign. L is convex: what does that say of its diagonal?"""
    return -softmax_ce_hessian(z, y)


# ---- the quadratic form ----


def form_without_the_square_of_the_mean(z, v):
    """You return the mean of v^2. The form is a variance: something is taken away."""
    return float(np.sum(softmax(z) * v**2))


def form_as_standard_deviation(z, v):
    """You return a standard deviation. The form is its square."""
    return float(np.sqrt(softmax_quadratic_form(z, v)))


def form_with_the_unweighted_mean(z, v):
    """You seem to take the plain mean of v away. The mean, too, is under the probabilities p."""
    return float(np.sum(softmax(z) * (v - np.mean(v)) ** 2))


def form_with_equal_weights(z, v):
    """Your form does not depend on z: you seem to take the plain variance of v. Weigh by the probabilities p."""
    return float(np.var(v)) + 0 * float(z[0])


def form_with_the_mean_added(z, v):
    """The square of the mean has the wrong sign in your form."""
    p = softmax(z)
    return float(np.sum(p * v**2) + np.sum(p * v) ** 2)


def form_with_the_mean_not_squared(z, v):
    """The mean seems not to be squared in your form. Check the units."""
    p = softmax(z)
    return float(np.sum(p * v**2) - np.sum(p * v))


def form_of_all_pairs(z, v):
    """Every pair seems to count twice in your form: (i, j) and (j, i) are the same."""
    return 2 * softmax_quadratic_form(z, v)


def form_of_a_diagonal_hessian(z, v):
    """Your form belongs to a diagonal H. The mixed terms are missing."""
    p = softmax(z)
    return float(np.sum(p * (1 - p) * v**2))


# ---- where it is flat ----


def null_direction_of_any_length(num_classes):
    """Your direction is right, but it is no unit vector. Divide it by its length."""
    return np.ones(num_classes)


def null_direction_that_adds_up_to_one(num_classes):
    """Your direction is right, but its entries add up to 1, not their squares: it is no unit vector."""
    return np.full(num_classes, 1.0 / num_classes)


def null_direction_of_one_class(num_classes):
    """Your direction is that of one score. The loss does notice when one score is moved: which move does it not see?"""
    return np.eye(num_classes)[0]


def null_direction_of_a_difference(num_classes):
    """You move two scores against each other, which the loss notices. Which move does it not see?"""
    return (np.eye(num_classes)[0] - np.eye(num_classes)[1]) / np.sqrt(2)


def null_direction_that_is_none(num_classes):
    """You give the zero vector, as if H were positive definite. Is there a move of all scores that leaves every p_k as
    it is?"""
    return np.zeros(num_classes)


def null_direction_with_signs(num_classes):
    """The entries of your direction alternate in sign. Which v has the variance 0 under any probabilities?"""
    return np.where(np.arange(num_classes) % 2 == 0, 1.0, -1.0) / np.sqrt(num_classes)
