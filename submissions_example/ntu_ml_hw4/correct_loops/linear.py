"""Linear algebra with lists: a vector is a list of floats, a matrix a list of rows."""

from math import sqrt


def vector(x):
    return [float(value) for value in x]


def matrix(A):
    return [vector(row) for row in A]


def dot(u, v):
    total = 0.0
    for a, b in zip(u, v):
        total += a * b
    return total


def minus(u, v):
    return [a - b for a, b in zip(u, v)]


def times(c, u):
    return [c * a for a in u]


def solve(A, b):
    """The x with A x = b, by Gaussian elimination with row exchanges."""
    n = len(b)
    rows = [vector(A[i]) + [float(b[i])] for i in range(n)]
    for j in range(n):
        best = max(range(j, n), key=lambda i: abs(rows[i][j]))
        rows[j], rows[best] = rows[best], rows[j]
        for i in range(j + 1, n):
            factor = rows[i][j] / rows[j][j]
            for k in range(j, n + 1):
                rows[i][k] -= factor * rows[j][k]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - dot(rows[i][i + 1 : n], x[i + 1 :])) / rows[i][i]
    return x


def cholesky(A):
    """The lower triangular L with L L^T = A, for a positive definite A."""
    n = len(A)
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = float(A[i][j]) - dot(L[i][:j], L[j][:j])
            L[i][j] = sqrt(rest) if i == j else rest / L[j][j]
    return L


def forward_substitution(L, b):
    """The z with L z = b, for a lower triangular L."""
    z = []
    for i in range(len(b)):
        z.append((b[i] - dot(L[i][:i], z)) / L[i][i])
    return z
