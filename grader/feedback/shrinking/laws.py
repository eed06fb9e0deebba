"""The laws that inputs obey: what holds in every trial that was made alike, and so has to hold of a simpler one.

Only the maker knows what its inputs must be; what they have in common is the best guess. A law too many leaves the
example larger than it could be. A law too few would show the student inputs that nobody may ask about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.shrinking.facts import AT_LEAST, AT_MOST, CLOSE, CONSTANTS, FACTS, Array, away_from_zero
from grader.model import Trial

Inputs = Mapping[str, Any]


class Law(NamedTuple):
    """What inputs have to obey.

    names    the inputs that it speaks of
    name     what it says of them
    holds    whether it holds of the inputs
    mended   given the inputs before and after a change: those after it, moved such that it holds
    """

    names: tuple[str, ...]
    name: str
    holds: Callable[[Inputs], bool]
    mended: Callable[[Inputs, Inputs], Inputs] | None = None


def is_number(value: Any) -> bool:
    """Whether a value is a number that may be made simpler; truth values are names, not numbers."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_numeric(value: Any) -> bool:
    """Whether a value is a number or an array of real numbers."""
    return is_number(value) or (isinstance(value, np.ndarray) and value.dtype.kind in "iuf")


def kin(trial: Trial, trials: Sequence[Trial]) -> list[Inputs]:
    """The inputs of those trials that are of the same case, and whose inputs are of the same kinds, itself included.

    What the trial leaves out of the inputs is not looked at.
    """

    def sort(other: Trial) -> Any:
        case = {name: value for name, value in other.case.items() if not is_number(value)}
        return case, {name: _kind(other.inputs.get(name)) for name in trial.inputs}

    own = sort(trial)
    return [trial.inputs, *(other.inputs for other in trials if other is not trial and sort(other) == own)]


def _kind(value: Any) -> Any:
    return (value.ndim, value.dtype) if isinstance(value, np.ndarray) else callable(value) or type(value)


def laws_of_one(seen: Sequence[Inputs], tied: frozenset[str]) -> Iterator[Law]:
    """What holds of each input by itself. `tied` are the whole numbers that name the length of an axis."""
    for name, value in seen[0].items():
        if is_numeric(value) and name not in tied:
            arrays = [np.asarray(inputs[name]) for inputs in seen]
            yield from _facts(name, arrays)
            yield from _constants(name, arrays)
            yield from _bounds(name, arrays)


def _facts(name: str, arrays: list[Array]) -> Iterator[Law]:
    for said, fact in FACTS.items():
        truths = [fact(array) for array in arrays]
        if True in truths and False not in truths:
            mended = _mirrored(name) if said == "symmetric" else None
            yield Law((name,), said, _of(name, partial(_not_false, fact)), mended)


def _not_false(fact: Callable[[Array], bool | None], array: Array) -> bool:
    return fact(array) is not False


def _constants(name: str, arrays: list[Array]) -> Iterator[Law]:
    for said, measure in CONSTANTS.items():
        measured = [np.ravel(value) for value in map(measure, arrays) if value is not None]
        numbers = np.concatenate(measured) if measured else np.empty(0)
        if not numbers.size or not (off := _spread(numbers)) <= CLOSE * max(1.0, abs(middle := float(numbers[0]))):
            continue
        slack = off + 1e-12 * max(1.0, abs(middle))
        yield Law((name,), said, _of(name, _steady(measure, middle, slack)), _balanced(name, said, middle))


def _spread(numbers: Array) -> float:
    return float(np.max(np.abs(numbers - numbers[0])))


def _steady(measure: Callable[[Array], Any], middle: float, slack: float) -> Callable[[Array], bool]:
    def holds(array: Array) -> bool:
        value = measure(array)
        return value is None or bool(np.all(np.abs(value - middle) <= slack))

    return holds


def _bounds(name: str, arrays: list[Array]) -> Iterator[Law]:
    for table, sign in ((AT_LEAST, 1), (AT_MOST, -1)):
        for said, measure in table.items():
            values = [sign * float(value) for value in map(measure, arrays) if value is not None]
            if values:
                yield Law((name,), said, _of(name, _not_below(measure, sign, min(values))))
    if gap := away_from_zero(arrays):
        yield Law((name,), "away from zero", _of(name, lambda array: bool(np.all(np.abs(array) >= gap))))


def _not_below(measure: Callable[[Array], Any], sign: int, least: float) -> Callable[[Array], bool]:
    def holds(array: Array) -> bool:
        value = measure(array)
        return value is None or sign * value >= least

    return holds


def _of(name: str, holds: Callable[[Array], bool]) -> Callable[[Inputs], bool]:
    return lambda inputs: holds(np.asarray(inputs[name]))


# ---- how a change is carried on to where a law needs it ----


def _mirrored(name: str) -> Callable[[Inputs, Inputs], Inputs]:
    """The lower half decides."""

    def mended(_: Inputs, after: Inputs) -> Inputs:
        lower = np.tril(after[name])
        return {**after, name: lower + np.swapaxes(np.tril(after[name], -1), -1, -2)}

    return mended


def _balanced(name: str, said: str, total: float) -> Callable[[Inputs, Inputs], Inputs] | None:
    """The largest entry of the whole, or of each row, takes what is left."""
    if said not in ("sum", "row sums"):
        return None

    def mended(_: Inputs, after: Inputs) -> Inputs:
        array = np.array(after[name])
        if array.ndim == 0 or not array.size or array.dtype.kind != "f":
            return after
        for row in [array.reshape(-1)] if said == "sum" else array.reshape(-1, array.shape[-1]):
            largest = int(np.argmax(row))
            rest = total - np.delete(row, largest).sum()
            row[largest] = rest
        return {**after, name: array}

    return mended


# ---- all laws together ----


class Laws:
    """The laws of a kind of inputs, as they were found in trials."""

    def __init__(self, laws: Sequence[Law]) -> None:
        self.laws = list(laws)
        self.mending = [law for law in laws if law.mended]

    def obeyed(self, before: Inputs, after: Inputs) -> bool:
        """Whether inputs that came of lawful ones by a change are lawful themselves."""
        changed = {name for name in after if after[name] is not before.get(name)}
        with np.errstate(all="ignore"):
            for place, law in enumerate(self.laws):
                if not changed.isdisjoint(law.names) and not law.holds(after):
                    # What breaks one law breaks it again soon: the next change is held to it first.
                    self.laws.insert(0, self.laws.pop(place))
                    return False
        return True

    def mended(self, before: Inputs, after: Inputs) -> Inputs:
        """The inputs after a change, with what has to follow it."""
        changed = {name for name in after if after[name] is not before[name]}
        for law in self.mending:
            if law.mended and not changed.isdisjoint(law.names) and not law.holds(after):
                after = law.mended(before, after)
        return after
