"""The rubric has the questions, points and functions of the homework."""

import inspect
from collections import defaultdict

import pytest

# question: (points that a machine gives, points that a person gives)
POINTS = {
    "1.1": (3, 1), "1.2a": (2, 0), "1.2b": (2, 2),
    "2.1": (3.5, 1.5), "2.2": (2, 2), "2.3": (4, 2), "2.4": (4, 1),
    "3.1": (0, 5), "3.2": (0, 5), "3.3": (0, 5), "3.4": (0, 5),
    "4.1": (4, 0), "4.2": (3, 1), "4.3": (2, 0), "4.4": (1, 1),
    "5.1": (4, 0), "5.2": (4.5, 1.5),
}  # fmt: skip

SIGNATURES = """
equivalent_weight_decay(lr, gamma)
is_equivalent(optimizer)
sgd_step(theta, grad, lr, l2, decay)
rmsprop_step(theta, grad, sq_avg, lr, rho, eps, l2, decay)
adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps, l2, decay)
sse_conic(x, y)
is_ellipse(x)
level_set_ellipse(x, y, level)
lasso_orthonormal(z, lam)
ridge_orthonormal(z, lam)
score_variance(var_q, var_k, scaled)
sample_scores(d_k, n_samples, generator, scaled)
scaled_dot_product_attention(Q, K, V)
softmax_jacobian(s)
tied_scores(Q)
tied_attention_weights(Q)
project_qkv(X, W_q, W_k, W_v)
qkv_projection_macs(n, d_model, h)
qkv_memory(n, d_model, h)
causal_multi_head_attention(X, W_q, W_k, W_v, W_o)
kv_cache_step(x_t, cache, W_q, W_k, W_v, W_o)
decode_step_macs(t, d_model, h, use_cache)
kv_cache_size(n, d_model, h)
rnn_forward(W, U, b, h0, X, sigma)
rnn_jacobian(W, U, b, h0, X, sigma, dsigma)
jacobian_norm_bound(gamma, t)
vanishing_condition(gamma)
general_norm_bound(W, gamma, t)
nonvanishing_example(gamma, dim)
activation_derivative(name, a)
derivative_bound(name)
batch_norm_stats(x)
layer_norm_stats(x)
instance_norm_stats(x)
preactivation_stats(u, mean_x, cov_x)
batch_norm_unit(X, u, gamma, beta, mean_x, cov_x)
weight_norm_vector(u, gamma)
"""

# Shares that the catalogue of the homework lays down.
CREDITS = {
    ("1.1.equivalent_weight_decay", "decay_without_the_learning_rate"): 0.5,
    ("1.2b.ridge_orthonormal", "ridge_with_half_the_penalty"): 0.6,
    ("2.3.qkv_projection_macs", "macs_as_flops"): 0.7,
    ("2.4.decode_step_macs", "decoding_with_one_query_without_the_cache"): 0.75,
    ("2.4.decode_step_macs", "decoding_with_the_causal_half_of_the_scores"): 0.75,
    ("4.1.rnn_jacobian", "jacobian_transposed"): 0.7,
    ("5.1.batch_norm_stats", "batch_stats_of_every_feature"): 0.5,
    ("5.1.layer_norm_stats", "layer_stats_of_the_last_axis"): 0.5,
}


def test_questions_have_their_points(rubric):
    machine, person = defaultdict(float), defaultdict(float)
    for problem in rubric.problems:
        for part in problem.parts:
            question, _, own = part.id.rpartition(".")
            assert own == (part.function or "written")
            (person if part.written else machine)[question] += part.points

    assert {question: (machine[question], person[question]) for question in POINTS} == POINTS
    assert {*machine, *person} == {*POINTS}


def test_functions_take_the_arguments_that_students_are_told(assignment):
    found = [
        f"{name}({', '.join(inspect.signature(assignment.references[problem.id].function(name)).parameters)})"
        for problem in assignment.rubric.problems
        for name in problem.functions
    ]

    assert "\n".join(found) == SIGNATURES.strip()


def test_a_function_has_six_to_fourteen_trials_unless_it_has_fewer_inputs(rubric, trials):
    for problem in rubric.problems:
        for name in problem.functions:
            few = name in ("is_equivalent", "derivative_bound")

            assert (3 if few else 6) <= len(trials(name)) <= 14, name


@pytest.mark.parametrize("id", ["1.1.is_equivalent", "1.2a.is_ellipse", "4.2.vanishing_condition"])
def test_truth_values_earn_all_or_nothing(part, id):
    assert set(part(id).misconceptions.values()) == {0}


def test_a_step_that_changes_the_cache_that_it_is_handed_loses_three_tenths(part):
    assert part("2.4.kv_cache_step").hygiene.inputs_kept == 0.3


@pytest.mark.parametrize(("place", "credit"), CREDITS.items(), ids=lambda value: str(value))
def test_near_misses_earn_what_is_laid_down(part, place, credit):
    id, name = place

    assert part(id).misconceptions[name] == credit
