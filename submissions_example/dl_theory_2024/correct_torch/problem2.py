"""Problem 2, with einsum and with what torch brings along."""

import torch
from torch.nn.functional import scaled_dot_product_attention as attention


def score_variance(var_q, var_k, scaled=True):
    variances = torch.as_tensor(var_q) * torch.as_tensor(var_k)
    return variances.mean() if scaled else variances.sum()


def sample_scores(d_k, n_samples, generator, scaled=True):
    # Uniform on an interval of length sqrt(12): mean 0, variance 1.
    shape, device = (2, n_samples, d_k), generator.device
    q, k = 12**0.5 * (torch.rand(shape, generator=generator, device=device, dtype=torch.float64) - 0.5)
    scores = torch.einsum("nd,nd->n", q, k)
    return scores / scores.new_tensor(d_k).sqrt() if scaled else scores


def scaled_dot_product_attention(Q, K, V):
    return attention(Q[None], K[None], V[None])[0]


def softmax_jacobian(s):
    return torch.autograd.functional.jacobian(lambda scores: scores.softmax(dim=0), s)


def tied_scores(Q):
    return torch.einsum("id,jd->ij", Q, Q) * Q.shape[-1] ** -0.5


def tied_attention_weights(Q):
    scores = tied_scores(Q)
    return torch.exp(scores - torch.logsumexp(scores, dim=1, keepdim=True))


def project_qkv(X, W_q, W_k, W_v):
    return [torch.einsum("nd,hdk->hnk", X, W)[None] for W in (W_q, W_k, W_v)]  # with a leading axis for the batch


def qkv_projection_macs(n, d_model, h):
    return float(3 * n * d_model * h * (d_model // h))


def qkv_memory(n, d_model, h):
    return torch.tensor([3, n, d_model]).prod()


def causal_multi_head_attention(X, W_q, W_k, W_v, W_o):
    Q, K, V = project_qkv(X, W_q, W_k, W_v)
    heads = attention(Q, K, V, is_causal=True)[0]
    return torch.cat(list(heads), dim=-1) @ W_o


def kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o):
    K, V = cache
    K = torch.cat([K, torch.einsum("d,hdk->hk", x_t, W_k).unsqueeze(1)], dim=1)
    V = torch.cat([V, torch.einsum("d,hdk->hk", x_t, W_v).unsqueeze(1)], dim=1)
    q = torch.einsum("d,hdk->hk", x_t, W_q).unsqueeze(1)
    heads = attention(q, K, V)
    return heads.reshape(1, -1) @ W_o, (K, V)


def decode_step_macs(t, d_model, h, use_cache):
    with_cache = 3 * d_model**2 + 2 * t * d_model
    return with_cache if use_cache else t * with_cache


def kv_cache_size(n, d_model, h):
    return torch.zeros(2, h, n, d_model // h).numel()
