"""The smallest failure: the student's function asked again with simpler inputs, as long as it goes wrong alike."""

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.bench import Bench
from grader.compare import conformed, disagreement
from grader.errors import StudentFault
from grader.feedback.shrinking import Budget, Surroundings, shrunk, surroundings
from grader.model import Fault, Trial
from grader.rubric import Part
from grader.sensitivity import leaves_of
from grader.sides import ReferenceSide, StudentSide
from grader.trials import Inputs, Planned, trial

# Half a hundred questions of a few at a time: some milliseconds. The seconds only end what is unusually slow.
BUDGET = Budget(evaluations=80, seconds=0.5)
# What a simpler input shows has to be plain: a thousandth of the answer, or a tenth of what went wrong first.
PLAIN = 1e-3
OF_FIRST = 0.1
# Where the right answer moves by more than half of that when the inputs move by so much, it hangs on a tie.
MOVE = 1e-6


class Failure(NamedTuple):
    """An input that goes wrong, what came back, the right value, and what is wrong with the one."""

    trial: Trial
    answer: Any
    expected: Any
    problem: str


class _Sight(NamedTuple):
    """What is seen of one answer: the kind of failure ('' for none), its size, and the failure as it is shown."""

    kind: str
    size: float
    failure: Failure


def smallest(part: Part, bench: Bench, failing: Trial) -> Failure | None:
    """A failure of the same kind as in a failing trial, with inputs as simple as can be; None where none is simpler.

    What does not come back as a wrong value, a wrong structure or an exception stays as it is.
    """
    watch = _Watch(part, bench, failing)
    if not watch.first.kind:
        return None
    known = bench.sheet.once(f"surroundings of {part.function}/{failing.index}", watch.surroundings)
    found = shrunk(known, watch.fails, only_made=watch.is_whole(known.start), budget=BUDGET)
    (sight,) = watch.sights([found])
    return sight.failure if sight is not None and sight.kind == watch.first.kind else None


