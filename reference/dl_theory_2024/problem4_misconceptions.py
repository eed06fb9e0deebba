"""Wrong answers to problem 4, recurrent networks, each with what to tell the student who gives it."""

import numpy as np

from .problem4 import activation_derivative, general_norm_bound, rnn_forward, rnn_jacobian

# ---- rnn_forward ----


def states_with_tanh_for_sigma(W, U, b, h0, X):
    """You seem to use tanh, whatever sigma is. The activation is handed in."""
    return rnn_forward(W, U, b, h0, X, np.tanh)


def states_with_the_activation_inside(W, U, b, h0, X, sigma):
    """sigma seems to act on the old state only. It acts on the whole sum: W h, U x and b."""
    states = [h0]
    for x in X:
        states.append(W @ sigma(states[-1]) + U @ x + b)
    return np.array(states)


def states_without_the_bias(W, U, h0, X, sigma):
    """Your pre-activations seem to leave b out."""
    return rnn_forward(W, U, np.zeros(len(h0)), h0, X, sigma)


def states_without_the_inputs(W, U, b, h0, X, sigma):
    """Your pre-activations seem to leave U x_t out."""
    return rnn_forward(W, U, b, h0, 0 * X, sigma)


def states_with_w_transposed(W, U, b, h0, X, sigma):
    """W seems to be transposed. h_{t-1} is a column that W acts on from the left."""
    return rnn_forward(W.T, U, b, h0, X, sigma)


def states_with_the_bias_outside(W, U, b, h0, X, sigma):
    """You seem to add b after the activation. It belongs to the pre-activation."""
    return rnn_forward(W, U, 0 * b, h0, X, lambda a: sigma(a) + b)


def states_without_the_activation(W, U, b, h0, X):
    """Your states seem to be the pre-activations: sigma acts on each of them."""
    return rnn_forward(W, U, b, h0, X, lambda a: a)


def states_all_from_h0(W, U, b, h0, X, sigma):
    """Every state seems to be computed from h_0. Each step starts from the state before it."""
    return np.array([h0] + [rnn_forward(W, U, b, h0, x[None], sigma)[1] for x in X])


def states_without_h0(W, U, b, h0, X, sigma):
    """Your states seem to begin with h_1. Row 0 is h_0 itself."""
    return rnn_forward(W, U, b, h0, X, sigma)[1:]


def inputs_in_reversed_order(W, U, b, h0, X, sigma):
    """You seem to feed the inputs from the last to the first."""
    return rnn_forward(W, U, b, h0, X[::-1], sigma)


# ---- rnn_jacobian ----


def _factors(W, U, b, h0, X, sigma, dsigma):
    states = rnn_forward(W, U, b, h0, X, sigma)
    return [dsigma(W @ h + U @ x + b)[:, None] * W for h, x in zip(states, X, strict=False)]


def _product(factors):
    product = np.eye(len(factors[0]))
    for factor in factors:
        product = factor @ product
    return product


def jacobian_transposed(W, U, b, h0, X, sigma, dsigma):
    """Your Jacobian seems to be transposed. Entry [i, j] is the derivative of h_T[i] with respect to h_0[j]."""
    return rnn_jacobian(W, U, b, h0, X, sigma, dsigma).T


def jacobian_with_the_factors_reversed(W, U, b, h0, X, sigma, dsigma):
    """Your factors seem to stand in the reversed order. Matrices do not commute: which one acts on a change of h_0
    first?"""
    return _product(_factors(W, U, b, h0, X, sigma, dsigma)[::-1])


def jacobian_with_slopes_on_the_columns(W, U, b, h0, X, sigma, dsigma):
    """The slopes seem to multiply the columns of W, as a vector times a matrix does in numpy. Which entries of h_t
    does the slope at a_t[i] belong to?"""
    states = rnn_forward(W, U, b, h0, X, sigma)
    return _product([W * dsigma(W @ h + U @ x + b) for h, x in zip(states, X, strict=False)])


def jacobian_with_slopes_on_the_columns_reversed(W, U, b, h0, X, sigma, dsigma):
    """The slopes seem to multiply the columns of W, and the factors to stand in the reversed order. Write the slopes
    as a diagonal matrix, and follow a change of h_0 from step to step."""
    states = rnn_forward(W, U, b, h0, X, sigma)
    return _product([W * dsigma(W @ h + U @ x + b) for h, x in zip(states, X, strict=False)][::-1])


def jacobian_without_w(W, U, b, h0, X, sigma, dsigma):
    """Your factors seem to leave W out. By the chain rule every step contributes the slope and the matrix inside."""
    states = rnn_forward(W, U, b, h0, X, sigma)
    return _product([np.diag(dsigma(W @ h + U @ x + b)) for h, x in zip(states, X, strict=False)])


