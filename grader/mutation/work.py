"""One function's mutants, each judged in all parts of the function."""

import warnings
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment
from grader.bench import Bench
from grader.errors import GraderError
from grader.mutation.candidates import Candidate, candidates
from grader.mutation.equivalence import passed
from grader.mutation.further import Further
from grader.mutation.killing import Killer
from grader.mutation.records import Fate, Outcome, Tried
from grader.mutation.students import right
from grader.rubric import Part, Problem


class Workplace:
    """What the mutants of a function are judged with."""

    def __init__(self, assignment: Assignment, problem: Problem, function: str) -> None:
        reference = assignment.references[problem.id]
        self.candidates = candidates(reference, problem, function)
        self.bench = Bench(assignment, problem, right(reference, problem), assignment.rubric.seed)
        self.killer = Killer(self.bench, function)
        self.further = Further(self.bench, function)
        self.bench.store.save()

    def tried(self, numbers: Sequence[int]) -> Iterator[Tried]:
        """What becomes of these mutants, one after the other."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # mutants do what nobody would
            for number in numbers:
                candidate = self.candidates[number]
                outcomes = tuple(self._outcome(part, candidate) for part in self.killer.parts)
                yield Tried(edit=candidate.edit, outcomes=outcomes)

    def _outcome(self, part: Part, candidate: Candidate) -> Outcome:
        try:
            trial = self.killer.lost(part, self.killer.student(candidate), in_order=candidate.stateful)
            if trial is not None:
                return Outcome(part=part.id, fate=Fate.KILLED, told=f"trial {trial.index} ({trial.regime})")
            return passed(part, candidate, self.killer, self.further)
        except GraderError as error:
            return Outcome(part=part.id, fate=Fate.SURVIVED, told=f"the staff's own code fails at it: {error}")


def judged_functions(problem: Problem) -> list[str]:
    """The functions of a problem that parts are judged by, in the order of the parts."""
    return list(dict.fromkeys(part.function for part in problem.parts if part.checks))
