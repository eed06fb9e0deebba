"""Right answers to a problem: those of its reference, as they are and in single precision, handed in as a student's."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.vjp import Vjp
from grader.recorded import Reference
from grader.rubric import Part, Problem
from grader.stand_in import StandIn

Function = Callable[..., Any]


class Right(StandIn):
    """A student whose functions are the reference's, each wrapped; torch finds the gradients that vjp checks name."""

    def __init__(self, problem: Problem, reference: Reference, wrap: Callable[[Function], Function]) -> None:
        super().__init__({name: wrap(reference.function(name)) for name in problem.functions})
        self.reference = reference
        self.found: Mapping[tuple[str, tuple[int, ...]], Function] = {
            (part.function, self._places(part, check)): wrap(self._gradient(part.function, check.of))
            for part in problem.parts
            for check in part.checks
            if isinstance(check, Vjp)
        }

    def vjp(
        self, name: str, calls: list[list[Any]], upstreams: Sequence[Any], wrt: Sequence[int], seconds: float = 0.0
    ) -> Sequence[Any]:
        """(value, gradients) of each call of a function, or the Fault."""
        asked = StandIn(self.functions, {name: self.found[name, tuple(wrt)]})
        return asked.vjp(name, calls, upstreams, wrt, seconds)

    def _places(self, part: Part, check: Vjp) -> tuple[int, ...]:
        names = self.reference.argument_names(part.function)
        return tuple(names.index(name) for name in check.wrt if name in names)

    def _gradient(self, function: str, of: str) -> Function:
        """The reference's gradients, by the arguments of the function and their upstream."""
        names, gradients = self.reference.argument_names(function), self.reference.function(of)

        def found(*arguments: Any) -> Any:
            *own, upstream = arguments
            inputs = {**dict(zip(names, own, strict=False)), "upstream": upstream}
            return gradients(*self.reference.arguments_of(gradients, inputs, of))

        return found


def as_it_is(function: Function) -> Function:
    """The function itself."""
    return function


def in_single(function: Function) -> Function:
    """A function that computes as this one does, but in single precision; its answers come back as float64.

    Of a function that it returns, the same.
    """

    @functools.wraps(function)
    def narrow(*arguments: Any) -> Any:
        return _widened(function(*map(_narrowed, arguments)))

    return narrow


def _narrowed(value: Any) -> Any:
    """Floats as float32, whatever else as it is."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(_narrowed, value))
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.asarray(value, np.float32)[()]
    return value


def _widened(value: Any) -> Any:
    """What the grader makes of an answer: float64 arrays and floats; integers and None stay as they are."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(_widened, value))
    if isinstance(value, np.ndarray) and value.ndim:
        return value if value.dtype.kind in "biu" else np.float64(np.float32(value))
    if callable(value):
        return in_single(value)
    is_kept = value is None or isinstance(value, (int, np.integer, np.bool_))
    return value if is_kept else float(np.float32(value))
