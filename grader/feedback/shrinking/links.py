"""The laws that hold between arrays, and between arrays and functions: equal entries, rows by label, products."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from grader.feedback.shrinking.facts import CLOSE, FACTS, Array
from grader.feedback.shrinking.laws import Inputs, Law, is_numeric


def laws_of_arrays(seen: Sequence[Inputs]) -> Iterator[Law]:
    """What holds in all trials between arrays, and between arrays and functions."""
    yield from _of_shapes(seen)
    yield from _of_groups(seen)
    yield from _of_products(seen)
    yield from _of_functions(seen)


# ---- arrays of one shape ----


def _agree(many: int, one: Array, other: Array) -> bool:
    """Whether two arrays have the same entry in so many places."""
    return int(np.sum(one == other)) == many


ALIKE: dict[str, Callable[[Array, Array], bool]] = {
    "equal": lambda a, b: bool(np.array_equal(a, b, equal_nan=True)),
    "nowhere equal": lambda a, b: not np.any(a == b),
    "above": lambda a, b: bool(np.all(a > b)),
    "below": lambda a, b: bool(np.all(a < b)),
    "not above": lambda a, b: bool(np.all(a <= b)),
    "not below": lambda a, b: bool(np.all(a >= b)),
    "add up to 1": lambda a, b: bool(np.allclose(a + b, 1.0, rtol=0, atol=CLOSE)),
    "first entries equal": lambda a, b: bool(np.array_equal(a[:1], b[:1])),
    "last entries equal": lambda a, b: bool(np.array_equal(a[-1:], b[-1:])),
    "opposite": lambda a, b: bool(np.array_equal(a, -b)),
}


def _of_shapes(seen: Sequence[Inputs]) -> Iterator[Law]:
    arrays = [name for name, value in seen[0].items() if isinstance(value, np.ndarray) and is_numeric(value)]
    for one, other in itertools.combinations(arrays, 2):
        pairs = [(inputs[one], inputs[other]) for inputs in seen]
        if any(a.shape != b.shape or a.ndim == 0 for a, b in pairs):
            continue
        for said, fact in ALIKE.items():
            if all(fact(a, b) for a, b in pairs):
                mended = _copied(one, other) if said == "equal" else None
                yield Law((one, other), said, _of_two(one, other, fact), mended)
        many = int(np.sum(pairs[0][0] == pairs[0][1]))
        if all(_agree(many, a, b) for a, b in pairs):
            yield Law((one, other), "as many equal", _of_two(one, other, partial(_agree, many)))


def _of_two(one: str, other: str, fact: Callable[[Array, Array], bool]) -> Callable[[Inputs], bool]:
    return lambda inputs: inputs[one].shape == inputs[other].shape and fact(inputs[one], inputs[other])


def _copied(one: str, other: str) -> Callable[[Inputs, Inputs], Inputs]:
    def mended(before: Inputs, after: Inputs) -> Inputs:
        source = other if after[one] is before[one] else one
        return {**after, one: after[source], other: after[source]}

    return mended


def _of_groups(seen: Sequence[Inputs]) -> Iterator[Law]:
    """What holds of the rows of a table that have one label, for every label."""
    arrays = {name: value for name, value in seen[0].items() if isinstance(value, np.ndarray)}
    tables = [name for name, value in arrays.items() if value.ndim == 2 and value.dtype.kind == "f"]
    labels = [name for name, value in arrays.items() if value.ndim == 1 and value.dtype.kind in "iu"]
    for pair in itertools.product(tables, labels):
        for said in ("spread out", "rows all different"):
            if all(_of_every_group(inputs, pair, said) for inputs in seen):
                yield Law(pair, f"{said}, by label", partial(_of_every_group, pair=pair, said=said))


def _of_every_group(inputs: Inputs, pair: tuple[str, str], said: str) -> bool:
    table, labels = (inputs[name] for name in pair)
    if len(table) != len(labels):
        return False
    return all(FACTS[said](table[labels == label]) is not False for label in np.unique(labels))


def _of_products(seen: Sequence[Inputs]) -> Iterator[Law]:
    """An input is the product of two others: the mean of values with probabilities, a right-hand side."""
    names = [name for name, value in seen[0].items() if is_numeric(value) and np.asarray(value).dtype.kind == "f"]
    for three in itertools.permutations(names, 3):
        if all(_is_product(inputs, three) for inputs in seen):
            yield Law(three, "product", partial(_is_product, three=three))


def _is_product(inputs: Inputs, three: tuple[str, ...]) -> bool:
    whole, one, other = (np.asarray(inputs[name]) for name in three)
    if not one.ndim or not other.ndim or one.shape[-1] != other.shape[max(0, other.ndim - 2)]:
        return False
    product = one @ other
    return product.shape == whole.shape and bool(np.allclose(product, whole, rtol=CLOSE, atol=CLOSE))


# ---- functions among the inputs ----


def _of_functions(seen: Sequence[Inputs]) -> Iterator[Law]:
    """An array that a function takes is one that it takes, and where it gives 0, as a gradient at a minimiser, it does.

    A number beside a function may be a constant of it, such as a bound of its curvature, and stays as it is.
    """
    functions = [name for name, value in seen[0].items() if callable(value)]
    others = [name for name, value in seen[0].items() if is_numeric(value)]
    for function, other in itertools.product(functions, others):
        if isinstance(seen[0][other], float):
            yield Law((other,), "beside a function", partial(_unchanged, name=other, value=seen[0][other]))
        for said, fact in VALUES.items():
            if all(_of_value(inputs, function, other, fact) for inputs in seen):
                yield Law((function, other), said, partial(_of_value, function=function, other=other, fact=fact))


def _unchanged(inputs: Inputs, name: str, value: float) -> bool:
    return bool(inputs[name] == value)


VALUES: dict[str, Callable[[Array, Array], bool]] = {
    "taken": lambda value, point: bool(np.isfinite(value).all()),
    "a number": lambda value, point: value.ndim == 0,
    "of its shape": lambda value, point: value.shape == point.shape,
    "gives 0": lambda value, point: bool(np.all(np.abs(value) <= 1e-4)),
}


def _of_value(inputs: Inputs, function: str, other: str, fact: Callable[[Array, Array], bool]) -> bool:
    """Whether something is true of what the function gives at an array; it is not, where it does not take it."""
    with contextlib.suppress(Exception), np.errstate(all="ignore"):  # whatever it raises, it does not take it
        value = np.asarray(inputs[function](inputs[other]))
        return value.dtype.kind in "iuf" and fact(value, np.asarray(inputs[other]))
    return False
