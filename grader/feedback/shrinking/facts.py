"""What can be said of one array: whether something holds of it, a number that it has, how large its entries are.

Each table maps a name to a small function of an array (a number is an array without axes). A fact says None, and a
measure too, where the array is too small, or of the wrong kind, to tell.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# How far apart two sums, or two mirrored entries, may be and pass for equal.
CLOSE = 1e-6
# Entries that come closer to 0 than this part of their usual size come as close as one likes.
GAP = 0.2


def _at_least(size: int, fact: Callable[[Array], bool]) -> Callable[[Array], bool | None]:
    """The fact of arrays with so many entries."""
    return lambda array: bool(fact(array)) if array.size >= size else None


def _of_tables(fact: Callable[[Array], bool]) -> Callable[[Array], bool | None]:
    """The fact of tables, and of stacks of tables."""
    return lambda array: bool(fact(array)) if array.ndim >= 2 and array.size else None


def _of_squares(fact: Callable[[Array], bool], size: int = 2) -> Callable[[Array], bool | None]:
    """The fact of square tables that are not smaller; tables that are not square do not have it."""

    def judged(array: Array) -> bool | None:
        if array.ndim < 2 or max(array.shape[-2:]) < size or not array.size:
            return None
        return array.shape[-1] == array.shape[-2] and bool(fact(array))

    return judged


def _turned(array: Array) -> Array:
    return np.swapaxes(array, -1, -2)


def _near(one: Any, other: Any) -> bool:
    return bool(np.all(np.abs(np.asarray(one) - other) <= CLOSE * np.maximum(1.0, np.abs(other))))


def _finite(array: Array) -> bool:
    return bool(np.isfinite(array).all())


def _symmetric(array: Array) -> bool:
    return _near(array, _turned(array))


def _positive_definite(array: Array) -> bool:
    return _finite(array) and _symmetric(array) and bool(np.all(np.linalg.eigvalsh(array) > 0))


def _not_indefinite(array: Array) -> bool:
    if not _finite(array) or not _symmetric(array):
        return False
    values = np.linalg.eigvalsh(array)
    return bool(np.all(values[..., 0] >= -CLOSE * np.abs(values[..., -1])))


def _orthonormal(array: Array) -> bool:
    return _near(array @ _turned(array), np.eye(array.shape[-2]))


def _full_rank(array: Array) -> bool:
    return _finite(array) and bool(np.all(np.linalg.matrix_rank(array) == min(array.shape[-2:])))


def _spread_out(array: Array) -> bool:
    """Whether the rows lie on no line, plane, ... as far as there are enough of them: their covariance is regular."""
    centred = array - array.mean(axis=-2, keepdims=True)
    most = min(array.shape[-2] - 1, array.shape[-1])
    return _finite(array) and bool(np.all(np.linalg.matrix_rank(centred) == most))


def _every_label_occurs(array: Array) -> bool:
    labels = np.unique(array)
    return bool(labels.size == labels[-1] - labels[0] + 1 and np.all(labels == np.round(labels)))


FACTS: dict[str, Callable[[Array], bool | None]] = {
    "finite": _at_least(1, _finite),
    "whole numbers": _at_least(1, lambda a: bool(np.all(a == np.round(a)))),
    "zeros and ones": _at_least(1, lambda a: bool(np.isin(a, (0, 1)).all())),
    "signs": _at_least(1, lambda a: bool(np.isin(a, (-1, 1)).all())),
    "single precision": _at_least(1, lambda a: bool(np.all(a == a.astype(np.float32)))),
    "not all equal": _at_least(2, lambda a: bool(np.any(a != a.flat[0]))),
    # Two entries of a table of real numbers may be equal: nobody drew it such that they are not.
    "all different": _at_least(2, lambda a: (a.ndim > 1 and a.dtype.kind == "f") or np.unique(a).size == a.size),
    "ascending": _at_least(2, lambda a: a.ndim == 1 and bool(np.all(np.diff(a) >= 0))),
    "descending": _at_least(2, lambda a: a.ndim == 1 and bool(np.all(np.diff(a) <= 0))),
    "every label occurs": _at_least(2, _every_label_occurs),
    "rows all different": _of_tables(lambda a: len(np.unique(a.reshape(-1, a.shape[-1]), axis=0)) == a[..., 0].size),
    "no empty row": _of_tables(lambda a: bool(np.all(np.any(a != 0, axis=-1)))),
    "no empty column": _of_tables(lambda a: bool(np.all(np.any(a != 0, axis=-2)))),
    "full rank": _of_tables(_full_rank),
    "spread out": _of_tables(_spread_out),
    "orthonormal rows": _of_tables(_orthonormal),
    "orthonormal columns": _of_tables(lambda a: _orthonormal(_turned(a))),
    "symmetric": _of_squares(_symmetric),
    "skew": _of_squares(lambda a: _near(a, -_turned(a))),
    "positive definite": _of_squares(_positive_definite, 1),
    "positive semidefinite": _of_squares(_not_indefinite, 1),
    "lower triangular": _of_squares(lambda a: bool(np.all(np.triu(a, 1) == 0))),
    "upper triangular": _of_squares(lambda a: bool(np.all(np.tril(a, -1) == 0))),
}


def _along(axis: int, measure: Callable[..., Any]) -> Callable[[Array], Any]:
    return lambda array: measure(array, axis=axis) if array.ndim >= 2 and array.size else None


# A law where it is one and the same number in all trials, for all rows.
CONSTANTS: dict[str, Callable[[Array], Any]] = {
    "sum": lambda a: a.sum() if a.size else None,
    "row sums": _along(-1, np.sum),
    "column sums": _along(-2, np.sum),
    "length": lambda a: np.linalg.norm(a) if a.size else None,
    "row lengths": _along(-1, np.linalg.norm),
    "column lengths": _along(-2, np.linalg.norm),
    "least": lambda a: a.min() if a.size else None,
    "greatest": lambda a: a.max() if a.size else None,
    "first": lambda a: a.flat[0] if a.size else None,
    "last": lambda a: a.flat[-1] if a.size else None,
}


def _condition(array: Array) -> Any:
    if array.ndim < 2 or not array.shape[-1] == array.shape[-2] > 0:
        return None
    return np.max(np.linalg.cond(array)) if _finite(array) else np.inf


# A law: never below what was seen (`least`), never above (`greatest`).
AT_LEAST: dict[str, Callable[[Array], Any]] = {"least entry": CONSTANTS["least"]}
AT_MOST: dict[str, Callable[[Array], Any]] = {"greatest entry": CONSTANTS["greatest"], "condition": _condition}


def away_from_zero(arrays: list[Array]) -> float:
    """How close to 0 entries may come, where they have either sign; 0.0 where they may be 0."""
    sizes = np.abs(np.concatenate([np.ravel(array) for array in arrays]))
    if not sizes.size:
        return 0.0
    least = float(sizes.min())
    return least if least > GAP * float(np.median(sizes)) else 0.0
