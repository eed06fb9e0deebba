"""Wrong answers to problem 3, a multilayer perceptron, each with what to tell the student who gives it."""

from itertools import pairwise

import numpy as np

from grader.laws import Claim, moments, uniform

from .problem3 import (
    _backward,
    backward_gradient_variances,
    forward,
    forward_second_moments,
    grad_logits,
    hidden_gradient_shapes,
    hidden_gradients,
    kaiming_variance,
    parameter_gradient_shapes,
    weight_gradients,
)

# ---- 3.1 forward pass ----


def forward_without_the_last_sigma(x, y_bar, weights, biases, sigma):
    """Your last layer seems to be linear. In this network it has the non-linearity too: h_L is what sigma makes of
    the pre-activation, and the softmax sees that."""
    h, _, _ = forward(x, y_bar, weights, biases, sigma)
    h[-1] = weights[-1] @ h[-2] + biases[-1]
    log_y = h[-1] - h[-1].max() - np.log(np.sum(np.exp(h[-1] - h[-1].max())))
    return h, np.exp(log_y), -np.sum(y_bar * log_y)


def forward_without_the_input(x, y_bar, weights, biases, sigma):
    """Your list of activations starts with h_1. h_0 = x belongs to it: the layers are counted from there."""
    h, y, loss = forward(x, y_bar, weights, biases, sigma)
    return h[1:], y, loss


def forward_with_uniform_probabilities(x, y_bar, weights, biases, sigma):
    """All your probabilities are the same. The sum under the fraction of the softmax runs over the entries of h_L:
    is its index the one of the numerator?"""
    h, _, _ = forward(x, y_bar, weights, biases, sigma)
    return h, np.full_like(y_bar, 1 / len(y_bar)), np.sum(y_bar) * np.log(len(y_bar))


def forward_without_biases(x, y_bar, weights, biases, sigma):
    """Your layers seem to leave the biases out."""
    return forward(x, y_bar, weights, [0 * b for b in biases], sigma)


def forward_with_a_negative_loss(x, y_bar, weights, biases, sigma):
    """Your loss has the wrong sign. It must be positive, and small where y is near y_bar."""
    h, y, loss = forward(x, y_bar, weights, biases, sigma)
    return h, y, -loss


def forward_with_the_mean_loss(x, y_bar, weights, biases, sigma):
    """You seem to average the loss over the classes. The cross-entropy adds them up."""
    h, y, loss = forward(x, y_bar, weights, biases, sigma)
    return h, y, loss / len(y_bar)


def forward_in_bits(x, y_bar, weights, biases, sigma):
    """Your loss seems to take logarithms to the base 2. In this homework log is the natural logarithm."""
    h, y, loss = forward(x, y_bar, weights, biases, sigma)
    return h, y, loss / np.log(2)


def forward_of_softmax_twice(x, y_bar, weights, biases, sigma):
    """Your loss seems to apply the softmax twice. torch's cross_entropy takes h_L, not the probabilities."""
    h, y, _ = forward(x, y_bar, weights, biases, sigma)
    return h, y, -np.sum(y_bar * (y - np.log(np.sum(np.exp(y)))))


def forward_of_the_largest_target_only(x, y_bar, weights, biases, sigma):
    """Your loss counts the class with the largest target only. y_bar need not be one-hot: every class has its share."""
    h, y, _ = forward(x, y_bar, weights, biases, sigma)
    shifted = h[-1] - h[-1].max()
    return h, y, np.log(np.sum(np.exp(shifted))) - shifted[np.argmax(y_bar)]


def forward_with_the_pre_activations(x, y_bar, weights, biases, sigma):
    """You seem to keep the pre-activations W h + b. h_i is what sigma makes of them."""
    h, y, loss = forward(x, y_bar, weights, biases, sigma)
    return [h[0], *_pre_activations(x, y_bar, weights, biases, sigma)[1]], y, loss


def forward_with_targets_and_probabilities_swapped(x, y_bar, weights, biases, sigma):
    """You seem to take the logarithm of y_bar, weighted by y. It is the other way round, and y_bar may be 0."""
    h, y, _ = forward(x, y_bar, weights, biases, sigma)
    return h, y, -np.sum(y * np.log(np.maximum(y_bar, 1e-12)))


def forward_with_the_squared_error(x, y_bar, weights, biases, sigma):
    """Your loss is a squared error. Asked for is the cross-entropy."""
    h, y, _ = forward(x, y_bar, weights, biases, sigma)
    return h, y, np.sum((y - y_bar) ** 2)


