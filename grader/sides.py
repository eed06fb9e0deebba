"""The two sides of a part, as its checks see them: what the student gives, and what the reference gives."""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.bench import Bench
from grader.compare import conformed, structured, unpacked
from grader.errors import StudentFault
from grader.model import Fault, Status, Trial
from grader.recorded import NotRecordedError
from grader.rubric import Part
from grader.trials import is_random

DETACHED = (
    "What you return is not connected to its inputs: was it detached, or turned into numpy or a plain number on the"
    " way?"
)


class StudentSide:
    """The student as the checks of one part see them."""

    def __init__(self, bench: Bench, part: Part) -> None:
        self.bench, self.part = bench, part

    def answer(self, trial: Trial) -> Any:
        function = self.part.function
        answer, expected = self._whole(function, trial), self.bench.expected(function, trial).value
        if self.bench.problem.functions[function].evaluated_at:
            values = [
                conformed(*pair, "The function that you return gives") for pair in zip(answer, expected, strict=True)
            ]
            return np.array(values)
        return self._fitting(answer, expected)

    def draws(self, trial: Trial, keys: Sequence[int]) -> list[Any]:
        answers = []
        for result, expected in self.bench.drawn(self.part.function, trial, keys):
            if isinstance(result, Fault):
                raise StudentFault(result)
            answers.append(self._fitting(result, expected))
        return answers

    def _fitting(self, answer: Any, expected: Any) -> Any:
        """The part's own output, structured as the reference's."""
        if not self.part.output:
            return self._conformed(answer, expected)
        fitting = self._own_conformed(answer, expected)
        own = [fitting[i] for i, _ in self.bench.outputs(self.part)]
        return own[0] if len(own) == 1 else tuple(own)

    def raw(self, trial: Trial) -> Any:
        """What came back for the part's own output in this trial, as it came."""
        return self.own(self._whole(self.part.function, trial))

    def own(self, answer: Any) -> Any:
        """The part's own outputs of all that its function gave, as they came."""
        if not self.part.output:
            return answer
        items = unpacked(answer, len(self.bench.problem.functions[self.part.function].returns))
        own = [items[i] for i, _ in self.bench.outputs(self.part)]
        return own[0] if len(own) == 1 else tuple(own)

    def function(self, name: str, trial: Trial) -> Callable[..., Any] | None:
        if name not in self.bench.problem.functions:
            return None
        reference, student = self.bench.reference, self.bench.student.function(name)
        own = name == self.part.function
        # One that draws is asked again each time: whether the draws are those of its generator is to be found out.
        asked = (
            reference.arguments(name, trial) if not is_random(trial) and self.bench.is_trial_of(name, trial) else None
        )

        def call(*arguments: Any) -> Any:
            # The very call that the trial makes is made with all the others of its function.
            if asked is not None and len(asked) == len(arguments) and all(map(operator.is_, asked, arguments)):
                answer, expected = self._whole(name, trial), self.bench.expected(name, trial).value
            else:
                answer = student(*arguments)
                try:
                    expected = reference.called(name, *arguments)
                except NotRecordedError:  # the answers in trials show at least what kind of thing it is
                    return structured(answer, self._like(name, trial))
            if own and self.part.output:
                return self._own_conformed(answer, expected)
            return self._as_expected(answer, expected)

        return call

    def _like(self, name: str, trial: Trial) -> Any:
        """An answer of this function that is known."""
        known = trial if self.bench.is_trial_of(name, trial) else self.bench.trials(name)[0]
        return self.bench.expected(name, known).value

    def gradients(self, wrt: tuple[str, ...], trial: Trial) -> Sequence[Any]:
        function = self.part.function
        result = self.bench.gradients(function, wrt, trial)
        if isinstance(result, Fault):
            raise StudentFault(_without_detaching(result))
        expected = self.bench.expected(function, trial).value
        match result:
            case (value, list(found)) if len(found) == len(wrt):
                conformed(value, expected)
                shapes = [np.zeros(np.shape(trial.inputs[name])) for name in wrt]
                pairs = zip(found, shapes, strict=True)
                return [None if item is None else conformed(item, shape, "The gradient is") for item, shape in pairs]
            case (value, None):
                conformed(value, expected)
        raise StudentFault(Fault(status=Status.WRONG, message=DETACHED))

    def _whole(self, function: str, trial: Trial) -> Any:
        """What a function gave in a trial, as it came."""
        result = self.bench.result(function, trial)
        if isinstance(result, Fault):
            raise StudentFault(result)
        return result

    def _own_conformed(self, answer: Any, expected: Any) -> tuple[Any, ...]:
        """All outputs: the part's own structured as the reference's; the others as they are."""
        items = list(unpacked(answer, len(expected)))
        for i, name in self.bench.outputs(self.part):
            items[i] = self._conformed(items[i], expected[i], f"Your {name} is")
        return tuple(items)

    def _conformed(self, answer: Any, expected: Any, what: str = "Your function returned") -> Any:
        return conformed(answer, expected, what, loose=self.bench.loose)

    def _as_expected(self, answer: Any, expected: Any) -> Any:
        """An answer structured as the reference's; where that is a function, so are the answers of the student's."""
        fitting = self._conformed(answer, expected)
        if not callable(expected):
            return fitting
        return lambda *arguments: self._as_expected(fitting(*arguments), expected(*arguments))


def _without_detaching(fault: Fault) -> Fault:
    """The fault of a function that was to be differentiated; torch's own advice would take the gradient away."""
    if "Can't call numpy() on Tensor that requires grad" not in fault.message:
        return fault
    advice = "Do not detach it: what you return has to be computed with torch throughout."
    return msgspec.structs.replace(fault, message=f"{fault.message} {advice}")


class ReferenceSide:
    """The reference as the checks of one part see it."""

    def __init__(self, bench: Bench, part: Part) -> None:
        self.bench, self.part = bench, part
        self.argument_names = bench.reference.argument_names
        self.objection = bench.reference.objection
        self.claims = bench.reference.claims

    def answer(self, trial: Trial) -> Any:
        return self.own(self.bench.expected(self.part.function, trial).value)

    def function(self, name: str) -> Callable[..., Any]:
        return functools.partial(self.bench.reference.called, name)

    def gradients(self, of: str, trial: Trial) -> tuple[Any, Any]:
        answer = self.bench.expected_gradients(self.part.function, of, trial)
        return answer.value, answer.bound

    def bound(self, trial: Trial) -> Any:
        return self.own(self.bench.expected(self.part.function, trial).bound)

    def capped(self, trial: Trial) -> Any:
        return self.own(self.bench.expected(self.part.function, trial).capped)

    def compared(self, value: Any) -> Any:
        return self.bench.problem.functions[self.part.function].compared(value, self.part.output)

    def own(self, value: Any) -> Any:
        """The part's own outputs of all that its function gives."""
        own = [value[i] for i, _ in self.bench.outputs(self.part)]
        return value if not own else own[0] if len(own) == 1 else tuple(own)
