"""Does an answer agree with the reference's: first its structure, then its values.

An answer may come as anything that holds the right numbers: a list, a torch tensor, a one-element array for a
number. Its shape is part of the answer: (d,) is not (d, 1) unless the rubric says so, and nothing is broadcast.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import StudentFault
from grader.model import Fault, Status
from grader.wire import Tensor

Array = NDArray[Any]


def _misfit(sentence: str) -> StudentFault:
    return StudentFault(Fault(status=Status.WRONG, message=sentence))


def conformed(answer: Any, expected: Any, what: str = "Your function returned", *, loose: bool = False) -> Any:
    """The answer as what `expected` is: a float, an int, a truth value, an array of that shape, a tuple of these.

    With `loose`, axes of length one may come and go: (d, 1) is then as good as (d,).

    Errors
        StudentFault when it is something else.
    """
    if callable(expected):
        if not callable(answer):
            raise _misfit(f"{what} {kind(answer)}, where a function is asked for.")
        return answer
    if isinstance(expected, (tuple, list)):
        return _conformed_tuple(answer, expected, what, loose)
    if expected is None or answer is None:
        return _conformed_none(answer, expected, what)
    array, shape = _array(_indicators(answer, expected), what, truth=_is_truth(expected)), np.shape(expected)
    if array.ndim > len(shape) == 1 and (len(array),) == shape == (array.size,) and _in_a_row(answer):
        array = array.reshape(shape)
    if loose and _without_ones(array.shape) == _without_ones(shape):
        array = array.reshape(shape)
    if array.shape != shape and not (shape == () and array.size == 1):
        raise _misfit(f"{what} {kind(answer)}, where {_wanted(shape)} is asked for.{_hint(array.shape, expected)}")
    return array.item() if shape == () else array


def structured(answer: Any, like: Any, what: str = "Your function returned") -> Any:
    """The answer as the kind of thing that `like` is, of whatever shape: where nobody knows the right one's.

    Errors
        StudentFault when it is something else.
    """
    if isinstance(like, (tuple, list)):
        items = unpacked(answer, len(like), what)
        return tuple(structured(item, own, what) for item, own in zip(items, like, strict=True))
    if callable(like) or like is None or answer is None:
        return conformed(answer, like, what)
    array = _array(answer, what, truth=_is_truth(like))
    return array if array.ndim else array.item()


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _conformed_none(answer: Any, expected: Any, what: str) -> None:
    if answer is None and expected is None:
        return
    if answer is None:
        raise _misfit(f"{what} None: does it end with a return statement?")
    raise _misfit(f"{what} {kind(answer)}, where None is asked for.")


def _conformed_tuple(answer: Any, expected: Sequence[Any], what: str, loose: bool) -> tuple[Any, ...]:
    items = unpacked(answer, len(expected), what)
    return tuple(
        conformed(item, wanted, f"{what} {len(expected)} values, of which number {i} is", loose=loose)
        for i, (item, wanted) in enumerate(zip(items, expected, strict=True), start=1)
    )


def unpacked(answer: Any, count: int, what: str = "Your function returned") -> Sequence[Any]:
    """The values of an answer that is to be a tuple of `count`; StudentFault when it is none."""
    if isinstance(answer, Tensor):
        answer = answer.array
    countable = isinstance(answer, (tuple, list)) or (isinstance(answer, np.ndarray) and answer.ndim > 0)
    if not countable or len(answer) != count:
        found = f"{len(answer)} values" if isinstance(answer, (tuple, list)) else kind(answer)
        turned = isinstance(answer, np.ndarray) and answer.ndim == 2 and answer.shape[1] == count
        hint = " It looks transposed: rows count as values, columns do not." if turned else ""
        raise _misfit(f"{what} {found}, where a tuple of {count} values is asked for.{hint}")
    return list(answer)


def _array(answer: Any, what: str, *, truth: bool = False) -> Array:
    """The numbers of an answer in double precision or as integers; 0 and 1 where truth values are asked for."""
    if isinstance(answer, Tensor):
        answer = answer.array
    if isinstance(answer, (str, dict)) or callable(answer):
        raise _misfit(f"{what} {kind(answer)}, where numbers are asked for.")
    try:
        array = np.asarray(_plain(answer))
    except OverflowError:
        raise _misfit(f"{what} a number that is too large.") from None
    except (ValueError, TypeError):
        raise _misfit(f"{what} a list whose rows differ in length, where an array is asked for.") from None
    if truth:
        return _truth(array, answer, what)
    if array.dtype.kind == "c" and not np.any(array.imag):
        array = array.real
    if array.dtype.kind not in "iuf":
        raise _misfit(f"{what} {kind(answer)}, where real numbers are asked for.")
    # What is computed from it here, such as by a property, shall lose no further digits.
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _is_truth(expected: Any) -> bool:
    return np.asarray(expected).dtype.kind == "b"


def _indicators(answer: Any, expected: Any) -> Any:
    """An array of truth values as 0 and 1, where that is what an answer can be: a > 0 is the slope of a ReLU."""
    plain = answer.array if isinstance(answer, Tensor) else answer
    if isinstance(plain, list) and all(isinstance(item, bool) for item in plain):
        plain = np.array(plain)
    truths = isinstance(plain, np.ndarray) and plain.ndim > 0 and plain.dtype.kind == "b"
    return plain.astype(np.int64) if truths and np.isin(expected, (0, 1)).all() else answer


def _truth(array: Array, answer: Any, what: str) -> Array:
    if array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        raise _misfit(f"{what} {kind(answer)}, where True or False is asked for.")
    return array.astype(np.int64)


def _in_a_row(answer: Any) -> bool:
    """Whether an answer is a list of arrays, such as of one-element ones, which are numbers."""
    numbers = (Tensor, np.ndarray, float, int)
    return isinstance(answer, (list, tuple)) and all(isinstance(item, numbers) for item in answer)


def _plain(answer: Any) -> Any:
    if isinstance(answer, Tensor):
        return answer.array
    if isinstance(answer, (list, tuple)):
        return [_plain(item) for item in answer]
    if isinstance(answer, int) and not -(2**63) <= answer < 2**63:  # numpy would make an object of it
        return float(answer)
    return answer


def kind(value: Any) -> str:
    """What a value is, in words: "an array of shape (3, 1)"."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.array.shape}"
    if isinstance(value, np.ndarray):
        what = {"b": "truth values", "c": "complex numbers"}.get(value.dtype.kind, "")
        return f"an array of shape {value.shape}" + (f" of {what}" if what else "")
    if callable(value):
        return "a function"
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of length {len(value)}"
    words = {bool: "True or False", int: "a number", float: "a number", complex: "a complex number", str: "a text"}
    return words.get(type(value), "None")


