"""Wrong answers to problem 4, Bregman divergences, each with what to tell the student who gives it."""

import numpy as np

from .problem4 import (
    bregman_bias_variance,
    bregman_cross_term,
    bregman_divergence,
    f1,
    f1_prime,
    f2,
    generalized_kl,
    kl_divergence,
    mse_decomposition,
)

# ---- (a) the divergence ----


def divergence_with_slots_swapped(phi, grad_phi, p, q):
    """The two points seem to have changed places: you return D(q||p). A divergence is not symmetric; look at which
    of the two the tangent touches phi at."""
    return bregman_divergence(phi, grad_phi, q, p)


def divergence_with_the_gradient_at_p(phi, grad_phi, p, q):
    """Your gradient seems to be taken at p. The tangent touches phi at the other point, and p is where its distance
    from phi is measured."""
    return -bregman_divergence(phi, grad_phi, q, p)


def divergence_with_the_product_added(phi, grad_phi, p, q):
    """The inner product has the wrong sign, or q - p in it. Check it with an affine phi: its divergence must be
    0."""
    return float(phi(p) - phi(q) + grad_phi(q) @ (p - q))


def divergence_without_the_product(phi, p, q):
    """You seem to return the difference of phi at the two points. The divergence is what is left of it after the
    tangent's share has been taken away."""
    return phi(p) - phi(q)


def divergence_without_phi_at_q(phi, grad_phi, p, q):
    """The value of phi at q is missing. For p = q the divergence must be 0: try it."""
    return float(phi(p) - grad_phi(q) @ (p - q))


def divergence_negative(phi, grad_phi, p, q):
    """Your divergence has the wrong sign. A convex phi lies above its tangents."""
    return -bregman_divergence(phi, grad_phi, p, q)


def divergence_symmetrised(phi, grad_phi, p, q):
    """You seem to combine D(p||q) with D(q||p). A divergence need not be symmetric: only one of the two gradients
    occurs in it."""
    return (bregman_divergence(phi, grad_phi, p, q) + bregman_divergence(phi, grad_phi, q, p)) / 2


def divergence_is_the_squared_distance(p, q):
    """You seem to return the squared distance of p and q. That is the divergence of one phi only; yours has to use
    the phi that is given."""
    return float(np.sum((p - q) ** 2))


# ---- (b) total, bias and variance ----


def terms_with_slots_swapped(phi, grad_phi, y, values, probs):
    """In all three of your divergences the two arguments have changed places. The prediction stands in the second
    slot, where the gradient is taken."""
    mean = probs @ values
    total, variance = (float(probs @ [_divergence(phi, grad_phi, v, p) for v in values]) for p in (y, mean))
    return total, _divergence(phi, grad_phi, mean, y), variance


def terms_with_the_variance_slots_swapped(phi, grad_phi, y, values, probs):
    """Your variance is E[D(Yhat||Ybar)]: its two arguments have changed places. Let the mean stand where y stands
    in the total."""
    total, bias, _ = bregman_bias_variance(phi, grad_phi, y, values, probs)
    mean = probs @ values
    return total, bias, float(probs @ [_divergence(phi, grad_phi, v, mean) for v in values])


def terms_with_the_bias_slots_swapped(phi, grad_phi, y, values, probs):
    """Your bias is D(Ybar||y): its two arguments have changed places. Let the mean stand where Yhat stands in the
    total."""
    total, _, variance = bregman_bias_variance(phi, grad_phi, y, values, probs)
    return total, _divergence(phi, grad_phi, probs @ values, y), variance


def terms_without_probabilities(phi, grad_phi, y, values):
    """All values seem to be equally probable in your expectations. Weigh them with `probs`, in the mean and in both
    expected divergences."""
    return bregman_bias_variance(phi, grad_phi, y, values, np.full(len(values), 1 / len(values)))


def terms_about_the_plain_mean(phi, grad_phi, y, values, probs):
    """Your Ybar seems to be the plain average of the values. It is an expectation: weigh the values with `probs`
    there as well."""
    mean = np.mean(values)
    total, _, _ = bregman_bias_variance(phi, grad_phi, y, values, probs)
    variance = float(probs @ [_divergence(phi, grad_phi, mean, v) for v in values])
    return total, _divergence(phi, grad_phi, y, mean), variance


def terms_with_total_as_the_sum(phi, grad_phi, y, values, probs):
    """Your total is your bias plus your variance. Whether that is so is the question of (b): compute the total by
    itself."""
    _, bias, variance = bregman_bias_variance(phi, grad_phi, y, values, probs)
    return bias + variance, bias, variance


def terms_in_another_order(phi, grad_phi, y, values, probs):
    """Bias and variance seem to have changed places in what you return. Check the order that is asked for."""
    total, bias, variance = bregman_bias_variance(phi, grad_phi, y, values, probs)
    return total, variance, bias


def terms_of_the_squared_error(y, values, probs):
    """Your three numbers are those of the squared error, whatever phi is. Use the divergence of the phi that is
    given."""
    return mse_decomposition(y, values, probs)


