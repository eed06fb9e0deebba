"""The dimensions of inputs, lengths that axes and whole numbers share, and inputs with one of them made smaller."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.shrinking.facts import FACTS, Array
from grader.feedback.shrinking.laws import Inputs
from grader.feedback.shrinking.relations import counts

SMALL = (2, 3)
# Up to this length each place is left out in turn.
ONE_BY_ONE = 8


class Dimension(NamedTuple):
    """A length that may be changed.

    places   (input, what of it) -> how much longer it is than the dimension: axes, numbers, and greatest labels
    folded   arrays of labels that go up to the dimension at most -> the least label, and how far above it they may go
    """

    places: dict[tuple[str, str], int]
    folded: dict[str, tuple[int, int]]


def dimensions(seen: Sequence[Inputs]) -> list[Dimension]:
    """The dimensions of trials: what has the same length in every trial, and not the same in all of them.

    There is none where an input holds more than numbers, arrays and functions: nobody knows what is tied to that.
    """
    rows = [counts(inputs) for inputs in seen]
    lengths = {
        key: tuple(int(row[key]) for row in rows)
        for key in rows[0]
        if key[1] not in ("labels", "rarest") and all(key in row for row in rows)
    }
    groups: dict[tuple[int, ...], dict[tuple[str, str], int]] = {}
    firsts: dict[tuple[int, ...], tuple[int, ...]] = {}
    for key, values in sorted(lengths.items(), key=lambda item: not item[0][1].startswith("axis")):
        steps = tuple(value - values[0] for value in values)
        if any(steps):
            first = firsts.setdefault(steps, values)
            groups.setdefault(steps, {})[key] = values[0] - first[0]
    return [
        Dimension(places, _folded(seen, firsts[steps]))
        for steps, places in groups.items()
        if any(what.startswith("axis") or what == "greatest" for _, what in places)
    ]


def _folded(seen: Sequence[Inputs], lengths: tuple[int, ...]) -> dict[str, tuple[int, int]]:
    """The arrays whose greatest label is the dimension (less 1, when labels start at 0) somewhere, and nowhere more."""
    folded = {}
    for name, value in seen[0].items():
        if not (isinstance(value, np.ndarray) and value.dtype.kind in "iu"):
            continue
        arrays = [inputs[name] for inputs in seen]
        if any(array.size == 0 for array in arrays):
            continue
        least = min(int(array.min()) for array in arrays)
        above = max(int(array.max()) - length for array, length in zip(arrays, lengths, strict=True))
        if least in (0, 1) and above == least - 1:
            folded[name] = (least, above)
    return folded


def smaller(inputs: Inputs, dimension: Dimension) -> Iterator[Inputs]:
    """The inputs with the dimension made shorter, the shortest first. One of 1 hides more than it shows."""
    now = _length(inputs, dimension)
    for length in sorted(size for size in {*SMALL, now // 2, now - 1} if min(SMALL) <= size < now):
        for kept in _kept(inputs, dimension, now, length):
            yield _cut(inputs, dimension, length, kept)


def _length(inputs: Inputs, dimension: Dimension) -> int:
    key, more = next(iter(dimension.places.items()))
    return int(counts(inputs)[key]) - more


def _kept(inputs: Inputs, dimension: Dimension, now: int, length: int) -> list[Array]:
    """Which places along the dimension to keep: the first, the last, and where there are labels, some of each."""
    choices = [np.arange(length), np.arange(now - length, now)]
    if length == now - 1 < ONE_BY_ONE:
        choices = [np.delete(np.arange(now), i) for i in range(now - 1, -1, -1)]
    for name, what in dimension.places:
        value = inputs[name]
        if what == "axis 0" and len(value) == now and (labels := _labels(value)) is not None:
            # The first of each label, then the second of each, and so on.
            turns = np.array([np.sum(labels[:i] == label) for i, label in enumerate(labels)], dtype=int)
            choices.insert(0, np.sort(np.argsort(turns, kind="stable")[:length]))
    return choices


def _labels(value: Array) -> Array | None:
    """The labels of an array: itself, or the places of the ones in its rows."""
    if value.ndim == 1 and value.dtype.kind in "iu":
        return value
    if value.ndim == 2 and FACTS["zeros and ones"](value) and np.all(value.sum(axis=1) == 1):
        return np.asarray(value.argmax(axis=1))
    return None


def _cut(inputs: Inputs, dimension: Dimension, length: int, kept: Array) -> Inputs:
    cut: dict[str, Any] = dict(inputs)
    for (name, what), more in dimension.places.items():
        if what == "value":
            cut[name] = length + more
        elif what.startswith("axis"):
            places = kept if more == 0 else np.arange(max(0, length + more))
            cut[name] = np.take(cut[name], places, axis=int(what.removeprefix("axis ")))
    for name, (least, above) in dimension.folded.items():
        labels = cut[name]
        if labels.size and labels.max() > length + above:
            cut[name] = least + (labels - least) % (length + above - least + 1)
    return cut
