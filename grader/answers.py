"""The reference's answers, each with the bound that a right answer keeps: measured, not guessed.

How far two right programs may differ depends on the function and on the input. It is measured on the reference:
every real input is moved by a relative 2^-30 (what rounding the inputs would do), and every intermediate result
is (what rounding on the way would do). The largest movement seen, in units of the movement put in, is an
entry's sensitivity; an answer may differ by 256 roundings to single precision times that. Right answers in single
precision were measured to stay below a twelfth of it, wrong formulas to exceed it by orders of magnitude.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.model import Trial
from grader.reference import ReferenceModule

Floats = NDArray[np.float64]

ROUNDINGS = 256 * 2.0**-24
MOVE = 2.0**-30
DRAWS = 8
# An entry is never held to less than a tenth of the answer's largest entry, nor of what is usual among its trials.
FLOOR = 0.1


class Answer:
    """The right value in one trial, and the bound of every entry (a tuple of bounds for a tuple)."""

    def __init__(self, value: Any, bound: Any) -> None:
        self.value, self.bound = value, bound


def measured(
    reference: ReferenceModule, name: str, trials: Sequence[Trial], groups: Sequence[Any], points: Sequence[float]
) -> list[Answer]:
    """The reference's answer in every trial, with its bound.

    `groups` says which trials are alike in size. Where the answer is a function, it is its values at `points`.
    """

    def function(*arguments: Any) -> Any:
        value = reference.function(name)(*arguments)
        return np.array([value(point) for point in points]) if points else value

    with reference.blamed():
        arguments = [reference.arguments(name, trial) for trial in trials]
        values = [function(*given) for given in arguments]
        leaves = [_leaves(value) for value in values]
        spreads = [_sensitivity(function, given, leaf) for given, leaf in zip(arguments, leaves, strict=True)]
    usual = _usual_sizes(leaves, groups)
    return [
        Answer(value, _shaped_like(value, [_bound(*pair) for pair in zip(leaf, spread, usual[group], strict=True)]))
        for value, leaf, spread, group in zip(values, leaves, spreads, groups, strict=True)
    ]


def _leaves(value: Any) -> list[NDArray[Any]]:
    """The arrays of a value: itself, or those of the items of a tuple."""
    if isinstance(value, tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [np.asarray(value)]


def _shaped_like(value: Any, leaves: list[Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_shaped_like(item, leaves) for item in value)
    return leaves.pop(0)


def _usual_sizes(leaves: Sequence[list[NDArray[Any]]], groups: Sequence[Any]) -> dict[Any, list[float]]:
    """For each group of trials, the median over its trials of the largest entry of each leaf."""
    sizes: dict[Any, list[list[float]]] = {}
    for group, leaf in zip(groups, leaves, strict=True):
        sizes.setdefault(group, []).append([_largest(array) for array in leaf])
    return {group: [float(np.median(column)) for column in zip(*rows, strict=True)] for group, rows in sizes.items()}


def _largest(array: NDArray[Any]) -> float:
    return float(np.max(np.abs(array[np.isfinite(array)]), initial=0.0))


def _bound(value: NDArray[Any], spread: Floats, usual: float) -> Any:
    if value.dtype.kind != "f":
        return np.zeros(value.shape)  # labels and indices are equal or they are not
    size = np.maximum(spread, np.where(np.isfinite(value), np.abs(value), 0.0))
    floor = usual if size.ndim == 0 else FLOOR * max(usual, float(np.max(size, initial=0.0)))
    return ROUNDINGS * np.maximum(size, floor)


# ---- sensitivity ----


def _sensitivity(function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]]) -> list[Floats]:
    """The largest movement of every entry, in units of the movement of the inputs and intermediate results."""
    rng = np.random.default_rng(0)
    spreads = [np.zeros(leaf.shape) for leaf in leaves]
    for draw in range(2 * DRAWS):
        moved = [_moved(value, rng) if draw < DRAWS else _noisy(value, rng) for value in arguments]
        for spread, leaf, other in zip(spreads, leaves, _leaves(function(*moved)), strict=True):
            with np.errstate(invalid="ignore"):
                movement = np.abs(np.asarray(other, dtype=np.float64) - leaf) / MOVE
            np.maximum(spread, np.where(np.isfinite(movement), movement, 0.0), out=spread)
    return spreads


def _moved(value: Any, rng: np.random.Generator) -> Any:
    """A real input, moved; labels, counts and functions stay as they are."""
    if isinstance(value, float):
        return value * (1 + MOVE * rng.choice([-1.0, 1.0]))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value * (1 + MOVE * rng.choice([-1.0, 1.0], value.shape))
    return value


def _noisy(value: Any, rng: np.random.Generator) -> Any:
    """An input whose every use is a little off: arrays carry the noise along, functions add it to what they return."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return _carrying(rng, value)
    if callable(value):
        return lambda *arguments: _moved(value(*(_plain(a) for a in arguments)), rng)
    return value


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, _Noisy) else value


def _carrying(rng: np.random.Generator, values: Any) -> Any:
    noisy = np.asarray(values).view(_Noisy)
    noisy.rng = rng
    return noisy


class _Noisy(np.ndarray[Any, Any]):
    """Monte-Carlo arithmetic: an array of which every floating-point result is moved by a random 2^-30."""

    rng: np.random.Generator
    _UNSET = np.random.default_rng(0)

    def __array_finalize__(self, parent: Any) -> None:
        self.rng = getattr(parent, "rng", self._UNSET)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = tuple(_plain(out) for out in options["out"])
        result = getattr(ufunc, method)(*(_plain(value) for value in inputs), **options)
        return tuple(map(self._off, result)) if isinstance(result, tuple) else self._off(result)

    def _off(self, result: Any) -> Any:
        result = np.asarray(result)
        if result.dtype.kind != "f":
            return result[()]
        return _carrying(self.rng, result * (1 + MOVE * self.rng.uniform(-1, 1, result.shape)))
