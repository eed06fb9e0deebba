"""The functions of one problem file as values: a call of one is a call across the trust boundary."""

import contextlib
import difflib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.compare import kind
from grader.errors import SandboxError, StudentFault
from grader.model import Fault, Limits, Status
from grader.sandbox.tensors import Torch
from grader.sandbox.worker import Handle, Noted, Target, Worker
from grader.sandbox.zygote import Zygote

# The longest problem file that is read; what is longer holds data, not a homework.
MAX_FILE = 4 << 20
NO_TENSORS = Torch()


class Student:
    """One problem file of a submission. Use it in a `with` block.

    A worker is forked when the first function is called. When the student's code ends or blocks it, the function
    in question is out and the others go on in a new worker.

    `taken` are the files and functions that the homework asks for: nobody is told to rename one of those. `torch`
    says which functions take tensors, `given` is the source of the functions that may be handed to them.
    """

    def __init__(
        self,
        zygote: Zygote,
        folder: Path,
        file: str,
        limits: Limits,
        taken: Collection[str],
        torch: Torch = NO_TENSORS,
        given: str = "",
    ) -> None:
        self.zygote, self.folder, self.file, self.limits, self.taken = zygote, folder, file, limits, taken
        self.torch, self.given = torch, given
        self.worker: Worker | None = None
        self.names: list[str] = []
        self.out: dict[str, Fault] = {}  # functions that ended their worker
        self.unusable: Fault | None = _unreadable(folder, file, taken)
        self.noted: dict[str, list[Noted]] = {}  # side effects of what was asked of each function
        self.printed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with contextlib.suppress(SandboxError):  # nothing more is asked; who needs another worker is told
            self._put_away()

    def function(self, name: str) -> Callable[..., Any]:
        """The function of this name, as a value. Calling it raises StudentFault when there is no answer."""

        def call(*arguments: Any) -> Any:
            (result,) = self._results(name, self._named(name, [list(arguments)]))
            if isinstance(result, Fault):
                raise StudentFault(result)
            return result

        call.__name__ = name
        return call

    def ask(self, name: str, calls: list[list[Any]], points: Sequence[float] = (), seconds: float = 0.0) -> list[Any]:
        """The answer, or the Fault, of each call of a function; all of them go out in one message.

        Where the function returns a function of one number, its answer is the list of values at `points`. Together
        they may take the limit's `seconds`, or these where they are more.
        """
        results = self._results(name, self._named(name, calls), seconds, self.noted.setdefault(name, []))
        return self._evaluated(name, results, points, seconds) if points else results

    def again(self, name: str, calls: list[list[Any]], points: Sequence[float], seconds: float) -> list[Any]:
        """Like `ask`, for calls that were answered before. It costs the function nothing when this ends the worker.

        There is no answer then, nor where there is no worker any more.
        """
        if self.worker is None or not self.worker.open or name in self.out:
            return []
        results = self._results(name, self._named(name, calls), seconds)
        results = self._evaluated(name, results, points, seconds) if points else results
        self.out.pop(name, None)
        return results if self.worker.open else []

    def vjp(
        self, name: str, calls: list[list[Any]], upstreams: Sequence[Any], wrt: Sequence[int], seconds: float = 0.0
    ) -> list[Any]:
        """(value, gradients) of each call of a function that takes tensors, or the Fault; all go out in one message.

        The gradients are those of sum(upstream * value) by the arguments at the positions `wrt`, as torch's autograd
        finds them: None for an argument that the value does not depend on, and None for all of them where no part of
        the value leads back to any, or has another shape than its upstream.
        """
        pairs = zip(calls, upstreams, strict=True)
        target = ("own vjp" if name in self.torch.own_backward else "vjp", name, list(wrt))
        return self._results(
            name, [(target, self.torch.arguments(name, [*call, upstream])) for call, upstream in pairs], seconds
        )

    # ---- calls ----

    def _named(self, name: str, calls: list[list[Any]]) -> list[tuple[Target, list[Any]]]:
        return [(name, self.torch.arguments(name, call)) for call in calls]

    def _results(
        self,
        name: str,
        calls: list[tuple[Target, list[Any]]],
        seconds: float = 0.0,
        noted: list[Noted] | None = None,
    ) -> list[Any]:
        """The value or Fault of each call; after the call that ended the worker they share its Fault."""
        if name in self.torch.functions and "torch" not in self.zygote.preload:
            raise SandboxError(f"{name} takes tensors, and the worker process was started without torch")
        results: list[Any] = []
        try:
            worker = self._ready(name)
            results.extend(worker.calls(calls, seconds, noted))
        except StudentFault as ended:
            if ended.fault.status is not Status.MISSING:
                self.out[name] = ended.fault
            results += [ended.fault] * (len(calls) - len(results))
        return results

    def _evaluated(self, name: str, results: list[Any], points: Sequence[float], seconds: float) -> list[Any]:
        """For each returned function, the list of its values at the points (or the first Fault)."""
        handles = [result for result in results if isinstance(result, Handle)]
        calls: list[tuple[Target, list[Any]]] = [(handle.number, [point]) for handle in handles for point in points]
        values: list[Any] = []
        try:
            if calls and handles[0].worker.open:
                values.extend(handles[0].worker.calls(calls, seconds))
        except StudentFault as ended:
            self.out[name] = ended.fault
        values += [self.out.get(name)] * (len(calls) - len(values))
        rows = iter([values[i : i + len(points)] for i in range(0, len(values), len(points))])
        return [_row(next(rows)) if isinstance(result, Handle) else _no_function_but(result) for result in results]

    def _ready(self, name: str) -> Worker:
        """A worker that has loaded the file; StudentFault where the function cannot be called in any."""
        fault = self.unusable or self.out.get(name)
        if fault is None and (self.worker is None or not self.worker.open):
            fault = self._load()
        if fault is None and name not in self.names:
            hint = _hint(name, self.names, self.taken)
            fault = Fault(status=Status.MISSING, message=f"{self.file} has no function {name}.{hint}")
        if fault is not None or self.worker is None:
            raise StudentFault(fault or Fault(status=Status.CRASHED, message="Your code ended."))
        return self.worker

    def _load(self) -> Fault | None:
        self._put_away()
        self.worker = Worker(self.zygote, self.folder, self.limits)
        try:
            self.names = self.worker.load(self.file, self.given)
        except StudentFault as error:
            self.unusable = error.fault
        return self.unusable

    def _put_away(self) -> None:
        if self.worker is None:
            return
        self.worker.close()
        self.printed = self.printed or self.worker.printed
        self.worker = None