# ---- 3.1 gradients with respect to the activations ----


def dlogits_negative(h_L, y_bar):
    """Your gradient has the wrong sign. The loss falls when the logit of the right class grows: check that entry."""
    return -grad_logits(h_L, y_bar)


def dlogits_is_the_softmax(h_L, y_bar):
    """You seem to give y. The logits enter the loss in two places: through the log-sum-exp and by themselves."""
    return grad_logits(h_L, y_bar) + y_bar


def dlogits_by_the_probabilities(h_L, y_bar):
    """Yours is the gradient by y. From there it has to go on through the softmax."""
    return -y_bar / (grad_logits(h_L, y_bar) + y_bar)


def dlogits_of_the_raw_scores(h_L, y_bar):
    """You seem to compare h_L itself with y_bar. It is y, the probabilities, that is compared."""
    return h_L - y_bar


def dlogits_through_the_diagonal(h_L, y_bar):
    """You seem to differentiate each y_k by its own logit only. The sum under the fraction makes it depend on all of
    them."""
    y = grad_logits(h_L, y_bar) + y_bar
    return -y_bar * (1 - y)


def dlogits_of_the_squared_error(h_L, y_bar):
    """Yours is the gradient of a squared error of y. The loss is the cross-entropy."""
    y = grad_logits(h_L, y_bar) + y_bar
    return y * ((y - y_bar) - np.sum(y * (y - y_bar)))


def dlogits_of_the_largest_target_only(h_L, y_bar):
    """You seem to put all of the target on its largest class. y_bar need not be one-hot: every class has its share."""
    return grad_logits(h_L, y_bar) + y_bar - np.eye(len(y_bar))[np.argmax(y_bar)]


def dlogits_of_single_units(h_L, y_bar):
    """You seem to apply the sigmoid to each logit by itself. y is a softmax: it compares the logits with each other."""
    return 1 / (1 + np.exp(-h_L)) - y_bar


def dlogits_averaged(h_L, y_bar):
    """Your gradient is divided by the number of classes. The cross-entropy adds them up."""
    return grad_logits(h_L, y_bar) / len(y_bar)


