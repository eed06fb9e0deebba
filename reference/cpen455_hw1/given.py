"""The non-linearities of problem 3 and their derivatives, as they are handed to the functions of a submission."""

import numpy as xp  # torch takes its place where a tensor comes


def tanh(z):
    return xp.tanh(z)


def dtanh(z):
    return 1 - xp.tanh(z) ** 2


def relu(z):
    return (z + abs(z)) / 2


def drelu(z):
    return (1 + xp.sign(z)) / 2


def softplus(z):
    return xp.log1p(xp.exp(-abs(z))) + (z + abs(z)) / 2


def dsoftplus(z):
    return (1 + xp.tanh(z / 2)) / 2


def leaky_relu(z):
    return 0.55 * z + 0.45 * abs(z)


def dleaky_relu(z):
    return 0.55 + 0.45 * xp.sign(z)
