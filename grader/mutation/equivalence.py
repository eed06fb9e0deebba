"""Whether a mutant that passes all trials is wrong at all: how it compares with the reference, there and elsewhere."""

import enum
from typing import Any

import numpy as np

from grader.bench import Bench
from grader.checks.matches_reference import MatchesReference
from grader.checks.repeats import ROUNDING
from grader.checks.vjp import Vjp
from grader.compare import disagreement
from grader.errors import StudentFault
from grader.model import Trial
from grader.mutation.candidates import Candidate
from grader.mutation.further import Further, case_of
from grader.mutation.killing import Killer, earns
from grader.mutation.records import Fate, Outcome
from grader.mutation.students import right
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide
from grader.tolerance import in_double, sharpened
from grader.trials import is_random

SEEDS = range(8)
NOTHING_FOUND = "no input was found that tells it from the reference by these checks, though its values differ"


class Gap(enum.IntEnum):
    """How far an answer is from the reference's."""

    NONE = 0  # it agrees to all digits that there are
    ROUNDING = 1  # as far as answers in single precision may be
    MORE = 2


def passed(part: Part, candidate: Candidate, killer: Killer, further: Further) -> Outcome:
    """What becomes of a mutant that passed all trials of a part."""
    own = killer.student(candidate)
    worst = max(gap(part, own, trial, candidate) for trial in own.trials(part.function))
    for told, bench in further.benches():
        other = bench.with_student(killer.student(candidate).student)
        for trial in bench.trials(part.function):
            if not earns(part, other, trial):
                return Outcome(part=part.id, fate=Fate.SURVIVED, told=case_of(told, bench, trial, part.function))
            worst = max(worst, gap(part, other, trial, candidate))
    return _unkilled(part, worst)


def _unkilled(part: Part, worst: Gap) -> Outcome:
    if worst is Gap.MORE:
        return Outcome(part=part.id, fate=Fate.SURVIVED, told=NOTHING_FOUND)
    return Outcome(part=part.id, fate=Fate.ROUNDING if worst is Gap.ROUNDING else Fate.EQUAL)


def gap(part: Part, own: Bench, trial: Trial, candidate: Candidate) -> Gap:
    """How far the answer to a trial is from the reference's, whatever the checks of the part look at."""
    student, reference = StudentSide(own, part), ReferenceSide(own, part)
    try:
        if candidate.gradient:
            return _of_gradients(part, student, reference, trial)
        if is_random(trial):
            return _of_draws(part, own, student, trial)
        answer = student.answer(trial)
        right, bound = reference.answer(trial), reference.bound(trial)
        return _gap(reference.compared(answer), reference.compared(right), bound, reference.capped(trial))
    except StudentFault:
        return Gap.MORE


def _gap(given: Any, expected: Any, bound: Any, capped: Any) -> Gap:
    if not disagreement(given, expected, in_double(bound)):
        return Gap.NONE
    # As wide as is asked of single precision, but for what that cannot judge.
    return Gap.MORE if disagreement(given, expected, sharpened(bound, capped, given)) else Gap.ROUNDING


def _of_gradients(part: Part, student: StudentSide, reference: ReferenceSide, trial: Trial) -> Gap:
    worst = Gap.NONE
    for check in part.checks:
        if isinstance(check, Vjp):
            right, bounds = (
                item if isinstance(item, tuple) else (item,) for item in reference.gradients(check.of, trial)
            )
            for found, want, bound in zip(student.gradients(check.wrt, trial), right, bounds, strict=True):
                given = np.zeros(np.shape(want)) if found is None else found
                worst = max(worst, _gap(given, want, bound, False))
    return worst


def _of_draws(part: Part, own: Bench, student: StudentSide, trial: Trial) -> Gap:
    """Draws of the same seeds: who draws otherwise may be as right, but no comparison says so."""
    ours = StudentSide(own.with_student(right(own.reference, own.problem)), part)
    pairs = zip(student.draws(trial, SEEDS), ours.draws(trial, SEEDS), strict=True)
    same = all(not disagreement(drawn, wanted, ROUNDING.around(wanted)) for drawn, wanted in pairs)
    return Gap.NONE if same else Gap.MORE
