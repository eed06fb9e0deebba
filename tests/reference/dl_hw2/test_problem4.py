"""Derivatives of the given fields: written by hand, they are what torch finds in the very source that students get."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

SEEDS = range(3)
GIVEN = Path(__file__).resolve().parents[3] / "reference" / "dl_hw2" / "given.py"


def on_tensors(field):
    """A given field as a student's torch sees it."""
    names = runpy.run_path(str(GIVEN))
    function = names[field.name]
    function.__globals__["xp"] = torch
    return function(*(torch.tensor(p) if isinstance(p, np.ndarray) else p for p in field.parameters))


@pytest.fixture
def calculus(problem):
    return problem(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_and_hessians_are_what_torch_finds(calculus, trials, call, seed):
    for inputs in trials("hessian", seed):
        f, p = on_tensors(inputs["f"]), torch.tensor(inputs["p"])
        assert f(p).shape == ()

        gradient = torch.autograd.functional.jacobian(f, p)
        assert np.allclose(call(calculus.gradient, inputs), gradient.numpy(), rtol=1e-10, atol=1e-13)
        hessian = torch.autograd.functional.hessian(f, p)
        assert np.allclose(call(calculus.hessian, inputs), hessian.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_jacobians_are_what_torch_finds(calculus, trials, call, seed):
    for inputs in trials("jacobian", seed):
        F, p = on_tensors(inputs["F"]), torch.tensor(inputs["p"])

        jacobian = torch.autograd.functional.jacobian(F, p)
        assert np.allclose(call(calculus.jacobian, inputs), jacobian.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_fields_are_linear_ignore_a_variable_or_have_one_or_five_of_them(trials, call, calculus, seed):
    planned = trials("hessian", seed)

    bends = [call(calculus.hessian, inputs) for inputs in planned]
    assert any(not bend.any() for bend in bends)
    assert any(bend.any() and not bend[:, -1].any() for bend in bends)
    assert {len(inputs["p"]) for inputs in planned} == {1, 3, 5}
    shapes = {call(calculus.jacobian, inputs).shape for inputs in trials("jacobian", seed)}
    assert {m == n for m, n in shapes if 1 not in (m, n)} == {False}
    assert {(1, 3), (3, 1)} <= shapes


def test_peanos_second_derivatives_differ_as_difference_quotients_say(calculus):
    def y(u, v):
        return u * v * (u**2 - v**2) / (u**2 + v**2) if u or v else 0.0

    inner, outer = 1e-7, 1e-2

    def slope(i, at):
        ahead, behind = (np.array(at) + s * inner * np.eye(2)[i] for s in (1, -1))
        return (y(*ahead) - y(*behind)) / (2 * inner)

    found = [[(slope(i, outer * e) - slope(i, -outer * e)) / (2 * outer) for e in np.eye(2)] for i in range(2)]

    assert np.allclose(found, calculus.peano_hessian(), atol=1e-7)
    assert not np.array_equal(calculus.peano_hessian(), calculus.peano_hessian().T)
