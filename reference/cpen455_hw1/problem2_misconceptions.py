"""Wrong answers to problem 2, batch normalisation, each with what to tell the student who gives it."""

import numpy as np

from .problem2 import (
    _backward,
    batch_norm_forward,
    grad_beta,
    grad_gamma,
    grad_input,
    grad_mean,
    grad_var,
    whitening_batch_norm,
    whitening_matrix,
)

# ---- 2.1 forward ----


def forward_with_eps_outside_the_root(Y, gamma, beta, eps):
    """Your Y_hat seems to add eps to the standard deviation. Look at where eps stands in the definition: it is
    added to the variance, before the root is taken."""
    m, v = Y.mean(axis=0), Y.var(axis=0)
    return gamma * (Y - m) / (np.sqrt(v) + eps) + beta, m, v


def forward_with_the_unbiased_variance(Y, gamma, beta, eps):
    """Your v seems to be divided by B - 1. Batch normalisation uses the biased one: check the `ddof` or
    `unbiased` option of the function that you call."""
    m, v = Y.mean(axis=0), Y.var(axis=0) * len(Y) / max(len(Y) - 1, 1)
    return gamma * (Y - m) / np.sqrt(v + eps) + beta, m, v


def forward_without_eps(Y, gamma, beta):
    """Your Y_hat seems to leave eps out. It changes every entry, not only those of a constant column."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, 0.0)
    return Y_hat, m, v


def forward_divided_by_the_variance(Y, gamma, beta, eps):
    """You seem to divide by the variance. The quotient must have no units: something is still to be done to it."""
    m, v = Y.mean(axis=0), Y.var(axis=0)
    return gamma * (Y - m) / (v + eps) + beta, m, v


def forward_not_centred(Y, gamma, beta, eps):
    """Your Y_hat seems to be scaled but not centred. With gamma = 1 and beta = 0 its columns must have the mean 0:
    check yours."""
    m, v = Y.mean(axis=0), Y.var(axis=0)
    return gamma * Y / np.sqrt(v + eps) + beta, m, v


def forward_without_gamma_and_beta(Y, gamma, beta, eps):
    """You seem to return the normalised batch. gamma and beta act on it before it becomes Y_hat."""
    return batch_norm_forward(Y, np.ones_like(gamma), np.zeros_like(beta), eps)


def forward_with_gamma_and_beta_swapped(Y, gamma, beta, eps):
    """You seem to scale by beta and shift by gamma. Check the order of the arguments."""
    return batch_norm_forward(Y, beta, gamma, eps)


def forward_through_the_relu(Y, gamma, beta, eps):
    """You seem to apply the ReLU. That comes after batch normalisation: Y_hat is what it is applied to."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return np.maximum(Y_hat, 0), m, v


def forward_with_beta_scaled(Y, gamma, beta, eps):
    """You seem to add beta before you multiply by gamma. The shift comes last."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return Y_hat - beta + gamma * beta, m, v


def forward_returns_the_deviation(Y, gamma, beta, eps):
    """Your third output is the standard deviation. Asked for is v, the variance without eps."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return Y_hat, m, np.sqrt(v)


