"""Wrong answers to problem 2, batch normalisation, each with what to tell the student who gives it."""

import numpy as np

from .problem2 import (
    MeanOnlyBatchNorm,
    batch_norm_standardize,
    mean_only_bn_backward,
    mean_only_bn_forward,
    mean_only_bn_grad_limit,
    mean_only_bn_jacobian,
)

# ---- standardising a batch ----


def standardized_with_eps_outside_the_root(x, eps):
    """You seem to add eps to the standard deviation. It is added to the variance, before the root is taken."""
    return (x - x.mean(axis=0)) / (x.std(axis=0) + eps)


def standardized_without_eps(x):
    """You seem to leave eps out. It changes every entry, and without it a constant feature gives 0/0."""
    return (x - x.mean(axis=0)) / x.std(axis=0)


def standardized_with_the_unbiased_variance(x, eps):
    """Your variance seems to be divided by n - 1. In training, batch normalisation uses the biased one: check the
    `ddof` or `unbiased` option of the function that you call."""
    centred = x - x.mean(axis=0)
    return centred / np.sqrt(np.sum(centred**2, axis=0) / (len(x) - 1) + eps)


def standardized_by_rows(x, eps):
    """You seem to standardise each sample, which is layer normalisation. Batch normalisation works on each feature,
    over the batch: which axis is that?"""
    return batch_norm_standardize(x.T, eps).T


def standardized_over_all(x, eps):
    """You seem to use one mean and one variance for the whole table. Every feature has its own."""
    return batch_norm_standardize(x.reshape(-1, 1), eps).reshape(x.shape)


def standardized_by_the_variance(x, eps):
    """You seem to divide by the variance. Its units are those of x squared: something is still to be done to it."""
    return (x - x.mean(axis=0)) / (x.var(axis=0) + eps)


def standardized_not_centred(x, eps):
    """Your features are scaled but not centred. The columns of the result must have the mean 0."""
    return x / np.sqrt(x.var(axis=0) + eps)


def standardized_not_scaled(x):
    """Your features are centred but not scaled. The columns of the result must have a variance close to 1."""
    return x - x.mean(axis=0)


# ---- the layer that only takes the mean away ----


def layer_with_the_variance(x, gamma, beta):
    """You seem to divide by the standard deviation. The layer of this part only takes the mean away."""
    return gamma * (x - x.mean()) / x.std() + beta


def layer_without_beta(x, gamma):
    """Your y seems to leave beta out. Compare the mean of your y with beta."""
    return mean_only_bn_forward(x, gamma, 0.0)


def layer_without_gamma(x, beta):
    """Your y seems to leave gamma out."""
    return mean_only_bn_forward(x, 1.0, beta)


def layer_with_beta_scaled(x, gamma, beta):
    """You seem to add beta before you multiply by gamma. The shift comes last, so gamma must not act on it."""
    return gamma * (x - x.mean() + beta)


def layer_with_gamma_and_beta_swapped(x, gamma, beta):
    """You seem to scale by beta and shift by gamma. Check the order of the arguments."""
    return mean_only_bn_forward(x, beta, gamma)


def layer_not_centred(x, gamma, beta):
    """Your y is not centred: the mean of x is still in it."""
    return gamma * x + beta


def layer_with_the_mean_alone_scaled(x, gamma, beta):
    """gamma seems to act on x but not on the mean. It multiplies what is left when the mean is taken away."""
    return gamma * x - x.mean() + beta


# ---- its Jacobian ----


def jacobian_with_the_mean_held_fixed(n, gamma):
    """Your Jacobian is diagonal: it takes mu for a constant. Every x_i is in mu, so it acts on every y_j."""
    return gamma * np.eye(n)


def jacobian_without_gamma(n):
    """Your Jacobian seems to leave gamma out."""
    return mean_only_bn_jacobian(n, 1.0)


def jacobian_with_the_mean_added(n, gamma):
    """What comes through the mean has the wrong sign in your Jacobian. The mean is taken away from x_j."""
    return gamma * (np.eye(n) + 1.0 / n)


def jacobian_with_a_sum_for_the_mean(n, gamma):
    """What comes through the mean is n times too strong in your Jacobian. How far does the mean move with one x_i?"""
    return gamma * (np.eye(n) - 1.0)


def jacobian_with_gamma_on_the_diagonal_only(n, gamma):
    """gamma seems to act on the diagonal only. It multiplies all of x_j - mu, the mean included."""
    return gamma * np.eye(n) - 1.0 / n


def jacobian_with_n_minus_1(n, gamma):
    """You seem to divide by n - 1. The mean is a sum over n."""
    return gamma * (np.eye(n) - 1.0 / (n - 1 or 1))


def jacobian_without_the_mean_on_the_diagonal(n, gamma):
    """Your diagonal misses what x_i does to y_i through the mean: it is both a direct and an indirect influence."""
    return gamma * np.where(np.eye(n) == 1, 1.0, -1.0 / n)


