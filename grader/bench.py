"""One problem on the bench: the student's functions, the references, and the trials they are put to."""

import contextlib
import copy
import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.answers import Answer, Measured, Measurement, measured
from grader.assignment import Assignment
from grader.draw import upstream
from grader.errors import BrokenReference, RubricError
from grader.hygiene import repeatable, same
from grader.layouts import laid
from grader.model import Fault, Hygiene, Trial
from grader.rubric import Part, Problem
from grader.sandbox.student import Student
from grader.sandbox.tensors import Torch
from grader.sandbox.zygote import Zygote
from grader.sensitivity import EVALUATIONS
from grader.stand_in import StandIn
from grader.store import Store
from grader.trials import Inputs, PlanError, is_random, reseeded, trials

# Calls go out together as long as their arrays are no larger than that.
MAX_MESSAGE = 16 << 20


class Bench:
    """One problem being judged: the student's functions, the references, and the trials they are put to."""

    def __init__(
        self, assignment: Assignment, problem: Problem, student: Student | StandIn, seed: int, device: str = "cpu"
    ) -> None:
        self.assignment, self.problem, self.student, self.seed = assignment, problem, student, seed
        self.loose = assignment.rubric.ignore_axes_of_length_one
        self.reference = assignment.references[problem.id]
        self.device = device
        plan = hashlib.sha256(repr((self.reference.digest, problem.functions, seed)).encode())
        self.store = Store(plan.hexdigest()[:32])
        self._trials: dict[str, list[Trial]] = {}
        self._answers: dict[str, list[Answer]] = {}
        self._results: dict[str, Sequence[Any]] = {}
        self._reference_seconds: dict[str, float] = {}
        self._gradients: dict[tuple[str, tuple[str, ...]], Sequence[Any]] = {}
        self._hygiene: dict[str, Hygiene] = {}

    def with_student(self, student: Student | StandIn) -> "Bench":
        """The same trials and right answers, for somebody else."""
        other = copy.copy(self)
        other.student, other._results, other._gradients, other._hygiene = student, {}, {}, {}
        return other

    def trials(self, function: str) -> list[Trial]:
        """The trials of a function. Functions with the same plan share them."""
        inputs = self._inputs(function)
        name = _name_of_plan(inputs)
        if name not in self._trials:
            kept = self.store.get(name)
            made = [Trial(*row) for row in kept] if kept else self._made(inputs)
            self._trials[name] = self.reference.bound(made)
        return self._trials[name]

    def expected(self, function: str, trial: Trial) -> Answer:
        """The reference's answer in a trial."""
        if function not in self._answers:
            tried = self.trials(function)  # which measures the answers too, unless both are kept
            kept = self.store.get(f"answers of {function}")
            if kept:
                self._answers[function] = [Answer(*row) for row in kept]
            elif function not in self._answers:
                self._keep(function, self._measurements(function, tried), tried)
        return self._answers[function][trial.index]

    def _inputs(self, function: str) -> Inputs:
        inputs = self.problem.functions[function].inputs
        assert inputs is not None, "the rubric was found to name inputs for every judged function"
        return inputs

    def _made(self, inputs: Inputs) -> list[Trial]:
        """The trials of a plan, steady for every function that has this plan; their answers are measured on the way."""
        plan = _name_of_plan(inputs)
        maker = self.reference.function(inputs.maker)
        judged = dict.fromkeys(part.function for part in self.problem.parts if part.function)
        columns: dict[str, list[Measurement]] = {
            name: [] for name in judged if _name_of_plan(self._inputs(name)) == plan
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
                raise RubricError(str(error.__cause__), file=self.assignment.path, line=inputs.line) from error
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
        if name not in self._answers:
            tried = self.trials(function)
            if kept := self.store.get(f"answers of {name}"):
                self._answers[name] = [Answer(*row) for row in kept]
            else:
                inputs = [trial.inputs | {"upstream": self._upstream(function, trial)} for trial in tried]
                pairs = zip(tried, inputs, strict=True)
                contracted = [msgspec.structs.replace(trial, inputs=own) for trial, own in pairs]
                self._keep_answers(name, measured(self.reference, of, contracted, self._groups(function, tried)))
        return self._answers[name][trial.index]

    def _groups(self, function: str, tried: list[Trial]) -> list[Any]:
        """For each trial, what it has in common with those that are alike in size."""
        cases = self._inputs(function).cases
        return [(trial.share, trial.regime, tuple(trial.case[name] for name in cases)) for trial in tried]

    def _upstream(self, function: str, trial: Trial) -> Any:
        return upstream(self.expected(function, trial).value, trial.index)

    def is_trial_of(self, function: str, trial: Trial) -> bool:
        """Whether a trial is among those of a function whose answers are compared as they come."""
        settings = self.problem.functions[function]
        if settings.inputs is None or settings.evaluated_at:
            return False
        tried = self.trials(function)
        return trial.index < len(tried) and tried[trial.index] is trial

    def outputs(self, part: Part) -> list[tuple[int, str]]:
        """The places and names of a part's own outputs among those of its function; none where all count."""
        names = self.problem.functions[part.function].returns
        return [(names.index(name), name) for name in part.output]

    def result(self, function: str, trial: Trial) -> Any:
        """What the student's function gave in a trial: a value, as it came, or a Fault."""
        return self._all_results(function)[trial.index]

    def _all_results(self, function: str) -> Sequence[Any]:
        if function not in self._results:
            calls = [self._call(function, trial) for trial in self.trials(function)]
            points = self.problem.functions[function].evaluated_at
            self._results[function] = self.student.ask(function, calls, points, self._seconds(function))
        return self._results[function]

    def _call(self, function: str, trial: Trial) -> list[Any]:
        """The arguments of a trial as they are sent: laid out at the last moment, for nobody else needs that."""
        arguments, own = self.reference.arguments(function, trial), self.problem.functions[function]
        return arguments if own.tensors else laid(arguments, trial.index, own.layouts)

    def hygiene(self, function: str) -> Hygiene:
        """What the student's function does beside its answers, in all trials.

        Ask while the student's worker is there, and best when all parts of the problem are judged: two trials are
        repeated for it, which costs time and may end the worker.
        """
        if function not in self._hygiene:
            self._all_results(function)
            names = self.reference.argument_names(function)
            noted = self.student.noted.get(function, [])
            self._hygiene[function] = Hygiene(
                changed=tuple(name for i, name in enumerate(names) if any(i in one.changed for one in noted)),
                shared=tuple(name for i, name in enumerate(names) if any(i in one.shared for one in noted)),
                unsteady=self._is_unsteady(function),
            )
        return self._hygiene[function]

    def _is_unsteady(self, function: str) -> bool:
        """Whether the first trial, or one from the middle, is answered otherwise after all the others."""
        tried, results = self.trials(function), self._all_results(function)
        answered = [i for i in sorted({0, len(tried) // 2}) if not isinstance(results[i], Fault)]
        asked = [i for i in answered if repeatable(self.reference.arguments(function, tried[i]))]
        if not asked:
            return False
        calls = [self._call(function, tried[i]) for i in asked]
        points = self.problem.functions[function].evaluated_at
        again = self.student.again(function, calls, points, self._seconds(function))
        return any(not same(results[i], other) for i, other in zip(asked, again, strict=False))

    def gradients(self, function: str, wrt: tuple[str, ...], trial: Trial) -> Any:
        """(value, gradients) of the student's function in a trial, as they came (see `Student.vjp`), or a Fault."""
        if (function, wrt) not in self._gradients:
            names = self.reference.argument_names(function)
            if unknown := [name for name in wrt if name not in names]:
                message = f"the vjp check names '{unknown[0]}', which {function} does not take"
                raise BrokenReference(message, remedy=f"its arguments are: {', '.join(names)}")
            tried = self.trials(function)
            calls = [self.reference.arguments(function, trial) for trial in tried]
            upstreams = [self._upstream(function, trial) for trial in tried]
            places = [names.index(name) for name in wrt]
            self._gradients[function, wrt] = self.student.vjp(
                function, calls, upstreams, places, self._seconds(function)
            )
        return self._gradients[function, wrt][trial.index]

    def _seconds(self, function: str) -> float:
        """How long the student may take for all trials of a function, by what the reference took."""
        own: float = self.store.get(f"seconds of {function}") or 0.0
        return own * self.assignment.rubric.limits.times_reference

    def drawn(self, function: str, trial: Trial, keys: Sequence[int]) -> Iterator[tuple[Any, Any]]:
        """What the student's function gives, or the Fault, for each key; each beside the reference's answer.

        The reference answers once, to show what an answer looks like: draws are not compared with draws.
        """
        if not is_random(trial):
            remedy = "let the input maker return `draw.rng()` or `draw.torch_rng()` under the name of an argument"
            raise BrokenReference(f"{function} is handed no generator", file=self.reference.path, remedy=remedy)
        calls = [self.reference.arguments(function, own) for own in reseeded(trial, keys)]
        start = time.perf_counter()
        expected = self.reference.called(function, *calls[0])
        allowed = (time.perf_counter() - start) * self.assignment.rubric.limits.times_reference
        size = sum(argument.nbytes for argument in calls[0] if isinstance(argument, np.ndarray))
        together = max(1, MAX_MESSAGE // max(1, size))
        for i in range(0, len(calls), together):
            message = calls[i : i + together]
            for result in self.student.ask(function, message, seconds=allowed * len(message)):
                yield result, expected


def student_of(assignment: Assignment, problem: Problem, folder: Path, zygote: Zygote, device: str = "cpu") -> Student:
    """The functions of a problem that stand in this folder."""
    taken = {*(other.file for other in assignment.rubric.problems), *problem.functions}
    tensors = frozenset(name for name, settings in problem.functions.items() if settings.tensors)
    own_backward = frozenset(name for name, settings in problem.functions.items() if settings.own_backward)
    torch, given = Torch(tensors, device, own_backward), assignment.references[problem.id].given_source
    return Student(zygote, folder, problem.file, assignment.rubric.limits, taken, torch, given)


def _name_of_plan(inputs: Inputs) -> str:
    return f"trials {msgspec.structs.replace(inputs, line=0)}"
