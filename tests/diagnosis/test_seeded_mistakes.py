"""Mistakes that students make, in solutions written in other ways than the references, are named; none is misnamed."""

from typing import Any

import numpy as np
import pytest
from students import STUDENTS

from grader.compare import disagreement

# (function, what stands there, what the student writes, the kinds that are right; the first is what is hoped for)
MISTAKES = [
    ("layer_norm_forward", "var + eps", "var", "ignored_argument missing_term"),
    ("layer_norm_forward", "np.sqrt(var + eps)", "(np.sqrt(var) + eps)", "eps"),
    ("layer_norm_forward", "np.sqrt(var + eps)", "(var + eps)", "function power"),
    ("layer_norm_forward", "(x - mu) / np", "x / np", "missing_term wrong_variable"),
    ("layer_norm_forward", "np.asarray(beta) +", "-np.asarray(beta) +", "sign"),
    ("layer_norm_forward", "np.asarray(gamma) * ", "", "ignored_argument missing_factor"),
    ("layer_norm_forward", "np.asarray(beta) + ", "", "ignored_argument missing_term"),
    ("layer_norm_forward", "np.dot(x - mu, x - mu) / d", "np.dot(x - mu, x - mu)", "reduction missing_factor"),
    ("layer_norm_forward", "np.sqrt(var + eps)", "np.sqrt(var + 1e-5)", "hard_coded"),
    ("layer_norm_backward", "+ dvar * 2 * away / d ", "", "missing_term"),
    ("layer_norm_backward", " + dmu / d", "", "missing_term"),
    ("layer_norm_backward", "dvar = -0.5", "dvar = 0.5", "sign"),
    ("layer_norm_backward", "g = dy * gamma", "g = dy", "ignored_argument missing_factor"),
    ("layer_norm_backward", "dgamma.sum(), dbeta.sum()", "dgamma.mean(), dbeta.mean()", "factor reduction"),
    ("layer_norm_backward", "1.0 * dy", "-1.0 * dy", "opposite"),
    ("layer_norm_backward", "dy * away * inv, 1.0", "dy * away, 1.0", "missing_factor varying_factor"),
    ("layer_norm_backward", "+ dmu / d", "+ dmu", "reduction missing_factor"),
    ("layer_norm_backward", "/ d + dmu", "+ dmu", "reduction missing_factor"),
    ("log_likelihood", "np.log(pi) - ", "-", "missing_term missing_factor ignored_argument"),
    ("log_likelihood", "- d / 2 * np.log(2 * np.pi)", "", "missing_term"),
    ("log_likelihood", "-0.5 * np.log(np.linalg.det(S))", "0.5 * np.log(np.linalg.det(S))", "sign"),
    ("log_likelihood", "+= -0.5 * (x", "+= 0.5 * (x", "sign"),
    ("log_likelihood", "label == 1", "label == 2", "swapped_arguments condition constant selection"),
    ("log_likelihood", "    return total", "    return -total", "opposite"),
    ("log_likelihood", "    return total", "    return total / len(y)", "factor"),
    ("gmm_mle", "S / len(rows))", "S / (len(rows) - 1))", "ddof"),
    ("gmm_mle", "S / len(rows))", "S)", "missing_factor"),
    ("gmm_mle", "S / len(rows))", "S / n)", "wrong_variable missing_factor factor varying_factor"),
    ("gmm_mle", "return p1, p2", "return p2, p1", "swapped_outputs complement"),
    ("gmm_mle", "m1, m2, S1, S2\n", "m1, m2, S2, S1\n", "swapped_outputs"),
    ("gmm_mle", "np.outer(x - mean, x - mean)", "np.outer(x, x)", "missing_term"),
    ("class_conditional_c1", "np.sum(z**2) / 2", "np.sum(z**2)", "missing_factor factor_two"),
    ("class_conditional_c1", "np.exp(-np", "np.exp(np", "sign"),
    ("class_conditional_c1", "(d / 2)", "d", "factor_two missing_factor factor"),
    ("class_conditional_c1", "(d / 2)", "(1 / 2)", "hard_coded ignored_value missing_factor left_out factor"),
    ("class_conditional_c1", "np.sqrt(np.linalg.det(Sigma1))", "np.linalg.det(Sigma1)", "factor_two varying_factor"),
    ("class_conditional_c1", " / norm", "", "missing_term"),
    ("posterior_logit", "np.log(pi1) - np.log(pi2) + ", "", "missing_term"),
    ("posterior_logit", "np.log(pi1) - np.log(pi2)", "np.log(pi2) - np.log(pi1)", "swapped_arguments operands sign"),
    ("posterior_logit", "0.5 * dets + ", "", "missing_term"),
    ("posterior_logit", "    return ", "    return -(", "opposite"),
    ("linear_logit_params", "P @ (mu1 - mu2)", "P @ (mu1 + mu2)", "sign"),
    ("linear_logit_params", "P @ (mu1 - mu2)", "P @ (mu2 - mu1)", "opposite"),
    ("linear_logit_params", "P @ (mu1 - mu2)", "mu1 - mu2", "function missing_step elementwise missing_factor"),
    ("linear_logit_params", "np.log(pi1) - np.log(pi2) - ", "-", "missing_term"),
    ("example_weights", " / np.sum(w)", "", "missing_factor varying_factor"),
    ("example_weights", " / np.sum(w)", " / len(w)", "reduction varying_factor"),
    ("example_weights", "(K - 1)", "K", "ddof"),
    ("example_weights", "(K - 1) - own", "(K - 1)", "missing_term"),
    ("example_weights", "(K - 1) - own", "(K - 1) + own", "sign"),
    ("example_weights", "(np.sum(g[i]) - own)", "np.sum(g[i])", "missing_term"),
    ("directional_derivative", "loss / (K - 1)", "loss", "missing_factor"),
    ("directional_derivative", "-loss if", "loss if", "sign"),
    ("directional_derivative", "guess == label", "guess != label", "condition"),
    ("directional_derivative", "    return slope", "    return slope / len(y)", "factor reduction"),
    ("adaboost_alpha", "(1 - 1 / K) * ", "", "factor missing_factor"),
    ("adaboost_alpha", " + np.log(K - 1)", "", "missing_term"),
    ("adaboost_alpha", "np.log(1 - eps) - np.log(eps)", "np.log2(1 - eps) - np.log2(eps)", "log_base"),
    ("adaboost_alpha", "np.log(1 - eps) - np.log(eps)", "np.log(eps) - np.log(1 - eps)", "operands sign"),
    ("bregman_divergence", "phi(q) + np", "phi(q) - np", "sign"),
    ("bregman_divergence", "phi(p) - tangent", "tangent - phi(p)", "opposite"),
    ("bregman_divergence", "np.asarray(grad_phi(q))", "np.asarray(grad_phi(p))", "wrong_variable"),
    ("bregman_divergence", "phi(q) + ", "", "missing_term"),
    ("bregman_cross_term", "(y - mean)", "(mean - y)", "opposite"),
    ("bregman_cross_term", " * (y - mean)", "", "missing_factor"),
    ("mse_decomposition", "- mean**2", "- 0", "missing_term"),
    ("mse_decomposition", "total, (y - mean) ** 2, variance", "total, variance, (y - mean) ** 2", "swapped_outputs"),
    ("generalized_kl", " + np.sum(q)", "", "missing_term"),
    ("generalized_kl", "- np.sum(p) + np.sum(q)", "", "missing_term"),
    ("generalized_kl", "(np.log(p) - np.log(q))", "(np.log2(p) - np.log2(q))", "log_base"),
    ("generalized_kl", "np.sum(p * (np.log", "np.sum(q * (np.log", "wrong_variable"),
    ("distance_expansion", "eta**2 *", "eta *", "factor power"),
    ("distance_expansion", "-2 * eta", "2 * eta", "opposite"),
    ("distance_expansion", "-2 * eta", "-eta", "factor"),
    ("distance_expansion", "np.sum(away**2)", "np.sqrt(np.sum(away**2))", "last_step"),
    ("convergence_bound", "range(n)", "range(n + 1)", "constant index factor varying_factor power"),
    ("convergence_bound", "range(n)", "range(1)", "ignored_argument hard_coded power"),
    ("convergence_bound", "(beta - alpha) / beta", "alpha / beta", "complement"),
    ("strong_convexity_gap", "0.5 * alpha", "alpha", "factor_two missing_factor"),
    ("strong_convexity_gap", " + 0.5 * alpha * np.dot(step, step)", "", "ignored_argument missing_term"),
    ("strong_convexity_gap", "np.dot(grad_f(y), step)", "np.dot(grad_f(x), step)", "wrong_variable"),
    ("gradient_descent", "- np.asarray", "+ np.asarray", "sign"),
    ("gradient_descent", "(grad_f(path[i])) / beta", "(grad_f(path[i]))", "missing_factor ignored_argument"),
    ("line_restriction", "(1 - t) * x + t * y", "t * x + (1 - t) * y", "swapped_arguments"),
    ("line_restriction", "(1 - t) * x + t * y", "x + t * y", "missing_term"),
]  # fmt: skip

