"""Why a part was lost: the known mistake that explains what came back in every trial, or what the values look like."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from grader.bench import Bench
from grader.checks.consistent import Consistent
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.vjp import NOT_RIGHT, Vjp
from grader.compare import disagreement
from grader.errors import StudentFault
from grader.feedback.diagnosis import Catalogue, Diagnosis, Observation, Returned, arranged, catalogue, diagnosis
from grader.feedback.follow_through import follow_through
from grader.feedback.misconceptions import explains, recognised, sentence
from grader.model import Fault, Hints, Trial
from grader.recorded import RecordedReference
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide

# Mutants of one reference function run no longer than this, once for a whole class; likely ones come first.
CATALOGUE_SECONDS = 2.0

# Where none of these judges, other values than the reference's can be right as well.
_DECIDES_VALUES = (MatchesReference, Gradient, Consistent, Vjp)


EXCHANGED = (
    "Two of the gradients that torch finds seem to be in each other's place: does a backward of your own return them in"
    " the order of the arguments?"
)


class Explanation(NamedTuple):
    """Why a part was lost.

    feedback        the sentence for the student
    credit          what is due nevertheless
    misconception   the name of the known mistake, if it is one
    shares          the shares of the credit that the same mistake loses: they are not lost a second time
    """

    feedback: str
    credit: float = 0.0
    misconception: str | None = None
    shares: frozenset[str] = frozenset()


def explanation(part: Part, bench: Bench, trials: Sequence[Trial]) -> Explanation | None:
    """What explains the answers in those of the trials that decide the part; None where nothing does.

    A known mistake says most. A gradient that is right for the student's own forward function says more than what
    the values look like, and than a known mistake of which less credit is left.
    """
    main = [trial for trial in trials if not trial.share]
    known = recognised(part, bench, main)
    credit = part.misconceptions[known] if known else 0.0
    if part.follow_through > credit:
        followed = follow_through(part, bench)
        if followed.credit:
            return Explanation(followed.feedback, followed.credit)
    if known is None:
        return _diagnosis(part, bench, main)
    lost = {share: [trial for trial in trials if trial.share == share] for share in {trial.share for trial in trials}}
    same = frozenset(share for share, own in lost.items() if share and explains(known, part, bench, own))
    return Explanation(sentence(bench, known), credit, known, same)


# ---- diagnosis ----


def _diagnosis(part: Part, bench: Bench, trials: Sequence[Trial]) -> Explanation | None:
    """What the values alone say about the mistake, as openly as the rubric allows."""
    hints = bench.assignment.rubric.hints
    found = None if hints is Hints.NONE else diagnosed(part, bench, trials)
    return Explanation(found.said(hints)) if found else None


def diagnosed(part: Part, bench: Bench, trials: Sequence[Trial]) -> Diagnosis | None:
    """The mistake that the answers in these trials look like; None where nothing explains them all."""
    decided = any(isinstance(check, _DECIDES_VALUES) for check in part.checks)
    if not decided or bench.problem.functions[part.function].compare:
        return None
    misplaced = _misplaced(part, bench, trials)
    if misplaced is not None:
        return misplaced
    student, reference = StudentSide(bench, part), ReferenceSide(bench, part)
    try:
        observations = [
            Observation(
                trial.index,
                _arguments(part, bench, trial),
                student.answer(trial),
                reference.answer(trial),
                reference.bound(trial),
            )
            for trial in trials
        ]
    except StudentFault:  # what has no values, or other ones than are asked for, has said what is wrong with it
        return None
    observations = [made for made in observations if made.expected is not None]  # where nothing is asked for
    outputs = [place for place, _ in bench.outputs(part)] or None
    found = diagnosis(observations, _catalogue(part.function, bench), outputs)
    if found or any(disagreement(made.answer, made.expected, made.bound) for made in observations):
        return found
    checks = [check for check in part.checks if isinstance(check, Vjp)]
    return _of_gradients(checks[0], student, reference, trials) if checks else None


def _of_gradients(
    check: Vjp, student: StudentSide, reference: ReferenceSide, trials: Sequence[Trial]
) -> Diagnosis | None:
    """What the gradients look like that torch finds through a function of which the values are right."""
    try:
        found = [check.gradients(student, reference, trial) for trial in trials]
    except StudentFault:
        return None
    if any(gradient is None for each in found for gradient, _, _ in each):
        return None
    rows = [(trial.index, {name: trial.inputs[name] for name in check.wrt}) for trial in trials]
    together = arranged([Returned(*map(tuple, zip(*each, strict=True))) for each in found], range(len(check.wrt)))
    if together is not None and together.name == "swapped_outputs":
        return msgspec.structs.replace(together, kind=EXCHANGED)
    for place, name in enumerate(check.wrt):
        if one := diagnosis([Observation(*row, *each[place]) for row, each in zip(rows, found, strict=True)]):
            return msgspec.structs.replace(one, kind=f"{NOT_RIGHT.format(name)} {one.kind}")
    return None


def _misplaced(part: Part, bench: Bench, trials: Sequence[Trial]) -> Diagnosis | None:
    """Whether the part's outputs are the right ones in other places. They are looked for among all of the function."""
    settings = bench.problem.functions[part.function]
    if settings.evaluated_at:
        return None
    returned = []
    for trial in trials:
        right, given = bench.expected(part.function, trial), bench.result(part.function, trial)
        if isinstance(given, Fault):
            return None
        if right.value is None:  # where nothing is asked for
            continue
        several = bool(settings.returns) or isinstance(right.value, (tuple, list))
        expected, bound = (tuple(right.value), tuple(right.bound)) if several else ((right.value,), (right.bound,))
        returned.append(Returned(given, expected, bound))
    places = [place for place, _ in bench.outputs(part)]
    own = places or range(max((len(one.expected) for one in returned), default=0))
    return arranged(returned, own, settings.returns, loose=bench.loose)


def _arguments(part: Part, bench: Bench, trial: Trial) -> dict[str, Any]:
    """The inputs that the function is given; a trial may have more of them, for other functions."""
    names = bench.reference.argument_names(part.function)
    return {name: trial.inputs[name] for name in names if name in trial.inputs}


def _catalogue(function: str, bench: Bench) -> Catalogue:
    """What every slip in writing the function down would give in its trials; the same for a whole class."""
    if isinstance(bench.reference, RecordedReference):  # there is no source to make slips in
        return Catalogue()
    name = f"catalogue of {function}"
    kept = bench.store.get(name)
    if kept is None:
        settings = bench.problem.functions[function]
        points = settings.evaluated_at

        def values(returned: Any) -> Any:
            return np.array([returned(point) for point in points])

        answered = [trial for trial in bench.trials(function) if bench.expected(function, trial).value is not None]
        trials = [trial for trial in answered if not trial.share]
        # Outputs may come as the rows of an array.
        value_of = values if points else tuple if settings.returns else None
        kept = catalogue(bench.reference, function, trials, value_of, CATALOGUE_SECONDS).data()
        bench.store.put(name, kept)
    return Catalogue.of(kept)