def jacobian_without_the_slopes(W, X):
    """Your Jacobian seems to be a power of W. The activation has a slope at every step too."""
    return np.linalg.matrix_power(W, len(X))


def jacobian_with_slopes_at_the_states(W, U, b, h0, X, sigma, dsigma):
    """Your slopes seem to be taken at the states. dsigma wants the pre-activation."""
    states = rnn_forward(W, U, b, h0, X, sigma)
    return _product([dsigma(h)[:, None] * W for h in states[1:]])


def jacobian_with_one_step_too_few(W, U, b, h0, X, sigma, dsigma):
    """Your Jacobian seems to have one factor too few. From h_0 to h_T there are T steps."""
    return rnn_jacobian(W, U, b, h0, X[:-1], sigma, dsigma)


def jacobian_of_the_last_step(W, U, b, h0, X, sigma, dsigma):
    """Your Jacobian seems to be that of the last step alone. h_T depends on h_0 through all steps."""
    return _factors(W, U, b, h0, X, sigma, dsigma)[-1]


def jacobian_summed_over_the_steps(W, U, b, h0, X, sigma, dsigma):
    """You seem to add the factors of the steps. The chain rule multiplies them."""
    return np.sum(_factors(W, U, b, h0, X, sigma, dsigma), axis=0)


def jacobian_with_the_slopes_of_the_first_step(W, U, b, h0, X, sigma, dsigma):
    """You seem to take the slopes of one step for all. They change with the state and the input."""
    return _product(_factors(W, U, b, h0, X, sigma, dsigma)[:1] * len(X))


# ---- jacobian_norm_bound ----


def bound_with_one_step_more(gamma, t):
    """Your bound seems to count one step too many. For t = 0 the Jacobian is the identity."""
    return gamma ** (t + 1)


def bound_with_one_step_less(gamma, t):
    """Your bound seems to count one step too few. How many factors does dh_1/dh_0 have?"""
    return gamma ** (t - 1)


def bound_of_one_step(gamma):
    """Your bound seems to be that of one step. Every step contributes a factor."""
    return gamma


def bound_summed(gamma, t):
    """You seem to add the bounds of the steps. The norm of a product is bounded by a product."""
    return gamma * t


def bound_never_above_one(gamma, t):
    """Your bound seems to be cut off at 1. With gamma above 1 the gradient may grow, also when W is orthogonal."""
    return min(1.0, gamma**t)


def bound_is_one(gamma, t):
    """Your bound seems to be 1. W keeps lengths, but the slopes do not."""
    return 1.0


def bound_with_two_factors_a_step(gamma, t):
    """Your bound seems to count gamma twice in every step. The norm of an orthogonal matrix is not gamma."""
    return gamma ** (2 * t)


# ---- vanishing_condition ----


def vanishing_up_to_one(gamma):
    """You seem to count gamma = 1 in. What does sigma(a) = a do, with an orthogonal W?"""
    return gamma <= 1


def vanishing_below_a_quarter(gamma):
    """You seem to have the slope of the sigmoid in mind. It is about any activation with |sigma'| <= gamma."""
    return gamma <= 0.25


def vanishing_below_a_half(gamma):
    """Your limit is too small. Look at your bound after many steps for a gamma a little larger."""
    return gamma <= 0.5


def vanishing_above_one(gamma):
    """Your answers seem to be the wrong way round: that is when the gradient may explode."""
    return gamma > 1


def vanishing_never(gamma):
    """You seem to answer False always. W keeps lengths; what does a slope below 1 do at every step?"""
    return False


def vanishing_always(gamma):
    """You seem to answer True always. Look at slopes of 1 and more."""
    return True


# ---- general_norm_bound ----


def bound_by_the_frobenius_norm(W, gamma, t):
    """You seem to take the Frobenius norm. It is a bound too, but not the one that is asked for: what is the largest
    factor by which W makes a vector longer?"""
    return (gamma * np.linalg.norm(W)) ** t


def bound_by_the_spectral_radius(W, gamma, t):
    """You seem to take the largest eigenvalue. A matrix can make vectors longer than that: look at one whose only
    eigenvalue is 0."""
    return (gamma * np.max(np.abs(np.linalg.eigvals(W)))) ** t


def bound_by_the_power_of_w(W, gamma, t):
    """You seem to take the norm of W^t. Diagonal matrices stand between the Ws: only a bound on each factor can be
    pulled out."""
    return gamma**t * np.linalg.norm(np.linalg.matrix_power(W, t), 2)


def bound_without_w(gamma, t):
    """Your bound is that for an orthogonal W. Without that, W has a norm of its own."""
    return gamma**t


def bound_with_w_once(W, gamma, t):
    """The norm of W seems to enter once. There is a W in every step."""
    return gamma**t * np.linalg.norm(W, 2)


