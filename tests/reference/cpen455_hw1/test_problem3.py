"""The perceptron and its gradients are those of torch, shapes those of products, variances those of simulation."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

SEEDS = range(5)
SIGMAS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.1),
}


@pytest.fixture
def mlp(problem):
    return problem(3)


# ---- what is given ----


@pytest.mark.parametrize("name", SIGMAS)
def test_given_functions_are_those_of_torch_for_arrays_and_tensors_alike(assignment, name):
    z = (torch.linspace(-30, 30, 101, dtype=torch.float64) + 0.1).requires_grad_()
    value = SIGMAS[name](z)
    slope = torch.autograd.grad(value.sum(), z)[0]

    for library, own in ((np, z.detach().numpy()), (torch, z.detach())):
        given: dict[str, Any] = {}
        exec(assignment.references["3"].given_source, given)
        given["xp"] = library
        assert np.allclose(given[name](own), value.detach(), rtol=1e-9, atol=1e-15)
        assert np.allclose(given[f"d{name}"](own), slope, rtol=1e-9, atol=1e-15)


# ---- forward and backward ----


def network(inputs):
    """(h_0 ... h_L, y, loss) by torch, with the inputs' own tensors as leaves."""
    sigma = SIGMAS[inputs["sigma"].name]
    leaves = {key: [torch.tensor(a).requires_grad_() for a in inputs[key]] for key in ("weights", "biases")}
    h = [torch.tensor(inputs["x"])]
    for W, b in zip(*leaves.values(), strict=True):
        h.append(sigma(torch.nn.functional.linear(h[-1], W, b)))
        h[-1].retain_grad()
    loss = torch.nn.functional.cross_entropy(h[-1], torch.tensor(inputs["y_bar"]))
    return h, loss, leaves


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forward_pass_is_that_of_torch(mlp, trials, call, seed):
    for inputs in trials("forward", seed):
        expected, expected_loss, _ = network(inputs)

        h, y, loss = call(mlp.forward, inputs)

        assert len(h) == len(expected)
        for own, there in zip(h, expected, strict=True):
            assert np.allclose(own, there.detach(), rtol=1e-10, atol=1e-12)
        assert np.allclose(y, torch.softmax(expected[-1].detach(), dim=0), rtol=1e-8, atol=1e-300)
        assert float(loss) == pytest.approx(expected_loss.item(), rel=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_gradient_is_that_of_autograd(mlp, trials, call, seed):
    for inputs in trials("hidden_gradients", seed):
        h, loss, leaves = network(inputs)
        loss.backward()
        expected = {
            "hidden_gradients": [own.grad for own in h[1:]],
            "weight_gradients": [own.grad for own in leaves["weights"]],
            "bias_gradients": [own.grad for own in leaves["biases"]],
        }

        for name, gradients in expected.items():
            found = call(getattr(mlp, name), inputs)
            assert [g.shape for g in found] == [tuple(g.shape) for g in gradients], name
            for own, there in zip(found, gradients, strict=True):
                assert np.allclose(own, there, rtol=1e-9, atol=1e-12), name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_by_the_logits_is_that_of_autograd(mlp, trials, call, seed):
    for inputs in trials("grad_logits", seed):
        h_L = torch.tensor(inputs["h_L"]).requires_grad_()
        torch.nn.functional.cross_entropy(h_L, torch.tensor(inputs["y_bar"])).backward()

        assert np.allclose(call(mlp.grad_logits, inputs), h_L.grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_by_the_logits_add_up_to_nothing_and_wrong_ones_do_not(mlp, trials, holds, seed):
    check, cases = mlp.a_common_shift_of_the_logits_changes_nothing, trials("grad_logits", seed)
    wrong = {
        "the softmax": lambda h_L, y_bar: np.exp(h_L) / np.exp(h_L).sum(),
        "by y": lambda h_L, y_bar: -y_bar / np.exp(h_L) * np.exp(h_L).sum(),
        "of raw scores": lambda h_L, y_bar: h_L - y_bar,
    }

    assert all(holds(check, inputs, grad_logits=mlp.grad_logits) for inputs in cases)
    for name, f in wrong.items():
        assert not any(holds(check, inputs, grad_logits=f) for inputs in cases), name


def test_huge_logits_have_a_loss(mlp):
    W, b = np.array([[1e4], [0.0]]), np.zeros(2)

    _, y, loss = mlp.forward(np.ones(1), np.array([0.0, 1.0]), [W], [b], lambda z: z)

    assert np.array_equal(y, [1.0, 0.0])
    assert float(loss) == 1e4


@pytest.mark.parametrize("seed", SEEDS)
def test_huge_logits_are_a_share_and_ordinary_ones_need_no_care(mlp, plan, call, seed):
    for trial in plan("forward", seed):
        h, _, loss = call(mlp.forward, trial.inputs)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            odds = np.exp(h[-1])
            naive = -np.sum(trial.inputs["y_bar"] * np.log(odds / odds.sum()))

        assert np.isclose(naive, loss, rtol=1e-9) == (trial.share != "huge_logits")


@pytest.mark.parametrize("seed", SEEDS)
def test_neighbouring_widths_differ_and_no_kink_is_near(trials, seed):
    for inputs in trials("hidden_gradients", seed) + trials("forward", seed):
        shapes = [W.shape for W in inputs["weights"]]
        h, sigma = inputs["x"], inputs["sigma"]

        assert all(n != m and 3 <= n <= 9 for n, m in shapes)
        assert inputs["y_bar"].sum() == pytest.approx(1)
        for W, b in zip(inputs["weights"], inputs["biases"], strict=True):
            a = W @ h + b
            h = sigma(a)
            assert np.min(np.abs(a)) > 0.02


# ---- shapes ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shapes_are_those_of_the_products(mlp, trials, call, seed):
    for inputs in trials("hidden_gradient_shapes", seed):
        dims, i = inputs["dims"], inputs["i"]
        W = np.ones((dims[i + 1], dims[i]))
        after, slope = np.ones((dims[i + 1], 1)), np.ones((dims[i + 1], 1))
        product = W.T @ (after * slope)

        assert call(mlp.hidden_gradient_shapes, inputs) == (product.shape, W.T.shape, after.shape, slope.shape)
    for inputs in trials("parameter_gradient_shapes", seed):
        dims, i = inputs["dims"], inputs["i"]
        W, h = np.ones((dims[i], dims[i - 1])), np.ones((dims[i - 1], 1))
        gradient, slope = np.ones((dims[i], 1)), np.ones((dims[i], 1))
        product = (gradient * slope) @ h.T

        assert product.shape == W.shape
        shapes = (product.shape, (gradient * slope).shape, gradient.shape, slope.shape, h.T.shape)
        assert call(mlp.parameter_gradient_shapes, inputs) == shapes


@pytest.mark.parametrize(("dims", "i"), [([3, 4, 5], 0), ([3, 4, 5], 2)])
def test_a_layer_without_a_next_one_is_refused(mlp, dims, i):
    with pytest.raises(ValueError, match="i must be"):
        mlp.hidden_gradient_shapes(dims, i)


@pytest.mark.parametrize("i", [0, 3])
def test_a_layer_that_there_is_not_is_refused(mlp, i):
    with pytest.raises(ValueError, match="i must be"):
        mlp.parameter_gradient_shapes([3, 4, 5], i)


# ---- initialisation ----

DIMS = [6, 12, 9, 14, 10]
VARIANCES = [0.3, 0.1, 0.25, 0.12]
COPIES = 20_000


def random_networks(v0):
    """(weights, h_0 ... h_L) of as many independent ReLU networks; x has the second moment v0 and a mean."""
    rng = np.random.default_rng(3)
    h = [np.sqrt(v0) * (0.6 + 0.8 * rng.standard_normal((COPIES, DIMS[0])))]
    weights = []
    for (m, n), variance in zip(itertools.pairwise(DIMS), VARIANCES, strict=True):
        weights.append(rng.normal(0, np.sqrt(variance), (COPIES, n, m)))
        h.append(np.maximum(np.einsum("cnm,cm->cn", weights[-1], h[-1]), 0))
    return weights, h


def test_second_moments_are_those_of_random_networks(mlp):
    _, h = random_networks(1.7)

    found = mlp.forward_second_moments(1.7, DIMS, VARIANCES)

    assert np.allclose([np.mean(own**2) for own in h[1:]], found, rtol=0.03)


def test_gradient_variances_are_those_of_random_networks(mlp):
    weights, h = random_networks(1.7)
    gradient = np.sqrt(0.8) * np.random.default_rng(4).standard_normal(h[-1].shape)
    variances = [np.mean(gradient**2)]
    for W, after in zip(weights[:0:-1], h[:1:-1], strict=True):
        gradient = np.einsum("cnm,cn->cm", W, gradient * (after > 0))
        variances.append(np.mean(gradient**2))

    assert np.allclose(variances[::-1], mlp.backward_gradient_variances(0.8, DIMS, VARIANCES), rtol=0.03)


def test_the_first_variance_has_another_factor_than_the_second_moment(mlp):
    """Var[h_1] is (pi - 1) / (2 pi) = 0.341 of Var[z_1] where z_1 is normal, and not a half of it."""
    rng = np.random.default_rng(5)
    h = np.maximum(rng.normal(0, 1, 400_000), 0)

    assert np.mean(h**2) == pytest.approx(mlp.forward_second_moments(1.0, [1, 1], [1.0])[0], rel=0.01)
    assert np.var(h) == pytest.approx((np.pi - 1) / (2 * np.pi), rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_variances_follow_their_recursions(mlp, trials, call, seed):
    for inputs in trials("forward_second_moments", seed):
        dims, variances = inputs["dims"], inputs["weight_vars"]
        forward, backward = [inputs["v0"]], [inputs["gL"]]
        for m, variance in zip(dims[:-1], variances, strict=True):
            forward.append(m * variance * forward[-1] / 2)
        for i in range(len(dims) - 2, 0, -1):
            backward.append(dims[i + 1] * variances[i] * backward[-1] / 2)

        assert np.allclose(call(mlp.forward_second_moments, inputs), forward[1:], rtol=1e-12)
        assert np.allclose(call(mlp.backward_gradient_variances, inputs), backward[::-1], rtol=1e-12)


@pytest.mark.parametrize("dims", [[7, 30, 4, 11], [5, 5, 5]])
def test_kaiming_keeps_either_pass_as_it_is_and_the_other_telescopes(mlp, dims):
    fans = list(itertools.pairwise(dims))
    by_in = [mlp.kaiming_variance(*fan) for fan in fans]
    by_out = [mlp.kaiming_variance(*fan, "fan_out") for fan in fans]

    assert np.allclose(mlp.forward_second_moments(1.3, dims, by_in), 1.3)
    assert np.allclose(mlp.backward_gradient_variances(1.3, dims, by_out), 1.3)
    assert np.allclose(mlp.backward_gradient_variances(1.3, dims, by_in), 1.3 * dims[-1] / np.array(dims[1:]))


def test_another_mode_is_refused(mlp):
    with pytest.raises(ValueError, match="fan_avg"):
        mlp.kaiming_variance(3, 4, "fan_avg")


def layers(dims):
    return itertools.pairwise(dims)


def uniform(bound, n, m, generator):
    return (2 * torch.rand(n, m, generator=generator, dtype=torch.float64) - 1) * bound


INITIALISATIONS = {
    "normal": lambda dims, g: [torch.randn(n, m, generator=g) * (2 / m) ** 0.5 for m, n in layers(dims)],
    "uniform": lambda dims, g: [uniform((6 / m) ** 0.5, n, m, g) for m, n in layers(dims)],
    "by torch": lambda dims, g: [
        torch.nn.init.kaiming_normal_(torch.empty(n, m, dtype=torch.float64), nonlinearity="relu", generator=g)
        for m, n in layers(dims)
    ],
}
WRONG_INITIALISATIONS = {
    "the deviation": lambda dims, g: [torch.randn(n, m, generator=g) * 2 / m for m, n in layers(dims)],
    "fan out": lambda dims, g: [torch.randn(n, m, generator=g) * (2 / n) ** 0.5 for m, n in layers(dims)],
    "Xavier": lambda dims, g: [torch.randn(n, m, generator=g) * (2 / (m + n)) ** 0.5 for m, n in layers(dims)],
    "without the two": lambda dims, g: [torch.randn(n, m, generator=g) * (1 / m) ** 0.5 for m, n in layers(dims)],
    "the wrong bound": lambda dims, g: [uniform((2 / m) ** 0.5, n, m, g) for m, n in layers(dims)],
    "not centred": lambda dims, g: [torch.rand(n, m, generator=g) * (6 / m) ** 0.5 for m, n in layers(dims)],
    "one row": lambda dims, g: [
        (torch.randn(1, m, generator=g) * (2 / m) ** 0.5).expand(n, m) for m, n in layers(dims)
    ],
}


def initialised(f, dims, generator):
    """So many calls as the rubric makes, layer by layer."""
    calls = [[np.asarray(W, dtype=np.float64) for W in f(dims, generator(seed))] for seed in range(4)]
    return tuple(np.stack(layer) for layer in zip(*calls, strict=True))


def of_torch(seed):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_right_weights_follow_their_law(law_objects, trials, name):
    for inputs in trials("kaiming_init"):
        draws = initialised(INITIALISATIONS[name], inputs["dims"], of_torch)

        assert law_objects("3", "kaiming_weights", draws, inputs) == ""


def test_the_reference_draws_by_its_law(mlp, law_objects, trials):
    for inputs in trials("kaiming_init"):
        draws = initialised(mlp.kaiming_init, inputs["dims"], np.random.default_rng)

        assert [layer.shape[1:] for layer in draws] == [(n, m) for m, n in layers(inputs["dims"])]
        assert law_objects("3", "kaiming_weights", draws, inputs) == ""


@pytest.mark.parametrize("name", WRONG_INITIALISATIONS)
def test_wrong_weights_are_found_out(law_objects, trials, name):
    for inputs in trials("kaiming_init"):
        draws = initialised(WRONG_INITIALISATIONS[name], inputs["dims"], of_torch)

        assert law_objects("3", "kaiming_weights", draws, inputs)


def test_the_same_weights_for_two_layers_are_found_out(law_objects, trials):
    def twins(dims, generator):
        seed = int(torch.randint(2**31, (), generator=generator))
        return [torch.randn(n, m, generator=of_torch(seed)) * (2 / m) ** 0.5 for m, n in layers(dims)]

    [wide] = [inputs for inputs in trials("kaiming_init") if len(inputs["dims"]) == 5]

    assert "different layers" in law_objects("3", "kaiming_weights", initialised(twins, wide["dims"], of_torch), wide)
