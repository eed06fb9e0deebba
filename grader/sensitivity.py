"""How far an answer moves when its inputs, or the results on the way to it, are moved by a little.

Two right programs differ by their rounding errors, and how far those carry depends on the function and on the input.
Both kinds are tried on the reference: every real input is moved by a relative 2^-30 (what rounding the inputs would
do), and
every intermediate result is (what rounding on the way would do). The largest movement of an entry, in units of the
movement put in, is its sensitivity.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.wire import Given

Floats = NDArray[np.float64]

MOVE = 2.0**-30
DRAWS = 8
EVALUATIONS = 1 + 2 * DRAWS  # of the function, for its value and sensitivity
# How far the inputs are moved to find a kink: 64 roundings to single precision. An answer that then moves a hundred
# times as far as its sensitivity says has jumped.
KINK_MOVE = 64 * 2.0**-24
KINK_DRAWS = 4
FAR = 100.0
# Sensitivities beyond this, in units of the answer's size, belong to an ill-conditioned input or to a jump. Moving by
# less tells which: at a jump the answer moves as far as before.
SUSPECT = 655.0  # the tolerance in single precision is then a hundredth of the answer
FINER = 2.0**-10
SECOND_ORDER = 1e-6
NOTHING = 2.0**-1000


def leaves_of(value: Any) -> list[NDArray[Any]]:
    """The arrays of a value: itself, or those of the items of a tuple or list."""
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in leaves_of(item)]
    return [np.asarray(value)]


def sensitivity(
    function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]], move: float = MOVE
) -> list[Floats]:
    """The largest movement of every entry, in units of the movement of the inputs and intermediate results."""
    rng = np.random.default_rng(0)
    spreads = [np.zeros(leaf.shape) for leaf in leaves]
    for draw in range(2 * DRAWS):
        off = [moved(value, rng, move) if draw < DRAWS else _noisy(value, rng, move) for value in arguments]
        for spread, leaf, other in zip(spreads, leaves, leaves_of(function(*off)), strict=True):
            with np.errstate(invalid="ignore"):
                movement = np.abs(np.asarray(other, dtype=np.float64) - leaf) / move
            np.maximum(spread, np.where(np.isfinite(movement), movement, 0.0), out=spread)
    return spreads


def is_steady(
    function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]], spreads: list[Floats]
) -> bool:
    """Whether the answer moves about as its sensitivity says: there is no jump or kink near these inputs.

    At a jump, what a small move does says nothing of what a larger one does; the bound made of it would be wrong.
    Labels and indices are left out: an answer may say how ties are broken.
    """
    # At an answer that is 0, such as the least value of a square, nothing moves at first order; the second is no kink.
    largest = max((float(np.abs(a).max(initial=0.0)) for value in arguments for a in _floats_of(value)), default=0.0)
    least = SECOND_ORDER * largest * max(1.0, largest)
    sizes = [
        np.maximum(spread, np.abs(leaf).max(initial=max(least, NOTHING)))
        for spread, leaf in zip(spreads, leaves, strict=True)
    ]
    return not _jumps(function, arguments, leaves, spreads) and not _kinks(function, arguments, leaves, sizes)


def _floats_of(value: Any) -> list[NDArray[Any]]:
    data = isinstance(value, (float, np.ndarray, list, tuple))
    return [leaf for leaf in leaves_of(value) if leaf.dtype.kind == "f"] if data else []


def _jumps(
    function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]], spreads: list[Floats]
) -> bool:
    """Whether a large movement is that of a jump: moving the inputs by less moves the answer as far."""
    suspects = [
        spread > (SUSPECT * np.abs(leaf).max(initial=NOTHING) if leaf.dtype.kind == "f" else np.inf)
        for spread, leaf in zip(spreads, leaves, strict=True)
    ]
    if not any(suspect.any() for suspect in suspects):
        return False  # the usual case: nothing else is measured
    finer = sensitivity(function, arguments, leaves, MOVE * FINER)
    return any(
        bool(np.any(suspect & (other > FAR * spread)))
        for suspect, spread, other in zip(suspects, spreads, finer, strict=True)
    )


def _kinks(function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]], sizes: list[Floats]) -> bool:
    """Whether moving the inputs by what a program in single precision may make of them moves the answer by far more."""
    rng = np.random.default_rng(1)
    for _ in range(KINK_DRAWS):
        off = leaves_of(function(*(moved(value, rng, KINK_MOVE) for value in arguments)))
        for size, leaf, other in zip(sizes, leaves, off, strict=True):
            with np.errstate(invalid="ignore"):
                movement = np.abs(np.asarray(other, dtype=np.float64) - leaf)
            if leaf.dtype.kind == "f" and np.any(movement > FAR * KINK_MOVE * size):
                return True
    return False


def moved(value: Any, rng: "np.random.Generator", move: float) -> Any:
    """A real input, moved; labels, masks, signs, counts and functions stay as they are."""
    if isinstance(value, float):
        return value * (1 + move * rng.choice([-1.0, 1.0]))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not _discrete(value):
        return value * (1 + move * rng.choice([-1.0, 1.0], value.shape))
    if isinstance(value, (list, tuple)):
        return type(value)(moved(item, rng, move) for item in value)
    if isinstance(value, Given):
        return dataclasses.replace(value, parameters=moved(value.parameters, rng, move))
    return value


def _discrete(array: NDArray[Any]) -> bool:
    return bool(np.isin(array, (-1.0, 0.0, 1.0)).all())


def _noisy(value: Any, rng: "np.random.Generator", move: float) -> Any:
    """An input whose every use is a little off: arrays carry the noise along, functions add it to what they return."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return _carrying((rng, move), value)
    if isinstance(value, (list, tuple)):
        return type(value)(_noisy(item, rng, move) for item in value)
    if isinstance(value, Given):  # its source is ours: every step of it is a little off
        return dataclasses.replace(value, parameters=_noisy(value.parameters, rng, move))
    if callable(value):
        return lambda *arguments: moved(value(*(_plain(a) for a in arguments)), rng, move)
    return value


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, _Noisy) else value


