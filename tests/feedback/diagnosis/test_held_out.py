"""The catalogue is of one program; what it finds in others, with mistakes not made for it, is worth telling."""

from pathlib import Path

import numpy as np
import pytest

from grader.compare import disagreement
from grader.feedback.diagnosis import diagnosis
from grader.feedback.diagnosis.words import OPERATORS
from grader.mutants import built, mutants, original

# The example submissions that are wrong, each after its mistake.
WRONG = [
    ("no_path_through_the_variance", "layer_norm_backward", "missing_term"),
    ("eps_outside_the_root", "layer_norm_forward", "eps"),
    ("eps_outside_the_root", "layer_norm_backward", "eps"),
    ("unbiased_covariance", "gmm_mle", "ddof"),
    ("base_two_logarithms", "kl_divergence", "log_base"),
    ("base_two_logarithms", "generalized_kl", "log_base"),
    ("unnormalised_weights", "example_weights", "missing_factor varying_factor"),
    ("swaps_the_slots_of_the_divergence", "bregman_divergence", "swapped_arguments"),
    ("labels_from_zero", "aggregate_predict", "offset"),
    ("samme_alpha", "adaboost_alpha", "factor"),
    ("squared_contraction_factor", "contraction_factor", "last_step"),
]
# Two edits of the reference, or none: there is nothing to say, and so nothing wrong to say.
BEYOND = [
    ("mixture_likelihood", "log_likelihood"),
    ("averages_the_class_covariances", "gmm_mle_shared"),
    ("covariance_about_the_common_mean", "gmm_mle_shared"),
]


@pytest.mark.parametrize(("submission", "function", "kinds"), WRONG)
def test_the_mistakes_of_the_example_submissions_are_named(judged, submitted, functions, submission, function, kinds):
    student = vars(submitted(submission, dict(functions)[function]))[function]

    found = judged(function).diagnosed(student)

    assert found is not None
    assert found.name in kinds.split()


@pytest.mark.parametrize(("submission", "function"), BEYOND)
def test_what_is_beyond_one_edit_gets_no_name(judged, submitted, functions, submission, function):
    student = vars(submitted(submission, dict(functions)[function]))[function]

    assert judged(function).diagnosed(student) is None


@pytest.mark.parametrize("submission", ["correct", "correct_loops"])
def test_right_submissions_are_never_diagnosed(judged, submitted, functions, submission):
    looked_at = 0
    for function, file in functions:
        if function not in ("f1", "f1_prime", "f2", "grad_f2", "multiclass_adaboost", "remainder_and_integral_bound"):
            looked_at += 1
            assert diagnosis(judged(function).observations(vars(submitted(submission, file))[function])) is None
    assert looked_at > 20


@pytest.mark.parametrize(
    ("submission", "function", "named", "alike"),
    [
        ("correct", "layer_norm_backward", 0.9, 0.7),
        ("correct", "mse_decomposition", 0.9, 0.6),
        # Another algebra, in which one mistake is two of the reference's: most go unnamed.
        ("correct_loops", "linear_logit_params", 0.25, 0.5),
        ("correct_loops", "quadratic_upper_model", 0.6, 0.5),
    ],
)
def test_mistakes_put_into_other_programs_are_named(judged, submitted, functions, submission, function, named, alike):
    wrong = list(_found(judged(function), submitted(submission, dict(functions)[function]), function))
    told = [(operator, found.name) for operator, found in wrong if found is not None]

    assert len(wrong) > 20
    assert len(told) >= named * len(wrong)
    assert sum(OPERATORS[operator][0] == name for operator, name in told) >= alike * len(told)


def _found(judge, module, function):
    """(operator, diagnosis) of every mutant of a right solution that gives wrong values."""
    source = Path(vars(module)[function].__code__.co_filename).read_text("utf-8")
    program = built(original(source, function), module, steps=10**7)
    program(*judge.reference.arguments(function, judge.trials[0]))
    for mutant in mutants(source, function):
        if mutant.operator in ("wrong_name", "hard_coded", "ignore_arg"):
            continue
        observed = judge.observations(built(mutant, module, steps=5 * program.spent + 1_000))
        if len(observed) == len(judge.trials) and any(_is_wrong(observation) for observation in observed):
            yield mutant.operator, diagnosis(observed, judge.catalogue)


def _is_wrong(observation):
    with np.errstate(all="ignore"):
        return bool(disagreement(observation.answer, observation.expected, observation.bound))
