"""Problem 1: weight decay beside L2 regularisation; the ellipses of least squares; which penalty is sparse.

One step of weight decay is theta <- theta - (step of the optimiser) - lambda theta, with lambda not multiplied by the
learning rate. The L2 penalty is gamma ||theta||^2, without a factor 1/2. In code, `decay` is lambda and `l2` is gamma.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

Floats = NDArray[np.float64]

SGD, RMSPROP, ADAM = "sgd", "rmsprop", "adam"
# So small that no digit tells whether it is added inside or outside of the root.
EPS = 1e-16


# ---- 1.1: weight decay and L2 regularisation ----


def equivalent_weight_decay(lr: float, gamma: float) -> float:
    """The decay with which gradient descent takes the same steps as with the penalty gamma ||theta||^2.

    Shapes
        Numbers  ->  a number.
    Units
        None: the share of theta that is lost in one step.
    Source
        The gradient of the penalty is 2 gamma theta. Decoupled Weight Decay Regularization, arXiv:1711.05101 (2017).

    >>> equivalent_weight_decay(0.25, 0.5)
    0.25
    """
    return 2 * lr * gamma


def is_equivalent(optimizer: str) -> bool:
    """Whether one decay, the same for all weights and steps, does for this optimiser what the penalty does.

    RMSprop and Adam divide the gradient, and the penalty in it, by a number for each weight.

    Shapes
        'sgd', 'rmsprop' or 'adam'  ->  a truth value.
    Errors
        ValueError for any other name.
    Source
        As `equivalent_weight_decay`, propositions 1 and 2.

    >>> is_equivalent("sgd"), is_equivalent("adam")
    (True, False)
    """
    if optimizer not in (SGD, RMSPROP, ADAM):
        raise ValueError(f"unknown optimizer '{optimizer}'")
    return optimizer == SGD


def sgd_step(theta: Floats, grad: Floats, lr: float, l2: float = 0.0, decay: float = 0.0) -> Floats:
    """The weights after one step of gradient descent on L + l2 ||theta||^2, with weight decay.

    Shapes
        theta and grad, the gradient of L alone, (n,)  ->  (n,).
    Units
        Those of theta.
    Numerics
        The decay acts on theta before the step.
    Source
        As `equivalent_weight_decay`.

    >>> sgd_step(np.array([2.0]), np.array([3.0]), 0.5, 0.25, 0.125).tolist()
    [-0.25]
    """
    return theta - lr * (grad + 2 * l2 * theta) - decay * theta


def rmsprop_step(
    theta: Floats, grad: Floats, sq_avg: Floats, lr: float, rho: float, eps: float, l2: float = 0.0, decay: float = 0.0
) -> tuple[Floats, Floats]:
    """The weights and the running average of squares after one step of RMSprop on L + l2 ||theta||^2, with decay.

    The penalty enters the gradient, and so the average; the average is updated before the step.

    Shapes
        theta, grad, sq_avg (n,)  ->  theta (n,), sq_avg (n,).
    Units
        Those of theta, and those of grad squared.
    Numerics
        eps stands inside of the root; with inputs like those here nobody can tell.
    Source
        Generating Sequences With Recurrent Neural Networks, arXiv:1308.0850 (2013), section 4.2, without the centring.

    >>> theta, sq_avg = rmsprop_step(np.array([1.0]), np.array([2.0]), np.array([4.0]), 0.5, 0.75, 0.0)
    >>> theta.tolist(), sq_avg.tolist()
    ([0.5], [4.0])
    """
    g = grad + 2 * l2 * theta
    sq_avg = rho * sq_avg + (1 - rho) * g**2
    return theta - lr * g / np.sqrt(sq_avg + eps) - decay * theta, sq_avg


def adam_step(
    theta: Floats,
    grad: Floats,
    m: Floats,
    v: Floats,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    l2: float = 0.0,
    decay: float = 0.0,
) -> tuple[Floats, Floats, Floats]:
    """The weights and both moments after step t = 1, 2, ... of Adam on L + l2 ||theta||^2, with decay.

    Shapes
        theta, grad, m, v (n,)  ->  theta, m, v (n,); the moments are returned without the correction of their start.
    Units
        Those of theta, of grad, and of grad squared.
    Source
        Adam: A Method for Stochastic Optimization, arXiv:1412.6980 (2014), algorithm 1; with `decay` alone it is AdamW.

    >>> theta, m, v = adam_step(np.array([1.0]), np.array([2.0]), np.zeros(1), np.zeros(1), 1, 0.5, 0.5, 0.75, 0.0)
    >>> theta.tolist(), m.tolist(), v.tolist()
    ([0.5], [1.0], [1.0])
    """
    g = grad + 2 * l2 * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - step - decay * theta, m, v


# ---- 1.2a: the squared error is an ellipse ----


def sse_conic(x: Floats, y: Floats) -> Floats:
    """The coefficients A ... F of 1/2 sum (y_i - b0 - b1 x_i)^2 = A b0^2 + B b0 b1 + C b1^2 + D b0 + E b1 + F.

    Shapes
        x, y (N,)  ->  (6,).
    Units
        Those that make every term one of y squared.
    Source
        The square, multiplied out.

    >>> sse_conic(np.array([0.0, 2.0]), np.array([1.0, 3.0])).tolist()
    [1.0, 2.0, 2.0, -4.0, -6.0, 5.0]
    """
    n = float(len(x))
    return np.array([n / 2, x.sum(), (x @ x) / 2, -y.sum(), -(x @ y), (y @ y) / 2])


def is_ellipse(x: Floats) -> bool:
    """Whether the level sets of the squared error above its minimum are ellipses: two of the x_i differ.

    Shapes
        x (N,), N >= 1  ->  a truth value.
    Numerics
        Compares the points themselves: det X^T X = N sum (x_i - mean)^2 is zero up to rounding only.
    Source
        X^T X is positive definite when the columns of X are independent.

    >>> is_ellipse(np.array([2.0, 2.0])), is_ellipse(np.array([0.0, 0.0, 1.0]))
    (False, True)
    """
    return bool(np.any(x != x[0]))


def level_set_ellipse(x: Floats, y: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """The ellipse of all (b0, b1) with 1/2 sum (y_i - b0 - b1 x_i)^2 = level.

    Shapes
        x, y (N,)  ->  center (2,); semi_axes (2,), the longest first; directions (2, 2), column i for semi_axes[i].
    Units
        Those of (b0, b1); directions are of length 1, their signs are free.
    Errors
        None is raised for a level below the minimum: the semi-axes are then nan.
    Numerics
        From eigenvectors: a circle has no directions of its own, and near one they mean little.
    Source
        With H = X^T X the error is 1/2 (b - center)^T H (b - center) + its minimum.

    >>> center, semi_axes, directions = level_set_ellipse(np.array([-1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0]), 3.0)
    >>> center.round(12).tolist(), (semi_axes**2).round(12).tolist(), np.abs(directions).round(12).tolist()
    ([1.0, 0.0], [3.0, 2.0], [[0.0, 1.0], [1.0, 0.0]])
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    center = np.linalg.solve(design.T @ design, design.T @ y)
    above = level - half_squared_error(center, x, y)
    eigenvalues, directions = np.linalg.eigh(design.T @ design)  # ascending, so that the longest axis comes first
    return center, np.sqrt(2 * above / eigenvalues), directions


