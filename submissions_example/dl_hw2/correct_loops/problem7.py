"""Entry by entry, on the softmax of problem 3."""

from problem3 import cross_entropy_gradient, softmax, softmax_jacobian


def softmax_ce_gradient(z, y):
    return cross_entropy_gradient(z, list(y).index(1))


def softmax_ce_hessian(z, y):
    return softmax_jacobian(z)


def softmax_quadratic_form(z, v):
    p = softmax(z)
    total = 0.0
    for i in range(len(p)):
        for j in range(i):
            total += p[i] * p[j] * (v[i] - v[j]) ** 2
    return total


def softmax_null_direction(num_classes):
    return [-(num_classes**-0.5)] * num_classes
