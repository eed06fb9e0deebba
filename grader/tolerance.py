"""How far an answer may be off, by which precision it was computed in.

An entry's size is its sensitivity (see `grader.sensitivity`), and never less than the entry itself. Accepted is what
differs by no more than 256 roundings to single precision of that size. Right answers in single precision were measured
to stay below a twelfth of it, wrong formulas to exceed it by orders of magnitude. What also differs by no more than
2048 roundings to double precision agrees to all digits that there are.
"""

import enum
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

ROUNDINGS = 256 * 2.0**-24
ROUNDINGS_IN_DOUBLE = 2048 * 2.0**-53
# Where roundings to single precision move the answer by more than this share of it, no digit is left to judge.
CAP = 0.01


class Accuracy(enum.StrEnum):
    """To which precision an answer has to agree."""

    SINGLE = "single"
    DOUBLE = "double"


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """Accepts |answer - reference| <= rtol * |reference| + atol. Both are always given.

    rtol   the share of the right value that an answer may be off
    atol   what it may be off where the right value is 0
    """

    rtol: float
    atol: float

    def around(self, expected: Any) -> Any:
        """The bound for every entry of an expected value (a tuple of bounds for a tuple)."""
        if isinstance(expected, (tuple, list)):
            return tuple(self.around(item) for item in expected)
        size = np.abs(np.asarray(expected, dtype=np.float64))
        # What is infinite has no neighbourhood: a bound without end would let every answer pass.
        return self.rtol * np.where(np.isfinite(size), size, 0.0) + self.atol


def in_double(bound: Any) -> Any:
    """The bound for answers in double precision, from that for single precision."""
    if isinstance(bound, tuple):
        return tuple(map(in_double, bound))
    return bound * (ROUNDINGS_IN_DOUBLE / ROUNDINGS)


def sharpened(bound: Any, capped: Any, answer: Any) -> Any:
    """The bound of each output, where it is too wide to tell right from wrong (`capped`) replaced by a sharper one.

    An answer in double precision is held to that there. One in single precision has lost the digits, whoever
    computed it: nothing is asked of it.
    """
    if isinstance(bound, tuple):
        return tuple(sharpened(*leaf) for leaf in zip(bound, capped, answer, strict=True))
    if not capped:
        return bound
    return np.full_like(bound, np.inf) if is_single(answer) else in_double(bound)


def is_single(answer: Any) -> bool:
    """Whether every number of an answer is one that single precision can hold, and not all of them are whole."""
    if isinstance(answer, (tuple, list)):
        return all(map(is_single, answer))
    array: NDArray[Any] = np.asarray(answer)
    if array.dtype.kind != "f":
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        finite = array[np.isfinite(array)]
        return bool(np.all(finite.astype(np.float32) == finite) and np.any(finite != np.round(finite)))
