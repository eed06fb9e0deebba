"""One problem on the bench: the student's functions, the references, and the trials they are put to."""

import copy
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from grader.assignment import Assignment
from grader.errors import BrokenReference
from grader.hygiene import repeatable, same
from grader.layouts import laid
from grader.model import Fault, Hygiene, Trial
from grader.rubric import Part, Problem
from grader.sandbox.student import Student
from grader.sandbox.tensors import Torch
from grader.sandbox.zygote import Zygote
from grader.sheet import AnswerSheet
from grader.stand_in import StandIn
from grader.trials import is_random, reseeded

# Calls go out together as long as their arrays are no larger than that.
MAX_MESSAGE = 16 << 20


class Bench:
    """One problem being judged: the student's functions, the references, and the trials they are put to.

    `counterexamples` says whether whoever loses a part is to be shown a failing input, which takes most of the time.
    `sheet` is the assignment's own, unless another one is given.
    """

    def __init__(
        self,
        assignment: Assignment,
        problem: Problem,
        student: Student | StandIn,
        seed: int,
        device: str = "cpu",
        *,
        counterexamples: bool = True,
        sheet: AnswerSheet | None = None,
    ) -> None:
        self.assignment, self.problem, self.student, self.seed = assignment, problem, student, seed
        self.loose = assignment.rubric.ignore_axes_of_length_one
        self.reference = assignment.references[problem.id]
        self.device, self.counterexamples = device, counterexamples
        self.sheet = sheet or assignment.sheet(problem, seed)
        self.store = self.sheet.store
        self.trials, self.expected = self.sheet.trials, self.sheet.expected
        self.expected_gradients = self.sheet.expected_gradients
        self._results: dict[str, Sequence[Any]] = {}
        self._gradients: dict[tuple[str, tuple[str, ...]], Sequence[Any]] = {}
        self._hygiene: dict[str, Hygiene] = {}

    def with_student(self, student: Student | StandIn) -> Self:
        """The same trials and right answers, for another student."""
        other = copy.copy(self)
        other.student, other._results, other._gradients, other._hygiene = student, {}, {}, {}
        return other

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
            upstreams = [self.sheet.upstream(function, trial) for trial in tried]
            places = [names.index(name) for name in wrt]
            self._gradients[function, wrt] = self.student.vjp(
                function, calls, upstreams, places, self._seconds(function)
            )
        return self._gradients[function, wrt][trial.index]

    def _seconds(self, function: str) -> float:
        """How long the student may take for all trials of a function, by what the reference took."""
        return self.sheet.seconds(function) * self.assignment.rubric.limits.times_reference

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
