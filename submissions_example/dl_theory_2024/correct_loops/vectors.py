"""Vectors and matrices as lists of numbers, for all problems."""

import math


def listed(array):
    """An array or a tensor as nested lists."""
    return array.tolist() if hasattr(array, "tolist") else [listed(entry) for entry in array]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def column(A, j):
    return [row[j] for row in A]


def product(A, B):
    return [[dot(row, column(B, j)) for j in range(len(B[0]))] for row in A]


def transposed(A):
    return [column(A, j) for j in range(len(A[0]))]


def softmax(scores):
    top = max(scores)
    odds = [math.exp(s - top) for s in scores]
    return [o / sum(odds) for o in odds]


def mean(values):
    return sum(values) / len(values)


def variance(values):
    mu = mean(values)
    return mean([(v - mu) ** 2 for v in values])
