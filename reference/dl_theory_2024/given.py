"""The activation functions that are handed to `rnn_forward` and `rnn_jacobian`, with their derivatives.

`xp` is numpy, and torch where a tensor comes.
"""

import numpy as xp


def tanh(a):
    """tanh(a), entry by entry."""
    return xp.tanh(a)


def tanh_derivative(a):
    """Its derivative at the pre-activation a."""
    return 1 - xp.tanh(a) ** 2


def sigmoid(a):
    """1 / (1 + exp(-a)), entry by entry."""
    return (1 + xp.tanh(a / 2)) / 2


def sigmoid_derivative(a):
    """Its derivative at the pre-activation a."""
    return sigmoid(a) * sigmoid(-a)


def softplus(a):
    """log(1 + exp(a)), entry by entry."""
    return xp.log1p(xp.exp(-abs(a))) + (a + abs(a)) / 2


def softplus_derivative(a):
    """Its derivative at the pre-activation a."""
    return sigmoid(a)
