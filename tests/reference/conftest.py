"""Reference modules loaded by path, and the trials that the rubric plans for them."""

import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import yaml

from grader.trials import Inputs
from grader.trials import trials as planned_trials

COURSE = Path(__file__).resolve().parents[2]
ASSIGNMENT = "ntu_ml_hw2"
PACKAGE = f"reference_of_{ASSIGNMENT}"


@pytest.fixture(scope="session")
def problem() -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1, as part of a package: it may import its siblings."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = [str(COURSE / "reference" / ASSIGNMENT)]
        sys.modules[PACKAGE] = package
    return lambda number: importlib.import_module(f"{PACKAGE}.problem{number}")


@pytest.fixture(scope="session")
def rubric() -> dict[str, dict[str, Any]]:
    """The problems of the rubric by id."""
    problems: dict[str, dict[str, Any]] = {}
    # The rubric may still lie in fragments, each a list of problems.
    for file in sorted((COURSE / "rubrics").glob(f"{ASSIGNMENT}.*")):
        content = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # every scalar is text
        listed = content["problems"] if isinstance(content, dict) else content
        problems |= {str(entry["id"]): entry for entry in listed}
    return problems


@pytest.fixture(scope="session")
def trials(problem, rubric) -> Callable[..., list[dict[str, Any]]]:
    """`trials("f")` are the inputs of every trial that the rubric plans for the function `f`."""

    def planned(function: str, seed: int = 0) -> list[dict[str, Any]]:
        [entry] = [p for p in rubric.values() if function in p["functions"]]
        inputs = msgspec.convert(entry["functions"][function]["inputs"], Inputs, strict=False)
        maker = getattr(problem(int(entry["id"])), inputs.maker)
        return [dict(trial.inputs) for trial in planned_trials(inputs, maker, seed)]

    return planned


@pytest.fixture
def call() -> Callable[[Callable[..., Any], dict[str, Any]], Any]:
    """`call(f, inputs)` calls `f` with those entries of the inputs that its signature names."""

    def positionally(function: Callable[..., Any], inputs: dict[str, Any]) -> Any:
        return function(*(inputs[name] for name in inspect.signature(function).parameters))

    return positionally


@pytest.fixture
def in_single() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`in_single(f)` computes as `f` does, but in single precision; its answers come back as float64."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def narrow(*arguments: Any) -> Any:
            return widened(function(*map(narrowed, arguments)))

        return narrow

    return wrap


def narrowed(value: Any) -> Any:
    """Floats as float32, whatever else as it is."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.asarray(value, np.float32)[()]
    return value


def widened(value: Any) -> Any:
    """What the grader makes of an answer: float64 arrays, floats, tuples of them; integers stay integers."""
    if isinstance(value, tuple):
        return tuple(map(widened, value))
    if isinstance(value, np.ndarray) and value.ndim:
        return value if value.dtype.kind == "i" else np.float64(np.float32(value))
    return value if isinstance(value, int) else float(np.float32(value))


@pytest.fixture
def filled_with() -> Callable[..., Callable[..., Any]]:
    """`filled_with(number, f)` answers in the shape of `f`'s answers, but with that number everywhere."""

    def fill(number: float, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(fill(number, entry) for entry in value)
        return np.full(np.shape(value), number)[()]

    return lambda number, function: lambda *arguments: fill(number, function(*arguments))


@pytest.fixture
def holds(call) -> Callable[..., bool]:
    """`holds(property, inputs, f=answer)`: whether the property holds with `answer` as the student's `f`."""

    def judge(check: Callable[..., None], inputs: dict[str, Any], **students: Callable[..., Any]) -> bool:
        try:
            with np.errstate(all="ignore"):
                call(check, {**inputs, **students})
        except AssertionError as violated:
            assert str(violated), "a property that fails has to say why"
            return False
        return True

    return judge
