"""What the reference of dl_hw2 says of itself is true: its examples, its arguments, its answers in single precision."""

import copy
import doctest

import numpy as np
import pytest

MODULES = ["callables", "fields", "given", *(f"problem{i}" for i in range(1, 8))]
WITHOUT_EXAMPLES = {"fields", "given"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_are_true(module, name):
    result = doctest.testmod(module(name))

    assert result.failed == 0
    assert (result.attempted > 0) == (name not in WITHOUT_EXAMPLES)


@pytest.mark.parametrize("number", range(1, 8))
def test_the_arguments_are_left_as_they_were(problem, rubric, trials, call, number):
    drawing = ("inverted_dropout_mask", "monte_carlo_gradient")
    for function in set(rubric[str(number)]["functions"]) - {*drawing}:
        for inputs in trials(function):
            before = copy.deepcopy({key: value for key, value in inputs.items() if isinstance(value, np.ndarray)})

            value = call(getattr(problem(number), function), inputs)

            assert all(np.array_equal(before[name], inputs[name]) for name in before)
            assert not any(value is argument for argument in before.values())


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_draws_the_same_inputs(trials, seed):
    for function in ("bce_loss", "mlp_grad_w1", "expected_gradient", "softmax_quadratic_form"):
        first, second, other = trials(function, seed), trials(function, seed), trials(function, seed + 1)

        assert all(np.array_equal(a[name], b[name]) for a, b in zip(first, second, strict=True) for name in a)
        assert any(not np.array_equal(a[name], b[name]) for a, b in zip(first, other, strict=True) for name in a)