def bound_with_gamma_once(W, gamma, t):
    """gamma seems to enter once. There is a slope in every step."""
    return gamma * np.linalg.norm(W, 2) ** t


def bound_of_one_general_step(W, gamma):
    """Your bound seems to be that of one step. Every step contributes a factor."""
    return general_norm_bound(W, gamma, 1)


def bound_by_the_row_sums(W, gamma, t):
    """You seem to take the largest sum of a row's moduli. Asked for is the norm that goes with Euclidean lengths."""
    return (gamma * np.linalg.norm(W, np.inf)) ** t


def bound_by_the_largest_entry(W, gamma, t):
    """You seem to take the largest entry of W. A matrix can make vectors longer than that."""
    return (gamma * np.max(np.abs(W))) ** t


# ---- nonvanishing_example ----


def example_with_eigenvalue_two(dim):
    """Your W has eigenvalues of 2 whatever gamma is. An eigenvalue above 1 is not enough when gamma is small: what
    has gamma W to look like?"""
    return 2 * np.eye(dim)


def example_with_eigenvalue_one_and_a_half(dim):
    """Your W has eigenvalues of 1.5 whatever gamma is. An eigenvalue above 1 is not enough when gamma is small: what
    has gamma W to look like?"""
    return 1.5 * np.eye(dim)


def example_is_orthogonal(dim):
    """Your W is the identity, which is orthogonal: with that the gradient does vanish."""
    return np.eye(dim)


def example_times_gamma(gamma, dim):
    """Your W makes vectors shorter. It has to make up for slopes that are below 1."""
    return gamma * np.eye(dim)


def example_twice_gamma(gamma, dim):
    """Your W grows with gamma. The smaller the slopes are, the more W has to make up for."""
    return 2 * gamma * np.eye(dim)


def example_nilpotent(gamma, dim):
    """Your W has a large entry, and a power of it is zero. A large norm is not enough for the powers of gamma W to
    stay away from zero."""
    return (2 / gamma) * np.eye(dim, k=1)


# ---- activation_derivative ----


def _with(name, own, wrong, a):
    return wrong if name == own else activation_derivative(name, a)


def derivative_of_tanh_like_that_of_sigmoid(name, a):
    """Your derivative of tanh seems to be made like that of the sigmoid. Differentiate sinh / cosh."""
    return _with(name, "tanh", np.tanh(a) * (1 - np.tanh(a)), a)


def derivative_of_sigmoid_like_that_of_tanh(name, a):
    """Your derivative of the sigmoid seems to be made like that of tanh. Differentiate 1 / (1 + exp(-a))."""
    s = 1 / (1 + np.exp(-a))
    return _with(name, "sigmoid", 1 - s**2, a)


def derivative_of_tanh_without_the_square(name, a):
    """Your derivative of tanh seems to miss a square."""
    return _with(name, "tanh", 1 - np.tanh(a), a)


def derivative_of_relu_is_relu(name, a):
    """Your derivative of relu seems to be relu itself. What is the slope of a line through the origin?"""
    return _with(name, "relu", np.maximum(a, 0), a)


def derivative_of_relu_is_the_sign(name, a):
    """Your derivative of relu seems to be the sign of a. relu is flat on the left."""
    return _with(name, "relu", np.sign(a), a)


def derivatives_at_the_activation(name, a):
    """You seem to take `a` for the activation itself. It is the pre-activation: apply the function first."""
    return {"relu": np.where(a > 0, 1.0, 0.0), "sigmoid": a * (1 - a), "tanh": 1 - a**2}[name]


def activations_themselves(name, a):
    """You seem to return the activations. Asked for are their derivatives."""
    return {"relu": np.maximum(a, 0), "sigmoid": 1 / (1 + np.exp(-a)), "tanh": np.tanh(a)}[name]


# ---- derivative_bound ----


def bounds_are_all_one(name):
    """You seem to take 1 for all three. How steep is the sigmoid where it is steepest?"""
    return 1.0


def bound_of_sigmoid_is_a_half(name):
    """Your bound for the sigmoid is its value at 0. Asked for is its slope there."""
    return {"relu": 1.0, "sigmoid": 0.5, "tanh": 1.0}[name]


def bound_of_tanh_is_a_quarter(name):
    """Your bound for tanh seems to be that of the sigmoid. How steep is tanh at 0?"""
    return {"relu": 1.0, "sigmoid": 0.25, "tanh": 0.25}[name]


def bound_of_tanh_is_a_half(name):
    """Your bound for tanh is too small. How steep is tanh at 0?"""
    return {"relu": 1.0, "sigmoid": 0.25, "tanh": 0.5}[name]


def bound_of_relu_is_zero(name):
    """Your bound for relu is that on its flat side."""
    return {"relu": 0.0, "sigmoid": 0.25, "tanh": 1.0}[name]
