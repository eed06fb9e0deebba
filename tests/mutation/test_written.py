"""A mutant is written down as the instructor would: the one edit, and every comment and blank where it was."""

import ast
import types
from pathlib import Path

import numpy as np
import pytest

from grader.mutants import Place, built, mutants
from grader.mutation.written import diff, written

SOURCE = '''\
"""A module with letters of more than one byte: μ, σ²."""

import numpy as np


def spread(x, eps=0.25):
    """How far the entries of x are from their mean."""
    away = x - x.mean()   # the μ of x
    return np.sqrt((away**2).mean() + eps)


def total(n, skip):
    s = 0.0

    # all but one
    for i in range( n ):
        if i == skip:  # this one
            continue
        elif i > 100:
            s -= i
        else:
            s += (i
                  + 1)  # from one on
    return s


def step(theta, grad, lr):
    μ = 1 - lr
    theta = theta * μ
    return theta - lr*grad
'''


def edit(name, operator, before, after):
    [found] = [m for m in mutants(SOURCE, name) if (m.operator, m.before, m.after) == (operator, before, after)]
    return [line for line in diff(SOURCE, found.places, "file", 0).splitlines()[2:] if not line.startswith("@@")]


def test_what_an_edit_takes_over_keeps_its_form():
    assert edit("spread", "eps", "np.sqrt((away ** 2).mean() + eps)", "np.sqrt((away ** 2).mean()) + eps") == [
        "-    return np.sqrt((away**2).mean() + eps)",
        "+    return np.sqrt((away**2).mean()) + eps",
    ]
    assert edit("spread", "drop_term", "x - x.mean()", "x") == [
        "-    away = x - x.mean()   # the μ of x",
        "+    away = x   # the μ of x",
    ]


def test_parentheses_stand_where_they_are_needed_only():
    assert edit("spread", "drop_term", "x - x.mean()", "-x.mean()")[1] == "+    away = -x.mean()   # the μ of x"
    assert edit("step", "scale_term", "theta - lr * grad", "theta - 2 * (lr * grad)")[1] == (
        "+    return theta - 2 * (lr*grad)"
    )
    assert edit("step", "drop_factor", "theta * μ", "μ")[1] == "+    theta = μ"


def test_a_changed_argument_is_a_line_behind_the_docstring():
    assert edit("spread", "ignore_arg", "eps", "0") == ["+    eps = 0 * eps + 0"]


def test_statements_are_replaced_and_their_neighbours_stay():
    assert edit("total", "accumulate", "s -= i", "s = i") == ["-            s -= i", "+            s = i"]
    assert edit("total", "delete", "s -= i", "") == ["-            s -= i", "+            pass"]


def a_few_of_each_operator():
    names = [node.name for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]
    chosen = {}
    for mutant in (mutant for name in names for mutant in mutants(SOURCE, name)):
        chosen.setdefault((mutant.function, mutant.operator), []).append(mutant)
    return [pytest.param(m, id=f"{m.function}-{m.operator}-{m.line}") for found in chosen.values() for m in found[:3]]


@pytest.mark.parametrize("mutant", a_few_of_each_operator())
def test_every_mutant_is_written_with_no_other_line_touched(mutant):
    text = written(SOURCE, mutant.places)

    ast.parse(text)
    kept = [line for line in SOURCE.splitlines() if line not in text.splitlines()]
    lines = {line for place in mutant.places for line in range(place.start[0], place.end[0] + 1)}
    assert set(kept) <= {SOURCE.splitlines()[line - 1] for line in lines}


def test_what_is_written_does_what_the_mutant_does():
    """The mutant that is run and the one that is shown are the same."""
    module = types.ModuleType("made")
    exec(SOURCE, vars(module))
    x = np.random.default_rng(0).standard_normal(5)
    for mutant in mutants(SOURCE, "spread")[::2]:
        names = {}
        exec(written(SOURCE, mutant.places), names)
        assert outcome(names["spread"], x) == outcome(built(mutant, module), x), mutant.after


def outcome(function, x):
    try:
        with np.errstate(all="ignore"):
            return repr(function(x.copy()))
    except Exception as error:  # noqa: BLE001 - an edit may break anything
        return type(error).__name__


@pytest.mark.parametrize("file", ["ntu_ml_hw4/problem2.py", "dl_hw2/problem5.py"])
def test_mutants_of_a_homework_are_written(file):
    path = Path(__file__).parents[2] / "reference" / file
    source = path.read_text()
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    found = [mutant for name in names for mutant in mutants(source, name)]
    for mutant in np.random.default_rng(0).permutation(np.arange(len(found)))[:4]:
        assert diff(source, found[mutant].places, path.name)


def test_a_place_that_holds_nothing_to_edit_is_an_error():
    with pytest.raises(ValueError, match="cannot be written down"):
        written(SOURCE, [Place((9, 1), (9, 3), "x")])
