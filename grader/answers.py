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

from grader.errors import BrokenReference
from grader.model import Trial
from grader.reference import ReferenceModule

Floats = NDArray[np.float64]

ROUNDINGS = 256 * 2.0**-24
MOVE = 2.0**-30
DRAWS = 8
EVALUATIONS = 1 + 2 * DRAWS  # of the reference, for one answer with its bound
# An entry is never held to less than a tenth of the answer's largest entry, nor of what is usual among its trials.
FLOOR = 0.1
NOTHING = 2.0**-40
# A bound beyond a hundredth of the size belongs to an ill-conditioned input or to a jump. Moving by less tells which:
# at a jump the answer moves as far as before, and a bound made of that would let any answer pass.
SUSPECT = 0.01
FINER = 2.0**-10
JUMP = 100.0


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
        _must_be_numbers(reference, name, leaves)
        usual = _usual_sizes(leaves, groups)
        # A float that is given as an integer now and then, such as a bare 0, is a float.
        exact = [all(leaf.dtype.kind != "f" for leaf in column) for column in zip(*leaves, strict=True)]
        answers = []
        for trial, group, given, value, own in zip(trials, groups, arguments, values, leaves, strict=True):
            spreads = _sensitivity(function, given, own)
            # Of ties between integers the answer may say how they are broken.
            if not all(exact) and _jumps(function, given, own, spreads, usual[group]):
                raise _jump(reference, name, trial)
            bounds = [_bound(*leaf) for leaf in zip(own, spreads, usual[group], exact, strict=True)]
            answers.append(Answer(value, _shaped_like(value, bounds)))
    return answers


def _must_be_numbers(reference: ReferenceModule, name: str, leaves: Sequence[list[NDArray[Any]]]) -> None:
    if len({len(leaf) for leaf in leaves}) == 1 and all(a.dtype.kind in "iuf" for leaf in leaves for a in leaf):
        return
    raise BrokenReference(
        f"{name} does not return numbers, or a tuple of as many, in every trial",
        file=reference.path,
        line=reference.line(name),
        remedy="correct it; where it returns a function, give it `evaluated_at` in the rubric",
    )


def _jump(reference: ReferenceModule, name: str, trial: Trial) -> BrokenReference:
    return BrokenReference(
        f"{name} jumps at the inputs of trial {trial.index} (regime {trial.regime}): nobody's rounding is right there",
        file=reference.path,
        line=reference.line(name),
        remedy="let the input maker draw again where the answer hangs on a tie, or leave out the regime",
    )


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
    """For each group of trials, the median over its trials of the largest entry of each leaf.

    Where that is nothing, as the answer is 0 in all trials of a kind, it is the median over the trials of all kinds:
    two right programs differ there by rounding errors of what cancels, and no measurement sees how large that is.
    """
    largest = np.array([[_largest(array) for array in leaf] for leaf in leaves])
    whole = np.median(largest, axis=0)
    usual = {}
    for group in dict.fromkeys(groups):
        own = np.median(largest[[other == group for other in groups]], axis=0)
        usual[group] = np.where(own > NOTHING * whole, own, whole).tolist()
    return usual


def _largest(array: NDArray[Any]) -> float:
    return float(np.max(np.abs(array[np.isfinite(array)]), initial=0.0))


def _bound(value: NDArray[Any], spread: Floats, usual: float, exact: bool) -> Any:
    if exact:
        return np.zeros(value.shape)  # labels and indices are equal or they are not
    size = np.maximum(spread, np.where(np.isfinite(value), np.abs(value), 0.0))
    floor = usual if size.ndim == 0 else FLOOR * max(usual, float(np.max(size, initial=0.0)))
    return ROUNDINGS * np.maximum(size, floor)


# ---- sensitivity ----


