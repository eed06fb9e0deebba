"""Wrong answers to problem 2, attention, each with what to tell the student who gives it."""

import numpy as np

from grader.laws import Claim, moments

from .problem2 import (
    causal_multi_head_attention,
    decode_step_macs,
    joined,
    kv_cache_step,
    project_qkv,
    score_variance,
    softmax,
    softmax_jacobian,
    tied_attention_weights,
    tied_scores,
)

# The largest kurtosis of a sum of products of normal or uniform numbers: that of one normal product.
PRODUCTS = 9.0

# ---- score_variance ----


def variance_over_the_root(var_q, var_k, scaled):
    """The scaled variance seems to be divided by sqrt(d_k). That is what the score is divided by: what does it do to
    a variance?"""
    variance = score_variance(var_q, var_k, False)
    return variance / np.sqrt(len(var_q)) if scaled else variance


def variance_rooted(var_q, var_k, scaled):
    """You seem to return the standard deviation. Its square, the variance, is asked for."""
    return np.sqrt(score_variance(var_q, var_k, scaled))


def variance_never_scaled(var_q, var_k):
    """`scaled` seems to make no difference. What becomes of the variance when the score is divided by sqrt(d_k)?"""
    return score_variance(var_q, var_k, False)


def variance_always_scaled(var_q, var_k):
    """`scaled` seems to make no difference: your variance is always that of the scaled score."""
    return score_variance(var_q, var_k, True)


def variance_scaled_the_wrong_way_round(var_q, var_k, scaled):
    """You seem to scale when it is not asked for, and not when it is."""
    return score_variance(var_q, var_k, not scaled)


def variance_as_a_product_of_sums(var_q, var_k, scaled):
    """You seem to multiply the sums of the variances. Only components of the same place are multiplied."""
    return np.sum(var_q) * np.sum(var_k) / (len(var_q) if scaled else 1)


def variance_as_a_sum(var_q, var_k, scaled):
    """You seem to add the variances of q_i and k_i. For independent factors of mean 0, what is the variance of a
    product?"""
    return np.sum(var_q + var_k) / (len(var_q) if scaled else 1)


def variance_of_unit_components(var_q, scaled):
    """Your answer seems to take all variances for 1. Use those that are handed in."""
    return 1.0 if scaled else float(len(var_q))


# ---- sample_scores: laws of draws ----


def samples_never_scaled(draws, d_k):
    """`scaled` seems to make no difference: your scores have the variance of q.k in both cases."""
    return _scores(draws, d_k)


def samples_always_scaled(draws):
    """`scaled` seems to make no difference: your scores are divided in both cases."""
    return _scores(draws, 1.0)


def samples_divided_by_the_width(draws, d_k, scaled):
    """The variance of your scaled scores falls with d_k. Are they divided by d_k, and not by its root?"""
    return _scores(draws, 1 / d_k if scaled else d_k)


def samples_multiplied_by_the_root(draws, d_k, scaled):
    """Your scaled scores grow with d_k more than the others do. They are to be divided."""
    return _scores(draws, d_k**2 if scaled else d_k)


def samples_of_one_component(draws, d_k, scaled):
    """Your scores vary like the product of two numbers. A score is a sum over all d_k components."""
    return _scores(draws, 1 / d_k if scaled else 1.0)


def samples_of_positive_components(draws, d_k, scaled):
    """Your components lie on [0, 1). Their mean has to be 0 and their variance 1: which function draws normal
    numbers?"""
    size = np.sqrt(d_k) if scaled else 1.0
    return moments(draws, d_k / 4 / size, 7 / 144 * d_k / size**2, PRODUCTS)


def samples_of_components_below_one(draws, d_k, scaled):
    """Your components seem to be uniform on [-1, 1], where their variance is below 1. Scale them, or draw normal
    numbers."""
    return _scores(draws, 1 / 9 if scaled else d_k / 9)


def samples_of_a_vector_with_itself(draws, d_k, scaled):
    """Your scores are never negative: each vector is multiplied by itself. Query and key are two independent
    vectors."""
    assert np.all(draws >= 0)
    size = np.sqrt(d_k) if scaled else 1.0
    return moments(draws, d_k / size, 2 * d_k / size**2, 15.0)


