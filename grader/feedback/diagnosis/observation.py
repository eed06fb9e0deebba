"""What a student's answers say, trial by trial, and when another way of computing says the same."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Two programs that compute the same in double precision agree to this, beside the largest number of the answer.
AGREEMENT = 1e-7
# Beside this part of what is usual, an answer is no more than what is left of rounding.
NOTHING = 1e-10
# Whole numbers are equal or not.
WHOLE = 1e-6
# So many numbers have to agree: fewer agree by chance, or with too many explanations.
ENOUGH = 8


class Observation(NamedTuple):
    """What a student's function gave in one trial; answer, expected and bound are structured alike.

    trial      the index of the trial
    inputs     the arguments by name
    answer     conformed to `expected` (see `grader.compare.conformed`)
    expected   the right value: a number, an array, or a tuple or list of these
    bound      how far each entry of a right answer may be off
    """

    trial: int
    inputs: Mapping[str, Any]
    answer: Any
    expected: Any
    bound: Any


class Segment(NamedTuple):
    """One output in one trial, as a part of the long vectors of `Evidence`.

    wrong    whether it is off by more than its bound
    whole    whether whole numbers are asked for: labels, indices, counts
    """

    row: int
    leaf: int
    start: int
    stop: int
    shape: tuple[int, ...]
    wrong: bool
    whole: bool

    @property
    def entries(self) -> slice:
        """Its entries in the vectors."""
        return slice(self.start, self.stop)


class Evidence:
    """All outputs of all trials with finite answers, end to end in one vector each: answer, expected, bound.

    rows       the observations that count
    segments   which entries belong to which of them and to which output
    telling    the entries that prove something when they are explained: in outputs that are wrong, of different
               numbers that are not whole, or, where whole numbers are asked for, the wrong ones
    whole      whether only whole numbers are telling: of them many mistakes make the same
    slack      how far an explanation may be off
    """

    def __init__(self, observations: Sequence[Observation], leaf: int | None = None, *, single: bool = False) -> None:
        self.leaf, self.single = leaf, single
        self.rows = [o for o in observations if _finite(_chosen(o.answer, leaf)) and _finite(_chosen(o.expected, leaf))]
        flat = [(row, i, *leaves) for row, o in enumerate(self.rows) for i, leaves in _leaves_of(o, leaf)]
        self.answer, self.expected, self.bound = (_joined([item[k] for item in flat]) for k in (2, 3, 4))
        self.segments = list(_segments(flat))
        self.row_of, self.leaf_of = (self._spread([s[k] for s in self.segments]).astype(int) for k in (0, 1))
        self.wrong = self._spread([s.wrong for s in self.segments]).astype(bool)
        self.telling = np.zeros(self.answer.shape, bool)
        for segment in self.segments:
            if segment.wrong:
                self.telling[segment.entries] = self._tells(segment)
        for leaf in set(self.leaf_of):
            self._forget_constants(self.telling & (self.leaf_of == leaf))
        self.whole = all(segment.whole for segment in self.segments if self.telling[segment.entries].any())
        self.slack = self._slack()

    def _spread(self, values: Sequence[Any]) -> Floats:
        """One value for each segment, as one for each entry."""
        sizes = [segment.stop - segment.start for segment in self.segments]
        return np.repeat(np.asarray(values, dtype=np.float64), sizes)

    def _tells(self, segment: Segment) -> Any:
        numbers = self.answer[segment.entries]
        if segment.whole:
            return numbers != self.expected[segment.entries]
        flat = numbers.size > 1 and np.ptp(numbers) <= AGREEMENT * np.max(np.abs(numbers))
        return not flat and not np.all(numbers == np.rint(numbers))

    def _forget_constants(self, where: Bools) -> None:
        """An output that is the same number in all trials has little to do with the right one."""
        numbers = self.answer[where]
        if numbers.size and np.ptp(numbers) <= AGREEMENT * np.max(np.abs(numbers)):
            self.telling[where] = False

    def _slack(self) -> Floats:
        sizes = np.array([self._largest(segment) for segment in self.segments])
        leaves = [segment.leaf for segment in self.segments]
        usual = {leaf: np.median(sizes[np.equal(leaves, leaf)]) for leaf in set(leaves)}
        own = [
            WHOLE if s.whole else max(AGREEMENT * size, NOTHING * usual[s.leaf])
            for s, size in zip(self.segments, sizes, strict=True)
        ]
        slack = self._spread(own)
        if self.single:
            # The bound is that of the right answer; a wrong one may be larger, and so may its rounding errors.
            wanted = np.array([np.max(np.abs(self.expected[s.entries]), initial=0.0) for s in self.segments])
            growth = np.maximum(sizes / np.where(wanted > 0, wanted, 1.0), 1.0)
            slack = np.maximum(slack, self.bound * self._spread(growth.tolist()))
        # Where the answer is right, so must be what explains it, and no more.
        return np.where(self.wrong, slack, np.maximum(slack, self.bound))

    def _largest(self, segment: Segment) -> float:
        both = np.abs([self.answer[segment.entries], self.expected[segment.entries]])
        return float(np.max(both, initial=0.0))

    @property
    def wrong_leaves(self) -> list[int]:
        """The outputs that are wrong in some trial."""
        return sorted({segment.leaf for segment in self.segments if segment.wrong})

    @property
    def enough(self) -> bool:
        """Whether anything can be learned at all."""
        return int(np.sum(self.telling)) >= ENOUGH

    def explained(self, predicted: Floats) -> Bools:
        """Which rows of (n, entries) agree with the answer everywhere, where it is right too."""
        with np.errstate(all="ignore"):
            return np.asarray(np.all(np.abs(predicted - self.answer) <= self.slack, axis=-1))

    def explained_where(self, predicted: Floats, known: Bools) -> bool:
        """Whether a prediction agrees where it says something, and says enough."""
        with np.errstate(all="ignore"):
            agrees = np.abs(predicted - self.answer) <= self.slack
        return bool(np.all(agrees | ~known)) and int(np.sum(self.telling & known)) >= ENOUGH


def in_single_precision(observations: Sequence[Observation]) -> bool:
    """Whether all answers are what single precision can hold, so that more than it cannot be asked of them."""
    leaves = [leaf for observation in observations for leaf in flattened(observation.answer)]
    with np.errstate(all="ignore"):
        return all(np.array_equal(leaf, leaf.astype(np.float32), equal_nan=True) for leaf in leaves)


def flattened(value: Any) -> list[Floats]:
    """The arrays of a value: itself, or those of the items of a tuple or list."""
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in flattened(item)]
    return [np.asarray(value)]


def _chosen(value: Any, leaf: int | None) -> list[Any]:
    leaves = flattened(value)
    return leaves if leaf is None else leaves[leaf : leaf + 1]  # none where a trial has fewer than others


def _leaves_of(observation: Observation, leaf: int | None) -> list[tuple[int, list[Any]]]:
    """(number, [answer, expected, bound, whether it is whole]) of every output that is looked at."""
    columns = [_chosen(value, leaf) for value in (observation.answer, observation.expected, observation.bound)]
    leaves = []
    for i, (answer, expected, bound) in enumerate(zip(*columns, strict=True)):
        floats = [np.asarray(array, dtype=np.float64) for array in (answer, expected, bound)]
        leaves.append((i, [*floats[:2], np.broadcast_to(floats[2], expected.shape), expected.dtype.kind in "iu"]))
    return leaves


def _segments(flat: Sequence[Any]) -> Iterator[Segment]:
    start = 0
    for row, i, answer, expected, bound, whole in flat:
        stop = start + expected.size
        yield Segment(row, i, start, stop, expected.shape, bool(np.any(np.abs(answer - expected) > bound)), whole)
        start = stop


def _joined(arrays: Sequence[Floats]) -> Floats:
    flat = [np.ravel(array) for array in arrays]
    return np.concatenate(flat) if flat else np.zeros(0)


def _finite(leaves: Sequence[Floats]) -> bool:
    return all(bool(np.all(np.isfinite(leaf))) for leaf in leaves)
