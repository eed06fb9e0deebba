"""The answer is the slope of the reference's forward function."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.checks.sides import Reference, Student
from grader.errors import BrokenReference
from grader.model import CORRECT, Status, Trial, Verdict
from grader.slopes import DOUBLE, Finding, Loss, examined

# Differences are good to 1e-10 on smooth functions. What is compared is held to much less, so that an answer in single
# precision passes: a wrong gradient is off by more than that by orders of magnitude.
IN_SINGLE = DOUBLE._replace(tolerance=1e-4, finer=1e-4)
# Held to so little, one direction missed 4 of 10,500 wrong gradients (35 mistakes at 300 points), two missed none that
# was off by a thousandth. Each costs two calls of the reference.
DIRECTIONS = 2
HUGE = 1e300  # for what is compared, as good as infinite

Floats = NDArray[np.float64]


class Gradient(msgspec.Struct, frozen=True, kw_only=True):
    """The part's output, as a gradient, agrees with central differences of a reference function.

    of         the reference function that is differentiated; called with the inputs that its signature names
    wrt        the input with respect to which
    upstream   the input that its output is contracted with (a list of them where it returns a tuple of as many);
               none where it returns a number, and where the part's output is the whole Jacobian, of the shape of
               the function's output followed by that of `wrt`
    """

    of: str
    wrt: str
    upstream: tuple[str, ...] = ()

    def needs(self) -> tuple[str, ...]:
        """The function that is differentiated."""
        return (self.of,)

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Compares slopes along random directions (the same at every grading).

        Where kinks let nothing be learned, the trial is not held against the answer.
        """
        answer = np.asarray(student.answer(trial), dtype=np.float64)
        if not np.all(np.abs(answer) < HUGE):
            return Verdict(status=Status.WRONG, feedback="The gradient is not finite.")
        rng = np.random.default_rng(trial.index)
        point = np.asarray(input_of(trial, self.wrt), dtype=np.float64)
        weights = upstream_gradients(self, trial, answer.shape, rng)
        loss = self._loss(reference, trial, weights)
        # Where the gradient is zero by structure, what is left of a right one is rounding: the bound measures it.
        slack = along(self, [np.abs(weight) for weight in weights], np.asarray(reference.bound(trial)))
        found = examined(loss, point, along(self, weights, answer), rng, IN_SINGLE, slack, DIRECTIONS)
        return CORRECT if found.finding is not Finding.DIFFERS else self._objection(found.entry)

    def _objection(self, entry: tuple[int, ...]) -> Verdict:
        which = "the entry at index " + ", ".join(map(str, entry)) if entry else "it"
        where = f"{which} does not agree with finite differences"
        sentence = f"This is not the gradient with respect to {self.wrt}: {where}."
        return Verdict(status=Status.WRONG, feedback=sentence)

    def _loss(self, reference: Reference, trial: Trial, weights: list[Floats]) -> Loss:
        names, function = reference.argument_names(self.of), reference.function(self.of)

        def loss(argument: Floats) -> float:
            inputs = trial.inputs | {self.wrt: argument if argument.ndim else float(argument)}
            value = contracted(self, function(*(inputs[name] for name in names if name in inputs)), weights)
            if not np.isfinite(value):
                where = f"the inputs of trial {trial.index} ({trial.regime})"
                raise BrokenReference(f"{self.of} is not finite near {where}")
            return value

        return loss


def input_of(trial: Trial, name: str) -> Any:
    """An input of a trial; BrokenReference where the input maker makes none of this name."""
    if name not in trial.inputs:
        raise BrokenReference(
            f"the gradient check names '{name}', which the input maker does not make",
            remedy=f"the inputs are: {', '.join(trial.inputs)}",
        )
    return trial.inputs[name]


def upstream_gradients(
    check: Gradient, trial: Trial, shape: tuple[int, ...], rng: "np.random.Generator"
) -> list[Floats]:
    """What the outputs of the forward function are contracted with: inputs, or random numbers for a Jacobian.

    `shape` is that of the gradient that is judged. Never ones: entries that add up to a constant, such as those of a
    softmax, have no slope in that direction, and every gradient would do.
    """
    point = np.shape(input_of(trial, check.wrt))
    outer = shape[: len(shape) - len(point)]
    if shape != outer + point or (outer and check.upstream):
        raise BrokenReference(f"'{check.wrt}' has shape {point}, the part's output {shape}")
    if check.upstream:
        return [np.asarray(input_of(trial, name), dtype=np.float64) for name in check.upstream]
    return [rng.standard_normal(outer) if outer else np.ones(())]


def along(check: Gradient, weights: list[Floats], gradient: Floats) -> Floats:
    """The gradient of the contracted loss: what was handed in, or the weighted sum of the rows of a Jacobian."""
    if check.upstream:
        return gradient
    return np.asarray(np.tensordot(weights[0], gradient, axes=weights[0].ndim))


def contracted(check: Gradient, value: Any, weights: list[Floats]) -> float:
    """The sum of the products of the outputs and their upstream gradients.

    Errors
        BrokenReference where they differ in number or shape.
    """
    outputs = value if isinstance(value, tuple) else (value,)
    if len(outputs) != len(weights):
        raise BrokenReference(
            f"{check.of} returns {len(outputs)} values, the gradient check names {len(check.upstream)} for them",
            remedy="name one `upstream` for each value",
        )
    for name, output, weight in zip(check.upstream or ("",), outputs, weights, strict=True):
        if np.shape(output) == weight.shape:
            continue
        what = f"'{name}' has" if name else f"before the axes of '{check.wrt}', the part's output has"
        raise BrokenReference(f"{what} shape {weight.shape}, what {check.of} returns {np.shape(output)}")
    return float(sum(np.sum(weight * output) for output, weight in zip(outputs, weights, strict=True)))
