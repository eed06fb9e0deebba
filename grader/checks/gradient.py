"""The answer is the slope of the reference's forward function."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.checks.sides import Reference, Student
from grader.errors import BrokenReference
from grader.model import CORRECT, Status, Trial, Verdict

# Central differences are most exact at a step of u^(1/3) times the size of the argument, and then good to 1e-10 on
# smooth functions. What is compared is held to much less, so that an answer in single precision passes.
STEP = 6e-6
RTOL = 1e-4
# One random direction misses a wrong gradient only by a chance that falls with every trial; there are a dozen or more.
DIRECTIONS = 1
HUGE = 1e300  # for what is compared, as good as infinite

Floats = NDArray[np.float64]


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
        if not np.all(np.abs(gradient) < HUGE):
            return Verdict(status=Status.WRONG, feedback="The gradient is not finite.")
        point = np.asarray(self._input(self.wrt, trial), dtype=np.float64)
        if gradient.shape != point.shape:
            raise BrokenReference(f"'{self.wrt}' has shape {point.shape}, the part's output {gradient.shape}")
        directions = np.random.default_rng(trial.index).standard_normal((DIRECTIONS, *point.shape))
        for direction in directions:
            if not self._agrees(gradient, direction, point, reference, trial):
                name = f"the gradient with respect to {self.wrt}"
                return Verdict(status=Status.WRONG, feedback=f"This is not {name}: compare it with finite differences.")
        return CORRECT

    def _agrees(self, gradient: Floats, direction: Floats, point: Floats, reference: Reference, trial: Trial) -> bool:
        terms = gradient * direction
        largest = float(np.max(np.abs(terms), initial=0.0)) or 1.0
        claimed, length = float(np.sum(terms)), largest * float(np.sqrt(np.sum((terms / largest) ** 2)))
        # Where the gradient is zero by structure, what is left of a right one is rounding: the bound measures it.
        rounding = np.sum(reference.bound(trial) * np.abs(direction))
        slopes = []
        for step in (STEP, STEP / 8):
            slope, size = self._slope(reference, trial, point, direction, step)
            tolerance = RTOL * max(size, length) + rounding
            if abs(claimed - slope) <= tolerance:
                return True
            slopes.append(slope)
        # A kink of the function between the two steps: from this direction nothing can be learned.
        return bool(abs(slopes[0] - slopes[1]) > tolerance)

    def _input(self, name: str, trial: Trial) -> Any:
        if name not in trial.inputs:
            raise BrokenReference(
                f"the gradient check names '{name}', which the input maker does not make",
                remedy=f"the inputs are: {', '.join(trial.inputs)}",
            )
        return trial.inputs[name]

    def _slope(
        self, reference: Reference, trial: Trial, point: Floats, direction: Floats, step: float
    ) -> tuple[float, float]:
        """The derivative along a direction, and a size that its error is measured against."""
        step *= float(np.sqrt(np.mean(point**2))) or 1.0
        ahead, behind = (self._loss(reference, trial, point + h * direction) for h in (step, -step))
        if not np.isfinite(ahead - behind):
            raise BrokenReference(f"{self.of} is not finite near the inputs of trial {trial.index} ({trial.regime})")
        rounding = np.finfo(float).eps * max(abs(ahead), abs(behind)) / step
        return (ahead - behind) / (2 * step), max(abs(ahead - behind) / (2 * step), rounding / RTOL)

    def _loss(self, reference: Reference, trial: Trial, argument: Floats) -> float:
        inputs = trial.inputs | {self.wrt: argument if argument.ndim else float(argument)}
        names = reference.argument_names(self.of)
        value = reference.function(self.of)(*(inputs[name] for name in names if name in inputs))
        if not self.upstream:
            return float(value)
        upstream = self._input(self.upstream, trial)
        if np.shape(upstream) != np.shape(value):
            raise BrokenReference(
                f"'{self.upstream}' has shape {np.shape(upstream)}, what {self.of} returns {np.shape(value)}"
            )
        return float(np.sum(upstream * value))
