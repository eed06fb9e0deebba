"""Problem 5, dropout with Gaussian factors: the gradient it gives, on average, and the penalty it stands for."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.draw import Draw, single

from .callables import redrawn

Floats = NDArray[np.float64]
Function = Callable[..., Any]


# ---- (a) the gradient under noise ----


def noisy_objective(w: Floats, x: Floats, y_d: float, delta: Floats) -> float:
    """J1 = 1/2 (y_d - sum_k delta_k w_k x_k)^2.

    >>> noisy_objective(np.array([1.0]), np.array([2.0]), 5.0, np.array([0.5]))
    8.0
    """
    return float((y_d - np.sum(delta * w * x)) ** 2 / 2)


def sample_gradient(w: Floats, x: Floats, y_d: float, delta: Floats) -> Floats:
    """dJ1/dw_i = -(y_d - sum_k delta_k w_k x_k) delta_i x_i, for one draw of the factors.

    Shapes
        w, x, delta (n,)  ->  (n,).
    Units
        Those of y_d^2 over those of w.
    Source
        The chain rule.

    >>> sample_gradient(np.array([1.0]), np.array([2.0]), 5.0, np.array([0.5])).tolist()
    [-4.0]
    """
    return -(y_d - np.sum(delta * w * x)) * delta * x


def noise_second_moment(n: int, sigma: float) -> Floats:
    """E[delta_k delta_i] of independent factors of mean 1 and standard deviation sigma.

    Shapes
        (n, n): 1 + sigma^2 on the diagonal, 1 elsewhere.
    Units
        None.
    Source
        E[delta_k delta_i] = E[delta_k] E[delta_i] for k != i; only mean, variance and independence are used.

    >>> noise_second_moment(2, 0.5).tolist()
    [[1.25, 1.0], [1.0, 1.25]]
    """
    return np.ones((n, n)) + sigma**2 * np.eye(n)


def expected_gradient(w: Floats, x: Floats, y_d: float, sigma: float) -> Floats:
    """E[dJ1/dw_i] = (sum_k w_k x_k - y_d) x_i + sigma^2 x_i^2 w_i.

    Shapes
        w, x (n,); sigma the standard deviation of the factors  ->  (n,).
    Units
        Those of y_d^2 over those of w.
    Source
        Expand `sample_gradient` and put the second moments in.

    >>> expected_gradient(np.array([1.0]), np.array([2.0]), 5.0, 0.5).tolist()
    [-5.0]
    """
    return (np.sum(w * x) - y_d) * x + sigma**2 * x**2 * w


def monte_carlo_gradient(
    rng: np.random.Generator, w: Floats, x: Floats, y_d: float, sigma: float, n_samples: int
) -> Floats:
    """The average of `sample_gradient` over n_samples independent draws of the factors.

    Shapes
        w, x (n,), n_samples >= 1  ->  (n,).
    Units
        Those of y_d^2 over those of w.
    Source
        The law of large numbers: its mean is `expected_gradient`.

    >>> monte_carlo_gradient(np.random.default_rng(0), np.array([1.0]), np.array([2.0]), 5.0, 0.0, 3).tolist()
    [-6.0]
    """
    delta = 1.0 + sigma * rng.standard_normal((n_samples, len(w)))
    errors = y_d - delta @ (w * x)
    return np.mean(-errors[:, None] * delta * x, axis=0)


def regression_inputs(draw: Draw, n: int, w: str = "some", x: str = "some", sigma: str = "some") -> dict[str, Any]:
    """A point, its target and a draw of the factors. The weights, one input or sigma may be 0 (`zero`).

    Redrawn until the error, and what the noise adds to the gradient, both show.
    """

    def make() -> dict[str, Any]:
        weights = np.zeros(n) if w == "zero" else np.asarray(draw.normal(n))
        inputs = np.array(draw.signed_uniform(0.4, 1.8, n))
        if x == "zero":
            inputs[-1] = 0.0
        return {
            "w": weights,
            "x": inputs,
            "y_d": draw.signed_uniform(0.4, 2.0),
            "sigma": 0.0 if sigma == "zero" else draw.uniform(0.3, 1.8),
            "delta": single(1.0 + 0.8 * draw.generator.standard_normal(n)),
        }

    def good(inputs: dict[str, Any]) -> bool:
        special = w == "zero" or x == "zero" or sigma == "zero"
        return special or _telling(inputs)

    return redrawn(make, good)


def _telling(inputs: dict[str, Any]) -> bool:
    w, x, y_d, sigma, delta = (inputs[name] for name in ("w", "x", "y_d", "sigma", "delta"))
    noisy, quiet = y_d - np.sum(delta * w * x), y_d - np.sum(w * x)
    size = abs(y_d) + float(np.sum(np.abs(w * x)))
    extra = sigma**2 * x**2 * w
    clear = min(abs(noisy), abs(quiet)) >= 0.1 * size and np.min(np.abs(delta)) >= 0.05
    # The extra term of at least one weight is no small share of its gradient, and sigma is not sigma^2.
    shown = np.max(np.abs(extra)) >= 0.1 * np.max(np.abs(quiet * x + extra))
    whole = np.max(np.abs(expected_gradient(w, x, y_d, sigma))) >= 0.1 * np.max(np.abs(quiet * x))
    return bool(clear and shown and whole and abs(sigma - 1) >= 0.1)


def moment_inputs(draw: Draw, n: int, sigma: str = "some") -> dict[str, Any]:
    """A number of factors and their standard deviation, which is not its own square, or 0."""
    low, high = draw.uniform(0.3, 0.85), draw.uniform(1.15, 2.0)
    return {"n": n, "sigma": 0.0 if sigma == "zero" else draw.choice([low, high])}


def average_inputs(draw: Draw, n: int, sigma: float, n_samples: int) -> dict[str, Any]:
    """A generator, a point with its target, the noise, and how many gradients are averaged."""
    inputs = redrawn(
        lambda: {
            "w": draw.signed_uniform(0.5, 1.5, n),
            "x": draw.signed_uniform(0.6, 1.5, n),
            "y_d": draw.signed_uniform(0.5, 2.0),
        },
        lambda inputs: abs(inputs["y_d"] - np.sum(inputs["w"] * inputs["x"])) >= 0.5,
    )
    return {"rng": draw.rng()} | inputs | {"sigma": sigma, "n_samples": n_samples}


def gradient_is_the_quadrature_of_the_samples(
    expected_gradient: Function, w: Floats, x: Floats, y_d: float, sigma: float
) -> None:
    """The expectation is that of the sample gradient, exactly: by three Gauss-Hermite nodes for delta_i, in which entry
    i is of degree 2, and by their mean for the other factors, in which it is linear."""
    found = np.asarray(expected_gradient(w, x, y_d, sigma))
    exact = np.zeros(len(w))
    nodes, masses = np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)]), np.array([1.0, 4.0, 1.0]) / 6.0
    for i in range(len(w)):
        for node, mass in zip(nodes, masses, strict=True):
            delta = np.ones(len(w))
            delta[i] += sigma * node
            exact[i] += mass * sample_gradient(w, x, y_d, delta)[i]
    size = (abs(y_d) + float(np.sum(np.abs(w * x)))) * float(np.max(np.abs(x))) * (1 + sigma**2)
    assert np.max(np.abs(found - exact)) <= 1e-4 * size, (
        "your expectation is not the mean of the gradients of (a): average sample_gradient over many draws of the noise"
    )


def averages_of_gradients(
    draws: Floats, w: Floats, x: Floats, y_d: float, sigma: float, n_samples: int
) -> Iterator[Any]:
    """The law of the averages: the mean of (a), the variance of n_samples independent gradients."""
    from grader.laws import Claim, moments

    mean = expected_gradient(w, x, y_d, sigma)
    if sigma == 0:
        assert np.allclose(draws, mean, rtol=1e-5, atol=1e-5), "without noise, every sample is the gradient of J0"
        yield Claim(1.0, "Without noise there is nothing to draw.")
        return
    variance = gradient_variance(w, x, y_d, sigma) / n_samples
    # That of an average is closer to 3, as normal numbers have it.
    kurtosis = 3 + (gradient_kurtosis(w, x, y_d, sigma) - 3) / n_samples
    for i in range(len(w)):
        yield from moments(draws[:, i], mean[i], variance[i], kurtosis[i], f"the averages of entry {i}")


def gradient_variance(w: Floats, x: Floats, y_d: float, sigma: float) -> Floats:
    """The variance of each entry of `sample_gradient` over independent normal factors: (n,).

    >>> gradient_variance(np.array([0.0]), np.array([2.0]), 5.0, 0.5).tolist()
    [25.0]
    """
    c = w * x
    error, others = y_d - np.sum(c), np.sum(c**2) - c**2
    return x**2 * (sigma**2 * ((error - c) ** 2 + others) + sigma**4 * (2 * c**2 + others))


def gradient_kurtosis(w: Floats, x: Floats, y_d: float, sigma: float) -> Floats:
    """The kurtosis of each entry of `sample_gradient` over independent normal factors: (n,).

    Entry i depends on delta_i, in which it is of degree 2, and on the sum of the others' terms, which is normal: five
    nodes each integrate its fourth power exactly.

    >>> gradient_kurtosis(np.array([0.0]), np.array([2.0]), 5.0, 0.5).round(12).tolist()  # 5 delta_i, which is normal
    [3.0]
    """
    nodes, masses = np.polynomial.hermite_e.hermegauss(5)
    masses = np.outer(masses, masses) / np.sum(masses) ** 2
    c, kurtosis = w * x, []
    for i in range(len(w)):
        delta = (1 + sigma * nodes)[:, None]
        others = np.sum(c) - c[i] + sigma * np.sqrt(np.sum(c**2) - c[i] ** 2) * nodes
        gradient = -(y_d - c[i] * delta - others) * delta
        away = gradient - np.sum(masses * gradient)
        kurtosis.append(np.sum(masses * away**4) / np.sum(masses * away**2) ** 2)
    return np.array(kurtosis)


# ---- (b) the penalty ----


def dropout_regularizer(w: Floats, x: Floats, sigma: float) -> float:
    """The penalty R(w) = sigma^2/2 sum_k x_k^2 w_k^2, with R(0) = 0, whose gradient is what the noise adds.

    Shapes
        w, x (n,)  ->  a float >= 0.
    Units
        Those of y_d^2.
    Source
        Integrate sigma^2 x_i^2 w_i; Wager, Wang and Liang, Dropout Training as Adaptive Regularization (2013).

    >>> dropout_regularizer(np.array([1.0]), np.array([2.0]), 0.5)
    0.5
    """
    return float(sigma**2 * np.sum((x * w) ** 2) / 2)


def regularized_objective(w: Floats, x: Floats, y_d: float, sigma: float) -> float:
    """The objective without noise whose gradient is the expected one: 1/2 (y_d - w . x)^2 + R(w) = E[J1].

    Shapes
        w, x (n,)  ->  a float >= 0.
    Units
        Those of y_d^2.
    Source
        `dropout_regularizer`.

    >>> regularized_objective(np.array([1.0]), np.array([2.0]), 5.0, 0.5)
    5.0
    """
    return float((y_d - np.sum(w * x)) ** 2 / 2) + dropout_regularizer(w, x, sigma)


def penalty_has_the_extra_gradient(dropout_regularizer: Function, w: Floats, x: Floats, sigma: float) -> None:
    """The gradient of the penalty is what the noise adds to the expected gradient; there is none without weights."""
    extra = sigma**2 * x**2 * w
    size = float(np.max(np.abs(extra))) + sigma**2 * float(np.max(x**2))
    for i, direction in enumerate(np.eye(len(w))):
        # The penalty is a square, for which a wide step is exact: rounding stays small.
        h = 0.5
        ahead, behind = (dropout_regularizer(w + s * direction, x, sigma) for s in (h, -h))
        assert abs((ahead - behind) / (2 * h) - extra[i]) <= 1e-4 * size, (
            f"the slope of your penalty in w_{i} is not what the noise adds to the expected gradient of (a)"
        )
    assert abs(dropout_regularizer(0 * w, x, sigma)) <= 1e-5 * size, "with all weights 0 the noise does nothing"


def objective_has_the_expected_gradient(
    regularized_objective: Function, w: Floats, x: Floats, y_d: float, sigma: float
) -> None:
    """The gradient of the new objective is the expected gradient of (a)."""
    expected = expected_gradient(w, x, y_d, sigma)
    size = (abs(y_d) + float(np.sum(np.abs(w * x))) + 1.0) * float(np.max(np.abs(x))) * (1 + sigma**2)
    for i, direction in enumerate(np.eye(len(w))):
        h = 0.5  # exact for a square, as above
        ahead, behind = (regularized_objective(w + s * direction, x, y_d, sigma) for s in (h, -h))
        assert abs((ahead - behind) / (2 * h) - expected[i]) <= 1e-4 * size, (
            f"the slope of your objective in w_{i} is not the expected gradient of (a)"
        )
