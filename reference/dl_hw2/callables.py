"""Functions of one number that are handed to students, printed as Python that can be pasted; and inputs drawn again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, repr=False, eq=False)
class Shown:
    """A function of one number that shows itself as the numpy expression that it computes.

    name   what the argument is called: `f`, `g_prime`
    rule   the function
    text   the same as source: `lambda t: np.exp(t) - 1.0`

    Errors
        TypeError for what is no single real number. Outside the domain the value is nan or inf.

    >>> halved = Shown("f", lambda t: t / 2, "lambda t: t / 2")
    >>> halved, halved(3), halved([5.0])
    (lambda t: t / 2, 1.5, 2.5)
    """

    name: str
    rule: Callable[[float], Any]
    text: str

    def __call__(self, point: Any) -> float:
        """The value at a point."""
        number = np.asarray(point)
        if number.dtype.kind not in "biuf" or number.size != 1:
            raise TypeError(f"{self.name} expects one real number")
        # Whoever leaves the domain gets nan or inf, as numpy would give it, but no warning: warnings may be errors.
        with np.errstate(all="ignore"):
            return float(self.rule(np.float64(number.item())))

    def __repr__(self) -> str:
        return self.text


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
