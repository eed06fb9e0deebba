"""Whether a mutant that passes all trials is wrong at all: how it compares with the reference, there and elsewhere."""

from collections.abc import Sequence

from grader.bench import Bench
from grader.mutation.candidates import Candidate
from grader.mutation.further import Plan, case_of
from grader.mutation.gaps import Gap, gap
from grader.mutation.killing import earns
from grader.mutation.records import Fate, Outcome
from grader.rubric import Part

NO_INPUT = "no input was found that these checks tell it from the reference by, though its values differ"
WITHIN = "its values differ, but never by more than the tolerance"
OFFSET = "a right formula that loses its digits, or overflows, only at"


def passed(part: Part, candidate: Candidate, own: Bench, others: Sequence[tuple[Plan, Bench]]) -> Outcome:
    """What becomes of a mutant that passed all trials of a part. `others` are the benches of further inputs."""
    worst = max(gap(part, own, trial, candidate) for trial in own.trials(part.function))
    numeric = ""
    for plan, other in others:
        for trial in other.trials(part.function):
            off = gap(part, other, trial, candidate)
            lost = not earns(part, other, trial, off)
            if plan.numeric and (lost or off is not Gap.NONE):
                numeric = numeric or f"{OFFSET} {case_of(plan, other, trial)}"
            elif lost:
                return Outcome(part=part.id, fate=Fate.SURVIVED, told=case_of(plan, other, trial))
            else:
                worst = max(worst, off)
    if worst is not Gap.NONE:
        return Outcome(part=part.id, fate=Fate.SURVIVED, told=NO_INPUT if worst is Gap.LARGE else WITHIN)
    return Outcome(part=part.id, fate=Fate.ROUNDING if numeric else Fate.EQUAL, told=numeric)