# ---- what comes back ----


def dx_with_the_mean_held_fixed(dy, gamma):
    """Your dL/dx misses what comes back through the mean: mu depends on every x_i. Check that your dL/dx adds up to
    0."""
    return gamma * dy


def dx_without_gamma(dy):
    """Your dL/dx seems to leave gamma out."""
    return mean_only_bn_backward(dy, 1.0)


def dx_with_the_mean_added(dy, gamma):
    """What comes back through the mean has the wrong sign in your dL/dx. The mean is taken away from x_i."""
    return gamma * (dy + dy.mean())


def dx_with_a_sum_for_the_mean(dy, gamma):
    """What comes back through the mean is n times too strong in your dL/dx. Look for the factor that mu starts with."""
    return gamma * (dy - dy.sum())


def dx_with_gamma_on_the_direct_path_only(dy, gamma):
    """gamma seems to act on the direct path only. It multiplies the mean as well, before y is made."""
    return gamma * dy - dy.mean()


def dx_with_its_own_share_of_the_mean_only(dy, gamma):
    """Of what comes back through the mean, only the share of y_i itself is in your dL/dx_i. The sum runs over all j,
    not over i."""
    return gamma * dy * (1 - 1 / len(dy))


def dx_without_its_own_share_of_the_mean(dy, gamma):
    """Of what comes back through the mean, the share of y_i itself is missing in your dL/dx_i. The sum runs over all j,
    with j = i."""
    return gamma * (dy - (dy.sum() - dy) / len(dy))


def dx_divided_by_gamma(dy, gamma):
    """You seem to divide by gamma. Going back through a product multiplies by the same factor as going forward."""
    return mean_only_bn_backward(dy, 1 / np.float64(gamma))


# ---- in torch ----


def torch_layer_with_statistics_of_each_sample(x, gamma, beta):
    """You seem to take the mean of each sample. In batch normalisation it is the mean over the batch: axis 0."""
    return gamma * (x - x.mean(axis=1, keepdims=True)) + beta


def torch_layer_with_one_mean_for_all(x, gamma, beta):
    """You seem to take one mean of the whole table. Every feature has its own."""
    return gamma * (x - x.mean()) + beta


def torch_layer_with_the_variance(x, gamma, beta):
    """You seem to divide by the standard deviation. This layer only takes the mean away."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta


def torch_layer_without_beta(x, gamma, beta):
    """Your y seems to leave beta out."""
    return MeanOnlyBatchNorm(x, gamma, 0 * beta)


def torch_layer_without_gamma(x, gamma, beta):
    """Your y seems to leave gamma out."""
    return MeanOnlyBatchNorm(x, np.ones_like(gamma), beta)


def torch_layer_with_beta_scaled(x, gamma, beta):
    """You seem to add beta before you multiply by gamma. The shift comes last."""
    return gamma * (x - x.mean(axis=0) + beta)


# ---- one sample, and very many ----


def one_sample_with_the_mean_held_fixed(dy, gamma):
    """You treat mu as a constant. With one sample mu is x_1 itself: what does y_1 depend on, then?"""
    return gamma * dy


def one_sample_without_gamma(dy):
    """You pass dL/dy on as it is. With one sample mu is x_1 itself: what does y_1 depend on, then?"""
    return dy


def one_sample_with_the_mean_added(dy, gamma):
    """The two paths add up in your result, where they should act against each other: the mean is taken away."""
    return 2 * gamma * dy


def one_sample_with_gamma_on_the_direct_path_only(dy, gamma):
    """gamma seems to act on the direct path only. It multiplies the mean as well."""
    return gamma * dy - dy


def one_sample_as_gamma(gamma):
    """You return gamma, the slope of a layer without a mean. With one sample mu is x_1 itself."""
    return gamma


def limit_without_the_mean(dy_i, gamma):
    """You seem to say that what comes back through the mean becomes negligible. It is bounded, but does it vanish? Try
    L = sum_j y_j, for which all dL/dy_j are 1."""
    return gamma * dy_i


def limit_with_the_mean_added(dy_i, mean_dy, gamma):
    """The mean has the wrong sign in your limit."""
    return gamma * (dy_i + mean_dy)


def limit_without_gamma(dy_i, mean_dy):
    """Your limit seems to leave gamma out."""
    return mean_only_bn_grad_limit(dy_i, mean_dy, 1.0)


def limit_with_gamma_on_the_direct_path_only(dy_i, mean_dy, gamma):
    """gamma seems to act on the direct path only. It multiplies the mean as well."""
    return gamma * dy_i - mean_dy


def limit_of_the_mean_path_only(mean_dy, gamma):
    """Only what comes back through the mean is left in your limit. The direct path does not depend on n."""
    return -gamma * mean_dy


def limit_zero(dy_i):
    """Your limit is 0. The factor 1/n goes to 0, but it multiplies a sum of n terms; and the direct path has no 1/n."""
    return 0.0 * dy_i