# What takes two edits of the reference has no name as yet; it must not get a wrong one.
UNNAMED = [
    ("gmm_mle", "S += ", "S = ", "accumulation"),
    ("linear_logit_params", "+ 0.5 * mu2", "- 0.5 * mu2", "sign"),
    ("adaboost_alpha", "(1 - 1 / K) * (", "0.5 * (", "missing_factor hard_coded varying_factor constant"),
    ("bregman_cross_term", "(grad_phi(float(mean)) - slope)", "slope", "missing_term"),
    ("mse_decomposition", "(y - mean) ** 2", "(y - mean)", "power last_step"),
    ("generalized_kl", "- np.sum(p) + np.sum(q)", "+ np.sum(p) - np.sum(q)", "sign"),
    ("gradient_descent", "grad_f(path[i])", "grad_f(path[0])", "wrong_variable index"),
]  # fmt: skip


def spoiled(function: str, right: str, wrong: str) -> Any:
    """The student's function with the mistake in it."""
    source = STUDENTS[function]
    assert right in source, "the mistake is about something that stands there"
    if wrong.endswith("return -("):
        source = source.rstrip() + ")"
    names: dict[str, Any] = {"np": np}
    exec(source.replace(right, wrong), names)
    return names[function]


def right_one(function: str) -> Any:
    names: dict[str, Any] = {"np": np}
    exec(STUDENTS[function], names)
    return names[function]


@pytest.mark.parametrize("function", STUDENTS)
def test_a_right_solution_has_no_diagnosis(judged, function):
    judge = judged(function)
    observations = judge.observations(right_one(function))

    assert len(observations) == len(judge.trials)
    assert not any(disagreement(o.answer, o.expected, o.bound) for o in observations)
    assert judge.diagnosed(right_one(function)) is None


@pytest.mark.parametrize(("function", "right", "wrong", "kinds"), MISTAKES)
def test_a_mistake_is_named(judged, function, right, wrong, kinds):
    found = judged(function).diagnosed(spoiled(function, right, wrong))

    assert found is not None, "no name for it"
    assert found.name in kinds.split(), f"called {found.name}: {found}"


@pytest.mark.parametrize(("function", "right", "wrong", "kinds"), UNNAMED)
def test_a_mistake_that_is_beyond_one_edit_is_not_misnamed(judged, function, right, wrong, kinds):
    found = judged(function).diagnosed(spoiled(function, right, wrong))

    assert found is None or found.name in kinds.split(), f"called {found.name}: {found}"
