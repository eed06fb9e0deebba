"""The reference of dl_hw2, the trials that its rubric plans, and its misconceptions as students' functions."""

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

COURSE = Path(__file__).resolve().parents[3]
ASSIGNMENT = "dl_hw2"
PACKAGE = f"reference_of_{ASSIGNMENT}"


@pytest.fixture(scope="session")
def module() -> Callable[[str], types.ModuleType]:
    """`module("problem1")` is a module of the reference, as part of a package: it may import its siblings."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE)
        package.__path__ = [str(COURSE / "reference" / ASSIGNMENT)]
        sys.modules[PACKAGE] = package
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture(scope="session")
def problem(module) -> Callable[[int], types.ModuleType]:
    """`problem(1)` is the reference module problem1."""
    return lambda number: module(f"problem{number}")


@pytest.fixture(scope="session")
def rubric() -> dict[str, dict[str, Any]]:
    """The problems of the rubric by id, every scalar as text."""
    text = (COURSE / "rubrics" / f"{ASSIGNMENT}.yaml").read_text("utf-8")
    return {entry["id"]: entry for entry in yaml.load(text, Loader=yaml.BaseLoader)["problems"]}


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
        return function(*(inputs[name] for name in inspect.signature(function).parameters if name in inputs))

    return positionally


@pytest.fixture
def as_student(call) -> Callable[..., Callable[..., Any]]:
    """`as_student(wrong, right, inputs)` is a misconception as a function that takes what the right one takes."""

    def student(wrong: Callable[..., Any], right: Callable[..., Any], inputs: dict[str, Any]) -> Callable[..., Any]:
        names = list(inspect.signature(right).parameters)

        def answer(*arguments: Any) -> Any:
            with np.errstate(all="ignore"):
                return call(wrong, inputs | dict(zip(names, arguments, strict=False)))

        return answer

    return student
