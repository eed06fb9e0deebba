"""The assignment cpen455_hw1: its rubric, its reference modules, and the trials that the one plans for the other."""

import inspect
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.checks.sampler import ALPHA
from grader.course import Course
from grader.model import Trial
from grader.trials import trials as planned_trials


@pytest.fixture(scope="session")
def cpen() -> Assignment:
    """The assignment, with its rubric read and its references imported."""
    return Assignment(Course(Path(__file__).resolve().parents[3]), "cpen455_hw1")


@pytest.fixture(scope="session")
def problem(cpen) -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1."""
    return lambda number: cpen.references[str(number)].module


@pytest.fixture(scope="session")
def plan(cpen) -> Callable[..., list[Trial]]:
    """`plan("f")` are the trials of the function `f`, with their given functions found."""

    def planned(function: str, seed: int = 0) -> list[Trial]:
        [entry] = [p for p in cpen.rubric.problems if function in p.functions]
        inputs, reference = entry.functions[function].inputs, cpen.references[entry.id]
        return reference.bound(planned_trials(inputs, reference.function(inputs.maker), seed))

    return planned


@pytest.fixture(scope="session")
def trials(plan) -> Callable[..., list[dict[str, Any]]]:
    """`trials("f")` are the inputs of every trial that the rubric plans for the function `f`."""
    return lambda function, seed=0: [dict(trial.inputs) for trial in plan(function, seed)]


@pytest.fixture(scope="session")
def law_objects(cpen) -> Callable[..., str]:
    """`law_objects("2", "law", draws, inputs)` is what a law has against draws, '' for nothing."""

    def objection(id: str, law: str, draws: Any, inputs: dict[str, Any]) -> str:
        reference = cpen.references[id]
        arguments = [draws if name == "draws" else inputs[name] for name in reference.argument_names(law)]
        claims, asserted = reference.claims(law, arguments)
        odd: Sequence[str] = [claim.sentence for claim in claims if claim.p < ALPHA]
        return asserted or next(iter(odd), "")

    return objection


@pytest.fixture(scope="session")
def takes() -> Callable[..., dict[str, Any]]:
    """`takes(f, inputs)` are those of the inputs that `f` takes, by name."""
    return lambda function, inputs: {name: inputs[name] for name in inspect.signature(function).parameters}
