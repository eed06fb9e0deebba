"""The answer is the slope of the reference's forward function."""

from typing import Any

import msgspec
import numpy as np

from grader.checks.sides import Reference, Student
from grader.model import CORRECT, Status, Trial, Verdict

# Central differences are most exact at a step of u^(1/3) times the size of the argument, and then good to 1e-10 on
# smooth functions. What is compared is held to much less, so that an answer in single precision passes.
STEP = 6e-6
RTOL = 1e-4
DIRECTIONS = 3


class Gradient(msgspec.Struct, frozen=True, kw_only=True):
    """The part's output, as a gradient, agrees with central differences of a reference function.

    of         the reference function that is differentiated; called with the inputs that its signature names
    wrt        the input with respect to which
    upstream   the input that its output is contracted with; none where it returns a number
    """

    of: str
    wrt: str
    upstream: str = ""

    def needs(self) -> tuple[str, ...]:
        """The function that is differentiated."""
        return (self.of,)

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares slopes along random directions (the same at every grading)."""
        gradient = np.asarray(student.answer(trial), dtype=np.float64)
        point = np.asarray(trial.inputs[self.wrt], dtype=np.float64)
        directions = np.random.default_rng(trial.index).standard_normal((DIRECTIONS, *point.shape))
        for direction in directions:
            claimed = np.sum(gradient * direction)
            slope, size = self._slope(reference, trial, point, direction)
            # Where the gradient is zero by structure, what is left of a right one is rounding: the bound measures it.
            rounding = np.sum(reference.bound(trial) * np.abs(direction))
            if not abs(claimed - slope) <= RTOL * max(size, np.sqrt(np.sum((gradient * direction) ** 2))) + rounding:
                name = f"the gradient with respect to {self.wrt}"
                return Verdict(status=Status.WRONG, feedback=f"This is not {name}: compare it with finite differences.")
        return CORRECT

    def _slope(self, reference: Reference, trial: Trial, point: Any, direction: Any) -> tuple[float, float]:
        """The derivative along a direction, and a size that its error is measured against."""
        step = STEP * (float(np.sqrt(np.mean(point**2))) or 1.0)
        names = reference.argument_names(self.of)
        function = reference.function(self.of)

        def loss(argument: Any) -> float:
            inputs = trial.inputs | {self.wrt: argument if argument.ndim else float(argument)}
            value = function(*(inputs[name] for name in names if name in inputs))
            return float(np.sum(trial.inputs[self.upstream] * value) if self.upstream else value)

        ahead, behind = loss(point + step * direction), loss(point - step * direction)
        rounding = np.finfo(float).eps * max(abs(ahead), abs(behind)) / step
        return (ahead - behind) / (2 * step), max(abs(ahead - behind) / (2 * step), rounding / RTOL)
