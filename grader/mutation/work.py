"""One function's mutants, each judged in all parts of the function."""

import functools
import warnings
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.bench import Bench
from grader.errors import GraderError
from grader.mutation.candidates import Candidate, candidates
from grader.mutation.equivalence import passed
from grader.mutation.further import Further, Plan
from grader.mutation.killing import Killer
from grader.mutation.records import Attempt, Fate, Outcome
from grader.mutation.students import right
from grader.rubric import Part, Problem


class Workplace:
    """What the mutants of a function are judged with."""

    def __init__(self, assignment: Assignment, problem: Problem, function: str, seed: int) -> None:
        reference = assignment.module(problem)
        self.candidates = candidates(reference, problem, function)
        self.bench = Bench(assignment, problem, right(reference, problem), seed)
        self.killer = Killer(self.bench, function)
        self.further = Further(self.bench, function)
        self.seconds: float = self.bench.store.get(f"seconds of {function}") or 0.0
        self.bench.store.save()

    def tried(self, numbers: Sequence[int]) -> Iterator[Attempt]:
        """What becomes of these mutants, one after the other."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # mutants do what nobody would
            for number in numbers:
                candidate = self.candidates[number]
                examinee = _Examinee(self, candidate)
                outcomes = tuple(self._outcome(part, examinee) for part in self.killer.parts)
                yield Attempt(number=number, outcomes=outcomes)

    def _outcome(self, part: Part, examinee: "_Examinee") -> Outcome:
        candidate = examinee.candidate
        try:
            trial = self.killer.lost(part, examinee.own, candidate)
            if trial is not None:
                return Outcome(part=part.id, fate=Fate.KILLED, told=f"trial {trial.index} ({trial.regime})")
            return passed(part, candidate, examinee.own, examinee.others)
        except Exception as error:  # noqa: BLE001 - whoever is at fault, it is not known to lose the part
            said = error if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
            return Outcome(part=part.id, fate=Fate.SURVIVED, told=f"the staff's own code fails at it: {said}")


class _Examinee:
    """A mutant before its trials; what it answers in one part is known in the next."""

    def __init__(self, place: Workplace, candidate: Candidate) -> None:
        self.place, self.candidate = place, candidate
        self.own = place.bench.with_student(place.killer.student(candidate))

    @functools.cached_property
    def others(self) -> list[tuple[Plan, Bench]]:
        """The further inputs, before a student with this mistake for each of them."""
        return [
            (plan, bench.with_student(self.place.killer.student(self.candidate)))
            for plan, bench in self.place.further.benches()
        ]


def judged_functions(problem: Problem) -> list[str]:
    """The functions of a problem that parts are judged by, in the order of the parts."""
    return list(dict.fromkeys(part.function for part in problem.parts if part.checks))
