"""The answer is the recorded gradient; where it is not, the student's own forward function says more."""

import msgspec
import numpy as np

from grader.checks.gradient import HUGE, IN_SINGLE, Floats, Gradient, along, contracted, input_of, upstream_gradients
from grader.checks.matches_reference import MatchesReference
from grader.checks.sides import Reference, Student
from grader.errors import BrokenReference, StudentFault
from grader.model import CORRECT, Status, Trial, Verdict
from grader.slopes import Finding, examined

# What a wrong gradient is examined in: it says the same in all trials, and each call is one of the student's.
TRIALS = 4
DIRECTIONS = 2


class Consistent(msgspec.Struct, frozen=True, kw_only=True):
    """The part's output is right as a value; a wrong one is examined as the gradient of the student's own function.

    of         the student's function that is differentiated, by finite differences
    wrt        the input with respect to which
    upstream   the input that its output is contracted with, as in a `gradient` check

    It decides nothing that `matches_reference` does not: a right gradient of a wrong function stays right. This is what
    self-checks have in the place of `gradient`, whose forward function is the reference's.
    """

    of: str
    wrt: str
    upstream: tuple[str, ...] = ()

    def needs(self) -> tuple[str, ...]:
        """None: the function is the student's."""
        return ()

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares values, and where they differ the slopes of the student's own function with them."""
        verdict = MatchesReference().judge(student, reference, trial)
        if verdict.status is not Status.WRONG or trial.index >= TRIALS:
            return CORRECT if verdict.status is Status.CORRECT else verdict
        sentence = self._sentence(self._finding(student, reference, trial))
        return msgspec.structs.replace(verdict, feedback=sentence or verdict.feedback)

    def _sentence(self, finding: Finding) -> str:
        if finding is Finding.AGREES:
            return f"This is the gradient of your own {self.of}, which is not what is asked for: mend that first."
        if finding is Finding.DIFFERS:
            return (
                f"This is not right, and not the gradient with respect to {self.wrt} of your own {self.of} either:"
                " compare it with finite differences of that."
            )
        return ""

    def _finding(self, student: Student, reference: Reference, trial: Trial) -> Finding:
        """What the slopes say; nothing can be learned where the student's function gives none."""
        check = Gradient(of=self.of, wrt=self.wrt, upstream=self.upstream)
        rng = np.random.default_rng(trial.index)
        try:
            answer = np.asarray(student.answer(trial), dtype=np.float64)
            forward = student.function(self.of, trial)
            if forward is None or not np.all(np.abs(answer) < HUGE):
                return Finding.UNKNOWN
            names = [name for name in reference.argument_names(self.of) if name in trial.inputs]
            weights = upstream_gradients(check, trial, answer.shape, rng)

            def loss(argument: Floats) -> float:
                inputs = trial.inputs | {self.wrt: argument if argument.ndim else float(argument)}
                return contracted(check, forward(*(inputs[name] for name in names)), weights)

            point = np.asarray(input_of(trial, self.wrt), dtype=np.float64)
            if not abs(loss(point)) < HUGE:
                return Finding.UNKNOWN
            return examined(loss, point, along(check, weights, answer), rng, IN_SINGLE, 0.0, DIRECTIONS).finding
        except (StudentFault, BrokenReference, ArithmeticError, ValueError, TypeError):
            return Finding.UNKNOWN
