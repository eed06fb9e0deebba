"""Every misconception is a wrong answer, told from the right one and from the others of its part at any seed.

A misconception is handed in as a student's function would be, and judged and explained as the grader does it.
"""

import ast
import copy
import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import homeworks
import msgspec
import numpy as np
import pytest

from grader.bench import Bench, student_of
from grader.checks.sampler import Sampler
from grader.checks.vjp import Vjp
from grader.compare import conformed
from grader.errors import StudentFault
from grader.explanation import Explanation, explanation
from grader.judgement import verdict_on
from grader.model import Hints, Status, Trial
from grader.rubric import Part, Problem
from grader.sides import ReferenceSide

SEEDS = range(5)
FEWEST = 5
# Three truth values leave four answers that a student may have reasons for.
FEWER = {("dl_theory_2024", "1.1.is_equivalent"): 4}
# Mistakes that show in the shape of the answer, or in whether there is one.
OF_ANOTHER_STRUCTURE = {
    "cpen455_hw1": {
        "forward_over_the_units", "forward_without_the_input", "hidden_from_the_last_to_the_first",
        "hidden_with_the_input", "hidden_shapes_of_one_axis", "weights_transposed",
        "weights_with_the_activation_after", "parameter_shapes_of_one_axis",
    },
    "dl_hw2": {
        "flat_never", "flat_along_the_mean", "grad_transposed", "grad_without_the_input", "gradient_added_up",
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


class Judged(NamedTuple):
    """A part on the bench with one seed, its main trials, and what each of its misconceptions answers in them."""

    bench: Bench
    part: Part
    trials: list[Trial]
    answers: dict[str, list[Any]]

    def handed_in(self, name: str) -> Bench:
        """The bench of a student who has this misconception, and all other functions right."""
        student = copy.copy(self.bench)
        whole = [self._whole(*pair) for pair in zip(self.trials, self.answers[name], strict=True)]
        results = dict(zip((trial.index for trial in self.trials), whole, strict=True))

        def result(function: str, trial: Trial) -> Any:
            own = function == self.part.function
            return results[trial.index] if own else self.bench.expected(function, trial).value

        student.result = result
        return student

    def loses(self, name: str) -> bool:
        """Whether any trial is answered wrongly by it, as the checks of values and the properties judge."""
        # It has no gradients of its own.
        checks = tuple(check for check in self.part.checks if not isinstance(check, Vjp))
        part, student = msgspec.structs.replace(self.part, checks=checks), self.handed_in(name)
        for trial in self.trials:
            student.student = SimpleNamespace(function=functools.partial(self._function, name, trial))
            if verdict_on(part, student, trial).status is Status.WRONG:
                return True
        return False

    def explained(self, name: str) -> Explanation | None:
        """What its answers are taken for when it is not listed itself."""
        others = {other: credit for other, credit in self.part.misconceptions.items() if other != name}
        # A gradient that follows through would be looked for first.
        part = msgspec.structs.replace(self.part, misconceptions=others, follow_through=0.0)
        return explanation(part, self.handed_in(name), self.trials)

    def _whole(self, trial: Trial, own: Any) -> Any:
        """All that the function gives, with this for the part's own outputs."""
        places = [place for place, _ in self.bench.outputs(self.part)]
        if not places:
            return own
        whole = list(self.bench.expected(self.part.function, trial).value)
        for place, value in zip(places, [own] if len(places) == 1 else own, strict=True):
            whole[place] = value
        return tuple(whole)

    def _function(self, name: str, trial: Trial, function: str) -> Callable[..., Any]:
        """The functions of this student, as properties call them in this trial."""
        if function != self.part.function:
            return functools.partial(self.bench.reference.called, function)
        return homeworks.mistaken(self.bench.assignment.rubric.id, function, name, trial.inputs)


@pytest.fixture(scope="module")
def bench(zygote) -> Iterator[Callable[[str, str, int], Bench]]:
    """`bench("dl_hw2", "1", seed)` is that problem with its trials and right answers, which later gradings find."""
    made = []

    @functools.cache
    def of_problem(id: str, number: str, seed: int) -> Bench:
        assignment = copy.copy(homeworks.assignment(id))
        # What no misconception explains is not looked into further.
        assignment.rubric = msgspec.structs.replace(assignment.rubric, hints=Hints.NONE)
        [problem] = [problem for problem in assignment.rubric.problems if problem.id == number]
        right = student_of(assignment, problem, homeworks.example(id, "correct"), zygote)
        made.append(Bench(assignment, problem, right, seed))
        return made[-1]

    yield of_problem
    for one in made:
        one.store.save()


@pytest.fixture(scope="module")
def judged(bench) -> Callable[[str, int], Judged]:
    """`judged("dl_hw2-1b", seed)`, kept for the tests that ask again."""

    @functools.cache
    def of_part(key: str, seed: int) -> Judged:
        id, problem, part = PARTS[key]
        here = bench(id, problem.id, seed)
        main = [trial for trial in here.trials(part.function) if not trial.share]
        return Judged(here, part, main, {name: answers(here, part, name, main) for name in part.misconceptions})

    return of_part


def answers(bench: Bench, part: Part, name: str, trials: list[Trial]) -> list[Any]:
    """What a student with this misconception answers; where that is a function, its values at the points."""
    wrong = bench.reference.misconception(name)
    with np.errstate(all="ignore"):
        given = [wrong(*bench.reference.arguments_of(wrong, trial.inputs, name)) for trial in trials]
        if points := bench.problem.functions[part.function].evaluated_at:
            given = [[value(point) for point in points] for value in given]
    return given


@pytest.mark.parametrize("key", PARTS)
def test_a_part_lists_five_at_least_that_earn_less_than_all(key):
    id, _, part = PARTS[key]
    # What is drawn has no right value, and so no wrong one: the laws say what is wrong.
    drawn = any(isinstance(check, Sampler) for check in part.checks)

    fewest = 0 if drawn else FEWER.get((id, part.id), FEWEST)
    assert len(part.misconceptions) == fewest if fewest < FEWEST else len(part.misconceptions) >= FEWEST
    assert all(0 <= credit < 1 for credit in part.misconceptions.values())


@pytest.mark.parametrize(("id", "problem"), homeworks.every_problem(), ids=lambda value: getattr(value, "id", value))
def test_every_misconception_that_is_written_is_listed(id, problem):
    listed = {name for part in problem.parts for name in part.misconceptions}

    assert listed == (functions_of(id, problem) if listed else set())


def functions_of(id: str, problem: Problem) -> set[str]:
    """The public functions of a problem's module of misconceptions."""
    reference = homeworks.assignment(id).references[problem.id]
    first = next(name for part in problem.parts for name in part.misconceptions)
    functions = vars(inspect.getmodule(reference.misconception(first)))
    return {
        name
        for name, value in functions.items()
        if inspect.isfunction(value) and value.__module__ == functions["__name__"] and not name.startswith("_")
    }


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


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_a_misconception_loses_its_part_and_is_not_explained_by_another(judged, key, seed):
    here = judged(key, seed)

    assert [name for name in here.answers if not here.loses(name)] == []
    assert [(name, same.misconception) for name in here.answers if (same := here.explained(name))] == []


@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_a_misconception_has_the_structure_of_the_right_answer_unless_that_is_the_mistake(judged, key):
    here = judged(key, 0)
    reference, other = ReferenceSide(here.bench, here.part), set()
    for name, given in here.answers.items():
        try:
            for trial, value in zip(here.trials, given, strict=True):
                conformed(value, reference.answer(trial), loose=here.bench.loose)
        except StudentFault:
            other.add(name)

    assert other == OF_ANOTHER_STRUCTURE.get(PARTS[key][0], set()) & set(here.answers)


@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_a_misconception_answers_with_finite_numbers_unless_it_divides_by_nothing(judged, key):
    here = judged(key, 0)
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


@pytest.mark.parametrize("key", WITH_MISCONCEPTIONS)
def test_misconceptions_leave_their_arguments_as_they_were(judged, key):
    here = judged(key, 0)
    before = [homeworks.snapshot(trial.inputs) for trial in here.trials]

    for name in here.answers:
        answers(here.bench, here.part, name, here.trials)

    assert [homeworks.snapshot(trial.inputs) for trial in here.trials] == before
