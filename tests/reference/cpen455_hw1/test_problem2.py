"""Batch normalisation, its gradients and its whitening are those of torch, of differences and of the definitions."""

import inspect

import numpy as np
import pytest
import torch

SEEDS = range(5)
GRADIENTS = {"grad_gamma": "gamma", "grad_beta": "beta", "grad_mean": "m", "grad_var": "v", "grad_input": "Y"}
WHITENERS = {
    "zca": lambda U, s: U / np.sqrt(s) @ U.T,
    "pca": lambda U, s: (U / np.sqrt(s)).T,
    "cholesky": lambda U, s: np.linalg.inv(np.linalg.cholesky(U * s @ U.T)),
    "mirrored": lambda U, s: np.diag([-1.0] + [1.0] * (len(s) - 1)) @ (U / np.sqrt(s)).T,
}


@pytest.fixture
def norm(problem):
    return problem(2)


# ---- forward ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forward_pass_is_that_of_torch(norm, trials, call, seed):
    for inputs in trials("batch_norm_forward", seed):
        Y, gamma, beta = (torch.tensor(inputs[name]) for name in ("Y", "gamma", "beta"))

        Y_hat, m, v = call(norm.batch_norm_forward, inputs)

        assert np.allclose(m, Y.mean(dim=0), rtol=1e-12, atol=1e-12)
        assert np.allclose(v, Y.var(dim=0, correction=0), rtol=1e-12, atol=1e-300)
        if len(Y) > 1:  # torch refuses a batch of one
            there = torch.nn.functional.batch_norm(Y, None, None, gamma, beta, training=True, eps=inputs["eps"])
            assert np.allclose(Y_hat, there, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_edges_are_a_share_in_which_y_hat_is_beta(norm, plan, call, seed):
    edges = [trial.inputs for trial in plan("batch_norm_forward", seed) if trial.share == "edges"]
    main = [trial.inputs for trial in plan("batch_norm_forward", seed) if not trial.share]

    assert {len(inputs["Y"]) == 1 for inputs in edges} == {True, False}
    for inputs in edges:
        Y_hat, _, v = call(norm.batch_norm_forward, inputs)
        assert np.array_equal(Y_hat, np.broadcast_to(inputs["beta"], Y_hat.shape))
        assert not v.any()
    assert all(np.min(inputs["v"]) > 0 for inputs in main)


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_and_variance_of_y_hat_are_those_of_a_batch(norm, trials, call, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("normalized_mean", seed):
        gamma, beta = inputs["gamma"], inputs["beta"]
        Y_hat, _, _ = norm.batch_norm_forward(rng.normal(3.0, 2.0, (9, len(gamma))), gamma, beta, 0.0)

        assert np.allclose(call(norm.normalized_mean, inputs), Y_hat.mean(axis=0), rtol=1e-10)
        assert np.allclose(call(norm.normalized_variance, inputs), Y_hat.var(axis=0), rtol=1e-10)


def test_eps_shrinks_the_variance_as_the_handout_says(norm):
    rng = np.random.default_rng(0)
    Y, gamma, beta, eps = rng.normal(size=(20, 3)), np.array([2.0, -0.5, 1.0]), np.ones(3), 0.7

    Y_hat, _, v = norm.batch_norm_forward(Y, gamma, beta, eps)

    assert np.allclose(Y_hat.var(axis=0), gamma**2 * v / (v + eps))


# ---- gradients ----


def by_autograd(name, inputs):
    """The gradient of sum(dH * H), m and v leaves of their own unless it is by Y."""
    leaves = {key: torch.tensor(inputs[key]).requires_grad_(key == name) for key in ("Y", "gamma", "beta", "m", "v")}
    Y = leaves["Y"]
    m, v = (Y.mean(dim=0), Y.var(dim=0, correction=0)) if name == "Y" else (leaves["m"], leaves["v"])
    Y_hat = leaves["gamma"] * (Y - m) / torch.sqrt(v + inputs["eps"]) + leaves["beta"]
    (torch.tensor(inputs["dH"]) * torch.relu(Y_hat)).sum().backward()
    return leaves[name].grad.numpy()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("function", "name"), GRADIENTS.items())
def test_a_gradient_is_that_of_autograd(norm, trials, call, function, name, seed):
    for inputs in trials(function, seed):
        found = call(getattr(norm, function), inputs)

        assert found.shape == inputs[name].shape
        assert np.allclose(found, by_autograd(name, inputs), rtol=1e-9, atol=1e-10 * np.abs(found).max())


@pytest.mark.parametrize("seed", SEEDS)
def test_whether_the_variance_moves_with_the_mean_does_not_matter(norm, trials, call, seed):
    """Both conventions for dl/dm are right, for dv/dm = -2 mean(Y - m) = 0 at the batch mean."""
    for inputs in trials("grad_mean", seed):
        m = torch.tensor(inputs["m"]).requires_grad_()
        Y, gamma, beta = (torch.tensor(inputs[key]) for key in ("Y", "gamma", "beta"))
        v = ((Y - m) ** 2).mean(dim=0)
        Y_hat = gamma * (Y - m) / torch.sqrt(v + inputs["eps"]) + beta
        (torch.tensor(inputs["dH"]) * torch.relu(Y_hat)).sum().backward()

        assert np.allclose(call(norm.grad_mean, inputs), m.grad, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("function", "name"), GRADIENTS.items())
def test_a_gradient_is_that_of_differences_of_what_the_rubric_differentiates(norm, trials, function, name, seed):
    of = norm.hidden_with_statistics if name in "mv" else norm.hidden
    rng = np.random.default_rng(seed)
    for inputs in trials(function, seed)[:4]:
        direction = rng.standard_normal(inputs[name].shape)
        step = 1e-6

        def loss(t, own=inputs, along=direction):
            moved = {**own, name: own[name] + t * along}
            return np.sum(own["dH"] * of(*(moved[key] for key in inspect.signature(of).parameters)))

        slope = (loss(step) - loss(-step)) / (2 * step)
        found = getattr(norm, function)(*(inputs[key] for key in ("dH", "Y", "gamma", "beta", "eps")))

        assert np.sum(found * direction) == pytest.approx(slope, rel=1e-4, abs=1e-5 * np.abs(found).max())


WRONG_INPUT_GRADIENTS = {
    "no path through the mean": lambda g, c, s, gamma: gamma / s * (g - c * np.mean(g * c, axis=0) / s**2),
    "fixed statistics": lambda g, c, s, gamma: gamma / s * g,
    "sums for means": lambda g, c, s, gamma: gamma / s * (g - g.sum(axis=0) - c * np.sum(g * c, axis=0) / s**2),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_columns_of_the_input_gradient_add_up_to_nothing(norm, trials, holds, seed):
    cases = trials("grad_input", seed)

    def wrong(formula):
        return lambda dH, Y, gamma, beta, eps: formula(*norm._backward(dH, Y, gamma, beta, eps), gamma)

    def held(f):
        return [holds(norm.shifting_a_column_changes_nothing, inputs, grad_input=f) for inputs in cases]

    assert all(held(norm.grad_input))
    for name, formula in WRONG_INPUT_GRADIENTS.items():
        assert not any(held(wrong(formula))), name


# ---- whitening ----


def spectrum(Y):
    centred = Y - Y.mean(axis=0)
    s, U = np.linalg.eigh(centred.T @ centred / len(Y))
    return U, s


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", WHITENERS)
def test_every_whitening_has_the_properties_and_the_form_of_the_reference(norm, trials, holds, name, seed):
    for inputs in trials("whitening_matrix", seed):
        Y = inputs["Y"]
        A = WHITENERS[name](*spectrum(Y))
        white = (Y - Y.mean(axis=0)) @ A.T

        assert holds(norm.the_batch_has_the_identity_for_covariance, inputs, whitening_matrix=lambda Y, A=A: A)
        assert holds(norm.what_comes_out_is_white, inputs, whitening_batch_norm=lambda Y, white=white: white)
        reference, its = norm.whitening_matrix(Y), norm.whitening_batch_norm(Y)
        assert np.allclose(A.T @ A, reference.T @ reference, rtol=1e-8, atol=1e-8)
        assert np.allclose(white @ white.T, its @ its.T, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_is_the_inverse_root_of_the_covariance(norm, trials, seed):
    for inputs in trials("whitening_matrix", seed):
        A, Sigma = norm.whitening_matrix(inputs["Y"]), np.cov(inputs["Y"].T, bias=True)

        assert np.allclose(A, A.T, rtol=1e-9, atol=1e-12)
        assert np.allclose(A @ Sigma @ A.T, np.eye(len(A)), atol=1e-9)


WRONG_WHITENERS = {
    "of the diagonal": lambda Y: np.diag(1 / Y.std(axis=0)),
    "of the unbiased covariance": lambda Y: np.linalg.inv(np.linalg.cholesky(np.cov(Y.T))),
    "by the inverse": lambda Y: np.linalg.inv(np.cov(Y.T, bias=True)),
    "transposed": lambda Y: np.linalg.inv(np.linalg.cholesky(np.cov(Y.T, bias=True))).T,
    "nothing": lambda Y: np.eye(Y.shape[1]),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", WRONG_WHITENERS)
def test_what_does_not_whiten_is_found_out(norm, trials, holds, name, seed):
    matrix = WRONG_WHITENERS[name]

    def batch(Y):
        return (Y - Y.mean(axis=0)) @ matrix(Y).T

    for inputs in trials("whitening_matrix", seed):
        assert not holds(norm.the_batch_has_the_identity_for_covariance, inputs, whitening_matrix=matrix)
        assert not holds(norm.what_comes_out_is_white, inputs, whitening_batch_norm=batch)


def test_a_batch_that_is_not_centred_is_not_white(norm, trials, holds):
    for inputs in trials("whitening_batch_norm"):
        moved = norm.whitening_batch_norm(inputs["Y"]) + 0.01

        assert not holds(norm.what_comes_out_is_white, inputs, whitening_batch_norm=lambda Y, moved=moved: moved)


def test_as_many_columns_as_rows_cannot_be_whitened(norm):
    Y = np.array([[0.0, 1.0], [1.0, 3.0]])

    with pytest.raises(np.linalg.LinAlgError, match="more rows than columns"):
        norm.whitening_matrix(Y)


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_keep_to_the_ranges_of_the_handout_and_off_the_kink(norm, trials, call, seed):
    for inputs in trials("grad_input", seed):
        B, M = inputs["Y"].shape
        Y_hat, _, _ = call(norm.batch_norm_forward, inputs)

        assert 3 <= B <= 11 and 2 <= M <= 5
        assert np.all((np.abs(inputs["gamma"]) >= 0.4) & (np.abs(inputs["gamma"]) <= 2))
        assert np.min(np.abs(Y_hat)) > 0.01 and 0 < np.mean(Y_hat > 0) < 1
    gammas = np.concatenate([inputs["gamma"] for inputs in trials("normalized_variance", seed)])
    assert (gammas < 0).any() and (gammas > 0).any()
    for inputs in trials("whitening_matrix", seed):
        B, M = inputs["Y"].shape
        assert B == 5 * M + 10 and 2 <= M <= 5
        correlations = np.corrcoef(inputs["Y"].T)[np.triu_indices(M, 1)]
        assert np.max(np.abs(correlations)) > 0.02


@pytest.mark.parametrize(
    ("transform", "words"),
    [(lambda L: np.linalg.inv(L).T, "from which side"), (lambda L: L, "gives white rows this covariance")],
    ids=["transposed", "not inverted"],
)
def test_a_matrix_that_nearly_whitens_is_told_what_it_does(norm, trials, transform, words):
    for inputs in trials("whitening_matrix"):
        A = transform(np.linalg.cholesky(np.cov(inputs["Y"].T, bias=True)))
        with pytest.raises(AssertionError, match=words):
            norm.the_batch_has_the_identity_for_covariance(lambda _, A=A: A, inputs["Y"])


def test_a_matrix_that_acts_from_the_wrong_side_is_told_so(norm, trials):
    for inputs in trials("whitening_batch_norm"):
        Y = inputs["Y"]
        rows = (Y - Y.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(Y.T, bias=True)))
        with pytest.raises(AssertionError, match="from the other side"):
            norm.what_comes_out_is_white(lambda _, rows=rows: rows, Y)
