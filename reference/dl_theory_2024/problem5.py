"""Problem 5, normalisation: the statistics of batch, layer and instance norm; weight norm as batch norm.

The tensor x is (batch, channels, features). Variances are biased: divided by the number of entries.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]

# 4 samples, 2 channels, 3 features, with the statistics of the exercise's tensor.
GIVEN = np.array(
    [
        [[3.0, 5.0, 3.0], [1.0, 0.0, 1.0]],
        [[0.0, 3.0, 0.0], [2.0, 2.0, 2.0]],
        [[5.0, 1.0, 5.0], [3.0, 4.0, 3.0]],
        [[1.0, 1.0, 2.0], [0.0, 1.0, 2.0]],
    ]
)
ROUNDING = 1e-4  # of what is asserted: an answer may be in single precision


# ---- 5.1: statistics ----


def batch_norm_stats(x: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of every channel, over the samples and the features.

    Shapes
        x (N, C, F)  ->  mean (C,), var (C,).
    Units
        Those of x, and their square.
    Numerics
        Variances of what is centred first.
    Source
        Group Normalization, arXiv:1803.08494 (2018), section 3.

    >>> mean, var = batch_norm_stats(np.array([[[1.0, 3.0], [0.0, 0.0]], [[5.0, 7.0], [0.0, 4.0]]]))
    >>> mean.tolist(), var.tolist()
    ([4.0, 1.0], [5.0, 3.0])
    """
    return x.mean(axis=(0, 2)), x.var(axis=(0, 2))


