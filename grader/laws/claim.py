"""One look at draws: how odd they are, and what to say if they are too odd."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HUGE = 1e70  # standard deviations: as good as infinite, and its fourth power is a number


class Claim(NamedTuple):
    """One look at draws.

    p          the chance that right draws look as odd as these, or more; never understated
    sentence   what to tell the student where p is next to nothing; it names no right value
    """

    p: float
    sentence: str


def of_mean(p: Any, draws: Floats, mean: float, what: str) -> Claim:
    """The claim about a mean."""
    found = float(draws.mean())
    return Claim(float(p), f"The mean of {what} is {found:.4g}: too {'large' if found > mean else 'small'}.")


def of_variance(p: Any, large: Any, what: str) -> Claim:
    """The claim about a variance."""
    return Claim(float(p), f"The variance of {what} is too {'large' if large else 'small'}.")


def capital(text: str) -> str:
    """A sentence of it."""
    return text[:1].upper() + text[1:]
