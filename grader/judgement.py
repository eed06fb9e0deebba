"""What became of all trials of a part: which of them failed, and which of these its status follows from."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.bench import Bench
from grader.errors import StudentFault
from grader.model import CORRECT, Share, Status, Trial, Verdict
from grader.rubric import Part
from grader.sides import ReferenceSide, StudentSide

# After one of these there is nothing to learn from further trials.
FINAL = frozenset({Status.MISSING, Status.TIMED_OUT, Status.CRASHED, Status.INTERNAL_ERROR})

# What several checks may say of one trial together; any other status stands alone.
_COMBINED = frozenset({Status.CORRECT, Status.PARTIAL, Status.WRONG})


class Failure(NamedTuple):
    """A trial that went wrong."""

    trial: Trial
    verdict: Verdict


class Judgement(NamedTuple):
    """What became of all trials of a part. `decisive` are the failures that its status follows from."""

    trials: Sequence[Trial]
    failures: list[Failure]
    decisive: list[Failure]
    shares: tuple[Share, ...]
    remarks: tuple[str, ...]
    seconds: float


def judgement(part: Part, bench: Bench) -> Judgement:
    """All trials of a part, judged. A trial after which there is nothing to learn stands for those that follow."""
    start = time.perf_counter()
    trials = bench.trials(part.function)
    failures: list[Failure] = []
    remarks: Counter[str] = Counter()
    for place, trial in enumerate(trials):
        verdict = verdict_on(part, bench, trial)
        if verdict.status is not Status.CORRECT:
            failures.append(Failure(trial, verdict))
        elif verdict.remark:
            remarks[verdict.remark] += 1
        if verdict.status in FINAL:
            failures += [Failure(later, verdict) for later in trials[place + 1 :]]
            break
    main = [failure for failure in failures if not failure.trial.share]
    main = [failure for failure in main if failure.verdict.status is not Status.PARTIAL] or main
    said = tuple(remark for remark, count in remarks.most_common(1) if count > 1 and not main)
    seconds = time.perf_counter() - start
    return Judgement(trials, failures, main or failures, _shares(part, bench, failures), said, seconds)


def _shares(part: Part, bench: Bench, failures: Sequence[Failure]) -> tuple[Share, ...]:
    inputs = bench.problem.functions[part.function].inputs
    lost = {failure.trial.share for failure in failures}
    shares = inputs.shares if inputs else {}
    return tuple(Share(name=name, credit=own.credit, earned=name not in lost) for name, own in shares.items())


def verdict_on(part: Part, bench: Bench, trial: Trial) -> Verdict:
    """The verdict on one trial, from all of the part's checks.

    Where several object, the last is heard: a property or a gradient says more about a mistake than the values do.
    """
    student, reference = StudentSide(bench, part), ReferenceSide(bench, part)
    verdicts: list[Verdict] = []
    for check in part.checks:
        try:
            with bench.reference.blamed():
                one = check.judge(student, reference, trial)
        except StudentFault as error:
            fault = error.fault
            one = Verdict(status=fault.status, feedback=fault.message, traceback=fault.traceback)
        if one.status not in _COMBINED:
            return one
        verdicts.append(one)
    return _combined(verdicts)


def _combined(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of several checks. What each of them takes away is taken away, as long as none takes all."""
    objections = [verdict.feedback for verdict in verdicts if verdict.status is Status.WRONG]
    if objections:
        return Verdict(status=Status.WRONG, feedback=objections[-1], found=objections[0])
    partial = [verdict for verdict in verdicts if verdict.status is Status.PARTIAL]
    if not partial:
        return next((verdict for verdict in verdicts if verdict.remark), CORRECT)
    credit = max(0.0, 1.0 - sum(1.0 - verdict.credit for verdict in partial))
    return Verdict(status=Status.PARTIAL, feedback=partial[0].feedback, credit=credit)


def telling(failures: Sequence[Failure]) -> Failure:
    """The failure to show: of the most frequent kind, ordinary and small, but no edge case if it can be helped.

    Its credit is the part's, so that it is one of the least.
    """
    least = min(failure.verdict.credit for failure in failures)
    failures = [failure for failure in failures if failure.verdict.credit == least]
    (status, _), *_ = Counter(failure.verdict.status for failure in failures).most_common(1)
    return min((failure for failure in failures if failure.verdict.status is status), key=_oddity)


def _oddity(failure: Failure) -> tuple[bool, bool, int]:
    sizes = [value.size for value in failure.trial.inputs.values() if isinstance(value, np.ndarray)]
    return failure.trial.regime != "normal", min(sizes, default=3) < 3, sum(sizes)


def scope(failures: Sequence[Failure], tried: Sequence[Trial]) -> str:
    """In which trials it went wrong, when not in all: the regime or case that they have in common."""
    if len(failures) == len(tried):
        return ""
    failed = {failure.trial.index for failure in failures}
    for what, kind in _kinds(tried):
        if failed == {trial.index for trial in tried if kind(trial) == kind(failures[0].trial)}:
            return f" This happens only with {what} {kind(failures[0].trial)} ({len(failed)} of {len(tried)} trials)."
    return f" This happens in {len(failed)} of {len(tried)} trials."


def _kinds(tried: Sequence[Trial]) -> list[tuple[str, Callable[[Trial], Any]]]:
    def by(name: str) -> Callable[[Trial], Any]:
        return lambda trial: trial.case.get(name)

    return [(f"{name} =", by(name)) for name in tried[0].case] + [("inputs of the kind", lambda trial: trial.regime)]
