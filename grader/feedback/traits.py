"""What a function does with one of its arguments: whether it depends on it, curves with it, and couples its entries.

Each trait is the size of an effect, relative to the function's values, so that two functions can be told apart
without comparing their values.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Any], Floats]

VISIBLE = 1e-9  # smaller effects are rounding
SHARE = 0.01  # of an effect of the right function that another one has to have


class Traits(NamedTuple):
    """Relative sizes of what moves; 0 where nothing does, and where it cannot be seen.

    dependence   what a small change of the argument changes
    curvature    by how much opposite changes of the argument fail to cancel: 0 for an affine function
    coupling     what a change of one entry changes beside the entry that it changes most: 0 for entrywise functions
    """

    dependence: float = 0.0
    curvature: float = 0.0
    coupling: float = 0.0


def traits(function: Function, value: Any, rng: np.random.Generator) -> Traits:
    """The traits of a function of one argument, at a value of it.

    Real numbers and arrays are moved, each entry by a share of its size, or, where signs are mixed, of the root mean
    square; of labels and other whole numbers only the order changes. Equal generators make equal moves.

    Shapes
        `function` takes what is like `value` and returns its values in one row.
    Errors
        Whatever the function raises, and ValueError where its values change in number. It is called five times.
    """
    array = np.asarray(value)
    if array.dtype.kind != "f":
        mixed = array.dtype.kind in "iub" and array.ndim > 0
        return Traits(dependence=_effect(function(value), function(array[::-1].copy()))) if mixed else Traits()

    def at(moved: Floats) -> Floats:
        return function(moved if moved.ndim else float(moved))

    move = _move(array, rng)
    base = at(array)
    ahead, behind = at(array + 0.5 * move), at(array - 0.5 * move)
    single = np.zeros(array.size)
    if array.size:
        entry = rng.integers(array.size)
        single[entry] = 0.5 * move.ravel()[entry]
    return Traits(
        dependence=_effect(base, at(array + 0.1 * move)),
        curvature=_effect(2 * base, ahead + behind),
        coupling=_effect(base, at(array + single.reshape(array.shape)), besides=1),
    )


def _move(array: Floats, rng: np.random.Generator) -> Floats:
    same_sign = bool(np.all(array >= 0) or np.all(array <= 0))
    size = np.abs(array) if same_sign else np.sqrt(np.mean(array**2))
    move: Floats = np.asarray(size * rng.uniform(0.5, 1.0, array.shape) * rng.choice([-1.0, 1.0], array.shape))
    return move


def _effect(before: Floats, after: Floats, besides: int = 0) -> float:
    """The largest change, or the largest besides so many, as a share of the largest value."""
    if before.size <= besides:
        return 0.0
    change, size = np.sort(np.abs(after - before)), max(np.max(np.abs(before)), np.max(np.abs(after)))
    effect = change[-1 - besides] / size if size else 0.0
    return float(effect) if np.isfinite(effect) else 0.0


def lost(wanted: Sequence[Traits], own: Callable[[int], Traits], asked: Sequence[str]) -> str:
    """The first trait asked for that a right function has somewhere, and another in none of these places; '' if none.

    `wanted` are the right one's traits in each place; `own` gives the other's there, and is called only where one of
    them is still to be seen.
    """
    missing = [trait for trait in asked if any(getattr(right, trait) > VISIBLE for right in wanted)]
    for i, right in enumerate(wanted):
        here = [trait for trait in missing if getattr(right, trait) > VISIBLE]
        if here:
            other = own(i)
            seen = [trait for trait in here if getattr(other, trait) >= SHARE * getattr(right, trait)]
            missing = [trait for trait in missing if trait not in seen]
    return missing[0] if missing else ""