def half_squared_error(b: Floats, x: Floats, y: Floats) -> Any:
    """1/2 sum (y_i - b0 - b1 x_i)^2, for b (2,)."""
    return np.sum((y - b[0] - b[1] * x) ** 2) / 2


# ---- 1.2b: which penalty is sparse ----


def lasso_orthonormal(z: Floats, lam: float) -> Floats:
    """The minimiser of 1/2 ||y - X b||^2 + lam sum |b_j|, for X with orthonormal columns and z = X^T y.

    Shapes
        z (p,), lam >= 0  ->  (p,).
    Units
        Those of z.
    Source
        The Elements of Statistical Learning (2009), table 3.4.

    >>> lasso_orthonormal(np.array([3.0, -0.5, -2.0]), 1.0).tolist()
    [2.0, -0.0, -1.0]
    """
    return np.sign(z) * np.maximum(np.abs(z) - lam, 0)


def ridge_orthonormal(z: Floats, lam: float) -> Floats:
    """The minimiser of 1/2 ||y - X b||^2 + lam sum b_j^2, for X with orthonormal columns and z = X^T y.

    Shapes
        z (p,), lam >= 0  ->  (p,).
    Units
        Those of z.
    Source
        As `lasso_orthonormal`; the penalty has no 1/2 here.

    >>> ridge_orthonormal(np.array([3.0, -1.5]), 1.0).tolist()
    [1.0, -0.5]
    """
    return z / (1 + 2 * lam)


# ---- inputs ----


def decay_inputs(draw: Draw) -> dict[str, Any]:
    """A learning rate and the weight of a penalty."""
    return {"lr": draw.uniform(0.01, 0.5), "gamma": draw.uniform(0.05, 2.0)}


def optimizer_name(draw: Draw, optimizer: str) -> dict[str, Any]:
    """The name of an optimiser."""
    return {"optimizer": optimizer}


