"""The answer is the reference's answer."""

import msgspec

from grader.checks.sides import Reference, Student
from grader.compare import disagreement
from grader.model import CORRECT, Status, Trial, Verdict
from grader.tolerance import Accuracy, Tolerance, in_double, is_single, sharpened

ADVICE = "Work it out by hand for the input that is shown."
LOOKS_SINGLE = (
    "Your answer has about seven right digits, as float32 arithmetic gives; the reference has more. It costs nothing."
)
FEWER_DIGITS = (
    "Your answer has fewer right digits than the reference: is there a small constant such as 1e-12 somewhere? It costs"
    " nothing."
)


class MatchesReference(msgspec.Struct, frozen=True, kw_only=True):
    """The part's output equals the reference's, first in shape, then entry by entry.

    tolerance   {rtol, atol}, both; without it a bound measured on the reference decides, which single precision
                passes and a wrong formula does not. Integers (labels, indices) have to be equal.
    accuracy    double asks for all digits that double precision has; single (the default) only remarks on it
    """

    tolerance: Tolerance | None = None
    accuracy: Accuracy = Accuracy.SINGLE

    def needs(self) -> tuple[str, ...]:
        """None: the part says which function it is."""
        return ()

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares the answers of one trial."""
        right, answer = reference.answer(trial), student.answer(trial)
        expected, given = reference.compared(right), reference.compared(answer)
        if self.tolerance:
            return _verdict(disagreement(given, expected, self.tolerance.around(expected)))
        bound = reference.bound(trial)
        sharp = in_double(bound)
        wrong = disagreement(given, expected, sharp)
        if not wrong or self.accuracy is Accuracy.DOUBLE:
            return _verdict(wrong)
        if objection := disagreement(given, expected, sharpened(bound, reference.capped(trial), answer)):
            return _verdict(objection)
        return msgspec.structs.replace(CORRECT, remark=LOOKS_SINGLE if is_single(answer) else FEWER_DIGITS)


def _verdict(wrong: str) -> Verdict:
    return Verdict(status=Status.WRONG, feedback=f"{wrong} {ADVICE}") if wrong else CORRECT