def _jumps(
    function: Callable[..., Any],
    arguments: list[Any],
    leaves: list[NDArray[Any]],
    spreads: list[Floats],
    usual: list[float],
) -> bool:
    """Whether large movements are those of a jump."""
    sizes = [max(size, _largest(leaf)) for size, leaf in zip(usual, leaves, strict=True)]
    suspects = [ROUNDINGS * spread > SUSPECT * size for spread, size in zip(spreads, sizes, strict=True)]
    if not any(suspect.any() for suspect in suspects):
        return False  # the usual case: nothing else is measured
    finer = _sensitivity(function, arguments, leaves, MOVE * FINER)
    return any(
        bool(np.any(suspect & (other > JUMP * spread)))
        for suspect, spread, other in zip(suspects, spreads, finer, strict=True)
    )


def _sensitivity(
    function: Callable[..., Any], arguments: list[Any], leaves: list[NDArray[Any]], move: float = MOVE
) -> list[Floats]:
    """The largest movement of every entry, in units of the movement of the inputs and intermediate results."""
    rng = np.random.default_rng(0)
    spreads = [np.zeros(leaf.shape) for leaf in leaves]
    for draw in range(2 * DRAWS):
        moved = [_moved(value, rng, move) if draw < DRAWS else _noisy(value, rng, move) for value in arguments]
        for spread, leaf, other in zip(spreads, leaves, _leaves(function(*moved)), strict=True):
            with np.errstate(invalid="ignore"):
                movement = np.abs(np.asarray(other, dtype=np.float64) - leaf) / move
            np.maximum(spread, np.where(np.isfinite(movement), movement, 0.0), out=spread)
    return spreads


def _moved(value: Any, rng: np.random.Generator, move: float) -> Any:
    """A real input, moved; labels, masks, signs, counts and functions stay as they are."""
    if isinstance(value, float):
        return value * (1 + move * rng.choice([-1.0, 1.0]))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not _discrete(value):
        return value * (1 + move * rng.choice([-1.0, 1.0], value.shape))
    return value


def _discrete(array: NDArray[Any]) -> bool:
    return bool(np.isin(array, (-1.0, 0.0, 1.0)).all())


def _noisy(value: Any, rng: np.random.Generator, move: float) -> Any:
    """An input whose every use is a little off: arrays carry the noise along, functions add it to what they return."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return _carrying((rng, move), value)
    if callable(value):
        return lambda *arguments: _moved(value(*(_plain(a) for a in arguments)), rng, move)
    return value


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, _Noisy) else value


Noise = tuple[np.random.Generator, float]
# These do not round, so what comes of them is not moved.
_SIGNS = (np.sign, np.absolute, np.fabs, np.negative, np.positive, np.copysign)
_EXACT = frozenset((*_SIGNS, np.floor, np.ceil, np.rint, np.trunc, np.maximum, np.minimum, np.fmax, np.fmin))


def _carrying(noise: Noise, values: Any) -> Any:
    noisy = np.asarray(values).view(_Noisy)
    noisy.noise = noise
    return noisy


class _Noisy(np.ndarray[Any, Any]):
    """Monte-Carlo arithmetic: an array of which every floating-point result is moved at random."""

    noise: Noise
    _UNSET = (np.random.default_rng(0), MOVE)

    def __array_finalize__(self, parent: Any) -> None:
        self.noise = getattr(parent, "noise", self._UNSET)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = tuple(_plain(out) for out in options["out"])
        result = getattr(ufunc, method)(*(_plain(value) for value in inputs), **options)
        rng, move = self.noise
        off = (rng, 0.0 if ufunc in _EXACT else move)
        return tuple(self._off(item, *off) for item in result) if isinstance(result, tuple) else self._off(result, *off)

    def _off(self, result: Any, rng: np.random.Generator, move: float) -> Any:
        result = np.asarray(result)
        if result.dtype.kind != "f":
            return result[()]
        return _carrying(self.noise, result * (1 + move * rng.uniform(-1, 1, result.shape)))

    def __round__(self, digits: int | None = None) -> Any:
        return round(float(self), digits)
