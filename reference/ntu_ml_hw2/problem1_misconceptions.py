"""Wrong answers to problem 1, layer normalisation, each with what to tell the student who gives it."""

import numpy as np

from .problem1 import layer_norm_backward, layer_norm_forward

# ---- the output ----


def y_with_eps_outside_the_root(x, gamma, beta, eps):
    """Your y seems to add eps to the standard deviation. Look at where eps stands in the definition: it is
    added to the variance, before the root is taken."""
    return gamma * (x - x.mean()) / (x.std() + eps) + beta


def y_without_eps(x, gamma, beta):
    """Your y seems to leave eps out. It changes every entry, not only those of a constant x: put it where the
    definition has it."""
    return gamma * (x - x.mean()) / x.std() + beta


def y_with_the_unbiased_variance(x, gamma, beta, eps):
    """Your variance seems to be divided by d - 1. Layer normalisation uses the biased one: check the `ddof` or
    `unbiased` option of the function that you call."""
    centred = x - x.mean()
    return gamma * centred / np.sqrt(np.sum(centred**2) / (len(x) - 1) + eps) + beta


def y_divided_by_the_variance(x, gamma, beta, eps):
    """You seem to divide by the variance. Its units are those of x squared, so xhat would not even be a number
    without units: something is still to be done to it."""
    return gamma * (x - x.mean()) / (x.var() + eps) + beta


def y_not_centred(x, gamma, beta, eps):
    """Your xhat seems to be scaled but not centred. With gamma = 1 and beta = 0 the entries of y must have the
    mean 0: check yours."""
    return gamma * x / np.sqrt(x.var() + eps) + beta


def y_is_xhat(x, eps):
    """You seem to return xhat. gamma and beta act on it before it becomes y."""
    return layer_norm_forward(x, 1.0, 0.0, eps)


def y_without_beta(x, gamma, eps):
    """Your y seems to leave beta out. Compare the mean of your y, for a scalar gamma, with beta."""
    return layer_norm_forward(x, gamma, 0.0, eps)


def y_with_gamma_and_beta_swapped(x, gamma, beta, eps):
    """You seem to scale by beta and shift by gamma. Check the order of the arguments."""
    return layer_norm_forward(x, beta, gamma, eps)


def y_with_beta_scaled_by_gamma(x, gamma, beta, eps):
    """You seem to add beta before you multiply by gamma. The shift comes last, so gamma must not act on it."""
    return gamma * (layer_norm_forward(x, 1.0, 0.0, eps) + beta)


# ---- the gradient with respect to x ----


def dx_without_the_variance_path(dy, x, gamma, eps):
    """Your dx misses what flows back through the variance: sigma^2 depends on every x_i too. Draw the graph of
    the forward pass and follow each arrow into x_i."""
    _, s = _normalised(x, eps)
    dxhat = gamma * dy
    return (dxhat - dxhat.mean()) / s


def dx_without_the_mean_path(dy, x, gamma, eps):
    """Your dx misses what flows back through the mean: mu depends on every x_i too. Check that the entries of dx
    add up to 0, since a common shift of x does not change y."""
    xhat, s = _normalised(x, eps)
    dxhat = gamma * dy
    return (dxhat - xhat * (dxhat * xhat).mean()) / s


def dx_with_mean_and_variance_held_fixed(dy, x, gamma, eps):
    """Your dx treats mu and sigma^2 as constants. Both are computed from x, so each x_i acts on every entry of y
    through them: two paths are missing."""
    _, s = _normalised(x, eps)
    return gamma * dy / s


def dx_with_eps_outside_the_root(dy, x, gamma, eps):
    """Your dx has the right structure, but eps seems to be added to the standard deviation. In the forward pass
    eps is added to the variance, before the root is taken."""
    xhat, s = (x - x.mean()) / (x.std() + eps), x.std() + eps
    dxhat = gamma * dy
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / s


def dx_without_eps(dy, x, gamma):
    """Your dx seems to leave eps out of the root. It changes every entry, not only those of a constant x."""
    return layer_norm_backward(dy, x, gamma, 0.0)[0]


def dx_with_gamma_outside_the_means(dy, x, gamma, eps):
    """Your dx is right for a scalar gamma only: you seem to multiply by gamma at the end. With one gamma per
    entry, gamma differs inside the sums over i, so let it act on dy first."""
    return gamma * layer_norm_backward(dy, x, 1.0, eps)[0]


def dx_without_gamma(dy, x, eps):
    """Your dx seems to leave gamma out. Between dl/dy and xhat stands y = gamma xhat + beta: take its derivative
    first."""
    return layer_norm_backward(dy, x, 1.0, eps)[0]


def dx_with_half_the_variance_path(dy, x, gamma, eps):
    """What flows back through the variance is half of what it should be in your dx. Check the derivatives of the
    square in sigma^2 and of the root: a factor has gone missing in one of them."""
    xhat, s = _normalised(x, eps)
    dxhat = gamma * dy
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean() / 2) / s


def dx_with_the_variance_path_added(dy, x, gamma, eps):
    """What flows back through the variance has the wrong sign in your dx. A larger sigma^2 makes xhat smaller:
    look for the minus that comes with the negative power."""
    xhat, s = _normalised(x, eps)
    dxhat = gamma * dy
    return (dxhat - dxhat.mean() + xhat * (dxhat * xhat).mean()) / s


def dx_with_sums_for_means(dy, x, gamma, eps):
    """The two paths through mu and sigma^2 are d times too strong in your dx. Each single x_i moves mu and
    sigma^2 by a share only: look for the factor that their definitions start with."""
    xhat, s = _normalised(x, eps)
    dxhat = gamma * dy
    return (dxhat - dxhat.sum() - xhat * (dxhat * xhat).sum()) / s


