"""The instructor's module of one problem: solutions, input makers and properties, side by side."""

import contextlib
import difflib
import importlib.util
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import BrokenReference, GraderError, StudentFault
from grader.model import Trial
from grader.store import digest


class ReferenceModule:
    """`reference/<assignment>/problemN.py`, imported. Sibling modules can be imported relatively.

    Errors
        BrokenReference, with file and line, for whatever goes wrong in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Before the import: what is kept under it belongs to this source or to an older one, never to a newer one.
        self.digest = digest(path.parent, path.name) if path.is_file() else ""
        self.module = _imported(path)
        self._signatures: dict[str, inspect.Signature] = {}

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the module by name."""
        function = getattr(self.module, name, None)
        if not callable(function):
            names = [key for key, value in vars(self.module).items() if callable(value)]
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise BrokenReference(f"there is no function '{name}'{hint}", file=self.path, remedy=f"define {name} in it")
        return function  # type: ignore[no-any-return]

    def argument_names(self, name: str) -> list[str]:
        """The names of a function's arguments, in order."""
        return list(self._signature(name).parameters)

    def _signature(self, name: str) -> inspect.Signature:
        if name not in self._signatures:
            self._signatures[name] = inspect.signature(self.function(name))
        return self._signatures[name]

    def line(self, name: str) -> int:
        """The line that a function starts at."""
        return inspect.unwrap(self.function(name)).__code__.co_firstlineno  # type: ignore[no-any-return]

    def arguments(self, name: str, trial: Trial) -> list[Any]:
        """The inputs of a trial that a function is called with, in the order of its signature."""
        inputs, parameters = trial.inputs, self._signature(name).parameters
        missing = [p.name for p in parameters.values() if p.name not in inputs and p.default is p.empty]
        if missing:
            raise BrokenReference(
                f"{name} takes '{missing[0]}', which the input maker does not make",
                file=self.path,
                line=self.line(name),
                remedy=f"return '{missing[0]}' from the maker that the rubric names for {name}",
            )
        return [inputs[key] for key in parameters if key in inputs]

    def objection(self, name: str, arguments: list[Any]) -> str:
        """What a property asserts in vain, as the sentence for the student; '' when it holds."""
        claim = self.function(name)
        try:
            claim(*arguments)
        except AssertionError as broken:
            return _sentence(str(broken) or (claim.__doc__ or f"{name} does not hold").strip().splitlines()[0])
        return ""

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Turns whatever the module's own code raises into BrokenReference, with the line it came from."""
        try:
            with np.errstate(all="ignore"):
                yield
        except (GraderError, StudentFault):
            raise
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in frames if Path(frame.filename).parent == self.path.parent]
            place = own[-1] if own else None
            raise BrokenReference(
                f"{type(error).__name__}: {error}",
                file=place.filename if place else self.path,
                line=(place.lineno or 0) if place else 0,
                remedy="correct the reference; no student's points depend on it until then",
            ) from error


def _sentence(text: str) -> str:
    """The text of an assertion with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _imported(path: Path) -> types.ModuleType:
    if not path.is_file():
        raise BrokenReference(
            "there is no such reference", file=path, remedy="write it, or correct the rubric's `file`"
        )
    package = f"_reference_{path.parent.resolve()}".replace(".", "_")
    parent = sys.modules.setdefault(package, types.ModuleType(package))
    parent.__path__ = [str(path.parent)]
    name = f"{package}.{path.stem}"
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None, "a .py file always has a loader"
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise BrokenReference(
            f"SyntaxError: {error.msg}", file=error.filename or path, line=error.lineno or 0
        ) from error
    except Exception as error:
        line = next(
            (f.lineno for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == str(path)), 0
        )
        raise BrokenReference(f"{type(error).__name__}: {error}", file=path, line=line or 0) from error
    return module
