"""Problem 4: EM with the linear algebra of linear.py; plain densities, moments instead of centred sums."""

from math import exp, log, pi as PI

from linear import cholesky, dot, forward_substitution, minus, vector


def gaussian(x, mu, Sigma):
    L = cholesky(Sigma)
    z = forward_substitution(L, minus(vector(x), vector(mu)))
    root = 1.0
    for i in range(len(L)):
        root *= L[i][i]
    return exp(-dot(z, z) / 2) / root / (2 * PI) ** (len(z) / 2)


def joint(x, pi, mu, Sigma):
    return [pi[k] * gaussian(x, mu[k], Sigma[k]) for k in range(len(pi))]


def responsibilities(X, pi, mu, Sigma):
    rows = [joint(x, pi, mu, Sigma) for x in X]
    return [[p / sum(row) for p in row] for row in rows]


def m_step(X, delta):
    N, K, d = len(X), len(delta[0]), len(X[0])
    pi, mu, Sigma = [], [], []
    for k in range(K):
        count = sum(delta[i][k] for i in range(N))
        mean = [sum(delta[i][k] * X[i][a] for i in range(N)) / count for a in range(d)]
        second = [[sum(delta[i][k] * X[i][a] * X[i][b] for i in range(N)) / count for b in range(d)] for a in range(d)]
        pi.append(count / N)
        mu.append(mean)
        Sigma.append([[second[a][b] - mean[a] * mean[b] for b in range(d)] for a in range(d)])
    return pi, mu, Sigma


def log_likelihood(X, pi, mu, Sigma):
    return sum(log(sum(joint(x, pi, mu, Sigma))) for x in X)


def q_function(X, delta, pi, mu, Sigma):
    total = 0.0
    for x, row in zip(X, delta):
        for weight, p in zip(row, joint(x, pi, mu, Sigma)):
            total += weight * log(p)
    return total


def em_fit(X, pi, mu, Sigma, n_iter):
    while n_iter > 0:
        pi, mu, Sigma = m_step(X, responsibilities(X, pi, mu, Sigma))
        n_iter -= 1
    return pi, mu, Sigma
