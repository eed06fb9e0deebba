"""The instructor's module of one problem: solutions, input makers and properties, side by side."""

import contextlib
import difflib
import functools
import hashlib
import importlib.util
import inspect
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.errors import BrokenReference, GraderError, StudentFault, UsageError
from grader.given import FILE, bound, source
from grader.model import Trial
from grader.store import Store, digest
from grader.wire import Generator

_DEFINED = re.compile(r"^def (\w+)\(", re.MULTILINE)


class ReferenceModule:
    """`reference/<assignment>/problemN.py`, imported. Sibling modules can be imported relatively.

    Errors
        BrokenReference, with file and line, for whatever goes wrong in it.
    """

    answers_anywhere = True

    def __init__(self, path: Path) -> None:
        self.path = path
        # Before the import: what is kept under it belongs to this source or to an older one, never to a newer one.
        self.digest = _digest(path)
        given_file = path.with_name(FILE)
        self.given_source = source(given_file)
        # First, for the reference may import it.
        self.given = _imported(given_file, xp=np) if self.given_source else None
        self.module = _imported(path)
        self._wrong_answers: types.ModuleType | None = None
        self._signatures: dict[Callable[..., Any], inspect.Signature] = {}

    def store(self, plan: str) -> Store:
        """What is kept of a plan of trials, for all students who are put to it."""
        return Store(plan)

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the module by name."""
        function = getattr(self.module, name, None)
        if not callable(function):
            names = [key for key, value in vars(self.module).items() if callable(value)]
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise BrokenReference(f"there is no function '{name}'{hint}", file=self.path, remedy=f"define {name} in it")
        return function  # type: ignore[no-any-return]

    def misconception(self, name: str) -> Callable[..., Any]:
        """A known wrong answer by name, from `problemN_misconceptions.py` beside the reference."""
        self.must_have_misconceptions([name])
        if self._wrong_answers is None:
            self._wrong_answers = _imported(self._misconceptions)
        return getattr(self._wrong_answers, name)  # type: ignore[no-any-return]

    def must_have_misconceptions(self, names: Iterable[str]) -> None:
        """Finds them in the source, which is imported once a student is wrong; BrokenReference where one is not."""
        for name in names:
            if name not in self._known_misconceptions:
                near = difflib.get_close_matches(name, self._known_misconceptions, n=1)
                hint = f" (did you mean '{near[0]}'?)" if near else ""
                message, remedy = f"there is no misconception '{name}'{hint}", f"define {name} in it"
                raise BrokenReference(message, file=self._misconceptions, remedy=remedy)

    @property
    def _misconceptions(self) -> Path:
        return self.path.with_name(f"{self.path.stem}_misconceptions.py")

    @functools.cached_property
    def _known_misconceptions(self) -> frozenset[str]:
        path = self._misconceptions
        if not path.is_file():
            remedy = "write it, or leave out `misconceptions`"
            raise BrokenReference("there is no such reference", file=path, remedy=remedy)
        return frozenset(_DEFINED.findall(path.read_text(encoding="utf-8", errors="replace")))

    def called(self, name: str, *arguments: Any) -> Any:
        """What a function gives for inputs as a trial holds them: each generator is made anew from its seed."""
        return self.function(name)(*map(_alive, arguments))

    def bound(self, trials: Iterable[Trial]) -> list[Trial]:
        """The trials with their given functions found in given.py."""
        path = self.path.with_name(FILE)
        return [
            msgspec.structs.replace(
                trial, inputs={name: bound(value, self.given, path) for name, value in trial.inputs.items()}
            )
            for trial in trials
        ]

    def argument_names(self, name: str) -> list[str]:
        """The names of a function's arguments, in order."""
        return list(self._signature(self.function(name)).parameters)

    def _signature(self, function: Callable[..., Any]) -> inspect.Signature:
        if function not in self._signatures:
            self._signatures[function] = inspect.signature(function)
        return self._signatures[function]

    def line(self, name: str) -> int:
        """The line that a function starts at."""
        return first_line(self.function(name))

    def arguments(self, name: str, trial: Trial) -> list[Any]:
        """The inputs of a trial that a function of the module is called with, in the order of its signature."""
        return self.arguments_of(self.function(name), trial.inputs, name)

    def arguments_of(self, function: Callable[..., Any], inputs: Mapping[str, Any], name: str) -> list[Any]:
        """The inputs that a function is called with, in the order of its signature; `name` is for errors."""
        parameters = self._signature(function).parameters
        given = [key for key in parameters if key in inputs]
        # Arguments go by position: only the last ones can be left to their defaults.
        gaps = [key for key, _ in zip(parameters, given, strict=False) if key not in inputs]
        missing = gaps + [p.name for p in parameters.values() if p.name not in inputs and p.default is p.empty]
        if missing:
            raise BrokenReference(
                f"{name} takes '{missing[0]}', which the input maker does not make",
                file=file_of(function) or self.path,
                line=first_line(function),
                remedy=f"return '{missing[0]}' from the maker that the rubric names for {name}",
            )
        return [inputs[key] for key in given]

    def objection(self, name: str, arguments: list[Any]) -> str:
        """What a property asserts in vain, as the sentence for the student; '' when it holds."""
        claim = self.function(name)
        try:
            returned = claim(*arguments)
        except AssertionError as broken:
            if _is_of_a_reference(broken):
                raise
            return _sentence(str(broken) or (inspect.getdoc(claim) or f"{name} does not hold").partition("\n")[0])
        if returned is not None:  # a truth value, or a generator that never ran
            remedy = "assert it instead: what a property returns is not looked at"
            raise BrokenReference(f"{name} returns a value", file=self.path, line=self.line(name), remedy=remedy)
        return ""

    def claims(self, law: str, arguments: list[Any]) -> tuple[list[Any], str]:
        """What a law yields or returns, and what it asserts in vain, as a sentence ('' if nothing)."""
        return claims_of(self.function(law), arguments)

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Turns whatever the module's own code raises into BrokenReference, with the line it came from."""
        try:
            with np.errstate(all="ignore"):
                yield
        except (GraderError, StudentFault):
            raise
        except (Exception, SystemExit) as error:
            remedy = "correct the reference; no student's points depend on it until then"
            raise _broken(error, self.path, remedy) from error


