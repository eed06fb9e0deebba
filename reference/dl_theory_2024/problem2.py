"""Problem 2, attention: why scores are scaled, tied queries and keys, the cost of heads, and the key-value cache.

MAC stands for one multiplication with its addition. Students work with torch tensors in float64; here it is numpy.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single
from grader.laws import Claim, moments

Floats = NDArray[np.float64]
Cache = tuple[Floats, Floats]

ROUNDING = 1e-4  # of what is asserted: an answer may be in single precision


# ---- 2.1: the scaled dot product ----


def score_variance(var_q: Floats, var_k: Floats, scaled: bool = True) -> float:
    """The variance of q.k, or of q.k / sqrt(d_k), for independent components of mean 0 and these variances.

    Shapes
        var_q, var_k (d_k,)  ->  a number.
    Units
        None.
    Source
        Attention Is All You Need, arXiv:1706.03762 (2017), section 3.2.1.

    >>> score_variance(np.array([1.0, 2.0]), np.array([3.0, 0.5]), False)
    4.0
    """
    variance = float(np.sum(var_q * var_k))
    return variance / len(var_q) if scaled else variance


def sample_scores(d_k: int, n_samples: int, generator: np.random.Generator, scaled: bool = True) -> Floats:
    """Independent draws of q.k, or of q.k / sqrt(d_k), whose components have mean 0 and variance 1.

    Shapes
        d_k, n_samples >= 1  ->  (n_samples,). The components are normal here; any law with these moments is right.
    Source
        As `score_variance`.

    >>> sample_scores(4, 3, np.random.default_rng(0)).shape
    (3,)
    """
    q, k = generator.standard_normal((2, n_samples, d_k))
    scores = np.sum(q * k, axis=-1)
    return scores / np.sqrt(d_k) if scaled else scores


def scaled_dot_product_attention(Q: Floats, K: Floats, V: Floats) -> Floats:
    """softmax(Q K^T / sqrt(d_k)) V, the softmax over the keys.

    Shapes
        Q (n_q, d_k), K (n_k, d_k), V (n_k, d_v)  ->  (n_q, d_v).
    Units
        Those of V.
    Numerics
        The largest score of a row is subtracted first, so exp never overflows.
    Source
        As `score_variance`, eq. 1.

    >>> Q, K, V = np.zeros((1, 2)), np.ones((2, 2)), np.array([[1.0], [3.0]])
    >>> scaled_dot_product_attention(Q, K, V).tolist()
    [[2.0]]
    """
    return softmax(Q @ K.T / np.sqrt(Q.shape[-1])) @ V


def softmax(scores: Floats) -> Floats:
    """Weights from scores, along the last axis. A score of minus infinity weighs nothing."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def softmax_jacobian(s: Floats) -> Floats:
    """The derivative of softmax(s) with respect to s: diag(p) - p p^T.

    Shapes
        s (n,)  ->  (n, n), symmetric.
    Units
        None.
    Source
        Pattern Recognition and Machine Learning (2006), eq. 4.106.

    >>> softmax_jacobian(np.array([0.0, 0.0])).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    p = softmax(s)
    return np.diag(p) - np.outer(p, p)


# ---- 2.2: tied queries and keys ----


def tied_scores(Q: Floats) -> Floats:
    """The scaled scores when keys and queries are the same: Q Q^T / sqrt(d_k).

    Shapes
        Q (n, d_k)  ->  (n, n), symmetric and positive semi-definite.
    Source
        As `score_variance`.

    >>> tied_scores(np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 0.0, 0.0, 0.0]])).tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    return Q @ Q.T / np.sqrt(Q.shape[-1])


