"""Simpler forms of arrays and numbers, and which of two inputs is the simpler one."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.shrinking.facts import Array
from grader.feedback.shrinking.laws import is_number, is_numeric


class Cost(NamedTuple):
    """How simple inputs are, less is simpler: how many numbers, how many digits, how large, how many minus signs."""

    numbers: int
    digits: int
    size: float
    signs: int


def cost(value: Any) -> Cost:
    """What one input adds to the cost; nothing, if it is no number and no array of numbers."""
    if not is_numeric(value):
        return Cost(0, 0, 0.0, 0)
    if is_number(value):
        value = value.item() if isinstance(value, np.generic) else value
        return Cost(1, _digits(value), abs(value) if np.isfinite(value) else 0.0, int(value < 0))
    array = np.asarray(value)
    size = float(np.sum(np.abs(array[np.isfinite(array)])))
    return Cost(array.size, sum(map(_digits, array.ravel().tolist())), size, int(np.count_nonzero(array < 0)))


def total(costs: Iterable[Cost]) -> Cost:
    """The cost of inputs from that of each."""
    numbers, digits, size, signs = zip(*costs, strict=True)
    return Cost(sum(numbers), sum(digits), sum(size), sum(signs))


def simplicity(inputs: Mapping[str, Any]) -> Cost:
    """The cost of inputs. Those of less cost are the simpler ones."""
    return total([Cost(0, 0, 0.0, 0), *map(cost, inputs.values())])


@functools.lru_cache(maxsize=1 << 14)
def _digits(number: float) -> int:
    """How many digits it takes to write a number: one for 1.0, two for 0.5."""
    return sum(map(str.isdigit, repr(number).removesuffix(".0")))


# ---- whole arrays ----


def _eye(array: Array) -> Array:
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        return array
    return np.broadcast_to(np.eye(array.shape[-1]), array.shape).astype(array.dtype)


def _counted(array: Array) -> Array:
    return np.arange(1, array.size + 1).reshape(array.shape).astype(array.dtype)


def _in_turn(array: Array) -> Array:
    """Labels in turn: 1, 2, 3, 1, 2, 3, 1."""
    if array.dtype.kind == "f" or not array.size:
        return array
    least, greatest = int(array.min()), int(array.max())
    turns = least + np.arange(array.size) % (greatest - least + 1)
    return turns.reshape(array.shape).astype(array.dtype)


def _ranked(array: Array) -> Array:
    """1, 2, 3, ... in the order of the entries."""
    ranks = np.unique(array, return_inverse=True)[1] + 1
    return ranks.reshape(array.shape).astype(array.dtype)


def _shared(array: Array) -> Array:
    """Every row's mean instead of its entries."""
    if array.dtype.kind != "f" or not array.ndim or not array.size:
        return array
    return np.broadcast_to(array.mean(axis=-1, keepdims=True), array.shape)


def _rounded(grain: float) -> Callable[[Array], Array]:
    """The nearest multiples of 1 / grain."""
    return lambda array: np.round(array * grain) / grain if array.dtype.kind == "f" else array


def _leading(array: Array) -> Array:
    """Each entry to the nearest power of 2, which few digits write and single precision holds."""
    if array.dtype.kind != "f":
        return array
    with np.errstate(divide="ignore"):
        powers = np.exp2(np.round(np.log2(np.abs(array))))
    return np.where(array == 0, 0.0, np.sign(array) * powers)


ROUNDINGS: dict[str, Callable[[Array], Array]] = {
    "whole": _rounded(1),
    "halves": _rounded(2),
    "tenths": _rounded(10),
    "quarters": _rounded(4),
    "eighths": _rounded(8),
    "powers of 2": _leading,
    "hundredths": _rounded(100),
    "sixteenths": _rounded(16),
    "in 64ths": _rounded(64),
}
FORMS: dict[str, Callable[[Array], Array]] = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "eye": _eye,
    "signs": np.sign,
    "in turn": _in_turn,
    "counted": _counted,
    "ranked": _ranked,
    "shared": _shared,
    **ROUNDINGS,
}
NUMBERS = (0, 1, 2, 0.5, 0.1, 0.25, 0.125, 3, -1, -2, -0.5)


def with_form(value: Any, form: Callable[[Array], Array]) -> Any:
    """A number or an array in another form, of the kind that it was."""
    with np.errstate(all="ignore"):
        if is_number(value):
            other = form(np.asarray(value)) + 0
            return type(value)(other) if np.isfinite(other) else value
        return np.asarray(form(value) + 0, dtype=value.dtype)  # not -0.0


@functools.lru_cache(maxsize=1 << 12, typed=True)
def simpler_numbers(number: Any) -> tuple[Any, ...]:
    """Simpler numbers than one, the simplest first; whole where it is whole."""
    whole = isinstance(number, (int, np.integer))
    candidates = [*NUMBERS, 5, 10] if not whole else [0, 1, 2, 3, int(number) // 2, int(number) - 1]
    if not whole and np.isfinite(number):
        candidates += [with_form(float(number), rounding) for rounding in ROUNDINGS.values()]
    seen = dict.fromkeys(value for value in candidates if not whole or value == int(value))
    simpler = [value for value in sorted(seen, key=cost) if cost(value) < cost(number)]
    return tuple(int(value) if whole else float(value) for value in simpler)
