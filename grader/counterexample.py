"""The failing input of a part, as text that a student can read and type in again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.model import Counterexample, Fault, Trial, Verdict
from grader.wire import Tensor

MAX_TEXT = 1_500


def shown(value: Any, digits: int = 6) -> str:
    """A value as text: python for small ones, with the middle left out of large ones."""
    if isinstance(value, Fault):
        return ""
    if isinstance(value, Tensor):
        return f"tensor({_array(value.array, digits)})"
    if isinstance(value, np.ndarray):
        return f"array({_array(value, digits)})"
    if isinstance(value, tuple):
        return f"({', '.join(shown(item, digits) for item in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(shown(item, digits) for item in value[:50])}{', ...' if len(value) > 50 else ''}]"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return repr(value)[:MAX_TEXT]


def _array(array: np.ndarray[Any, Any], digits: int) -> str:
    if array.ndim == 0:
        return shown(array.item(), digits)
    text = np.array2string(array, separator=", ", precision=digits, threshold=60, edgeitems=3, max_line_width=100)
    return text if array.size else f"[], shape={array.shape}"


def counterexample(
    part: str, function: str, names: Sequence[str], trial: Trial, verdict: Verdict, answer: Any, expected: Any
) -> Counterexample:
    """What the report shows of a failing trial. `expected` is None where the rubric keeps it."""
    ordered = [*names, *(name for name in trial.inputs if name not in names)]
    return Counterexample(
        trial=f"{part}/{trial.index}",
        regime=trial.regime,
        call=f"{function}({', '.join(names)})",
        inputs={name: shown(trial.inputs[name]) for name in ordered if name in trial.inputs},
        got=shown(answer),
        problem=verdict.found or verdict.feedback,
        expected=None if expected is None else shown(expected),
    )
