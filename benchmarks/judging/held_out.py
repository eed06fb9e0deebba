"""More mistakes like those of `bugs`, written down after the diagnosis was last changed; by them it is not changed."""

# file -> (function, what stands there once, what the student writes, the kinds that it may be called)
_MISTAKES: dict[str, list[tuple[str, str, str, str]]] = {
    "ntu_ml_hw4/correct/problem1.py": [
        ("lstm_step", "f * c + i", "f * c - i", "sign term_sign"),
        ("lstm_table", "w @ x + b, c, y]", "w @ x, c, y]", "missing_term"),
        ("lstm_table", "z_f, sigmoid(z_f), z_o", "sigmoid(z_f), z_f, z_o", "swapped_outputs"),
    ],
    "ntu_ml_hw4/correct_loops/problem1.py": [
        ("lstm_table", "kept *= columns[s][3]", "kept *= 1 - columns[s][3]", "complement"),
        ("lstm_table", "memory + kept * c0", "memory", "ignored_argument missing_term"),
    ],
    "ntu_ml_hw4/correct/problem2.py": [
        ("tanh_layer_backward", "(1 - Z**2) * dZ", "Z**2 * dZ", "complement missing_term"),
        ("rnn_backward", "first @ x1[None, :]", "first @ x2[None, :]", "wrong_variable"),
        ("rnn_backward", "last @ x2[None, :] + first @ x1[None, :]", "last @ x2[None, :] - first @ x1[None, :]",
         "sign term_sign"),
        ("bce_loss", "np.log(y_hat) - (1 - y) * np.log(1 - y_hat)", "np.log2(y_hat) - (1 - y) * np.log2(1 - y_hat)",
         "log_base"),
    ],
    "ntu_ml_hw4/correct_torch/problem2.py": [
        ("bce_loss", "binary_cross_entropy(tensor(y_hat), tensor(y))", "binary_cross_entropy(tensor(y), tensor(y_hat))",
         "swapped_arguments"),
        ("rnn_forward", "torch.tanh(W_h @ h1 + W_i @ x2)", "torch.tanh(h1 + W_i @ x2)", "missing_factor missing_step"),
    ],
    "ntu_ml_hw4/correct/problem3.py": [
        ("directional_derivative", "weighted_error(D, pred, y) - 1)", "weighted_error(D, pred, y))",
         "missing_term extra_term"),
        ("adaboost_alpha", "(K - 1) / K * ", "K / (K - 1) * ", "operands ddof factor varying_factor"),
        ("stage_objective", "(1 - eps) * np.exp(-alpha)", "np.exp(-alpha)", "missing_factor"),
        ("weighted_error", "D @ (pred != y)", "np.mean(D * (pred != y))", "reduction factor"),
    ],
    "ntu_ml_hw4/correct/problem4.py": [
        ("m_step", "delta.T @ X / counts[:, None]", "delta.T @ X / N", "wrong_variable row_factor"),
        ("log_likelihood", "distances)", "2 * distances)", "factor_two missing_factor"),
        ("q_function", "np.log(pi[k]) + log", "log", "ignored_argument missing_term"),
        ("responsibilities", "np.linalg.inv(Sigma)", "Sigma", "function missing_step"),
    ],
    "ntu_ml_hw4/correct_loops/problem4.py": [
        ("log_likelihood", "exp(-dot(z, z) / 2) / root", "exp(-dot(z, z) / 2) / root**2",
         "factor_two missing_factor power"),
        ("m_step", "pi.append(count / N)", "pi.append(count)", "factor missing_factor"),
    ],
    "cpen455_hw1/correct/problem1.py": [
        ("variance_after_dropout", "/ (1 - p) - mean_activation(scale) ** 2", "- mean_activation(scale) ** 2",
         "ignored_argument missing_factor"),
        ("kept_units_pmf", "p ** (M - k) if", "p ** M if", "missing_term"),
        ("poisson_limit_pmf", "exp(-lam) / factorial", "exp(lam) / factorial", "sign factor varying_factor"),
        ("poisson_limit_gap", "abs(exp(log_binomial) - exp(log_poisson))", "abs(log_binomial - log_poisson)",
         "function missing_step"),
    ],
    "cpen455_hw1/correct/problem2.py": [
        ("batch_norm_forward", "(Y - m) / np.sqrt(v + eps) + beta", "(Y - m) / (v + eps) + beta", "function power"),
        ("grad_var", "-gamma * g * c / (2", "-g * c / (2", "missing_factor row_factor"),
        ("grad_input", "gamma * g / s + dm", "g / s + dm", "missing_factor"),
        ("grad_mean", "(-gamma * g / s).sum(axis=0)", "(-gamma * g / s).mean(axis=0)", "factor reduction"),
    ],
    "cpen455_hw1/correct/problem3.py": [
        ("forward", "-(y_bar * log_y).sum()", "-(y_bar * log_y).mean()", "reduction factor"),
        ("weight_gradients", "torch.outer(delta, before)", "torch.outer(delta, before) / len(before)",
         "factor varying_factor"),
        ("bias_gradients", "deltas.insert(0, gradient * dsigma(pre))", "deltas.insert(0, gradient)",
         "missing_factor missing_step ignored_argument"),
        ("backward_gradient_variances", "0.5 * fan_out * variance * variances[0]", "fan_out * variance * variances[0]",
         "missing_factor factor_two"),
    ],
    "dl_hw2/correct/problem1.py": [
        ("bce_gradient", "sigmoid(w * x + b) - y\n    return", "y - sigmoid(w * x + b)\n    return", "opposite sign"),
        ("hessian_quadratic_form", "np.sum(p * (1 - p) * (v", "np.sum(p * (v", "missing_factor"),
        ("gd_step", "w - eta * dw", "w - dw", "missing_factor"),
        ("gradient_descent", "b - eta * db", "b - eta * dw", "wrong_variable index"),
    ],
    "dl_hw2/correct/problem3.py": [
        ("softmax_jacobian", "np.diag(p) - np.outer(p, p)", "np.diag(p * (1 - p))", "missing_term"),
        ("mlp_grad_w1", "(w2.T @ dz2)", "(w2.T @ softmax(w2 @ a + b2))", "missing_term ignored_argument"),
    ],
    "dl_hw2/correct/problem5.py": [
        ("sample_gradient", "np.sum(delta * w * x)) * delta", "np.sum(w * x)) * delta", "missing_factor"),
        ("dropout_regularizer", "np.sum(x**2 * w**2)", "np.sum(x * w) ** 2", "parentheses order power"),
        ("expected_gradient", "(w @ x - y_d) * x +", "(w @ x - y_d) +", "missing_factor"),
    ],
    "dl_hw2/correct/problem6.py": [
        ("newton_step", "f(x) / f_prime(x)", "f(x) * f_prime(x)", "product"),
        ("error_ratios", "e[1:] / e[:-1] ** 2", "(e[1:] / e[:-1]) ** 2", "parentheses power"),
    ],
    "dl_hw2/correct/problem7.py": [
        ("softmax_ce_hessian", "np.diag(p) - np.outer(p, p)", "np.outer(p, p) - np.diag(p)", "opposite sign"),
        ("softmax_quadratic_form", "np.sum(p * (v - p @ v) ** 2)", "np.sum((v - p @ v) ** 2)", "missing_factor"),
    ],
}  # fmt: skip

HELD_OUT = [(file, *mistake) for file, mistakes in _MISTAKES.items() for mistake in mistakes]