class _Watch:
    """The student's function and the reference, side by side on inputs of our choice."""

    def __init__(self, part: Part, bench: Bench, failing: Trial) -> None:
        self.part, self.bench, self.failing = part, bench, failing
        self.reference = ReferenceSide(bench, part)
        self.student = StudentSide(bench, part)
        self.points = bench.problem.functions[part.function].evaluated_at
        expected = bench.expected(part.function, failing).value
        self.unit = OF_FIRST * max(map(_largest, leaves_of(self.reference.own(expected))), default=0.0)
        self.threshold = 0.0
        self.first = self._sight(failing, bench.result(part.function, failing), expected)
        self.threshold = min(PLAIN, OF_FIRST * self.first.size)

    def is_whole(self, inputs: dict[str, Any]) -> bool:
        """Whether inputs and answer are whole numbers: then nobody can tell from outside where a tie is."""
        leaves = [leaf for value in (*inputs.values(), self.first.failure.expected) for leaf in leaves_of(value)]
        return all(leaf.dtype.kind in "biu" for leaf in leaves if leaf.dtype.kind in "biuf")

    def surroundings(self) -> Surroundings:
        """What is known of the failing trial's inputs, as far as the function takes them."""
        names = self.bench.reference.argument_names(self.part.function)
        looked_at = {name: self.failing.inputs[name] for name in names if name in self.failing.inputs}
        own = Trial(self.failing.index, self.failing.case, self.failing.regime, looked_at)
        return surroundings(own, self.bench.trials(self.part.function), self.remade, BUDGET.seconds)

    def remade(self, k: int) -> Trial:
        """A trial of the maker, of the smallest sizes that are 2 or more."""
        inputs = self.bench.problem.functions[self.part.function].inputs
        assert inputs is not None, "the rubric was found to name inputs for every judged function"
        maker = self.bench.reference.function(inputs.maker)
        rng = np.random.default_rng([self.bench.seed, zlib.crc32(b"smallest"), k])
        return trial(maker, Planned("", "normal", _smallest_case(inputs, self.failing)), rng, k)

    def fails(self, candidates: Sequence[dict[str, Any]]) -> list[bool]:
        """Whether each of some inputs goes wrong as the first did."""
        return [sight is not None and sight.kind == self.first.kind for sight in self.sights(candidates)]

    def sights(self, candidates: Sequence[dict[str, Any]]) -> list["_Sight | None"]:
        """What is seen with each of some inputs, None where no answer is right; all of them go out in one message."""
        trials = [Trial(self.failing.index, self.failing.case, self.failing.regime, inputs) for inputs in candidates]
        right = [self._right(one) for one in trials]
        sound = [one for one, expected in zip(trials, right, strict=True) if expected is not None]
        calls = [self.bench.reference.arguments(self.part.function, one) for one in sound]
        answers = iter(self.bench.student.ask(self.part.function, calls, self.points) if calls else [])
        return [
            None if expected is None else self._sight(one, next(answers), expected)
            for one, expected in zip(trials, right, strict=True)
        ]

    def _right(self, one: Trial) -> Any:
        """The reference's answer; None where it has none, or where it hangs on a tie."""
        arguments = self.bench.reference.arguments(self.part.function, one)
        try:
            with np.errstate(all="ignore"):
                value = self._value(arguments)
                leaves = leaves_of(value)
                sound = all(leaf.dtype.kind in "biuf" and np.isfinite(leaf).all() for leaf in leaves)
                return value if sound and self._is_steady(arguments, leaves) else None
        except Exception:  # noqa: BLE001 - inputs that the reference does not take are no counterexample
            return None

    def _value(self, arguments: list[Any]) -> Any:
        value = self.bench.reference.called(self.part.function, *arguments)
        return np.array([value(point) for point in self.points]) if self.points else value

    def _is_steady(self, arguments: list[Any], leaves: list[NDArray[Any]]) -> bool:
        rng = np.random.default_rng(0)
        for _ in range(2):
            other = leaves_of(self._value([_nudged(value, rng) for value in arguments]))
            for leaf, moved in zip(leaves, other, strict=True):
                scale = max(_largest(leaf), self.unit)
                if np.max(np.abs(np.subtract(moved, leaf, dtype=np.float64)), initial=0.0) > PLAIN / 2 * scale:
                    return False
        return True

    def _sight(self, one: Trial, answer: Any, expected: Any) -> _Sight:
        if isinstance(answer, Fault):
            kind = f"{answer.status} {answer.message.partition(':')[0]}"
            return _Sight(kind, 1.0, Failure(one, answer, expected, answer.message))
        own = self.reference.own(expected)
        try:
            given = conformed(self.student.own(answer), own, loose=self.bench.loose)
        except StudentFault as misfit:
            return _Sight("structure", 1.0, Failure(one, answer, expected, misfit.fault.message))
        left, right = (leaves_of(self.reference.compared(value)) for value in (given, own))
        bounds = [np.full(leaf.shape, self.threshold * max(_largest(leaf), self.unit)) for leaf in right]
        problem = next(filter(None, map(disagreement, left, right, bounds)), "")
        finite = all(np.isfinite(leaf).all() for leaf in left)
        size = max(map(_relative, left, right), default=0.0) if finite else 1.0
        kind = "" if not problem else "value" if finite else "not finite"
        return _Sight(kind, size, Failure(one, answer, expected, problem))


def _largest(leaf: NDArray[Any]) -> float:
    return float(np.max(np.abs(leaf), initial=0.0))


def _relative(given: NDArray[Any], right: NDArray[Any]) -> float:
    return _largest(np.subtract(given, right, dtype=np.float64)) / (_largest(right) or 1.0)


def _nudged(value: Any, rng: np.random.Generator) -> Any:
    """A real input, moved in its last digits and, where it is 0, off it."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        noise = rng.standard_normal((2, *np.shape(value)))
        return value * (1 + MOVE * noise[0]) + MOVE * 1e-3 * noise[1]
    if isinstance(value, (list, tuple)):
        return type(value)(_nudged(item, rng) for item in value)
    return value


def _smallest_case(inputs: Inputs, failing: Trial) -> dict[str, str]:
    """The failing trial's case, with the smallest of the sizes that are 2 or more."""
    sizes = {name: min(values, key=_smallness) for name, values in inputs.sizes.items()}
    return {name: str(failing.case[name]) for name in inputs.cases if name in failing.case} | sizes


def _smallness(size: str) -> tuple[bool, float]:
    return float(size) < 2, float(size)

