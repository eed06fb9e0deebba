"""Problem 2, on lists of numbers: every sum is a loop."""

import math

import torch
from vectors import dot, listed, product, softmax, transposed


def tensor(lists):
    return torch.tensor(lists, dtype=torch.float64)


def score_variance(var_q, var_k, scaled=True):
    variance = 0.0
    for a, b in zip(listed(var_q), listed(var_k)):
        variance += a * b
    return variance / len(var_q) if scaled else variance


def sample_scores(d_k, n_samples, generator, scaled=True):
    # Random signs: they have mean 0 and variance 1 too. A product of two signs is a sign.
    device = generator.device
    total = torch.zeros(n_samples, dtype=torch.float64, device=device)
    for _ in range(d_k):
        q, k = 2 * torch.randint(2, (2, n_samples), generator=generator, device=device) - 1
        total += q * k
    return total * d_k**-0.5 if scaled else total


def attend(query, keys, values):
    """The mean of the values, weighted by how the keys score with one query."""
    weights = softmax([dot(query, key) / math.sqrt(len(query)) for key in keys])
    return [dot(weights, column) for column in transposed(values)]


def scaled_dot_product_attention(Q, K, V):
    return tensor([attend(query, listed(K), listed(V)) for query in listed(Q)])


def softmax_jacobian(s):
    p = softmax(listed(s))
    return [[p[i] * ((i == j) - p[j]) for j in range(len(p))] for i in range(len(p))]


def tied_scores(Q):
    rows = listed(Q)
    return [[dot(a, b) / math.sqrt(len(a)) for b in rows] for a in rows]


def tied_attention_weights(Q):
    return [softmax(row) for row in tied_scores(Q)]


def project_qkv(X, W_q, W_k, W_v):
    tokens = listed(X)
    return [tensor([product(tokens, W) for W in listed(weights)]) for weights in (W_q, W_k, W_v)]


def qkv_projection_macs(n, d_model, h):
    macs = 0
    for _head in range(h):
        for _matrix in "QKV":
            macs += n * d_model * (d_model // h)
    return macs


def qkv_memory(n, d_model, h):
    return sum(n * (d_model // h) for _head in range(h) for _matrix in "QKV")


def causal_multi_head_attention(X, W_q, W_k, W_v, W_o):
    """Token by token, with the cache below."""
    h, _, d_k = W_q.shape
    cache = torch.empty(h, 0, d_k), torch.empty(h, 0, d_k)
    rows = []
    for x in X:
        y, cache = kv_cache_step(x, cache, W_q, W_k, W_v, W_o)
        rows.append(listed(y)[0])
    return tensor(rows)


def kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o):
    Q, K, V = project_qkv(x_t[None], W_q, W_k, W_v)
    keys = [old + new for old, new in zip(listed(cache[0]), listed(K))]
    values = [old + new for old, new in zip(listed(cache[1]), listed(V))]
    heads = []
    for query, own_keys, own_values in zip(listed(Q), keys, values):
        heads += attend(query[0], own_keys, own_values)
    return tensor(product([heads], listed(W_o))), [tensor(keys), tensor(values)]


def decode_step_macs(t, d_model, h, use_cache):
    width = d_model // h
    macs = 0
    for place in range(1, t + 1):
        if use_cache and place < t:
            continue  # its key and value are in the cache, and nobody asks for its output again
        for _head in range(h):
            macs += 3 * d_model * width
            macs += t * width + t * width
    return macs


def kv_cache_size(n, d_model, h):
    return sum(2 * (d_model // h) for _token in range(n) for _head in range(h))
