"""How the arrays of a trial lie in the student's memory: rows first, columns first, or every second place of a buffer.

A right function does not ask; one that reads memory in the order it expects is wrong on somebody's data. Only what is
sent is laid out: a trial's inputs stay as they are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader import wire

# What a student may be handed. None of these breaks a program that takes arrays; negative strides would (torch
# refuses them), so they are never sent.
LAYOUTS = wire.LAYOUTS
# Not "read-only": solutions that work in place are legitimate unless the rubric says otherwise.
DEFAULT = ("C", "F", "strided")


def layout(index: int, layouts: Sequence[str]) -> str:
    """The layout of a trial: all of them in turn, so that as many trials in a row as there are layouts meet each."""
    return layouts[index % len(layouts)]


def laid(arguments: Sequence[Any], index: int, layouts: Sequence[str]) -> list[Any]:
    """The arguments as they are sent in the trial of this index: arrays, also those in lists and tuples, laid out."""
    own = layout(index, layouts)
    return list(arguments) if own == "C" else [_laid(argument, own) for argument in arguments]


def _laid(value: Any, layout: str) -> Any:
    if type(value) is np.ndarray:
        return wire.Laid(value, layout)
    if type(value) in (list, tuple):
        return type(value)(_laid(item, layout) for item in value)
    return value