def cross_term_negative(grad_phi, y, values, probs):
    """Your cross term has the wrong sign. It is to be what total - bias - variance leaves: check the order in one
    of the two differences."""
    return -bregman_cross_term(grad_phi, y, values, probs)


def cross_term_zero():
    """Your cross term is always 0, as if the gradient of the mean were the mean of the gradients. That holds for an
    affine gradient only."""
    return 0.0


def cross_term_without_probabilities(grad_phi, y, values):
    """All values seem to be equally probable in your expectations. Weigh them with `probs`, in Ybar and in the mean
    of the gradients."""
    return bregman_cross_term(grad_phi, y, values, np.full(len(values), 1 / len(values)))


def cross_term_without_its_second_factor(grad_phi, values, probs):
    """You seem to return the difference of the gradients alone. It is still to be multiplied by how far y is from
    the mean."""
    return float(_gradient_gap(grad_phi, values, probs))


def cross_term_with_the_expectation_outside(grad_phi, y, values, probs):
    """You seem to take one expectation of the whole product, with Yhat in both factors. The second factor of the
    inner product is not random."""
    at_mean = grad_phi(probs @ values)
    return float(sum(p * (at_mean - grad_phi(v)) * (y - v) for p, v in zip(probs, values, strict=True)))


def cross_term_with_the_gradient_at_y(grad_phi, y, values, probs):
    """Your first gradient seems to be taken at y. Look at the condition of (b): y occurs in it only once."""
    return float((grad_phi(y) - _mean_gradient(grad_phi, values, probs)) * (y - probs @ values))


def cross_term_without_the_mean_gradient(grad_phi, y, values, probs):
    """The mean of the gradients at the values seems to be missing from your first factor. The first factor is a
    difference."""
    mean = probs @ values
    return float(grad_phi(mean) * (y - mean))


# ---- (c) the square ----


def half_the_square(t):
    """Your f1 gives half of the squared distance, as its slope is simpler then. The identity holds for it as well,
    but the divergence that is asked for has no factor."""
    return f1(t) / 2


def double_the_square(t):
    """Your f1 gives twice the squared distance. The divergence that is asked for has no factor."""
    return 2 * f1(t)


def square_negative(t):
    """Your f1 is concave: its divergence is negative. phi has to be convex."""
    return -f1(t)


def slope_for_f1(t):
    """You seem to return the derivative as f1 itself. Are f1 and f1_prime swapped?"""
    return f1_prime(t)


def absolute_value_for_f1(t):
    """Your f1 is the absolute value. It is neither differentiable nor strictly convex, and it has no squares in its
    divergence."""
    return abs(t)


def fourth_power_for_f1(t):
    """Your f1 is the fourth power. Its divergence is not a function of the distance p - q alone: what must f1''
    look like for that?"""
    return t**4


def exponential_for_f1(t):
    """Your f1 is the exponential. Its divergence is not a function of the distance p - q alone: what must f1'' look
    like for that?"""
    return float(np.exp(t))


def mse_without_probabilities(y, values):
    """All values seem to be equally probable in your expectations. Weigh them with `probs`."""
    return mse_decomposition(y, values, np.full(len(values), 1 / len(values)))


def mse_about_the_plain_mean(y, values, probs):
    """Your Ybar seems to be the plain average of the values. It is an expectation: weigh the values with `probs`
    there as well."""
    mean = np.mean(values)
    return float(probs @ (values - y) ** 2), float((mean - y) ** 2), float(probs @ (values - mean) ** 2)


def mse_with_the_bias_not_squared(y, values, probs):
    """Your second number is the bias, not its square. Its units must be those of the other two."""
    total, _, variance = mse_decomposition(y, values, probs)
    return total, float(probs @ values - y), variance


def mse_with_bessels_correction(y, values, probs):
    """Your variance has the factor n / (n - 1). That is for a variance estimated from a sample; here the
    distribution is known."""
    total, bias, variance = mse_decomposition(y, values, probs)
    return total, bias, variance * len(values) / (len(values) - 1)


def mse_with_the_variance_about_y(y, values, probs):
    """Your third number is your first once more: it measures the spread about y. A variance is measured about the
    mean."""
    total, bias, _ = mse_decomposition(y, values, probs)
    return total, bias, total


def mse_in_another_order(y, values, probs):
    """Bias and variance seem to have changed places in what you return. Check the order that is asked for."""
    total, bias, variance = mse_decomposition(y, values, probs)
    return total, variance, bias


def mse_rooted(y, values, probs):
    """You seem to take roots. The decomposition adds squares: roots of them do not add up."""
    return tuple(float(np.sqrt(term)) for term in mse_decomposition(y, values, probs))


def mse_halved(y, values, probs):
    """Your three numbers are half of what they should be. They add up, but the mean squared error is defined
    without that factor."""
    return tuple(term / 2 for term in mse_decomposition(y, values, probs))


# ---- (d) the entropy ----


