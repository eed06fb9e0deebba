"""The reference goes back through time as autograd does, and its inputs and properties tell wrong ways apart."""


import numpy as np
import pytest
import torch

from grader.draw import single

SEEDS = range(5)
GRADIENTS = ("tanh_layer_backward", "rnn_hidden_grads", "rnn_backward")


@pytest.fixture
def rnn(problem):
    return problem(2)


# ---- the solutions ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradients_of_a_layer_are_what_autograd_finds(rnn, trials, call, seed):
    for inputs in trials("tanh_layer_backward", seed):
        W, B, X = (leaf(inputs[name]) for name in ("W", "B", "X"))
        expected = torch.autograd.grad(torch.tanh(W @ X + B), (W, B, X), torch.tensor(inputs["dZ"]))

        must_be(call(rnn.tanh_layer_backward, inputs), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forward_pass_is_that_of_the_rnn_cell_of_torch(rnn, trials, call, seed):
    for inputs in trials("rnn_forward", seed):
        n, m = inputs["W_i"].shape
        cell = torch.nn.RNNCell(m, n, bias=False, dtype=torch.float64)
        with torch.no_grad():
            cell.weight_ih.copy_(torch.tensor(inputs["W_i"]))
            cell.weight_hh.copy_(torch.tensor(inputs["W_h"]))
            h1 = cell(torch.tensor(inputs["x1"]), torch.tensor(inputs["h0"]))
            h2 = cell(torch.tensor(inputs["x2"]), h1)
            y_hat = torch.sigmoid(torch.tensor(inputs["W_o"]) @ h2)[0]

        must_be(call(rnn.rnn_forward, inputs), (h1, h2, y_hat))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_is_the_cross_entropy_of_torch(rnn, trials, call, seed):
    for inputs in trials("bce_loss", seed):
        y_hat, y = (torch.tensor(inputs[name], dtype=torch.float64) for name in ("y_hat", "y"))

        assert np.isclose(call(rnn.bce_loss, inputs), torch.nn.functional.binary_cross_entropy(y_hat, y), rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradients_of_the_network_are_what_autograd_finds(rnn, trials, call, seed):
    for inputs in trials("rnn_backward", seed):
        given = {name: leaf(value) for name, value in inputs.items()}
        h1, h2, loss = network(**given)
        expected = torch.autograd.grad(loss, [given[name] for name in ("W_i", "W_h", "W_o")] + [h1, h2])

        assert np.isclose(call(rnn.rnn_loss, inputs), loss.item(), rtol=1e-12)
        must_be(call(rnn.rnn_backward, inputs), expected[:3])
        must_be(call(rnn.rnn_hidden_grads, inputs), expected[3:])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_formulas_of_the_sheet_are_right_where_they_are_said_to_be(rnn, trials, call, seed):
    """dL/dW_o always, dL/dW_h for h0 = 0 only, and dL/dW_i as printed never."""
    for inputs in trials("rnn_backward", seed):
        h1, h2, y_hat = call(rnn.rnn_forward, inputs)
        e, W_h, W_o = y_hat - inputs["y"], inputs["W_h"], inputs["W_o"]
        D1, D2 = np.diag(1 - h1**2), np.diag(1 - h2**2)
        x1, x2 = inputs["x1"][None, :], inputs["x2"][None, :]

        dW_i, dW_h, dW_o = call(rnn.rnn_backward, inputs)

        assert np.allclose(dW_o, h2[None, :] * e)
        assert np.allclose(dW_h, e * D2 @ W_o.T @ h1[None, :]) == (not inputs["h0"].any())
        assert not np.allclose(dW_i, e * D2 @ W_o.T @ x2 + D1 @ W_h.T @ D2 @ W_o.T @ x1)
        assert np.allclose(dW_i, e * (D2 @ W_o.T @ x2 + D1 @ W_h.T @ D2 @ W_o.T @ x1))


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_networks_are_square_and_not_start_at_zero_and_not_and_have_labels_of_all_kinds(trials, seed):
    planned = trials("rnn_backward", seed)

    kinds = {(*inputs["W_i"].shape, bool(inputs["h0"].any())) for inputs in planned}

    pairs = {(2, 2), (3, 3), (3, 2), (2, 4), (1, 1), (4, 3)}
    assert kinds == {(n, m, start) for n, m in pairs for start in (False, True)}
    assert {inputs["y"] for inputs in planned} == {0.0, single(0.3), 1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_are_in_range_and_survive_single_precision(rnn, trials, call, seed):
    for inputs in trials("rnn_forward", seed):
        h1, h2, y_hat = call(rnn.rnn_forward, inputs)
        assert np.max(np.abs([*h1, *h2])) < 0.97 and 0.02 < y_hat < 0.98 and abs(y_hat - inputs["y"]) > 0.1
        assert np.max(np.abs(inputs["h0"])) <= 0.9
    for inputs in trials("bce_loss", seed):
        assert 0 <= inputs["y"] <= 1 and 0.02 <= inputs["y_hat"] <= 0.98
    for name in ("rnn_forward", "bce_loss", "tanh_layer_backward"):
        assert all(np.array_equal(single(v), v) for inputs in trials(name, seed) for v in inputs.values())


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_of_single_precision_keep_four_digits(rnn, trials, call, in_single, name):
    for inputs in trials(name):
        exact, rounded = (call(f(getattr(rnn, name)), inputs) for f in (lambda f: f, in_single))

        for right, single_precision in zip(exact, rounded, strict=True):
            assert np.max(np.abs(single_precision - right)) <= 1e-4 * np.max(np.abs(right)) + 1e-8


# ---- the properties ----

PROPERTIES = {
    "layer_gradients_match_differences": "tanh_layer_backward",
    "hidden_gradients_match_differences": "rnn_hidden_grads",
}


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(("name", "function"), PROPERTIES.items(), ids=PROPERTIES)
def test_a_property_sees_that_one_gradient_is_a_hundredth_off(rnn, trials, holds, name, function, place):
    def wrong(*arguments):
        gradients = list(getattr(rnn, function)(*arguments))
        gradients[place % len(gradients)] *= 1.01
        return tuple(gradients)

    for inputs in trials(function):
        assert not holds(getattr(rnn, name), inputs, **{function: wrong})


@pytest.mark.parametrize(("name", "function"), PROPERTIES.items(), ids=PROPERTIES)
def test_zero_passes_for_no_gradient(rnn, trials, holds, filled_with, name, function):
    zero = filled_with(0.0, getattr(rnn, function))

    for inputs in trials(function):
        assert not holds(getattr(rnn, name), inputs, **{function: zero})


# ---- another way to the same numbers ----


def leaf(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def network(x1, x2, y, h0, W_i, W_h, W_o):
    """The hidden states and the loss, with the logarithms taken of the score rather than of yhat."""
    h1 = torch.tanh(W_h @ h0 + W_i @ x1)
    h2 = torch.tanh(W_h @ h1 + W_i @ x2)
    score = (W_o @ h2)[0]
    return h1, h2, torch.nn.functional.softplus(score) - y * score


def must_be(answers, tensors):
    for answer, tensor in zip(answers, tensors, strict=True):
        assert np.shape(answer) == tensor.shape
        assert np.allclose(answer, tensor.detach().numpy(), rtol=1e-9, atol=1e-12)