def _wanted(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"an array of shape {shape}"


def _hint(got: tuple[int, ...], expected: Any) -> str:
    wanted = np.shape(expected)
    if got == () and wanted:
        return " Is one axis summed too many?"
    if got[::-1] == wanted and len(got) > 1:
        return " It looks transposed."
    if _without_ones(got) == _without_ones(wanted):
        return " Axes of length one count: reshape it."
    if wanted == () and len(got) == 1 and np.asarray(expected).dtype.kind == "f":
        return " Is a sum or mean missing?"
    return ""


def disagreement(answer: Any, expected: Any, bound: Any) -> str:
    """What is wrong with the values of a conformed answer, as a sentence; '' when they agree.

    An entry agrees when it differs from the expected one by no more than its bound; not-a-number and infinite
    entries agree with their like only. The sentence gives away no expected number.
    """
    if isinstance(expected, (tuple, list)):
        for i, (a, e, b) in enumerate(zip(answer, expected, bound, strict=True), start=1):
            if sentence := disagreement(a, e, b):
                return f"Value {i} of the {len(expected)}: {sentence[0].lower()}{sentence[1:]}"
        return ""
    if expected is None:
        return ""
    got, want = np.asarray(answer, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.isfinite(got) & np.isfinite(want) & (np.abs(got - want) <= bound)
    off = ~(near | (got == want) | (np.isnan(got) & np.isnan(want)))
    if not off.any():
        return ""
    asked = np.asarray(expected).dtype.kind
    if asked == "b" and got.size == 1:
        return f"{bool(got.item())} is not right for this input."
    return _not_finite(got, want, off) or (_other(off) if asked in "biu" else _off(got, want, off))


def not_finite(answer: Any, expected: Any) -> str:
    """What is nan or infinite in a conformed answer and should not be, or should be and is not; '' if none."""
    if isinstance(expected, (tuple, list)):
        said = (not_finite(*pair) for pair in zip(answer, expected, strict=True))
        return next(filter(None, said), "")
    return disagreement(answer, expected, np.inf) if _is_number(answer) and _is_number(expected) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (float, int, complex, np.ndarray, np.generic))


def _not_finite(got: Array, want: Array, off: Array) -> str:
    for name, odd in (("nan (not a number)", np.isnan(got)), ("infinite", np.isinf(got))):
        bad = odd & off & np.isfinite(want)
        if bad.any():
            return f"The answer is {name}{_where(bad)}."
    bad = off & ~np.isfinite(want)
    if not bad.any():
        return ""
    found = "finite" if np.isfinite(got[bad]).all() else "nan or infinite in another way than"
    return f"The answer is {found} where it should not be{_where(bad)}."


def _other(off: Array) -> str:
    """The sentence about labels, indices and counts: how far off they are says nothing."""
    if off.size == 1:
        return "This is not the number that is asked for."
    return f"{int(off.sum())} of the {off.size} numbers {'differs' if off.sum() == 1 else 'differ'}{_where(off)}."


def _off(got: Array, want: Array, off: Array) -> str:
    size = max(float(np.max(np.abs(want[np.isfinite(want)]), initial=0.0)), np.finfo(float).tiny)
    with np.errstate(over="ignore", invalid="ignore"):
        error = float(np.max(np.abs(got - want)[off])) / size
    if want.size == 1:
        return f"The number is off by {_percent(error)} of its size."
    count = ("Both" if want.size == 2 else f"All {want.size}") if off.all() else f"{int(off.sum())} of the {want.size}"
    verb = "is" if off.sum() == 1 else "are"
    return f"{count} numbers {verb} off, by up to {_percent(error)} of the largest{'' if off.all() else _where(off)}."


def _percent(error: float) -> str:
    """A relative error with two digits, as a percentage."""
    if not error < 1000:
        return "a thousand times"
    percent = float(f"{100 * error:.2g}")
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:g} %"


def _where(bad: Array) -> str:
    if bad.size <= 1:
        return ""
    first = ", ".join(str(int(i)) for i in np.argwhere(bad)[0])
    return f" (first at index {first})"