def f2_in_bits(t):
    """You seem to use the logarithm of base 2. Natural logarithms are asked for; the divergence of your f2 is
    larger by a factor."""
    return f2(t) / float(np.log(2))


def f2_in_bits_less_its_sum(t):
    """You seem to use the logarithm of base 2, and to subtract the sum of t. The affine term is free, but natural
    logarithms are asked for."""
    return float(np.sum(t * np.log2(t) - t))


def f2_as_shannons_entropy(t):
    """Your f2 has the minus of Shannon's entropy, which makes it concave. phi has to be convex."""
    return -f2(t)


def f2_averaged(t):
    """You seem to average over the entries. The divergence of (d) is a sum over them."""
    return f2(t) / len(t)


def f2_of_the_sum(t):
    """You seem to take the logarithm of the sum of t. Each entry has its own logarithm."""
    return float(np.sum(t) * np.log(np.sum(t)))


def f2_as_sum_of_logarithms(t):
    """Your f2 adds up the bare logarithms. Something multiplies each logarithm in the divergence: where can it come
    from?"""
    return float(np.sum(np.log(t)))


def f2_as_burgs_entropy(t):
    """Your f2 is the negative sum of the logarithms. Its divergence has quotients outside the logarithm (that of
    Itakura and Saito): another phi is needed."""
    return -float(np.sum(np.log(t)))


def f2_as_square(t):
    """Your f2 is the sum of squares, the answer to (c). A divergence with logarithms needs another phi."""
    return float(np.sum(t**2))


def gkl_in_bits(p, q):
    """You seem to use the logarithm of base 2. Natural logarithms are asked for: with others the three terms do not
    fit together, and the result may be negative."""
    return float(np.sum(p * np.log2(p / q) - p + q))


def gkl_without_the_sums(p, q):
    """You seem to return the divergence for probability vectors. These vectors need not have the same sum: two
    terms are missing."""
    return kl_divergence(p, q)


def gkl_with_the_sums_swapped(p, q):
    """The sums of p and q have the wrong signs. Differentiate in p at p = q: the divergence must be least there."""
    return float(np.sum(p * np.log(p / q) + p - q))


def gkl_with_slots_swapped(p, q):
    """The two vectors seem to have changed places: you return D(q||p)."""
    return generalized_kl(q, p)


def gkl_with_the_quotient_inverted(p, q):
    """The quotient in your logarithm is upside down. The divergence is never negative: check yours."""
    return float(np.sum(p * np.log(q / p) - p + q))


def gkl_averaged(p, q):
    """You seem to average over the entries. The divergence is a sum over them."""
    return generalized_kl(p, q) / len(p)


def gkl_without_the_weights(p, q):
    """Your logarithms are not multiplied by anything. Look at the first term of the divergence once more."""
    return float(np.sum(np.log(p / q) - p + q))


def gkl_of_normalised_vectors(p, q):
    """You seem to divide p and q by their sums first. The divergence of (d) compares the vectors as they are."""
    return kl_divergence(p / np.sum(p), q / np.sum(q))


def kl_in_bits(p, q):
    """You seem to use the logarithm of base 2. Natural logarithms are asked for: your value is in bits."""
    return kl_divergence(p, q) / float(np.log(2))


def kl_with_slots_swapped(p, q):
    """The two vectors seem to have changed places: you return KL(q||p). The expectation is taken under the first
    one."""
    return kl_divergence(q, p)


def kl_negative(p, q):
    """Your divergence has the wrong sign: the quotient in the logarithm is upside down."""
    return -kl_divergence(p, q)


def kl_is_the_cross_entropy(p, q):
    """You seem to return the cross entropy. For p = q it is the entropy of p, but a divergence must be 0 there."""
    return -float(np.sum(p * np.log(q)))


def kl_is_the_entropy(p):
    """You seem to return the entropy of p. A divergence compares two distributions: q has to occur in it."""
    return -float(np.sum(p * np.log(p)))


def kl_averaged(p, q):
    """You seem to average over the entries. The divergence is a sum over them: p is what weighs."""
    return kl_divergence(p, q) / len(p)


def kl_symmetrised(p, q):
    """You seem to combine KL(p||q) with KL(q||p). The divergence is not symmetric: the expectation is taken under
    one of the two."""
    return (kl_divergence(p, q) + kl_divergence(q, p)) / 2


def kl_of_absolute_terms(p, q):
    """You seem to take absolute values of the terms. Some terms are negative, rightly so: only their sum never
    is."""
    return float(np.sum(p * np.abs(np.log(p / q))))


# ---- what these share ----


def _divergence(phi, grad_phi, p, q):
    """D(p||q) of two numbers."""
    return float(phi(p) - phi(q) - grad_phi(q) * (p - q))


def _mean_gradient(grad_phi, values, probs):
    return sum(p * grad_phi(v) for p, v in zip(probs, values, strict=True))


def _gradient_gap(grad_phi, values, probs):
    return grad_phi(probs @ values) - _mean_gradient(grad_phi, values, probs)
