"""How far a mutant's answer is from the reference's."""

import enum
from typing import Any

import numpy as np

from grader.bench import Bench
from grader.checks.repeats import ROUNDING
from grader.checks.vjp import Vjp
from grader.compare import disagreement
from grader.errors import StudentFault
from grader.model import Trial
from grader.mutation.candidates import Candidate
from grader.mutation.students import right
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide
from grader.tolerance import in_double, sharpened
from grader.trials import is_random

# Draws of so many generators are compared.
SEEDS = range(4)


class Gap(enum.IntEnum):
    """How far an answer is from the reference's."""

    NONE = 0  # it agrees to all digits that there are
    SMALL = 1  # by no more than answers in single precision may be
    LARGE = 2


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
        return Gap.LARGE


def _gap(given: Any, expected: Any, bound: Any, capped: Any) -> Gap:
    if not disagreement(given, expected, in_double(bound)):
        return Gap.NONE
    # As wide as is asked of single precision, but for what that cannot judge.
    return Gap.LARGE if disagreement(given, expected, sharpened(bound, capped, given)) else Gap.SMALL


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
    ours = StudentSide(own.with_student(right(own.assignment.module(own.problem), own.problem)), part)
    pairs = zip(student.draws(trial, SEEDS), ours.draws(trial, SEEDS), strict=True)
    same = all(not disagreement(drawn, wanted, ROUNDING.around(wanted)) for drawn, wanted in pairs)
    return Gap.NONE if same else Gap.LARGE