def step_inputs(draw: Draw, n: int, l2: str, decay: str) -> dict[str, Any]:
    """Weights and a gradient, with and without a penalty and decay.

    Redrawn where the gradient with its penalty is small: a step divided by its size would hang on its sign.
    """
    for _ in range(1000):
        inputs = {
            "theta": draw.signed_uniform(0.2, 2.0, n),
            "grad": draw.signed_uniform(0.2, 2.0, n),
            "lr": draw.uniform(0.03, 0.15),
            "l2": draw.uniform(0.1, 0.8) if l2 == "on" else 0.0,
            "decay": draw.uniform(0.02, 0.2) if decay == "on" else 0.0,
        }
        if np.min(np.abs(inputs["grad"] + 2 * inputs["l2"] * inputs["theta"])) >= 0.2:
            return inputs
    raise RuntimeError(f"no gradient of {n} entries is clear of zero")


def rmsprop_inputs(draw: Draw, n: int, l2: str, decay: str, average: str = "running") -> dict[str, Any]:
    """The inputs of a step, and a running average of squares, which starts at zero."""
    sq_avg = draw.uniform(0.1, 2.0, n) if average == "running" else np.zeros(n)
    return step_inputs(draw, n, l2, decay) | {"sq_avg": sq_avg, "rho": draw.uniform(0.8, 0.95), "eps": EPS}


def adam_inputs(draw: Draw, n: int, l2: str, decay: str, t: int) -> dict[str, Any]:
    """The inputs of step t, and moments, which are zero before the first step."""
    first = t == 1
    return step_inputs(draw, n, l2, decay) | {
        "m": np.zeros(n) if first else draw.signed_uniform(0.1, 1.0, n),
        "v": np.zeros(n) if first else draw.uniform(0.1, 2.0, n),
        "t": t,
        "beta1": draw.uniform(0.8, 0.95),
        "beta2": draw.uniform(0.97, 0.995),
        "eps": EPS,
    }


def points(draw: Draw, n: int) -> dict[str, Any]:
    """Points of which no line through the origin, nor a vertical one, is a good fit."""
    for _ in range(1000):
        x, y = draw.normal(n), draw.normal(n)
        shifts = draw.signed_uniform(0.5, 1.5, 2) * np.maximum([x.std(), y.std()], 1e-6)
        inputs = {"x": single(x + shifts[0]), "y": single(y + shifts[1])}
        if _is_well_spread(inputs["x"]) and inputs["y"].std() >= 0.2 * np.max(np.abs(inputs["y"])):
            return inputs
    raise RuntimeError(f"no {n} points are well spread in the regime {draw.regime!r}")


def _is_well_spread(x: Floats) -> bool:
    return bool(x.std() >= 0.3 * np.max(np.abs(x)) > 0)


def points_and_level(draw: Draw, n: int) -> dict[str, Any]:
    """Points, and a level above the least squared error; redrawn where the ellipse is nearly a circle or a stripe."""
    for _ in range(1000):
        inputs = points(draw, n)
        x, y = inputs["x"], inputs["y"]
        design = np.stack([np.ones(n), x], axis=1)
        least, most = np.linalg.eigvalsh(design.T @ design)
        center = np.linalg.solve(design.T @ design, design.T @ y)
        if 2 <= most / least <= 100:
            above = draw.uniform(0.5, 5.0)
            return inputs | {"level": float(single(half_squared_error(center, x, y) + above))}
    raise RuntimeError(f"no {n} points have an ellipse with clear axes")


def abscissae(draw: Draw, kind: str) -> dict[str, Any]:
    """Points on a line: apart, all the same, only one.

    What is the same is a power of two, so that determinants and eigenvalues are exactly zero where they should be.
    """
    n, same = draw.ints(2, 7), draw.choice([-2.0, -0.5, 0.5, 2.0])
    match kind:
        case "one":
            return {"x": np.array([same])}
        case "zeros":
            return {"x": np.zeros(n)}
        case "same":
            return {"x": np.full(n, same)}
        case "two":
            return {"x": np.array([same, same + draw.choice([-1.0, 2.0])])}
        case "one_apart":
            return {"x": np.array([0.0] * n + [1.0])}
        case _:
            return {"x": points(draw, n + 1)["x"]}


