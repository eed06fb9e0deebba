"""Wrong answers to problem 3, a small network, each with what to tell the student who gives it."""

import numpy as np

from grader.laws import Claim, bernoulli

from .problem3 import (
    cross_entropy_gradient,
    hidden_gradient,
    leaky_relu,
    leaky_relu_grad,
    mlp_grad_w1,
    mlp_loss,
    softmax,
    softmax_jacobian,
)

# What single precision may do to a factor.
CLOSE = 1e-5

# ---- softmax ----


def probabilities_not_normalised(z):
    """Your probabilities do not add up to 1. Divide by the sum of all e^(z_j)."""
    return np.exp(z)


def probabilities_of_minus_z(z):
    """Your probabilities are largest where z is smallest: there seems to be a minus in the exponent."""
    return softmax(-z)


def probabilities_by_the_largest(z):
    """You seem to divide by the largest e^(z_j) instead of their sum."""
    return np.exp(z - np.max(z))


def probabilities_of_single_units(z):
    """You seem to apply the sigmoid to each score by itself. Softmax compares the scores with each other: the result
    adds up to 1."""
    return np.exp(-np.logaddexp(0.0, -z))


def probabilities_to_base_two(z):
    """You seem to use powers of 2. The base is e."""
    return softmax(z * np.log(2))


def probabilities_as_logarithms(z):
    """You seem to return the logarithms of the probabilities."""
    return np.log(softmax(z))


def probabilities_without_the_exponential(z):
    """You seem to divide the scores by their sum. Take their exponentials first: probabilities are positive."""
    return z / np.sum(z)


# ---- its Jacobian ----


def jacobian_diagonal(z):
    """Your Jacobian is diagonal. Every z_i is in the denominator of every p_k."""
    p = softmax(z)
    return np.diag(p * (1 - p))


def jacobian_with_a_plus(z):
    """The product p_k p_i has the wrong sign in your Jacobian. A larger z_i makes the other p_k smaller."""
    p = softmax(z)
    return np.diag(p) + np.outer(p, p)


def jacobian_without_the_product(z):
    """Your Jacobian has p_k on its diagonal and 0 elsewhere: it misses what z_i does to the denominator."""
    return np.diag(softmax(z))


def jacobian_without_the_diagonal(z):
    """Your Jacobian misses what z_k does to its own numerator."""
    p = softmax(z)
    return -np.outer(p, p)


def jacobian_of_the_logarithms(z):
    """Your Jacobian is that of ln p_k. There is a factor p_k between the two."""
    return np.eye(len(z)) - softmax(z)


def jacobian_of_the_logarithms_transposed(z):
    """Your Jacobian lacks a factor p_k in every row (or it has the factor of the other index)."""
    return (np.eye(len(z)) - softmax(z)).T


def jacobian_negative(z):
    """Your Jacobian has the wrong sign. Raising z_k raises p_k: what is the sign of its diagonal?"""
    return -softmax_jacobian(z)


def jacobian_with_wrong_signs_off_the_diagonal(z):
    """Off its diagonal, your Jacobian has the wrong sign. A larger z_i makes the other p_k smaller."""
    p = softmax(z)
    return np.where(np.eye(len(z)) == 1, p * (1 - p), np.outer(p, p))


# ---- the slope of the cross-entropy ----


def slope_with_the_wrong_sign(z, k):
    """Your gradient has the wrong sign. Raising the score of the true class lowers the loss: what is the sign there?"""
    return -cross_entropy_gradient(z, k)


def slope_without_the_label(z):
    """You return the probabilities. What does the true class change?"""
    return softmax(z)


def slope_of_the_true_class_only(z, k):
    """Your gradient is 0 but for the true class. Every score is in the denominator of p_k."""
    gradient = np.zeros(len(z))
    gradient[k] = softmax(z)[k] - 1
    return gradient


def slope_with_the_label_twice(z, k):
    """You seem to multiply by p_k once more: that is the gradient of -p_k, without the logarithm."""
    return softmax(z)[k] * cross_entropy_gradient(z, k)


def slope_with_k_from_one(z, k):
    """You seem to count the classes from 1. k counts from 0, as Python does."""
    return cross_entropy_gradient(z, k - 1)


def slope_with_respect_to_p(z, k):
    """You seem to return dL/dp. Go one step further back, through softmax."""
    gradient = np.zeros(len(z))
    gradient[k] = -1 / softmax(z)[k]
    return gradient


def slope_averaged(z, k):
    """Your gradient is divided by the number of classes. Nothing is averaged over classes in this loss."""
    return cross_entropy_gradient(z, k) / len(z)


def slope_of_the_squared_error(z, k):
    """Your gradient is that of a squared error: there is a factor p(1-p) too many."""
    p = softmax(z)
    return cross_entropy_gradient(z, k) * p * (1 - p)