def samples_of_one_query(draws, d_k, scaled):
    """All scores of one call seem to share one query, or one key, and are not independent. Draw both anew for every
    score."""
    sizes = np.mean(draws**2, axis=1, keepdims=True)
    variance = 1.0 if scaled else d_k
    # Given the query, scores have its squared length as variance, which varies from call to call by 2 / d_k of itself
    # for normal components and 0.8 / d_k for uniform ones. That of independent scores varies by a tenth of that.
    assert np.std(sizes) > 0.45 * np.sqrt(2 / d_k) * np.mean(sizes)
    assert variance / 3 < np.mean(sizes) < 3 * variance
    return moments(draws / np.sqrt(sizes), 0.0, 1.0, PRODUCTS)


def samples_of_a_fixed_seed(draws):
    """You give the same scores in every call. Is there a seed, or a generator of your own, in your function? All draws
    come from `generator`."""
    assert np.all(draws == draws[0])
    return [Claim(1.0, "")]


def _scores(draws, variance):
    return moments(draws, 0.0, variance, PRODUCTS)


# ---- scaled_dot_product_attention ----


def attention_without_scaling(Q, K, V):
    """Your scores seem to be used as they are: the scaling is missing."""
    return softmax(Q @ K.T) @ V


def attention_divided_by_the_width(Q, K, V):
    """Your scores seem to be divided by d_k. Which power of it brings their variance to 1?"""
    return softmax(Q @ K.T / Q.shape[1]) @ V


def attention_multiplied_by_the_root(Q, K, V):
    """You seem to multiply the scores by sqrt(d_k). Scaling is to keep them small."""
    return softmax(Q @ K.T * np.sqrt(Q.shape[1])) @ V


def attention_scaled_after_the_softmax(Q, K, V):
    """You seem to scale after the softmax. Then the weights do not add up to 1: what has to be scaled are the
    scores."""
    return softmax(Q @ K.T) @ V / np.sqrt(Q.shape[1])


def attention_scaled_by_the_values(Q, K, V):
    """You seem to scale by the width of the values. The scores are products of queries and keys."""
    return softmax(Q @ K.T / np.sqrt(V.shape[1])) @ V


def attention_scaled_by_the_number_of_keys(Q, K, V):
    """You seem to scale by the number of keys. How many terms does one score have?"""
    return softmax(Q @ K.T / np.sqrt(len(K))) @ V


def attention_over_the_queries(Q, K, V):
    """Your softmax seems to run over the queries. The weights with which one query attends to the keys must add up
    to 1."""
    return softmax((Q @ K.T / np.sqrt(Q.shape[1])).T).T @ V


def attention_without_the_softmax(Q, K, V):
    """Your scores seem to weigh the values as they are. They have to be made weights that add up to 1 first."""
    return Q @ K.T / np.sqrt(Q.shape[1]) @ V


# ---- softmax_jacobian ----


def jacobian_of_the_diagonal(s):
    """You seem to have the diagonal alone. Each probability depends on all scores, through the sum."""
    return np.diag(np.diag(softmax_jacobian(s)))


def jacobian_as_a_vector(s):
    """You seem to return one number for each score. Each probability depends on all scores: a matrix is asked for."""
    return np.diag(softmax_jacobian(s)).copy()


def jacobian_negative(s):
    """Your Jacobian has the wrong sign. A probability grows with its own score."""
    return -softmax_jacobian(s)


def jacobian_with_the_outer_product_added(s):
    """The two terms seem to be added. What happens to the other probabilities when one score grows?"""
    p = softmax(s)
    return np.diag(p) + np.outer(p, p)


def jacobian_without_the_outer_product(s):
    """Your Jacobian seems to be the one of the exponentials alone. The sum below them depends on s too."""
    return np.diag(softmax(s))


def jacobian_with_the_identity(s):
    """Your diagonal seems to come from the identity. Check the derivative of p_i by s_i once more."""
    p = softmax(s)
    return np.eye(len(p)) - np.outer(p, p)


def jacobian_without_the_diagonal_term(s):
    """Your Jacobian seems to miss the term for i = j, in which the numerator is differentiated."""
    p = softmax(s)
    return -np.outer(p, p)