def claims_of(law: Callable[..., Any], arguments: list[Any]) -> tuple[list[Any], str]:
    """What a law yields or returns, and what it asserts in vain, as a sentence ('' if nothing)."""
    claims: list[Any] = []
    try:
        returned = law(*arguments)
        if returned is None:
            message = f"{law.__name__} returns None"
            remedy = "let it yield claims of grader.laws, or return a list of them"
            raise BrokenReference(message, file=file_of(law), line=first_line(law), remedy=remedy)
        claims.extend(returned)
    except AssertionError as broken:
        if _is_of_a_reference(broken):
            raise
        return claims, _sentence(str(broken) or (inspect.getdoc(law) or law.__name__).partition("\n")[0])
    return claims, ""


def first_line(function: Callable[..., Any]) -> int:
    """The line that a function starts at; 0 for what is none."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_firstlineno if code else 0


def file_of(function: Callable[..., Any]) -> str:
    """The file that a function stands in; '' for what is none."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code else ""


def _digest(path: Path) -> str:
    try:
        return digest(path.parent, path.name)
    except OSError as error:
        raise BrokenReference(f"cannot be read: {error}", file=path.parent) from error


def _broken(error: BaseException, path: Path, remedy: str = "") -> BrokenReference:
    """The error with the last line of the reference's folder that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    folder = path.parent.resolve()
    own = [frame for frame in frames if Path(frame.filename).resolve().parent == folder]
    file, line = (own[-1].filename, own[-1].lineno or 0) if own else (path, 0)
    return BrokenReference(f"{type(error).__name__}: {error}", file=file, line=line, remedy=remedy)


def _is_of_a_reference(broken: AssertionError) -> bool:
    """Whether a property's AssertionError comes from a function that ran for comparison: behind code of ours."""
    assert broken.__traceback__ is not None, "it was raised"
    ours = Path(__file__).parent
    return any(ours in Path(f.filename).parents for f in traceback.extract_tb(broken.__traceback__.tb_next))


def _sentence(text: str) -> str:
    """The text of an assertion with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _alive(value: Any) -> Any:
    # Of either library: nobody compares draws.
    return np.random.default_rng(value.seed) if isinstance(value, Generator) else value


def _imported(path: Path, **names: Any) -> types.ModuleType:
    if not path.is_file():
        raise BrokenReference(
            "there is no such reference", file=path, remedy="write it, or correct the rubric's `file`"
        )
    if sys.flags.optimize:
        remedy = "unset PYTHONOPTIMIZE, or leave out -O"
        raise UsageError("Python was told to leave out assertions, which is what properties are made of", remedy=remedy)
    # One package for each folder, so that siblings can be imported and two courses do not mix.
    package = "_reference_" + hashlib.sha256(str(path.parent.resolve()).encode()).hexdigest()[:16]
    parent = sys.modules.setdefault(package, types.ModuleType(package))
    parent.__path__ = [str(path.parent)]
    name = f"{package}.{path.stem}"
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None, "a .py file always has a loader"
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        vars(module).update(names)
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise BrokenReference(
            f"SyntaxError: {error.msg}", file=error.filename or path, line=error.lineno or 0
        ) from error
    except (Exception, SystemExit) as error:
        raise _broken(error, path) from error
    return module
