"""An answer sheet: the trials of one problem and what its reference answers in them, the same for a whole class."""

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.answers import Answer, Measured, Measurement, measured
from grader.draw import upstream
from grader.errors import BrokenReference, RubricError
from grader.model import Trial
from grader.recorded import Reference
from grader.rubric import Problem
from grader.sensitivity import EVALUATIONS
from grader.trials import Inputs, PlanError, plan_name, trials

T = TypeVar("T")


class AnswerSheet:
    """The trials of one problem with one seed, and what the reference answers in them.

    They are measured once and kept on disk; what is asked again is in memory. `path` is the rubric's file, for errors.
    Threads may share it.
    """

    def __init__(self, problem: Problem, reference: Reference, seed: int, path: Path) -> None:
        self.problem, self.reference, self.seed, self.path = problem, reference, seed, path
        self.store = reference.store(key_of(problem, reference, seed))
        self._trials: dict[str, list[Trial]] = {}
        self._answers: dict[str, list[Answer]] = {}
        self._reference_seconds: dict[str, float] = {}
        self._once: dict[str, Any] = {}
        self._lock = threading.RLock()

    def once(self, name: str, made: Callable[[], T]) -> T:
        """What a name stands for, made when it is first asked for: for what follows from the sheet, but is no data."""
        with self._lock:
            if name not in self._once:
                self._once[name] = made()
            found: T = self._once[name]
            return found

    def trials(self, function: str) -> list[Trial]:
        """The trials of a function. Functions with the same plan share them."""
        inputs = self.inputs(function)
        name = plan_name(inputs)
        with self._lock:
            if name not in self._trials:
                kept = self.store.get(name)
                made = [Trial(*row) for row in kept] if kept else self._made(inputs)
                self._trials[name] = self.reference.bound(made)
            return self._trials[name]

    def expected(self, function: str, trial: Trial) -> Answer:
        """The reference's answer in a trial."""
        if function not in self._answers:
            with self._lock:
                self._answer(function)
        return self._answers[function][trial.index]

    def _answer(self, function: str) -> None:
        tried = self.trials(function)  # which measures the answers too, unless both are kept
        kept = self.store.get(f"answers of {function}")
        if kept:
            self._answers[function] = [Answer(*row) for row in kept]
        elif function not in self._answers:
            self._keep(function, self._measurements(function, tried), tried)

    def inputs(self, function: str) -> Inputs:
        """Where the trials of a function come from."""
        inputs = self.problem.functions[function].inputs
        assert inputs is not None, "the rubric was found to name inputs for every judged function"
        return inputs

    def _made(self, inputs: Inputs) -> list[Trial]:
        """The trials of a plan, steady for every function that has this plan; their answers are measured on the way."""
        plan = plan_name(inputs)
        maker = self.reference.function(inputs.maker)
        judged = dict.fromkeys(part.function for part in self.problem.parts if part.function)
        columns: dict[str, list[Measurement]] = {
            name: [] for name in judged if plan_name(self.inputs(name)) == plan
        }

        def steady(drawn: Trial) -> bool:
            (trial,) = self.reference.bound([drawn])
            row = {function: self._measurement(function, trial) for function in self._sound(columns, trial)}
            if not all(measurement.steady for measurement in row.values()):
                return False
            for function, measurement in row.items():
                columns[function].append(measurement)
            return True

        attempts = self.store.get(f"attempts of {plan}")  # trials that hold functions are not kept themselves
        with self._plan_blamed(inputs):
            if attempts:
                return trials(inputs, maker, self.seed, attempts=attempts)
            made = trials(inputs, maker, self.seed, steady)
        self.store.put(plan, [(one.index, one.case, one.regime, one.inputs, one.share, one.attempt) for one in made])
        self.store.put(f"attempts of {plan}", [one.attempt for one in made])
        for function, column in columns.items():
            if len(column) == len(made):
                self._keep(function, column, made)
        return made

    @contextlib.contextmanager
    def _plan_blamed(self, inputs: Inputs) -> Iterator[None]:
        """What a plan asks for in vain is an error of the rubric; the rest is one of the reference."""
        try:
            with self.reference.blamed():
                yield
        except BrokenReference as error:
            if isinstance(error.__cause__, PlanError):
                raise RubricError(str(error.__cause__), file=self.path, line=inputs.line) from error
            raise

    def _sound(self, functions: Iterable[str], trial: Trial) -> list[str]:
        """Those of the functions that answer at all: what is wrong with the others is told where they are judged."""
        sound = []
        for function in functions:
            with contextlib.suppress(Exception):
                self._measured(function).value(*self.reference.arguments(function, trial))
                sound.append(function)
        return sound

    def _measurement(self, function: str, trial: Trial) -> Measurement:
        start = time.perf_counter()
        made = self._measured(function).measurement(self.reference.arguments(function, trial))
        took = (time.perf_counter() - start) / EVALUATIONS
        self._reference_seconds[function] = self._reference_seconds.get(function, 0.0) + took
        return made

    def _measurements(self, function: str, tried: list[Trial]) -> list[Measurement]:
        with self.reference.blamed():
            return [self._measurement(function, trial) for trial in tried]

    def _measured(self, function: str) -> Measured:
        own = self.problem.functions[function]
        return Measured(self.reference, function, own.evaluated_at, own.compared)

    def _keep(self, function: str, measurements: list[Measurement], tried: list[Trial]) -> None:
        """Keeps the answers of a function, from the measurements of all its trials."""
        answers = self._measured(function).answers(measurements, self._groups(function, tried))
        self._keep_answers(function, answers)
        self.store.put(f"seconds of {function}", self._reference_seconds[function])

    def _keep_answers(self, name: str, answers: list[Answer]) -> None:
        self._answers[name] = answers
        self.store.put(f"answers of {name}", [(one.value, one.bound, one.capped) for one in answers])

    def expected_gradients(self, function: str, of: str, trial: Trial) -> Answer:
        """What the reference function `of` gives for a trial's inputs and its `upstream`."""
        name = f"{of} at the upstream of {function}"
        with self._lock:
            if name not in self._answers:
                self._differentiate(name, function, of)
            return self._answers[name][trial.index]

    def _differentiate(self, name: str, function: str, of: str) -> None:
        tried = self.trials(function)
        if kept := self.store.get(f"answers of {name}"):
            self._answers[name] = [Answer(*row) for row in kept]
            return
        inputs = [trial.inputs | {"upstream": self.upstream(function, trial)} for trial in tried]
        contracted = [msgspec.structs.replace(one, inputs=own) for one, own in zip(tried, inputs, strict=True)]
        self._keep_answers(name, measured(self.reference, of, contracted, self._groups(function, tried)))

    def _groups(self, function: str, tried: list[Trial]) -> list[Any]:
        """For each trial, what it has in common with those that are alike in size."""
        cases = self.inputs(function).cases
        return [(trial.share, trial.regime, tuple(trial.case[name] for name in cases)) for trial in tried]

    def upstream(self, function: str, trial: Trial) -> Any:
        """What the value of a function is multiplied by before it is differentiated."""
        return upstream(self.expected(function, trial).value, trial.index)

    def seconds(self, function: str) -> float:
        """How long the reference took for all trials of a function; 0 where that was not measured."""
        return self.store.get(f"seconds of {function}") or 0.0


def key_of(problem: Problem, reference: Reference, seed: int) -> str:
    """What an answer sheet depends on, as a key."""
    return hashlib.sha256(repr((reference.digest, problem.functions, seed)).encode()).hexdigest()[:32]
