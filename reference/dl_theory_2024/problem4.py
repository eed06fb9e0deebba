"""Problem 4, recurrent networks: the gradient through time, and when it vanishes.

    h_t = sigma(a_t),    a_t = W h_{t-1} + U x_t + b,    t = 1 ... T
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single
from grader.given import given

Floats = NDArray[np.float64]
Elementwise = Callable[[Floats], Floats]

ROUNDING = 1e-5  # of what is asserted: an answer may be in single precision


# ---- 4.1: the gradient ----


def rnn_forward(W: Floats, U: Floats, b: Floats, h0: Floats, X: Floats, sigma: Elementwise) -> Floats:
    """All hidden states, the first of which is h_0.

    Shapes
        W (D, D), U (D, d), b and h0 (D,), X (T, d), whose row t - 1 is x_t  ->  (T + 1, D).
    Units
        Those of sigma.
    Source
        Deep Learning (2016), section 10.2.

    >>> one, none = np.eye(1), np.zeros((2, 1))
    >>> rnn_forward(2 * one, one, np.array([1.0]), np.array([0.0]), none, lambda a: a).tolist()
    [[0.0], [1.0], [3.0]]
    """
    states = [h0]
    for x in X:
        states.append(sigma(W @ states[-1] + U @ x + b))
    return np.array(states)


def rnn_jacobian(
    W: Floats, U: Floats, b: Floats, h0: Floats, X: Floats, sigma: Elementwise, dsigma: Elementwise
) -> Floats:
    """dh_T/dh_0, entry [i, j] of which is dh_T[i]/dh_0[j].

        dh_T/dh_0 = J_T ... J_1,    J_t = diag(sigma'(a_t)) W

    Matrices do not commute: the latest factor stands on the left.

    Shapes
        As `rnn_forward`; dsigma is the derivative of sigma, taken at the pre-activation  ->  (D, D).
    Units
        Those of sigma over those of h_0.
    Source
        On the difficulty of training recurrent neural networks, arXiv:1211.5063 (2012), eq. 5.

    >>> W, zero = np.array([[0.0, 1.0], [2.0, 0.0]]), np.zeros(2)
    >>> rnn_jacobian(W, np.zeros((2, 1)), zero, zero, np.ones((3, 1)), lambda a: a, np.ones_like).tolist()
    [[0.0, 2.0], [4.0, 0.0]]
    """
    product = np.eye(len(h0))
    h = h0
    for x in X:
        a = W @ h + U @ x + b
        product = dsigma(a)[:, None] * (W @ product)
        h = sigma(a)
    return product


# ---- 4.2 and 4.3: bounds on its norm ----


def jacobian_norm_bound(gamma: float, t: int) -> float:
    """The least bound on the spectral norm of dh_t/dh_0 for every orthogonal W and every sigma with |sigma'| <= gamma.

    Shapes
        gamma > 0, t >= 0  ->  a number.
    Units
        None.
    Source
        ||J_t ... J_1|| <= prod ||diag(sigma')|| ||W||, with equality for sigma(a) = gamma a.

    >>> jacobian_norm_bound(0.5, 3)
    0.125
    """
    return gamma**t


def vanishing_condition(gamma: float) -> bool:
    """Whether |sigma'| <= gamma makes dh_t/dh_0 go to zero, for every orthogonal W and every such sigma.

    Shapes
        A number  ->  a truth value.
    Source
        `jacobian_norm_bound`; at gamma = 1 the identity keeps every length.

    >>> vanishing_condition(0.5), vanishing_condition(1.0)
    (True, False)
    """
    return gamma < 1


def general_norm_bound(W: Floats, gamma: float, t: int) -> float:
    """The bound (gamma ||W||)^t on the spectral norm of dh_t/dh_0, for any W and |sigma'| <= gamma.

    Shapes
        W (D, D), t >= 0  ->  a number.
    Units
        None.
    Numerics
        ||W|| is the largest singular value. No power of W is enough: diagonal matrices stand between the factors.
    Source
        The spectral norm is submultiplicative.

    >>> general_norm_bound(np.array([[0.0, 3.0], [0.0, 0.0]]), 0.5, 2)
    2.25
    """
    return float((gamma * np.linalg.norm(W, 2)) ** t)


def nonvanishing_example(gamma: float, dim: int) -> Floats:
    """A W that is not orthogonal and with which dh_t/dh_0 need not vanish although |sigma'| <= gamma < 1.

    Shapes
        gamma in (0, 1), dim >= 1  ->  (dim, dim).
    Source
        With sigma(a) = gamma a the gradient is (gamma W)^t; it does not vanish when gamma W has an eigenvalue of
        modulus 1 or more.

    >>> nonvanishing_example(0.5, 1).tolist()
    [[4.0]]
    """
    return (2 / gamma) * np.eye(dim)


# ---- 4.4: activations ----


def activation_derivative(name: str, a: Floats) -> Floats:
    """The derivative of relu, sigmoid or tanh, entry by entry; relu has none at 0.

    Shapes
        a of any shape  ->  the same shape.
    Errors
        ValueError for any other name.
    Numerics
        sigmoid'(a) as sigmoid(a) sigmoid(-a), which loses no digits where the sigmoid is nearly 1.
    Source
        Deep Learning (2016), section 6.3.

    >>> activation_derivative("relu", np.array([-2.0, 3.0])).tolist()
    [0.0, 1.0]
    >>> activation_derivative("sigmoid", np.array([np.log(3)])).round(12).tolist()
    [0.1875]
    """
    match name:
        case "relu":
            return np.where(a > 0, 1.0, 0.0)
        case "sigmoid":
            return _sigmoid(a) * _sigmoid(-a)
        case "tanh":
            return 1 / np.cosh(a) ** 2
    raise ValueError(f"unknown activation '{name}'")


def derivative_bound(name: str) -> float:
    """The least upper bound of the derivative's modulus, for relu, sigmoid or tanh.

    Shapes
        A name  ->  a number.
    Source
        The derivatives of sigmoid and tanh are largest at 0.

    >>> derivative_bound("sigmoid")
    0.25
    """
    return {"relu": 1.0, "sigmoid": 0.25, "tanh": 1.0}[name]


def total_activation(name: str, a: Floats) -> float:
    """The sum of the activations of all entries; its gradient is their derivative."""
    match name:
        case "relu":
            return float(np.sum(np.maximum(a, 0)))
        case "sigmoid":
            return float(np.sum(_sigmoid(a)))
        case _:
            return float(np.sum(np.tanh(a)))


def last_state(W: Floats, U: Floats, b: Floats, h0: Floats, X: Floats, sigma: Elementwise) -> Floats:
    """h_T, as a function of h0."""
    return rnn_forward(W, U, b, h0, X, sigma)[-1]


def _sigmoid(a: Floats) -> Floats:
    return (1 + np.tanh(a / 2)) / 2


# ---- inputs ----


def rnn_inputs(draw: Draw, D: int, T: int, sigma: str) -> dict[str, Any]:
    """A network whose activation is neither linear nor saturated, and a sequence.

    The weights are so large that the gradient neither vanishes nor explodes within T steps.
    """
    d = 6
    return {
        "W": draw.normal(D, D),
        "U": draw.uniform(-0.5, 0.5, D, d),
        "b": draw.signed_uniform(0.2, 0.8, D),
        "h0": draw.normal(D),
        "X": single(draw.generator.standard_normal((T, d))),
        "sigma": given(sigma),
        "dsigma": given(f"{sigma}_derivative"),
    }


def bound_inputs(draw: Draw, t: int) -> dict[str, Any]:
    """A bound on the slope, below 1 and above, and a number of steps."""
    return {"gamma": draw.uniform(0.1, 0.9) if draw.choice([True, False]) else draw.uniform(1.05, 1.5), "t": t}


def slope_bound(draw: Draw, gamma: float) -> dict[str, Any]:
    """A bound on the slope."""
    return {"gamma": gamma}


def general_inputs(draw: Draw, D: int, t: int, kind: str) -> dict[str, Any]:
    """A matrix of no special form, one whose powers vanish, or one that keeps all lengths."""
    W = draw.orthogonal(D) if kind == "orthogonal" else draw.normal(D, D)
    if kind == "nilpotent":
        # W W = 0, and no entry of W is: W = u v^T with u and v at right angles.
        u, v = np.resize([1.0, -1.0], D), np.ones(D)
        W = draw.uniform(0.5, 1.5) * np.outer(u - u.mean(), v)
    return {"W": single(W), "gamma": draw.uniform(0.3, 0.95), "t": t}


def example_inputs(draw: Draw, gamma: float, dim: int) -> dict[str, Any]:
    """A bound on the slope and a size."""
    return {"gamma": gamma, "dim": dim}


def activation_inputs(draw: Draw, name: str, n: int) -> dict[str, Any]:
    """Places around zero and far from it, none of them at the kink of relu."""
    near, far = draw.signed_uniform(0.05, 3.0, n), draw.signed_uniform(3.0, 30.0, 2)
    return {"name": name, "a": np.concatenate([near, far]) if draw.regime == "large" else near}


def activation_name(draw: Draw, name: str) -> dict[str, Any]:
    """The name of an activation."""
    return {"name": name}


# ---- properties ----


def the_first_state_is_h0(
    rnn_forward: Callable[..., Floats], W: Floats, U: Floats, b: Floats, h0: Floats, X: Floats, sigma: Elementwise
) -> None:
    """Row 0 of the states is h_0."""
    states = rnn_forward(W, U, b, h0, X, sigma)
    assert np.allclose(states[0], h0, rtol=ROUNDING, atol=ROUNDING), "row 0 of the states must be h_0 itself"


def bounds_all_products(jacobian_norm_bound: Callable[..., float], gamma: float, t: int) -> None:
    """No orthogonal W with slopes up to gamma gives a larger norm than the bound."""
    bound = jacobian_norm_bound(gamma, t)
    assert _largest_norm(np.eye(3), gamma, t) <= bound * (1 + ROUNDING), (
        "there is an orthogonal W, and slopes of at most gamma, with which the norm is larger than your bound"
    )


def bounds_all_products_with_w(general_norm_bound: Callable[..., float], W: Floats, gamma: float, t: int) -> None:
    """No slopes up to gamma give a larger norm than the bound."""
    bound = general_norm_bound(W, gamma, t)
    assert _largest_norm(W, gamma, t) <= bound * (1 + ROUNDING), (
        "there are slopes of at most gamma with which the norm of the product of all diag(sigma') W is larger"
    )


def _largest_norm(W: Floats, gamma: float, t: int) -> Any:
    """The largest norm of diag(s_t) W ... diag(s_1) W among some slopes |s| <= gamma, constant ones and others."""
    rng = np.random.default_rng(t)
    norms = []
    for spread in (0.0, 0.0, 1.0, 1.0, 1.0):
        product = np.eye(len(W))
        for _ in range(t):
            slopes = gamma * (1 - spread * rng.uniform(0, 1, len(W)))
            product = (slopes * rng.choice([-1, 1], len(W)) if spread else slopes)[:, None] * (W @ product)
        norms.append(np.linalg.norm(product, 2))
    return max(norms)


def the_gradient_need_not_vanish(nonvanishing_example: Callable[..., Floats], gamma: float, dim: int) -> None:
    """With sigma(a) = gamma a the gradient is (gamma W)^t, and W is not orthogonal."""
    W = nonvanishing_example(gamma, dim)
    assert np.all(np.abs(W) < 1e100), "the entries of W must be numbers of a reasonable size"
    assert np.max(np.abs(W.T @ W - np.eye(dim))) > 1e-6, "your W is orthogonal: asked for is one that is not"
    radius = np.max(np.abs(np.linalg.eigvals(gamma * W)))
    assert radius >= 1 - 1e-6, (
        "with sigma(a) = gamma a the gradient is (gamma W)^t: with your W it goes to zero as t grows"
    )
