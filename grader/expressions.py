"""Functions among recorded inputs: those that show themselves as a lambda of numpy are recorded as that text.

A student's process is handed the text, which students may read, and computes it itself: no call comes back for it.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from grader.replay_script import lambda_text
from grader.wire import Given


def _expression(text: "str") -> "Callable[..., Any]":  # in quotes: a worker has none of these names
    """The function of numbers that a text says, such as `lambda t: np.sum(t**2)`, with numpy's warnings off.

    Its value is a float, or an array of its own. The text is the course's own, from a kit: it comes from no submission.
    """
    import numpy as np

    known = {"abs": abs, "float": float, "int": int, "len": len, "max": max, "min": min, "range": range, "sum": sum}
    function = eval(text, {"np": np, "__builtins__": known})  # noqa: S307

    def value(*points: "Any") -> "Any":
        with np.errstate(all="ignore"):
            found = function(*[np.asarray(point, dtype=np.float64) for point in points])
        return np.array(found, dtype=np.float64) if np.ndim(found) else float(found)

    return value


NAME = _expression.__name__


@functools.cache
def source() -> str:
    """What a worker has to know to compute expressions: to be read after a given.py."""
    return inspect.getsource(_expression)


class Expression(Given):
    """A function by its text, on either side of the wire.

    Errors
        ValueError for what is no lambda of numpy.
    """

    def __init__(self, text: str) -> None:
        super().__init__(NAME, (text,), _expression)
        if lambda_text(self) is None:
            raise ValueError(f"no function of numpy: {text[:80]}")

    @functools.cached_property
    def _made(self) -> Callable[..., Any]:
        return _expression(*self.parameters)

    def __call__(self, *points: Any) -> Any:
        """The value: a float, or an array of its own."""
        return self._made(*points)

    def __repr__(self) -> str:
        return str(self.parameters[0])


def recordable(value: Any) -> Any:
    """An input in which functions that have a text are that, as data; others are left as they are."""
    if isinstance(value, (list, tuple)):
        return type(value)(recordable(item) for item in value)
    if not callable(value) or isinstance(value, Given):
        return value
    text = lambda_text(value)
    return value if text is None else Given(NAME, (text,))


def among(value: Any) -> bool:
    """Whether there are functions among recorded values, as texts."""
    if isinstance(value, dict):
        return any(map(among, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(among, value))
    return isinstance(value, Given) and value.name == NAME


def alive(value: Any) -> Any:
    """An input in which recorded texts are functions again."""
    if isinstance(value, (list, tuple)):
        return type(value)(alive(item) for item in value)
    return Expression(*value.parameters) if isinstance(value, Given) and value.name == NAME else value
