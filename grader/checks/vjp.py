"""What torch's autograd finds by going back through the student's function is the gradient."""

from typing import Any

import msgspec
import numpy as np

from grader.checks.matches_reference import ADVICE as BY_HAND
from grader.checks.sides import Reference, Student
from grader.compare import disagreement
from grader.errors import BrokenReference
from grader.model import CORRECT, Status, Trial, Verdict

NOT_RIGHT = "The gradient that torch finds with respect to {} is not right."
ADVICE = "Compare it with finite differences, as torch.autograd.gradcheck does."


class Vjp(msgspec.Struct, frozen=True, kw_only=True):
    """The student's function, which takes tensors, can be differentiated by torch, and its gradients are right.

    wrt   the inputs with respect to which: arrays of real numbers
    of    the reference function that returns these gradients, in their order (a tuple where there are several). It is
          called with the inputs that its signature names, and with `upstream`: random numbers of the shape of what
          the function returns, which is multiplied by them and summed before it is differentiated

    Values are not compared where the gradients are right: `matches_reference` does that. The bound is measured on that
    function, as it is for values: what is computed in single precision passes, and nothing wider is needed, for both
    gradients are exact.
    """

    wrt: tuple[str, ...]
    of: str

    def needs(self) -> tuple[str, ...]:
        """The function that returns the gradients."""
        return (self.of,)

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares the gradients of one trial; of a wrong value they are wrong too, and the value is told."""
        for name, (gradient, want, bound) in zip(self.wrt, self.gradients(student, reference, trial), strict=True):
            wrong = disagreement(np.zeros(np.shape(want)) if gradient is None else gradient, want, bound)
            if wrong:
                value = disagreement(student.answer(trial), reference.answer(trial), reference.bound(trial))
                feedback = f"{value} {BY_HAND}" if value else _sentence(name, gradient, wrong)
                return Verdict(status=Status.WRONG, feedback=feedback)
        return CORRECT

    def gradients(self, student: Student, reference: Reference, trial: Trial) -> list[tuple[Any, Any, Any]]:
        """For each input the gradient that torch finds (None if none), the right one, and how far it may be off."""
        expected, bounds = (self._each(item) for item in reference.gradients(self.of, trial))
        for name, want in zip(self.wrt, expected, strict=True):
            self._must_fit(name, want, trial)
        return list(zip(student.gradients(self.wrt, trial), expected, bounds, strict=True))

    def _each(self, value: Any) -> tuple[Any, ...]:
        """What the reference returns, one for each input."""
        values = value if isinstance(value, tuple) else (value,)
        if len(values) != len(self.wrt):
            message = f"{self.of} returns {len(values)} gradients, the vjp check names {len(self.wrt)} inputs"
            raise BrokenReference(message, remedy=f"let it return those of {', '.join(self.wrt)}, in this order")
        return values

    def _must_fit(self, name: str, gradient: Any, trial: Trial) -> None:
        value = trial.inputs.get(name)
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            message = f"the vjp check names '{name}', which is no input that is an array of real numbers"
            raise BrokenReference(message, remedy=f"the inputs are: {', '.join(trial.inputs)}")
        if value.shape != np.shape(gradient):
            message = f"'{name}' has shape {value.shape}, its gradient by {self.of} {np.shape(gradient)}"
            raise BrokenReference(message, remedy="a gradient has the shape of its input")


def _sentence(name: str, gradient: Any, wrong: str) -> str:
    if gradient is None:
        return (
            f"As far as torch can see, what you return does not depend on {name}: was that detached, or turned into"
            " numpy or a plain number on the way, or does a backward of your own return None for it?"
        )
    return f"{NOT_RIGHT.format(name)} {wrong} {ADVICE}"
