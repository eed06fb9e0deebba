"""Is a claimed gradient that of a loss? Central differences along random directions tell, and tell when they cannot.

A step of u^(1/3) = 6e-6 times the size of the argument is best for central differences. The second one, an eighth of
it, tells a kink within the first from a wrong gradient.
"""

import enum
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Loss = Callable[[Floats], float]

FINER = 1 / 8
REDRAWS = 6  # of a direction along which nothing can be learned
ROUNDINGS = 16  # which a loss may be off by
NARROWEST = 1e-3  # spread of an argument that counts, as a share of its root mean square


class Finding(enum.Enum):
    """What differences say of a gradient."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "cannot be learned here"


class Precision(NamedTuple):
    """How differences are taken, and how far from the slope a right gradient may be.

    step        of the argument's size
    tolerance   at this step, as a share of the slope's size
    finer       the tolerance at an eighth of the step, where rounding weighs eight times as much
    unit        the rounding of the loss's values
    smooth      whether both steps have to agree, so that no kink is stepped over
    """

    step: float
    tolerance: float
    finer: float
    unit: float
    smooth: bool = False


# The error floor, relative to the root of sum (g_i u_i)^2: 3e-11 in the median and 5e-9 at worst on smooth functions at
# ordinary inputs, up to 1e-7 where the loss is a thousand times the slope. Through kinks the worst is 6e-2, which the
# second step recognises. Values in single precision are noise at such steps and need longer ones.
DOUBLE = Precision(step=6e-6, tolerance=1e-7, finer=8e-7, unit=2.0**-52)
SINGLE = Precision(step=3e-3, tolerance=1e-2, finer=1e-2, unit=2.0**-23, smooth=True)


class Examined(NamedTuple):
    """The finding; where the gradient differs, the index of an entry that does, if one could be singled out."""

    finding: Finding
    entry: tuple[int, ...] = ()


def examined(
    loss: Loss,
    point: Floats,
    gradient: Floats,
    rng: "np.random.Generator",
    precision: Precision = DOUBLE,
    slack: Floats | float = 0.0,
    directions: int = 1,
) -> Examined:
    """Whether `gradient` is the slope of `loss` at `point`, along every one of some random directions.

    A direction along which nothing can be learned is drawn again, up to six times. A difference stands when it is
    there again along a part of the direction, down to one entry: where many kinks cancel along the whole, it is not.

    Shapes
        point, gradient: alike (both () for a number). `loss` takes arrays of this shape and returns a finite number.
    Units
        `slack` is what each entry of the gradient may be off by beyond the precision's share, in its own units.
    Errors
        Whatever `loss` raises. It is called two to six times a direction, and up to 12 log2(entries) times more
        where the gradient differs.
    Numerics
        A wrong gradient whose relative error along a direction is e is missed with a chance of about tolerance / e
        for each direction.
    """
    step = precision.step * _size(point)

    def compare(direction: Floats) -> Finding:
        return _compared(loss, point, gradient, direction, step, precision, slack)

    for _ in range(directions):
        found = _examined(compare, point.shape, rng)
        if found.finding is not Finding.AGREES:
            return found
    return Examined(Finding.AGREES)


def _examined(compare: Callable[[Floats], Finding], shape: tuple[int, ...], rng: "np.random.Generator") -> Examined:
    for _ in range(REDRAWS):
        direction = rng.standard_normal(shape)
        finding = compare(direction)
        if finding is Finding.AGREES:
            return Examined(finding)
        if finding is Finding.DIFFERS:
            located = _located(compare, direction)
            if located.finding is Finding.DIFFERS:
                return located
    return Examined(Finding.UNKNOWN)


def _located(compare: Callable[[Floats], Finding], direction: Floats) -> Examined:
    """The first entry that differs, by halves: the first half that differs is halved again."""
    start, stop = 0, direction.size
    while stop - start > 1:
        middle = (start + stop) // 2
        before = compare(_part(direction, start, middle))
        after = before if before is Finding.DIFFERS else compare(_part(direction, middle, stop))
        if after is not Finding.DIFFERS:
            # Each half is within its tolerance, so the whole is barely beyond it; or a kink hides what is there.
            return Examined(Finding.UNKNOWN if Finding.UNKNOWN in (before, after) else Finding.DIFFERS)
        start, stop = (start, middle) if before is Finding.DIFFERS else (middle, stop)
    return Examined(Finding.DIFFERS, tuple(int(i) for i in np.unravel_index(start, direction.shape)))


def _part(direction: Floats, start: int, stop: int) -> Floats:
    """The direction with nothing but its entries from `start` to `stop`."""
    part = np.zeros(direction.size)
    part[start:stop] = direction.ravel()[start:stop]
    return part.reshape(direction.shape)


def _compared(
    loss: Loss,
    point: Floats,
    gradient: Floats,
    direction: Floats,
    step: float,
    precision: Precision,
    slack: Floats | float,
) -> Finding:
    """What one direction says."""
    terms = gradient * direction
    claimed, length = float(np.sum(terms)), _length(terms)
    allowed = float(np.sum(slack * np.abs(direction)))

    def near(slope: float, rounding: float, tolerance: float) -> bool:
        size = max(abs(slope), length)
        # Where rounding is all there is, agreement is luck.
        return abs(claimed - slope) <= tolerance * size + allowed and rounding <= max(size, allowed)

    coarse, ends = _slope(loss, point, direction, step)
    rounding = ROUNDINGS * precision.unit * ends / step
    agrees = near(coarse, rounding, precision.tolerance)
    if agrees and not precision.smooth:
        return Finding.AGREES
    step, rounding = FINER * step, rounding / FINER
    fine, ends = _slope(loss, point, direction, step)
    if near(fine, rounding, precision.finer) and agrees >= precision.smooth:
        return Finding.AGREES

    # What a kink does to a slope is at most what it does to the two slopes' difference, or, where it lies within
    # the second step, to that of the slopes ahead and behind. A gradient that is farther off is wrong.
    bend = 2 * abs((loss(point + step * direction) - loss(point)) / step - fine)
    doubt = max(abs(coarse - fine), bend) + rounding
    off = min(abs(claimed - coarse), abs(claimed - fine))
    return Finding.DIFFERS if off > doubt else Finding.UNKNOWN


def _slope(loss: Loss, point: Floats, direction: Floats, step: float) -> tuple[float, float]:
    """The central difference, and the size of the values that it is of."""
    ahead, behind = loss(point + step * direction), loss(point - step * direction)
    return (ahead - behind) / (2 * step), max(abs(ahead), abs(behind))


def _size(point: Floats) -> float:
    """What steps are a share of: the root mean square of the entries, less where they are close together.

    The function is often curved on the scale of their spread, and rounding is on that of their size.
    """
    rms: float = _length(point) / max(point.size, 1) ** 0.5
    if not rms or point.size == 1:
        return rms or 1.0
    spread = _length(point - point.mean()) / point.size**0.5
    share: float = max(spread / rms, NARROWEST) ** (2 / 3)
    return rms * share


def _length(values: Floats) -> float:
    """The root of the sum of squares, whatever their size."""
    largest = float(np.max(np.abs(values), initial=0.0))
    return largest * float(np.sqrt(np.sum((values / largest) ** 2))) if largest else 0.0