# ---- tied_scores ----


def scores_without_scaling(Q):
    """Your scores seem to be used as they are: the scaling is missing."""
    return Q @ Q.T


def scores_divided_by_the_width(Q):
    """Your scores seem to be divided by d_k. Which power of it brings their variance to 1?"""
    return Q @ Q.T / Q.shape[1]


def scores_scaled_by_the_number_of_tokens(Q):
    """You seem to scale by the number of tokens. How many terms does one score have?"""
    return Q @ Q.T / np.sqrt(len(Q))


def scores_of_the_features(Q):
    """You seem to multiply in the other order, which compares features. A score compares two tokens."""
    return Q.T @ Q / np.sqrt(Q.shape[1])


def scores_as_cosines(Q):
    """Your scores seem to be cosines. The lengths of the queries count too."""
    U = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    return U @ U.T


def scores_as_weights(Q):
    """You seem to apply the softmax already. Asked for are the scores that go into it."""
    return tied_attention_weights(Q)


# ---- tied_attention_weights ----


def weights_without_scaling(Q):
    """Your scores seem to be used as they are: the scaling is missing."""
    return softmax(Q @ Q.T)


def weights_divided_by_the_width(Q):
    """Your scores seem to be divided by d_k. Which power of it brings their variance to 1?"""
    return softmax(Q @ Q.T / Q.shape[1])


def weights_scaled_by_the_number_of_tokens(Q):
    """You seem to scale by the number of tokens. How many terms does one score have?"""
    return softmax(Q @ Q.T / np.sqrt(len(Q)))


def weights_of_the_columns(Q):
    """Your columns add up to 1, not your rows. Row i holds the weights with which token i attends."""
    return tied_attention_weights(Q).T


def weights_of_all_pairs(Q):
    """All your weights together add up to 1. Every row has a normaliser of its own."""
    return softmax(tied_scores(Q).ravel()).reshape(len(Q), len(Q))


def weights_made_symmetric(Q):
    """Your weights seem to be made symmetric. The scores are; the weights need not be, as every row has a normaliser
    of its own."""
    A = tied_attention_weights(Q)
    return (A + A.T) / 2


def weights_without_the_softmax(Q):
    """You seem to return the scores. They have to be made weights that add up to 1."""
    return tied_scores(Q)


# ---- project_qkv ----


def projections_with_heads_joined(X, W_q, W_k, W_v):
    """Your heads seem to be joined already. One matrix for each head is asked for, heads first."""
    return tuple(joined(X @ W) for W in (W_q, W_k, W_v))


def projections_with_tokens_first(X, W_q, W_k, W_v):
    """Your first axis seems to be that of the tokens. The heads come first."""
    return tuple((X @ W).transpose(1, 0, 2) for W in (W_q, W_k, W_v))


def projections_with_keys_and_values_swapped(X, W_q, W_k, W_v):
    """Keys and values seem to have changed places. Check the order in which you return them."""
    return project_qkv(X, W_q, W_v, W_k)


def projections_of_the_first_head(X, W_q, W_k, W_v):
    """All heads seem to be the first one. Each has matrices of its own."""
    return tuple(np.repeat(X @ W[:1], len(W), axis=0) for W in (W_q, W_k, W_v))


def projections_with_scaled_queries(X, W_q, W_k, W_v):
    """Your queries seem to be divided by sqrt(d_k) already. Asked for are the projections alone."""
    return project_qkv(X, W_q / np.sqrt(W_q.shape[-1]), W_k, W_v)


def projections_by_the_query_weights(X, W_q, W_k, W_v):
    """Queries, keys and values seem to come from the same matrix. Each has one of its own."""
    return project_qkv(X, W_q, W_q, W_q)


def projections_summed_over_heads(X, W_q, W_k, W_v):
    """You seem to add up the heads. One matrix for each head is asked for."""
    return tuple((X @ W).sum(axis=0) for W in (W_q, W_k, W_v))


# ---- qkv_projection_macs ----


def macs_as_flops(n, d_model):
    """You seem to count multiplications and additions apart. One multiplication with its addition is one MAC."""
    return 6 * n * d_model**2