def forward_returns_the_variance_with_eps(Y, gamma, beta, eps):
    """Your third output has eps added to it. Asked for is v itself."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return Y_hat, m, v + eps


def forward_of_the_whole_batch(Y, gamma, beta, eps):
    """You seem to take one mean and one variance of all entries. Every unit has its own: average over the rows only."""
    m, v = np.full(Y.shape[1], Y.mean()), np.full(Y.shape[1], Y.var())
    return gamma * (Y - m) / np.sqrt(v + eps) + beta, m, v


def forward_over_the_units(Y, gamma, beta, eps):
    """Your m and v seem to be taken over the units of one example, as layer normalisation does. Batch normalisation
    averages over the examples."""
    m, v = Y.mean(axis=1), Y.var(axis=1)
    return gamma * (Y - m[:, None]) / np.sqrt(v[:, None] + eps) + beta, m, v


# ---- 2.2 mean and variance of Y_hat ----


def mean_is_zero(beta):
    """Your mean is that of the standardised batch. What is added to it at the end moves it."""
    return np.zeros_like(beta)


def mean_scaled_by_gamma(gamma, beta):
    """Your mean has gamma in it. gamma multiplies deviations from the mean, which add up to 0."""
    return gamma * beta


def mean_is_the_sum(gamma, beta):
    """You seem to add gamma to the mean. gamma multiplies deviations from the mean, which add up to 0."""
    return gamma + beta


def mean_is_gamma(gamma):
    """Your mean is gamma. Which of the two is added, and which multiplied?"""
    return gamma


def mean_over_the_units(beta):
    """You seem to average over the units. Each unit has its own mean, over the batch."""
    return np.full_like(beta, np.mean(beta))


def mean_negative(beta):
    """Your mean has the wrong sign. Look at how beta enters Y_hat."""
    return -beta


def variance_is_one(gamma):
    """Your variance is that of the standardised batch. What is multiplied by it afterwards changes it."""
    return np.ones_like(gamma)


def variance_is_gamma(gamma):
    """Your variance can be negative. What does a factor do to a variance?"""
    return gamma


def variance_is_the_size_of_gamma(gamma):
    """You seem to give the standard deviation. Asked for is the variance."""
    return np.abs(gamma)


def variance_with_beta(gamma, beta):
    """Your variance has beta in it, as a second moment would. A shift does not change a variance."""
    return gamma**2 + beta**2


def variance_is_beta_squared(beta):
    """You seem to have gamma and beta swapped. Which of the two stretches the values?"""
    return beta**2


def variance_inverse(gamma):
    """You seem to divide by gamma. It multiplies the standardised values."""
    return 1 / gamma**2


# ---- 2.3 gradients ----


def dgamma_without_the_relu(dH, Y, gamma, eps):
    """Your dl/dgamma lets the gradient through the ReLU everywhere. Where Y_hat < 0, H does not depend on it."""
    return _all_open(grad_gamma, dH, Y, gamma, eps)


def dgamma_averaged(dH, Y, gamma, beta, eps):
    """Your dl/dgamma is B times too small: you seem to average over the rows. One gamma serves a whole column, and
    what it does to the loss through each entry adds up."""
    return grad_gamma(dH, Y, gamma, beta, eps) / len(Y)


def dgamma_not_normalised(dH, Y, gamma, beta, eps):
    """You seem to multiply by Y itself. Look at what stands next to gamma in the forward pass."""
    return np.sum(_backward(dH, Y, gamma, beta, eps)[0] * Y, axis=0)


def dgamma_only_centred(dH, Y, gamma, beta, eps):
    """You seem to multiply by Y - m, which is not yet what gamma is multiplied by in the forward pass."""
    return grad_gamma(dH, Y, gamma, beta, eps) * np.sqrt(np.var(Y, axis=0) + eps)


def dgamma_times_y_hat(dH, Y, gamma, beta, eps):
    """You seem to multiply by Y_hat, which already has gamma and beta in it. What is gamma multiplied by?"""
    return np.sum(_backward(dH, Y, gamma, beta, eps)[0] * batch_norm_forward(Y, gamma, beta, eps)[0], axis=0)


def dgamma_times_gamma(dH, Y, gamma, beta, eps):
    """Your dl/dgamma has gamma in it. Y_hat is linear in gamma, so its slope cannot depend on gamma."""
    return gamma * grad_gamma(dH, Y, gamma, beta, eps)


def dgamma_without_eps(dH, Y, gamma, beta, eps):
    """Your dl/dgamma seems to leave eps out of the root. It changes every entry of the normalised batch."""
    g, c, _ = _backward(dH, Y, gamma, beta, eps)
    return np.sum(g * c, axis=0) / np.std(Y, axis=0)


def dgamma_is_dbeta(dH, Y, gamma, beta, eps):
    """Your dl/dgamma is the gradient of beta. gamma is multiplied by something before it reaches Y_hat."""
    return grad_beta(dH, Y, gamma, beta, eps)


def dbeta_without_the_relu(dH):
    """Your dl/dbeta lets the gradient through the ReLU everywhere. Where Y_hat < 0, H does not depend on it."""
    return np.sum(dH, axis=0)


def dbeta_averaged(dH, Y, gamma, beta, eps):
    """Your dl/dbeta is B times too small: you seem to average over the rows. One beta serves a whole column, and
    what it does to the loss through each entry adds up."""
    return grad_beta(dH, Y, gamma, beta, eps) / len(Y)


def dbeta_times_gamma(dH, Y, gamma, beta, eps):
    """Your dl/dbeta has gamma in it. beta is added after gamma has done its work."""
    return gamma * grad_beta(dH, Y, gamma, beta, eps)


def dbeta_masked_by_the_gradient(dH):
    """You seem to drop the entries where dl/dH is negative. The ReLU's derivative asks for the sign of Y_hat."""
    return np.sum(dH * (dH > 0), axis=0)


def dbeta_masked_by_the_input(dH, Y):
    """You seem to ask for the sign of Y. The ReLU is applied to Y_hat, after the normalisation."""
    return np.sum(dH * (Y > 0), axis=0)


def dbeta_times_the_activation(dH, Y, gamma, beta, eps):
    """You seem to multiply by H where its derivative belongs. The slope of the ReLU is 0 or 1."""
    return np.sum(dH * np.maximum(batch_norm_forward(Y, gamma, beta, eps)[0], 0), axis=0)