# ---- LeakyReLU ----


def relu_slope(z):
    """Your slope is 0 for negative z: that is ReLU, not LeakyReLU."""
    return np.where(z > 0, 1.0, 0.0)


def leaky_slope_with_a_fixed_alpha(z):
    """Your slope for negative z does not follow alpha. Use the argument; 0.01 is only its default."""
    return leaky_relu_grad(z, 0.01)


def leaky_slope_with_sides_swapped(z, slope):
    """The two sides are swapped: alpha is the slope where z is negative."""
    return leaky_relu_grad(-z, slope)


def leaky_slope_negative(z, slope):
    """Your slope for negative z is -alpha. LeakyReLU rises on both sides."""
    return leaky_relu_grad(z, -slope)


def leaky_value(z, slope):
    """You return LeakyReLU itself. Its derivative is asked for."""
    return leaky_relu(z, slope)


def leaky_slope_times_z(z, slope):
    """Where z is negative you return alpha z: the value instead of the slope."""
    return np.where(z > 0, 1.0, slope * z)


def leaky_slope_one_everywhere(z):
    """Your slope is 1 everywhere. What happens where z is negative?"""
    return np.ones_like(z)


# ---- the dropout mask: laws of draws ----


def mask_keeping_with_probability_p(draws, drop):
    """Your mask keeps an entry with probability p. In this exercise p is the probability that it is dropped."""
    if drop == 0:  # nothing is kept, or divided by nothing
        return [Claim(1.0, "")]
    kept = draws != 0
    assert any(np.allclose(draws, kept * factor, rtol=CLOSE, atol=0) for factor in (1 / drop, 1 / (1 - drop)))
    return bernoulli(kept, drop)


def mask_not_rescaled(draws, drop):
    """Your mask is made of zeros and ones, so that its mean is below 1. Inverted dropout makes up for what is dropped
    by larger entries."""
    return _mask(draws, 1 - drop, 1.0)


def mask_divided_by_the_drop_probability(draws, drop):
    """You seem to divide by p, the probability to be dropped. With this factor the mean of the mask is not 1: how often
    is an entry kept?"""
    if drop == 0:  # divided by nothing
        return [Claim(1.0, "")]
    return _mask(draws, 1 - drop, 1 / drop)


def mask_rescaled_downwards(draws, drop):
    """The entries that you keep are below 1, so that the mean of the mask shrinks twice. They have to make up for those
    that are dropped."""
    return _mask(draws, 1 - drop, 1 - drop)


def mask_of_the_default_probability(draws):
    """Your mask drops as if p were always its default. Use the p that is handed in."""
    return _mask(draws, 0.8, 1 / 0.8)


def mask_of_exactly_a_share(draws, drop):
    """You seem to drop the same number of entries in every call. Each is dropped by itself, so that this number is
    random."""
    kept = draws != 0
    assert np.allclose(draws, kept / (1 - drop), rtol=CLOSE, atol=0)
    count = np.sum(kept, axis=1)
    assert np.ptp(count) == 0 and abs(count[0] - (1 - drop) * draws.shape[1]) <= 1
    return [Claim(1.0, "")]


def mask_of_one_number(draws, drop):
    """You seem to draw one number for the whole mask: its entries are dropped together or not at all. Draw one for each
    of them."""
    assert np.all(draws == draws[:, :1])
    return _mask(draws[:, 0], 1 - drop, 1 / (1 - drop))


def mask_of_a_fixed_seed(draws):
    """You give the same mask in every call. Is there a seed, or a generator of your own, in your function? All draws
    come from `rng`."""
    assert np.all(draws == draws[0])
    return [Claim(1.0, "")]


def _mask(draws, share, factor):
    """Entries of this factor, each kept by itself in this share of all calls, and 0 in the others."""
    kept = draws != 0
    assert np.allclose(draws, kept * factor, rtol=CLOSE, atol=0)
    return bernoulli(kept, share)


# ---- the loss of the network ----