def macs_with_the_output_matrix(n, d_model):
    """You seem to count W_o as well. Asked for is the cost of Q, K and V."""
    return 4 * n * d_model**2


def macs_of_one_matrix(n, d_model):
    """Your count seems to be that of one matrix. There are queries, keys and values."""
    return n * d_model**2


def macs_of_one_head(n, d_model, h):
    """Your count seems to be that of one head. Sum it over all heads."""
    return 3 * n * d_model * (d_model // h)


def macs_of_full_width_heads(n, d_model, h):
    """Every head seems to have the full width. The heads share d_model among them."""
    return 3 * n * d_model**2 * h


def macs_with_the_scores(n, d_model):
    """You seem to count the scores and weighted sums as well. Asked for is the cost of Q, K and V."""
    return 3 * n * d_model**2 + 2 * n**2 * d_model


def macs_quadratic_in_the_tokens(n, d_model):
    """Your count grows with the square of n. That is the cost of the scores: how many tokens is each matrix applied
    to?"""
    return 3 * n**2 * d_model


# ---- qkv_memory ----


def memory_of_one_matrix(n, d_model):
    """Your count seems to be that of one matrix. There are queries, keys and values."""
    return n * d_model


def memory_of_keys_and_values(n, d_model):
    """Your count seems to leave the queries out. That is what a cache keeps; here all three are held."""
    return 2 * n * d_model


def memory_in_bytes_of_single_precision(n, d_model):
    """You seem to count bytes. The number of numbers is asked for."""
    return 12 * n * d_model


def memory_in_bytes_of_double_precision(n, d_model):
    """You seem to count bytes. The number of numbers is asked for."""
    return 24 * n * d_model


def memory_with_the_parameters(n, d_model):
    """You seem to count the weights as well. Asked for are the results."""
    return 3 * n * d_model + 3 * d_model**2


def memory_of_full_width_heads(n, d_model, h):
    """Every head seems to have the full width. The heads share d_model among them."""
    return 3 * n * d_model * h


def memory_of_one_head(n, d_model, h):
    """Your count seems to be that of one head. Sum it over all heads."""
    return 3 * n * (d_model // h)


def memory_of_the_scores(n, h):
    """Your count seems to be that of the scores. Asked for are Q, K and V."""
    return h * n**2


# ---- causal_multi_head_attention ----


def _attention(X, W_q, W_k, W_v, W_o, weights, join=joined):
    """Multi-head attention with weights made of scores in another way."""
    Q, K, V = project_qkv(X, W_q, W_k, W_v)
    return join(weights(Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[-1])) @ V) @ W_o


def _causal(scores):
    return softmax(np.where(np.tril(np.ones(scores.shape[1:])) > 0, scores, -np.inf))


def causal_without_the_mask(X, W_q, W_k, W_v, W_o):
    """Your tokens seem to attend to all others, also to later ones. Which of them does token t know when it is
    generated?"""
    return _attention(X, W_q, W_k, W_v, W_o, softmax)


def causal_with_the_future_kept(X, W_q, W_k, W_v, W_o):
    """Your mask seems to be the other way round: tokens attend to themselves and later ones."""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: softmax(np.where(np.tri(s.shape[1]).T > 0, s, -np.inf)))


def causal_with_scores_masked_by_zero(X, W_q, W_k, W_v, W_o):
    """Your mask seems to make scores zero before the softmax. A score of zero still has a weight: which score has
    none?"""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: softmax(np.tril(s)))


def causal_with_weights_masked_after_the_softmax(X, W_q, W_k, W_v, W_o):
    """Your mask seems to come after the softmax. Then the weights that are left do not add up to 1."""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: np.tril(softmax(s)))


def causal_without_scaling(X, W_q, W_k, W_v, W_o):
    """Your scores seem to be used as they are: the scaling is missing."""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: _causal(s * np.sqrt(W_q.shape[-1])))


def causal_divided_by_the_width(X, W_q, W_k, W_v, W_o):
    """Your scores seem to be divided by d_k. Which power of it brings their variance to 1?"""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: _causal(s / np.sqrt(W_q.shape[-1])))


