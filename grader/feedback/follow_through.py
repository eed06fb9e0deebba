"""Follow-through: a wrong gradient that is the right one of the student's own, wrong, forward function."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.bench import Bench
from grader.checks.gradient import (
    HUGE,
    IN_SINGLE,
    Gradient,
    along,
    contracted,
    input_of,
    upstream_gradients,
)
from grader.compare import conformed, disagreement
from grader.errors import StudentFault
from grader.feedback.traits import Traits, lost, traits
from grader.model import Fault, Status, Trial
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide
from grader.slopes import DOUBLE, SINGLE, Finding, Precision, examined

FEEDBACK = (
    "Your gradient is right for your own forward pass, which is not the one that is asked for: correct the forward "
    "pass and look at this again."
)
DIRECTIONS = 3  # in each trial

Floats = NDArray[np.float64]
Inputs = dict[str, Any]


class FollowThrough(NamedTuple):
    """The credit that a wrong gradient earns, in [0, 1), and the sentence for the student that goes with it.

    Where it earns none, `reason` says why, for the staff.
    """

    credit: float
    feedback: str = ""
    reason: str = ""


def follow_through(part: Part, bench: Bench) -> FollowThrough:
    """Whether a part whose gradient was found to be wrong earns the part's `follow_through`.

    It does when, for every gradient check of the part,

    1. the student's forward function is wrong: with a right one, the gradient is simply wrong;
    2. the student's gradient is the slope of the student's forward function along three random directions in every
       trial, or in more than half of them where kinks or rounding hide the slope in the others. In double precision,
       that is to 1e-7; where the forward function computes in single precision, to 1e-2 and without kinks;
    3. the gradient is not zero in half of the trials in which the right one is not, and the forward function does
       not return one of its arguments;
    4. the student's functions have what makes the asked-for gradient hard. Where the reference's forward function
       depends on an argument, the student's does too; where it is not affine in an array (or in the argument of the
       gradient), and where it couples the entries of an array, so does the student's. The gradient depends on its
       upstream gradient and on the argument, and couples their entries, where the reference's does. An effect
       counts from a hundredth of the reference's.

    A constant, an argument that is returned, a sum of squares or a missing activation are thus consistent and earn
    nothing; a sum over the wrong axis, another divisor or another activation do.

    Errors
        BrokenReference as in a check. Faults of the student's code are reasons: it is asked for no longer than the
        rubric's limit for one function, and all answers that parts are judged by have been given before.
    """
    checks = [check for check in part.checks if isinstance(check, Gradient)]
    if not part.follow_through or not checks or any(check.of not in bench.problem.functions for check in checks):
        return FollowThrough(0.0, reason="The rubric gives no follow-through here.")
    try:
        with bench.reference.blamed():
            for check in checks:
                if reason := _objection(_Passes(part, check, bench)):
                    return FollowThrough(0.0, reason=reason)
    except StudentFault as error:
        return FollowThrough(0.0, reason=error.fault.message)
    return FollowThrough(part.follow_through, feedback=FEEDBACK)


class _Passes:
    """The student's forward function and gradient beside the reference's, in all trials of a part."""

    def __init__(self, part: Part, check: Gradient, bench: Bench) -> None:
        self.part, self.check, self.bench = part, check, bench
        self.trials = [trial for trial in bench.trials(part.function) if not trial.share]
        self.student, self.reference = StudentSide(bench, part), ReferenceSide(bench, part)
        self._likes: dict[int, Any] = {}
        self.deadline = time.monotonic() + bench.assignment.rubric.limits.seconds

    def right_forward(self, inputs: Inputs, trial: Trial) -> Any:
        """What the reference's forward function returns for some inputs, like those of a trial."""
        return self.bench.reference.called(self.check.of, *self._arguments(self.check.of, inputs, trial))

    def forward(self, inputs: Inputs, trial: Trial) -> Any:
        """What the student's forward function returns, structured as the reference's."""
        if trial.index not in self._likes:
            self._likes[trial.index] = self.right_forward(trial.inputs, trial)
        answer = self._ask(self.check.of, inputs, trial)
        return conformed(answer, self._likes[trial.index], loose=self.bench.loose)

    def right_gradient(self, inputs: Inputs, trial: Trial) -> Any:
        """The part's own output as the reference gives it."""
        function = self.part.function
        return self.reference.own(self.bench.reference.called(function, *self._arguments(function, inputs, trial)))

    def gradient(self, inputs: Inputs, trial: Trial) -> Any:
        """The part's own output as the student gives it."""
        answer = self._ask(self.part.function, inputs, trial)
        return conformed(self.student.own(answer), self.reference.answer(trial), loose=self.bench.loose)

    def _ask(self, name: str, inputs: Inputs, trial: Trial) -> Any:
        if time.monotonic() > self.deadline:
            message = f"{name} takes too long to be looked at closely."
            raise StudentFault(Fault(status=Status.TIMED_OUT, message=message))
        return self.bench.student.function(name)(*self._arguments(name, inputs, trial))

    def _arguments(self, name: str, inputs: Inputs, trial: Trial) -> list[Any]:
        return self.bench.reference.arguments(name, msgspec.structs.replace(trial, inputs=inputs))


def _objection(passes: _Passes) -> str:
    """Why there is no follow-through; '' when there is."""
    if _is_right(passes.check.of, passes.bench):
        return "The forward pass is right, so the gradient is wrong by itself."
    if _is_mostly_zero(passes):
        return "The gradient is zero where it should not be."
    if all(_returns_an_argument(passes, trial) for trial in passes.trials):
        return "The forward pass returns one of its arguments."
    return _inconsistency(passes) or _simplification(passes)