Noise = tuple["np.random.Generator", float]
# These do not round, so what comes of them is not moved.
_SIGNS = (np.sign, np.absolute, np.fabs, np.negative, np.positive, np.copysign)
_EXACT = frozenset((*_SIGNS, np.floor, np.ceil, np.rint, np.trunc, np.maximum, np.minimum, np.fmax, np.fmin))


def _carrying(noise: Noise, values: Any) -> Any:
    noisy = np.asarray(values).view(_Noisy)
    noisy.noise = noise
    return noisy


@functools.cache
def _unset() -> Noise:
    """The noise of an array that nobody gave any. Made when it is needed: numpy.random takes its time to import."""
    return np.random.default_rng(0), MOVE


class _Noisy(np.ndarray[Any, Any]):
    """Monte-Carlo arithmetic: an array of which every floating-point result is moved at random."""

    noise: Noise

    def __array_finalize__(self, parent: Any) -> None:
        self.noise = getattr(parent, "noise", None) or _unset()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = tuple(_plain(out) for out in options["out"])
        result = getattr(ufunc, method)(*(_plain(value) for value in inputs), **options)
        rng, move = self.noise
        off = (rng, 0.0 if ufunc in _EXACT else move)
        return tuple(self._off(item, *off) for item in result) if isinstance(result, tuple) else self._off(result, *off)

    def _off(self, result: Any, rng: "np.random.Generator", move: float) -> Any:
        result = np.asarray(result)
        if result.dtype.kind != "f":
            return result[()]
        return _carrying(self.noise, result * (1 + move * rng.uniform(-1, 1, result.shape)))

    def __round__(self, digits: int | None = None) -> Any:
        return round(float(self), digits)
