import numpy as np


def ridge_loss(w, X, y, lam):
    return np.mean((X @ w - y) ** 2) / 2 + lam / 2 * w @ w


def ridge_gradient(w, X, y, lam):
    return X.T @ (X @ w - y) / len(y) + lam * w


def ridge_solution(X, y, lam):
    n, d = X.shape
    return np.linalg.inv(X.T @ X + n * lam * np.eye(d)) @ X.T @ y