def _is_right(name: str, bench: Bench) -> bool:
    """Whether the student's forward function agrees with the reference's in all of its trials."""
    for trial in bench.trials(name):
        answer, expected = bench.result(name, trial), bench.expected(name, trial)
        if isinstance(answer, Fault):
            raise StudentFault(answer)
        given = conformed(answer, expected.value, loose=bench.loose)
        if not trial.share and disagreement(given, expected.value, expected.bound):
            return False
    return True


def _is_mostly_zero(passes: _Passes) -> bool:
    sloping = [
        trial
        for trial in passes.trials
        if np.any(np.abs(passes.reference.answer(trial)) > passes.reference.bound(trial))
    ]
    zero = [trial for trial in sloping if not np.any(passes.student.answer(trial))]
    return 2 * len(zero) >= len(sloping)


def _returns_an_argument(passes: _Passes, trial: Trial) -> bool:
    value = passes.forward(trial.inputs, trial)
    given = passes.bench.reference.arguments(passes.check.of, trial)
    return any(np.shape(value) == np.shape(argument) and np.array_equal(value, argument) for argument in given)


# ---- consistent with the student's own forward function ----


def _inconsistency(passes: _Passes) -> str:
    agreed = 0
    for trial in passes.trials:
        finding = _finding(passes, trial)
        if finding is Finding.DIFFERS:
            return "The gradient is not that of the student's forward pass."
        agreed += finding is Finding.AGREES
    # Where nothing can be learned in most of the trials, the rest prove too little.
    return "" if 2 * agreed > len(passes.trials) else "Rounding or kinks hide the slope of the student's forward pass."


def _finding(passes: _Passes, trial: Trial) -> Finding:
    check, rng = passes.check, np.random.default_rng([trial.index, 1])
    answer = np.asarray(passes.student.answer(trial), dtype=np.float64)
    point = np.asarray(input_of(trial, check.wrt), dtype=np.float64)
    weights = upstream_gradients(check, trial, answer.shape, rng)

    def forward(argument: Floats) -> Any:
        inputs = trial.inputs | {check.wrt: argument if argument.ndim else float(argument)}
        return passes.forward(inputs, trial)

    def loss(argument: Floats) -> float:
        value = contracted(check, forward(argument), weights)
        if not abs(value) < HUGE:
            message = "The forward pass is not finite near the inputs."
            raise StudentFault(Fault(status=Status.WRONG, message=message))
        return value

    here, beside = (_row(forward(at)) for at in (point, point * (1 + 1e-9 * rng.standard_normal(point.shape))))
    if not np.all(np.abs([here, beside]) < HUGE):  # there is no slope, as where a single entry is divided by d - 1
        return Finding.UNKNOWN
    if not np.all(np.abs(answer) < HUGE):
        return Finding.DIFFERS
    gradient = along(check, weights, answer)
    precision = _precision(beside, answer)
    return examined(loss, point, gradient, rng, precision, directions=DIRECTIONS).finding


def _precision(values: Floats, gradient: Floats) -> Precision:
    """What can be asked of slopes of a forward function with these values, taken beside the inputs."""
    if _is_single(values):
        return SINGLE
    return IN_SINGLE if _is_single(gradient) else DOUBLE


def _is_single(values: Floats) -> bool:
    """Whether single precision holds all of these numbers: chance and double precision hardly come to such."""
    return bool(np.any(values) and np.array_equal(values, values.astype(np.float32)))


# ---- as hard as the one that is asked for ----


def _simplification(passes: _Passes) -> str:
    """What the student's functions lack of the difficulty of the reference's; '' when nothing."""
    check, names = passes.check, passes.bench.reference.argument_names
    for name in (name for name in names(check.of) if name in passes.trials[0].inputs):
        array = name == check.wrt or any(np.ndim(trial.inputs[name]) for trial in passes.trials)
        asked: Sequence[str] = Traits._fields if array else ("dependence",)
        if lost := _lost(passes.forward, passes.right_forward, name, passes.trials, asked):
            return f"The forward pass lacks the right one's {lost} in {name}."
    for name in (name for name in (check.wrt, *check.upstream) if name in names(passes.part.function)):
        if lost := _lost(passes.gradient, passes.right_gradient, name, passes.trials, ("dependence", "coupling")):
            return f"The gradient lacks the right one's {lost} in {name}."
    return ""


Pass = Callable[[Inputs, Trial], Any]


def _lost(mine: Pass, right: Pass, name: str, trials: Sequence[Trial], asked: Sequence[str]) -> str:
    """The first trait that the right function has in some trial, and the student's in none of these."""
    wanted = [_right_traits(right, name, trial) for trial in trials]
    return lost(wanted, lambda i: _traits(mine, name, trials[i]), asked)


def _traits(function: Pass, name: str, trial: Trial) -> Traits:
    rng = np.random.default_rng([trial.index, 2])
    value = trial.inputs[name]
    return traits(lambda moved: _row(function(trial.inputs | {name: moved}, trial)), value, rng)


def _right_traits(function: Pass, name: str, trial: Trial) -> Traits:
    try:
        return _traits(function, name, trial)
    except (ArithmeticError, ValueError):  # the reference takes no such inputs: there is nothing to ask for
        return Traits()


def _row(value: Any) -> Floats:
    """All numbers of a value in a row."""
    leaves = value if isinstance(value, tuple) else (value,)
    return np.concatenate([np.ravel(np.asarray(leaf, dtype=np.float64)) for leaf in leaves])