def hidden_with_sigma_prime_at_the_output(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients are those of the pre-activations: each has a factor sigma' too many. dl/dh_L is what comes out
    of the softmax, before sigma is gone back through."""
    return _backward(x, y_bar, weights, biases, sigma, dsigma)[1]


def hidden_of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma):
    """Your last layer seems to be linear. In this network it has the non-linearity too: both the forward pass and
    the first step back need it."""
    _, a = _pre_activations(x, y_bar, weights, biases, sigma)
    gradients = [grad_logits(a[-1], y_bar)]
    for k in range(len(weights) - 1, 0, -1):
        slope = 1.0 if k == len(weights) - 1 else dsigma(a[k])
        gradients.append(weights[k].T @ (gradients[-1] * slope))
    return gradients[::-1]


def hidden_without_sigma_prime_of_the_last_layer(x, y_bar, weights, biases, sigma, dsigma):
    """Your first step back misses sigma'. The last layer has the non-linearity too: what it does to h_L has to be
    undone before W_L^T."""
    _, a = _pre_activations(x, y_bar, weights, biases, sigma)
    gradients = [hidden_gradients(x, y_bar, weights, biases, sigma, dsigma)[-1]]
    for k in range(len(weights) - 1, 0, -1):
        slope = 1.0 if k == len(weights) - 1 else dsigma(a[k])
        gradients.append(weights[k].T @ (gradients[-1] * slope))
    return gradients[::-1]


def hidden_without_sigma_prime(x, y_bar, weights, biases, sigma):
    """Your recursion leaves sigma' out. Between h_i and h_{i+1} stands the non-linearity of layer i + 1."""
    return hidden_gradients(x, y_bar, weights, biases, sigma, lambda z: 0 * z + 1)


def hidden_with_sigma_prime_of_the_activation(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to evaluate sigma' at h. It is a function of the pre-activation W h + b."""
    return hidden_gradients(x, y_bar, weights, biases, sigma, lambda z: dsigma(sigma(z)))


def hidden_with_sigma_prime_of_the_layer_before(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to take sigma' at the pre-activation of layer i. It is the non-linearity of layer i + 1 that stands
    between h_i and h_{i+1}."""
    _, a = _pre_activations(x, y_bar, weights, biases, sigma)
    gradients = [hidden_gradients(x, y_bar, weights, biases, sigma, dsigma)[-1]]
    for k in range(len(weights) - 1, 0, -1):
        gradients.append(weights[k].T @ gradients[-1] * dsigma(a[k - 1]))
    return gradients[::-1]


def hidden_from_the_last_to_the_first(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients seem to be in the order in which they are found. The list starts with dl/dh_1."""
    return hidden_gradients(x, y_bar, weights, biases, sigma, dsigma)[::-1]


def hidden_with_the_input(x, y_bar, weights, biases, sigma, dsigma):
    """Your list starts with the gradient by x = h_0. Asked for are those of h_1 to h_L."""
    gradients, deltas, _ = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return [weights[0].T @ deltas[0], *gradients]


def hidden_negative(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients have the wrong sign, from dl/dh_L on. The loss falls when the logit of the right class grows."""
    return [-g for g in hidden_gradients(x, y_bar, weights, biases, sigma, dsigma)]


def hidden_shapes_transposed_weights(dims, i):
    """The second shape is that of W_{i+1}. In the recursion stands its transpose."""
    a, (m, n), c, d = hidden_gradient_shapes(dims, i)
    return a, (n, m), c, d


def hidden_shapes_of_the_layer_before(dims, i):
    """Your shapes are those of layer i. From h_i on it goes through W_{i+1}."""
    return (dims[i - 1], 1), (dims[i - 1], dims[i]), (dims[i], 1), (dims[i], 1)


def hidden_shapes_with_a_diagonal_matrix(dims, i):
    """You seem to write sigma' as a diagonal matrix. That is a way to do it; here it is multiplied entry by entry, as
    the docstring says."""
    a, b, c, (n, _) = hidden_gradient_shapes(dims, i)
    return a, b, c, (n, n)


def hidden_shapes_as_rows(dims, i):
    """Your gradients are rows. In this homework vectors, and gradients with respect to them, are columns."""
    return (1, dims[i]), (dims[i], dims[i + 1]), (1, dims[i + 1]), (1, dims[i + 1])


def hidden_shapes_with_sigma_prime_of_this_layer(dims, i):
    """The last shape belongs to sigma' of layer i. What is between h_i and h_{i+1} is the non-linearity of layer
    i + 1."""
    a, b, c, _ = hidden_gradient_shapes(dims, i)
    return a, b, c, a


def hidden_shapes_of_one_axis(dims, i):
    """You seem to write vectors with one axis. Here each is a column: (D, 1)."""
    return (dims[i],), (dims[i], dims[i + 1]), (dims[i + 1],), (dims[i + 1],)


# ---- 3.2 gradients with respect to the parameters ----


def weights_without_sigma_prime(x, y_bar, weights, biases, sigma, dsigma):
    """Your dl/dW_i leaves out sigma' of its own layer. Between W_i and h_i stands the non-linearity."""
    gradients, _, h = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return [np.outer(g, before) for g, before in zip(gradients, h[:-1], strict=True)]


def weights_of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma):
    """Your last layer seems to be linear. In this network it has the non-linearity too, so the last layer's gradients
    need its sigma' as all others do."""
    h, deltas = _of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma)
    return [np.outer(delta, before) for delta, before in zip(deltas, h[:-1], strict=True)]


def weights_without_sigma_prime_of_the_last_layer(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients miss sigma' of the last layer. It has the non-linearity too: y - y_bar is dl/dh_L, and that is not
    yet the gradient of its pre-activation."""
    h, deltas = _without_the_last_slope(x, y_bar, weights, biases, sigma, dsigma)
    return [np.outer(delta, before) for delta, before in zip(deltas, h[:-1], strict=True)]


def weights_without_any_sigma_prime(x, y_bar, weights, biases, sigma):
    """Your gradients leave sigma' out, in the recursion too. Every layer has its non-linearity."""
    return weight_gradients(x, y_bar, weights, biases, sigma, lambda z: 0 * z + 1)


def weights_transposed(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients are transposed. Each has the shape of its W_i: which of the two vectors is the column?"""
    return [g.T for g in weight_gradients(x, y_bar, weights, biases, sigma, dsigma)]


def weights_with_the_activation_after(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to multiply by h_i. W_i is multiplied by what comes in: which activation is that?"""
    _, deltas, h = _backward(x, y_bar, weights, biases, sigma, dsigma)
    return [np.outer(delta, after) for delta, after in zip(deltas, h[1:], strict=True)]


def weights_negative(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients have the wrong sign, from dl/dh_L on. The loss falls when the logit of the right class grows."""
    return [-g for g in weight_gradients(x, y_bar, weights, biases, sigma, dsigma)]


def weights_with_sigma_prime_of_the_activation(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to evaluate sigma' at h. It is a function of the pre-activation W h + b."""
    return weight_gradients(x, y_bar, weights, biases, sigma, lambda z: dsigma(sigma(z)))


def biases_without_sigma_prime(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to give dl/dh_i. Between b_i and h_i stands the non-linearity."""
    return hidden_gradients(x, y_bar, weights, biases, sigma, dsigma)


def biases_of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma):
    """Your last layer seems to be linear. In this network it has the non-linearity too, so the last layer's gradients
    need its sigma' as all others do."""
    return _of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma)[1]


def biases_without_sigma_prime_of_the_last_layer(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients miss sigma' of the last layer. It has the non-linearity too: y - y_bar is dl/dh_L, and that is not
    yet the gradient of its pre-activation."""
    return _without_the_last_slope(x, y_bar, weights, biases, sigma, dsigma)[1]


def biases_without_any_sigma_prime(x, y_bar, weights, biases, sigma):
    """Your gradients leave sigma' out, in the recursion too. Every layer has its non-linearity."""
    return hidden_gradients(x, y_bar, weights, biases, sigma, lambda z: 0 * z + 1)


def biases_negative(x, y_bar, weights, biases, sigma, dsigma):
    """Your gradients have the wrong sign, from dl/dh_L on. The loss falls when the logit of the right class grows."""
    return [-g for g in _backward(x, y_bar, weights, biases, sigma, dsigma)[1]]


def biases_summed(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to add up the entries of each gradient. Every unit has a bias of its own."""
    return [np.full_like(g, g.sum()) for g in _backward(x, y_bar, weights, biases, sigma, dsigma)[1]]


def biases_times_the_bias(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to multiply by the bias. The pre-activation is linear in b_i, with the slope 1."""
    deltas = _backward(x, y_bar, weights, biases, sigma, dsigma)[1]
    return [delta * b for delta, b in zip(deltas, biases, strict=True)]


def biases_with_sigma_prime_of_the_activation(x, y_bar, weights, biases, sigma, dsigma):
    """You seem to evaluate sigma' at h. It is a function of the pre-activation W h + b."""
    return _backward(x, y_bar, weights, biases, sigma, lambda z: dsigma(sigma(z)))[1]


def parameter_shapes_transposed(dims, i):
    """Your dl/dW_i is transposed. A gradient has the shape of its parameter."""
    (n, m), *others = parameter_gradient_shapes(dims, i)
    return (m, n), *others


def parameter_shapes_with_the_activation_not_transposed(dims, i):
    """The last shape is that of h_{i-1}. In the product stands its transpose."""
    return *parameter_gradient_shapes(dims, i)[:4], (dims[i - 1], 1)


def parameter_shapes_with_a_diagonal_matrix(dims, i):
    """You seem to write sigma' as a diagonal matrix. That is a way to do it; here it is multiplied entry by entry, as
    the docstring says."""
    a, b, c, (n, _), e = parameter_gradient_shapes(dims, i)
    return a, b, c, (n, n), e


def parameter_shapes_with_the_activation_after(dims, i):
    """The last shape is that of h_i^T. W_i is multiplied by what comes in: which activation is that?"""
    return *parameter_gradient_shapes(dims, i)[:4], (1, dims[i])


def parameter_shapes_as_rows(dims, i):
    """Your gradients of vectors are rows. In this homework they are columns."""
    n, m = dims[i], dims[i - 1]
    return (n, m), (1, n), (1, n), (1, n), (1, m)


def parameter_shapes_of_one_axis(dims, i):
    """You seem to write vectors with one axis. Here each is a column, and its transpose a row."""
    n, m = dims[i], dims[i - 1]
    return (n, m), (n,), (n,), (n,), (m,)


# ---- 3.3 Kaiming initialisation ----


def kaiming_is_the_deviation(fan_in, fan_out, mode):
    """You seem to give the standard deviation. Asked for is the variance."""
    return np.sqrt(kaiming_variance(fan_in, fan_out, mode))


def kaiming_without_the_two(fan_in, fan_out, mode):
    """Your variance is right for a linear layer. The ReLU halves the second moment: something has to make up for
    it."""
    return kaiming_variance(fan_in, fan_out, mode) / 2


def kaiming_with_the_modes_swapped(fan_in, fan_out, mode):
    """Your two modes seem to be swapped. Which fan is meant is in the name."""
    return 2 / (fan_out if mode == "fan_in" else fan_in)


def kaiming_of_the_fan_in_always(fan_in):
    """Your variance does not depend on the mode. With fan_out it is the gradients that are to keep their size."""
    return 2 / fan_in


def kaiming_of_xavier(fan_in, fan_out):
    """Yours is the variance of Xavier's initialisation. Derive it for the ReLU, one direction at a time."""
    return 2 / (fan_in + fan_out)


def kaiming_of_the_uniform_bound(fan_in, fan_out, mode):
    """You seem to give the bound of a uniform law. Asked for is the variance."""
    return np.sqrt(3 * kaiming_variance(fan_in, fan_out, mode))


def kaiming_inverse(fan_in, fan_out, mode):
    """Your variance grows with the fan. The more terms are added up, the smaller each has to be."""
    return (fan_in if mode == "fan_in" else fan_out) / 2


def moments_of_the_first_width(v0, dims, weight_vars):
    """You seem to use D_0 for every layer. Layer i adds up as many terms as the layer before it has units."""
    return v0 * np.cumprod(dims[0] * np.array(weight_vars) / 2)


def moments_as_a_power(v0, dims, weight_vars):
    """You seem to take a power of the first layer's factor. Every layer has a width and a variance of its own."""
    return v0 * (dims[0] * weight_vars[0] / 2) ** np.arange(1, len(dims))


def moments_less_the_squared_means(v0, dims, weight_vars):
    """You seem to give the variances of h_i. Asked for is the second moment: the mean of h_i is not 0."""
    return forward_second_moments(v0, dims, weight_vars) * (np.pi - 1) / np.pi


def moments_with_variances_in_the_recursion(v0, dims, weight_vars):
    """You seem to put the variance of h_{i-1} into the recursion. Var[z_i] needs its second moment, because the mean
    of h_{i-1} is not 0."""
    return v0 * np.cumprod(np.array(dims[:-1]) * np.array(weight_vars) * (np.pi - 1) / (2 * np.pi))


def moments_without_the_half(v0, dims, weight_vars):
    """Your moments are those of the pre-activations, or of a linear network. What does the ReLU do to E[z^2]?"""
    return v0 * np.cumprod(np.array(dims[:-1]) * np.array(weight_vars))


def moments_with_the_width_after(v0, dims, weight_vars):
    """You seem to multiply by the width of the layer itself. Each unit adds up as many terms as the layer before it
    has units."""
    return v0 * np.cumprod(np.array(dims[1:]) * np.array(weight_vars) / 2)


def moments_without_the_input(v0, dims, weight_vars):
    """Your moments do not depend on v0. The recursion starts with the second moment of the input."""
    return forward_second_moments(1.0, dims, weight_vars)


def moments_of_single_layers(v0, dims, weight_vars):
    """You seem to give the factor of each layer by itself. They multiply from layer to layer."""
    return v0 * np.array(dims[:-1]) * np.array(weight_vars) / 2


def gradients_with_the_width_before(gL, dims, weight_vars):
    """Your index is one off in the width: you seem to multiply by that of the layer that the gradient goes to. Each
    unit of it adds up as many terms as the next layer has units."""
    return _backwards(gL, np.array(dims[1:-1]) * np.array(weight_vars[1:]) / 2)


def gradients_of_the_first_width(gL, dims, weight_vars):
    """You seem to use D_0 for every layer. Each layer has a width of its own."""
    return _backwards(gL, dims[0] * np.array(weight_vars[1:]) / 2)


def gradients_without_the_half(gL, dims, weight_vars):
    """Your variances are those of a linear network. How often is the ReLU open, and what is sigma' then?"""
    return _backwards(gL, np.array(dims[2:]) * np.array(weight_vars[1:]))


def gradients_with_the_weights_of_the_layer(gL, dims, weight_vars):
    """You seem to use Var[W_i] for the step to h_i. The gradient comes back through W_{i+1}."""
    return _backwards(gL, np.array(dims[2:]) * np.array(weight_vars[:-1]) / 2)


def gradients_starting_before_the_first(gL, dims, weight_vars):
    """Your entries are one layer too early: the first is that of x. The last one has to be gL."""
    return _backwards(gL, np.array(dims[1:]) * np.array(weight_vars) / 2)[:-1]


def gradients_from_the_last_to_the_first(gL, dims, weight_vars):
    """Your entries are in the order in which they are found. The first is that of h_1."""
    return backward_gradient_variances(gL, dims, weight_vars)[::-1]


def gradients_multiplied_forward(gL, dims, weight_vars):
    """Your variances build up from the first layer. Gradients start at the last one."""
    return gL * np.concatenate([[1.0], np.cumprod(np.array(dims[2:]) * np.array(weight_vars[1:]) / 2)])


# ---- 3.3 Kaiming initialisation: laws of draws ----


def weights_of_fan_out(draws, dims):
    """Your variance belongs to the number of outputs of a layer. A pre-activation is a sum over its inputs: count
    those."""
    return _of_variances(draws, [2 / fan_out for fan_out in dims[1:]])


def weights_without_the_relu(draws, dims):
    """Your weights have half the variance that a ReLU asks for. It sets half of what comes in to 0: what does this do
    to the second moment of h?"""
    return _of_variances(draws, [1 / fan_in for fan_in in dims[:-1]])


def weights_of_glorot(draws, dims):
    """Your weights are those of Glorot and Bengio, a compromise between inputs and outputs for symmetric functions.
    Kaiming's keep the forward pass of a ReLU network as it is."""
    return _of_variances(draws, [2 / sum(pair) for pair in pairwise(dims)])


def weights_as_torch_draws_them(draws, dims):
    """Your weights have the variance that nn.Linear gives them unless it is told otherwise. It is smaller than
    Kaiming's, and activations shrink from layer to layer."""
    return _of_variances(draws, [1 / (3 * fan_in) for fan_in in dims[:-1]])


def weights_with_the_variance_as_deviation(draws, dims):
    """You seem to hand the variance over where a standard deviation is asked for."""
    return _of_variances(draws, [(2 / fan_in) ** 2 for fan_in in dims[:-1]])


def weights_with_the_deviation_as_bound(draws, dims):
    """You seem to take the standard deviation for the end of the interval that you draw from. Uniform numbers on
    [-a, a] vary by less than a: what is their variance?"""
    return _of_variances(draws, [2 / (3 * fan_in) for fan_in in dims[:-1]])


def weights_not_scaled(draws, dims):
    """Your weights have the variance 1, however wide the layer is. What does a sum over all of its inputs become?"""
    return _of_variances(draws, [1.0] * (len(dims) - 1))


def weights_of_one_sign(draws, dims):
    """None of your weights is negative: numbers on [0, 1) are not centred. The derivation needs weights of mean 0."""
    for W, fan_in in zip(draws, dims, strict=False):
        bound = min((np.sqrt(2 / fan_in), np.sqrt(6 / fan_in), 1.0), key=lambda bound: abs(np.max(W) - bound))
        yield from uniform(W, 0, bound)


def weights_of_a_fixed_seed(draws):
    """You give the same weights in every call. Is there a seed, or a generator of your own, in your function? All draws
    come from `generator`."""
    assert all(np.all(W[0] == W) for W in draws)
    return [Claim(1.0, "")]


# ---- what they share ----


def _of_variances(draws, variances):
    """Independent weights of mean 0 and of these variances, of a normal or a uniform law."""
    for W, variance in zip(draws, variances, strict=True):
        yield from moments(W, 0, variance, 3)


def _pre_activations(x, y_bar, weights, biases, sigma):
    h, _, _ = forward(x, y_bar, weights, biases, sigma)
    return h, [W @ before + b for W, b, before in zip(weights, biases, h[:-1], strict=True)]


def _of_a_linear_output(x, y_bar, weights, biases, sigma, dsigma):
    h, a = _pre_activations(x, y_bar, weights, biases, sigma)
    return h, _deltas(grad_logits(a[-1], y_bar), a, weights, dsigma)


def _without_the_last_slope(x, y_bar, weights, biases, sigma, dsigma):
    h, a = _pre_activations(x, y_bar, weights, biases, sigma)
    return h, _deltas(grad_logits(h[-1], y_bar), a, weights, dsigma)


def _deltas(last, a, weights, dsigma):
    deltas = [last]
    for k in range(len(weights) - 1, 0, -1):
        deltas.append(weights[k].T @ deltas[-1] * dsigma(a[k - 1]))
    return deltas[::-1]


def _backwards(gL, gains):
    return gL * np.concatenate([np.cumprod(gains[::-1])[::-1], [1.0]])
