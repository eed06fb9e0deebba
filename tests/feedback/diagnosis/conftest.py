"""Functions of the example assignment with their trials, measured bounds and catalogues, to diagnose students' with."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.answers import Answer, measured
from grader.assignment import Assignment
from grader.compare import conformed
from grader.course import Course
from grader.errors import StudentFault
from grader.feedback.diagnosis import Catalogue, Diagnosis, Observation, catalogue, diagnosis
from grader.model import Trial
from grader.reference import ReferenceModule
from grader.trials import trials as planned

COURSE = Course(Path(__file__).resolve().parents[3])
ASSIGNMENT = "ntu_ml_hw2"


class Judged:
    """A reference function with everything that a student's is diagnosed by."""

    def __init__(
        self,
        reference: ReferenceModule,
        name: str,
        trials: list[Trial],
        groups: list[Any],
        points: tuple[float, ...] = (),
    ) -> None:
        self.reference, self.name, self.trials, self.points = reference, name, trials, points
        self.answers: list[Answer] = measured(reference, name, trials, groups, points)

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        return catalogue(self.reference, self.name, self.trials, self.value_of if self.points else None, seconds=20.0)

    def value_of(self, function: Callable[[float], Any]) -> Any:
        return np.array([float(function(point)) for point in self.points])

    def observations(self, student: Callable[..., Any], outputs: list[int] | None = None) -> list[Observation]:
        """What the student's function gives; nothing where it raises or gives something of another shape."""
        observed = []
        names = self.reference.argument_names(self.name)
        for trial, answer in zip(self.trials, self.answers, strict=True):
            arguments = self.reference.arguments(self.name, trial)
            own = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
            try:
                with np.errstate(all="ignore"):
                    value = student(*own)
                    value = self.value_of(value) if self.points else value
                    triple = [conformed(value, answer.value), answer.value, answer.bound]
            except (StudentFault, Exception):  # noqa: BLE001 - whatever a mistake leads to
                continue
            if outputs is not None:
                triple = [[item[i] for i in outputs] for item in triple]
                triple = [item[0] if len(item) == 1 else tuple(item) for item in triple]
            inputs = dict(zip(names, arguments, strict=False))
            observed.append(Observation(trial.index, inputs, *triple))
        return observed

    def diagnosed(self, student: Callable[..., Any], outputs: list[int] | None = None) -> Diagnosis | None:
        return diagnosis(self.observations(student, outputs), self.catalogue, outputs)


@functools.cache
def _assignment() -> Assignment:
    return Assignment(COURSE, ASSIGNMENT)


@functools.cache
def _judged(name: str) -> Judged:
    [problem] = [problem for problem in _assignment().rubric.problems if name in problem.functions]
    reference, settings = _assignment().references[problem.id], problem.functions[name]
    inputs = settings.inputs
    trials = planned(inputs, reference.function(inputs.maker), 0)
    groups = [(trial.regime, tuple(trial.case[case] for case in inputs.cases)) for trial in trials]
    return Judged(reference, name, trials, groups, settings.evaluated_at)


@pytest.fixture(scope="session")
def judged() -> Callable[[str], Judged]:
    """`judged("gmm_mle")` is that function of the example assignment with its trials, bounds and catalogue."""
    return _judged


@pytest.fixture
def course_of(tmp_path) -> Callable[..., Judged]:
    """`course_of(source, "f", maker)` is the function `f` of a module of the test's own; the maker takes a draw."""

    def make(
        source: str,
        name: str,
        maker: Callable[[np.random.Generator], dict[str, Any]],
        count: int = 6,
        points: tuple[float, ...] = (),
    ) -> Judged:
        path = tmp_path / "problem1.py"
        path.write_text(source)
        draws = [maker(np.random.default_rng(index)) for index in range(count)]
        trials = [Trial(index, {}, "normal", inputs) for index, inputs in enumerate(draws)]
        return Judged(ReferenceModule(path), name, trials, [0] * count, points)

    return make


@pytest.fixture(scope="session")
def submitted() -> Callable[[str, str], ModuleType]:
    """`submitted("correct", "problem1")` is that file of an example submission, imported."""
    return _submitted


@functools.cache
def _submitted(name: str, file: str) -> ModuleType:
    folder = COURSE.folder / "submissions_example" / ASSIGNMENT / name
    module = ModuleType(f"{name}_{file}")
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        source = (folder / f"{file}.py").read_text("utf-8")
        exec(compile(source, str(folder / f"{file}.py"), "exec"), vars(module))
    finally:
        sys.path.remove(str(folder))
        for other in set(sys.modules) - before:
            if str(getattr(sys.modules[other], "__file__", "") or "").startswith(str(folder)):
                del sys.modules[other]
    return module


@pytest.fixture(scope="session")
def functions() -> list[tuple[str, str]]:
    """(name, file) of every function of the example assignment that has trials."""
    return [
        (name, Path(problem.file).stem)
        for problem in _assignment().rubric.problems
        for name, settings in problem.functions.items()
        if settings.inputs
    ]


