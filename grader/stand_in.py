"""A stand-in for a student: functions of our own, judged as a student's are, without a worker."""

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np

from grader.errors import GraderError, StudentFault
from grader.model import Fault, Status
from grader.wire import Generator, Laid


class StandIn:
    """A student whose functions we know: those of a reference, or with a mistake. It answers as `Student` does.

    functions   name -> function; what they raise is a fault, and they get arrays of their own
    gradients   name -> what the student's function gives when torch differentiates it: a function of its arguments
                and the upstream that returns the gradients which a vjp check asks for, in their order

    They run in this process and unhindered: only for what the staff wrote themselves.
    """

    unusable: Fault | None = None
    printed = ""
    noted: Mapping[str, Any] = {}

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], gradients: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        self.functions, self.gradients = functions, gradients or {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Nothing is left behind."""

    def function(self, name: str) -> Callable[..., Any]:
        """The function of this name; it raises StudentFault when there is no answer."""

        def call(*arguments: Any) -> Any:
            result = self._result(self.functions.get(name), name, arguments)
            if isinstance(result, Fault):
                raise StudentFault(result)
            return result

        return call

    def ask(
        self, name: str, calls: list[list[Any]], points: Sequence[float] = (), seconds: float = 0.0
    ) -> Sequence[Any]:
        """The answer, or the Fault, of each call of a function; at `points`, where it returns a function."""
        results = [self._result(self.functions.get(name), name, call) for call in calls]
        return [self._evaluated(result, points) for result in results] if points else results

    def again(self, name: str, calls: list[list[Any]], points: Sequence[float], seconds: float) -> list[Any]:
        """Nothing: whoever wrote the function is not looked after."""
        return []

    def vjp(
        self, name: str, calls: list[list[Any]], upstreams: Sequence[Any], wrt: Sequence[int], seconds: float = 0.0
    ) -> Sequence[Any]:
        """(value, gradients) of each call of a function, or the Fault."""
        results = []
        for call, upstream in zip(calls, upstreams, strict=True):
            value = self._result(self.functions.get(name), name, call)
            found = self._result(self.gradients.get(name), name, [*call, upstream])
            fault = next((one for one in (value, found) if isinstance(one, Fault)), None)
            results.append(fault or (value, list(found) if isinstance(found, tuple) else [found]))
        return results

    def _result(self, function: Callable[..., Any] | None, name: str, arguments: Sequence[Any]) -> Any:
        if function is None:
            return Fault(status=Status.MISSING, message=f"There is no function {name}.")
        try:
            with np.errstate(all="ignore"):
                return function(*map(_own, arguments))
        except StudentFault as error:
            return error.fault
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake may raise whatever it likes
            return Fault(status=Status.RAISED, message=f"{type(error).__name__}: {error}")

    def _evaluated(self, result: Any, points: Sequence[float]) -> Any:
        """The values of a returned function at the points, or the first Fault."""
        if isinstance(result, Fault):
            return result
        values = [self._result(result if callable(result) else None, "that is returned", [point]) for point in points]
        return next((value for value in values if isinstance(value, Fault)), values)


def _own(value: Any) -> Any:
    """An argument as a function takes it, and may write to it: arrays are its own, and generators are alive."""
    if isinstance(value, Laid):
        return value.array.copy()  # who writes for rows and columns alike is not looked after either
    if isinstance(value, Generator):
        return np.random.default_rng(value.seed)
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(_own(item) for item in value)
    return {key: _own(item) for key, item in value.items()} if isinstance(value, dict) else value
