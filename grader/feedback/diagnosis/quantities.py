"""Numbers and arrays that have a name in a trial: sizes, arguments, variables of the reference, known constants."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.diagnosis.observation import Evidence, Floats, Observation

LARGEST = 4096


# Labels that are counted; beyond, they are no labels.
MOST_LABELS = 4
_AXES = {0: "number of rows", 1: "number of columns"}


class Quantity(NamedTuple):
    """A number of each trial, and what it is called.

    counts   it says how many entries there are of something
    whole    it is a whole number
    """

    text: str
    values: Floats
    counts: bool = False
    whole: bool = False


CONSTANTS = {
    "2": 2.0, "3": 3.0, "4": 4.0, "pi": math.pi, "2 pi": 2 * math.pi, "log 2": math.log(2), "log 10": math.log(10),
    "10": 10.0, "100": 100.0, "e": math.e,
}  # fmt: skip


def sizes_and_numbers(rows: Sequence[Observation]) -> list[Quantity]:
    """Constants, the lengths of the arguments, and the arguments that are numbers themselves, in this order."""
    found = [Quantity(text, np.full(len(rows), value)) for text, value in CONSTANTS.items()]
    for name in rows[0].inputs if rows else ():
        values = [observation.inputs.get(name) for observation in rows]
        found += _of_argument(name, values)
    return found


def _of_argument(name: str, values: Sequence[Any]) -> Iterator[Quantity]:
    numbers = (int, float, np.integer, np.floating)
    if all(isinstance(value, numbers) and not isinstance(value, bool) for value in values):
        whole = all(isinstance(value, (int, np.integer)) for value in values)
        yield Quantity(name, np.array([float(value) for value in values]), whole=whole)
    elif all(isinstance(value, np.ndarray) for value in values):
        dimensions = min(value.ndim for value in values)
        for axis in range(dimensions) if dimensions == max(value.ndim for value in values) else ():
            what = "length" if dimensions == 1 else _AXES.get(axis, f"length along axis {axis}")
            yield Quantity(f"the {what} of {name}", np.array([float(value.shape[axis]) for value in values]), True)
        yield from _of_labels(name, values)


def _of_labels(name: str, values: Sequence[Any]) -> Iterator[Quantity]:
    """How often each label occurs."""
    if not all(value.ndim == 1 and value.dtype.kind in "iu" for value in values):
        return
    labels = set.intersection(*(set(value.tolist()) for value in values))
    for label in sorted(labels) if len(labels) <= MOST_LABELS else ():
        counts = np.array([float(np.sum(value == label)) for value in values])
        yield Quantity(f"the number of {label}s in {name}", counts, True)


class Factor(NamedTuple):
    """What the right answer may have been multiplied with, in each trial."""

    name: str
    text: str
    values: Floats


def factors(quantities: Sequence[Quantity]) -> list[Factor]:
    """What a factor too many or too few can be made of, simple ones first."""
    found = [Factor("opposite", "-1", -np.ones_like(quantities[0].values))] if quantities else []
    for quantity in quantities:
        name = "log_base" if quantity.text.startswith("log ") else "factor"
        s, text = quantity.values, quantity.text
        found += [Factor(name, text, s), Factor(name, f"1 / ({text})", 1 / s)]
    for quantity in quantities:
        found += _less_simple(quantity)
    return found + [Factor("factor", f"-{f.text}", -f.values) for f in found[1:]]


def _less_simple(quantity: Quantity) -> list[Factor]:
    s, text = quantity.values, f"({quantity.text})"
    forms = [(f"{text}^2", s**2), (f"1 / {text}^2", 1 / s**2)]
    if np.all(s > 0):
        forms += [(f"the root of {text}", np.sqrt(s)), (f"1 / the root of {text}", 1 / np.sqrt(s))]
    if quantity.counts or quantity.whole:
        name = "ddof" if quantity.counts else "factor"
        ratios = [(f"{text} / ({text} - 1)", s / (s - 1)), (f"({text} - 1) / {text}", (s - 1) / s)]
        return [Factor(name, *form) for form in ratios] + [Factor("factor", *form) for form in forms]
    if not np.all(s == s[0]):
        forms += [(f"1 - {text}", 1 - s), (f"1 / (1 - {text})", 1 / (1 - s))]
    return [Factor("factor", *form) for form in forms]


def arrays(evidence: Evidence, variables: Mapping[str, Mapping[int, Any]]) -> Iterator[tuple[str, bool, Floats]]:
    """(name, whether it is an argument, entries) of whatever has the shape of the one output that is looked at.

    `variables` are the reference's: name -> trial -> value. Numbers are taken for every entry.
    """
    names = evidence.rows[0].inputs if evidence.rows else ()
    given = {name: [row.inputs.get(name) for row in evidence.rows] for name in names}
    inner = {name: [values.get(row.trial) for row in evidence.rows] for name, values in variables.items()}
    for named, argument in ((given, True), (inner, False)):
        for name, values in named.items():
            entries = spread(evidence, values)
            if entries is not None:
                yield name, argument, entries


def spread(evidence: Evidence, values: Sequence[Any]) -> Floats | None:
    """One value for each trial, entry by entry; None where one does not fit its output."""
    parts = []
    for segment in evidence.segments:
        value = values[segment.row]
        if not isinstance(value, (int, float, np.ndarray)) or isinstance(value, bool):
            return None
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or array.shape not in ((), segment.shape):
            return None
        parts.append(np.broadcast_to(array.astype(np.float64), segment.shape).ravel())
    return np.concatenate(parts) if parts else None
