"""One worker's life: load a problem file, answer calls, until the judge hangs up.

It opens with ("locked down",): what happens before is no student's doing.
From the judge: ("given", source) where the course has functions to give, ("load", file), then
("calls", [(target, arguments), ...]) where a target is a function's name, the number of a callable returned before,
or ("vjp", name, wrt), whose last argument is the upstream. To the judge, one frame for each but the first:
("loaded", names), ("value", value) or ("fault", fault). Between the two the student's code may call what it was
handed: ("ask", number, arguments) goes out and ("answer", value) or ("refused", type, message) comes back.

A call by name that had side effects is answered with ("value", value, changed, shared): the positions of the arguments
that it changed, and of those that the value shares memory with.
"""

import contextlib
import functools
import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import wire
from grader.worker import side_effects
from grader.worker.arguments import Arguments
from grader.worker.autograd import vjp
from grader.worker.faults import misfit, raised

MAX_HANDLES = 100_000
MAX_TOLD, MAX_TOLD_BYTES = 10_000, 1_000

Frame = tuple[bytes, bytes]
Target = str | int | tuple[str, str, list[int]]
# What a handed-in function may raise here; anything else arrives as RuntimeError.
_REFUSALS = {kind.__name__: kind for kind in (ValueError, TypeError, ZeroDivisionError, OverflowError)}


def live(channel: socket.socket, folder: Path) -> None:
    """A worker's life, whose standard streams are text as python has it where the work is graded."""
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(fd, mode, closefd=False, encoding="utf-8", errors="backslashreplace", newline=newline)
        for fd, (mode, newline) in enumerate((("r", None), ("w", "\n"), ("w", "\n")))
    )
    Session(channel, folder).serve()


class Session:
    """The worker's end of the channel."""

    def __init__(self, channel: socket.socket, folder: Path) -> None:
        self.channel, self.folder = channel, folder
        self.stream = channel.makefile("rb", buffering=1 << 16)
        self.module = ModuleType("nothing loaded yet")
        self.lent: list[Callable[..., Any]] = []
        self.asking = threading.Lock()
        self.told: dict[bytes, Frame] = {}
        self.arguments = Arguments()

    def serve(self) -> None:
        """Says that it is there, then answers until the channel closes."""
        self._send(("locked down",))
        while (message := self._receive()) is not None:
            match message:
                case ("given", str(source)):
                    self.arguments.source = source
                case ("load", str(file)):
                    self._reply(wire.encode(self._load(file)))
                case ("calls", list(calls)):
                    for target, arguments in calls:
                        self._reply(self._result(target, arguments))

    def _reply(self, frame: bytes) -> None:
        _flush()  # the judge may end this process as soon as it has the answer
        self.channel.sendall(frame)

    # ---- the wire ----

    def _receive(self) -> Any:
        frame = self._next_frame()
        return None if frame is None else self._decoded(frame)

    def _next_frame(self) -> Frame | None:
        prefix = self.stream.read(wire.PREFIX.size)
        if len(prefix) < wire.PREFIX.size:
            return None
        header, body = wire.lengths(prefix)
        return self.stream.read(header), self.stream.read(body)

    def _decoded(self, frame: Frame) -> Any:
        return wire.decode(*frame, self._borrow, self.arguments.make, writable=True)

    def _send(self, message: Any) -> None:
        self.channel.sendall(wire.encode(message, self._lend))

    def _lend(self, function: Callable[..., Any]) -> int:
        if len(self.lent) >= MAX_HANDLES:
            raise wire.WireError("more functions than may be returned")
        self.lent.append(function)
        return len(self.lent) - 1

    def _borrow(self, number: int, name: str) -> Callable[..., Any]:
        def given(*arguments: Any) -> Any:
            try:
                question = wire.encode(("ask", number, list(arguments)), self._lend)
            except wire.WireError as error:
                raise TypeError(f"{name} takes numbers and arrays; it was handed {error}") from None
            match self._answer(question):
                case ("answer", value):
                    return value
                case ("refused", kind, message):
                    raise _REFUSALS.get(kind, RuntimeError)(f"{name}: {message}")
            raise SystemExit

        given.__name__ = given.__qualname__ = name
        return given

    def _answer(self, question: bytes) -> Any:
        """The judge's answer; what was asked before is not asked again, for what is handed in is a pure function."""
        with self.asking:  # the student may ask from several threads
            frame = self.told.get(question)
            if frame is None:
                self.channel.sendall(question)
                frame = self._next_frame()
                if frame is None:
                    raise SystemExit
                if len(question) < MAX_TOLD_BYTES and len(self.told) < MAX_TOLD:
                    self.told[question] = frame
        return self._decoded(frame)

    # ---- the student's code ----

    def _load(self, file: str) -> Any:
        path = self.folder / file
        sys.path.insert(0, str(self.folder))
        try:
            spec = importlib.util.spec_from_file_location(path.stem, path)
            if spec is None or spec.loader is None:
                raise ImportError(f"{file} is no Python file")
            self.module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(self.module)
        except BaseException as error:  # noqa: BLE001 - whatever the student's file raises is their fault, told to them
            return "fault", raised(error, self.folder)
        names = [name for name, value in list(vars(self.module).items()) if callable(value)]
        return "loaded", [str(name)[: wire.MAX_NAME] for name in names[: wire.MAX_NAMES]]

    def _function(self, target: Target) -> Callable[..., Any]:
        """What a target names; of an autograd function, which is a class, the function that it stands for."""
        match target:
            case int(number):
                return self.lent[number]
            case ("vjp" | "own vjp" as kind, str(name), list(wrt)):
                function = self._function(name)
                own = kind == "vjp" or _has_its_own_backward(getattr(self.module, name))
                return functools.partial(vjp, function if own else _without_a_backward, wrt)
        named: Any = getattr(self.module, str(target))
        return named.apply if _has_its_own_backward(named) else named  # type: ignore[no-any-return]

    def _result(self, target: Target, arguments: list[Any]) -> bytes:
        """The frame of what a call gives."""
        try:
            function = self._function(target)
        except (AttributeError, IndexError):
            return wire.encode(("fault", {"kind": "missing"}))
        before = side_effects.snapshot(arguments) if isinstance(target, str) else []
        try:
            value = function(*arguments)
        except BaseException as error:  # noqa: BLE001 - as in _load
            fault = raised(error, self.folder)
            if isinstance(error, TypeError):
                fault["signature"] = misfit(error, function, arguments)
            return wire.encode(("fault", fault))
        try:
            return wire.encode(_answer(value, arguments, before), self._lend)
        except wire.WireError as error:
            return wire.encode(("fault", {"kind": "unreadable", "message": str(error)}))
        except BaseException as error:  # noqa: BLE001 - a value's own methods are the student's code too
            return wire.encode(("fault", raised(error, self.folder)))


def _answer(value: Any, arguments: list[Any], before: side_effects.Snapshot) -> Any:
    """The message of a value; where nobody looked before the call, nobody looks after it."""
    if before:
        changed, shared = side_effects.changed(arguments, before), side_effects.shared(value, arguments)
        if changed or shared:
            return "value", value, changed, shared
    return "value", value


def _has_its_own_backward(function: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(function, type) and issubclass(function, torch.autograd.Function)


def _without_a_backward(*_: Any) -> Any:
    raise TypeError("this has to be a class derived from torch.autograd.Function, with a backward of its own")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the student may have closed or replaced it
            stream.flush()