def _row(values: list[Any]) -> Any:
    return next((value for value in values if isinstance(value, Fault)), values)


def _no_function_but(result: Any) -> Fault:
    if isinstance(result, Fault):
        return result
    message = f"Your function returned {kind(result)}, where a function is asked for."
    return Fault(status=Status.WRONG, message=message)


def _unreadable(folder: Path, file: str, taken: Collection[str]) -> Fault | None:
    """Why a problem file cannot even be opened, if it cannot."""
    path = folder / file
    if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
        return None if (size := path.stat().st_size) <= MAX_FILE else _too_long(file, size)
    if path.exists() or path.is_symlink():
        message = f"{file} is no file of this folder that can be read: hand in a plain Python file."
        return Fault(status=Status.UNREADABLE, message=message)
    hint = _hint(file, _names_in(folder), taken)
    return Fault(status=Status.MISSING, message=f"{file} is not in the folder.{hint}")


def _too_long(file: str, size: int) -> Fault:
    message = f"{file} has {size >> 20} MiB; up to {MAX_FILE >> 20} MiB are read. Keep data in files of their own."
    return Fault(status=Status.UNREADABLE, message=message)


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name[:200].encode("utf-8", "replace").decode() for path in folder.iterdir())


def _hint(missing: str, names: list[str], taken: Collection[str]) -> str:
    """Which of the names may be the missing one, misspelt."""
    near = difflib.get_close_matches(missing, [name for name in names if name not in taken], n=1, cutoff=0.7)
    return f" Is it {near[0]}? Rename that to {missing}." if near else ""
