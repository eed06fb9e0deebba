"""Problem 2, batch normalisation: the forward pass, its gradients through a ReLU, and whitening."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]

# ---- 2.1 and 2.2 forward ----


def batch_norm_forward(Y: Floats, gamma: Floats, beta: Floats, eps: float) -> tuple[Floats, Floats, Floats]:
    """Every column of Y brought to mean 0 and variance 1, then scaled by gamma and moved by beta.

        Y_hat = gamma (Y - m) / sqrt(v + eps) + beta,    m and v the mean and the (1/B) variance over the rows

    Shapes
        Y (B, M), B >= 1; gamma, beta (M,)  ->  Y_hat (B, M), m (M,), v (M,).
    Units
        Y_hat has those of beta; m those of Y, v and eps those of Y squared.
    Numerics
        v is the mean of squared deviations, never E[Y^2] - m^2, which cancels. A constant column and B = 1 give
        Y_hat = beta, because eps > 0.
    Source
        Ioffe & Szegedy, Batch Normalization, arXiv:1502.03167 (2015), algorithm 1.

    >>> Y_hat, m, v = batch_norm_forward(np.array([[1.0], [3.0]]), np.array([2.0]), np.array([10.0]), 3.0)
    >>> Y_hat.tolist(), m.tolist(), v.tolist()
    ([[9.0], [11.0]], [2.0], [1.0])
    """
    m = np.mean(Y, axis=0)
    v = np.mean((Y - m) ** 2, axis=0)
    return gamma * (Y - m) / np.sqrt(v + eps) + beta, m, v


def normalized_mean(gamma: Floats, beta: Floats) -> Floats:
    """The mean of every column of Y_hat over the batch, for eps = 0: beta.

    Shapes
        gamma, beta (M,)  ->  (M,).
    Units
        Those of beta.
    Source
        The deviations from m add up to 0.

    >>> normalized_mean(np.array([-2.0]), np.array([0.5])).tolist()
    [0.5]
    """
    return 1.0 * beta


def normalized_variance(gamma: Floats, beta: Floats) -> Floats:
    """The variance of every column of Y_hat over the batch, for eps = 0 and v > 0: gamma^2.

    Shapes
        gamma, beta (M,)  ->  (M,).
    Units
        Those of beta squared.
    Source
        Var[a X + b] = a^2 Var[X], of a standardised X.

    >>> normalized_variance(np.array([-2.0]), np.array([0.5])).tolist()
    [4.0]
    """
    return gamma**2


# ---- 2.3 gradients through H = ReLU(Y_hat) ----


def grad_gamma(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """dl/dgamma = sum_i g_i (Y_i - m) / s, with g = dl/dH where Y_hat > 0 and s = sqrt(v + eps).

    Shapes
        dH, Y (B, M); gamma, beta (M,)  ->  (M,).
    Units
        Those of l over those of gamma.
    Source
        The chain rule; Y_hat = gamma (Y - m) / s + beta, and one gamma serves a whole column.

    >>> grad_gamma(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.array([2.0]), np.array([10.0]), 3.0).tolist()
    [0.0]
    """
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return np.sum(g * c, axis=0) / s


def grad_beta(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """dl/dbeta = sum_i g_i, with g = dl/dH where Y_hat > 0.

    Shapes
        dH, Y (B, M); gamma, beta (M,)  ->  (M,).
    Units
        Those of l over those of beta.
    Source
        The chain rule.

    >>> grad_beta(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.array([2.0]), np.array([0.0]), 3.0).tolist()
    [1.0]
    """
    g, _, _ = _backward(dH, Y, gamma, beta, eps)
    return np.sum(g, axis=0)


def grad_mean(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """dl/dm = -(gamma / s) sum_i g_i, with m a variable of its own and Y fixed.

    Whether v is held fixed or moves with m is the same: dv/dm = -2 mean(Y - m) = 0.

    Shapes
        dH, Y (B, M); gamma, beta (M,)  ->  (M,).
    Units
        Those of l over those of Y.
    Source
        The chain rule; Ioffe & Szegedy (2015), section 3.

    >>> grad_mean(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.array([2.0]), np.array([10.0]), 3.0).tolist()
    [-2.0]
    """
    g, _, s = _backward(dH, Y, gamma, beta, eps)
    return -gamma / s * np.sum(g, axis=0)


def grad_var(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """dl/dv = -(gamma / (2 s^3)) sum_i g_i (Y_i - m), with v a variable of its own and m fixed.

    Shapes
        dH, Y (B, M); gamma, beta (M,)  ->  (M,).
    Units
        Those of l over those of Y squared.
    Source
        The chain rule; Ioffe & Szegedy (2015), section 3.

    >>> grad_var(np.ones((2, 1)), np.array([[1.0], [3.0]]), np.array([2.0]), np.array([0.0]), 3.0).tolist()
    [-0.125]
    """
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return -gamma / (2 * s**3) * np.sum(g * c, axis=0)


def grad_input(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """dl/dY, through Y_hat, m and v.

        dl/dY = (gamma / s) ( g - mean(g) - c mean(g c) / s^2 ),    c = Y - m, means over the rows

    Shapes
        dH, Y (B, M); gamma, beta (M,)  ->  (B, M).
    Units
        Those of l over those of Y.
    Numerics
        Its columns add up to 0. It is 0 for B = 1.
    Source
        The chain rule; Ioffe & Szegedy (2015), section 3.

    >>> Y, dH = np.array([[1.0], [3.0]]), np.array([[1.0], [3.0]])
    >>> grad_input(dH, Y, np.array([2.0]), np.array([10.0]), 3.0).tolist()
    [[-0.75], [0.75]]
    """
    g, c, s = _backward(dH, Y, gamma, beta, eps)
    return gamma / s * (g - np.mean(g, axis=0) - c * np.mean(g * c, axis=0) / s**2)


def _backward(dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float) -> tuple[Floats, Floats, Floats]:
    """g, the gradient that reaches Y_hat; c = Y - m; s = sqrt(v + eps)."""
    Y_hat, m, v = batch_norm_forward(Y, gamma, beta, eps)
    return dH * (Y_hat > 0), Y - m, np.sqrt(v + eps)


def hidden(Y: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """H = ReLU(Y_hat), (B, M)."""
    return np.maximum(batch_norm_forward(Y, gamma, beta, eps)[0], 0)


def hidden_with_statistics(Y: Floats, m: Floats, v: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """H for a mean m and a variance v, both (M,), that do not depend on Y."""
    return np.maximum(gamma * (Y - m) / np.sqrt(v + eps) + beta, 0)


# ---- 2.4 whitening ----


def whitening_matrix(Y: Floats) -> Floats:
    """A matrix A with A Sigma A^T = I, Sigma the (1/B) covariance of the rows of Y: here Sigma^(-1/2).

    Every other one is this one times a rotation or reflection from the left.

    Shapes
        Y (B, M), B > M  ->  A (M, M).
    Units
        One over those of Y.
    Errors
        LinAlgError where Sigma is singular, as it is for B <= M.
    Source
        Kessy, Lewin & Strimmer, Optimal whitening and decorrelation, arXiv:1512.00809 (2015).

    >>> whitening_matrix(np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 4.0], [0.0, -4.0]])).round(4).tolist()
    [[0.7071, 0.0], [0.0, 0.3536]]
    """
    centred = Y - np.mean(Y, axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(Y))
    if np.any(values <= 0):
        raise np.linalg.LinAlgError("the covariance is singular: the batch must have more rows than columns")
    return (vectors / np.sqrt(values)) @ vectors.T


def whitening_batch_norm(Y: Floats) -> Floats:
    """The centred batch times A^T: columns of mean 0, variance 1 and no correlation.

    Shapes
        Y (B, M), B > M  ->  (B, M).
    Units
        None.
    Errors
        LinAlgError where the covariance of Y is singular.
    Source
        As whitening_matrix; any rotation of it is as good.

    >>> whitening_batch_norm(np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 4.0], [0.0, -4.0]])).round(4)[0].tolist()
    [1.4142, 0.0]
    """
    return (Y - np.mean(Y, axis=0)) @ whitening_matrix(Y).T


# ---- inputs ----


def batch_inputs(
    draw: Draw, B: int, M: int, eps: float, columns: str = "any", signs: str = "any"
) -> dict[str, Any]:
    """A batch whose columns differ in scale and mean; the gradient that reaches it; its statistics.

    No entry of Y_hat is near 0, where the ReLU has its kink, and every column has some on either side of it. With
    signs "of_eps", some are on their side because of eps: with half of it they would be on the other.
    """
    for _ in range(1000):
        Y = single(draw.uniform(0.3, 3.0, M) * (draw.normal(B, M) + draw.normal(M)))
        if columns == "constant":  # sums of eighths are exact, so that the deviations are exactly 0
            Y = np.tile(np.round(8 * Y[0]) / 8, (B, 1))
        inputs = {
            "dH": single(draw.generator.standard_normal((B, M))),
            "Y": Y,
            "gamma": draw.signed_uniform(0.4, 2.0, M),
            "beta": draw.signed_uniform(0.2, 0.9, M),
            "eps": single(eps),
            "m": np.mean(Y, axis=0),
            "v": np.var(Y, axis=0),
        }
        if _is_clear(inputs) and (signs == "any" or _hangs_on_eps(inputs)):
            return inputs
    raise RuntimeError(f"no batch of {B} by {M} keeps away from the kink in the regime {draw.regime!r}")


def _is_clear(inputs: dict[str, Any]) -> bool:
    dH, arguments = inputs["dH"], [inputs[name] for name in ("Y", "gamma", "beta", "eps")]
    Y_hat, _, v = batch_norm_forward(*arguments)
    if np.min(v) == 0:
        return True
    g, c, _ = _backward(dH, *arguments)
    mixed = np.all(np.any(Y_hat > 0, axis=0)) and np.any(Y_hat < 0)
    # No gradient is small beside the terms that it adds up.
    sums = np.abs(np.sum(g, axis=0)) >= 0.03 * np.linalg.norm(g, axis=0)
    products = np.abs(np.sum(g * c, axis=0)) >= 0.03 * np.linalg.norm(g, axis=0) * np.linalg.norm(c, axis=0)
    return bool(np.min(np.abs(Y_hat)) > 0.01 and mixed and np.all(sums) and np.all(products))


def _hangs_on_eps(inputs: dict[str, Any]) -> bool:
    Y, gamma, beta, eps = (inputs[name] for name in ("Y", "gamma", "beta", "eps"))
    opened, otherwise = (batch_norm_forward(Y, gamma, beta, own)[0] > 0 for own in (eps, eps / 2))
    return bool(np.any(opened != otherwise))


def affine_inputs(draw: Draw, M: int) -> dict[str, Any]:
    """Scales of both signs, off 1, and shifts."""
    sizes = np.where(draw.mask(0.5, M) > 0, draw.uniform(0.4, 0.8, M), draw.uniform(1.25, 2.0, M))
    gamma = sizes * draw.sign(M)
    gamma[0] = -np.abs(gamma[0])
    return {"gamma": gamma, "beta": draw.signed_uniform(0.3, 2.0, M)}


def correlated_inputs(draw: Draw, M: int) -> dict[str, Any]:
    """A batch of 5 M + 10 correlated rows off the origin."""
    mixing = single(draw.orthogonal(M) * np.geomspace(0.5, 2.0, M) @ draw.orthogonal(M).T)
    return {"Y": single((draw.normal(5 * M + 10, M)) @ mixing.T + draw.signed_uniform(0.5, 2.0, M))}


# ---- properties ----


def shifting_a_column_changes_nothing(
    grad_input: Any, dH: Floats, Y: Floats, gamma: Floats, beta: Floats, eps: float
) -> None:
    """m takes up what is added to a whole column, so l has no slope in that direction: columns of dl/dY add up to 0."""
    dY = np.asarray(grad_input(dH, Y, gamma, beta, eps))
    size = np.sum(np.abs(dH), axis=0) * np.abs(gamma) / np.sqrt(np.var(Y, axis=0) + eps)
    assert np.all(np.abs(np.sum(dY, axis=0)) <= 1e-4 * size), (
        "adding one number to a whole column of Y leaves Y_hat as it is, but according to your dl/dY it changes the"
        " loss"
    )


def the_batch_has_the_identity_for_covariance(whitening_matrix: Any, Y: Floats) -> None:
    """A Sigma A^T = I for the (1/B) covariance Sigma of the rows of Y."""
    A, centred = np.asarray(whitening_matrix(Y)), Y - np.mean(Y, axis=0)
    Sigma, one = centred.T @ centred / len(Y), np.eye(len(A))
    if np.allclose(A @ Sigma @ A.T, one, rtol=0, atol=1e-4):
        return
    other_side, inverse = A.T @ Sigma @ A, A @ A.T
    assert not np.allclose(other_side, one, rtol=0, atol=1e-4), (
        "A^T Sigma A is the identity for your A: from which side has A to act?"
    )
    assert not np.allclose(inverse, Sigma, rtol=0, atol=1e-4), (
        "A A^T is Sigma for your A: it gives white rows this covariance. What undoes it?"
    )
    raise AssertionError(
        "the covariance of A (Y[i] - mu), with 1/B, is not the identity: compute it, and look at its diagonal first"
    )


def what_comes_out_is_white(whitening_batch_norm: Any, Y: Floats) -> None:
    """Columns of mean 0, and the identity for a covariance (1/B)."""
    white = np.asarray(whitening_batch_norm(Y))
    assert np.max(np.abs(np.mean(white, axis=0))) <= 1e-4, "the columns that you return do not have the mean 0"
    one, centred = np.eye(Y.shape[1]), Y - np.mean(Y, axis=0)
    if np.allclose(white.T @ white / len(Y), one, rtol=0, atol=1e-4):
        return
    A = np.linalg.lstsq(centred, white, rcond=None)[0].T
    other_side = A.T @ (centred.T @ centred / len(Y)) @ A
    assert not np.allclose(other_side, one, rtol=0, atol=1e-4), (
        "the matrix that you use whitens from the other side: what is A (Y[i] - mu) for all rows at once?"
    )
    raise AssertionError(
        "the covariance of the rows that you return, with 1/B, is not the identity: look at its diagonal first"
    )
