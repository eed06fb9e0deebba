"""The failing input of a part, as text that a student can read and type in again."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from grader.model import Counterexample, Fault, Trial, Verdict
from grader.wire import Tensor

# What comes back from a student may be of any size and any number of axes, and must cost no time to show.
MAX_TEXT = 1_500
MAX_ITEMS = 50
MAX_ENTRIES = 60


def shown(value: Any, digits: int = 6) -> str:
    """A value as text: python for small ones, with the middle left out of large ones."""
    if isinstance(value, Fault):
        return ""
    if isinstance(value, Tensor):
        return f"tensor({_array(value.array, digits)})"
    if isinstance(value, np.ndarray):
        return f"array({_array(value, digits)})"
    if isinstance(value, tuple):
        return f"({_items(value, digits)}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{_items(value, digits)}]"
    if isinstance(value, dict):
        return f"{{{_items(value, digits)}}}"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return _named(value)


def _items(values: Collection[Any], digits: int) -> str:
    """The items of a list or tuple (of a dict, with its keys), until there is enough to read."""
    texts: list[str] = []
    for value in values:
        if len(texts) == MAX_ITEMS or sum(map(len, texts)) > MAX_TEXT:
            texts.append("...")
            break
        own = f"{shown(value, digits)}: {shown(values[value], digits)}" if isinstance(values, dict) else None
        texts.append(own or shown(value, digits))
    return ", ".join(texts)


def _array(array: np.ndarray[Any, Any], digits: int) -> str:
    if array.ndim == 0:
        return shown(array.item(), digits)
    if array.ndim > 2 and array.size > MAX_ENTRIES:  # numpy would show the corners of every plane of it
        return f"{_array(array.ravel(), digits)}, shape={array.shape}"
    text = np.array2string(
        array, separator=", ", precision=digits, threshold=MAX_ENTRIES, edgeitems=3, max_line_width=100
    )
    return text if array.size else f"[], shape={array.shape}"


def _named(value: Any) -> str:
    text = repr(value)
    if " at 0x" in text and not isinstance(value, str):  # where it lies in memory says nothing, and differs every time
        return "a function" if callable(value) else f"a {type(value).__name__}"
    return text[:MAX_TEXT]


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
