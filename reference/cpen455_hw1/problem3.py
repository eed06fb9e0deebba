"""Problem 3, a multilayer perceptron: forward pass, back-propagation, Kaiming initialisation."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single
from grader.given import given
from grader.laws import independence, moments

from .given import leaky_relu, relu, softplus, tanh

Floats = NDArray[np.float64]
Elementwise = Callable[[Any], Any]
Shape = tuple[int, int]

# ---- 3.1 forward pass, gradients with respect to the activations ----


def forward(
    x: Floats, y_bar: Floats, weights: Sequence[Floats], biases: Sequence[Floats], sigma: Elementwise
) -> tuple[list[Floats], Floats, Any]:
    """The activations h_0 = x, ..., h_L of a multilayer perceptron, its class probabilities, and the loss.

        h_i = sigma(W_i h_{i-1} + b_i),    y = softmax(h_L),    l = -sum_k y_bar_k log y_k

    The last layer has the non-linearity too.

    Shapes
        x (D_0,), y_bar (D_L,), W_i (D_i, D_{i-1}), b_i (D_i,)  ->  L + 1 arrays (D_i,), y (D_L,), a number.
    Units
        h_L in nats, as the loss; y_bar and y are probabilities.
    Numerics
        log y is h_L less its log-sum-exp, from which the largest entry is taken out: finite at any h_L.
    Source
        Bishop, Pattern Recognition and Machine Learning (2006), sections 4.3.4 and 5.1.

    >>> h, y, loss = forward(np.zeros(1), np.array([1.0, 0.0]), [np.ones((2, 1))], [np.zeros(2)], np.tanh)
    >>> len(h), y.tolist(), round(float(loss), 4)
    (2, [0.5, 0.5], 0.6931)
    """
    h = [1.0 * x]
    for W, b in zip(weights, biases, strict=True):
        h.append(sigma(W @ h[-1] + b))
    log_y = _log_softmax(h[-1])
    return h, np.exp(log_y), -np.sum(y_bar * log_y)


def grad_logits(h_L: Floats, y_bar: Floats) -> Floats:
    """dl/dh_L = softmax(h_L) - y_bar, for a y_bar that adds up to 1.

    Shapes
        h_L, y_bar (K,)  ->  (K,).
    Units
        None: nats over nats.
    Source
        Bishop (2006), eq. 4.109 for one example.

    >>> grad_logits(np.zeros(2), np.array([1.0, 0.0])).tolist()
    [-0.5, 0.5]
    """
    return np.exp(_log_softmax(h_L)) - y_bar


def hidden_gradients(
    x: Floats,
    y_bar: Floats,
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    sigma: Elementwise,
    dsigma: Elementwise,
) -> list[Floats]:
    """dl/dh_1, ..., dl/dh_L.

        dl/dh_L = y - y_bar,    dl/dh_i = W_{i+1}^T ( dl/dh_{i+1} * sigma'(W_{i+1} h_i + b_{i+1}) )

    Shapes
        As `forward`; dsigma is the derivative of sigma, of the pre-activation  ->  L arrays, entry i - 1 (D_i,).
    Units
        Those of l over those of h_i.
    Source
        The chain rule, from the last layer on.

    >>> linear = (lambda z: z, np.ones_like)
    >>> W = [np.ones((2, 1)), np.array([[1.0, 0.0], [0.0, 2.0]])]
    >>> g = hidden_gradients(np.zeros(1), np.array([1.0, 0.0]), W, [np.zeros(2), np.zeros(2)], *linear)
    >>> [entry.tolist() for entry in g]
    [[-0.5, 1.0], [-0.5, 0.5]]
    """
    gradients, _, _ = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return gradients


def hidden_gradient_shapes(dims: Sequence[int], i: int) -> tuple[Shape, Shape, Shape, Shape]:
    """The shapes in dl/dh_i = W_{i+1}^T ( dl/dh_{i+1} * sigma' ), columns as matrices of one column.

    Shapes
        dims D_0, ..., D_L and 1 <= i < L  ->  those of dl/dh_i, W_{i+1}^T, dl/dh_{i+1}, sigma' (entry by entry).
    Errors
        ValueError for an i outside of 1 ... L - 1.
    Source
        W_{i+1} maps D_i numbers to D_{i+1}.

    >>> hidden_gradient_shapes([4, 3, 2], 1)
    ((3, 1), (3, 2), (2, 1), (2, 1))
    """
    if not 1 <= i < len(dims) - 1:
        raise ValueError(f"i must be from 1 to {len(dims) - 2}, not {i}")
    return (dims[i], 1), (dims[i], dims[i + 1]), (dims[i + 1], 1), (dims[i + 1], 1)


# ---- 3.2 gradients with respect to the parameters ----


def weight_gradients(
    x: Floats,
    y_bar: Floats,
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    sigma: Elementwise,
    dsigma: Elementwise,
) -> list[Floats]:
    """dl/dW_1, ..., dl/dW_L: dl/dW_i = delta_i h_{i-1}^T, delta_i = dl/dh_i * sigma'(W_i h_{i-1} + b_i).

    Shapes
        As `hidden_gradients`  ->  L arrays, each of the shape of its W_i.
    Units
        Those of l over those of W_i.
    Source
        The chain rule.

    >>> linear = (lambda z: z, np.ones_like)
    >>> g = weight_gradients(np.array([2.0]), np.array([1.0, 0.0]), [np.ones((2, 1))], [np.zeros(2)], *linear)
    >>> g[0].tolist()
    [[-1.0], [1.0]]
    """
    _, deltas, h = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return [np.outer(delta, before) for delta, before in zip(deltas, h[:-1], strict=True)]


def bias_gradients(
    x: Floats,
    y_bar: Floats,
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    sigma: Elementwise,
    dsigma: Elementwise,
) -> list[Floats]:
    """dl/db_1, ..., dl/db_L: delta_i = dl/dh_i * sigma'(W_i h_{i-1} + b_i).

    Shapes
        As `hidden_gradients`  ->  L arrays, each of the shape of its b_i.
    Units
        Those of l over those of b_i.
    Source
        The chain rule.

    >>> linear = (lambda z: z, np.ones_like)
    >>> g = bias_gradients(np.array([2.0]), np.array([1.0, 0.0]), [np.ones((2, 1))], [np.zeros(2)], *linear)
    >>> g[0].tolist()
    [-0.5, 0.5]
    """
    _, deltas, _ = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return deltas


def parameter_gradient_shapes(dims: Sequence[int], i: int) -> tuple[Shape, Shape, Shape, Shape, Shape]:
    """The shapes in dl/dW_i = (dl/dh_i * sigma') h_{i-1}^T and dl/db_i.

    Shapes
        dims D_0, ..., D_L and 1 <= i <= L  ->  those of dl/dW_i, dl/db_i, dl/dh_i, sigma' (entry by entry),
        h_{i-1}^T.
    Errors
        ValueError for an i outside of 1 ... L.
    Source
        A gradient has the shape of its parameter.

    >>> parameter_gradient_shapes([4, 3, 2], 1)
    ((3, 4), (3, 1), (3, 1), (3, 1), (1, 4))
    """
    if not 1 <= i < len(dims):
        raise ValueError(f"i must be from 1 to {len(dims) - 1}, not {i}")
    return (dims[i], dims[i - 1]), (dims[i], 1), (dims[i], 1), (dims[i], 1), (1, dims[i - 1])


# ---- 3.3 Kaiming initialisation ----


def kaiming_variance(fan_in: int, fan_out: int, mode: str = "fan_in") -> float:
    """The variance of a weight that keeps E[h^2] (mode fan_in: 2 / fan_in) or Var[dl/dh] (fan_out: 2 / fan_out).

    Shapes
        Numbers  ->  a number.
    Units
        Those of a weight squared; fans are numbers of units.
    Errors
        ValueError for another mode.
    Source
        He et al., Delving Deep into Rectifiers, arXiv:1502.01852 (2015), eqs. 10 and 14.

    >>> kaiming_variance(8, 4), kaiming_variance(8, 4, "fan_out")
    (0.25, 0.5)
    """
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"the mode is fan_in or fan_out, not {mode}")
    return 2 / (fan_in if mode == "fan_in" else fan_out)


def forward_second_moments(v0: float, dims: Sequence[int], weight_vars: Sequence[float]) -> Floats:
    """E[h_1^2], ..., E[h_L^2] of a ReLU network without biases: E[h_i^2] = D_{i-1} Var[W_i] E[h_{i-1}^2] / 2.

    Exact in expectation at any width: the weights are symmetric and independent of what they multiply.

    Shapes
        v0 = E[h_0^2], dims D_0, ..., D_L, weight_vars Var[W_1], ..., Var[W_L]  ->  (L,).
    Units
        Those of v0.
    Source
        He et al. (2015), section 2.2: E[relu(z)^2] = Var[z] / 2.

    >>> forward_second_moments(3.0, [4, 2, 5], [0.5, 3.0]).tolist()
    [3.0, 9.0]
    """
    gains = np.array(dims[:-1]) * np.stack(weight_vars) / 2
    return v0 * np.cumprod(gains)


def backward_gradient_variances(gL: float, dims: Sequence[int], weight_vars: Sequence[float]) -> Floats:
    """Var[dl/dh_1], ..., Var[dl/dh_L] = gL: Var[dl/dh_i] = D_{i+1} Var[W_{i+1}] Var[dl/dh_{i+1}] / 2.

    Shapes
        gL, dims D_0, ..., D_L, weight_vars Var[W_1], ..., Var[W_L]  ->  (L,).
    Units
        Those of gL.
    Source
        He et al. (2015), section 2.2, backward propagation case: the ReLU is open half of the time.

    >>> backward_gradient_variances(3.0, [4, 2, 5], [0.5, 3.0]).tolist()
    [22.5, 3.0]
    """
    gains = np.array(dims[2:]) * np.stack([1.0, *weight_vars[1:]])[1:] / 2
    return gL * np.concatenate([np.cumprod(gains[::-1])[::-1], [1.0]])


def kaiming_init(dims: Sequence[int], generator: np.random.Generator) -> list[Floats]:
    """Weights of all layers, independent and normal, of variance 2 / D_{i-1}.

    Shapes
        dims D_0, ..., D_L  ->  L arrays (D_i, D_{i-1}).
    Units
        Those of a weight.
    Source
        He et al. (2015); a uniform law of the same variance is as good.

    >>> [W.shape for W in kaiming_init([4, 3, 2], np.random.default_rng(0))]
    [(3, 4), (2, 3)]
    """
    return [generator.normal(0, np.sqrt(kaiming_variance(m, n)), (n, m)) for m, n in pairwise(dims)]


def _log_softmax(h: Floats) -> Floats:
    shifted = h - np.max(h)
    return shifted - np.log(np.sum(np.exp(shifted)))


def _backward(
    x: Floats,
    y_bar: Floats,
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    sigma: Elementwise,
    dsigma: Elementwise,
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """dl/dh_i and delta_i, i = 1 ... L; and h_0 ... h_L."""
    h, _, _ = forward(x, y_bar, weights, biases, sigma)
    gradients, deltas = [grad_logits(h[-1], y_bar)], []
    for W, b, before in reversed(list(zip(weights, biases, h[:-1], strict=True))):
        deltas.append(gradients[-1] * dsigma(W @ before + b))
        gradients.append(W.T @ deltas[-1])
    return gradients[-2::-1], deltas[::-1], h


# ---- inputs ----


def network_inputs(
    draw: Draw, L: int, sigma: str, target: str = "soft", logits: str = "ordinary", widths: str = "drawn"
) -> dict[str, Any]:
    """A network whose widths differ from layer to layer, a target, and the non-linearity with its derivative.

    Fixed widths are those of every network of as many layers: what is kept from one does not fit the next. No
    pre-activation is near 0, where a ReLU has its kink, and no layer is closed altogether. Huge logits are some
    thousands, and the first two of them lie apart.
    """
    apply = {"tanh": tanh, "relu": relu, "softplus": softplus, "leaky_relu": leaky_relu}[sigma]
    for _ in range(10_000):
        dims = _widths(draw, L) if widths == "drawn" else [3 + 2 * i % 5 for i in range(L + 1)]
        x = draw.normal(dims[0])
        weights = [single(draw.generator.normal(0, 1.2 / np.sqrt(m), (n, m))) for m, n in pairwise(dims)]
        biases = [draw.signed_uniform(0.1, 0.5, n) for n in dims[1:]]
        if logits == "huge":
            weights[-1], biases[-1] = single(20_000 * weights[-1]), single(20_000 * biases[-1])
        h = x
        layers = [h := apply(a) for W, b in zip(weights, biases, strict=True) for a in [W @ h + b]]
        before = [W @ h + b for W, b, h in zip(weights, biases, [x, *layers], strict=False)]
        open_ = all(np.min(np.abs(a)) > 0.02 and np.sum(a > 0) >= 2 for a in before)
        if open_ and (logits == "ordinary" or _are_huge(layers[-1])):
            break
    else:
        raise RuntimeError(f"no network of {L} layers keeps away from the kink in the regime {draw.regime!r}")
    y_bar = _target(draw, dims[-1], target, layers[-1])
    functions = {"sigma": given(sigma), "dsigma": given(f"d{sigma}")}
    return {"x": x, "y_bar": y_bar, "weights": weights, "biases": biases, **functions}


def _are_huge(h: Floats) -> bool:
    ordered = np.sort(h)
    return bool(2000 < ordered[-1] < 50_000 and ordered[-1] - ordered[-2] > 200)


def _target(draw: Draw, K: int, target: str, h: Floats) -> Floats:
    """One class, not the most probable one, so that the loss is no small number; or probabilities."""
    if target == "soft":
        return draw.simplex(K, 2.0)
    y_bar = np.zeros(K)
    y_bar[draw.choice([k for k in range(K) if k != np.argmax(h)])] = 1
    return y_bar


def _widths(draw: Draw, L: int) -> list[int]:
    dims = [draw.ints(3, 9)]
    while len(dims) <= L:
        dims.append(draw.choice([n for n in range(3, 10) if n != dims[-1]]))
    return dims


def logits_inputs(draw: Draw, K: int, target: str) -> dict[str, Any]:
    """Logits of ordinary size, and a target."""
    h_L = draw.normal(K)
    return {"h_L": h_L, "y_bar": _target(draw, K, target, h_L)}


def layer_of_some_inputs(draw: Draw, L: int, layer: str = "any") -> dict[str, Any]:
    """Widths that are all different, and a layer that is not the last."""
    i = {"first": 1, "last": L - 1}.get(layer) or draw.ints(1, L - 1)
    return {"dims": _different(draw, L), "i": i}


def layer_of_all_inputs(draw: Draw, L: int, layer: str = "any") -> dict[str, Any]:
    """Widths that are all different, and a layer."""
    i = {"first": 1, "last": L}.get(layer) or draw.ints(1, L)
    return {"dims": _different(draw, L), "i": i}


def _different(draw: Draw, L: int, low: int = 2, high: int = 29) -> list[int]:
    return [int(n) for n in draw.generator.permutation(np.arange(low, high + 1))[: L + 1]]


def fan_inputs(draw: Draw, mode: str) -> dict[str, Any]:
    """Two different fans."""
    fan_in, fan_out = _different(draw, 1, 2, 400)
    return {"fan_in": fan_in, "fan_out": fan_out, "mode": mode}


def layer_variances_inputs(draw: Draw, L: int, widths: str = "different") -> dict[str, Any]:
    """Widths that are all different, or equal, and a variance for the weights of each layer."""
    dims = _different(draw, L, 2, 59) if widths == "different" else [draw.ints(5, 59)] * (L + 1)
    return {
        "v0": draw.uniform(0.3, 3.0),
        "gL": draw.uniform(0.3, 3.0),
        "dims": dims,
        "weight_vars": [draw.uniform(0.02, 0.4) for _ in range(L)],
    }


def initialisation_inputs(draw: Draw, layers: str) -> dict[str, Any]:
    """Widths, and a generator of torch. Of few inputs, one more or less makes a difference to the variance."""
    dims = {"wide": [300, 120, 200, 200, 200], "narrow": [40, 90, 60], "few_inputs": [3, 900, 5]}[layers]
    return {"dims": list(dims), "generator": draw.torch_rng()}


# ---- properties and laws ----


def a_common_shift_of_the_logits_changes_nothing(grad_logits: Any, h_L: Floats, y_bar: Floats) -> None:
    """softmax(h + a) = softmax(h), so l has no slope in that direction: the entries of dl/dh_L add up to 0."""
    gradient = np.asarray(grad_logits(h_L, y_bar))
    assert abs(np.sum(gradient)) <= 1e-4, (
        "adding one number to all logits leaves y as it is, but according to your dl/dh_L it changes the loss"
    )


def kaiming_weights(draws: Any, dims: Sequence[int]) -> Any:
    """Independent weights of mean 0 and variance 2 / D_{i-1}, of a normal or a uniform law."""
    for i, (W, fan_in) in enumerate(zip(draws, dims, strict=False), start=1):
        yield from moments(W, 0, 2 / fan_in, 3, f"the weights of layer {i}")
    if draws[-1].shape == draws[-2].shape:
        yield from independence(np.stack(draws[-2:], axis=1), "the weights of different layers")