def causal_scaled_by_the_full_width(X, W_q, W_k, W_v, W_o):
    """Your scores seem to be scaled by d_model. How wide are the queries and keys of one head?"""
    return _attention(X, W_q, W_k, W_v, W_o, lambda s: _causal(s * np.sqrt(W_q.shape[-1] / X.shape[1])))


def causal_without_the_output_matrix(X, W_q, W_k, W_v):
    """Your heads seem to be joined and returned. W_o is applied to them last."""
    return causal_multi_head_attention(X, W_q, W_k, W_v, np.eye(X.shape[1]))


def causal_with_interleaved_heads(X, W_q, W_k, W_v, W_o):
    """Your heads seem to be interleaved. All of the first head comes first, then all of the second: check the order
    of the axes before you reshape."""
    return _attention(
        X, W_q, W_k, W_v, W_o, _causal, lambda heads: heads.transpose(1, 2, 0).reshape(heads.shape[1], -1)
    )


def causal_with_heads_reshaped(X, W_q, W_k, W_v, W_o):
    """You seem to reshape (h, n, d_k) without moving the axes. That mixes tokens: bring the heads of one token next
    to each other first."""
    return _attention(X, W_q, W_k, W_v, W_o, _causal, lambda heads: heads.reshape(heads.shape[1], -1))


# ---- kv_cache_step ----


def step_without_the_new_token(x_t, cache, W_q, W_k, W_v, W_o):
    """You seem to compute the query of the new token alone. It attends to itself too, and later tokens to it: its
    key and value belong into the cache."""
    if cache[0].shape[1] == 0:
        return np.zeros_like(x_t), cache
    q = (x_t @ W_q)[:, None]
    weights = softmax(q @ cache[0].transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return (joined(weights @ cache[1]) @ W_o)[0], cache


def step_attending_to_the_past_alone(x_t, cache, W_q, W_k, W_v, W_o):
    """Your new token seems to attend to its predecessors alone. It attends to itself too: append first."""
    y, _ = step_without_the_new_token(x_t, cache, W_q, W_k, W_v, W_o)
    return y, kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[1]


def step_returning_the_old_cache(x_t, cache, W_q, W_k, W_v, W_o):
    """Your cache does not grow. The key and value of the new token are needed by those that follow."""
    return kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[0], cache


def step_with_the_new_token_first(x_t, cache, W_q, W_k, W_v, W_o):
    """The new token seems to be put in front of the others. It comes last."""
    y, (K, V) = kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)
    return y, (np.roll(K, 1, axis=1), np.roll(V, 1, axis=1))


def step_with_the_cache_swapped(x_t, cache, W_q, W_k, W_v, W_o):
    """Keys and values seem to have changed places in the cache that you return."""
    y, (K, V) = kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)
    return y, (V, K)


def step_without_scaling(x_t, cache, W_q, W_k, W_v, W_o):
    """Your scores seem to be used as they are: the scaling is missing."""
    y, _ = kv_cache_step(x_t, cache, W_q * np.sqrt(W_q.shape[-1]), W_k, W_v, W_o)
    return y, kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[1]


def step_divided_by_the_width(x_t, cache, W_q, W_k, W_v, W_o):
    """Your scores seem to be divided by d_k. Which power of it brings their variance to 1?"""
    y, _ = kv_cache_step(x_t, cache, W_q / np.sqrt(W_q.shape[-1]), W_k, W_v, W_o)
    return y, kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[1]


def step_scaled_by_the_full_width(x_t, cache, W_q, W_k, W_v, W_o):
    """Your scores seem to be scaled by d_model. How wide are the queries and keys of one head?"""
    y, _ = kv_cache_step(x_t, cache, W_q * np.sqrt(W_q.shape[-1] / len(x_t)), W_k, W_v, W_o)
    return y, kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[1]


def step_without_the_output_matrix(x_t, cache, W_q, W_k, W_v):
    """Your heads seem to be joined and returned. W_o is applied to them last."""
    return kv_cache_step(x_t, cache, W_q, W_k, W_v, np.eye(len(x_t)))