def loss_with_the_mask_twice(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """The mask seems to act twice in your network. It multiplies the hidden units once."""
    return mlp_loss(x, y, w1, b1, w2, b2, mask * mask, alpha)


def loss_without_the_mask(x, y, w1, b1, w2, b2, alpha=0.01):
    """Your loss does not depend on the mask. It multiplies the hidden units."""
    return mlp_loss(x, y, w1, b1, w2, b2, np.ones(len(b1)), alpha)


def loss_with_the_mask_of_zeros_and_ones(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """You seem to use only whether the mask is 0. It is the multiplier itself, whatever its numbers are."""
    return mlp_loss(x, y, w1, b1, w2, b2, (mask != 0) * 1.0, alpha)


def loss_with_the_mask_rescaled(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """You seem to divide by 1 - p on top of the mask. The mask is the multiplier itself; nothing is rescaled any
    more."""
    return mlp_loss(x, y, w1, b1, w2, b2, mask / 0.8, alpha)


def loss_with_relu(x, y, w1, b1, w2, b2, mask):
    """Your hidden layer is a ReLU. Negative units leak through, by the factor alpha."""
    return mlp_loss(x, y, w1, b1, w2, b2, mask, 0.0)


def loss_with_a_fixed_alpha(x, y, w1, b1, w2, b2, mask):
    """Your loss does not follow alpha. Use the argument; 0.01 is only its default."""
    return mlp_loss(x, y, w1, b1, w2, b2, mask, 0.01)


def loss_without_the_biases(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your loss does not depend on the biases."""
    return mlp_loss(x, y, w1, 0 * b1, w2, 0 * b2, mask, alpha)


def loss_averaged_over_classes(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """You seem to average over the classes. The cross-entropy of one point is a sum over them."""
    return mlp_loss(x, y, w1, b1, w2, b2, mask, alpha) / len(y)


def loss_with_the_wrong_sign(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your loss is negative. ln p_k is: look at the sign in front."""
    return -mlp_loss(x, y, w1, b1, w2, b2, mask, alpha)


def loss_of_softmax_twice(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Softmax seems to be applied twice. torch's cross_entropy takes the scores, not the probabilities."""
    z2 = w2 @ (mask * leaky_relu(w1 @ x + b1, alpha)) + b2
    return -float(np.sum(y * np.log(softmax(softmax(z2)))))


# ---- the gradient of the first weights ----


def grad_with_the_mask_twice(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """The mask is in your gradient twice. It is met once on the way back."""
    return mask[:, None] * mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha)


def grad_without_the_mask(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """The mask is missing in your gradient. What is multiplied going forward is multiplied coming back."""
    z1 = w1 @ x + b1
    p = softmax(w2 @ (mask * leaky_relu(z1, alpha)) + b2)
    return np.outer(w2.T @ (p - y) * leaky_relu_grad(z1, alpha), x)


def grad_with_the_mask_of_zeros_and_ones(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """You seem to use only whether the mask is 0. It is the multiplier itself, whatever its numbers are."""
    return mlp_grad_w1(x, y, w1, b1, w2, b2, (mask != 0) * 1.0, alpha)


def grad_without_the_activation(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """The derivative of LeakyReLU is missing in your gradient."""
    p = softmax(w2 @ (mask * leaky_relu(w1 @ x + b1, alpha)) + b2)
    return np.outer(w2.T @ (p - y) * mask, x)


def grad_with_relu(x, y, w1, b1, w2, b2, mask):
    """Your hidden layer is a ReLU. Negative units leak through, by the factor alpha."""
    return mlp_grad_w1(x, y, w1, b1, w2, b2, mask, 0.0)


def grad_with_the_slope_of_relu(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your gradient is 0 where the hidden unit is negative: that is the slope of ReLU. Negative units leak through, by
    the factor alpha, going back too."""
    return mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha) * (w1 @ x + b1 > 0)[:, None]


def grad_with_the_softmax_twice(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """You seem to go back through softmax twice. p - y is already the gradient by the scores: its Jacobian is in it."""
    z1 = w1 @ x + b1
    p = softmax(w2 @ (mask * leaky_relu(z1, alpha)) + b2)
    back = np.diag(p) - np.outer(p, p)
    return np.outer(w2.T @ (back @ (p - y)) * mask * leaky_relu_grad(z1, alpha), x)


def grad_with_a_fixed_alpha(x, y, w1, b1, w2, b2, mask):
    """Your gradient does not follow alpha. Use the argument; 0.01 is only its default."""
    return mlp_grad_w1(x, y, w1, b1, w2, b2, mask, 0.01)


def grad_with_the_wrong_sign(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your gradient has the wrong sign: is it y - p where p - y belongs?"""
    return -mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha)


def grad_without_the_input(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your gradient lacks its last factor, the one that W1 is multiplied by: what you return is dL/db1. W1 is a matrix,
    and so is its gradient."""
    return hidden_gradient(x, y, w1, b1, w2, b2, mask, alpha)


def grad_transposed(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your gradient is transposed. It has the shape of W1."""
    return mlp_grad_w1(x, y, w1, b1, w2, b2, mask, alpha).T


def grad_without_the_labels(x, y, w1, b1, w2, b2, mask, alpha=0.01):
    """Your gradient does not know the label: p instead of p - y seems to come back from the loss."""
    z1 = w1 @ x + b1
    p = softmax(w2 @ (mask * leaky_relu(z1, alpha)) + b2)
    return np.outer(w2.T @ p * mask * leaky_relu_grad(z1, alpha), x)