def dbeta_is_dgamma(dH, Y, gamma, beta, eps):
    """Your dl/dbeta is the gradient of gamma. Nothing is multiplied by beta in the forward pass."""
    return grad_gamma(dH, Y, gamma, beta, eps)


def dmean_without_the_relu(dH, Y, gamma, eps):
    """Your dl/dm lets the gradient through the ReLU everywhere. Where Y_hat < 0, H does not depend on it."""
    return _all_open(grad_mean, dH, Y, gamma, eps)


def dmean_positive(dH, Y, gamma, beta, eps):
    """Your dl/dm has the wrong sign. m is subtracted."""
    return -grad_mean(dH, Y, gamma, beta, eps)


def dmean_is_zero(gamma):
    """Your dl/dm is 0, as if Y moved along with m. Here Y is fixed and m is a variable of its own."""
    return np.zeros_like(gamma)


def dmean_without_gamma(dH, Y, gamma, beta, eps):
    """Your dl/dm leaves gamma out. It stands between Y_hat and the normalised batch."""
    return grad_mean(dH, Y, gamma, beta, eps) / gamma


def dmean_averaged(dH, Y, gamma, beta, eps):
    """Your dl/dm is B times too small: you seem to average over the rows. m acts on every row, and that adds up."""
    return grad_mean(dH, Y, gamma, beta, eps) / len(Y)


def dmean_not_divided(dH, Y, gamma, beta, eps):
    """Your dl/dm is not divided by the deviation. Check its units: those of l over those of Y."""
    return grad_mean(dH, Y, gamma, beta, eps) * np.sqrt(np.var(Y, axis=0) + eps)


def dmean_without_eps(dH, Y, gamma, beta, eps):
    """Your dl/dm seems to leave eps out of the root. It stands beside v there, for every column."""
    return -gamma / np.std(Y, axis=0) * grad_beta(dH, Y, gamma, beta, eps)


def dvar_without_the_relu(dH, Y, gamma, eps):
    """Your dl/dv lets the gradient through the ReLU everywhere. Where Y_hat < 0, H does not depend on it."""
    return _all_open(grad_var, dH, Y, gamma, eps)


def dvar_without_the_half(dH, Y, gamma, beta, eps):
    """Your dl/dv is twice as large as it should be. Check the derivative of the inverse root."""
    return 2 * grad_var(dH, Y, gamma, beta, eps)


def dvar_positive(dH, Y, gamma, beta, eps):
    """Your dl/dv has the wrong sign. A larger v makes the normalised batch smaller: look for the minus that comes
    with the negative power."""
    return -grad_var(dH, Y, gamma, beta, eps)


def dvar_by_the_deviation(dH, Y, gamma, beta, eps):
    """Yours is the gradient by the standard deviation. Asked for is the one by the variance: one step of the chain
    rule is still to come."""
    return 2 * np.sqrt(np.var(Y, axis=0) + eps) * grad_var(dH, Y, gamma, beta, eps)


def dvar_with_too_low_a_power(dH, Y, gamma, beta, eps):
    """Your dl/dv is still divided by the root itself. The derivative of a power lowers the exponent by one."""
    return (np.var(Y, axis=0) + eps) * grad_var(dH, Y, gamma, beta, eps)


def dvar_without_gamma(dH, Y, gamma, beta, eps):
    """Your dl/dv leaves gamma out. It stands between Y_hat and the normalised batch."""
    return grad_var(dH, Y, gamma, beta, eps) / gamma


def dvar_without_eps(dH, Y, gamma, beta, eps):
    """Your dl/dv seems to leave eps out. It stands beside v under the root."""
    v = np.var(Y, axis=0)
    return grad_var(dH, Y, gamma, beta, eps) * ((v + eps) / v) ** 1.5


def dvar_averaged(dH, Y, gamma, beta, eps):
    """Your dl/dv is B times too small: you seem to average over the rows. v acts on every row, and that adds up."""
    return grad_var(dH, Y, gamma, beta, eps) / len(Y)


def dinput_without_the_relu(dH, Y, gamma, eps):
    """Your dl/dY lets the gradient through the ReLU everywhere. Where Y_hat < 0, H does not depend on it."""
    return _all_open(grad_input, dH, Y, gamma, eps)


def dinput_without_the_variance_path(dH, Y, gamma, beta, eps):
    """Your dl/dY misses what flows back through v: it depends on every row of Y too. Draw the graph of the forward
    pass and follow each arrow into Y."""
    g, _, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - g.mean(axis=0))


def dinput_without_the_mean_path(dH, Y, gamma, beta, eps):
    """Your dl/dY misses what flows back through m: it depends on every row of Y too. Check that the columns of dl/dY
    add up to 0."""
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - c * np.mean(g * c, axis=0) / s**2)


def dinput_with_fixed_statistics(dH, Y, gamma, beta, eps):
    """Your dl/dY treats m and v as constants. Both are computed from Y, so two paths are missing."""
    g, _, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * g


