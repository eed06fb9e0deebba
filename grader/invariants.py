"""What is compared where the right answer is not unique: a form that all right answers share.

The bound is measured on that form too, so that its conditioning is accounted for. A form is a smooth function of the
answer, or an exact one of labels: nothing in it may hang on a tie.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Form = Callable[[Any], Any]


def values(answer: Any) -> Any:
    """The answer itself."""
    return answer


def up_to_sign(answer: Any) -> Array:
    """The outer product of each column (of the whole, where there is one axis) with itself: v and -v are the same.

    (n, k) -> (k, n, n);  (n,) -> (n, n).  Eigenvectors and singular vectors of simple values.
    """
    vectors = np.atleast_2d(np.asarray(answer).T)
    products = vectors[:, :, None] * vectors[:, None, :]
    form: Array = products if np.ndim(answer) > 1 else products[0]
    return form


def gram(answer: Any) -> Array:
    """S S^T, which a rotation or reflection from the right leaves as it is: (n, k) -> (n, n).

    Whitened tables and factors of a matrix, up to the choice of a basis.
    """
    matrix = np.asarray(answer)
    form: Array = matrix @ matrix.T
    return form


def gram_of_columns(answer: Any) -> Array:
    """S^T S, which a rotation or reflection from the left leaves as it is: (n, k) -> (k, k).

    Whitening matrices: all A with A Sigma A^T = I.
    """
    return gram(np.asarray(answer).T)


def projector(answer: Any) -> Array:
    """The orthogonal projector on the space that the columns span: (n, k) -> (n, n). Any basis of it has the same.

    The columns are taken to be independent.
    """
    matrix = np.asarray(answer, dtype=np.float64)
    if not np.isfinite(matrix).all():  # there is no such space
        return np.full((len(matrix), len(matrix)), np.nan)
    basis = np.linalg.qr(matrix)[0]
    return np.asarray(basis @ basis.T)


def as_set(answer: Any) -> Array:
    """The entries in ascending order (the rows of a table in the order of a fixed mixture of their entries)."""
    array = np.asarray(answer)
    if array.ndim < 2:
        return np.sort(array, axis=None)
    rows = array.reshape(len(array), -1)
    # A mixture of all entries: rows that begin alike would change places by their rounding errors.
    ordered: Array = array[np.argsort(rows @ np.cos(np.arange(1.0, rows.shape[1] + 1)))]
    return ordered


def partition(answer: Any) -> Array:
    """Who is with whom, (n,) -> (n, n) of 0 and 1: clusters, whatever they are called."""
    labels = np.asarray(answer)
    together: Array = (labels[:, None] == labels[None, :]).astype(np.int64)
    return together


FORMS: dict[str, Form] = {
    "values": values,
    "up_to_sign": up_to_sign,
    "gram": gram,
    "gram_of_columns": gram_of_columns,
    "projector": projector,
    "set": as_set,
    "partition": partition,
}
