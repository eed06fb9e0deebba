"""Known mistakes: the listed misconception that a student's answers, or draws, are those of."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.bench import Bench
from grader.checks.matches_reference import MatchesReference
from grader.checks.sampler import stacked
from grader.compare import conformed, disagreement
from grader.errors import BrokenReference, StudentFault
from grader.model import Trial
from grader.reference import claims_of, file_of, first_line
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide
from grader.tolerance import ROUNDINGS, is_single, sharpened

# Draws are not those of a mistake where this mistake would give any as odd less often than that.
UNLIKELY = 1e-6


def recognised(part: Part, bench: Bench, trials: Sequence[Trial]) -> str | None:
    """The first listed misconception that what came back in every trial is that of."""
    if not part.misconceptions:
        return None
    try:
        explained_by = _explaining(part, bench, trials, _kept_answers)
    except StudentFault:  # where nothing came back there is nothing to recognise
        return None
    return next((name for name in part.misconceptions if explained_by(name)), None)


def explains(name: str, part: Part, bench: Bench, trials: Sequence[Trial]) -> bool:
    """Whether a misconception explains other trials as well, which it need not have been written for."""
    if bench.problem.functions[part.function].evaluated_at:
        return False
    try:
        return _explaining(part, bench, trials, answers)(name)
    except Exception:  # noqa: BLE001 - it may break where the reference does not, and then explains nothing
        return False


def sentence(bench: Bench, name: str) -> str:
    """The docstring of a misconception, as one paragraph."""
    function = bench.reference.misconception(name)
    text = function.__doc__
    if not text:
        raise BrokenReference(
            f"the misconception '{name}' says nothing",
            file=file_of(function),
            line=first_line(function),
            remedy="give it a docstring: what the student is told",
        )
    return " ".join(text.split())


def _explaining(
    part: Part, bench: Bench, trials: Sequence[Trial], answers_of: Callable[..., Sequence[Any]]
) -> Callable[[str], bool]:
    """Whether the misconception of a name explains what the student gave in all of the trials.

    Errors
        StudentFault where nothing came back in one of them.
    """
    student = StudentSide(bench, part)
    if sampler := part.sampler:
        draws = [stacked(student.draws(trial, range(sampler.calls))) for trial in trials]
        return lambda name: all(_obeys(name, part, bench, *each) for each in zip(trials, draws, strict=True))
    given = [student.raw(trial) for trial in trials]

    def is_answer(name: str) -> bool:
        wrong = answers_of(name, part, bench, trials)
        return all(_agrees(bench, part, *each) for each in zip(trials, given, wrong, strict=True))

    return is_answer


# ---- laws ----


def _obeys(name: str, part: Part, bench: Bench, trial: Trial, draws: Any) -> bool:
    """Whether draws follow the law of a misconception."""
    law = bench.reference.misconception(name)
    if "draws" not in inspect.signature(law).parameters:
        message = f"the misconception '{name}' takes no draws, by which part '{part.id}' is judged"
        remedy = "let it be a law of `draws` (docs/rubric.md says how)"
        raise BrokenReference(message, file=file_of(law), line=first_line(law), remedy=remedy)
    with bench.reference.blamed():
        arguments = bench.reference.arguments_of(law, {**trial.inputs, "draws": draws}, name)
        claims, objection = claims_of(law, arguments)
    return not objection and all(claim.p >= UNLIKELY for claim in claims)


# ---- values ----


def _kept_answers(name: str, part: Part, bench: Bench, trials: Sequence[Trial]) -> list[Any]:
    """What a misconception answers in each of the trials; the same for a whole class."""
    kept = bench.store.get(f"misconception {name} of {part.id}")
    if kept is None:
        with bench.reference.blamed():
            kept = answers(name, part, bench, trials)
        bench.store.put(f"misconception {name} of {part.id}", kept)
    return list(kept)


def answers(name: str, part: Part, bench: Bench, trials: Sequence[Trial]) -> list[Any]:
    """What a misconception answers in each of the trials; where that is a function, its values at the points."""
    function = bench.reference.misconception(name)
    with np.errstate(all="ignore"):
        given = [function(*bench.reference.arguments_of(function, trial.inputs, name)) for trial in trials]
        if points := bench.problem.functions[part.function].evaluated_at:
            return [np.array([value(point) for point in points]) for value in given]
    return given


def _agrees(bench: Bench, part: Part, trial: Trial, given: Any, wrong: Any) -> bool:
    """Whether an answer is that of a misconception, as closely as one is told from another."""
    reference, loose = ReferenceSide(bench, part), bench.loose
    try:
        given = conformed(given, wrong, loose=loose)
    except StudentFault:
        return False
    try:
        conformed(wrong, reference.answer(trial), loose=loose)
    except StudentFault:  # an answer of another structure than the right one's is compared as it is
        return not disagreement(given, wrong, _around(wrong))
    form = reference.compared
    tolerance = next((check.tolerance for check in part.checks if isinstance(check, MatchesReference)), None)
    bound = tolerance.around(form(wrong)) if tolerance else reference.bound(trial)
    if not tolerance and not is_single(given):
        bound = sharpened(bound, reference.capped(trial), form(given))
    return not disagreement(form(given), form(wrong), _around(form(wrong), bound))


def _around(wrong: Any, bound: Any = None) -> Any:
    """The bound around a wrong answer: what two programs of the same mistake may differ by."""
    if isinstance(wrong, (tuple, list)):
        bounds = bound if isinstance(bound, tuple) else [bound] * len(wrong)
        return tuple(_around(*leaf) for leaf in zip(wrong, bounds, strict=True))
    size = np.abs(np.asarray(wrong, dtype=np.float64))
    if bound is not None and not np.any(bound):
        return np.zeros_like(size)  # labels and indices are equal or they are not
    own = ROUNDINGS * np.maximum(size, np.max(size, initial=0.0) / 10)
    return own if bound is None else np.maximum(own, bound)
