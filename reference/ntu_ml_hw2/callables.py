"""Functions that are handed to students: careful about their argument, printed as numpy that can be pasted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Shown:
    """A function of numbers that shows itself as the numpy expression that it computes.

    name   what the argument is called: `phi`, `grad_f`
    rule   the function, of a float64 array
    text   the same as source: `lambda t: np.sum(t * np.log(t))`
    shape  the only shape that is taken; None for a function that works entry by entry

    Errors
        ValueError for a wrong shape, TypeError for what is no real number. Outside the domain the value is nan or inf.

    >>> halved = Shown("phi", lambda t: t / 2, "lambda t: t / 2")
    >>> halved, halved(3.0), halved([2, 4]).tolist()
    (lambda t: t / 2, 1.5, [1.0, 2.0])
    """

    name: str
    rule: Callable[[Floats], Any]
    text: str
    shape: tuple[int, ...] | None = None

    def __call__(self, point: Any) -> Any:
        """The value at a point: a float, or an array of its own."""
        argument = self._numbers(point)
        # Whoever leaves the domain gets nan or inf, as numpy would give it, but no warning: warnings may be errors.
        with np.errstate(all="ignore"):
            value = np.asarray(self.rule(argument), dtype=np.float64)
        return value if value.ndim else float(value)

    def __repr__(self) -> str:
        return self.text

    def _numbers(self, point: Any) -> Floats:
        if type(point) is np.ndarray and point.dtype == np.float64 and self.shape in (None, point.shape):
            return point  # as a rule; it is read only
        try:
            numbers = np.asarray(point)
        except (ValueError, TypeError):
            raise TypeError(f"{self.name} expects numbers, not a {type(point).__name__}") from None
        if numbers.dtype.kind not in "biuf":
            raise TypeError(f"{self.name} expects real numbers, not a {type(point).__name__} of {numbers.dtype}")
        if self.shape is not None and numbers.shape != self.shape:
            raise ValueError(f"{self.name} expects an array of shape {self.shape}, not {numbers.shape}")
        return numbers.astype(np.float64)


def literal(numbers: Floats) -> str:
    """An array as numpy source that gives back the very same numbers.

    >>> literal(np.array([[0.5, 0.1]]))
    'np.array([[0.5, 0.1]])'
    """
    return f"np.array({numbers.tolist()})"


def redrawn(make: Callable[[], dict[str, Any]], good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first inputs that are good, of at most 1000 that are made.

    >>> numbers = iter([1, 2, 3])
    >>> redrawn(lambda: {"x": next(numbers)}, lambda inputs: inputs["x"] > 1)
    {'x': 2}
    """
    for _ in range(1000):
        inputs = make()
        if good(inputs):
            return inputs
    raise RuntimeError("none of 1000 draws is good: do the regime and the sizes suit the maker?")
