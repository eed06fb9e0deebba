"""Right answers that lose points: the reference is put to its own checks with many seeds.

With every seed the reference is handed in as a student's answers would be, and has to earn every part. The bounds that
other right answers need are measured with every fifth seed, as in a grading, for that takes most of the time: there
trials at which an answer jumps are drawn again, and the reference computed in single precision has to pass as well.
Elsewhere the reference is held to the narrowest bound there is. What passes it passes a measured one too; what does not
is measured, and that decides.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from grader.answers import Measurement
from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks import KINDS, Check
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.sampler import Sampler
from grader.checks.satisfies import Satisfies
from grader.checks.vjp import Vjp
from grader.errors import GraderError, StudentFault
from grader.judgement import judgement, telling
from grader.model import Status, Trial, Verdict
from grader.rubric import Part, Problem
from grader.sensitivity import leaves_of
from grader.sheet import AnswerSheet
from grader.sides import ReferenceSide, StudentSide
from grader.tolerance import Accuracy
from grader.validation.finding import Finding, Kind, Place, finding, of_error
from grader.validation.right import Function, Right, as_it_is, in_single

# With one seed in so many, everything is measured as in a grading.
MEASURED = 5
_NAMES = {kind: name for name, kind in KINDS.items()}


class Unmeasured(AnswerSheet):
    """An answer sheet whose trials are the first ones that are drawn, and whose bounds are the narrowest there are."""

    def _measurement(self, function: str, trial: Trial) -> Measurement:
        own = self._measured(function)
        value = own.value(*self.reference.arguments(function, trial))
        self._reference_seconds[function] = 0.0
        leaves = [] if value is None else leaves_of(own.form(value))
        if any(leaf.dtype.kind not in "biuf" for leaf in leaves):
            return super()._measurement(function, trial)  # which says what is wrong with it
        return Measurement(value, leaves, [np.zeros(leaf.shape) for leaf in leaves], steady=True)


class _Attempt(NamedTuple):
    """A way in which the reference is handed in, and what it means when that loses."""

    wrap: Callable[[Function], Function]
    kind: Kind
    who: str
    remedy: str


_AS_IT_IS = _Attempt(
    as_it_is, Kind.FLAKE, "the reference itself", "correct it, or let the input maker draw again where this happens"
)
_IN_SINGLE = _Attempt(
    in_single,
    Kind.PRECISION,
    "the reference, computed in single precision,",
    "let the property allow for single precision, or the input maker draw what keeps its digits; where the homework"
    " asks for more, say `accuracy: double`",
)


def flakes(assignment: Assignment, problem: Problem, seed: int) -> Iterator[Finding]:
    """What right answers lose with this seed, and what of the reference breaks with it."""
    right = _student(assignment, problem, _AS_IT_IS)
    if (seed - assignment.rubric.seed) % MEASURED:
        sheet = Unmeasured(problem, assignment.references[problem.id], seed, assignment.path)
        quick = Bench(assignment, problem, right, seed, sheet=sheet)
        if not any(True for _ in _lost(quick, _AS_IT_IS)):
            return
    bench = Bench(assignment, problem, right, seed)
    yield from _lost(bench, _AS_IT_IS)
    yield from _lost(bench.with_student(_student(assignment, problem, _IN_SINGLE)), _IN_SINGLE)
    if seed == assignment.rubric.seed:
        bench.store.save()


def _student(assignment: Assignment, problem: Problem, attempt: _Attempt) -> Right:
    return Right(problem, assignment.references[problem.id], attempt.wrap)


def _lost(bench: Bench, attempt: _Attempt) -> Iterator[Finding]:
    for part in bench.problem.parts:
        if part.written or (attempt is _IN_SINGLE and _needs_double(part)):
            continue
        place = Place(bench.assignment.path, part.line)
        try:
            judged = judgement(part, bench)
        except GraderError as error:
            if attempt is _AS_IT_IS:  # the other has nothing to add
                yield of_error(error, place, part=part.id, seeds=(bench.seed,))
            continue
        shown = telling(judged.decisive) if judged.failures else None
        # That a reference takes no numbers in single precision says nothing of answers that are computed in it.
        if shown and (attempt is _AS_IT_IS or shown.verdict.status in (Status.WRONG, Status.PARTIAL)):
            check, verdict = _objecting(part, bench, shown.trial, shown.verdict)
            yield finding(
                attempt.kind,
                _place_of(check, part, bench),
                f"{attempt.who} loses part '{part.id}' by {_NAMES[type(check)]}: {_short(verdict.feedback)}"
                f" (trial {shown.trial.index}, regime {shown.trial.regime})",
                attempt.remedy,
                part=part.id,
                seeds=(bench.seed,),
            )


def _needs_double(part: Part) -> bool:
    """Whether the rubric asks for more digits than single precision has, or draws are judged: they have none."""
    return any(
        isinstance(check, Sampler)
        or (isinstance(check, MatchesReference) and (check.tolerance or check.accuracy is Accuracy.DOUBLE))
        for check in part.checks
    )


def _objecting(part: Part, bench: Bench, trial: Trial, verdict: Verdict) -> tuple[Check, Verdict]:
    """The last of the part's checks that objects to a trial, with what it says."""
    found = part.checks[-1], verdict
    for check in part.checks:
        try:
            with bench.reference.blamed():
                one = check.judge(StudentSide(bench, part), ReferenceSide(bench, part), trial)
        except StudentFault as fault:
            one = Verdict(status=fault.fault.status, feedback=fault.fault.message)
        if one.status is not Status.CORRECT:
            found = check, one
    return found


def _place_of(check: Check, part: Part, bench: Bench) -> Place:
    """The function of the reference that a check hangs on."""
    match check:
        case Satisfies(property=name) | Sampler(law=name) | Gradient(of=name) | Vjp(of=name):
            pass
        case _:
            name = part.function
    return Place(bench.reference.path, bench.reference.line(name))


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."
