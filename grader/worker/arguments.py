"""What arrives as a record becomes what the student's function takes: a tensor, a generator, a given function."""

import importlib
import linecache
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from grader import wire

GIVEN = "<given.py>"


class Arguments:
    """Makes the arguments of one worker. `source` is the course's given.py, once it has been sent."""

    def __init__(self) -> None:
        self.source = ""
        self.libraries: dict[str, dict[str, Any]] = {}

    def make(self, record: wire.Record) -> Any:
        """A record as what it stands for; a new one each time, so that no call finds what another left."""
        if isinstance(record, wire.Tensor):
            return importlib.import_module("torch").from_numpy(record.array).to(record.device)
        if isinstance(record, wire.Generator):
            return _generator(record)
        return self._given(record)

    def _given(self, record: wire.Given) -> Callable[..., Any]:
        """A given function: of torch where it is called with a tensor, of numpy where it is not.

        Whichever library a student works with, nothing is converted on the way, so autograd follows.
        """
        versions: dict[Any, Callable[..., Any]] = {}

        def given(*arguments: Any) -> Any:
            tensor = _tensor_among(arguments)
            key = None if tensor is None else (tensor.dtype, tensor.device)
            if key not in versions:
                versions[key] = self._version(record, tensor)
            # Whoever leaves the domain gets nan or inf, but no warning: a student may have made warnings errors.
            with np.errstate(all="ignore"):
                return versions[key](*arguments)

        given.__name__ = given.__qualname__ = record.name
        return given

    def _version(self, record: wire.Given, tensor: Any) -> Callable[..., Any]:
        """The function in one library; its parameters are of the argument's precision and on its device."""
        library = np if tensor is None else importlib.import_module("torch")
        function: Callable[..., Any] = self._names(library)[record.name]
        if not record.parameters:
            return function
        parameters = record.parameters if tensor is None else [_like(value, tensor) for value in record.parameters]
        made: Callable[..., Any] = function(*parameters)
        return made

    def _names(self, library: ModuleType) -> dict[str, Any]:
        """What given.py defines in a library."""
        if library.__name__ not in self.libraries:
            # For tracebacks: there is no such file here.
            linecache.cache[GIVEN] = (len(self.source), None, self.source.splitlines(keepends=True), GIVEN)
            names: dict[str, Any] = {"__name__": "given", "xp": library}
            exec(compile(self.source, GIVEN, "exec"), names)  # noqa: S102 - the course's own source
            names["xp"] = library  # again: the file may import numpy by this name, so as to be a module of its own
            self.libraries[library.__name__] = names
        return self.libraries[library.__name__]


def _generator(record: wire.Generator) -> Any:
    if record.library == "numpy":
        return np.random.default_rng(record.seed)
    return importlib.import_module("torch").Generator(record.device).manual_seed(record.seed)


def _tensor_among(arguments: Any) -> Any:
    """The first torch tensor among the arguments, also in lists of them."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    for value in arguments:
        if isinstance(value, torch.Tensor):
            return value
        if isinstance(value, (list, tuple)) and (found := _tensor_among(value)) is not None:
            return found
    return None


def _like(value: Any, tensor: Any) -> Any:
    """A parameter as a tensor beside another one; numbers that are no arrays, and integers, keep their kind."""
    if isinstance(value, (list, tuple)):
        return type(value)(_like(item, tensor) for item in value)
    if not isinstance(value, np.ndarray):
        return value
    torch = importlib.import_module("torch")
    real = value.dtype.kind == "f" and tensor.dtype.is_floating_point
    return torch.from_numpy(value.copy()).to(tensor.device, tensor.dtype if real else None)
