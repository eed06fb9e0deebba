"""Right solutions, written in other ways than the references, and the mistakes to spoil them with."""

STUDENTS = {
    "layer_norm_forward": """
def layer_norm_forward(x, gamma, beta, eps):
    d = len(x)
    total = 0.0
    for value in x:
        total += value
    mu = total / d
    var = np.dot(x - mu, x - mu) / d
    return np.asarray(beta) + np.asarray(gamma) * (x - mu) / np.sqrt(var + eps)
""",
    "layer_norm_backward": """
def layer_norm_backward(dy, x, gamma, eps):
    d = x.shape[0]
    mu = np.sum(x) / d
    away = x - mu
    var = np.sum(away * away) / d
    inv = (var + eps) ** -0.5
    g = dy * gamma
    dvar = -0.5 * inv**3 * np.sum(g * away)
    dmu = -inv * np.sum(g)
    dx = g * inv + dvar * 2 * away / d + dmu / d
    dgamma, dbeta = dy * away * inv, 1.0 * dy
    if np.ndim(gamma) == 0:
        dgamma, dbeta = dgamma.sum(), dbeta.sum()
    return dx, dgamma, dbeta
""",
    "log_likelihood": """
def log_likelihood(X, y, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    total, d = 0.0, X.shape[1]
    for x, label in zip(X, y):
        pi, mu, S = (pi1, mu1, Sigma1) if label == 1 else (pi2, mu2, Sigma2)
        total += np.log(pi) - d / 2 * np.log(2 * np.pi)
        total += -0.5 * np.log(np.linalg.det(S))
        total += -0.5 * (x - mu) @ np.linalg.inv(S) @ (x - mu)
    return total
""",
    "gmm_mle": """
def gmm_mle(X, y):
    out = {}
    n, d = X.shape
    for k in (1, 2):
        rows = [x for x, label in zip(X, y) if label == k]
        mean = sum(rows) / len(rows)
        S = np.zeros((d, d))
        for x in rows:
            S += np.outer(x - mean, x - mean)
        out[k] = (len(rows) / n, mean, S / len(rows))
    (p1, m1, S1), (p2, m2, S2) = out[1], out[2]
    return p1, p2, m1, m2, S1, S2
""",
    "class_conditional_c1": """
def class_conditional_c1(x, mu1, Sigma1):
    d = len(x)
    z = np.linalg.solve(np.linalg.cholesky(Sigma1), x - mu1)
    norm = (2 * np.pi) ** (d / 2) * np.sqrt(np.linalg.det(Sigma1))
    return np.exp(-np.sum(z**2) / 2) / norm
""",
    "posterior_logit": """
def posterior_logit(x, pi1, pi2, mu1, mu2, Sigma1, Sigma2):
    a, b = x - mu1, x - mu2
    quad = b @ np.linalg.inv(Sigma2) @ b - a @ np.linalg.inv(Sigma1) @ a
    dets = np.log(np.linalg.det(Sigma2)) - np.log(np.linalg.det(Sigma1))
    return np.log(pi1) - np.log(pi2) + 0.5 * dets + 0.5 * quad
""",
    "linear_logit_params": """
def linear_logit_params(pi1, pi2, mu1, mu2, Sigma):
    P = np.linalg.inv(Sigma)
    w = P @ (mu1 - mu2)
    b = np.log(pi1) - np.log(pi2) - 0.5 * mu1 @ P @ mu1 + 0.5 * mu2 @ P @ mu2
    return w, b
""",
    "example_weights": """
def example_weights(g, y):
    m, K = g.shape
    z = np.zeros(m)
    for i in range(m):
        own = g[i, y[i] - 1]
        z[i] = (np.sum(g[i]) - own) / (K - 1) - own
    w = np.exp(z)
    return w / np.sum(w)
""",
    "directional_derivative": """
def directional_derivative(g, pred, y):
    K, slope = g.shape[1], 0.0
    for scores, guess, label in zip(g, pred, y):
        own = scores[label - 1]
        loss = np.exp((np.sum(scores) - own) / (K - 1) - own)
        slope += -loss if guess == label else loss / (K - 1)
    return slope
""",
    "adaboost_alpha": """
def adaboost_alpha(eps, K):
    odds = np.log(1 - eps) - np.log(eps)
    return (1 - 1 / K) * (odds + np.log(K - 1))
""",
    "bregman_divergence": """
def bregman_divergence(phi, grad_phi, p, q):
    tangent = phi(q) + np.sum(np.asarray(grad_phi(q)) * (p - q))
    return phi(p) - tangent
""",
    "bregman_cross_term": """
def bregman_cross_term(grad_phi, y, values, probs):
    mean, slope = 0.0, 0.0
    for v, p in zip(values, probs):
        mean += p * v
        slope += p * grad_phi(float(v))
    return (grad_phi(float(mean)) - slope) * (y - mean)
""",
    "mse_decomposition": """
def mse_decomposition(y, values, probs):
    mean = np.sum(probs * values)
    total = np.sum(probs * values**2) - 2 * y * mean + y**2
    variance = np.sum(probs * values**2) - mean**2
    return total, (y - mean) ** 2, variance
""",
    "generalized_kl": """
def generalized_kl(p, q):
    return np.sum(p * (np.log(p) - np.log(q))) - np.sum(p) + np.sum(q)
""",
    "distance_expansion": """
def distance_expansion(grad_f, theta, theta_star, eta):
    gradient = np.asarray(grad_f(theta))
    away = theta - theta_star
    return np.sum(away**2), eta**2 * np.sum(gradient**2), -2 * eta * np.dot(gradient, away)
""",
    "convergence_bound": """
def convergence_bound(theta0, theta_star, alpha, beta, n):
    bound = np.dot(theta0 - theta_star, theta0 - theta_star)
    for _ in range(n):
        bound = bound * (beta - alpha) / beta
    return bound
""",
    "strong_convexity_gap": """
def strong_convexity_gap(f, grad_f, x, y, alpha):
    step = x - y
    parabola = f(y) + np.dot(grad_f(y), step) + 0.5 * alpha * np.dot(step, step)
    return f(x) - parabola
""",
    "gradient_descent": """
def gradient_descent(grad_f, theta0, beta, n_steps):
    path = np.zeros((n_steps + 1, len(theta0)))
    path[0] = theta0
    for i in range(n_steps):
        path[i + 1] = path[i] - np.asarray(grad_f(path[i])) / beta
    return path
""",
    "line_restriction": """
def line_restriction(f, x, y):
    def g(t):
        return f((1 - t) * x + t * y)
    return g
""",
}

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
    ("example_weights", "(K - 1) - own", "(K - 1)", "missing_exponent missing_term"),
    ("example_weights", "(K - 1) - own", "(K - 1) + own", "sign"),
    ("example_weights", "(np.sum(g[i]) - own)", "np.sum(g[i])", "missing_exponent missing_term"),
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


def spoiled_source(function: str, right: str, wrong: str) -> str:
    """The source of a student's function with the mistake in it."""
    source = STUDENTS[function]
    assert right in source, "the mistake is about something that stands there"
    if wrong.endswith("return -("):
        source = source.rstrip() + ")"
    return source.replace(right, wrong)
