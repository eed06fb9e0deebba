"""Right solutions, written in other ways than the references, for a test to spoil: function -> source."""

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
