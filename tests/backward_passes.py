"""Forward passes with their gradients, as a reference module, and mistakes to be made in the gradients.

`PAIRS` names them; `MISTAKES` are edits of a gradient's source that make it wrong.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Pair(NamedTuple):
    """A forward function, the function that gives its gradient, and what the gradient is of."""

    of: str
    function: str
    wrt: str
    maker: str
    upstream: tuple[str, ...] = ()


# ---- layer normalisation ----


def layer_norm_inputs(draw, d: int = 5):
    return {
        "dy": draw.normal(d),
        "x": draw.uniform(0.5, 3.0) * draw.normal(d) + draw.normal(),
        "gamma": draw.signed_uniform(0.5, 2.0, d),
        "beta": draw.normal(d),
        "eps": draw.constant(1e-5, (1e-2, 0.3)),
    }


def layer_norm(x, gamma, beta, eps):
    centred = x - x.mean()
    return gamma * centred / np.sqrt((centred**2).mean() + eps) + beta


def layer_norm_dx(dy, x, gamma, eps):
    centred = x - x.mean()
    deviation = np.sqrt((centred**2).mean() + eps)
    xhat = centred / deviation
    dxhat = gamma * dy
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / deviation


# ---- batch normalisation ----


def batch_norm_inputs(draw, n: int = 6, d: int = 3):
    return {"dy": draw.normal(n, d), "x": draw.normal(n, d), "gamma": draw.signed_uniform(0.5, 2.0, d), "eps": 0.125}


def batch_norm(x, gamma, eps):
    centred = x - x.mean(axis=0)
    return gamma * centred / np.sqrt((centred**2).mean(axis=0) + eps)


def batch_norm_dx(dy, x, gamma, eps):
    centred = x - x.mean(axis=0)
    deviation = np.sqrt((centred**2).mean(axis=0) + eps)
    xhat = centred / deviation
    dxhat = gamma * dy
    return (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / deviation


# ---- softmax and cross-entropy ----


def cross_entropy_inputs(draw, n: int = 4, c: int = 3):
    return {"logits": draw.normal(n, c), "labels": draw.onehot(n, c), "lam": draw.uniform(0.1, 0.5)}


def cross_entropy(logits, labels, lam):
    top = logits.max(axis=1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
    return float((log_sum - (labels * logits).sum(axis=1)).mean() + lam * (logits**2).sum())


def cross_entropy_dlogits(logits, labels, lam):
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = odds / odds.sum(axis=1, keepdims=True)
    return (p - labels) / len(logits) + 2 * lam * logits


# ---- a ReLU network ----


def network_inputs(draw, n: int = 8, d: int = 4, hidden: int = 128):
    return {
        "dy": draw.generator.standard_normal((n, 2)),
        "x": draw.normal(n, d),
        "W": draw.generator.standard_normal((d, hidden)) / 2,
        "b": draw.generator.standard_normal(hidden) / 2,
        "V": draw.generator.standard_normal((hidden, 2)) / 8,
    }


def network(x, W, b, V):
    return np.maximum(x @ W + b, 0) @ V


def network_dW(dy, x, W, b, V):
    active = (x @ W + b) > 0
    return x.T @ ((dy @ V.T) * active)


def network_dx(dy, x, W, b, V):
    active = (x @ W + b) > 0
    return ((dy @ V.T) * active) @ W.T


# ---- a recurrent network ----


def recurrent_inputs(draw, steps: int = 6, d: int = 3):
    return {
        "dh": draw.normal(steps, d),
        "xs": draw.normal(steps, d),
        "W": draw.generator.standard_normal((d, d)) / 2,
        "h0": draw.normal(d),
    }


def recurrent(xs, W, h0):
    h, hs = h0, []
    for x in xs:
        h = np.tanh(x + h @ W)
        hs.append(h)
    return np.array(hs)


def recurrent_dW(dh, xs, W, h0):
    hs, h = [h0], h0
    for x in xs:
        h = np.tanh(x + h @ W)
        hs.append(h)
    dW, later = np.zeros_like(W), np.zeros_like(h0)
    for t in range(len(xs), 0, -1):
        da = (dh[t - 1] + later) * (1 - hs[t] ** 2)
        dW = dW + np.outer(hs[t - 1], da)
        later = da @ W.T
    return dW


# ---- attention ----


def attention_inputs(draw, n: int = 4, d: int = 3):
    return {"dy": draw.normal(n, d), "q": draw.normal(n, d), "k": draw.normal(n, d), "v": draw.normal(n, d)}


def attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True) @ v


def attention_dk(dy, q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = odds / odds.sum(axis=1, keepdims=True)
    dp = dy @ v.T
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True))
    return ds.T @ q / np.sqrt(q.shape[1])


# ---- least absolute deviations, with an L1 penalty ----


def lasso_inputs(draw, n: int = 8, d: int = 4):
    return {"X": draw.normal(n, d), "y": draw.normal(n), "w": draw.normal(d), "lam": draw.uniform(0.5, 2.0)}


def lasso(X, y, w, lam):
    return float(np.abs(X @ w - y).mean() + lam * np.abs(w).sum())


def lasso_dw(X, y, w, lam):
    return X.T @ np.sign(X @ w - y) / len(y) + lam * np.sign(w)


PAIRS = (
    Pair("layer_norm", "layer_norm_dx", "x", "layer_norm_inputs", ("dy",)),
    Pair("batch_norm", "batch_norm_dx", "x", "batch_norm_inputs", ("dy",)),
    Pair("cross_entropy", "cross_entropy_dlogits", "logits", "cross_entropy_inputs"),
    Pair("network", "network_dW", "W", "network_inputs", ("dy",)),
    Pair("network", "network_dx", "x", "network_inputs", ("dy",)),
    Pair("recurrent", "recurrent_dW", "W", "recurrent_inputs", ("dh",)),
    Pair("attention", "attention_dk", "k", "attention_inputs", ("dy",)),
    Pair("lasso", "lasso_dw", "w", "lasso_inputs"),
)

# Gradient -> mistake -> (what stands in its source, what the mistaken one writes).
MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "layer_norm_dx": {
        "no path through the mean": (" - dxhat.mean()", ""),
        "no path through the variance": (" - xhat * (dxhat * xhat).mean()", ""),
        "sum for mean": ("(dxhat * xhat).mean()", "(dxhat * xhat).sum()"),
        "eps outside the root": ("np.sqrt((centred**2).mean() + eps)", "(np.sqrt((centred**2).mean()) + eps)"),
        "ddof": ("(centred**2).mean()", "((centred**2).sum() / (len(x) - 1))"),
        "gamma left out": ("gamma * dy", "1.0 * dy"),
        "other sign": ("- dxhat.mean()", "+ dxhat.mean()"),
    },
    "batch_norm_dx": {
        "other axis": ("dxhat.mean(axis=0)", "dxhat.mean(axis=1, keepdims=True)"),
        "no path through the mean": (" - dxhat.mean(axis=0)", ""),
        "no path through the variance": (" - xhat * (dxhat * xhat).mean(axis=0)", ""),
        "eps left out": ("mean(axis=0) + eps", "mean(axis=0)"),
    },
    "cross_entropy_dlogits": {
        "sign of the labels": ("(p - labels)", "(p + labels)"),
        "labels left out": ("(p - labels)", "p"),
        "not averaged": (" / len(logits)", ""),
        "half the penalty": ("2 * lam", "lam"),
        "penalty left out": (" + 2 * lam * logits", ""),
        "other axis": ("odds.sum(axis=1, keepdims=True)", "odds.sum(axis=0)"),
    },
    "network_dW": {
        "no mask": (" * active", ""),
        "inactive": ("> 0", "< 0"),
        "bias forgotten": (" + b)", ")"),
        "averaged": ("x.T @ (", "x.T @ (1 / len(x) * "),
    },
    "network_dx": {
        "no mask": (" * active", ""),
        "mask of the input": ("(x @ W + b) > 0", "np.repeat(x > 0, W.shape[1] // x.shape[1], axis=1)"),
    },
    "recurrent_dW": {
        "one step back only": ("+ later", "+ 0 * later"),
        "transposed": ("da @ W.T", "da @ W"),
        "next state": ("np.outer(hs[t - 1], da)", "np.outer(hs[t], da)"),
        "slope of tanh": ("1 - hs[t] ** 2", "1 - hs[t]"),
        "last step left out": ("range(len(xs), 0, -1)", "range(len(xs), 1, -1)"),
    },
    "attention_dk": {
        "not scaled": ("ds.T @ q / np.sqrt(q.shape[1])", "ds.T @ q"),
        "diagonal only": ("p * (dp - (dp * p).sum(axis=1, keepdims=True))", "p * (1 - p) * dp"),
        "other axis": ("(dp * p).sum(axis=1, keepdims=True)", "(dp * p).sum(axis=0)"),
        "transposed": ("ds.T @ q", "ds @ q"),
    },
    "lasso_dw": {
        "penalty's sign left out": ("lam * np.sign(w)", "lam"),
        "squared": ("np.sign(X @ w - y)", "(X @ w - y)"),
        "ridge": ("np.sign(w)", "w"),
    },
}


def mistaken(function: str, mistake: str) -> Callable[..., Any]:
    """The gradient with a mistake in it."""
    right = textwrap.dedent(inspect.getsource(globals()[function]))
    old, new = MISTAKES[function][mistake]
    assert old in right, f"{function} has no '{old}'"
    names: dict[str, Any] = {"np": np}
    exec(right.replace(old, new), names)
    return names[function]
