"""Problem 2, batch normalisation: standardising a batch, and the layer that only takes the mean away."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn

Floats = NDArray[np.float64]
Function = Callable[..., Any]


# ---- how a batch is normalised ----


def batch_norm_standardize(x: Floats, eps: float) -> Floats:
    """Every feature of a batch brought to mean 0 and variance 1: (x - mean) / sqrt(variance + eps), column by column.

    Shapes
        x (n, d), n >= 1, d >= 1  ->  (n, d).
    Units
        None; eps has those of a variance.
    Numerics
        The variance is the mean of the squared deviations (1/n). A constant column, as with n = 1, gives 0.
    Source
        Ioffe and Szegedy, Batch Normalization, arXiv:1502.03167 (2015), algorithm 1.

    >>> batch_norm_standardize(np.array([[1.0], [3.0]]), 3.0).tolist()
    [[-0.5], [0.5]]
    """
    centred = x - x.mean(axis=0)
    return centred / np.sqrt((centred**2).mean(axis=0) + eps)


def batch_inputs(draw: Draw, n: int, d: int, columns: str = "spread") -> dict[str, Any]:
    """A batch whose features have their own means and scales, or one constant feature, and an eps that matters."""
    eps = draw.constant(1e-5, off_default=(1e-2, 0.3))
    if columns == "constant":
        x = single(draw.normal(n, d))
        x[:, 0] = np.round(8 * draw.signed_uniform(0.5, 2.0)) / 8
        return {"x": x, "eps": eps}

    def make() -> dict[str, Any]:
        scales = single(draw.generator.uniform(0.4, 2.0, d))
        return {"x": single(scales * (draw.normal(n, d) + draw.normal(d))), "eps": eps}

    def good(inputs: dict[str, Any]) -> bool:
        x = inputs["x"]
        # A column in which all numbers are the same by chance, and one whose mean hides its spread, tell nothing.
        return n == 1 or bool(np.all(x.std(axis=0) >= 0.05 * np.max(np.abs(x), axis=0)) and np.all(x.std(axis=0) > 0))

    return redrawn(make, good)


# ---- the layer that only takes the mean away ----


def mean_only_bn_forward(x: Floats, gamma: float, beta: float) -> Floats:
    """y_i = gamma (x_i - mean(x)) + beta.

    Shapes
        x (n,), n >= 1  ->  (n,).
    Units
        Those of beta.
    Numerics
        n = 1 gives beta, whatever x is.
    Source
        Salimans and Kingma, Weight Normalization, arXiv:1602.07868 (2016), section 4.

    >>> mean_only_bn_forward(np.array([1.0, 3.0]), 2.0, 10.0).tolist()
    [8.0, 12.0]
    """
    return gamma * (x - x.mean()) + beta


def mean_only_bn_jacobian(n: int, gamma: float) -> Floats:
    """dy_j/dx_i = gamma (delta_ij - 1/n), which is symmetric.

    Shapes
        (n, n), n >= 1; [[0]] for n = 1.
    Units
        Those of gamma.
    Source
        Each x_i enters y_i directly, and every y_j through its nth share of the mean.

    >>> mean_only_bn_jacobian(2, 4.0).tolist()
    [[2.0, -2.0], [-2.0, 2.0]]
    """
    return gamma * (np.eye(n) - 1.0 / n)


def mean_only_bn_backward(dy: Floats, gamma: float) -> Floats:
    """dL/dx_i = gamma (g_i - mean(g)), where g = dL/dy.

    Shapes
        dy (n,), n >= 1  ->  (n,), which adds up to 0.
    Units
        Those of L over those of x.
    Numerics
        0 for n = 1, and wherever all g_i are equal.
    Source
        The Jacobian of the layer, transposed, times g.

    >>> mean_only_bn_backward(np.array([1.0, 4.0]), 2.0).tolist()
    [-3.0, 3.0]
    """
    return gamma * (dy - dy.mean())


def mean_only_inputs(draw: Draw, n: int, gamma: str = "some") -> dict[str, Any]:
    """A vector, what comes back from above, and parameters of either sign. The mean of dy is of the size of its spread,
    for a mean of 0 would hide the one thing that happens."""

    def make() -> dict[str, Any]:
        return {
            "x": single(draw.normal(n) + draw.normal()),
            "dy": single(draw.generator.standard_normal(n) + draw.signed_uniform(0.4, 1.5)),
            "gamma": 0.0 if gamma == "zero" else draw.signed_uniform(0.5, 2.0),
            "beta": draw.signed_uniform(0.3, 2.0),
        }

    def good(inputs: dict[str, Any]) -> bool:
        dy, x = inputs["dy"], inputs["x"]
        if n == 1:
            return True
        clear = abs(dy.mean()) >= 0.2 * dy.std() >= 0.02 and abs(x.mean()) >= 0.05 * x.std() > 0
        return bool(clear and x.std() >= 0.1 * np.max(np.abs(x)))

    return redrawn(make, good)


def size_inputs(draw: Draw, n: int, gamma: str = "some") -> dict[str, Any]:
    """A number of samples and a gamma of either sign, or 0."""
    return {"n": n, "gamma": 0.0 if gamma == "zero" else draw.signed_uniform(0.4, 2.5)}


def a_common_part_is_lost(mean_only_bn_backward: Function, dy: Floats, gamma: float) -> None:
    """dL/dx adds up to 0, and a constant added to dL/dy changes nothing."""
    size = abs(gamma) * float(np.sum(np.abs(dy)))
    here = mean_only_bn_backward(dy, gamma)
    assert abs(np.sum(here)) <= 1e-5 * size, "shifting all x_i together leaves y as it is, so dL/dx has to add up to 0"
    there = mean_only_bn_backward(dy + 1.0, gamma)
    assert np.max(np.abs(there - here)) <= 1e-5 * (size + abs(gamma) * len(dy)), (
        "for L = sum_j y_j, whose gradient in y is 1 everywhere, moving x changes nothing; yours says it does"
    )


# ---- in torch ----


def MeanOnlyBatchNorm(x: Floats, gamma: Floats, beta: Floats) -> Floats:
    """The layer feature by feature: y = gamma (x - mean over the batch) + beta.

    Shapes
        x (n, d); gamma, beta (d,)  ->  (n, d). Statistics are taken over axis 0.
    Source
        As `mean_only_bn_forward`.

    >>> MeanOnlyBatchNorm(np.array([[1.0], [3.0]]), np.array([2.0]), np.array([10.0])).tolist()
    [[8.0], [12.0]]
    """
    return gamma * (x - x.mean(axis=0)) + beta


def mean_only_gradients(x: Floats, gamma: Floats, upstream: Floats) -> tuple[Floats, Floats, Floats]:
    """What comes back through the layer: (dL/dx, dL/dgamma, dL/dbeta).

    Shapes
        x, upstream (n, d); gamma (d,)  ->  (n, d), (d,), (d,).

    >>> dx, dgamma, dbeta = mean_only_gradients(np.array([[1.0], [3.0]]), np.array([2.0]), np.array([[1.0], [4.0]]))
    >>> dx.tolist(), dgamma.tolist(), dbeta.tolist()
    ([[-3.0], [3.0]], [3.0], [5.0])
    """
    centred = x - x.mean(axis=0)
    dx = gamma * (upstream - upstream.mean(axis=0))
    return dx, np.sum(upstream * centred, axis=0), np.sum(upstream, axis=0)


def layer_inputs(draw: Draw, n: int, d: int) -> dict[str, Any]:
    """A batch whose features have their own means, and a gamma and beta for each."""

    def make() -> dict[str, Any]:
        return {
            "x": single(draw.normal(n, d) + draw.normal(d)),
            "gamma": draw.signed_uniform(0.5, 2.0, d),
            "beta": draw.signed_uniform(0.3, 2.0, d),
        }

    def good(inputs: dict[str, Any]) -> bool:
        x = inputs["x"]
        mean, spread = np.abs(x.mean(axis=0)), x.std(axis=0)
        clear = np.all(mean >= 0.05 * spread) and np.all(spread >= 0.05 * np.abs(x).max(axis=0))
        return n == 1 or bool(clear and np.all(spread > 0))

    return redrawn(make, good)


# ---- one sample, and very many ----


def mean_only_bn_grad_single(dy: float, gamma: float) -> float:
    """dL/dx_1 for a batch of one: 0, for y_1 = beta does not depend on x_1.

    Units
        Those of L over those of x.
    Source
        `mean_only_bn_backward` for n = 1.

    >>> mean_only_bn_grad_single(3.0, 2.0)
    0.0
    """
    return gamma * (dy - dy)


def mean_only_bn_grad_limit(dy_i: float, mean_dy: float, gamma: float) -> float:
    """The limit of dL/dx_i for n -> infinity, if the mean of all dL/dy_j tends to mean_dy: gamma (dy_i - mean_dy).

    Units
        Those of L over those of x.
    Numerics
        Each single cross term, -gamma g_j / n, vanishes; there are n of them, and their sum does not.
    Source
        The limit of `mean_only_bn_backward`, term by term.

    >>> mean_only_bn_grad_limit(5.0, 2.0, -1.0)
    -3.0
    """
    return gamma * (dy_i - mean_dy)


def single_inputs(draw: Draw) -> dict[str, Any]:
    """The one gradient, and a gamma of either sign."""
    return {"dy": draw.signed_uniform(0.3, 3.0), "gamma": draw.signed_uniform(0.4, 2.5)}


def limit_inputs(draw: Draw, mean: str = "some") -> dict[str, Any]:
    """A gradient and the average of all, which is clearly not 0 (or exactly 0), and a gamma."""

    def make() -> dict[str, Any]:
        return {
            "dy_i": draw.signed_uniform(0.3, 3.0),
            "mean_dy": 0.0 if mean == "zero" else draw.signed_uniform(0.4, 2.0),
            "gamma": draw.signed_uniform(0.4, 2.5),
        }

    return redrawn(make, lambda inputs: abs(inputs["dy_i"] - inputs["mean_dy"]) >= 0.2)


def limit_is_that_of_long_batches(
    mean_only_bn_grad_limit: Function, dy_i: float, mean_dy: float, gamma: float
) -> None:
    """In batches of any length whose gradients have this mean, the first sample's gradient is the limit."""
    n = 500
    others = np.cos(np.arange(1.0, n))
    others += (n * mean_dy - dy_i - others.sum()) / (n - 1)
    exact = mean_only_bn_backward(np.concatenate([[dy_i], others]), gamma)[0]
    size = abs(gamma) * (abs(dy_i) + abs(mean_dy))
    assert abs(mean_only_bn_grad_limit(dy_i, mean_dy, gamma) - exact) <= 1e-4 * size, (
        "in a long batch whose gradients average to mean_dy, the gradient of a sample is another one"
    )
