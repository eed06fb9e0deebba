"""The local variables of a reference, as they are when it returns."""

import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.feedback.diagnosis.quantities import LARGEST
from grader.model import Trial
from grader.reference import ReferenceModule


def variables(reference: ReferenceModule, function: str, trials: Sequence[Trial]) -> dict[str, dict[int, Any]]:
    """name -> trial -> value of the numbers and arrays that the reference and its helpers compute in every trial.

    A helper's variables are those of its first call.
    """
    found: dict[str, dict[int, Any]] = {}
    for trial in trials:
        seen: dict[str, Any] = {}
        arguments = reference.arguments(function, trial)
        with np.errstate(all="ignore"), _watched(str(reference.module.__file__), seen):
            reference.function(function)(*arguments)
        for name, value in seen.items():
            found.setdefault(name, {})[trial.index] = value
    given = set(reference.argument_names(function))
    return {name: values for name, values in found.items() if len(values) == len(trials) and name not in given}


@contextmanager
def _watched(file: str, seen: dict[str, Any]) -> Iterator[None]:
    """Keeps the variables of every function of a file that returns; of this thread only."""

    def watch(frame: types.FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code.co_filename == file:
            for name, value in frame.f_locals.items():
                if name not in seen and name != "_" and _is_kept(value):
                    seen[name] = np.array(value, np.float64)[()]

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)


def _is_kept(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf" and value.size <= LARGEST
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
