"""The gradient through time is that of autograd; bounds on its norm hold, are reached, and limits lie where they do."""


import numpy as np
import pytest
import torch

SEEDS = range(5)
NAMES = ("relu", "sigmoid", "tanh")
ACTIVATIONS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": lambda a: torch.logaddexp(a, torch.zeros_like(a)),  # torch's own is cut off at 20
}


@pytest.fixture
def recurrent(problem):
    return problem(4)


def states_of_torch(inputs, h0):
    W, U, b, X = (torch.tensor(inputs[name]) for name in ("W", "U", "b", "X"))
    states, sigma = [h0], ACTIVATIONS[inputs["sigma"].name]
    for x in X:
        states.append(sigma(W @ states[-1] + U @ x + b))
    return torch.stack(states)


# ---- 4.1: the gradient ----


def test_given_activations_and_slopes_are_those_of_torch(assignment):
    given, a = assignment.references["4"].given, np.linspace(-30, 30, 241)
    for name, activation in ACTIVATIONS.items():
        at = torch.tensor(a, requires_grad=True)
        value = activation(at)
        value.sum().backward()

        assert np.allclose(getattr(given, name)(a), value.detach().numpy(), rtol=1e-12, atol=1e-12)
        assert np.allclose(getattr(given, f"{name}_derivative")(a), at.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_states_are_those_of_a_loop_in_torch(recurrent, trials, call, seed):
    lengths = set()
    for inputs in trials("rnn_forward", seed):
        expected = states_of_torch(inputs, torch.tensor(inputs["h0"])).numpy()

        assert np.allclose(call(recurrent.rnn_forward, inputs), expected, rtol=1e-11, atol=1e-13)
        lengths.add(len(inputs["X"]))
    assert lengths >= {1, 3, 6}


def test_states_with_tanh_are_those_of_the_layer_of_torch(recurrent, trials, call):
    for inputs in trials("rnn_forward"):
        if inputs["sigma"].name == "tanh":
            D, d = inputs["U"].shape
            layer = torch.nn.RNN(d, D, dtype=torch.float64)
            with torch.no_grad():
                for name, value in (("weight_ih_l0", "U"), ("weight_hh_l0", "W"), ("bias_ih_l0", "b")):
                    getattr(layer, name).copy_(torch.tensor(inputs[value]))
                layer.bias_hh_l0.zero_()
                expected, _ = layer(torch.tensor(inputs["X"]), torch.tensor(inputs["h0"])[None])

            assert np.allclose(call(recurrent.rnn_forward, inputs)[1:], expected.numpy(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_jacobian_is_what_autograd_finds(recurrent, trials, call, seed):
    for inputs in trials("rnn_jacobian", seed):
        h0 = torch.tensor(inputs["h0"])
        expected = torch.autograd.functional.jacobian(lambda h, inputs=inputs: states_of_torch(inputs, h)[-1], h0)

        assert np.allclose(call(recurrent.rnn_jacobian, inputs), expected.numpy(), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_jacobian_is_what_differences_find(recurrent, trials, call, seed):
    step = 1e-6
    for inputs in trials("rnn_jacobian", seed):
        last = [
            [call(recurrent.rnn_forward, inputs | {"h0": inputs["h0"] + sign * step * unit})[-1] for sign in (1, -1)]
            for unit in np.eye(len(inputs["h0"]))
        ]
        columns = [(after - before) / (2 * step) for after, before in last]

        assert np.allclose(call(recurrent.rnn_jacobian, inputs), np.transpose(columns), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_several_steps_are_asked_and_their_order_shows(trials, mistaken, recurrent, call, seed):
    planned = trials("rnn_jacobian", seed)
    off = []
    for inputs in planned:
        right = call(recurrent.rnn_jacobian, inputs)
        reversed_order = call_wrong(mistaken("rnn_jacobian", "jacobian_with_the_factors_reversed"), inputs)
        off.append(np.max(np.abs(reversed_order - right)) / np.max(np.abs(right)))
        assert np.max(np.abs(right)) > 1e-3, "the gradient must not vanish"
    several = [len(inputs["X"]) > 1 for inputs in planned]

    assert sum(share > 1e-2 for share, more in zip(off, several, strict=True) if more) >= 6
    assert all(share < 1e-12 for share, more in zip(off, several, strict=True) if not more)
    assert not all(several)


def call_wrong(wrong, inputs):
    return wrong(*(inputs[name] for name in ("W", "U", "b", "h0", "X", "sigma", "dsigma")))


# ---- 4.2 and 4.3: bounds ----


def norm_of_product(W, slopes):
    product = np.eye(len(W))
    for own in slopes:
        product = np.diag(own) @ W @ product
    return np.linalg.norm(product, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_for_orthogonal_w_is_kept_and_reached(recurrent, trials, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("jacobian_norm_bound", seed):
        gamma, t = inputs["gamma"], inputs["t"]
        bound = recurrent.jacobian_norm_bound(gamma, t)
        W = np.linalg.qr(rng.normal(size=(4, 4)))[0]

        assert norm_of_product(W, np.full((t, 4), gamma)) == pytest.approx(bound, rel=1e-10)
        for _ in range(5):
            assert norm_of_product(W, rng.uniform(-gamma, gamma, (t, 4))) <= bound * (1 + 1e-12)


def test_the_gradient_vanishes_exactly_below_one(recurrent, trials):
    """At gamma = 1 the identity keeps every length, above it a multiple of it lets them grow."""
    for inputs in trials("vanishing_condition"):
        bounds = [recurrent.jacobian_norm_bound(inputs["gamma"], t) for t in (0, 200, 400)]

        assert recurrent.vanishing_condition(inputs["gamma"]) == (bounds[0] > bounds[1] > bounds[2])
    assert [recurrent.vanishing_condition(g) for g in (0.999, 1.0, 1.001)] == [True, False, False]
    assert {0.999, 1.0, 1.001} < {inputs["gamma"] for inputs in trials("vanishing_condition")}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_general_bound_is_kept_and_reached_by_one_step(recurrent, trials, seed):
    rng = np.random.default_rng(seed)
    kinds = set()
    for inputs in trials("general_norm_bound", seed):
        W, gamma, t = inputs["W"], inputs["gamma"], inputs["t"]
        bound = recurrent.general_norm_bound(W, gamma, t)
        for _ in range(5):
            assert norm_of_product(W, rng.uniform(-gamma, gamma, (t, len(W)))) <= bound * (1 + 1e-12)

        assert norm_of_product(W, [np.full(len(W), gamma)]) == pytest.approx(
            recurrent.general_norm_bound(W, gamma, 1), rel=1e-12
        )
        assert bound == pytest.approx((gamma**2 * np.linalg.eigvalsh(W.T @ W)[-1]) ** (t / 2), rel=1e-8)
        orthogonal, nilpotent = np.allclose(W.T @ W, np.eye(len(W)), atol=1e-6), np.allclose(W @ W, 0, atol=1e-6)
        kinds.add("orthogonal" if orthogonal else "nilpotent" if nilpotent else "general")
    assert kinds == {"orthogonal", "nilpotent", "general"}


def test_a_power_of_w_is_no_bound(recurrent, mistaken):
    """W W = 0, and W D W is not."""
    W, D = np.array([[1.0, 1.0], [-1.0, -1.0]]), np.diag([0.9, 0.1])

    assert not np.any(W @ W) and np.linalg.norm(W @ D @ W, 2) > 1
    assert mistaken("general_norm_bound", "bound_by_the_power_of_w")(W, 0.9, 2) == 0
    assert recurrent.general_norm_bound(W, 0.9, 2) >= norm_of_product(W, [np.diag(D)] * 2) > 0


@pytest.mark.parametrize("dim", [1, 2, 4])
@pytest.mark.parametrize("gamma", [0.05, 0.3, 0.5, 0.9, 0.99])
def test_the_example_keeps_the_gradient_from_vanishing(recurrent, gamma, dim):
    W = recurrent.nonvanishing_example(gamma, dim)

    assert not np.allclose(W.T @ W, np.eye(dim))
    norms = [norm_of_product(W, np.full((t, dim), gamma)) for t in (1, 10, 50)]
    assert norms == pytest.approx([2.0, 2.0**10, 2.0**50], rel=1e-9)


def test_examples_of_other_forms_are_right_as_well(recurrent, holds):
    """A shear and a rotation that stretches, and one that keeps the lengths; small eigenvalues beside a large one."""
    for gamma in (0.05, 0.5, 0.99):
        for W in ([[1.0, 5.0], [0.0, 1.0]], [[0.0, -2.0], [2.0, 0.0]], [[1.0, 0.0], [0.0, 0.1]]):
            check = recurrent.the_gradient_need_not_vanish
            inputs = {"gamma": gamma, "dim": 2}
            assert holds(check, inputs, nonvanishing_example=lambda g, d, W=W: np.array(W) / g)


def test_an_eigenvalue_above_one_is_not_enough(recurrent):
    assert norm_of_product(1.5 * np.eye(2), np.full((60, 2), 0.5)) < 1e-7


# ---- 4.4: activations ----


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_are_what_autograd_finds(recurrent, trials, seed):
    for inputs in trials("activation_derivative", seed):
        a = torch.tensor(inputs["a"], requires_grad=True)
        getattr(torch, inputs["name"])(a).sum().backward()

        answer = recurrent.activation_derivative(inputs["name"], inputs["a"])
        assert np.allclose(answer, a.grad.numpy(), rtol=1e-9, atol=1e-12)
        assert np.all((np.abs(inputs["a"]) > 0.04) & (np.abs(inputs["a"]) <= 30))


@pytest.mark.parametrize("name", NAMES)
def test_bounds_are_the_largest_slopes_of_a_fine_grid(recurrent, name):
    grid = np.concatenate([np.linspace(-5, 5, 20_000), [1e-9, -1e-9]])

    assert np.max(np.abs(recurrent.activation_derivative(name, grid))) == pytest.approx(
        recurrent.derivative_bound(name), rel=1e-12
    )


def test_an_unknown_activation_is_refused(recurrent):
    with pytest.raises(ValueError, match="unknown activation"):
        recurrent.activation_derivative("gelu", np.ones(2))


def test_dead_units_make_the_gradient_of_relu_vanish_and_active_ones_keep_it(recurrent):
    """Orthogonal W of size 16, sixty steps: every length is kept with all units active, hardly any with half."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        W, h = np.linalg.qr(rng.normal(size=(16, 16)))[0], rng.normal(size=16)
        slopes = []
        for _ in range(60):
            a = W @ h
            slopes.append(recurrent.activation_derivative("relu", a))
            h = np.maximum(a, 0)

        assert norm_of_product(W, slopes) < 1e-4
        assert norm_of_product(W, np.ones((60, 16))) == pytest.approx(1, rel=1e-10)
