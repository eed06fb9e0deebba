"""The misconceptions of parts that draw: each is recognised in draws with this mistake, and in no others."""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import homeworks
import msgspec
import numpy as np
import pytest

from grader.bench import Bench
from grader.feedback.misconceptions import recognised
from grader.model import Trial
from grader.rubric import Part
from grader.stand_in import StandIn

DRAWING = {(id, part.id): (problem, part) for id, problem, part in homeworks.every_part() if part.sampler}


# ---- cpen455_hw1 1.1: dropout(h, p, rng, training) ----


def keeping_with_probability_p(h, p, rng, training=True):
    return (rng.random(h.shape) < p) * h / p if training else h


def keeping_with_probability_p_rescaled_for_the_others(h, p, rng, training=True):
    return (rng.random(h.shape) < p) * h / (1 - p) if training else h


def not_rescaled(h, p, rng, training=True):
    return (rng.random(h.shape) >= p) * h if training else h


def rescaled_outside_of_training(h, p, rng, training=True):
    return rng.binomial(1, 1 - p, h.shape) * h if training else (1 - p) * h


def rescaled_by_the_drop_probability(h, p, rng, training=True):
    return (rng.random(h.shape) >= p) * h / p if training else h


def rescaled_downwards(h, p, rng, training=True):
    return (rng.random(h.shape) >= p) * h * (1 - p) if training else h


def outside_of_training_too(h, p, rng, training=True):
    return (rng.random(h.shape) >= p) * h / (1 - p)


def of_exactly_a_share(h, p, rng, training=True):
    if not training:
        return h
    order = rng.permutation(h.size)
    return (order >= round(p * h.size)).reshape(h.shape) * h / (1 - p)


def of_all_units_together(h, p, rng, training=True):
    return (rng.random() >= p) * h / (1 - p) if training else h


def of_the_same_units_in_every_row(h, p, rng, training=True):
    return (rng.random(h.shape[-1]) >= p) * h / (1 - p) if training else h


def of_a_fixed_seed(h, p, rng, training=True):
    return (np.random.default_rng(0).random(h.shape) >= p) * h / (1 - p) if training else h


# ---- cpen455_hw1 1.5: sample_kept_units(lam, p, size, rng) ----


def in_a_layer_of(rounded: Callable[[float], int]) -> Callable[..., Any]:
    return lambda lam, p, size, rng: rng.binomial(rounded(lam), 1 - p, size)


