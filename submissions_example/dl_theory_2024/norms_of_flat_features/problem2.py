"""Problem 2: attention, tied queries and keys, costs, and the key-value cache."""

import math

import torch


def score_variance(var_q, var_k, scaled=True):
    variance = (var_q * var_k).sum()
    return float(variance / len(var_q) if scaled else variance)


def sample_scores(d_k, n_samples, generator, scaled=True):
    where = {"generator": generator, "device": generator.device, "dtype": torch.float64}
    q, k = torch.randn(n_samples, d_k, **where), torch.randn(n_samples, d_k, **where)
    scores = (q * k).sum(dim=1)
    return scores / math.sqrt(d_k) if scaled else scores


def scaled_dot_product_attention(Q, K, V):
    scores = Q @ K.T / math.sqrt(Q.shape[1])
    return torch.softmax(scores, dim=1) @ V


def softmax_jacobian(s):
    p = torch.softmax(s, dim=0)
    return torch.diag(p) - torch.outer(p, p)


def tied_scores(Q):
    return Q @ Q.T / math.sqrt(Q.shape[1])


def tied_attention_weights(Q):
    return torch.softmax(tied_scores(Q), dim=1)


def project_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def qkv_projection_macs(n, d_model, h):
    return 3 * n * d_model**2


def qkv_memory(n, d_model, h):
    return 3 * n * d_model


def causal_multi_head_attention(X, W_q, W_k, W_v, W_o):
    n = len(X)
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    scores = Q @ K.transpose(1, 2) / math.sqrt(Q.shape[-1])
    future = torch.triu(torch.ones(n, n, dtype=torch.bool, device=X.device), diagonal=1)
    scores = scores.masked_fill(future, -math.inf)
    heads = torch.softmax(scores, dim=-1) @ V
    return heads.transpose(0, 1).reshape(n, -1) @ W_o


def kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o):
    q, k, v = x_t @ W_q, x_t @ W_k, x_t @ W_v
    K = torch.cat([cache[0], k[:, None]], dim=1)
    V = torch.cat([cache[1], v[:, None]], dim=1)
    scores = (K @ q[:, :, None]).squeeze(2) / math.sqrt(q.shape[1])
    weights = torch.softmax(scores, dim=1)
    heads = (weights[:, None] @ V).squeeze(1)
    return heads.reshape(-1) @ W_o, (K, V)


def decode_step_macs(t, d_model, h, use_cache):
    queries = 1 if use_cache else t
    projections = 3 * queries * d_model**2
    scores_and_sums = 2 * queries * t * d_model
    return projections + scores_and_sums


def kv_cache_size(n, d_model, h):
    return 2 * n * d_model
