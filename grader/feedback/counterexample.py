"""The failing input of a part, as text that a student can read and type in again."""

from collections.abc import Collection
from typing import Any

import numpy as np

from grader.bench import Bench
from grader.feedback.smallest import Failure
from grader.model import Counterexample, Fault
from grader.replay_script import lambda_text, replay_script
from grader.rubric import Part
from grader.wire import Given, Tensor

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
    if isinstance(value, (tuple, Given)):
        return _tuple(value, digits)
    if isinstance(value, list):
        return f"[{_items(value, digits)}]"
    if isinstance(value, dict):
        return f"{{{_items(value, digits)}}}"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return _named(value)


def _tuple(value: tuple[Any, ...] | Given, digits: int) -> str:
    if isinstance(value, Given):
        if (text := lambda_text(value)) is not None:
            return text
        return value.name + (f"({_items(value.parameters, digits)})" if value.parameters else "")
    return f"({_items(value, digits)}{',' if len(value) == 1 else ''})"


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


def counterexample(part: Part, bench: Bench, failure: Failure, trial: str) -> Counterexample:
    """What the report shows of a failing input; `trial` is what replays it."""
    function, inputs = part.function, failure.trial.inputs
    names = bench.reference.argument_names(function)
    own = bench.problem.functions[function]
    expected = failure.expected if bench.assignment.rubric.show_expected else None
    given = {name: inputs[name] for name in names if name in inputs}
    answer = shown(failure.answer)
    return Counterexample(
        trial=trial,
        regime=failure.trial.regime,
        call=f"{function}({', '.join(names)})",
        inputs={name: shown(value) for name, value in {**given, **inputs}.items()},
        got=answer,
        problem=failure.problem,
        expected=None if expected is None else shown(expected),
        script=replay_script(
            part.id,
            bench.problem.file,
            function,
            given,
            got=answer,
            problem=failure.problem,
            expected=expected,
            output_names=own.returns,
            points=own.evaluated_at,
        )
        or "",
    )
