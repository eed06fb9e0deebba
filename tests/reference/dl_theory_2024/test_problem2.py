"""Attention of the reference is torch's, its counts are what torch counts, its samples keep their law."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

SEEDS = range(5)
# The chance with which a law may reject right draws.
LEVEL = 1e-9


@pytest.fixture
def attention(problem):
    return problem(2)


def tensors(inputs):
    return {name: torch.tensor(value) if isinstance(value, np.ndarray) else value for name, value in inputs.items()}


# ---- 2.1: the scaled dot product ----


def test_the_variance_is_that_of_all_combinations_of_signs(attention):
    """Components of plus or minus their deviation: few enough to sum over all that may happen."""
    rng = np.random.default_rng(0)
    for d_k in (1, 2, 3, 4):
        var_q, var_k = rng.uniform(0.2, 3.0, (2, d_k))
        signs = np.array(list(itertools.product((-1, 1), repeat=2 * d_k)))
        scores = np.sum(signs[:, :d_k] * np.sqrt(var_q) * signs[:, d_k:] * np.sqrt(var_k), axis=1)

        assert scores.mean() == pytest.approx(0, abs=1e-12)
        assert attention.score_variance(var_q, var_k, False) == pytest.approx(scores.var(), rel=1e-12)
        assert attention.score_variance(var_q, var_k) == pytest.approx((scores / np.sqrt(d_k)).var(), rel=1e-12)


@pytest.mark.parametrize("d_k", [1, 3, 16, 64])
def test_unit_components_give_one_and_without_scaling_the_width(attention, d_k):
    assert attention.score_variance(np.ones(d_k), np.ones(d_k)) == 1
    assert attention.score_variance(np.ones(d_k), np.ones(d_k), False) == d_k


def least_chance(attention, sampler, d_k, scaled, seed, calls=40, n=1000):
    draws = np.array([sampler(d_k, n, np.random.default_rng([seed, i]), scaled) for i in range(calls)])
    return min(claim.p for claim in attention.scores_have_their_moments(draws, d_k, scaled))


def scores_of(law):
    def sampler(d_k, n, rng, scaled):
        q, k = law(rng, (n, d_k)), law(rng, (n, d_k))
        return np.sum(q * k, axis=1) / (np.sqrt(d_k) if scaled else 1)

    return sampler


RIGHT = {
    "normal": scores_of(lambda rng, shape: rng.normal(size=shape)),
    "uniform": scores_of(lambda rng, shape: rng.uniform(-np.sqrt(3), np.sqrt(3), shape)),
    "signs": scores_of(lambda rng, shape: rng.choice([-1.0, 1.0], shape)),
}
WRONG = {
    "uniform on [0, 1]": scores_of(lambda rng, shape: rng.uniform(size=shape)),
    "uniform on [-1, 1]": scores_of(lambda rng, shape: rng.uniform(-1, 1, shape)),
    "variance 1.1": scores_of(lambda rng, shape: rng.normal(0, 1.1**0.5, shape)),
    "never scaled": lambda d_k, n, rng, scaled: RIGHT["normal"](d_k, n, rng, False),
    "always scaled": lambda d_k, n, rng, scaled: RIGHT["normal"](d_k, n, rng, True),
    "divided by d_k": lambda d_k, n, rng, scaled: RIGHT["normal"](d_k, n, rng, False) / (d_k if scaled else 1),
    "one query": lambda d_k, n, rng, scaled: (
        (rng.normal(size=(n, d_k)) @ rng.normal(size=d_k)) / (np.sqrt(d_k) if scaled else 1)
    ),
    "every draw twice": lambda d_k, n, rng, scaled: np.repeat(RIGHT["normal"](d_k, n // 2, rng, scaled), 2),
    "one seed": lambda d_k, n, rng, scaled: RIGHT["normal"](d_k, n, np.random.default_rng(0), scaled),
    "q for k": lambda d_k, n, rng, scaled: (
        np.sum(rng.normal(size=(n, d_k)) ** 2, axis=1) / (np.sqrt(d_k) if scaled else 1)
    ),
}
CASES = list(itertools.product((4, 1, 32), (True, False)))


@pytest.mark.parametrize("name", RIGHT)
def test_scores_of_any_components_with_the_right_moments_pass(attention, name):
    for seed, (d_k, scaled) in itertools.product(range(2), CASES):
        assert least_chance(attention, RIGHT[name], d_k, scaled, seed) > LEVEL


@pytest.mark.parametrize("name", WRONG)
def test_other_scores_are_found_out_in_some_trial(attention, name):
    for seed in range(2):
        assert any(least_chance(attention, WRONG[name], *case, seed) < 1e-14 for case in CASES)


def test_scores_that_are_standardised_afterwards_are_no_independent_draws(attention):
    def standardised(d_k, n, rng, scaled):
        scores = RIGHT["normal"](d_k, n, rng, scaled)
        return (scores - scores.mean()) / scores.std() * (1 if scaled else np.sqrt(d_k))

    for case in CASES:
        with pytest.raises(AssertionError, match="standardised"):
            least_chance(attention, standardised, *case, seed=0, calls=6)


def test_the_reference_draws_its_scores_from_the_generator(attention):
    def draws(seed, *arguments):
        return attention.sample_scores(4, 9, np.random.default_rng(seed), *arguments)

    assert np.array_equal(draws(0), draws(0)) and not np.array_equal(draws(0), draws(1))
    assert np.allclose(draws(0, False), 2 * draws(0), rtol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_attention_is_that_of_torch(attention, trials, call, seed):
    for inputs in trials("scaled_dot_product_attention", seed):
        Q, K, V = (torch.tensor(inputs[name])[None] for name in "QKV")
        expected = torch.nn.functional.scaled_dot_product_attention(Q, K, V)[0].numpy()

        assert np.allclose(call(attention.scaled_dot_product_attention, inputs), expected, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("seed", SEEDS)
def test_large_scores_overflow_and_ask_for_nothing_else(attention, trials, call, seed):
    """In the trials of the share, one key takes all the weight however the scores are scaled."""
    kinds = set()
    for inputs in trials("scaled_dot_product_attention", seed):
        scores = inputs["Q"] @ inputs["K"].T / np.sqrt(inputs["Q"].shape[1])
        kinds.add(bool(np.max(scores) > 710))
        if np.max(scores) > 710:
            winners = inputs["V"][np.argmax(scores, axis=1)]
            for factor in (1.0, np.sqrt(inputs["Q"].shape[1]), 1 / np.sqrt(inputs["Q"].shape[1])):
                answer = attention.scaled_dot_product_attention(factor * inputs["Q"], inputs["K"], inputs["V"])
                assert np.allclose(answer, winners, rtol=0, atol=1e-12)
        else:
            assert np.max(np.abs(scores)) < 100
    assert kinds == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_jacobian_is_what_autograd_finds(attention, trials, call, seed):
    for inputs in trials("softmax_jacobian", seed):
        expected = torch.autograd.functional.jacobian(lambda s: s.softmax(0), torch.tensor(inputs["s"])).numpy()

        J = call(attention.softmax_jacobian, inputs)
        assert np.allclose(J, expected, rtol=1e-10, atol=1e-13)
        assert np.allclose(J.sum(axis=0), 0, atol=1e-14) and np.array_equal(J, J.T)


def test_sharper_scores_always_lower_the_trace_but_not_always_the_norm(attention):
    """From all alike to two of six alike the norm rises: the property has to look at the trace."""
    rng = np.random.default_rng(0)
    for n in range(2, 7):
        for s in rng.normal(size=(50, n)):
            traces = [np.trace(attention.softmax_jacobian(k * s)) for k in (0, 0.5, 1, 2, 4, 50)]
            assert np.all(np.diff(traces) <= 1e-12)
    s = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    norms = [np.linalg.norm(attention.softmax_jacobian(k * s)) for k in (0.01, 10.0, 1000.0)]
    assert norms[1] > norms[0]


# ---- 2.2: tied queries and keys ----


@pytest.mark.parametrize("seed", SEEDS)
def test_tied_scores_are_those_of_attention_with_the_queries_for_keys(attention, trials, call, seed):
    for inputs in trials("tied_scores", seed):
        Q = inputs["Q"]
        S, A = attention.tied_scores(Q), attention.tied_attention_weights(Q)

        assert np.array_equal(S, S.T) and np.linalg.matrix_rank(S) <= Q.shape[1]
        assert np.min(np.linalg.eigvalsh(S)) >= -1e-12 * np.max(S)
        assert np.allclose(A, torch.softmax(torch.tensor(S), 1).numpy(), rtol=1e-12)
        # The weights themselves, by giving every token a value of its own.
        assert np.allclose(attention.scaled_dot_product_attention(Q, Q, np.eye(len(Q))), A, rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_tied_weights_are_not_symmetric_and_of_equal_lengths_the_diagonal_wins(attention, trials, seed):
    asymmetric = 0
    for inputs in trials("tied_attention_weights", seed):
        A, lengths = attention.tied_attention_weights(inputs["Q"]), np.linalg.norm(inputs["Q"], axis=1)
        asymmetric += np.max(np.abs(A - A.T)) > 0.05
        if np.ptp(lengths) < 1e-5 * lengths.max():
            assert np.all(np.diag(A) >= A.max(axis=1) - 1e-6)
    assert asymmetric >= 4


# ---- 2.3: the projections ----


@pytest.mark.parametrize("seed", SEEDS)
def test_projections_are_sums_over_the_features_of_a_token(attention, trials, call, seed):
    for inputs in trials("project_qkv", seed):
        expected = [np.einsum("nd,hdk->hnk", inputs["X"], inputs[name]) for name in ("W_q", "W_k", "W_v")]

        assert all(map(np.allclose, call(attention.project_qkv, inputs), expected))


@pytest.mark.parametrize(("n", "d_model", "h"), [(1, 4, 1), (7, 12, 3), (16, 12, 4), (30, 8, 8)])
def test_counts_are_those_of_torch(attention, n, d_model, h):
    X, W = torch.ones(n, d_model), torch.ones(h, d_model, d_model // h)
    with FlopCounterMode(display=False) as counter:
        results = [torch.bmm(X.expand(h, n, d_model), W) for _ in range(3)]

    assert 2 * attention.qkv_projection_macs(n, d_model, h) == counter.get_total_flops()
    assert attention.qkv_memory(n, d_model, h) == sum(one.numel() for one in results)
    assert attention.kv_cache_size(n, d_model, h) == sum(one.numel() for one in results[1:])


# ---- 2.4: the key-value cache ----


@pytest.mark.parametrize("seed", SEEDS)
def test_causal_attention_is_that_of_torch_with_a_mask(attention, trials, call, seed):
    for inputs in trials("causal_multi_head_attention", seed):
        given = tensors(inputs)
        n, d_model = given["X"].shape
        layer = torch.nn.MultiheadAttention(d_model, len(given["W_q"]), bias=False, dtype=torch.float64)
        with torch.no_grad():
            stacked = [given[name].transpose(0, 1).reshape(d_model, d_model).T for name in ("W_q", "W_k", "W_v")]
            layer.in_proj_weight.copy_(torch.cat(stacked))
            layer.out_proj.weight.copy_(given["W_o"].T)
            mask = torch.ones(n, n, dtype=torch.bool).triu(1)
            expected, _ = layer(given["X"], given["X"], given["X"], attn_mask=mask, need_weights=False)

        answer = call(attention.causal_multi_head_attention, inputs)

        assert np.allclose(answer, expected.numpy(), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_with_the_cache_of_the_prefix_is_the_last_row(attention, trials, call, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("kv_cache_step", seed):
        weights = [inputs[name] for name in ("W_q", "W_k", "W_v", "W_o")]
        X = rng.normal(size=(5, len(inputs["x_t"])))
        rows = attention.causal_multi_head_attention(X, *weights)
        cache = tuple(part[:, :0] for part in inputs["cache"])
        for t in range(5):
            before = [part.copy() for part in cache]
            y, new = attention.kv_cache_step(X[t], cache, *weights)

            assert np.allclose(y, rows[t], rtol=1e-9, atol=1e-12)
            assert all(np.array_equal(part, old) for part, old in zip(cache, before, strict=True))
            cache = new
        _, K, V = attention.project_qkv(X, *weights[:3])
        assert np.allclose(cache[0], K) and np.allclose(cache[1], V)
        assert sum(part.size for part in cache) == attention.kv_cache_size(5, X.shape[1], len(weights[0]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cache_that_is_handed_in_is_one_of_a_true_prefix_and_may_be_empty(attention, trials, seed):
    lengths = set()
    for inputs in trials("kv_cache_step", seed):
        h, t, d_k = inputs["cache"][0].shape
        lengths.add(t)
        assert inputs["W_q"].shape == (h, h * d_k, d_k) and inputs["cache"][1].shape == (h, t, d_k)
    assert {0} < lengths


@pytest.mark.parametrize(("t", "d_model", "h"), [(1, 4, 2), (9, 12, 3), (5, 8, 8), (20, 6, 1)])
def test_decoding_takes_the_macs_that_torch_counts(attention, t, d_model, h):
    """The projections, scores and weighted sums of a step, run with and without a cache."""
    d_k = d_model // h
    tokens, W = torch.ones(h, t, d_model), torch.ones(h, d_model, d_k)
    for use_cache in (True, False):
        new = tokens[:, -1:] if use_cache else tokens
        with FlopCounterMode(display=False) as counter:
            q, k, v = (torch.bmm(new, W) for _ in range(3))
            if use_cache:
                k, v = (torch.cat([torch.ones(h, t - 1, d_k), one], dim=1) for one in (k, v))
            torch.bmm(torch.bmm(q, k.transpose(1, 2)), v)

        assert 2 * attention.decode_step_macs(t, d_model, h, use_cache) == counter.get_total_flops()


def test_the_numbers_of_the_document_for_one_step(attention, mistaken):
    assert attention.decode_step_macs(9, 12, 3, True) == 648
    assert mistaken("decode_step_macs", "decoding_with_the_query_alone")(9, 12, 3, True) == 360


def test_without_the_cache_a_sequence_is_cubic_and_with_it_quadratic(attention):
    """Of the sums over all tokens; doubling the length tells the power."""
    for use_cache, power in ((True, 2), (False, 3)):
        sums = [sum(attention.decode_step_macs(t, 4, 2, use_cache) for t in range(1, n + 1)) for n in (4000, 8000)]
        assert math.log2(sums[1] / sums[0]) == pytest.approx(power, abs=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_widths_are_multiples_of_the_heads_and_lengths_within_range(trials, seed):
    for name in ("qkv_projection_macs", "qkv_memory", "kv_cache_size", "decode_step_macs"):
        planned = trials(name, seed)
        for inputs in planned:
            assert inputs["d_model"] % inputs["h"] == 0 and 1 <= inputs["h"] <= 8
            assert 1 <= inputs.get("n", inputs.get("t")) <= 200
        assert any(inputs.get("n", inputs.get("t")) == 1 for inputs in planned)
