"""The laws that hold between the numbers of inputs: equal lengths, shares that add up to 1, ordered pairs."""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.feedback.shrinking.facts import CLOSE, Array
from grader.feedback.shrinking.laws import Inputs, Law, is_number

# Most changes leave the numbers of inputs as they are: so many of the last ones are not looked into again.
KEPT = 256

# What inputs are counted by: (input, what of it) -> the number.
Counted = Mapping[tuple[str, str], float]


def counts(inputs: Inputs) -> dict[tuple[str, str], float]:
    """The whole numbers of inputs: those given, the lengths of axes, and what the labels in an array come to."""
    found: dict[tuple[str, str], float] = {}
    for name, value in inputs.items():
        if isinstance(value, np.ndarray):
            found |= {(name, f"axis {axis}"): length for axis, length in enumerate(value.shape)}
            if value.dtype.kind in "iu" and value.size:
                _, times = np.unique(value, return_counts=True)
                found[name, "greatest"] = int(value.max())
                found[name, "labels"] = len(times)
                found[name, "rarest"] = int(times.min())
        elif is_number(value) and isinstance(value, int):
            found[name, "value"] = value
    return found


def sizes(inputs: Inputs) -> dict[tuple[str, str], float]:
    """The real numbers of inputs, and the least and greatest entries of real arrays."""
    found: dict[tuple[str, str], float] = {}
    for name, value in inputs.items():
        if isinstance(value, float):
            found[name, "value"] = value
        elif isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
            found[name, "least"], found[name, "greatest"] = float(value.min()), float(value.max())
    return found


# Two numbers -> whether they are in order; a law where they are in all trials.
ORDERS: dict[str, Callable[[Any, Any], Any]] = {"less": np.less, "not greater": np.less_equal}
# Two numbers -> one that is the same in all trials, where they are tied.
TIES: dict[str, Callable[[Any, Any], Any]] = {
    "difference": lambda a, b: a - b,
    "sum": lambda a, b: a + b,
    "product": lambda a, b: a * b,
    "ratio": lambda a, b: a / b,
}
# Three lengths -> 0, where one comes of the others: of what is joined, of what a window leaves, of what is flattened.
TRIPLES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "joined": lambda a, b, c: a - b - c,
    "window": lambda a, b, c: a - b + c - 1,
    "flattened": lambda a, b, c: a - b * c,
}


def laws_of_numbers(seen: Sequence[Inputs]) -> Iterator[Law]:
    """What holds between the numbers of inputs in all trials."""
    yield from _of_numbers(seen, counts, TRIPLES)
    yield from _of_numbers(seen, sizes, {})
    yield from _of_shares(seen)


def _of_numbers(
    seen: Sequence[Inputs], measure: Callable[[Inputs], Counted], triples: dict[str, Callable[[Any, Any, Any], Any]]
) -> Iterator[Law]:
    """One law for all that holds between the numbers that inputs have: it is looked at many times."""
    rows = [measure(inputs) for inputs in seen]
    keys = [key for key in rows[0] if all(key in row for row in rows)]
    numbers = np.array([[row[key] for key in keys] for row in rows], dtype=float)
    if len(keys) < 2:
        return
    with np.errstate(all="ignore"):
        bounded = np.array([what != "rarest" for _, what in keys])[:, None]  # from above: a rare label may be less rare
        orders = [(order, bounded & _pairs(order, numbers).all(axis=0)) for order in ORDERS.values()]
        ties = [(tie, *_steady(_pairs(tie, numbers))) for tie in TIES.values()]
        threes = [(rule, _triples(rule, numbers)) for rule in triples.values()]

    @functools.lru_cache(maxsize=KEPT)
    def hold(measured: tuple[float, ...]) -> bool:
        now = np.array([measured], dtype=float)
        known = ~(np.isnan(now[0, :, None]) | np.isnan(now[0, None, :]))  # nothing is said of an empty array
        if any(np.any(known & law & ~_pairs(order, now)[0]) for order, law in orders):
            return False
        for tie, law, value in ties:
            if np.any(known & law & ~_is_near(_pairs(tie, now)[0], value)):
                return False
        return not any(rule(*(now[0, i] for i in three)) for rule, found in threes for three in found)

    def holds(inputs: Inputs) -> bool:
        found = measure(inputs)
        return hold(tuple(found.get(key, np.nan) for key in keys))

    yield Law(tuple({name for name, _ in keys}), "numbers", holds)


def _pairs(of: Callable[[Any, Any], Any], numbers: Array) -> Array:
    """Of two numbers in each trial: (trials, numbers) -> (trials, numbers, numbers)."""
    return np.asarray(of(numbers[:, :, None], numbers[:, None, :]))


def _steady(values: Array) -> tuple[Array, Array]:
    """Which values are the same in all trials, and what they are."""
    return np.all(_is_near(values, values[0]), axis=0), values[0]


def _is_near(values: Array, value: Array) -> Array:
    return np.asarray(np.abs(values - value) <= CLOSE * np.maximum(1e-3, np.abs(value)))


def _triples(rule: Callable[[Any, Any, Any], Any], numbers: Array) -> list[tuple[int, ...]]:
    """Which three of the numbers that vary obey the rule in all trials. Of equal numbers one stands for all."""
    columns = {tuple(column): i for i, column in enumerate(numbers.T) if np.any(column != column[0])}
    kept = numbers[:, list(columns.values())]
    zeros = rule(kept[:, :, None, None], kept[:, None, :, None], kept[:, None, None, :]) == 0
    names = list(columns.values())
    return [tuple(names[i] for i in three) for three in np.argwhere(zeros.all(axis=0)) if len(set(three)) == 3]


def _of_shares(seen: Sequence[Inputs]) -> Iterator[Law]:
    """Two real numbers that have one sum, or one difference, in all trials: one follows the other."""
    names = [name for name, value in seen[0].items() if isinstance(value, float)]
    for pair in itertools.combinations(names, 2):
        numbers = np.array([[inputs[name] for name in pair] for inputs in seen])
        for said in ("sum", "difference"):
            same, value = _steady(TIES[said](numbers[:, 0], numbers[:, 1]))
            if same:
                yield Law(pair, said, _tied(pair, said, float(value)), _followed(pair, said, float(value)))


def _tied(pair: tuple[str, str], said: str, tied: float) -> Callable[[Inputs], bool]:
    return lambda inputs: bool(_is_near(TIES[said](*(inputs[name] for name in pair)), np.asarray(tied)))


def _followed(pair: tuple[str, str], said: str, tied: float) -> Callable[[Inputs, Inputs], Inputs]:
    def mended(before: Inputs, after: Inputs) -> Inputs:
        one, other = pair
        if after[other] is before[other]:
            return {**after, other: tied - after[one] if said == "sum" else after[one] - tied}
        return {**after, one: tied - after[other] if said == "sum" else after[other] + tied}

    return mended
