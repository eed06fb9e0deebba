"""The reference's answers, each with the bound that a right answer keeps: measured, not guessed."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.errors import BrokenReference
from grader.model import Trial
from grader.recorded import Reference
from grader.sensitivity import Floats, is_steady, leaves_of, sensitivity
from grader.tolerance import CAP, ROUNDINGS

# An entry is never held to less than a tenth of the answer's largest entry, nor of what is usual among its trials.
FLOOR = 0.1
NOTHING = 2.0**-40


class Answer:
    """The right value in one trial, and for each output that is compared the bound of its entries and whether that is
    too wide to judge single precision by (tuples for a tuple).
    """

    def __init__(self, value: Any, bound: Any, capped: Any) -> None:
        self.value, self.bound, self.capped = value, bound, capped


class Measurement(NamedTuple):
    """A reference's value in one trial; what is compared of it, as arrays; how sensitive these are, and whether it
    is steady around these inputs."""

    value: Any
    leaves: list[NDArray[Any]]
    spreads: list[Floats]
    steady: bool


class Measured:
    """A function of the reference as its answers are compared: evaluated at points, or brought to a common form."""

    def __init__(self, reference: Reference, name: str, points: Sequence[float], form: Callable[[Any], Any]) -> None:
        self.reference, self.name, self.points, self.form = reference, name, points, form

    def value(self, *arguments: Any) -> Any:
        """What the function gives; where that is a function, its values at the points."""
        value = self.reference.called(self.name, *arguments)
        return np.array([value(point) for point in self.points]) if self.points else value

    def measurement(self, arguments: list[Any]) -> Measurement:
        """The value and sensitivity at these arguments."""
        value = self.value(*arguments)
        if value is None:  # which some trials may ask for; it has no neighbourhood
            return Measurement(value, [], [], steady=True)

        def compared(*moved: Any) -> Any:
            return self.form(self.value(*moved))

        leaves = leaves_of(self.form(value))
        if any(leaf.dtype.kind not in "biuf" for leaf in leaves):
            raise self._no_numbers()
        spreads = sensitivity(compared, arguments, leaves)
        return Measurement(value, leaves, spreads, is_steady(compared, arguments, leaves, spreads))

    def _no_numbers(self) -> BrokenReference:
        return BrokenReference(
            f"{self.name} does not return numbers, or a tuple of them, in every trial",
            file=self.reference.path,
            line=self.reference.line(self.name),
            remedy="correct it; where it returns a function, give it `evaluated_at` in the rubric",
        )

    def answers(self, measurements: Sequence[Measurement], groups: Sequence[Any]) -> list[Answer]:
        """The answer of each trial, with its bound. `groups` says which trials are alike in size."""
        leaves = [made.leaves for made in measurements]
        if not any(leaves):
            raise self._no_numbers()
        usual, floats = _usual_sizes(leaves, groups), _floats(leaves)
        return [
            _answer(made, self.form(made.value), usual[group], floats)
            for made, group in zip(measurements, groups, strict=True)
        ]


def measured(
    reference: Reference, name: str, trials: Sequence[Trial], groups: Sequence[Any], points: Sequence[float] = ()
) -> list[Answer]:
    """The reference's answers in trials that are there already, as they come.

    Errors
        BrokenReference where an answer jumps: its bound would be wrong.
    """
    own = Measured(reference, name, points, lambda value: value)
    with reference.blamed():
        made = [own.measurement(reference.arguments(name, trial)) for trial in trials]
    for trial, measurement in zip(trials, made, strict=True):
        if not measurement.steady:
            raise BrokenReference(
                f"{name} jumps at the inputs of trial {trial.index} (regime {trial.regime})",
                file=reference.path,
                line=reference.line(name),
                remedy="let the input maker draw again where the answer hangs on a tie, or leave out the regime",
            )
    return own.answers(made, groups)


def _floats(leaves: Sequence[list[NDArray[Any]]]) -> list[bool]:
    """Which leaves hold floats: one that is given as an integer now and then, such as a bare 0, is a float."""
    columns = zip(*leaves, strict=False) if len({len(own) for own in leaves}) == 1 else []
    return [any(leaf.dtype.kind == "f" for leaf in column) for column in columns]


def _answer(made: Measurement, compared: Any, usual: Sequence[float], floats: Sequence[bool]) -> Answer:
    alike = len(usual) == len(made.leaves) == len(floats)
    sizes = usual if alike else [0.0] * len(made.leaves)
    exact = [not is_float for is_float in floats] if alike else [leaf.dtype.kind != "f" for leaf in made.leaves]
    bounds = [_bound(*leaf) for leaf in zip(made.leaves, made.spreads, sizes, exact, strict=True)]
    capped = [
        bool(ROUNDINGS * np.max(spread, initial=0.0) > CAP * max(_largest(leaf), size) > 0)
        for leaf, spread, size in zip(made.leaves, made.spreads, sizes, strict=True)
    ]
    return Answer(made.value, _shaped_like(compared, bounds), _shaped_like(compared, capped))


def _shaped_like(value: Any, leaves: list[Any]) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_shaped_like(item, leaves) for item in value)
    return leaves.pop(0) if leaves else 0.0  # None has no bound, but what is done to bounds is done to its own


def _usual_sizes(leaves: Sequence[list[NDArray[Any]]], groups: Sequence[Any]) -> dict[Any, list[float]]:
    """For each group of trials, the median over its trials of the largest entry of each leaf.

    Where that is nothing, as the answer is 0 in all trials of a kind, it is the median over the trials of all kinds:
    two right programs differ there by rounding errors of what cancels, and no measurement sees how large that is.
    Where answers differ in their number of leaves, each trial is measured by itself.
    """
    if len({len(own) for own in leaves}) != 1:
        return {group: [] for group in groups}
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
