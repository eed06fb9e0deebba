"""The misconceptions of the homeworks: how many, how they are told, and what their answers look like.

`grade validate` finds out whether each loses its part, and is told from the others.
"""

import ast
import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import homeworks
import numpy as np
import pytest

from grader.bench import Bench
from grader.compare import conformed
from grader.errors import StudentFault
from grader.rubric import Problem
from grader.sides import ReferenceSide
from grader.stand_in import StandIn
from grader.validation.misconceptions import HandedIn, handed_in

FEWEST = 5
# Mistakes that show in the shape of the answer, or in whether there is one.
OF_ANOTHER_STRUCTURE = {
    "cpen455_hw1": {
        "forward_over_the_units", "forward_without_the_input", "hidden_from_the_last_to_the_first",
        "hidden_with_the_input", "hidden_shapes_of_one_axis", "weights_transposed",
        "weights_with_the_activation_after", "parameter_shapes_of_one_axis",
    },
    "dl_hw2": {
        "flat_never", "flat_along_the_mean", "flat_for_a_single_point_only", "grad_transposed",
        "grad_without_the_input", "gradient_added_up",
        "jacobian_transposed", "jacobian_added_up", "jacobian_times_the_point", "hessian_of_the_sum",
    },
    "dl_theory_2024": {
        "jacobian_as_a_vector", "scores_of_the_features", "projections_with_heads_joined",
        "projections_summed_over_heads", "projections_with_tokens_first", "step_returning_the_old_cache",
        "step_without_the_new_token", "states_without_h0", "batch_stats_of_all_entries", "batch_stats_of_samples",
        "batch_stats_of_every_feature", "layer_stats_of_channels", "layer_stats_of_the_features",
        "layer_stats_of_the_last_axis", "instance_stats_transposed", "instance_stats_of_channels",
        "instance_stats_over_the_batch", "instance_stats_of_samples",
    },
}  # fmt: skip
# Mistakes that divide by what is 0 for all units dropped, for a constant x without eps, or for a single entry.
NOT_FINITE = {
    "cpen455_hw1": {"expected_number_rescaled"},
    "ntu_ml_hw2": {
        "y_without_eps", "y_with_the_unbiased_variance", "dx_without_eps", "dx_with_the_unbiased_variance",
        "dgamma_without_eps", "dgamma_with_the_unbiased_variance",
    },
}  # fmt: skip

PARTS = {f"{id}-{part.id}": (id, problem, part) for id, problem, part in homeworks.every_part()}
WITH_MISCONCEPTIONS = [key for key, (_, _, part) in PARTS.items() if part.misconceptions]
# Those of draws are laws, which answer nothing: test_laws_of_mistakes.py.
WITH_WRONG_ANSWERS = [key for key in WITH_MISCONCEPTIONS if not PARTS[key][2].sampler]


@pytest.fixture(scope="module")
def judged() -> Callable[[str], HandedIn]:
    """`judged("dl_hw2-1b")` are the misconceptions of that part, kept for the tests that ask again."""

    @functools.cache
    def bench(id: str, number: str) -> Bench:
        assignment = homeworks.assignment(id)
        [problem] = [problem for problem in assignment.rubric.problems if problem.id == number]
        return Bench(assignment, problem, StandIn({}), 0)

    @functools.cache
    def of_part(key: str) -> HandedIn:
        id, problem, part = PARTS[key]
        return handed_in(part, bench(id, problem.id))

    return of_part


@pytest.mark.parametrize("key", PARTS)
def test_a_part_lists_five_at_least_that_earn_less_than_all(key):
    _, _, part = PARTS[key]

    assert len(part.misconceptions) >= FEWEST
    assert all(0 <= credit < 1 for credit in part.misconceptions.values())


@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_a_misconception_is_told_to_the_student_in_one_to_three_sentences(key):
    id, problem, part = PARTS[key]
    for name in part.misconceptions:
        text = told(id, problem, name)

        sentences = re.findall(r"[^ ].*?[.?](?= [A-Za-z]|$)", text)
        assert 1 <= len(sentences) <= 3, name
        assert " ".join(sentences) == text, f"{name} does not end with a full stop"
        assert 20 < len(text) < 300, name
        assert not re.search(r"\b(we|us|our)\b", text), name


@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_no_misconception_tells_what_the_reference_returns(key):
    id, problem, part = PARTS[key]
    source = inspect.getsource(homeworks.assignment(id).references[problem.id].function(part.function))
    formulas = [tokens(formula) for formula in returned(ast.parse(source))]
    for name in part.misconceptions:
        said = tokens(told(id, problem, name))

        assert not [formula for formula in formulas if formula in said], name


def returned(source: ast.AST) -> Iterator[str]:
    """Every formula that stands behind a `return`, by itself or in a tuple; names and numbers alone are none."""
    values = [node.value for node in ast.walk(source) if isinstance(node, ast.Return) and node.value]
    for value in itertools.chain(values, *(value.elts for value in values if isinstance(value, ast.Tuple))):
        if any(isinstance(node, (ast.BinOp, ast.Call)) for node in ast.walk(value)):
            yield ast.unparse(value)


def tokens(text: str) -> str:
    """The words, numbers and signs of a formula or a sentence with single spaces; factors may stand side by side."""
    text = text.replace("np.", "").replace("**", "^")
    return " ".join(["", *re.findall(r"[A-Za-z_]\w*|[\d.]+|[^\s*`]", text), ""])


def told(id: str, problem: Problem, name: str) -> str:
    """What a student who has the misconception is told."""
    return " ".join((inspect.getdoc(homeworks.assignment(id).references[problem.id].misconception(name)) or "").split())


@pytest.mark.parametrize("key", WITH_WRONG_ANSWERS)
def test_a_misconception_has_the_structure_of_the_right_answer_unless_that_is_the_mistake(judged, key):
    here = judged(key)
    reference, other = ReferenceSide(here.bench, here.part), set()
    for name, given in here.answers.items():
        try:
            for trial, value in zip(here.trials, given, strict=True):
                conformed(value, reference.answer(trial), loose=here.bench.loose)
        except StudentFault:
            other.add(name)

    assert other == OF_ANOTHER_STRUCTURE.get(PARTS[key][0], set()) & set(here.answers)


@pytest.mark.parametrize("key", WITH_WRONG_ANSWERS)
def test_a_misconception_answers_with_finite_numbers_unless_it_divides_by_nothing(judged, key):
    here = judged(key)
    strange = {
        name
        for name, given in here.answers.items()
        for trial, value in zip(here.trials, given, strict=True)
        if not is_finite(value)
    }

    assert strange == NOT_FINITE.get(PARTS[key][0], set()) & set(here.answers)


def is_finite(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(is_finite, value))
    return value is None or callable(value) or bool(np.isfinite(value).all())