def layer_norm_stats(x: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of every sample, over the channels and the features.

    Shapes
        x (N, C, F)  ->  mean (N,), var (N,).
    Units
        Those of x, and their square.
    Source
        As `batch_norm_stats`.

    >>> mean, var = layer_norm_stats(np.array([[[1.0, 3.0], [5.0, 7.0]]]))
    >>> mean.tolist(), var.tolist()
    ([4.0], [5.0])
    """
    return x.mean(axis=(1, 2)), x.var(axis=(1, 2))


def instance_norm_stats(x: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of every channel of every sample, over the features.

    Shapes
        x (N, C, F)  ->  mean (N, C), var (N, C).
    Units
        Those of x, and their square.
    Source
        As `batch_norm_stats`.

    >>> mean, var = instance_norm_stats(np.array([[[1.0, 3.0], [5.0, 9.0]]]))
    >>> mean.tolist(), var.tolist()
    ([[2.0, 7.0]], [[1.0, 4.0]])
    """
    return x.mean(axis=2), x.var(axis=2)


# ---- 5.2: weight norm ----


def preactivation_stats(u: Floats, mean_x: Floats, cov_x: Floats) -> tuple[float, float]:
    """Mean and standard deviation of y = u^T x, from the mean and the covariance matrix of x.

    Shapes
        u, mean_x (d,), cov_x (d, d) positive semi-definite  ->  two numbers.
    Units
        Those of y.
    Source
        Var(u^T x) = u^T Cov(x) u.

    >>> preactivation_stats(np.array([3.0, 4.0]), np.array([1.0, 0.0]), np.eye(2))
    (3.0, 5.0)
    """
    return float(u @ mean_x), float(np.sqrt(u @ cov_x @ u))


def batch_norm_unit(X: Floats, u: Floats, gamma: float, beta: float, mean_x: Floats, cov_x: Floats) -> Floats:
    """gamma (y - mu_y) / sigma_y + beta for y = X u, with the statistics of the population, not of the rows of X.

    Shapes
        X (B, d), u, mean_x (d,), cov_x (d, d)  ->  (B,).
    Units
        Those of beta.
    Numerics
        No eps: u^T Cov(x) u is not 0.
    Source
        Weight Normalization, arXiv:1602.07868 (2016), section 2.2.

    >>> X, zero = np.array([[1.0, 1.0], [0.0, 5.0]]), np.zeros(2)
    >>> batch_norm_unit(X, np.array([3.0, 4.0]), 5.0, 2.0, zero, np.eye(2)).tolist()
    [9.0, 22.0]
    """
    mu, sigma = u @ mean_x, np.sqrt(u @ cov_x @ u)
    return gamma * (X @ u - mu) / sigma + beta


def weight_norm_vector(u: Floats, gamma: float) -> Floats:
    """The vector of length |gamma| along u, or against it when gamma is negative.

    Shapes
        u (d,), not 0  ->  (d,).
    Units
        Those of gamma.
    Source
        As `batch_norm_unit`, eq. 2.

    >>> weight_norm_vector(np.array([3.0, 4.0]), -10.0).tolist()
    [-6.0, -8.0]
    """
    return gamma * u / np.linalg.norm(u)


# ---- inputs ----


def activations(draw: Draw, N: int, C: int, F: int, tensor: str = "random") -> dict[str, Any]:
    """The tensor of the exercise, or one whose samples and channels differ in mean and in scale."""
    if tensor == "given":
        return {"x": GIVEN.copy()}
    scales, shifts = draw.uniform(0.5, 2.0, N, C, 1), draw.signed_uniform(0.5, 2.0, N, C, 1)
    x = draw.normal(N, C, F) * scales
    return {"x": single(x + shifts * np.maximum(x.std(), 1e-3))}


def moments_of_x(draw: Draw, d: int, law: str) -> dict[str, Any]:
    """A weight vector, and the mean and covariance of x: those of whitened inputs, or of others.

    Redrawn where u^T E[x] nearly cancels. In the regime `small` u is so short that an eps beside the variance shows.
    """
    length = 2.0**-10 if draw.regime == "small" else 1.0
    for _ in range(1000):
        u = length * draw.signed_uniform(0.3, 2.0, d)
        if law == "whitened":
            return {"u": u, "mean_x": np.zeros(d), "cov_x": np.eye(d)}
        mean_x, cov_x = draw.signed_uniform(0.3, 2.0, d), draw.spd(d, scale=draw.uniform(1.5, 4.0))
        if abs(u @ mean_x) >= 0.2 * np.linalg.norm(u) * np.linalg.norm(mean_x):
            return {"u": u, "mean_x": mean_x, "cov_x": cov_x}
    raise RuntimeError(f"no moments of {d} inputs keep their digits")


def unit_inputs(draw: Draw, B: int, d: int, law: str) -> dict[str, Any]:
    """A batch, a unit with its parameters, and the moments of the population, which the batch does not have."""
    own = moments_of_x(draw, d, law)
    X = single(draw.generator.standard_normal((B, d)) + own["mean_x"] + 0.5)
    return own | {"X": X, "gamma": draw.signed_uniform(0.5, 2.0), "beta": draw.signed_uniform(0.3, 2.0)}


def direction_and_length(draw: Draw, d: int) -> dict[str, Any]:
    """A vector off the origin and a length of either sign."""
    u = single(draw.signed_uniform(0.5, 1.5, d) + 0.1 * draw.normal(d))
    return {"u": u, "gamma": draw.signed_uniform(0.5, 2.0)}


# ---- properties ----


def whitened_inputs_need_no_statistics(
    batch_norm_unit: Callable[..., Floats],
    X: Floats,
    u: Floats,
    gamma: float,
    beta: float,
    mean_x: Floats,
    cov_x: Floats,
) -> None:
    """For mean 0 and covariance I the unit is X w + beta, with w the weight norm vector; otherwise it is not."""
    answer = batch_norm_unit(X, u, gamma, beta, mean_x, cov_x)
    plain = X @ weight_norm_vector(u, gamma) + beta
    same = np.max(np.abs(answer - plain)) <= ROUNDING * max(1.0, float(np.max(np.abs(plain))))
    if np.array_equal(cov_x, np.eye(len(u))) and not np.any(mean_x):
        assert same, "for inputs of mean 0 and covariance I the unit is X w + beta, with w = gamma u / ||u||"
    else:
        assert not same, "your unit takes the inputs for whitened ones, whatever their mean and covariance are"


def its_length_is_gamma_and_only_the_direction_counts(
    weight_norm_vector: Callable[..., Floats], u: Floats, gamma: float
) -> None:
    """The length is |gamma|, whatever the length of u."""
    w = weight_norm_vector(u, gamma)
    assert abs(np.linalg.norm(w) - abs(gamma)) <= ROUNDING * abs(gamma), "the length of w must be |gamma|"
    longer = weight_norm_vector(3 * u, gamma)
    assert np.max(np.abs(longer - w)) <= ROUNDING * abs(gamma), "w must stay as it is when u is made three times longer"