def dinput_with_sums_for_means(dH, Y, gamma, beta, eps):
    """The two paths through m and v are B times too strong in your dl/dY. Each single row moves m and v by a share
    only."""
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - g.sum(axis=0) - c * np.sum(g * c, axis=0) / s**2)


def dinput_with_the_variance_path_added(dH, Y, gamma, beta, eps):
    """What flows back through v has the wrong sign in your dl/dY. A larger v makes the normalised batch smaller."""
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - g.mean(axis=0) + c * np.mean(g * c, axis=0) / s**2)


def dinput_with_half_the_variance_path(dH, Y, gamma, beta, eps):
    """What flows back through v is half of what it should be in your dl/dY. Check the derivatives of the square in v
    and of the root: a factor has gone missing in one of them."""
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - g.mean(axis=0) - c * np.mean(g * c, axis=0) / (2 * s**2))


def dinput_without_gamma(dH, Y, gamma, beta, eps):
    """Your dl/dY leaves gamma out. It stands between Y_hat and the normalised batch."""
    return grad_input(dH, Y, gamma, beta, eps) / gamma


def dinput_without_eps(dH, Y, gamma, beta, eps):
    """Your dl/dY seems to leave eps out of the root. It stands beside v there, for every column."""
    g, c, _ = _backward(dH, Y, gamma, beta, eps)
    s = np.std(Y, axis=0)
    return gamma / s * (g - g.mean(axis=0) - c * np.mean(g * c, axis=0) / s**2)


# ---- 2.4 whitening ----


def whitening_with_the_unbiased_covariance(Y):
    """Your A belongs to a covariance that is divided by B - 1. Batch normalisation divides by B: check the option of
    the function that you call."""
    return whitening_matrix(Y) * np.sqrt((len(Y) - 1) / len(Y))


def whitening_by_the_inverse(Y):
    """You seem to give the inverse of the covariance. A acts from both sides on it: what has to be taken of it
    first?"""
    A = whitening_matrix(Y)
    return A @ A


def whitening_by_the_root(Y):
    """Your A colours instead of whitening: it has the root of the covariance where its inverse belongs."""
    return np.linalg.inv(whitening_matrix(Y))


def whitening_of_the_diagonal(Y):
    """Your A brings all variances to 1 and leaves the correlations, as ordinary batch normalisation does. The
    entries off the diagonal of A Sigma A^T have to go too."""
    return np.diag(1 / np.std(Y, axis=0))


def whitening_of_the_second_moment(Y):
    """You seem to use Y without taking its mean off. Sigma is the covariance: centre the rows first."""
    values, vectors = np.linalg.eigh(Y.T @ Y / len(Y))
    return vectors / np.sqrt(values) @ vectors.T


def whitening_of_the_sum(Y):
    """Your covariance seems to be a sum over the rows. Sigma is their mean: check what you divide by."""
    return whitening_matrix(Y) / np.sqrt(len(Y))


def whitening_by_rotation_alone(Y):
    """Your A turns the rows at most, and that leaves the sum of their variances as it is. Once they are uncorrelated,
    what is still missing in each direction?"""
    return np.linalg.eigh(np.cov(Y.T, ddof=0))[1].T


def whitened_with_the_unbiased_covariance(Y):
    """What you return belongs to a covariance that is divided by B - 1. Batch normalisation divides by B: check the
    option of the function that you call."""
    return whitening_batch_norm(Y) * np.sqrt((len(Y) - 1) / len(Y))


def whitened_without_centring(Y):
    """Your rows are not centred. Take their mean off before A acts on them."""
    return Y @ whitening_matrix(Y).T


def whitened_on_the_diagonal(Y):
    """You bring all variances to 1 and leave the correlations, as ordinary batch normalisation does. The columns
    that you return must not be correlated."""
    return (Y - Y.mean(axis=0)) / Y.std(axis=0)


def whitened_by_the_inverse(Y):
    """You seem to multiply by the inverse of the covariance. Its inverse root would do: compute the covariance of
    what you return."""
    A = whitening_matrix(Y)
    return (Y - Y.mean(axis=0)) @ A @ A


def whitened_of_the_sum(Y):
    """Your covariance seems to be a sum over the rows. It has to be a mean: check what you divide by."""
    return whitening_batch_norm(Y) / np.sqrt(len(Y))


def whitened_centred_only(Y):
    """What you return is centred and at most turned. That the columns are not correlated is one half: their variances
    have to become 1 as well."""
    return Y - Y.mean(axis=0)


def _all_open(gradient, dH, Y, gamma, eps):
    """A gradient for a beta so large that the ReLU is open everywhere."""
    return gradient(dH, Y, gamma, np.full_like(gamma, 1e9), eps)
