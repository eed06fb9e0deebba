"""Right outputs in the wrong places: in another order than asked for, or transposed.

Their shapes may be other ones than those that are asked for; so this is looked for in what came back, as it came.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.compare import conformed, disagreement
from grader.errors import StudentFault
from grader.feedback.diagnosis.observation import ENOUGH, flattened
from grader.feedback.diagnosis.words import Diagnosis, explained
from grader.wire import Tensor


class Returned(NamedTuple):
    """What a function gave in one trial, as it came; the outputs that are right, and how far off each may be."""

    given: Any
    expected: tuple[Any, ...]
    bound: tuple[Any, ...]


def arranged(
    returned: Sequence[Returned], own: Sequence[int], names: Sequence[str] = (), *, loose: bool = False
) -> Diagnosis | None:
    """What is wrong with the places of the outputs `own`, if that is all that is wrong with them in all trials.

    `names` are those of all outputs, where they have any. With `loose`, axes of length one may come and go.
    """
    if not returned:
        return None
    count = len(returned[0].expected)
    plain = _Outputs([_items(one.given, count) for one in returned], returned, loose)
    wrong = [place for place in own if not plain.fits(place, place)]
    expected = [leaf for one in returned for place in wrong for leaf in flattened(one.expected[place : place + 1])]
    if sum(leaf.size for leaf in expected) < ENOUGH:
        return None
    if all(plain.in_exchange(place, count) for place in wrong):
        order = f" than ({', '.join(names)})" if names else ""
        return Diagnosis(name="swapped_outputs", kind=f"Your outputs seem to be in another order{order}.")
    turned = [[_turned(item) for item in items] for items in plain.items]
    if all(_Outputs(turned, returned, loose).fits(place, place) for place in wrong):
        return Diagnosis(name="transposed", kind=_transposed(wrong, names, count))
    whole = [_items(_turned(one.given), count) for one in returned]
    if count > 1 and all(_Outputs(whole, returned, loose).fits(place, place) for place in own):
        return explained("transposed")
    return None


class _Outputs:
    """The outputs of all trials, beside the right ones; none of a trial in which there are more or fewer."""

    def __init__(self, items: Sequence[list[Any]], returned: Sequence[Returned], loose: bool) -> None:
        self.items, self.returned, self.loose = items, returned, loose

    def fits(self, place: int, other: int) -> bool:
        """Whether the output in this place is the right one for the other place, in all trials."""
        return all(self._agrees(*pair, place, other) for pair in zip(self.items, self.returned, strict=True))

    def _agrees(self, items: Sequence[Any], right: Returned, place: int, other: int) -> bool:
        if max(place, other) >= min(len(items), len(right.expected)):
            return False
        try:
            answer = conformed(items[place], right.expected[other], loose=self.loose)
        except StudentFault:
            return False
        return not disagreement(answer, right.expected[other], right.bound[other])

    def in_exchange(self, place: int, count: int) -> bool:
        """Whether outputs stand in each other's places, around a circle that this one is in."""
        at, steps = place, 0
        while steps < count:
            found = next((other for other in range(count) if other != at and self.fits(at, other)), None)
            if found is None or found == place:
                return found is not None
            at, steps = found, steps + 1
        return False


def _items(given: Any, count: int) -> list[Any]:
    """The outputs: the items of a tuple or list, or the rows of an array. None where there are not as many."""
    if count == 1:
        return [given]
    plain = given.array if isinstance(given, Tensor) else given
    countable = isinstance(plain, (tuple, list)) or (isinstance(plain, np.ndarray) and plain.ndim > 0)
    return list(plain) if countable and len(plain) == count else []


def _turned(item: Any) -> Any:
    """A matrix transposed, rows in a list too; anything else as it is."""
    if isinstance(item, (tuple, list)):
        try:
            item = np.asarray([row.array if isinstance(row, Tensor) else row for row in item])
        except (ValueError, TypeError, OverflowError):
            return item
    array = item.array if isinstance(item, Tensor) else item
    return array.T if isinstance(array, np.ndarray) and array.ndim == 2 and array.dtype.kind in "iuf" else item


def _transposed(wrong: Sequence[int], names: Sequence[str], count: int) -> str:
    if len(wrong) > 1:
        return "Your outputs are the right ones transposed."
    name = names[wrong[0]] if names else "answer" if count == 1 else f"output number {wrong[0] + 1}"
    return f"Your {name} is the right one transposed."