def projections(draw: Draw, p: int, lam: str = "among") -> dict[str, Any]:
    """z and a penalty: among the |z_j|, above all of them, or zero. No |z_j| is nearly the penalty."""
    for _ in range(1000):
        z = draw.normal(p)
        sizes = np.sort(np.abs(z))
        size = {"zero": 0.0, "above": 1.25 * sizes[-1], "among": float(np.mean(sizes))}[lam]
        penalty = float(single(size * draw.uniform(0.8, 1.2) if size else 0.0))
        clear = np.min(np.abs(sizes - penalty)) > 1e-2 * sizes[-1] > 0
        some = lam != "among" or sizes[0] < penalty < sizes[-1]
        if (clear or lam == "zero") and some and sizes[0] > 1e-3 * sizes[-1]:
            return {"z": z, "lam": penalty}
    raise RuntimeError(f"no {p} projections are clear of their penalty in the regime {draw.regime!r}")


def ridge_inputs(draw: Draw, p: int, lam: str = "some") -> dict[str, Any]:
    """z and a penalty, some or none."""
    z = draw.normal(p)
    return {"z": z, "lam": 0.0 if lam == "zero" else draw.uniform(0.1, 0.45) * draw.choice([1.0, 4.0])}


# ---- properties ----


def descent_with_it_is_descent_with_the_penalty(
    equivalent_weight_decay: Callable[..., float], lr: float, gamma: float
) -> None:
    """Fifty steps with your decay lead elsewhere than fifty steps with the penalty."""
    decay = equivalent_weight_decay(lr, gamma)
    assert abs(decay) <= 1e3, "in one step of decay no weight should grow a thousandfold"
    penalised = decayed = np.array([1.0, -2.0, 0.5])
    slopes = np.array([0.3, 0.1, 0.7])
    for _ in range(50):
        penalised = sgd_step(penalised, slopes * (penalised - 1), lr, l2=gamma)
        decayed = sgd_step(decayed, slopes * (decayed - 1), lr, decay=decay)
        # Compared before rounding can grow, where the steps are so long that they diverge.
        assert np.allclose(decayed, penalised, rtol=1e-3, atol=1e-3 * np.max(np.abs(penalised))), (
            "fifty steps with your decay lead elsewhere than fifty steps with the penalty"
        )


def its_quadratic_part_is_positive(sse_conic: Callable[..., Floats], x: Floats, y: Floats) -> None:
    """The level sets are ellipses, so the discriminant of the quadratic part must be negative."""
    A, B, C, *_ = sse_conic(x, y)
    assert A > 0 and B**2 < 4 * A * C, (
        "the level sets are ellipses when two x_i differ, but those of your coefficients are not"
    )


def points_of_the_ellipse_are_on_the_level(
    level_set_ellipse: Callable[..., Any], x: Floats, y: Floats, level: float
) -> None:
    """Every point of the ellipse has the squared error that was asked for."""
    center, semi_axes, directions = level_set_ellipse(x, y, level)
    assert np.all(semi_axes > 0) and semi_axes[0] >= semi_axes[1], "the semi-axes are lengths, the longest comes first"
    for angle in np.linspace(0, 2 * np.pi, 7):
        point = center + directions @ (semi_axes * [np.cos(angle), np.sin(angle)])
        assert abs(half_squared_error(point, x, y) - level) <= 1e-3 * level, (
            "center + directions (semi_axes (cos, sin)) runs through points whose squared error is not `level`"
        )


def small_projections_become_exactly_zero(lasso_orthonormal: Callable[..., Floats], z: Floats, lam: float) -> None:
    """Coefficients with |z_j| <= lam are zero, exactly; the others are not."""
    b = lasso_orthonormal(z, lam)
    assert np.all(b[np.abs(z) <= lam] == 0), "some |z_j| are at most lam, and their coefficients are not exactly zero"
    assert np.all(b[np.abs(z) > lam] != 0), "some |z_j| are more than lam, and their coefficients are zero all the same"


def no_other_coefficients_cost_less(lasso_orthonormal: Callable[..., Floats], z: Floats, lam: float) -> None:
    """The objective is least at the answer."""
    b = lasso_orthonormal(z, lam)
    moves = 0.05 * np.max(np.abs(z)) * np.concatenate([np.eye(len(z)), -np.eye(len(z))])
    least = min(_lasso_cost(b + move, z, lam) for move in moves)
    assert _lasso_cost(b, z, lam) <= least, "a small step along one of the axes makes the objective less"


def _lasso_cost(b: Floats, z: Floats, lam: float) -> Any:
    return np.sum((z - b) ** 2) / 2 + lam * np.sum(np.abs(b))


def no_projection_becomes_zero(ridge_orthonormal: Callable[..., Floats], z: Floats, lam: float) -> None:
    """The quadratic penalty shrinks every coefficient and makes none of them zero."""
    assert np.all(ridge_orthonormal(z, lam)[z != 0] != 0), "the quadratic penalty makes no coefficient zero"
