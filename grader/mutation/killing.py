"""Whether a mutant loses a part, and at which trial: it is dead at the first."""

from collections import Counter

import msgspec

from grader.bench import Bench
from grader.checks.satisfies import Satisfies
from grader.judgement import verdict_on
from grader.model import Status, Trial
from grader.mutants import built, original
from grader.mutation.candidates import PATIENCE, SOME_STEPS, UNBOUNDED, Candidate
from grader.mutation.gaps import Gap, gap
from grader.mutation.students import Mistaken, mistaken
from grader.rubric import Part
from grader.stand_in import StandIn


class Killer:
    """The trials of a function, those first that have killed most."""

    def __init__(self, bench: Bench, function: str) -> None:
        self.bench, self.function = bench, function
        self.module = bench.assignment.module(bench.problem)
        self.parts = [part for part in bench.problem.parts if part.function == function and part.checks]
        self.kills: Counter[tuple[str, int]] = Counter()
        self.steps = patience(bench, function)

    def student(self, candidate: Candidate) -> Mistaken:
        """A student with this mistake."""
        return mistaken(self.module, self.bench.problem, self.function, candidate, self.steps)

    def lost(self, part: Part, own: Bench, candidate: Candidate) -> Trial | None:
        """The first trial found that a part is lost at, wholly or to a share."""
        trials = own.trials(self.function)
        # One that remembers is asked as a student would be.
        hardest = sorted(trials, key=lambda trial: -self.kills[part.id, trial.index])
        for trial in trials if candidate.stateful else hardest:
            if not earns(part, own, trial, gap(part, own, trial, candidate)):
                self.kills[part.id, trial.index] += 1
                return trial
        return None


def earns(part: Part, bench: Bench, trial: Trial, off: Gap = Gap.LARGE) -> bool:
    """Whether a trial costs nothing. `off` says how far its answer is from the reference's."""
    if off is Gap.NONE:  # only what calls the function at other inputs can object
        elsewhere = tuple(check for check in part.checks if isinstance(check, Satisfies))
        part = msgspec.structs.replace(part, checks=elsewhere)
    return verdict_on(part, bench, trial).status is Status.CORRECT


def patience(bench: Bench, function: str) -> int:
    """How many steps a mutant may take in a trial, by what the original takes at most."""
    reference = bench.assignment.module(bench.problem)
    source = reference.path.read_text(encoding="utf-8")
    try:
        program = built(original(source, function), reference.module, UNBOUNDED)
    except ValueError:  # it is imported: nothing of it is edited
        return SOME_STEPS
    spent, points = 0, bench.problem.functions[function].evaluated_at
    student = StandIn({function: program})
    for trial in bench.trials(function):
        student.ask(function, [reference.arguments(function, trial)], points)
        spent = max(spent, program.spent)
    return PATIENCE * spent + SOME_STEPS