def as_a_share(rounded: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda lam, p, size, rng: rounded(rng.poisson(lam, size) * (1 - p))


def numbers_of_a_fixed_seed(lam, p, size, rng):
    return np.random.default_rng(1).poisson(lam * (1 - p), size)


# ---- cpen455_hw1 3.3: kaiming_init(dims, generator) ----


def weights(law: Callable[..., Any]) -> Callable[..., Any]:
    """`law(generator, fan_in, fan_out, shape)` draws those of one layer."""

    def kaiming_init(dims, generator):
        return [law(generator, m, n, (n, m)) for m, n in itertools.pairwise(dims)]

    return kaiming_init


def normal_weights(deviation: Callable[[int, int], float]) -> Callable[..., Any]:
    return weights(lambda generator, m, n, shape: generator.normal(0, deviation(m, n), shape))


def uniform_weights(low: Callable[[int], float], high: Callable[[int], float]) -> Callable[..., Any]:
    return weights(lambda generator, m, n, shape: generator.uniform(low(m), high(m), shape))


# ---- dl_hw2 3e: inverted_dropout_mask(rng, size, p) ----


def mask_of_a_share(rng, size, p=0.2):
    return (rng.permutation(size) >= round(p * size)) / (1 - p)


# ---- dl_hw2 5d: monte_carlo_gradient(rng, w, x, y_d, sigma, n_samples) ----


def averaged(w: Any, x: Any, y_d: float, delta: Any) -> Any:
    return np.mean(-(y_d - delta @ (w * x))[:, None] * delta * x, axis=0)


def noise(rng: Any, w: Any, deviation: float, n_samples: int, mean: float = 1.0) -> Any:
    return mean + deviation * rng.standard_normal((n_samples, len(w)))


def without_the_outer_factor(rng, w, x, y_d, sigma, n_samples):
    return np.mean(-(y_d - noise(rng, w, sigma, n_samples) @ (w * x))[:, None] * x, axis=0)


def with_one_factor_for_all_inputs(rng, w, x, y_d, sigma, n_samples):
    return averaged(w, x, y_d, noise(rng, w, sigma, n_samples)[:, :1] * np.ones(len(w)))


def expectation(rng, w, x, y_d, sigma, n_samples):
    c = w * x
    return -(y_d - np.sum(c)) * x + sigma**2 * x * c


# ---- dl_theory_2024 2.1: sample_scores(d_k, n_samples, generator, scaled) ----


def scores(
    components: Callable[[Any, tuple[int, int]], Any], size: Callable[[int, bool], float] | None = None
) -> Callable[..., Any]:
    def sample_scores(d_k, n_samples, generator, scaled=True):
        q, k = (components(generator, (n_samples, d_k)) for _ in range(2))
        by_default = math.sqrt(d_k) if scaled else 1.0
        return np.sum(q * k, axis=1) / (size(d_k, scaled) if size else by_default)

    return sample_scores


def normal(generator: Any, shape: tuple[int, int]) -> Any:
    return generator.standard_normal(shape)


def with_one_query(draws: Callable[..., Any]) -> Callable[..., Any]:
    def sample_scores(d_k, n_samples, generator, scaled=True):
        q, k = draws(generator, (1, d_k)), draws(generator, (n_samples, d_k))
        return np.sum(q * k, axis=1) / (math.sqrt(d_k) if scaled else 1.0)

    return sample_scores


def of_a_vector_with_itself(d_k, n_samples, generator, scaled=True):
    q = normal(generator, (n_samples, d_k))
    return np.sum(q * q, axis=1) / (math.sqrt(d_k) if scaled else 1.0)


# (homework, part, misconception) of wrong functions, or of several that have the same mistake.
MISTAKES = {
    ("cpen455_hw1", "1.1.dropout"): {
        "dropout_keeping_with_probability_p": [
            keeping_with_probability_p, keeping_with_probability_p_rescaled_for_the_others,
        ],
        "dropout_not_rescaled": [not_rescaled],
        "dropout_rescaled_outside_of_training": [rescaled_outside_of_training],
        "dropout_rescaled_by_the_drop_probability": [rescaled_by_the_drop_probability],
        "dropout_rescaled_downwards": [rescaled_downwards],
        "dropout_outside_of_training_too": [outside_of_training_too],
        "dropout_of_exactly_a_share": [of_exactly_a_share],
        "dropout_of_the_same_units_in_every_row": [of_the_same_units_in_every_row],
        "dropout_of_all_units_together": [of_all_units_together],
        "dropout_of_a_fixed_seed": [of_a_fixed_seed],
    },
    ("cpen455_hw1", "1.5.sample_kept_units"): {
        "kept_numbers_of_the_dropped": [lambda lam, p, size, rng: rng.poisson(lam * p, size)],
        "kept_numbers_of_a_fixed_layer": [in_a_layer_of(math.floor), in_a_layer_of(math.ceil), in_a_layer_of(round)],
        "kept_numbers_of_all_or_none": [lambda lam, p, size, rng: rng.poisson(lam, size) * (rng.random(size) >= p)],
        "kept_numbers_as_a_share": [as_a_share(f) for f in (np.asarray, np.floor, np.rint, np.ceil)],
        "kept_numbers_rescaled": [lambda lam, p, size, rng: rng.poisson(lam * (1 - p), size) / (1 - p)],
        "kept_numbers_before_dropping": [lambda lam, p, size, rng: rng.poisson(lam, size)],
        "kept_numbers_all_alike": [lambda lam, p, size, rng: np.full(size, rng.poisson(lam * (1 - p)))],
        "kept_numbers_of_a_fixed_seed": [numbers_of_a_fixed_seed],
    },
    ("cpen455_hw1", "3.3.kaiming_init"): {
        "weights_of_fan_out": [normal_weights(lambda m, n: math.sqrt(2 / n))],
        "weights_without_the_relu": [normal_weights(lambda m, n: math.sqrt(1 / m))],
        "weights_of_glorot": [normal_weights(lambda m, n: math.sqrt(2 / (m + n)))],
        "weights_as_torch_draws_them": [uniform_weights(lambda m: -math.sqrt(1 / m), lambda m: math.sqrt(1 / m))],
        "weights_with_the_variance_as_deviation": [normal_weights(lambda m, n: 2 / m)],
        "weights_with_the_deviation_as_bound": [
            uniform_weights(lambda m: -math.sqrt(2 / m), lambda m: math.sqrt(2 / m)),
        ],
        "weights_not_scaled": [normal_weights(lambda m, n: 1.0)],
        "weights_of_one_sign": [
            uniform_weights(lambda m: 0.0, high)
            for high in (lambda m: math.sqrt(2 / m), lambda m: math.sqrt(6 / m), lambda m: 1.0)
        ],
        "weights_of_a_fixed_seed": [
            weights(lambda generator, m, n, shape: np.random.default_rng(2).normal(0, math.sqrt(2 / m), shape)),
        ],
    },
    ("dl_hw2", "3e"): {
        "mask_keeping_with_probability_p": [
            lambda rng, size, p=0.2: (rng.random(size) < p) / p,
            lambda rng, size, p=0.2: (rng.random(size) < p) / (1 - p),
        ],
        "mask_not_rescaled": [lambda rng, size, p=0.2: (rng.random(size) >= p) * 1.0],
        "mask_divided_by_the_drop_probability": [lambda rng, size, p=0.2: (rng.random(size) >= p) / p],
        "mask_rescaled_downwards": [lambda rng, size, p=0.2: (rng.random(size) >= p) * (1 - p)],
        "mask_of_the_default_probability": [lambda rng, size, p=0.2: (rng.random(size) >= 0.2) / 0.8],
        "mask_of_exactly_a_share": [mask_of_a_share],
        "mask_of_one_number": [lambda rng, size, p=0.2: np.full(size, (rng.random() >= p) / (1 - p))],
        "mask_of_a_fixed_seed": [lambda rng, size, p=0.2: (np.random.default_rng(3).random(size) >= p) / (1 - p)],
    },
    ("dl_hw2", "5d"): {
        "average_of_one_draw": [
            lambda rng, w, x, y_d, sigma, n: averaged(w, x, y_d, noise(rng, w, sigma, 1)),
        ],
        "average_not_divided": [
            lambda rng, w, x, y_d, sigma, n: n * averaged(w, x, y_d, noise(rng, w, sigma, n)),
        ],
        "average_of_gradients_at_the_mean_noise": [
            lambda rng, w, x, y_d, sigma, n: averaged(
                w, x, y_d, np.mean(noise(rng, w, sigma, n), axis=0, keepdims=True)
            ),
        ],
        "average_with_sigma_as_variance": [
            lambda rng, w, x, y_d, sigma, n: averaged(w, x, y_d, noise(rng, w, math.sqrt(sigma), n)),
        ],
        "average_with_the_variance_as_deviation": [
            lambda rng, w, x, y_d, sigma, n: averaged(w, x, y_d, noise(rng, w, sigma**2, n)),
        ],
        "average_going_uphill": [
            lambda rng, w, x, y_d, sigma, n: -averaged(w, x, y_d, noise(rng, w, sigma, n)),
        ],
        "average_without_the_outer_factor": [without_the_outer_factor],
        "average_of_noise_of_mean_zero": [
            lambda rng, w, x, y_d, sigma, n: averaged(w, x, y_d, noise(rng, w, sigma, n, mean=0.0)),
        ],
        "average_with_one_factor_for_all_inputs": [with_one_factor_for_all_inputs],
        "average_that_is_the_expectation": [expectation],
        "average_of_a_fixed_seed": [
            lambda rng, w, x, y_d, sigma, n: averaged(w, x, y_d, noise(np.random.default_rng(4), w, sigma, n)),
        ],
    },
    ("dl_theory_2024", "2.1.sample_scores"): {
        "samples_never_scaled": [scores(normal, lambda d_k, scaled: 1.0)],
        "samples_always_scaled": [scores(normal, lambda d_k, scaled: math.sqrt(d_k))],
        "samples_divided_by_the_width": [scores(normal, lambda d_k, scaled: d_k if scaled else 1.0)],
        "samples_multiplied_by_the_root": [scores(normal, lambda d_k, scaled: 1 / math.sqrt(d_k) if scaled else 1.0)],
        "samples_of_one_component": [
            lambda d_k, n_samples, generator, scaled=True: (
                np.prod(generator.standard_normal((2, n_samples)), axis=0) / (math.sqrt(d_k) if scaled else 1.0)
            ),
        ],
        "samples_of_positive_components": [scores(lambda generator, shape: generator.random(shape))],
        "samples_of_components_below_one": [scores(lambda generator, shape: generator.uniform(-1, 1, shape))],
        "samples_of_a_vector_with_itself": [of_a_vector_with_itself],
        "samples_of_one_query": [
            with_one_query(normal),
            with_one_query(lambda generator, shape: generator.uniform(-math.sqrt(3), math.sqrt(3), shape)),
        ],
        "samples_of_a_fixed_seed": [
            lambda d_k, n_samples, generator, scaled=True: scores(normal)(
                d_k, n_samples, np.random.default_rng(5), scaled
            ),
        ],
    },
}  # fmt: skip
WRONG = [
    pytest.param(key, name, function, id=f"{key[0]}-{name}-{i}")
    for key, mistakes in MISTAKES.items()
    for name, functions in mistakes.items()
    for i, function in enumerate(functions)
]


def test_every_misconception_of_a_part_that_draws_is_tried_here():
    """One that recognises nothing would go unnoticed."""
    assert {key: set(part.misconceptions) for key, (_, part) in DRAWING.items()} == {
        key: set(mistakes) for key, mistakes in MISTAKES.items()
    }


@functools.cache
def right_bench(key: tuple[str, str], seed: int) -> Bench:
    """A bench whose student draws as the reference does."""
    problem, part = DRAWING[key]
    assignment = homeworks.assignment(key[0])
    own = assignment.references[problem.id].function(part.function)
    return Bench(assignment, problem, StandIn({part.function: own}), seed)


def asked(key: tuple[str, str], seed: int) -> tuple[Part, Bench, list[Trial]]:
    _, part = DRAWING[key]
    bench = right_bench(key, seed)
    return part, bench, [trial for trial in bench.trials(part.function) if not trial.share]


@pytest.mark.parametrize(("key", "name", "function"), WRONG)
def test_draws_with_a_mistake_are_recognised_as_those_of_that_mistake(key, name, function):
    for seed in (0, 1):
        part, bench, trials = asked(key, seed)

        assert recognised(part, bench.with_student(StandIn({part.function: function})), trials) == name, seed


@pytest.mark.parametrize("key", DRAWING)
def test_right_draws_are_those_of_no_mistake(key):
    """Each law by itself: right draws that follow the first of them are not to hide behind the second."""
    part, bench, trials = asked(key, 0)

    for name, credit in part.misconceptions.items():
        alone = msgspec.structs.replace(part, misconceptions={name: credit})

        assert recognised(alone, bench, trials) is None
