"""Steps of the reference are those of torch, its ellipse and its shrinkage are what brute force finds."""


import numpy as np
import pytest
import scipy.optimize
import sympy
import torch

from grader.draw import single

SEEDS = range(5)


@pytest.fixture
def decay(problem):
    return problem(1)


def tensor(value):
    return torch.tensor(value, dtype=torch.float64)


# ---- 1.1: steps ----


@pytest.mark.parametrize("seed", SEEDS)
def test_the_penalty_in_every_step_is_what_autograd_makes_of_it(decay, trials, call, seed):
    """The gradient of L + l2 ||theta||^2 goes into torch's optimisers; decay is taken from theta apart."""
    for name, optimizer in (("sgd_step", sgd), ("rmsprop_step", rmsprop), ("adam_step", adam)):
        for inputs in trials(name, seed):
            theta = tensor(inputs["theta"]).requires_grad_()
            (tensor(inputs["grad"]) @ theta + inputs["l2"] * (theta**2).sum()).backward()
            optimizer(theta, inputs).step()
            expected = theta.detach().numpy() - inputs["decay"] * inputs["theta"]

            answer = call(getattr(decay, name), inputs)

            moved = answer[0] if isinstance(answer, tuple) else answer
            assert np.allclose(moved, expected, rtol=1e-10, atol=1e-12), name


@pytest.mark.parametrize("seed", SEEDS)
def test_averages_and_moments_are_those_that_torch_continues(decay, trials, call, seed):
    for name, optimizer, kept in (
        ("rmsprop_step", rmsprop, ("square_avg",)), ("adam_step", adam, ("exp_avg", "exp_avg_sq"))
    ):  # fmt: skip
        for inputs in trials(name, seed):
            theta = tensor(inputs["theta"]).requires_grad_()
            theta.grad = tensor(inputs["grad"] + 2 * inputs["l2"] * inputs["theta"])
            made = optimizer(theta, inputs)
            made.step()

            _, *averages = call(getattr(decay, name), inputs)

            for key, average in zip(kept, averages, strict=True):
                assert np.allclose(average, made.state[theta][key].numpy(), rtol=1e-12)


def sgd(theta, inputs):
    return torch.optim.SGD([theta], lr=inputs["lr"])


def rmsprop(theta, inputs):
    made = torch.optim.RMSprop([theta], lr=inputs["lr"], alpha=inputs["rho"], eps=inputs["eps"])
    made.state[theta] = {"step": tensor(0.0), "square_avg": tensor(inputs["sq_avg"])}
    return made


def adam(theta, inputs):
    betas = inputs["beta1"], inputs["beta2"]
    made = torch.optim.Adam([theta], lr=inputs["lr"], betas=betas, eps=inputs["eps"])
    made.state[theta] = {
        "step": torch.tensor(float(inputs["t"] - 1)),
        "exp_avg": tensor(inputs["m"]),
        "exp_avg_sq": tensor(inputs["v"]),
    }
    return made


def test_the_penalty_is_the_weight_decay_of_torch_and_decay_that_of_adamw(decay):
    """Over twenty steps from the same start, with gradients that depend on theta."""
    target, lr, eps, l2, lam = tensor([1.0, -2.0, 0.3]), 0.05, 1e-12, 0.3, 0.02
    runs = {
        "sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW
    }  # fmt: skip
    for name, kind in runs.items():
        theta = torch.tensor([0.5, 0.5, -1.5], dtype=torch.float64, requires_grad=True)
        more = {} if name == "sgd" else {"eps": eps}
        made = kind([theta], lr=lr, weight_decay=lam / lr if name == "adamw" else 2 * l2, **more)
        ours, sq, m, v = theta.detach().numpy().copy(), np.zeros(3), np.zeros(3), np.zeros(3)
        for t in range(1, 21):
            made.zero_grad()
            ((theta - target) ** 4).sum().backward()
            made.step()
            grad = 4 * (ours - target.numpy()) ** 3
            if name == "sgd":
                ours = decay.sgd_step(ours, grad, lr, l2)
            elif name == "rmsprop":
                ours, sq = decay.rmsprop_step(ours, grad, sq, lr, 0.99, eps**2, l2)
            elif name == "adam":
                ours, m, v = decay.adam_step(ours, grad, m, v, t, lr, 0.9, 0.999, eps, l2)
            else:
                ours, m, v = decay.adam_step(ours, grad, m, v, t, lr, 0.9, 0.999, eps, decay=lam)

        assert np.allclose(ours, theta.detach().numpy(), rtol=1e-8), name


