"""What goes wrong with back-propagation through time."""

import numpy as np
from numpy.typing import NDArray

from .problem2 import bce_loss, rnn_backward, rnn_forward, rnn_hidden_grads, tanh_layer_backward

Floats = NDArray[np.float64]


# ---- one layer ----


def layer_without_the_slope_of_tanh(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """Your gradients skip the tanh, as if Z were W X + B. The chain rule needs its slope at every unit."""
    return np.outer(dZ, X), dZ, W.T @ dZ


def layer_with_the_slope_of_the_sigmoid(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """The slope that you use is that of a sigmoid. This layer is a tanh: differentiate that."""
    Z = np.tanh(W @ X + B)
    dY = Z * (1 - Z) * dZ
    return np.outer(dY, X), dY, W.T @ dY


def layer_with_the_slope_at_the_wrong_place(
    dZ: Floats, X: Floats, W: Floats, B: Floats
) -> tuple[Floats, Floats, Floats]:
    """You put the pre-activation into the slope of tanh where the output belongs, or forgot to take its tanh."""
    Y = W @ X + B
    dY = (1 - Y**2) * dZ
    return np.outer(dY, X), dY, W.T @ dY


def layer_with_an_unsquared_slope(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """Your slope of tanh is 1 - Z: check it at a point where Z is negative, a slope of tanh is never above 1."""
    dY = (1 - np.tanh(W @ X + B)) * dZ
    return np.outer(dY, X), dY, W.T @ dY


def layer_dB_without_the_slope_of_tanh(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """dL/dW and dL/dX are right. Your dL/dB stops before the tanh: B stands inside it, as W does."""
    dW, _, dX = tanh_layer_backward(dZ, X, W, B)
    return dW, dZ, dX


def layer_dX_without_the_slope_of_tanh(dZ: Floats, X: Floats, W: Floats, B: Floats) -> tuple[Floats, Floats, Floats]:
    """dL/dW and dL/dB are right. Your dL/dX takes dL/dZ straight back through W and skips the tanh."""
    dW, dB, _ = tanh_layer_backward(dZ, X, W, B)
    return dW, dB, W.T @ dZ


def layer_gradients_averaged_over_the_units(
    dZ: Floats, X: Floats, W: Floats, B: Floats
) -> tuple[Floats, Floats, Floats]:
    """You divide by the number of units. L is given as it is: nothing is averaged here."""
    dW, dB, dX = tanh_layer_backward(dZ, X, W, B)
    return dW / len(dZ), dB / len(dZ), dX / len(dZ)


# ---- the forward pass ----


def forward_from_a_zero_state(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """You start from h0 = 0. The state before the first step is an argument here, and need not be 0."""
    return rnn_forward(x1, x2, np.zeros_like(h0), W_i, W_h, W_o)


def forward_without_the_sigmoid(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """h1 and h2 are right. Your yhat is the score before the sigmoid: it should be a probability."""
    h1, h2, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return h1, h2, (W_o @ h2)[0]


def forward_with_tanh_at_the_output(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """h1 and h2 are right. Your yhat is a tanh, which can be negative: it should be a probability."""
    h1, h2, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return h1, h2, np.tanh((W_o @ h2)[0])


def forward_with_the_sigmoid_for_tanh(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """Your hidden states are sigmoids, which are never negative. The hidden layer is a tanh; the sigmoid comes at the
    output.
    """
    h1 = 1 / (1 + np.exp(-(W_h @ h0 + W_i @ x1)))
    h2 = 1 / (1 + np.exp(-(W_h @ h1 + W_i @ x2)))
    return h1, h2, float(1 / (1 + np.exp(-(W_o @ h2)[0])))


def forward_with_the_inputs_swapped(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """You feed the inputs in the other order: x1 belongs to the first step."""
    return rnn_forward(x2, x1, h0, W_i, W_h, W_o)


def forward_that_restarts_at_the_second_step(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """Your second step starts from h0 again. The state that it takes over is h1."""
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    h2 = np.tanh(W_h @ h0 + W_i @ x2)
    return h1, h2, 1 / (1 + np.exp(-(W_o @ h2)[0]))


def forward_without_the_recurrence(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """Your states do not depend on the one before: the term with W_h is missing."""
    return rnn_forward(x1, x2, h0, W_i, np.zeros_like(W_h), W_o)


def forward_with_linear_states(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats, float]:
    """Your hidden states are not squashed: tanh is missing in both steps."""
    h1 = W_h @ h0 + W_i @ x1
    h2 = W_h @ h1 + W_i @ x2
    return h1, h2, 1 / (1 + np.exp(-(W_o @ h2)[0]))


# ---- the loss ----


def loss_upside_down(y: float, y_hat: float) -> float:
    """This is the log-likelihood. A loss is to be made small: look at the sign."""
    return -bce_loss(y, y_hat)


def loss_with_one_sign_wrong(y: float, y_hat: float) -> float:
    """One of your two terms has the wrong sign: for every y in [0, 1] neither of them may be negative."""
    return -y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)


def loss_in_bits(y: float, y_hat: float) -> float:
    """Your logarithm has base 2. Logarithms are natural in this homework."""
    return bce_loss(y, y_hat) / np.log(2)


def loss_of_the_label_1_only(y: float, y_hat: float) -> float:
    """Your loss has the term of the label 1 only: for y = 0 nothing is left of it."""
    return -y * np.log(y_hat)


def loss_with_the_labels_swapped(y: float, y_hat: float) -> float:
    """Your loss is small where it should be large: yhat is the probability of the label 1."""
    return bce_loss(1 - y, y_hat)


def loss_averaged_over_its_terms(y: float, y_hat: float) -> float:
    """You take the mean of the two terms: this is half of the loss that is asked for."""
    return bce_loss(y, y_hat) / 2


def squared_error(y: float, y_hat: float) -> float:
    """This is a squared error. The loss of this problem is the cross-entropy."""
    return (y_hat - y) ** 2


# ---- the gradients in the hidden states ----


def hidden_gradients_swapped(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """Both gradients are right, in the other order: first that in h1, then that in h2."""
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return dh2, dh1


def hidden_gradients_with_the_wrong_sign(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """Both gradients point downhill: check the sign with y = 1, where a larger score makes the loss smaller."""
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return -dh1, -dh2


def hidden_gradients_of_a_squared_error(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """Your gradients carry the slope of the sigmoid once too often: with the cross-entropy it cancels."""
    slope = _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return slope * dh1, slope * dh2


def hidden_gradients_without_the_sigmoid(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """You go from yhat to h2 without passing the sigmoid: its slope is a factor of the chain rule."""
    slope = _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return dh1 / slope, dh2 / slope


def hidden_gradient_in_h1_partial(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """dL/dh2 is right. Your dL/dh1 is 0, because h1 does not stand in the output; but h2 depends on h1."""
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return np.zeros_like(dh1), dh2


def hidden_gradients_without_the_slope_of_tanh(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """dL/dh2 is right. On the way from h2 back to h1 you skip the tanh of the second step."""
    _, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return W_h.T @ dh2, dh2


def hidden_gradients_with_the_slope_of_the_first_step(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """dL/dh2 is right. On the way from h2 back to h1 you use the slope of the tanh of the first step: which of the two
    lies in between?
    """
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return W_h.T @ ((1 - h1**2) * dh2), dh2


def hidden_gradients_with_W_h_not_transposed(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """dL/dh2 is right. Going back to h1 you multiply by W_h as in the forward pass; it fits, since W_h is square, but
    write out one entry of the chain rule.
    """
    _, h2, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return W_h @ ((1 - h2**2) * dh2), dh2


def hidden_gradients_one_step_too_far(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[Floats, Floats]:
    """dL/dh2 is right. Your first gradient has gone through the tanh of the first step too: it is that of what the
    tanh is taken of, not that of h1.
    """
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return (1 - h1**2) * dh1, dh2


# ---- dL/dW_i ----


def dWi_with_the_error_in_one_term(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """The factor (yhat - y) stands at the term of the second step only. Everything that the loss knows of the weights
    comes through yhat, so both terms carry it.
    """
    y_hat, da1, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, x2) + np.outer(da1, x1) / (y_hat - y)


def dWi_of_the_last_step(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You stop at the second step. The same W_i acts in the first step too, and both contributions add up."""
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, x2)


def dWi_of_the_first_step(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You have what comes through the first step only. The same W_i acts in the second step too."""
    _, da1, _ = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da1, x1)


def dWi_averaged_over_the_steps(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You take the mean over the two steps. The contributions of a shared weight add up."""
    return rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[0] / 2


def dWi_without_the_slope_in_the_first_step(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """In the term of the first step you stop at h1: from there to W_i it goes through the tanh of that step."""
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, x2) + np.outer(rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)[0], x1)


def dWi_without_any_slope(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You go back through the weights only. Each step has a tanh as well, whose slope stands in the chain rule."""
    _, _, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    da2 = (y_hat - y) * W_o[0]
    return np.outer(da2, x2) + np.outer(W_h.T @ da2, x1)


def dWi_with_W_h_not_transposed(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """In the term of the first step you go back with W_h as it stands in the forward pass; write out one entry of the
    chain rule to see which index is summed over.
    """
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, x2) + np.outer((1 - h1**2) * (W_h @ da2), x1)


def dWi_with_the_inputs_swapped(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Each step is paired with the other step's input: which x does the weight meet in which step?"""
    _, da1, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, x1) + np.outer(da1, x2)


def dWi_with_the_wrong_sign(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient points downhill: check the sign with y = 1, where a larger score makes the loss smaller."""
    return -rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[0]


def dWi_of_a_squared_error(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient carries the slope of the sigmoid once too often: with the cross-entropy it cancels."""
    return _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o) * rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[0]


# ---- dL/dW_h ----


def dWh_for_a_start_at_zero(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient is right for h0 = 0 only, as on the sheet: in the first step W_h meets h0."""
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, h1)


def dWh_with_the_error_in_one_term(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """The factor (yhat - y) stands at the term of the second step only. Everything that the loss knows of the weights
    comes through yhat, so both terms carry it.
    """
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    y_hat, da1, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, h1) + np.outer(da1, h0) / (y_hat - y)


def dWh_with_the_states_one_step_late(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You pair each step with the state that it makes. The weight meets the state that the step starts from."""
    h1, h2, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, da1, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, h2) + np.outer(da1, h1)


def dWh_transposed(x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats) -> Floats:
    """This is the transpose: W_h is square, so the shape does not tell. Entry (j, k) belongs to the weight from unit k
    to unit j.
    """
    return rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[1].T


def dWh_averaged_over_the_steps(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You take the mean over the two steps. The contributions of a shared weight add up."""
    return rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[1] / 2


def dWh_without_the_slope_in_the_first_step(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """In the term of the first step you stop at h1: from there to W_h it goes through the tanh of that step."""
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, h1) + np.outer(rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)[0], h0)


def dWh_without_any_slope(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You go back through the weights only. Each step has a tanh as well, whose slope stands in the chain rule."""
    h1, _, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    da2 = (y_hat - y) * W_o[0]
    return np.outer(da2, h1) + np.outer(W_h.T @ da2, h0)


def dWh_with_W_h_not_transposed(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """In the term of the first step you go back with W_h as it stands in the forward pass; write out one entry of the
    chain rule to see which index is summed over.
    """
    h1, _, _ = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    _, _, da2 = _steps(x1, x2, y, h0, W_i, W_h, W_o)
    return np.outer(da2, h1) + np.outer((1 - h1**2) * (W_h @ da2), h0)


def dWh_with_the_wrong_sign(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient points downhill: check the sign with y = 1, where a larger score makes the loss smaller."""
    return -rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[1]


def dWh_of_a_squared_error(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient carries the slope of the sigmoid once too often: with the cross-entropy it cancels."""
    return _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o) * rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[1]


# ---- dL/dW_o ----


def dWo_with_the_wrong_sign(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient points downhill: check the sign with y = 1, where a larger score makes the loss smaller."""
    return -rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[2]


def dWo_of_a_squared_error(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient carries the slope of the sigmoid once too often: with the cross-entropy it cancels."""
    return _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o) * rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[2]


def dWo_without_the_sigmoid(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You go from yhat to W_o without passing the sigmoid: its slope is a factor of the chain rule."""
    return rnn_backward(x1, x2, y, h0, W_i, W_h, W_o)[2] / _slope_of_the_output(x1, x2, h0, W_i, W_h, W_o)


def dWo_with_the_first_state(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You use h1. The output is made of the last state."""
    h1, _, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return (y_hat - y) * h1[None, :]


def dWo_over_both_steps(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """You add up both steps, as for W_i and W_h. There is one output only, after the second step."""
    h1, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return (y_hat - y) * (h1 + h2)[None, :]


def dWo_through_the_tanh(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """Your gradient carries a slope of tanh. W_o comes after it: on the way to W_o there is no tanh."""
    _, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return (y_hat - y) * (h2 * (1 - h2**2))[None, :]


def dWo_without_the_error(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> Floats:
    """This is how the score depends on W_o. The loss depends on the score with a slope of its own: multiply by it."""
    return rnn_forward(x1, x2, h0, W_i, W_h, W_o)[1][None, :]


# ---- what the above share ----


def _slope_of_the_output(
    x1: Floats, x2: Floats, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> float:
    _, _, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    return y_hat * (1 - y_hat)


def _steps(
    x1: Floats, x2: Floats, y: float, h0: Floats, W_i: Floats, W_h: Floats, W_o: Floats
) -> tuple[float, Floats, Floats]:
    """The prediction, and the gradient of what tanh is taken of in the first and in the second step."""
    h1, h2, y_hat = rnn_forward(x1, x2, h0, W_i, W_h, W_o)
    dh1, dh2 = rnn_hidden_grads(x1, x2, y, h0, W_i, W_h, W_o)
    return y_hat, (1 - h1**2) * dh1, (1 - h2**2) * dh2
