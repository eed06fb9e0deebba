"""Problem 3, a small network: softmax and cross-entropy, dropout, and the gradient of its first weights."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn

Floats = NDArray[np.float64]
Function = Callable[..., Any]


# ---- the output layer ----


def softmax(z: Floats) -> Floats:
    """Class probabilities p_k = e^(z_k) / sum_j e^(z_j).

    Shapes
        z (c,), c >= 1  ->  (c,), positive, adding up to 1.
    Units
        Scores in nats; probabilities have none.
    Numerics
        The largest score is subtracted first, so exp never overflows.
    Source
        Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.62.

    >>> softmax(np.array([0.0, np.log(3.0)])).round(12).tolist()
    [0.25, 0.75]
    """
    odds = np.exp(z - np.max(z))
    return odds / np.sum(odds)


def softmax_jacobian(z: Floats) -> Floats:
    """dp_k/dz_i = p_k (delta_ki - p_i): diag(p) - p p^T, which is symmetric.

    Shapes
        z (c,)  ->  (c, c); every column adds up to 0.
    Units
        Per nat.
    Numerics
        p_k (1 - p_k) cancels where p_k is close to 1, to an error of one rounding of 1.
    Source
        Bishop (2006), eq. 4.106.

    >>> softmax_jacobian(np.array([0.0, np.log(3.0)])).round(12).tolist()
    [[0.1875, -0.1875], [-0.1875, 0.1875]]
    """
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def cross_entropy(z: Floats, k: int) -> float:
    """-ln p_k = ln sum_j e^(z_j) - z_k, the loss where class k is the true one (counted from 0).

    >>> round(cross_entropy(np.zeros(4), 0), 6)  # ln 4
    1.386294
    """
    largest = np.max(z)
    return float(largest - z[k] + np.log(np.sum(np.exp(z - largest))))


def cross_entropy_gradient(z: Floats, k: int) -> Floats:
    """dL/dz_i = p_i - delta_ik, where class k is the true one (counted from 0).

    Shapes
        z (c,), c >= 1; 0 <= k < c  ->  (c,), which adds up to 0.
    Units
        None: nats per nat.
    Numerics
        p_k - 1 cancels where p_k is close to 1, to an error of one rounding of 1.
    Source
        Bishop (2006), eq. 4.109, without its inputs.

    >>> cross_entropy_gradient(np.array([0.0, np.log(3.0)]), 1).round(12).tolist()
    [0.25, -0.25]
    """
    gradient = softmax(z)
    gradient[k] -= 1.0
    return gradient


def score_inputs(draw: Draw, c: int, k: str = "any", shift: float = 0.0, spread: float = 0.0) -> dict[str, Any]:
    """Scores of c classes and the true one: any, the first or the last. Stress adds a `shift` to all of them, or makes
    the largest exceed the least by a `spread`."""

    def make() -> dict[str, Any]:
        z = np.asarray(single(2.0 * draw.normal(c)))
        if spread:
            z = z + spread * np.arange(c) / max(1, c - 1)
        true = {"any": draw.ints(0, c - 1), "first": 0, "last": c - 1}[k]
        return {"z": single(draw.generator.permutation(z) + shift), "k": true}

    def good(inputs: dict[str, Any]) -> bool:
        p = softmax(inputs["z"])
        # Not too sure, and not symmetric: else half of the formula is invisible.
        return c == 1 or bool(spread) or bool(np.max(p) <= 0.95 and np.ptp(p) >= 0.02)

    return redrawn(make, good)


def jacobian_is_the_slope_of_softmax(softmax_jacobian: Function, z: Floats) -> None:
    """The Jacobian is what finite differences of softmax give; every column adds up to 0."""
    jacobian = np.asarray(softmax_jacobian(z))
    assert np.max(np.abs(np.sum(jacobian, axis=0))) <= 1e-4, "the p_k add up to 1 for every z: and their slopes?"
    for i, direction in enumerate(np.eye(len(z))):
        h = 1e-5
        slope = (softmax(z + h * direction) - softmax(z - h * direction)) / (2 * h)
        assert np.max(np.abs(jacobian[:, i] - slope)) <= 1e-4, (
            f"column {i} of your Jacobian is not how p changes with z_{i}: compare it with finite differences"
        )


# ---- the hidden layer ----


def leaky_relu_grad(z: Floats, alpha: float = 0.01) -> Floats:
    """The derivative of LeakyReLU: 1 where z > 0, alpha where it is not.

    Shapes
        z (m,)  ->  (m,).
    Numerics
        At z = 0 there is none; every number from alpha to 1 is a subgradient, and alpha is what autograd takes.
    Source
        Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013), eq. 2.

    >>> leaky_relu_grad(np.array([-2.0, 3.0]), 0.25).tolist()
    [0.25, 1.0]
    """
    return np.where(z > 0, 1.0, alpha)


def rectifier_inputs(draw: Draw, m: int, alpha: str = "some", zeros: bool = False) -> dict[str, Any]:
    """Numbers of both signs, away from 0 or with some of them at it, and a slope: given, or left to its default."""
    z = 2.0 * draw.generator.standard_normal(m)
    z = np.sign(z) * np.maximum(np.abs(z), 0.1)
    z[: min(2, m)] = [1.5, -0.75][: min(2, m)]
    if zeros:
        z[::3] = 0.0
    slope = 0.01 if alpha == "default" else draw.uniform(0.02, 0.5)
    given = {} if alpha == "default" else {"alpha": slope}
    return {"z": single(z), **given, "slope": slope, "default": alpha == "default"}


def slope_of_leaky_relu(leaky_relu_grad: Function, z: Floats, slope: float, default: bool) -> None:
    """1 where z > 0, alpha where z < 0, anything between at 0."""
    found = np.asarray(leaky_relu_grad(z) if default else leaky_relu_grad(z, slope))
    low, high = min(slope, 1.0), max(slope, 1.0)
    assert np.all(np.abs(found[z > 0] - 1) <= 1e-5), "where z > 0, LeakyReLU is z itself: what is its slope?"
    assert np.all(np.abs(found[z < 0] - slope) <= 1e-5 * slope), (
        "where z < 0, the slope is not the alpha that is given (or its default, where none is)"
    )
    kink = found[z == 0]
    assert np.all((kink >= low - 1e-5) & (kink <= high + 1e-5)), "at z = 0 the slope lies between those on either side"


def inverted_dropout_mask(rng: np.random.Generator, size: int, p: float = 0.2) -> Floats:
    """The multipliers of inverted dropout: each is 0 with probability p, else 1/(1 - p), independently.

    Shapes
        (size,). The mean is 1, so that nothing has to be rescaled when nothing is dropped.
    Source
        torch.nn.Dropout in training; Srivastava et al., JMLR 15 (2014), section 10.

    >>> inverted_dropout_mask(np.random.default_rng(0), 3, 0.0).tolist()
    [1.0, 1.0, 1.0]
    """
    return (rng.random(size) >= p) / (1.0 - p)


def mask_inputs(draw: Draw, size: int, p: float = -1.0) -> dict[str, Any]:
    """A generator, a number of units and how many of them are dropped; without a p, its default is used.

    `drop` is the probability that the mask has, given or not.
    """
    given = {"p": p} if p >= 0 else {}
    return {"rng": draw.rng(), "size": size, **given, "drop": p if p >= 0 else 0.2}


def dropped_units(draws: Floats, drop: float) -> Iterator[Any]:
    """The law of the masks: 0 or 1/(1 - p), nothing else, dropped one by one."""
    from grader.laws import Claim, bernoulli

    kept = draws != 0
    assert np.allclose(draws, kept / (1 - drop), rtol=1e-5, atol=0), (
        "every entry is either 0 or one number, the same in every call, with which the mean of the mask is 1 on average"
    )
    if drop == 0:
        assert kept.all(), "with p = 0 nothing is dropped"
        yield Claim(1.0, "With p = 0 nothing is dropped.")
    else:
        yield from bernoulli(kept, 1 - drop, "kept units")


# ---- the whole network ----


def mlp_loss(
    x: Floats, y: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, mask: Floats, alpha: float = 0.01
) -> float:
    """The loss of the network: -sum_k y_k ln softmax(w2 (mask * LeakyReLU(w1 x + b1)) + b2)_k.

    Shapes
        x (d_x,), y (c,), w1 (d_a, d_x), b1 (d_a,), w2 (c, d_a), b2 (c,), mask (d_a,)  ->  a float.
        `mask` is what the hidden units are multiplied by; nothing is rescaled any more.
    Units
        Nats.
    Numerics
        ln softmax is taken as z - logsumexp(z).
    Source
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.

    >>> one = np.ones((1, 1))
    >>> round(mlp_loss(one[0], np.array([0.0, 1.0]), one, one[0], np.zeros((2, 1)), np.zeros(2), one[0]), 6)  # ln 2
    0.693147
    """
    z2 = w2 @ (mask * leaky_relu(w1 @ x + b1, alpha)) + b2
    largest = np.max(z2)
    return float(np.sum(y * (largest - z2 + np.log(np.sum(np.exp(z2 - largest))))))


def mlp_grad_w1(
    x: Floats, y: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, mask: Floats, alpha: float = 0.01
) -> Floats:
    """dL/dW1 = [ W2^T (p - y) * mask * LeakyReLU'(z1) ] x^T.

    Shapes
        As in `mlp_loss`  ->  (d_a, d_x).
    Units
        Those of the loss over those of W1.
    Source
        The chain rule; the factors stand in the order in which they are met on the way back.

    >>> one = np.ones((1, 1))
    >>> w2, b2 = np.array([[1.0], [0.0]]), np.array([-3.0, 0.0])
    >>> mlp_grad_w1(2 * one[0], np.array([0.0, 1.0]), one, one[0], w2, b2, one[0])
    array([[1.]])
    """
    dz1 = hidden_gradient(x, y, w1, b1, w2, b2, mask, alpha)
    return np.outer(dz1, x)


def mlp_gradients(
    x: Floats,
    y: Floats,
    w1: Floats,
    b1: Floats,
    w2: Floats,
    b2: Floats,
    mask: Floats,
    upstream: Floats,
    alpha: float = 0.01,
) -> tuple[Floats, Floats, Floats, Floats]:
    """What comes back to (w1, b1, w2, b2) when the loss is multiplied by a number.

    Shapes
        (d_a, d_x), (d_a,), (c, d_a), (c,).
    """
    hidden = mask * leaky_relu(w1 @ x + b1, alpha)
    dz2 = upstream * (np.sum(y) * softmax(w2 @ hidden + b2) - y)
    dz1 = upstream * hidden_gradient(x, y, w1, b1, w2, b2, mask, alpha)
    return np.outer(dz1, x), dz1, np.outer(dz2, hidden), dz2


def hidden_gradient(
    x: Floats, y: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats, mask: Floats, alpha: float
) -> Floats:
    """dL/dz1, what comes back to the hidden layer before its activation: (d_a,)."""
    z1 = w1 @ x + b1
    p = softmax(w2 @ (mask * leaky_relu(z1, alpha)) + b2)
    return w2.T @ (p - y) * mask * leaky_relu_grad(z1, alpha)


def leaky_relu(z: Floats, alpha: float) -> Floats:
    """z where it is positive, alpha z where it is not."""
    return np.where(z > 0, z, alpha * z)


def network_inputs(
    draw: Draw, d_x: int, d_a: int, c: int, mask: str = "scales", alpha: str = "some"
) -> dict[str, Any]:
    """A point, its class and a network. The mask holds scales and zeros, is 0 or 1.25 everywhere; `alpha` is given, or
    left to its default. Redrawn until units on both sides of the kink, and both layers, matter."""

    def make() -> dict[str, Any]:
        inputs = {
            "x": draw.signed_uniform(0.4, 1.8, d_x),
            "y": np.eye(c)[draw.ints(0, c - 1)],
            "w1": single(draw.normal(d_a, d_x)),
            "b1": draw.signed_uniform(0.2, 1.0, d_a),
            "w2": single(draw.normal(c, d_a)),
            "b2": draw.signed_uniform(0.2, 1.0, c),
            "mask": _mask(draw, d_a, mask),
        }
        return inputs | ({} if alpha == "default" else {"alpha": draw.uniform(0.05, 0.5)})

    return redrawn(make, lambda inputs: _shows_everything(inputs, trivial=mask == "dropped"))


def _mask(draw: Draw, d_a: int, kind: str) -> Floats:
    if kind != "scales":
        return np.full(d_a, {"dropped": 0.0, "whole": 1.25}[kind])
    scales = np.asarray(draw.uniform(0.5, 2.0, d_a))
    if d_a > 3:
        scales[draw.ints(0, d_a - 1)] = 0.0
    return scales


def _shows_everything(inputs: dict[str, Any], trivial: bool) -> bool:
    """Whether no unit is at the kink, there are some on either side, and the prediction is in doubt."""
    alpha = inputs.get("alpha", 0.01)
    z1 = inputs["w1"] @ inputs["x"] + inputs["b1"]
    clear = np.min(np.abs(z1)) >= 0.1
    live = inputs["mask"] > 0
    if trivial:
        return bool(clear)
    both = len(z1) == 1 or (np.any(z1[live] > 0) and np.any(z1[live] < 0))
    names = ("x", "y", "w1", "b1", "w2", "b2", "mask")
    dz1 = hidden_gradient(*(inputs[name] for name in names), alpha)
    loss = mlp_loss(*(inputs[name] for name in names), alpha)
    return bool(clear and both and np.max(np.abs(dz1)) >= 0.05 and 0.05 <= loss <= 4.0)