def dx_with_the_unbiased_variance(dy, x, gamma, eps):
    """Your dx belongs to a variance that is divided by d - 1. Layer normalisation uses the biased one."""
    centred = x - x.mean()
    s = np.sqrt(np.sum(centred**2) / (len(x) - 1) + eps)
    xhat, dxhat = centred / s, gamma * dy
    return (dxhat - dxhat.mean() - xhat * np.sum(dxhat * xhat) / (len(x) - 1)) / s


def dx_divided_by_the_variance(dy, x, gamma, eps):
    """Your dx is divided once too often by the root. Check its units: those of dl/dy over those of x."""
    _, s = _normalised(x, eps)
    return layer_norm_backward(dy, x, gamma, eps)[0] / s


# ---- the gradients with respect to gamma and beta ----


def dgamma_with_eps_outside_the_root(dy, x, gamma, eps):
    """Your dgamma has the right structure, but its xhat adds eps to the standard deviation. In the forward pass
    eps is added to the variance, before the root is taken."""
    return _of_gammas_shape(dy * (x - x.mean()) / (x.std() + eps), gamma)


def dgamma_without_eps(dy, x, gamma):
    """Your dgamma seems to leave eps out of the root. It changes every entry of xhat."""
    return _of_gammas_shape(dy * (x - x.mean()) / x.std(), gamma)


def dgamma_averaged(dy, x, gamma, eps):
    """Your dgamma for a scalar gamma is d times too small: you seem to average over the entries. The one gamma
    acts on every y_i, and what it does to the loss through each of them adds up."""
    dgamma = layer_norm_backward(dy, x, gamma, eps)[1]
    return dgamma / len(x) if np.ndim(gamma) == 0 else dgamma


def dgamma_with_the_unbiased_variance(dy, x, gamma, eps):
    """Your dgamma belongs to a variance that is divided by d - 1. Layer normalisation uses the biased one."""
    centred = x - x.mean()
    return _of_gammas_shape(dy * centred / np.sqrt(np.sum(centred**2) / (len(x) - 1) + eps), gamma)


def dgamma_with_x_not_normalised(dy, x, gamma):
    """Your dgamma seems to multiply dy by x itself. Look at what stands next to gamma in the forward pass."""
    return _of_gammas_shape(dy * x, gamma)


def dgamma_with_x_only_centred(dy, x, gamma):
    """Your dgamma seems to multiply dy by x - mu, which is not yet what gamma is multiplied by in the forward
    pass."""
    return _of_gammas_shape(dy * (x - x.mean()), gamma)


def dgamma_times_gamma(dy, x, gamma, eps):
    """Your dgamma has gamma in it. y is linear in gamma, so its slope in gamma cannot depend on gamma: do you use
    dl/dxhat where dl/dy belongs?"""
    return _of_gammas_shape(gamma * dy * _normalised(x, eps)[0], gamma)


def dgamma_is_dbeta(dy, gamma):
    """Your dgamma is the gradient of beta. Are the two swapped in what you return? gamma is multiplied by
    something before it reaches y."""
    return _of_gammas_shape(dy, gamma)


def dgamma_negative(dy, x, gamma, eps):
    """Your dgamma has the wrong sign. The gradient says where the loss grows; the minus of gradient descent comes
    later."""
    return -layer_norm_backward(dy, x, gamma, eps)[1]


def dbeta_averaged(dy, gamma):
    """Your dbeta for a scalar beta is d times too small: you seem to average over the entries. The one beta acts
    on every y_i, and what it does to the loss through each of them adds up."""
    return float(np.mean(dy)) if np.ndim(gamma) == 0 else dy


def dbeta_is_dgamma(dy, x, gamma, eps):
    """Your dbeta is the gradient of gamma. Are the two swapped in what you return? Nothing is multiplied by beta
    in the forward pass."""
    return layer_norm_backward(dy, x, gamma, eps)[1]


def dbeta_times_gamma(dy, gamma):
    """Your dbeta has gamma in it. beta is added after gamma has done its work: do you use dl/dxhat where dl/dy
    belongs?"""
    return _of_gammas_shape(gamma * dy, gamma)


def dbeta_over_the_deviation(dy, x, gamma, eps):
    """Your dbeta is divided by the deviation of x. beta is added after the normalisation, so x has no part in its
    gradient."""
    return _of_gammas_shape(dy / _normalised(x, eps)[1], gamma)


def dbeta_without_dy(dy, gamma):
    """Your dbeta is the derivative of y, not of the loss. Multiply by what comes from above: the chain rule."""
    return _of_gammas_shape(np.ones_like(dy), gamma)


def dbeta_zero(dy, gamma):
    """Your dbeta is 0. beta is a parameter like gamma: moving it moves y, and y moves the loss."""
    return _of_gammas_shape(np.zeros_like(dy), gamma)


def dbeta_negative(dy, gamma):
    """Your dbeta has the wrong sign. The gradient says where the loss grows; the minus of gradient descent comes
    later."""
    return -_of_gammas_shape(dy, gamma)


# ---- what these share ----


def _normalised(x, eps):
    """xhat, and the root that x is divided by."""
    return layer_norm_forward(x, 1.0, 0.0, eps), np.sqrt(x.var() + eps)


def _of_gammas_shape(terms, gamma):
    """The terms of each entry, summed for a scalar gamma."""
    return float(np.sum(terms)) if np.ndim(gamma) == 0 else terms