def step_attending_to_itself_alone(x_t, cache, W_q, W_k, W_v, W_o):
    """Your new token seems to attend to itself alone. What is the cache for?"""
    empty = tuple(part[:, :0] for part in cache)
    y, _ = kv_cache_step(x_t, empty, W_q, W_k, W_v, W_o)
    return y, kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)[1]


# ---- decode_step_macs ----


def _otherwise(t, d_model, h, use_cache, with_cache=None, without=None):
    """The right count, but for one of the two."""
    other = with_cache if use_cache else without
    return decode_step_macs(t, d_model, h, use_cache) if other is None else other


def decoding_with_one_query_without_the_cache(t, d_model, h, use_cache):
    """Without the cache you seem to recompute keys and values alone, with the query of the last token. Counted is
    the whole prefix, with all queries and all scores."""
    return _otherwise(t, d_model, h, use_cache, without=(2 * t + 1) * d_model**2 + 2 * t * d_model)


def decoding_with_the_causal_half_of_the_scores(t, d_model, h, use_cache):
    """Without the cache you seem to count the scores of earlier tokens alone. Counted is the whole matrix of
    scores, also what the mask takes away."""
    return _otherwise(t, d_model, h, use_cache, without=3 * t * d_model**2 + t * (t + 1) * d_model)


def decoding_with_the_query_alone(t, d_model, h, use_cache):
    """With the cache you seem to compute the query of the new token alone. Its key and value are computed as well,
    and appended."""
    return _otherwise(t, d_model, h, use_cache, with_cache=d_model**2 + 2 * t * d_model)


def decoding_with_one_head_of_scores(t, d_model, h, use_cache):
    """Your scores seem to be those of one head. All heads together are as wide as d_model."""
    width = d_model // h
    queries = 1 if use_cache else t
    return queries * (3 * d_model**2 + 2 * t * width)


def decoding_as_flops(t, d_model, h, use_cache):
    """You seem to count multiplications and additions apart. One multiplication with its addition is one MAC."""
    return 2 * decode_step_macs(t, d_model, h, use_cache)


def decoding_with_the_output_matrix(t, d_model, h, use_cache):
    """You seem to count W_o as well. It is left out here."""
    return decode_step_macs(t, d_model, h, use_cache) + (1 if use_cache else t) * d_model**2


def decoding_without_the_weighted_sum(t, d_model, h, use_cache):
    """You seem to count the scores, but not what the weights do to the values."""
    return decode_step_macs(t, d_model, h, use_cache) - (1 if use_cache else t) * t * d_model


def decoding_from_zero(t, d_model, h, use_cache):
    """You seem to count tokens from 0: t = 1 is the first, and attends to itself."""
    return decode_step_macs(t + 1, d_model, h, use_cache)


def decoding_always_without_the_cache(t, d_model, h):
    """`use_cache` seems to make no difference. Which products of the earlier steps need not be made again?"""
    return decode_step_macs(t, d_model, h, False)


def decoding_without_the_projections(t, d_model, use_cache):
    """You seem to count the attention alone. The projections to Q, K and V belong to it."""
    return 2 * t * d_model if use_cache else 2 * t**2 * d_model


# ---- kv_cache_size ----


def cache_of_keys_alone(n, d_model):
    """Your count seems to be that of the keys. The values are kept as well."""
    return n * d_model


def cache_with_queries(n, d_model):
    """You seem to keep the queries too. Does a later token need them?"""
    return 3 * n * d_model


def cache_of_full_width_heads(n, d_model, h):
    """Every head seems to have the full width. The heads share d_model among them."""
    return 2 * n * d_model * h


def cache_of_one_head(n, d_model, h):
    """Your count seems to be that of one head. Sum it over all heads."""
    return 2 * n * (d_model // h)


def cache_in_bytes_of_single_precision(n, d_model):
    """You seem to count bytes. The number of numbers is asked for."""
    return 8 * n * d_model


def cache_in_bytes_of_half_precision(n, d_model):
    """You seem to count bytes. The number of numbers is asked for."""
    return 4 * n * d_model


def cache_quadratic_in_the_tokens(n, d_model):
    """Your count grows with the square of n. What is kept for each token?"""
    return 2 * n**2 * d_model


def cache_of_the_scores(n, h):
    """Your count seems to be that of the scores. They are not kept."""
    return h * n**2
