"""Every property of dl_theory_2024 finds out the mistakes that it is there for."""

import homeworks
import numpy as np
import pytest

SEEDS = range(3)
TINY = 1e-30


# property: (its function, misconceptions and distortions of the right answer that it has to find out)
PROPERTIES = {
    "descent_with_it_is_descent_with_the_penalty": (
        "equivalent_weight_decay",
        ["decay_without_the_learning_rate", "decay_without_the_two", "decay_negative", "decay_is_gamma",
         "decay_over_the_learning_rate", "decay_is_the_factor_that_remains"],
    ),
    "its_quadratic_part_is_positive": (
        "sse_conic", [lambda right: -right, lambda right: right * np.array([1, 9, 1, 1, 1, 1])],
    ),
    "points_of_the_ellipse_are_on_the_level": (
        "level_set_ellipse",
        ["ellipse_with_the_shortest_axis_first", "ellipse_of_the_sum_of_squares", "ellipse_with_full_axes",
         "ellipse_leaning_the_other_way", "ellipse_without_subtracting_the_minimum", "ellipse_at_the_origin",
         "ellipse_with_the_squared_axes", "ellipse_along_the_coordinate_axes"],
    ),
    "no_other_coefficients_cost_less": (
        "lasso_orthonormal",
        ["lasso_with_half_the_threshold", "lasso_with_twice_the_threshold", "lasso_with_a_hard_threshold",
         "lasso_without_the_sign", "lasso_of_positive_projections_only", "lasso_without_stopping_at_zero",
         "lasso_as_ridge"],
    ),
    "small_projections_become_exactly_zero": (
        "lasso_orthonormal",
        ["lasso_with_half_the_threshold", "lasso_with_twice_the_threshold", "lasso_without_stopping_at_zero",
         "lasso_as_ridge", lambda right: right + TINY],
    ),
    "no_projection_becomes_zero": ("ridge_orthonormal", ["ridge_as_lasso"]),
    "outputs_are_means_of_the_values": (
        "scaled_dot_product_attention", ["attention_over_the_queries", "attention_without_the_softmax"],
    ),
    "probabilities_stay_probabilities": (
        "softmax_jacobian",
        ["jacobian_of_the_diagonal", "jacobian_with_the_outer_product_added", "jacobian_without_the_outer_product",
         "jacobian_with_the_identity", "jacobian_without_the_diagonal_term"],
    ),
    "larger_scores_saturate": ("softmax_jacobian", ["jacobian_negative"]),
    "tied_scores_are_a_gram_matrix": ("tied_scores", ["scores_as_weights", lambda right: -right]),
    "weights_of_tied_queries": (
        "tied_attention_weights",
        ["weights_without_scaling", "weights_divided_by_the_width", "weights_of_the_columns", "weights_of_all_pairs",
         "weights_made_symmetric", "weights_without_the_softmax"],
    ),
    "twice_the_tokens_take_twice_the_macs": (
        "qkv_projection_macs",
        ["macs_with_the_scores", "macs_of_one_head", "macs_of_full_width_heads", "macs_quadratic_in_the_tokens"],
    ),
    "later_tokens_change_nothing": (
        "causal_multi_head_attention",
        ["causal_without_the_mask", "causal_with_the_future_kept", "causal_with_scores_masked_by_zero",
         "causal_with_weights_masked_after_the_softmax"],
    ),
    "token_by_token_is_all_at_once": (
        "kv_cache_step",
        ["step_without_the_new_token", "step_attending_to_the_past_alone", "step_returning_the_old_cache",
         "step_with_the_cache_swapped", "step_without_scaling", "step_divided_by_the_width",
         "step_scaled_by_the_full_width", "step_without_the_output_matrix", "step_attending_to_itself_alone"],
    ),
    "steps_take_linear_time_with_the_cache": (
        "decode_step_macs",
        ["decoding_with_one_query_without_the_cache", "decoding_always_without_the_cache"],
    ),
    "the_first_state_is_h0": ("rnn_forward", [lambda right: np.roll(right, 1, 0)]),
    "bounds_all_products": (
        "jacobian_norm_bound",
        ["bound_with_one_step_more", "bound_never_above_one", "bound_with_two_factors_a_step", "bound_summed"],
    ),
    "bounds_all_products_with_w": (
        "general_norm_bound",
        ["bound_by_the_spectral_radius", "bound_by_the_power_of_w", "bound_without_w", "bound_by_the_largest_entry"],
    ),
    "the_gradient_need_not_vanish": (
        "nonvanishing_example",
        ["example_with_eigenvalue_two", "example_with_eigenvalue_one_and_a_half", "example_twice_gamma",
         "example_nilpotent", "example_times_gamma", "example_is_orthogonal"],
    ),
    "whitened_inputs_need_no_statistics": (
        "batch_norm_unit",
        ["unit_of_whitened_inputs", "unit_with_the_statistics_of_the_batch", "unit_without_beta", "unit_without_gamma",
         "unit_with_gamma_and_beta_swapped", "unit_with_beta_scaled", "unit_divided_by_the_variance"],
    ),
    "its_length_is_gamma_and_only_the_direction_counts": (
        "weight_norm_vector",
        ["vector_over_the_sum_of_moduli", "vector_over_the_largest_entry", "vector_over_the_squared_length",
         "vector_of_length_one", "vector_divided_by_gamma", "vector_not_normalised"],
    ),
}  # fmt: skip


def test_every_property_of_the_rubric_is_here(rubric):
    named = {
        check.property
        for entry in rubric.problems
        for part in entry.parts
        for check in part.checks
        if hasattr(check, "property")
    }

    assert named == set(PROPERTIES)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PROPERTIES)
def test_it_finds_out_wrong_answers_at_any_seed(assignment, sees, name, seed):
    function, mistakes = PROPERTIES[name]
    right = assignment.references[homeworks.problem_with("dl_theory_2024", function).id].function(function)
    for wrong in mistakes:

        def distorted(*arguments, wrong=wrong):
            return wrong(right(*arguments))

        assert sees(name, function, distorted if callable(wrong) else wrong, seed), wrong
