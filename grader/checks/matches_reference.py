"""The answer is the reference's answer."""

import msgspec

from grader.checks.sides import Reference, Student
from grader.compare import Tolerance, disagreement
from grader.model import CORRECT, Status, Trial, Verdict

ADVICE = "Work it out by hand for the input that is shown."


class MatchesReference(msgspec.Struct, frozen=True, kw_only=True):
    """The part's output equals the reference's, first in shape, then entry by entry.

    tolerance   {rtol, atol}, both; without it a bound measured on the reference decides, which single precision
                passes and a wrong formula does not. Integers (labels, indices) have to be equal.
    """

    tolerance: Tolerance | None = None

    def needs(self) -> tuple[str, ...]:
        """None: the part says which function it is."""
        return ()

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares the answers of one trial."""
        expected = reference.answer(trial)
        answer = student.answer(trial)
        bound = self.tolerance.around(expected) if self.tolerance else reference.bound(trial)
        wrong = disagreement(answer, expected, bound)
        return Verdict(status=Status.WRONG, feedback=f"{wrong} {ADVICE}") if wrong else CORRECT
