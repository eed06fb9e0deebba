"""The same seed gives the same draws."""

from typing import Any

import msgspec
import numpy as np

from grader.checks.sides import Reference, Student
from grader.compare import disagreement
from grader.errors import BrokenReference
from grader.model import CORRECT, Status, Trial, Verdict
from grader.tolerance import Tolerance

# Draws of few values coincide now and then; so many in a row hardly do. Of many numbers two are enough.
SEEDS = range(8)
MANY_NUMBERS = 1000
# The same sums, added up in another order.
ROUNDING = Tolerance(rtol=1e-6, atol=1e-9)
FEEDBACK = (
    "Called again with a generator of the same seed, your function draws something else: draw from the generator "
    "that is handed in, from no other, and keep nothing between calls."
)


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """The part's function, called again with equally seeded generators, gives the same.

    share   what it costs if not, as a share of the part's credit: 1 costs all of it
    """

    share: float = 1.0

    def needs(self) -> tuple[str, ...]:
        """None: the part says which function it is."""
        return ()

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Calls the function with several seeds, then with the same seeds again."""
        if not 0 < self.share <= 1:
            raise BrokenReference(f"the share of 'repeats' is {self.share:g}", remedy="make it more than 0, up to 1")
        if _repeated(student, trial):
            return CORRECT
        if self.share == 1:
            return Verdict(status=Status.WRONG, feedback=FEEDBACK)
        return Verdict(status=Status.PARTIAL, feedback=FEEDBACK, credit=1 - self.share)


def _repeated(student: Student, trial: Trial) -> bool:
    """Whether the function gives the same again, after other draws: with two seeds, then with others if that is little.

    What draws many numbers may take long, and shows at once where they come from.
    """
    for seeds in (SEEDS[:2], SEEDS[2:]):
        draws = student.draws(trial, [*seeds, *seeds])
        pairs = zip(draws[: len(seeds)], draws[len(seeds) :], strict=True)
        if any(disagreement(again, before, ROUNDING.around(before)) for before, again in pairs):
            return False
        if _size(draws[0]) >= MANY_NUMBERS:
            return True
    return True


def _size(draws: Any) -> int:
    return sum(map(_size, draws)) if isinstance(draws, tuple) else int(np.size(draws))