@pytest.mark.parametrize("seed", SEEDS)
def test_fifty_steps_of_decay_are_fifty_steps_with_the_penalty(decay, trials, call, seed):
    for inputs in trials("equivalent_weight_decay", seed):
        lr, gamma = 0.1 * inputs["lr"], inputs["gamma"]  # short steps, which do not diverge
        own = decay.equivalent_weight_decay(lr, gamma)
        penalised = decayed = halved = np.array([2.0, -1.0])
        for _ in range(50):
            penalised = decay.sgd_step(penalised, np.sin(penalised), lr, l2=gamma)
            decayed = decay.sgd_step(decayed, np.sin(decayed), lr, decay=own)
            halved = decay.sgd_step(halved, np.sin(halved), lr, decay=own / 2)

        assert np.allclose(decayed, penalised, rtol=1e-12, atol=1e-12)
        assert not np.allclose(halved, penalised, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_only_gradient_descent_needs_the_same_decay_for_all_weights(decay, trials, call, seed):
    """The decay that would do what the penalty does, for every weight by itself."""
    needed = {"sgd_step": [], "rmsprop_step": [], "adam_step": []}
    for name, spreads in needed.items():
        for inputs in trials(name, seed):
            if inputs["l2"]:
                plain, penalised = (
                    call(getattr(decay, name), inputs | {"l2": l2, "decay": 0.0}) for l2 in (0.0, inputs["l2"])
                )
                if isinstance(plain, tuple):
                    plain, penalised = plain[0], penalised[0]
                spreads.append(np.ptp((plain - penalised) / inputs["theta"]))

    for optimizer in ("sgd", "rmsprop", "adam"):
        assert decay.is_equivalent(optimizer) == (max(needed[f"{optimizer}_step"]) < 1e-9)
    with pytest.raises(ValueError, match="unknown optimizer"):
        decay.is_equivalent("adagrad")


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_of_steps_cover_penalty_and_decay_with_and_without_each_other(trials, seed):
    for name in ("sgd_step", "rmsprop_step", "adam_step"):
        planned = trials(name, seed)

        assert {(inputs["l2"] > 0, inputs["decay"] > 0) for inputs in planned} == {
            (a, b) for a in (True, False) for b in (True, False)
        }
        assert {len(inputs["theta"]) for inputs in planned} == {2, 4, 6}
        for inputs in planned:
            assert np.all((np.abs(inputs["grad"]) >= 0.19) & (np.abs(inputs["grad"]) <= 2.01))
            assert inputs.get("eps", 0) <= 1e-10  # so that it does not matter where it stands
    assert {inputs["t"] for inputs in trials("adam_step", seed)} >= {1, 2, 5}
    assert any(not np.any(inputs["sq_avg"]) for inputs in trials("rmsprop_step", seed))


# ---- 1.2a: the ellipse ----


def test_the_conic_is_what_sympy_multiplies_out(decay):
    x, y = (np.array(values) / 8 for values in ([3, -7, 20, 1], [-5, 11, 2, 9]))
    b0, b1 = sympy.symbols("b0 b1")
    pairs = [(sympy.Rational(int(8 * a), 8), sympy.Rational(int(8 * b), 8)) for a, b in zip(x, y, strict=True)]
    error = sympy.Poly(sympy.expand(sum((b - b0 - b1 * a) ** 2 for a, b in pairs) / 2), b0, b1)
    monomials = (b0**2, b0 * b1, b1**2, b0, b1, 1)

    assert decay.sse_conic(x, y).tolist() == [float(error.coeff_monomial(one)) for one in monomials]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_conic_is_the_squared_error_at_any_parameters(decay, trials, call, seed):
    rng = np.random.default_rng(seed)
    for inputs in trials("sse_conic", seed):
        A, B, C, D, E, F = call(decay.sse_conic, inputs)
        for b0, b1 in rng.normal(size=(5, 2)):
            value = A * b0**2 + B * b0 * b1 + C * b1**2 + D * b0 + E * b1 + F

            assert value == pytest.approx(decay.half_squared_error([b0, b1], inputs["x"], inputs["y"]), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ellipse_needs_a_positive_definite_matrix(decay, trials, seed):
    """det X^T X = N sum (x - mean)^2, in exact arithmetic."""
    seen = set()
    for inputs in trials("is_ellipse", seed):
        exact = [sympy.Rational(value) for value in inputs["x"]]
        design = sympy.Matrix([[1, value] for value in exact])
        determinant, mean = (design.T * design).det(), sum(exact) / len(exact)

        assert determinant == len(exact) * sum((value - mean) ** 2 for value in exact)
        assert decay.is_ellipse(inputs["x"]) == (determinant > 0)
        seen.add((min(len(exact), 2), len(set(exact)) > 1, bool(np.any(inputs["x"]))))
    assert seen >= {(1, False, True), (2, False, True), (2, False, False), (2, True, True)}


def test_points_at_one_x_have_parallel_lines_for_level_sets(decay):
    x, y = np.full(3, 2.0), np.array([1.0, 2.0, 4.0])

    assert not decay.is_ellipse(x)
    for step in (0.5, 3.0):
        assert decay.half_squared_error([1.0 - 2 * step, step], x, y) == decay.half_squared_error([1.0, 0.0], x, y)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ellipse_is_what_a_walk_around_the_centre_finds(decay, trials, call, seed):
    """In every direction the distance to the level by itself, from the squared error at three points."""
    for inputs in trials("level_set_ellipse", seed):
        x, y, level = inputs["x"], inputs["y"], inputs["level"]
        slope, intercept = np.polyfit(x, y, 1)
        center, semi_axes, directions = call(decay.level_set_ellipse, inputs)

        assert np.allclose(center, [intercept, slope], rtol=1e-8, atol=1e-10)
        least = decay.half_squared_error(center, x, y)
        angles = np.linspace(0, np.pi, 3601)
        rays = np.stack([np.cos(angles), np.sin(angles)])
        b0, b1 = center[:, None] + rays
        curvatures = np.sum((y[:, None] - b0 - b1 * x[:, None]) ** 2, axis=0) / 2 - least
        radii = np.sqrt((level - least) / curvatures)
        assert [radii.max(), radii.min()] == pytest.approx(list(semi_axes), rel=1e-4)
        assert abs(rays[:, radii.argmax()] @ directions[:, 0]) == pytest.approx(1, abs=1e-4)
        assert abs(rays[:, radii.argmin()] @ directions[:, 1]) == pytest.approx(1, abs=1e-4)
        above = level - least
        assert 0.5 - 1e-5 <= above <= 5 + 1e-5


# ---- 1.2b: shrinkage ----


@pytest.mark.parametrize("seed", SEEDS)
def test_shrinkage_minimises_the_penalised_error(decay, trials, call, seed):
    """Each coefficient by a search of its own: with orthonormal columns the objective is a sum over them."""
    for name, penalty in (("lasso_orthonormal", np.abs), ("ridge_orthonormal", np.square)):
        for inputs in trials(name, seed):
            z, lam = inputs["z"], inputs["lam"]
            size = np.max(np.abs(z))
            for zj, bj in zip(z, call(getattr(decay, name), inputs), strict=True):

                def objective(b, zj=zj, lam=lam, penalty=penalty):
                    return (zj - b) ** 2 / 2 + lam * penalty(b)

                found = scipy.optimize.minimize_scalar(objective, bounds=(-size, size), method="bounded").x

                assert bj == pytest.approx(found, abs=1e-4 * size)
                assert objective(bj) <= objective(found) * (1 + 1e-9) + 1e-12


def test_for_orthonormal_columns_the_regression_depends_on_z_alone(decay):
    rng = np.random.default_rng(0)
    X, _ = np.linalg.qr(rng.normal(size=(9, 3)))
    y, lam = rng.normal(size=9), 0.3
    ridge = decay.ridge_orthonormal(X.T @ y, lam)
    lasso = decay.lasso_orthonormal(X.T @ y, lam)

    assert np.allclose(ridge, np.linalg.solve(X.T @ X + 2 * lam * np.eye(3), X.T @ y))
    least = np.sum((y - X @ lasso) ** 2) / 2 + lam * np.abs(lasso).sum()
    for move in rng.normal(size=(200, 3)) * 0.1:
        assert least <= np.sum((y - X @ (lasso + move)) ** 2) / 2 + lam * np.abs(lasso + move).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_projections_lie_on_both_sides_of_their_penalty(trials, seed):
    planned = trials("lasso_orthonormal", seed)
    small = [np.abs(inputs["z"]) <= inputs["lam"] for inputs in planned]

    assert any(np.all(own) for own in small) and any(not np.any(own) for own in small)
    assert any(0 < np.mean(own) < 1 for own in small)
    assert any(inputs["lam"] == 0 for inputs in planned)


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_survive_single_precision(trials, seed):
    for name in ("sgd_step", "adam_step", "sse_conic", "level_set_ellipse", "lasso_orthonormal", "ridge_orthonormal"):
        for inputs in trials(name, seed):
            for key, value in inputs.items():
                assert key == "eps" or np.array_equal(single(value), value), (name, key)
