"""Functions among recorded inputs: those that show themselves as a lambda of numpy are recorded as that text."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.replay_script import lambda_text
from grader.wire import Given

# No function of a given.py is called that.
NAME = "lambda"


class Expression:
    """A function of numbers by its text, `lambda t: np.sum(t**2)`, with numpy's warnings off.

    The text is the course's own, from a kit: it comes from no submission.

    Errors
        ValueError for what is no lambda of numpy.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if lambda_text(self) is None:
            raise ValueError(f"no function of numpy: {text[:80]}")

    @functools.cached_property
    def _function(self) -> Callable[..., Any]:
        known = {"np": np, "__builtins__": {"abs": abs, "float": float, "int": int, "len": len, "max": max, "min": min}}
        made: Callable[..., Any] = eval(self.text, known | {"sum": sum, "range": range})  # noqa: S307
        return made

    def __call__(self, *points: Any) -> Any:
        """The value: a float, or an array of its own."""
        with np.errstate(all="ignore"):
            value = np.asarray(self._function(*(np.asarray(point, dtype=np.float64) for point in points)))
        return value.astype(np.float64) if value.ndim else float(value)

    def __repr__(self) -> str:
        return self.text


def recordable(value: Any) -> Any:
    """An input in which functions that have a text are that, as data; others are left as they are."""
    if isinstance(value, (list, tuple)):
        return type(value)(recordable(item) for item in value)
    if not callable(value) or isinstance(value, Given):
        return value
    text = lambda_text(value)
    return value if text is None else Given(NAME, (text,))


def alive(value: Any) -> Any:
    """An input in which recorded texts are functions again."""
    if isinstance(value, (list, tuple)):
        return type(value)(alive(item) for item in value)
    return Expression(*value.parameters) if isinstance(value, Given) and value.name == NAME else value
