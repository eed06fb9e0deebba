"""The functions of one problem file as values: a call of one is a call across the trust boundary."""

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.errors import StudentFault
from grader.model import Fault, Limits, Status
from grader.sandbox.worker import Handle, Worker
from grader.sandbox.zygote import Zygote


class Student:
    """One problem file of a submission. Use it in a `with` block.

    A worker is forked when the first function is called. When the student's code ends or blocks it, the function
    in question is out and the others go on in a new worker.
    """

    def __init__(self, zygote: Zygote, folder: Path, file: str, limits: Limits) -> None:
        self.zygote, self.folder, self.file, self.limits = zygote, folder, file, limits
        self.worker: Worker | None = None
        self.names: list[str] = []
        self.out: dict[str, Fault] = {}  # functions that ended their worker
        self.unusable: Fault | None = _unreadable(folder, file)
        self.printed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._put_away()

    def function(self, name: str) -> Callable[..., Any]:
        """The function of this name, as a value. Calling it raises StudentFault when there is no answer."""

        def call(*arguments: Any) -> Any:
            (result,) = self.ask(name, [list(arguments)])
            if isinstance(result, Fault):
                raise StudentFault(result)
            return result

        call.__name__ = name
        return call

    def ask(self, name: str, calls: list[list[Any]], points: Sequence[float] = ()) -> list[Any]:
        """The answer, or the Fault, of each call of a function; all of them go out in one message.

        Where the function returns a function of one number, its answer is the list of values at `points`.
        """
        results = self._results(name, calls)
        return self._evaluated(name, results, points) if points else results

    # ---- calls ----

    def _results(self, name: str, calls: list[list[Any]]) -> list[Any]:
        """The value or Fault of each call; after the call that ended the worker they share its Fault."""
        results: list[Any] = []
        try:
            worker = self._ready(name)
            results.extend(worker.calls([(name, arguments) for arguments in calls]))
        except StudentFault as ended:
            if ended.fault.status is not Status.MISSING:
                self.out[name] = ended.fault
            results += [ended.fault] * (len(calls) - len(results))
        return results

    def _evaluated(self, name: str, results: list[Any], points: Sequence[float]) -> list[Any]:
        """For each returned function, the list of its values at the points (or the first Fault)."""
        handles = [result for result in results if isinstance(result, Handle)]
        calls = [(handle.number, [point]) for handle in handles for point in points]
        values: list[Any] = []
        try:
            if calls:
                values.extend(handles[0].worker.calls(calls) if handles[0].worker.open else [])
        except StudentFault as ended:
            self.out[name] = ended.fault
        values += [self.out.get(name)] * (len(calls) - len(values))
        rows = iter([values[i : i + len(points)] for i in range(0, len(values), len(points))])
        return [_row(next(rows)) if isinstance(result, Handle) else result for result in results]

    def _ready(self, name: str) -> Worker:
        """A worker that has loaded the file; StudentFault where the function cannot be called in any."""
        fault = self.unusable or self.out.get(name)
        if fault is None and (self.worker is None or not self.worker.open):
            fault = self._load()
        if fault is None and name not in self.names:
            fault = Fault(status=Status.MISSING, message=_no_function(self.file, name, self.names))
        if fault is not None or self.worker is None:
            raise StudentFault(fault or Fault(status=Status.CRASHED, message="Your code ended."))
        return self.worker

    def _load(self) -> Fault | None:
        self._put_away()
        self.worker = Worker(self.zygote, self.folder, self.limits)
        try:
            self.names = self.worker.load(self.file)
        except StudentFault as error:
            self.unusable = error.fault
        return self.unusable

    def _put_away(self) -> None:
        if self.worker is None:
            return
        self.worker.close()
        self.printed = self.printed or _printed(self.worker)
        self.worker = None


def _row(values: list[Any]) -> Any:
    return next((value for value in values if isinstance(value, Fault)), values)


def _printed(worker: Worker) -> str:
    text = bytes(worker.printed).decode("utf-8", "replace")
    dropped = worker.printed_bytes - len(worker.printed)
    return f"{text}\n[{dropped} more bytes were printed]" if dropped else text


def _unreadable(folder: Path, file: str) -> Fault | None:
    """Why a problem file cannot even be opened, if it cannot."""
    path = folder / file
    if path.is_file():
        return None
    if path.exists() or path.is_symlink():
        message = f"{file} is no file that can be read: hand in a plain Python file."
        return Fault(status=Status.UNREADABLE, message=message)
    near = difflib.get_close_matches(file, _names_in(folder), n=1, cutoff=0.7)
    hint = f" Is it {near[0]}? Rename that to {file}." if near else ""
    return Fault(status=Status.MISSING, message=f"{file} is not in the folder.{hint}")


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name[:200] for path in folder.iterdir())


def _no_function(file: str, name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    hint = f" Is it {near[0]}? Rename that to {name}." if near else ""
    return f"{file} has no function {name}.{hint}"
