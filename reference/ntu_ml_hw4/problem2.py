"""Problem 2, back-propagation through time: one tanh layer, and a recurrent network of two steps.

    h_t = tanh(W_h h_{t-1} + W_i x_t)  for t = 1, 2,    yhat = sigmoid(W_o h_2),
    L = -y log yhat - (1 - y) log(1 - yhat).

Every gradient has the shape of the parameter that it belongs to; logarithms are natural.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]


def tanh_layer_backward(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """The gradients (dL/dW, dL/dB, dL/dX) of a loss L through Z = tanh(W X + B), given dL/dZ.

        dL/dY = (1 - Z^2) * dL/dZ,    dL/dW = dL/dY X^T,    dL/dB = dL/dY,    dL/dX = W^T dL/dY    (Y = W X + B)

    Shapes
        dZ and B (n,), X (m,), W (n, m)  ->  (n, m), (n,), (m,).
    Units
        Those of L over those of W, B and X.
    Numerics
        1 - Z^2 loses digits where the layer saturates: |Z| next to 1.
    Source
        Deep Learning (2016), section 6.5.

    >>> dW, dB, dX = tanh_layer_backward(np.array([4.0]), np.array([2.0, 1.0]), np.array([[1.0, -2.0]]), np.zeros(1))
    >>> dW.tolist(), dB.tolist(), dX.tolist()  # W X + B = 0, where tanh has slope 1
    ([[8.0, 4.0]], [4.0], [4.0, -8.0])
    """
    dY = (1 - np.tanh(W @ X + B) ** 2) * dZ
    return np.outer(dY, X), dY, W.T @ dY


def rnn_forward(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """The two hidden states and the prediction (h1, h2, yhat).

    Shapes
        x1, x2 (m,), h0 (n,), W_i (n, m), W_h (n, n), W_o (1, n)  ->  (n,), (n,), a number in (0, 1).
    Units
        Hidden states are dimensionless, in (-1, 1); yhat is a probability.
    Numerics
        The sigmoid overflows only for scores below -709, where it still rounds to 0.
    Source
        Deep Learning (2016), section 10.2.

    >>> W_o = np.array([[np.log(3.0) / np.tanh(1.0)]])
    >>> h1, h2, yhat = rnn_forward(np.array([0.5]), np.array([1.0]), np.array([-0.5]), np.eye(1), np.eye(1), W_o)
    >>> h1.tolist(), bool(h2[0] == np.tanh(1.0)), round(yhat, 12)
    ([0.0], True, 0.75)
    """
    h1 = np.tanh(W_h @ h0 + W_i @ x1)
    h2 = np.tanh(W_h @ h1 + W_i @ x2)
    return h1, h2, float(1 / (1 + np.exp(-(W_o @ h2)[0])))


def bce_loss(y: float, y_hat: float) -> float:
    """The cross-entropy of a prediction yhat for a label y, which may be a probability itself.

    Shapes
        y in [0, 1], yhat in (0, 1)  ->  a number, at least 0.
    Units
        Nats.
    Errors
        None is raised for yhat = 0 or 1: the value is infinite, or not a number.
    Numerics
        Nothing is clipped; a clip at 1e-12 would change nothing for the inputs that are used here.
    Source
        Pattern Recognition and Machine Learning (2006), eq. 4.90.

    >>> round(float(np.exp(bce_loss(1.0, 0.25))), 12), round(float(np.exp(bce_loss(0.0, 0.25))), 12)
    (4.0, 1.333333333333)
    """
    return float(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))


def rnn_hidden_grads(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """The gradients (dL/dh1, dL/dh2) of the loss in the hidden states; that in h1 goes through h2.

        dL/dh2 = W_o^T (yhat - y),    dL/dh1 = W_h^T diag(1 - h2^2) dL/dh2

    Shapes
        As `rnn_forward`, y a number  ->  (n,), (n,).
    Units
        Those of L: hidden states are dimensionless.
    Numerics
        The slope yhat - y of L in the score needs no division by yhat (1 - yhat).
    Source
        Deep Learning (2016), section 10.2.2.

    >>> x, h0, one = np.zeros(1), np.zeros(1), np.eye(1)
    >>> dh1, dh2 = rnn_hidden_grads(x, x, 1.0, h0, one, 3 * one, 4 * one)  # all states are 0, yhat = 1/2
    >>> dh1.tolist(), dh2.tolist()
    ([-6.0], [-2.0])
    """
    _, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh2 = W_o[0] * (y_hat - y)
    return W_h.T @ ((1 - h2**2) * dh2), dh2


def rnn_backward(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, Floats]:
    """The gradients (dL/dW_i, dL/dW_h, dL/dW_o) of the loss in the weights, which both time steps share.

        dL/dW_i = da2 x2^T + da1 x1^T,    dL/dW_h = da2 h1^T + da1 h0^T,    dL/dW_o = (yhat - y) h2^T

    with the gradient da_t = diag(1 - h_t^2) dL/dh_t of what tanh is taken of in step t.

    Shapes
        As `rnn_forward`, y a number  ->  those of the parameters: (n, m), (n, n), (1, n).
    Units
        Those of L over those of the weights.
    Numerics
        The contributions of the two steps may cancel.
    Source
        Deep Learning (2016), eq. 10.22 to 10.28.

    >>> x1, x2, h0, one = np.array([3.0]), np.array([2.0]), np.array([0.5]), np.eye(1)
    >>> W_i, W_h, W_o = -one, 6 * one, 4 * one  # W_h h0 + W_i x1 = 0, so h1 = 0, and h2 = tanh(-2)
    >>> dW_i, dW_h, dW_o = rnn_backward(x1, x2, 1.0, h0, W_i, W_h, W_o)
    >>> da2 = dW_i[0, 0] / (2 + 6 * 3)  # da1 = 6 da2, so dW_i = da2 x2 + 6 da2 x1 and dW_h = 0 + 6 da2 h0
    >>> bool(np.isclose(dW_h[0, 0], 3 * da2)), bool(np.isclose(da2, 4 * (1 - np.tanh(2.0) ** 2) * dW_o / np.tanh(-2.0)))
    (True, True)
    """
    h1, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    da1, da2 = (1 - h1**2) * dh1, (1 - h2**2) * dh2
    dW_i = np.outer(da2, x2) + np.outer(da1, x1)
    dW_h = np.outer(da2, h1) + np.outer(da1, h0)
    return dW_i, dW_h, (y_hat - y) * h2[None, :]


def rnn_loss(x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats) -> float:
    """The loss of the whole network: what the gradients are those of.

    >>> one, x = np.eye(1), np.zeros(1)
    >>> round(float(np.exp(rnn_loss(x, x, 1.0, x, one, one, one))), 12)
    2.0
    """
    return bce_loss(y, rnn_forward(x1, x2, h0, W_i, W_h, W_o)[2])


# ---- inputs ----


def layer_inputs(draw: Draw, n: int, m: int) -> dict[str, Any]:
    """A layer that does not saturate, its input and its upstream gradient.

    Redrawn where a right answer in single precision loses its digits: where 1 - Z^2 is small.
    """
    for _ in range(1000):
        X, W = draw.normal(m), draw.uniform(-1.6, 1.6, n, m)
        B, dZ = draw.signed_uniform(0.2, 1.0, n), single(draw.generator.standard_normal(n))
        if np.all(np.abs(np.tanh(W @ X + B)) < 0.97) and np.all(np.abs(dZ) > 0.1):
            return {"dZ": dZ, "X": X, "W": W, "B": B}
    raise RuntimeError(f"every layer from {m} to {n} saturates in the regime {draw.regime!r}")


def rnn_inputs(draw: Draw, n: int, m: int, start: str, label: str = "hard") -> dict[str, Any]:
    """Two inputs, a start (h0 "zero" or "nonzero"), a label (0 or 1 "hard", 0.3 "soft") and the three weights.

    Redrawn where a right answer in single precision loses its digits: where a hidden unit saturates, where yhat is
    next to y, and where a gradient is small beside the contributions that it adds up.
    """
    for _ in range(5000):
        inputs = {
            "x1": draw.normal(m),
            "x2": draw.normal(m),
            "y": draw.choice([0.0, 1.0]) if label == "hard" else single(0.3),
            "h0": np.zeros(n) if start == "zero" else draw.signed_uniform(0.2, 0.9, n),
            "W_i": single(0.8 * draw.generator.standard_normal((n, m))),
            "W_h": single(0.8 * draw.generator.standard_normal((n, n))),
            "W_o": single(draw.generator.standard_normal((1, n))),
        }
        if _keeps_its_digits(**inputs):
            return inputs
    raise RuntimeError(f"no network of {n} units on {m} inputs keeps its digits in the regime {draw.regime!r}")


def _keeps_its_digits(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> bool:
    h1, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    dW_i, dW_h, _ = rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)
    da1, da2 = (1 - h1**2) * dh1, (1 - h2**2) * dh2
    size_i = np.max(np.abs(np.outer(da2, x2))) + np.max(np.abs(np.outer(da1, x1)))
    size_h = np.max(np.abs(np.outer(da2, h1))) + np.max(np.abs(np.outer(da1, h0)))
    return bool(
        max(np.max(np.abs(h1)), np.max(np.abs(h2))) < 0.97
        and 0.02 < y_hat < 0.98
        and abs(y_hat - y) > 0.1
        and min(np.max(np.abs(dh1)), np.max(np.abs(dh2))) > 0.02
        and np.max(np.abs(dW_i)) > 0.1 * size_i
        and np.max(np.abs(dW_h)) > 0.1 * size_h
    )


def bce_inputs(draw: Draw, label: str) -> dict[str, Any]:
    """A prediction that is not a half, for the label 0 or 1 or for a probability in between."""
    labels = {"zero": 0.0, "one": 1.0, "between": draw.uniform(0.1, 0.9)}
    return {"y": labels[label], "y_hat": single(0.5 + draw.signed_uniform(0.05, 0.48))}


# ---- properties ----

_STEP = 1e-6


def layer_gradients_match_differences(
    tanh_layer_backward: Callable[..., Any], dZ: Floats, X: Floats, W: Floats, B: Floats
) -> None:
    """The three gradients are the slopes of the layer along random directions."""
    at = {"W": W, "B": B, "X": X}
    gradients = dict(zip(at, tanh_layer_backward(dZ, X, W, B), strict=True))

    def loss(W: Floats, B: Floats, X: Floats) -> float:
        return float(dZ @ np.tanh(W @ X + B))

    for name, point in at.items():
        _must_be_the_slope(gradients[name], lambda moved, name=name: loss(**{**at, name: moved}), point, f"dL/d{name}")


def hidden_gradients_match_differences(
    rnn_hidden_grads: Callable[..., Any], x1: Floats, x2: Floats, y: float, h0: Floats,
    W_i: Floats, W_h: Floats, W_o: Floats,
) -> None:  # fmt: skip
    """Both gradients are the slopes of the loss when a hidden state is moved and what follows it moves along."""
    h1, h2, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)

    def from_h2(h2: Floats) -> float:
        return bce_loss(y, float(1 / (1 + np.exp(-(W_o @ h2)[0]))))

    def from_h1(h1: Floats) -> float:
        return from_h2(np.tanh(W_h @ h1 + W_i @ x2))

    _must_be_the_slope(dh1, from_h1, h1, "dL/dh1")
    _must_be_the_slope(dh2, from_h2, h2, "dL/dh2")


def _must_be_the_slope(gradient: Floats, loss: Callable[[Floats], float], point: Floats, name: str) -> None:
    """Central differences, along directions that are the same at every grading."""
    assert np.all(np.abs(gradient) < 1e100), f"{name} must consist of ordinary numbers"
    for direction in np.random.default_rng(0).standard_normal((2, *point.shape)):
        slope = (loss(point + _STEP * direction) - loss(point - _STEP * direction)) / (2 * _STEP)
        terms = gradient * direction
        assert abs(np.sum(terms) - slope) <= 1e-4 * max(abs(slope), float(np.linalg.norm(terms))) + 1e-8, (
            f"your {name} is not the slope of the loss: move one entry a little and compare with finite differences"
        )
