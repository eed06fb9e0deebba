"""Problem 2: forward-mode differentiation with dual numbers; one sweep for each parameter."""

import math


class Dual:
    """A number and its derivative."""

    def __init__(self, value, slope=0.0):
        self.value, self.slope = float(value), float(slope)

    def __add__(self, other):
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    __radd__, __rmul__ = __add__, __mul__


def dual(x):
    return x if isinstance(x, Dual) else Dual(x)


def tanh(x):
    x = dual(x)
    t = math.tanh(x.value)
    return Dual(t, (1 - t * t) * x.slope)


def sigmoid(x):
    x = dual(x)
    s = 1 / (1 + math.exp(-x.value))
    return Dual(s, s * (1 - s) * x.slope)


def log(x):
    x = dual(x)
    return Dual(math.log(x.value), x.slope / x.value)


def times(W, x):
    return [sum((W[i][j] * x[j] for j in range(len(x))), Dual(0)) for i in range(len(W))]


def plus(u, v):
    return [a + b for a, b in zip(u, v)]


def lists(array):
    return [[float(v) for v in row] for row in array] if array.ndim == 2 else [float(v) for v in array]


def slopes(function, point):
    """The derivative of a number in every entry of a vector or a matrix."""
    if isinstance(point[0], list):
        return [slopes(lambda row, i=i: function(point[:i] + [row] + point[i + 1 :]), point[i]) for i in range(len(point))]
    return [function(point[:j] + [Dual(point[j], 1)] + point[j + 1 :]).slope for j in range(len(point))]


def tanh_layer_backward(dZ, X, W, B):
    dZ, X, W, B = lists(dZ), lists(X), lists(W), lists(B)

    def loss(W, B, X):
        Z = [tanh(v) for v in plus(times(W, X), B)]
        return sum((d * z for d, z in zip(dZ, Z)), Dual(0))

    return (
        slopes(lambda value: loss(value, B, X), W),
        slopes(lambda value: loss(W, value, X), B),
        slopes(lambda value: loss(W, B, value), X),
    )


def second_state(h1, x2, W_i, W_h):
    return [tanh(v) for v in plus(times(W_h, h1), times(W_i, x2))]


def output(h2, W_o):
    return sigmoid(times(W_o, h2)[0])


def cross_entropy(y, y_hat):
    return -y * log(y_hat) + (y - 1) * log(1 + -1 * y_hat)


def states(x1, x2, h0, W_i, W_h, W_o):
    h1 = second_state(h0, x1, W_i, W_h)
    h2 = second_state(h1, x2, W_i, W_h)
    return h1, h2, output(h2, W_o)


def rnn_forward(x1, x2, h0, W_i, W_h, W_o):
    h1, h2, y_hat = states(*(lists(v) for v in (x1, x2, h0, W_i, W_h, W_o)))
    return [h.value for h in h1], [h.value for h in h2], y_hat.value


def bce_loss(y, y_hat):
    return cross_entropy(y, y_hat).value


def rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o):
    x1, x2, h0, W_i, W_h, W_o = (lists(v) for v in (x1, x2, h0, W_i, W_h, W_o))
    h1, h2, _ = states(x1, x2, h0, W_i, W_h, W_o)
    h1, h2 = [h.value for h in h1], [h.value for h in h2]

    def from_first(h1):
        return cross_entropy(y, output(second_state(h1, x2, W_i, W_h), W_o))

    def from_second(h2):
        return cross_entropy(y, output(h2, W_o))

    return slopes(from_first, h1), slopes(from_second, h2)


def rnn_backward(x1, x2, y, h0, W_i, W_h, W_o):
    x1, x2, h0, W_i, W_h, W_o = (lists(v) for v in (x1, x2, h0, W_i, W_h, W_o))

    def loss(W_i, W_h, W_o):
        return cross_entropy(y, states(x1, x2, h0, W_i, W_h, W_o)[2])

    return (
        slopes(lambda W: loss(W, W_h, W_o), W_i),
        slopes(lambda W: loss(W_i, W, W_o), W_h),
        slopes(lambda W: loss(W_i, W_h, W), W_o),
    )
