"""What holds for every reference of this course: there are examples in it, and another seed is another trial.

`grade validate` finds out whether the examples are true, the arguments left alone, and a seed draws the same again.
"""

import importlib
import types

import homeworks
import numpy as np
import pytest

from grader.trials import is_random
from grader.validation.references import examples, snapshot

FUNCTIONS = [
    (id, problem, name)
    for id, problem in homeworks.every_problem()
    for name, function in problem.functions.items()
    if function.inputs
]
NAMES = [f"{id}-{name}" for id, _, name in FUNCTIONS]
# Functions with the same plan share their trials.
PLANS = [(id, name) for id, _, name in FUNCTIONS if homeworks.first_with_its_plan(id, name) == name]
MODULES = [
    (id, path.stem)
    for id in homeworks.COURSE.assignments
    for path in sorted((homeworks.COURSE.folder / "reference" / id).glob("*.py"))
    if not path.stem.endswith("_misconceptions")
]
# They hold functions that are handed out, by name, and a problem of which nothing is computed.
WITHOUT_EXAMPLES = {
    ("cpen455_hw1", "given"), ("dl_hw2", "fields"), ("dl_hw2", "given"), ("dl_theory_2024", "given"),
    ("dl_theory_2024", "problem3"), ("ntu_ml_hw2", "convex"), ("ntu_ml_hw2", "objectives"),
}  # fmt: skip
# All that there is to ask, or all that is asked, is the same with every seed.
ALWAYS_THE_SAME = {"is_equivalent", "derivative_bound", "nonvanishing_example", "peano_hessian", "vanishing_condition"}


def module_of(id: str, name: str) -> types.ModuleType:
    """A module of a reference as the others of its folder import it."""
    references = homeworks.assignment(id).references
    problems = {reference.path.stem: reference.module for reference in references.values()}
    package = next(iter(problems.values())).__package__
    return problems.get(name) or importlib.import_module(f"{package}.{name}")


@pytest.mark.parametrize(("id", "name"), MODULES)
def test_there_are_examples_in_the_docstrings(id, name):
    assert bool(examples(module_of(id, name))) == ((id, name) not in WITHOUT_EXAMPLES)


@pytest.mark.parametrize(("id", "problem", "name"), FUNCTIONS, ids=NAMES)
def test_no_answer_is_an_argument(id, problem, name):
    reference = homeworks.assignment(id).references[problem.id]
    for trial in homeworks.plan(id, name, 0):
        arrays = arrays_in(list(trial.inputs.values()))

        answer = reference.called(name, *reference.arguments(name, trial))

        assert not [one for one in arrays_in(answer) if any(one is argument for argument in arrays)]


def arrays_in(value):
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


@pytest.mark.parametrize(("id", "name"), PLANS)
def test_another_seed_draws_other_inputs(id, name):
    first, other = ([snapshot(trial.inputs) for trial in homeworks.drawn(id, name, seed)] for seed in (3, 4))

    assert (first == other) == (name in ALWAYS_THE_SAME)


@pytest.mark.parametrize(("id", "problem", "name"), FUNCTIONS, ids=NAMES)
def test_whoever_takes_a_generator_is_judged_by_a_law(id, problem, name):
    kinds = {type(check).__name__ for part in problem.parts if part.function == name for check in part.checks}

    assert any(map(is_random, homeworks.plan(id, name, 0))) == ("Sampler" in kinds)
