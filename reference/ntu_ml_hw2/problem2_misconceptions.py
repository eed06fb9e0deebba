"""Wrong answers to problem 2, Gaussian classification, each with what to tell the student who gives it."""

import numpy as np

from .problem2 import (
    class_conditional_c1,
    gmm_mle,
    gmm_mle_shared,
    linear_logit_params,
    log_likelihood,
    posterior_c1,
    posterior_logit,
)

# ---- (a)(i) the likelihood, a covariance per class ----


def likelihood_of_a_mixture(X, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to add up both classes for every point, as if the labels had not been seen. They are part of the
    data here: each point counts with the class that it has."""
    first, second = (_log_joint(X, *theta) for theta in ((pi1, mu1, Sigma1), (pi2, mu2, Sigma2)))
    return float(np.sum(np.logaddexp(first, second)))


def likelihood_without_the_priors(X, y, mu1, mu2, Sigma1, Sigma2):
    """Your likelihood seems to leave out pi_1 and pi_2. The labels are random too: a point of class k first has to
    be of class k."""
    return log_likelihood(X, y, 1.0, 1.0, mu1, mu2, Sigma1, Sigma2)


def likelihood_without_the_powers_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """Your value misses the powers of 2 pi. They do not move the maximum, but they belong to the likelihood, which
    is asked for with all its constants."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2) + X.size * np.log(2 * np.pi) / 2


def likelihood_with_one_power_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """Your constant is that of a Gaussian in one dimension. In d dimensions the power of 2 pi depends on d."""
    right = log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2)
    return right + (X.size - len(X)) * np.log(2 * np.pi) / 2