def tied_attention_weights(Q: Floats) -> Floats:
    """The attention weights when keys and queries are the same: the softmax of every row of their scores.

    Shapes
        Q (n, d_k)  ->  (n, n); rows add up to 1, and in general it is not symmetric.
    Source
        As `score_variance`.

    >>> tied_attention_weights(np.array([[0.0], [0.0]])).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    return softmax(tied_scores(Q))


# ---- 2.3: the cost of the projections ----


def project_qkv(X: Floats, W_q: Floats, W_k: Floats, W_v: Floats) -> tuple[Floats, Floats, Floats]:
    """Queries, keys and values of every head.

    Shapes
        X (n, d_model), W_q, W_k, W_v (h, d_model, d_k)  ->  Q, K, V, each (h, n, d_k).
    Units
        Those of X times those of W.
    Source
        As `score_variance`, section 3.2.2.

    >>> Q, K, V = project_qkv(np.array([[1.0, 2.0]]), *(c * np.ones((1, 2, 1)) for c in (1.0, 2.0, 3.0)))
    >>> Q.tolist(), K.tolist(), V.tolist()
    ([[[3.0]]], [[[6.0]]], [[[9.0]]])
    """
    return X @ W_q, X @ W_k, X @ W_v


def qkv_projection_macs(n: int, d_model: int, h: int) -> int:
    """The MACs of `project_qkv` with d_k = d_model / h: h heads, three matrices, n d_model d_k each.

    Shapes
        Numbers  ->  a count.
    Source
        A product of an (a, b) with a (b, c) matrix takes a b c MACs.

    >>> qkv_projection_macs(2, 4, 2)
    96
    """
    return 3 * n * d_model**2


def qkv_memory(n: int, d_model: int, h: int) -> int:
    """How many numbers Q, K and V of all heads hold.

    Shapes
        Numbers  ->  a count; of the results alone, not of the weights.
    Source
        As `qkv_projection_macs`.

    >>> qkv_memory(2, 4, 2)
    24
    """
    return 3 * n * d_model


# ---- 2.4: the key-value cache ----


def causal_multi_head_attention(X: Floats, W_q: Floats, W_k: Floats, W_v: Floats, W_o: Floats) -> Floats:
    """Attention of every token to itself and those before it, with h heads, joined in their order, times W_o.

    Shapes
        X (n, d_model), W_q, W_k, W_v (h, d_model, d_k), W_o (h d_k, d_model)  ->  (n, d_model).
    Source
        As `score_variance`, sections 3.2.2 and 3.2.3.

    >>> one = np.ones((1, 1, 1))
    >>> causal_multi_head_attention(np.array([[2.0], [2.0]]), 0 * one, one, one, np.array([[3.0]])).tolist()
    [[6.0], [6.0]]
    """
    Q, K, V = project_qkv(X, W_q, W_k, W_v)
    scores = Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[-1])
    scores = np.where(np.tril(np.ones(scores.shape[1:], dtype=bool)), scores, -np.inf)
    return joined(softmax(scores) @ V) @ W_o


def joined(heads: Floats) -> Floats:
    """(h, n, d_k) -> (n, h d_k): what the heads give for a token, one after the other."""
    return heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)


def kv_cache_step(
    x_t: Floats, cache: Cache, W_q: Floats, W_k: Floats, W_v: Floats, W_o: Floats
) -> tuple[Floats, Cache]:
    """One step of `causal_multi_head_attention`, for a token whose predecessors' keys and values are in the cache.

    Shapes
        x_t (d_model,), cache (K, V) of (h, t, d_k) each, t >= 0, weights as above
        ->  y_t (d_model,) and the cache (K, V) of (h, t + 1, d_k) each, the new token last.
    Source
        As `causal_multi_head_attention`: row t of it needs row t of Q alone.

    >>> one, empty = np.ones((1, 1, 1)), np.zeros((1, 0, 1))
    >>> y, (K, V) = kv_cache_step(np.array([2.0]), (empty, empty), one, 3 * one, 5 * one, np.array([[1.0]]))
    >>> y.tolist(), K.tolist(), V.tolist()
    ([10.0], [[[6.0]]], [[[10.0]]])
    """
    q, k, v = project_qkv(x_t[None], W_q, W_k, W_v)
    K, V = (np.concatenate([old, new], axis=1) for old, new in zip(cache, (k, v), strict=True))
    weights = softmax(q @ K.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return (joined(weights @ V) @ W_o)[0], (K, V)


def decode_step_macs(t: int, d_model: int, h: int, use_cache: bool) -> int:
    """The MACs of generating token t = 1, 2, ...: the projections to Q, K, V, the scores, and the weighted sums.

    Without a cache the whole prefix of t tokens is run again, with all t x t scores. W_o, the softmax and the scaling
    are not counted.

    Shapes
        Numbers and a truth value  ->  a count.
    Source
        As `qkv_projection_macs`; scores and weighted sums take t d_model MACs for each query.

    >>> decode_step_macs(9, 12, 3, True), decode_step_macs(9, 12, 3, False)
    (648, 5832)
    """
    queries = 1 if use_cache else t
    return queries * (3 * d_model**2 + 2 * t * d_model)


def kv_cache_size(n: int, d_model: int, h: int) -> int:
    """How many numbers the cache of one layer holds after n tokens.

    Shapes
        Numbers  ->  a count.
    Source
        Keys and values of h heads of width d_model / h.

    >>> kv_cache_size(5, 4, 2)
    40
    """
    return 2 * n * d_model


# ---- inputs ----


def variances(draw: Draw, d_k: int, law: str, scaled: bool) -> dict[str, Any]:
    """The variances of the components: all of them 1, or different ones."""
    if law == "ones":
        return {"var_q": np.ones(d_k), "var_k": np.ones(d_k), "scaled": scaled}
    return {"var_q": draw.uniform(0.2, 3.0, d_k), "var_k": draw.uniform(0.2, 3.0, d_k), "scaled": scaled}


def score_draws(draw: Draw, d_k: int, scaled: bool, n_samples: int = 1000) -> dict[str, Any]:
    """How many scores, of vectors of which width, and a source of randomness."""
    return {"d_k": d_k, "n_samples": n_samples, "generator": draw.torch_rng(), "scaled": scaled}


def queries_keys_values(draw: Draw, n_q: int, n_k: int, d_k: int, d_v: int) -> dict[str, Any]:
    """Queries, keys and values of four different sizes; large queries have scores in the thousands."""
    keys = single(draw.generator.standard_normal((n_k, d_k)))
    if draw.regime == "large":
        queries = np.array([_sharp_query(draw, keys) for _ in range(n_q)])
    else:
        queries = draw.logits(n_q, d_k)
    return {"Q": queries, "K": keys, "V": draw.signed_uniform(0.3, 2.0, n_k, d_v)}


def _sharp_query(draw: Draw, keys: Floats) -> Floats:
    """A query with scores in the thousands, of which one stands out.

    Its weight is 1 however the scores are scaled: that is asked elsewhere, here nothing must overflow.
    """
    for _ in range(1000):
        query = draw.generator.standard_normal(keys.shape[1])
        scores = np.sort(keys @ query)
        size = np.max(np.abs(scores)) / np.sqrt(len(query))
        if scores[-1] > 0 and scores[-1] - scores[-2] >= 0.15 * np.max(np.abs(scores)):
            return np.asarray(single(query * draw.uniform(1500, 4000) / size))
    raise RuntimeError("no score stands out")


def softmax_scores(draw: Draw, n: int) -> dict[str, Any]:
    """Scores of a softmax, not all equal."""
    return {"s": draw.normal(n)}


def tied_queries(draw: Draw, n: int, d_k: int, lengths: str = "different") -> dict[str, Any]:
    """Queries of different lengths, or all of one."""
    Q = draw.generator.standard_normal((n, d_k))
    Q = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    own = draw.uniform(0.5, 2.5, n, 1) if lengths == "different" else draw.uniform(1.0, 2.0)
    return {"Q": single(np.sqrt(d_k) * own * Q)}


def _weights(draw: Draw, h: int, d_model: int) -> dict[str, Any]:
    shape = (h, d_model, d_model // h)
    scale = 1.5 / np.sqrt(d_model)
    return {name: single(scale * draw.generator.standard_normal(shape)) for name in ("W_q", "W_k", "W_v")}


def tokens_and_weights(draw: Draw, n: int, h: int, width: int) -> dict[str, Any]:
    """n tokens, and the projections of h heads of this width."""
    return {"X": draw.normal(n, h * width)} | _weights(draw, h, h * width)


def attention_inputs(draw: Draw, n: int, h: int, width: int) -> dict[str, Any]:
    """Tokens, projections, and the matrix that mixes the heads."""
    mixing = single(draw.generator.standard_normal((h * width, h * width)))
    return tokens_and_weights(draw, n, h, width) | {"W_o": mixing}


def cache_inputs(draw: Draw, t: int, h: int, width: int) -> dict[str, Any]:
    """A token, and the keys and values of the t tokens before it."""
    inputs = attention_inputs(draw, t + 1, h, width)
    X = inputs.pop("X")
    _, K, V = project_qkv(X[:t], inputs["W_q"], inputs["W_k"], inputs["W_v"])
    return {"x_t": X[t].copy(), "cache": (single(K), single(V))} | inputs


def layer_sizes(draw: Draw, h: int, n: int = 0) -> dict[str, Any]:
    """A length, drawn where it is 0, and a layer of h heads."""
    return {"n": n or draw.ints(2, 200), "d_model": h * draw.ints(2, 39), "h": h}


def decoding_sizes(draw: Draw, h: int, use_cache: bool, t: int = 0) -> dict[str, Any]:
    """A place in the sequence, drawn where it is 0, and a layer of h heads."""
    return {"t": t or draw.ints(3, 200), "d_model": h * draw.ints(2, 39), "h": h, "use_cache": use_cache}


# ---- laws and properties ----


def scores_have_their_moments(draws: Floats, d_k: int, scaled: bool) -> Iterator[Claim]:
    """Mean 0, variance 1 or d_k, and independence. Products of normal numbers have the largest kurtosis, 9."""
    means, deviations = np.mean(draws, axis=1), np.std(draws, axis=1)
    assert not np.all(np.abs(means) < 1e-6 * deviations), (
        "the scores of every call have the mean 0 to the last digit: independent draws have another one each time. Are"
        " they standardised by their own mean and deviation? It is q.k that is scaled, by a number that depends on d_k"
    )
    yield from moments(draws, 0.0, 1.0 if scaled else float(d_k), 9.0, "the scores")


def outputs_are_means_of_the_values(
    scaled_dot_product_attention: Callable[..., Floats], Q: Floats, K: Floats, V: Floats
) -> None:
    """Every output is a mean of rows of V."""
    outputs = scaled_dot_product_attention(Q, K, V)
    slack = ROUNDING * np.max(np.abs(V))
    assert np.all(outputs <= V.max(axis=0) + slack) and np.all(outputs >= V.min(axis=0) - slack), (
        "every output is a weighted mean of the rows of V, but some of yours lie outside of their range"
    )


def probabilities_stay_probabilities(softmax_jacobian: Callable[..., Floats], s: Floats) -> None:
    """The probabilities add up to 1 whatever s is, so the derivative of their sum is 0."""
    sums = np.sum(softmax_jacobian(s), axis=0)
    assert np.all(np.abs(sums) <= ROUNDING), (
        "the probabilities add up to 1 whatever s is: their derivatives with respect to one s_i must add up to 0"
    )


def larger_scores_saturate(softmax_jacobian: Callable[..., Floats], s: Floats) -> None:
    """The trace of the Jacobian falls when the scores are multiplied by a number above 1."""
    before, after = np.trace(softmax_jacobian(s)), np.trace(softmax_jacobian(3 * s))
    assert after <= before + ROUNDING, (
        "larger scores make the softmax sharper and its slopes smaller, but the trace of your Jacobian grows"
    )


def tied_scores_are_a_gram_matrix(tied_scores: Callable[..., Floats], Q: Floats) -> None:
    """Symmetric, positive semi-definite, and no entry larger than its diagonal entries allow."""
    S = tied_scores(Q)
    slack = ROUNDING * np.max(np.abs(S))
    assert np.all(np.abs(S) < 1e100), "the scores must be numbers of a reasonable size"
    assert np.max(np.abs(S - S.T)) <= slack, "token i scores token j as j scores i, but your scores are not symmetric"
    assert np.min(np.linalg.eigvalsh(S + S.T)) >= -2 * len(S) * slack, (
        "scores of queries with themselves are positive semi-definite, yours are not"
    )
    most = np.outer(np.diag(S), np.diag(S)) + slack * np.max(np.abs(S))
    assert np.all(most >= S**2), (
        "no score may be larger than those of its two tokens with themselves allow"
    )


def weights_of_tied_queries(tied_attention_weights: Callable[..., Floats], Q: Floats) -> None:
    """Rows add up to 1, Z_i A_ij = Z_j A_ji, and among queries of one length everybody attends most to itself."""
    A = tied_attention_weights(Q)
    assert np.max(np.abs(A.sum(axis=1) - 1)) <= ROUNDING, "the weights with which one token attends must add up to 1"
    Z = np.exp(tied_scores(Q)).sum(axis=1)
    mutual = Z[:, None] * A
    assert np.max(np.abs(mutual - mutual.T)) <= ROUNDING * np.max(np.abs(mutual)), (
        "before each row is normalised by its own sum, the weights of tied queries are symmetric"
    )
    lengths = np.linalg.norm(Q, axis=1)
    if np.ptp(lengths) <= 1e-5 * lengths.max():
        # Two queries may point nearly the same way, so that rounding decides which of their weights is larger.
        assert np.all(np.diag(A) >= A.max(axis=1) - ROUNDING), (
            "among queries of equal length every token attends most to itself"
        )


def twice_the_tokens_take_twice_the_macs(
    qkv_projection_macs: Callable[..., int], n: int, d_model: int, h: int
) -> None:
    """The number of MACs is proportional to n, and does not depend on how many heads share the width."""
    macs = qkv_projection_macs(n, d_model, h)
    assert qkv_projection_macs(2 * n, d_model, h) == 2 * macs, "twice as many tokens must take twice as many MACs"
    assert qkv_projection_macs(n, d_model, 1) == macs, "how many heads share d_model must not matter"


def later_tokens_change_nothing(
    causal_multi_head_attention: Callable[..., Floats], X: Floats, W_q: Floats, W_k: Floats, W_v: Floats, W_o: Floats
) -> None:
    """Row t of the output does not depend on the tokens after t."""
    before = causal_multi_head_attention(X, W_q, W_k, W_v, W_o)
    other = X.copy()
    other[-1] += 1.0
    after = causal_multi_head_attention(other, W_q, W_k, W_v, W_o)
    size = np.max(np.abs(before), initial=1e-300)
    assert np.max(np.abs(after - before)[:-1], initial=0.0) <= ROUNDING * size, (
        "the output for a token must not change when a later token does"
    )


def token_by_token_is_all_at_once(
    kv_cache_step: Callable[..., Any], x_t: Floats, cache: Cache, W_q: Floats, W_k: Floats, W_v: Floats, W_o: Floats
) -> None:
    """Three steps from the empty cache give the rows of causal attention."""
    X = np.stack([x_t, -0.5 * x_t[::-1], np.roll(x_t, 1)])
    rows = causal_multi_head_attention(X, W_q, W_k, W_v, W_o)
    size = np.max(np.abs(rows))
    now: Any = tuple(part[:, :0] for part in cache)
    for t, (token, row) in enumerate(zip(X, rows, strict=True)):
        y, now = kv_cache_step(token, now, W_q, W_k, W_v, W_o)
        assert np.max(np.abs(y - row)) <= ROUNDING * size, (
            f"step {t + 1} from the empty cache, each with the cache of the step before, is not row {t} of causal"
            " attention to all tokens at once"
        )


def steps_take_linear_time_with_the_cache(
    decode_step_macs: Callable[..., int], t: int, d_model: int, h: int, use_cache: bool
) -> None:
    """In t, the count is a polynomial of degree one with the cache, and of degree two without it."""
    counts = [decode_step_macs(t + i, d_model, h, use_cache) for i in range(4)]
    degree = 1 if use_cache else 2
    highest = np.diff(np.array(counts, dtype=np.float64), degree)
    assert np.all(highest == highest[0]) and highest[0] > 0, (
        "with the cache the count must grow by the same number from step to step"
        if use_cache
        else "without the cache the count is quadratic in t, but yours is not"
    )
