"""Functions that are handed to students as source, because torch has to see into them.

They stand in `reference/<assignment>/given.py`, which students may read, and are written once for two libraries:

    import numpy as xp  # torch takes its place where a tensor comes


    def softplus(z):
        return xp.log1p(xp.exp(-abs(z))) + (z + abs(z)) / 2


    def wave(a, b):
        return lambda p: (a * xp.sin(b @ p)).sum()

An input maker returns `given("softplus")` for the function, `given("wave", a, b)` for what the second one makes of its
parameters. In the judge it is a function of numpy arrays, in the worker one of arrays and of tensors. Inside of the
functions `xp` is the library; outside of them it is numpy. Use of it what both libraries call the same.
"""

from pathlib import Path
from types import ModuleType
from typing import Any

from grader.errors import BrokenReference
from grader.wire import Given

FILE = "given.py"
MAX_SOURCE = 64 << 10


def given(name: str, *parameters: Any) -> Given:
    """The function of this name in given.py; with parameters, what it makes of them. For input makers."""
    return Given(name, parameters)


def source(path: Path) -> str:
    """The text of a given.py, '' where there is none.

    Errors
        BrokenReference when it is too long or no text.
    """
    if not path.is_file():
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenReference(f"cannot be read: {error}", file=path) from None
    if len(text) > MAX_SOURCE:
        remedy = "keep in it what is handed to students, and nothing else"
        raise BrokenReference(f"has more than {MAX_SOURCE >> 10} kB", file=path, remedy=remedy)
    return text


def bound(value: Any, module: ModuleType | None, path: Path) -> Any:
    """An input in which every given function can be called, as the module of given.py defines it.

    Errors
        BrokenReference for a name that it does not define.
    """
    if isinstance(value, (list, tuple)) and any(isinstance(item, Given) for item in value):
        items = [bound(item, module, path) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if not isinstance(value, Given) or value.function is not None:
        return value
    function = getattr(module, value.name, None)
    if not callable(function):
        raise BrokenReference(f"there is no function '{value.name}'", file=path, remedy=f"define {value.name} in it")
    return Given(value.name, value.parameters, function)