def likelihood_without_the_determinants(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """Your value misses the determinants of the covariance matrices. Without them the density does not integrate
    to 1, and a wider Gaussian would always be likelier."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2) + _log_roots(y, Sigma1, Sigma2)


def likelihood_with_determinants_not_rooted(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The determinants count twice as much as they should in your value. Check the power of |Sigma| in the
    density: for d = 1 it is the standard deviation that stands there."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2) - _log_roots(y, Sigma1, Sigma2)


def likelihood_with_distances_not_halved(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The squared distances count twice as much as they should in your value: check the factor in the exponent of
    the density."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2) - _half_distances(X, y, mu1, mu2, Sigma1, Sigma2)


def likelihood_averaged(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """Your value is divided by the number of points. The likelihood of all the data is asked for, not the mean per
    point."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2) / len(X)


def likelihood_negative(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return the negative log-likelihood, a loss. The likelihood itself is asked for, as its
    logarithm."""
    return -log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2)


def likelihood_with_the_classes_swapped(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The points of class 1 seem to get the parameters of class 2, and the other way round. The labels are 1 and
    2, not 0 and 1: check how you select."""
    return log_likelihood(X, y, pi2, pi1, mu2, mu1, Sigma2, Sigma1)


def likelihood_of_uncorrelated_features(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to use the diagonals of the covariance matrices only, as if the features were independent. What stands
    off the diagonal counts too."""
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, np.diag(np.diag(Sigma1)), np.diag(np.diag(Sigma2)))


def likelihood_of_both_classes_for_every_point(X, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to add the logarithms of both classes for every point. A point counts with the class that it has: y
    says with which."""
    return float(np.sum(_log_joint(X, pi1, mu1, Sigma1) + _log_joint(X, pi2, mu2, Sigma2)))


# ---- (b)(i) the likelihood, a shared covariance ----


def shared_likelihood_of_a_mixture(X, pi1, pi2, mu1, mu2, Sigma):
    """You seem to add up both classes for every point, as if the labels had not been seen. They are part of the
    data here: each point counts with the class that it has."""
    return likelihood_of_a_mixture(X, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_without_the_priors(X, y, mu1, mu2, Sigma):
    """Your likelihood seems to leave out pi_1 and pi_2. Only the covariance is shared; a point of class k still
    has to be of class k first."""
    return likelihood_without_the_priors(X, y, mu1, mu2, Sigma, Sigma)


def shared_likelihood_of_uncorrelated_features(X, y, pi1, pi2, mu1, mu2, Sigma):
    """You seem to use the diagonal of Sigma only, as if the features were independent. What stands off the diagonal
    counts too."""
    return likelihood_of_uncorrelated_features(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_of_both_classes_for_every_point(X, pi1, pi2, mu1, mu2, Sigma):
    """You seem to add the logarithms of both classes for every point. A point counts with the class that it has: y
    says with which."""
    return likelihood_of_both_classes_for_every_point(X, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_with_the_priors_once(X, y, pi1, pi2, mu1, mu2, Sigma):
    """The logarithms of pi_1 and pi_2 seem to be added once each. Every point has a label, and brings the prior of its
    class."""
    return log_likelihood(X, y, 1.0, 1.0, mu1, mu2, Sigma, Sigma) + float(np.log(pi1 * pi2))


def shared_likelihood_without_the_powers_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma):
    """Your value misses the powers of 2 pi. They do not move the maximum, but they belong to the likelihood, which
    is asked for with all its constants."""
    return likelihood_without_the_powers_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_with_one_power_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma):
    """Your constant is that of a Gaussian in one dimension. In d dimensions the power of 2 pi depends on d."""
    return likelihood_with_one_power_of_2_pi(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_without_the_determinant(X, y, pi1, pi2, mu1, mu2, Sigma):
    """Your value misses the determinant of Sigma. That it is the same for both classes cancels it in a ratio of
    classes, not in the likelihood."""
    return likelihood_without_the_determinants(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_with_the_determinant_once(X, y, pi1, pi2, mu1, mu2, Sigma):
    """The determinant of Sigma seems to be counted once for all points. Every point has its own density, and each
    of these brings its own determinant."""
    log_root = np.linalg.slogdet(Sigma)[1] / 2
    return log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma) + (len(X) - 1) * log_root


def shared_likelihood_with_the_determinant_not_rooted(X, y, pi1, pi2, mu1, mu2, Sigma):
    """The determinant counts twice as much as it should in your value. Check the power of |Sigma| in the density:
    for d = 1 it is the standard deviation that stands there."""
    return likelihood_with_determinants_not_rooted(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_with_distances_not_halved(X, y, pi1, pi2, mu1, mu2, Sigma):
    """The squared distances count twice as much as they should in your value: check the factor in the exponent of
    the density."""
    return likelihood_with_distances_not_halved(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_averaged(X, y, pi1, pi2, mu1, mu2, Sigma):
    """Your value is divided by the number of points. The likelihood of all the data is asked for, not the mean per
    point."""
    return likelihood_averaged(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_negative(X, y, pi1, pi2, mu1, mu2, Sigma):
    """You seem to return the negative log-likelihood, a loss. The likelihood itself is asked for, as its
    logarithm."""
    return likelihood_negative(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_likelihood_with_the_classes_swapped(X, y, pi1, pi2, mu1, mu2, Sigma):
    """The points of class 1 seem to get the parameters of class 2, and the other way round. The labels are 1 and
    2, not 0 and 1: check how you select."""
    return likelihood_with_the_classes_swapped(X, y, pi1, pi2, mu1, mu2, Sigma, Sigma)


# ---- (ii) the estimates of pi, with either kind of covariance ----


def pi_one_half(X, y):
    """Your pi_1 and pi_2 are equal, whatever the data. Estimate them: how often does each label occur?"""
    return 0.5, 0.5


def pi_swapped(X, y):
    """Your pi_1 and pi_2 seem to be swapped. The labels are 1 and 2, not 0 and 1: check how you count."""
    pi1, pi2 = gmm_mle(X, y)[:2]
    return pi2, pi1


def pi_not_divided(X, y):
    """You seem to return how many points each class has. Probabilities have to add up to 1."""
    return int(np.sum(y == 1)), int(np.sum(y == 2))


def pi_smoothed(X, y):
    """You seem to add one point to each class (Laplace's smoothing). That is an estimate with a prior, not the
    maximum of this likelihood."""
    first = (np.sum(y == 1) + 1) / (len(y) + 2)
    return first, 1 - first


def pi_divided_by_n_minus_1(X, y):
    """Your estimates are divided by N - 1 and add up to more than 1. Nothing has to be corrected for here: use the
    constraint on pi_1 + pi_2."""
    return np.sum(y == 1) / (len(y) - 1), np.sum(y == 2) / (len(y) - 1)


def pi_as_odds(X, y):
    """You seem to return the ratio of the two class sizes, the odds. A probability compares the class with all
    points."""
    first, second = np.sum(y == 1), np.sum(y == 2)
    return first / second, second / first


# ---- (ii) the estimates of mu, with either kind of covariance ----


def mu_swapped(X, y):
    """Your mu_1 and mu_2 seem to be swapped. The labels are 1 and 2, not 0 and 1: check how you select."""
    mu1, mu2 = gmm_mle(X, y)[2:4]
    return mu2, mu1


def mu_of_all_points(X, y):
    """Both of your means are the mean of all points. Only the points of class k say anything about mu_k."""
    return X.mean(axis=0), X.mean(axis=0)


def mu_divided_by_all(X, y):
    """Your sums over a class seem to be divided by N, the number of all points. Set the gradient in mu_k to zero
    once more: only one class appears in it."""
    return X[y == 1].sum(axis=0) / len(X), X[y == 2].sum(axis=0) / len(X)


def mu_divided_by_n_minus_1(X, y):
    """Your class sums seem to be divided by N_k - 1. A mean loses no degree of freedom; the correction that you
    have in mind is one for variances."""
    first, second = X[y == 1], X[y == 2]
    return first.sum(axis=0) / (len(first) - 1), second.sum(axis=0) / (len(second) - 1)


def mu_not_divided(X, y):
    """You seem to return the sum over the points of each class. Divide it: a mean lies among its points."""
    return X[y == 1].sum(axis=0), X[y == 2].sum(axis=0)


def mu_as_medians(X, y):
    """You seem to return the medians of the classes. They maximise another likelihood; with squared distances the
    derivative leads to another kind of centre."""
    return np.median(X[y == 1], axis=0), np.median(X[y == 2], axis=0)


# ---- (a)(ii) the estimates of Sigma_1 and Sigma_2 ----


def sigma_divided_by_n_minus_1(X, y):
    """Your covariance matrices are divided by N_k - 1, as np.cov does by default. That makes them unbiased; the
    maximum of the likelihood is another one."""
    return tuple(_scatter(members) / (len(members) - 1) for members in _classes(X, y))


def sigma_shared(X, y):
    """Both of your matrices are the same: that is the model of (b). In (a) each class has its own covariance."""
    Sigma = gmm_mle_shared(X, y)[4]
    return Sigma, Sigma


def sigma_about_the_common_mean(X, y):
    """You seem to measure deviations from the mean of all points. Every class spreads around its own mean."""
    return tuple((members - X.mean(axis=0)).T @ (members - X.mean(axis=0)) / len(members) for members in _classes(X, y))


def sigma_not_centred(X, y):
    """You seem to average x x^T without taking the mean away. A covariance does not change when all points are
    moved together: check yours."""
    return tuple(members.T @ members / len(members) for members in _classes(X, y))


def sigma_diagonal(X, y):
    """Your matrices have no entries off the diagonal. Nothing in the model says that the features of a class are
    uncorrelated."""
    Sigma1, Sigma2 = gmm_mle(X, y)[4:]
    return np.diag(np.diag(Sigma1)), np.diag(np.diag(Sigma2))


def sigma_divided_by_all(X, y):
    """Your sums over a class seem to be divided by N, the number of all points. Count only the points that the sum
    runs over."""
    return tuple(_scatter(members) / len(X) for members in _classes(X, y))


def sigma_not_divided(X, y):
    """You seem to return the sums of the outer products. A covariance is their mean."""
    return tuple(_scatter(members) for members in _classes(X, y))


def sigma_swapped(X, y):
    """Your Sigma_1 and Sigma_2 seem to be swapped. The labels are 1 and 2, not 0 and 1: check how you select."""
    Sigma1, Sigma2 = gmm_mle(X, y)[4:]
    return Sigma2, Sigma1


def sigma_inverted(X, y):
    """You seem to return the inverse matrices. Differentiating in the inverse is a good way; at its end, turn the
    result round once more."""
    Sigma1, Sigma2 = gmm_mle(X, y)[4:]
    return np.linalg.inv(Sigma1), np.linalg.inv(Sigma2)


# ---- (b)(ii) the estimate of the shared Sigma ----


def shared_sigma_of_unbiased_covariances(X, y):
    """You seem to weigh the two class covariances rightly, but each is divided by N_k - 1, as np.cov does by
    default. The maximum of the likelihood is not the unbiased estimate."""
    return sum(len(members) / (len(members) - 1) * _scatter(members) for members in _classes(X, y)) / len(X)


def shared_sigma_divided_by_n_minus_2(X, y):
    """Your pooled covariance is divided by N - 2. That makes it unbiased; the maximum of the likelihood is another
    one."""
    return sum(_scatter(members) for members in _classes(X, y)) / (len(X) - 2)


def shared_sigma_divided_by_n_minus_1(X, y):
    """Your pooled covariance is divided by N - 1. Set the derivative in Sigma to zero once more: the number that
    comes out is how many densities were multiplied."""
    return sum(_scatter(members) for members in _classes(X, y)) / (len(X) - 1)


def shared_sigma_as_plain_average(X, y):
    """You seem to average the two class covariances with equal weights. A class with more points says more about
    what they share: add up the points, not the classes."""
    Sigma1, Sigma2 = gmm_mle(X, y)[4:]
    return (Sigma1 + Sigma2) / 2


def shared_sigma_about_the_common_mean(X, y):
    """You seem to measure deviations from the mean of all points. So the distance between the two classes passes
    for spread: each point deviates from the mean of its own class."""
    return _scatter(X) / len(X)


def shared_sigma_with_weights_swapped(X, y):
    """Each class covariance seems to be weighed by the share of the other class. Check which N_k goes with
    which."""
    pi1, pi2, _, _, Sigma1, Sigma2 = gmm_mle(X, y)
    return pi2 * Sigma1 + pi1 * Sigma2


def shared_sigma_as_sum(X, y):
    """You seem to add the two class covariances. What both classes share must lie between them."""
    Sigma1, Sigma2 = gmm_mle(X, y)[4:]
    return Sigma1 + Sigma2


def shared_sigma_not_divided(X, y):
    """You seem to return the sum of the outer products. A covariance is their mean."""
    return sum(_scatter(members) for members in _classes(X, y))


def shared_sigma_diagonal(X, y):
    """Your matrix has no entries off the diagonal. Nothing in the model says that the features are uncorrelated
    within a class."""
    return np.diag(np.diag(gmm_mle_shared(X, y)[4]))


# ---- (a)(iii) the posterior ----


def posterior_without_the_priors(x, mu1, mu2, Sigma1, Sigma2):
    """Your probability does not depend on pi_1 and pi_2. Where both densities are equal, the more frequent class
    must still be the more probable one."""
    return posterior_c1(x, 0.5, 0.5, mu1, mu2, Sigma1, Sigma2)


def posterior_with_priors_swapped(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The priors seem to be swapped: the density of each class meets the pi of the other one."""
    return posterior_c1(x, pi2, pi1, mu1, mu2, Sigma1, Sigma2)


def posterior_of_class_2(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return the probability of class 2. That of class 1 is asked for."""
    return posterior_c1(x, pi2, pi1, mu2, mu1, Sigma2, Sigma1)


def posterior_not_normalised(x, pi1, mu1, Sigma1):
    """You seem to return the joint density of x and class 1. It still has to be compared with what both classes
    together give at x."""
    return pi1 * class_conditional_c1(x, mu1, Sigma1)


def posterior_divided_by_densities_only(x, pi1, mu1, mu2, Sigma1, Sigma2):
    """pi_1 stands in your numerator, but the denominator seems to add the bare densities. For the probabilities of
    both classes to add up to 1 the denominator needs both numerators."""
    first, second = class_conditional_c1(x, mu1, Sigma1), class_conditional_c1(x, mu2, Sigma2)
    return pi1 * first / (first + second)


def posterior_as_odds(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return the ratio of class 1 to class 2, the odds. A probability compares class 1 with both
    together, and never exceeds 1."""
    return float(np.exp(posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)))


def posterior_without_the_determinants(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The determinants of Sigma_1 and Sigma_2 seem to be left out. They cancel only where both classes have the
    same covariance."""
    return _sigmoid(logit_without_the_determinants(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2))


def posterior_as_decision(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return a decision, 0 or 1. How probable class 1 is at x is a number in between."""
    return float(posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2) > 0.5)


# ---- (b)(iii) the posterior with a shared covariance ----


def shared_posterior_without_the_priors(x, mu1, mu2, Sigma):
    """Your probability does not depend on pi_1 and pi_2. Where both densities are equal, the more frequent class
    must still be the more probable one."""
    return posterior_without_the_priors(x, mu1, mu2, Sigma, Sigma)


def shared_posterior_with_priors_swapped(x, pi1, pi2, mu1, mu2, Sigma):
    """The priors seem to be swapped: the density of each class meets the pi of the other one."""
    return posterior_with_priors_swapped(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_posterior_of_class_2(x, pi1, pi2, mu1, mu2, Sigma):
    """You seem to return the probability of class 2. That of class 1 is asked for."""
    return posterior_of_class_2(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_posterior_not_normalised(x, pi1, mu1, Sigma):
    """You seem to return the joint density of x and class 1. It still has to be compared with what both classes
    together give at x."""
    return posterior_not_normalised(x, pi1, mu1, Sigma)


def shared_posterior_as_odds(x, pi1, pi2, mu1, mu2, Sigma):
    """You seem to return the ratio of class 1 to class 2, the odds. A probability compares class 1 with both
    together, and never exceeds 1."""
    return posterior_as_odds(x, pi1, pi2, mu1, mu2, Sigma, Sigma)


def shared_posterior_with_distances_not_halved(x, pi1, pi2, mu1, mu2, Sigma):
    """The squared distances count twice as much as they should in your probability: check the factor in the
    exponent of the density."""
    return _sigmoid(logit_with_distances_not_halved(x, pi1, pi2, mu1, mu2, Sigma, Sigma))


def shared_posterior_of_plain_distances(x, pi1, pi2, mu1, mu2):
    """Your probability does not depend on Sigma. Its determinant cancels, but it still says how distances from the
    means are to be measured."""
    return posterior_c1(x, pi1, pi2, mu1, mu2, np.eye(len(x)), np.eye(len(x)))


# ---- (a)(iii) the class-conditional density ----


def density_with_the_determinant_not_rooted(x, mu1, Sigma1):
    """You seem to divide by the determinant of the covariance itself. For d = 1 it is the standard deviation that
    stands there: check the power."""
    return class_conditional_c1(x, mu1, Sigma1) / np.sqrt(np.linalg.det(Sigma1))


def density_without_the_determinant(x, mu1, Sigma1):
    """The determinant of the covariance is missing. A wide Gaussian has to be lower than a narrow one, for both to
    integrate to 1."""
    return class_conditional_c1(x, mu1, Sigma1) * np.sqrt(np.linalg.det(Sigma1))


def density_of_uncorrelated_features(x, mu1, Sigma1):
    """You seem to multiply densities of one feature each, as if the features were independent. Sigma has entries off
    the diagonal."""
    return class_conditional_c1(x, mu1, np.diag(np.diag(Sigma1)))


def density_with_one_power_of_2_pi(x, mu1, Sigma1):
    """Your constant is that of a Gaussian in one dimension. In d dimensions the power of 2 pi depends on d."""
    return class_conditional_c1(x, mu1, Sigma1) * (2 * np.pi) ** ((len(x) - 1) / 2)


def density_without_the_powers_of_2_pi(x, mu1, Sigma1):
    """The powers of 2 pi are missing. They make the density integrate to 1."""
    return class_conditional_c1(x, mu1, Sigma1) * (2 * np.pi) ** (len(x) / 2)


def density_without_its_constant(x, mu1, Sigma1):
    """You seem to return the exponential alone. A density integrates to 1, so a constant has to stand before it."""
    return float(np.exp(-_half_distance(x, mu1, Sigma1)))


def density_with_the_distance_not_halved(x, mu1, Sigma1):
    """The squared distance counts twice as much as it should: check the factor in the exponent."""
    return class_conditional_c1(x, mu1, Sigma1) * float(np.exp(-_half_distance(x, mu1, Sigma1)))


def density_with_sigma_not_inverted(x, mu1, Sigma1):
    """You seem to put the covariance itself into the exponent. In a direction in which the points spread widely, a
    deviation should cost less, not more."""
    here = class_conditional_c1(mu1, mu1, Sigma1)
    return here * float(np.exp(-(x - mu1) @ Sigma1 @ (x - mu1) / 2))


def density_as_logarithm(x, mu1, Sigma1):
    """You seem to return the logarithm of the density. The density itself is asked for here; only the likelihood
    in (i) is a logarithm."""
    return float(np.log(class_conditional_c1(x, mu1, Sigma1)))


# ---- (b)(iii) the class-conditional density with a shared covariance ----


def shared_density_with_the_determinant_not_rooted(x, mu1, Sigma):
    """You seem to divide by the determinant of the covariance itself. For d = 1 it is the standard deviation that
    stands there: check the power."""
    return density_with_the_determinant_not_rooted(x, mu1, Sigma)


def shared_density_without_the_determinant(x, mu1, Sigma):
    """The determinant of Sigma is missing. It cancels in a ratio of two classes that share Sigma, but this is the
    density of one."""
    return density_without_the_determinant(x, mu1, Sigma)


def shared_density_of_uncorrelated_features(x, mu1, Sigma):
    """You seem to multiply densities of one feature each, as if the features were independent. Sigma has entries off
    the diagonal."""
    return density_of_uncorrelated_features(x, mu1, Sigma)


def shared_density_with_one_power_of_2_pi(x, mu1, Sigma):
    """Your constant is that of a Gaussian in one dimension. In d dimensions the power of 2 pi depends on d."""
    return density_with_one_power_of_2_pi(x, mu1, Sigma)


def shared_density_without_the_powers_of_2_pi(x, mu1, Sigma):
    """The powers of 2 pi are missing. They make the density integrate to 1."""
    return density_without_the_powers_of_2_pi(x, mu1, Sigma)


def shared_density_without_its_constant(x, mu1, Sigma):
    """You seem to return the exponential alone. Its constant cancels in a ratio of two classes that share Sigma,
    but this is the density of one."""
    return density_without_its_constant(x, mu1, Sigma)


def shared_density_with_the_distance_not_halved(x, mu1, Sigma):
    """The squared distance counts twice as much as it should: check the factor in the exponent."""
    return density_with_the_distance_not_halved(x, mu1, Sigma)


def shared_density_with_sigma_not_inverted(x, mu1, Sigma):
    """You seem to put the covariance itself into the exponent. In a direction in which the points spread widely, a
    deviation should cost less, not more."""
    return density_with_sigma_not_inverted(x, mu1, Sigma)


def shared_density_as_logarithm(x, mu1, Sigma):
    """You seem to return the logarithm of the density. The density itself is asked for here; only the likelihood
    in (i) is a logarithm."""
    return density_as_logarithm(x, mu1, Sigma)


# ---- (a)(iv) the log odds ----


def logit_without_the_determinants(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The determinants of Sigma_1 and Sigma_2 seem to be left out of your z. They cancel only where both classes
    have the same covariance."""
    return posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2) - _log_root_ratio(Sigma1, Sigma2)


def logit_with_determinants_not_rooted(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The determinants count twice as much as they should in your z. Check the power of |Sigma| in the density."""
    return posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2) + _log_root_ratio(Sigma1, Sigma2)


def logit_with_determinants_swapped(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The term with the determinants has the wrong sign in your z. |Sigma| stands in the denominator of a density:
    which of the two ends up on top of the ratio?"""
    return posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2) - 2 * _log_root_ratio(Sigma1, Sigma2)


def logit_without_the_priors(x, mu1, mu2, Sigma1, Sigma2):
    """Your z does not depend on pi_1 and pi_2. Where both densities are equal, the more frequent class must still
    be the more probable one."""
    return posterior_logit(x, 0.5, 0.5, mu1, mu2, Sigma1, Sigma2)


def logit_with_distances_not_halved(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """The squared distances count twice as much as they should in your z: check the factor in the exponent of the
    density."""
    right = posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)
    return right - _half_distance(x, mu1, Sigma1) + _half_distance(x, mu2, Sigma2)


def logit_of_class_2(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """Your z has the wrong sign: its sigmoid is the probability of class 2."""
    return -posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)


def logit_as_odds(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return the odds. Solve p = sigmoid(z) for z: one step is left."""
    return posterior_as_odds(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)


def logit_as_probability(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    """You seem to return sigmoid(z), the probability. The number that the sigmoid is taken of is asked for."""
    return posterior_c1(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2)


# ---- (b)(iv) the line ----


def w_without_sigma(mu1, mu2):
    """Your w is the difference of the means, whatever Sigma is. Expand the two squared distances: Sigma stays in
    what is linear in x."""
    return mu1 - mu2


def w_with_sigma_not_inverted(mu1, mu2, Sigma):
    """You seem to multiply by Sigma itself. Check the units: w^T x must be a number without any."""
    return Sigma @ (mu1 - mu2)


def w_of_class_2(pi1, pi2, mu1, mu2, Sigma):
    """Your w has the wrong sign: it points towards class 2. The sigmoid of w^T x + b is to be the probability of
    class 1."""
    return -linear_logit_params(pi1, pi2, mu1, mu2, Sigma)[0]


def w_halved(pi1, pi2, mu1, mu2, Sigma):
    """Your w is half of what it should be. The product that mixes x and mu occurs twice when a squared distance is
    expanded."""
    return linear_logit_params(pi1, pi2, mu1, mu2, Sigma)[0] / 2


def w_doubled(pi1, pi2, mu1, mu2, Sigma):
    """Your w is twice what it should be. Check the factor in the exponent of the density."""
    return 2 * linear_logit_params(pi1, pi2, mu1, mu2, Sigma)[0]


def w_of_the_sum_of_means(mu1, mu2, Sigma):
    """Your w uses the sum of the means. With equal means x says nothing about the class: what must w be then?"""
    return np.linalg.solve(Sigma, mu1 + mu2)


def w_of_unit_length(pi1, pi2, mu1, mu2, Sigma):
    """Your w has length 1. Its direction is right, but its length says how sharply the probability changes: do
    not normalise it."""
    w, _ = linear_logit_params(pi1, pi2, mu1, mu2, Sigma)
    return w / np.linalg.norm(w)


def w_of_a_diagonal_sigma(mu1, mu2, Sigma):
    """You seem to divide by the diagonal of Sigma entry by entry. Sigma has entries off the diagonal, and its
    inverse mixes the features."""
    return (mu1 - mu2) / np.diag(Sigma)


def b_without_the_priors(mu1, mu2, Sigma):
    """Your b does not depend on pi_1 and pi_2. Where both densities are equal, the more frequent class must still
    be the more probable one."""
    return linear_logit_params(0.5, 0.5, mu1, mu2, Sigma)[1]


def b_with_priors_swapped(pi1, pi2, mu1, mu2, Sigma):
    """The term with the priors has the wrong sign in your b: a larger pi_1 must make class 1 more probable."""
    return linear_logit_params(pi2, pi1, mu1, mu2, Sigma)[1]


def b_with_distances_not_halved(pi1, pi2, mu1, mu2, Sigma):
    """The terms with the means are twice what they should be in your b: check the factor in the exponent of the
    density."""
    right, bare = (linear_logit_params(*pi, mu1, mu2, Sigma)[1] for pi in ((pi1, pi2), (0.5, 0.5)))
    return right + bare


def b_with_the_means_added(pi1, pi2, mu1, mu2, Sigma):
    """The terms with the means have the wrong sign in your b. At the middle of the two means, with equal priors,
    w^T x + b must be 0: try it."""
    right, bare = (linear_logit_params(*pi, mu1, mu2, Sigma)[1] for pi in ((pi1, pi2), (0.5, 0.5)))
    return right - 2 * bare


def b_of_class_2(pi1, pi2, mu1, mu2, Sigma):
    """Your b has the wrong sign: it belongs to the probability of class 2."""
    return -linear_logit_params(pi1, pi2, mu1, mu2, Sigma)[1]


def b_with_both_squares_subtracted(pi1, pi2, mu1, mu2, Sigma):
    """The term with mu_2 seems to have the wrong sign in your b. The density of class 2 stands in the denominator."""
    squares = [mu @ np.linalg.solve(Sigma, mu) for mu in (mu1, mu2)]
    return float(np.log(pi1 / pi2) - sum(squares) / 2)


def b_from_the_difference_of_means(pi1, pi2, mu1, mu2, Sigma):
    """You seem to subtract half the squared distance between the two means. What is left of the two squares after
    expanding them is their difference, not the square of a difference."""
    return float(np.log(pi1 / pi2) - _half_distance(mu1, mu2, Sigma))


def b_without_sigma(pi1, pi2, mu1, mu2):
    """The terms with the means do not depend on Sigma in your b. Squared distances are measured with the inverse
    of Sigma, at x = 0 too."""
    return linear_logit_params(pi1, pi2, mu1, mu2, np.eye(len(mu1)))[1]


def b_is_the_prior_term(pi1, pi2):
    """Your b consists of the priors only. The parts of the squared distances that do not contain x belong to it
    too."""
    return float(np.log(pi1 / pi2))


# ---- what these share ----


def _log_joint(X, pi, mu, Sigma):
    """log(pi f(x)) at each row of X."""
    one = np.ones(1, dtype=np.int64)
    return np.array([log_likelihood(x[None], one, pi, 1.0, mu, mu, Sigma, Sigma) for x in X])


def _log_roots(y, Sigma1, Sigma2):
    """The logarithms of the roots of the determinants, added up over the points."""
    halves = [np.linalg.slogdet(Sigma)[1] / 2 for Sigma in (Sigma1, Sigma2)]
    return float(np.sum(y == 1) * halves[0] + np.sum(y == 2) * halves[1])


def _log_root_ratio(Sigma1, Sigma2):
    return (np.linalg.slogdet(Sigma2)[1] - np.linalg.slogdet(Sigma1)[1]) / 2


def _half_distance(x, mu, Sigma):
    """Half the squared distance of a point from mu, measured with Sigma."""
    return float((x - mu) @ np.linalg.solve(Sigma, x - mu) / 2)


def _half_distances(X, y, mu1, mu2, Sigma1, Sigma2):
    """The same for all points, each from the mean of its class, added up."""
    return sum(_half_distance(x, *((mu1, Sigma1) if k == 1 else (mu2, Sigma2))) for x, k in zip(X, y, strict=True))


def _classes(X, y):
    return X[y == 1], X[y == 2]


def _scatter(members):
    """The sum of the outer products of the deviations from the mean."""
    centred = members - members.mean(axis=0)
    return centred.T @ centred


def _sigmoid(z):
    return float(1 / (1 + np.exp(-z)))
