import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_ce_gradient(z, y):
    return softmax(z) - y


def softmax_ce_hessian(z, y):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def softmax_quadratic_form(z, v):
    p = softmax(z)
    return np.sum(p * (v - p @ v) ** 2)


def softmax_null_direction(num_classes):
    return np.ones(num_classes) / np.sqrt(num_classes)
