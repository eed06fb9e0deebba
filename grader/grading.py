"""Grading: every part of a rubric judged on one submission, and the report that follows."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec
import numpy as np

from grader import __version__
from grader.assignment import Assignment
from grader.bench import Bench, ReferenceSide, StudentSide
from grader.document import unknown
from grader.errors import GraderError, StudentFault, UsageError
from grader.model import (
    CORRECT,
    UNJUDGED,
    Counterexample,
    PartReport,
    ProblemReport,
    Report,
    Share,
    Status,
    Trial,
    Trials,
    Verdict,
)
from grader.rubric import Part, Problem, Rubric
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

# After one of these there is nothing to learn from further trials.
_FINAL = frozenset({Status.MISSING, Status.TIMED_OUT, Status.CRASHED, Status.INTERNAL_ERROR})


# What several checks may say of one trial together; any other status stands alone.
_COMBINED = frozenset({Status.CORRECT, Status.PARTIAL, Status.WRONG})

# Problems of one submission that are judged side by side; a whole class has other ways to keep more cores busy.
AT_A_TIME = 2


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


class Graded(NamedTuple):
    """A report, and what the staff must mend: nobody lost points over it, and nobody else is told."""

    report: Report
    errors: list[GraderError]


def grade(
    assignment: Assignment,
    submission: Submission,
    zygote: Zygote,
    seed: int | None = None,
    problems: Collection[str] | None = None,
) -> Graded:
    """Grades a submission: all problems, or those with these ids, and then the report holds no others.

    Errors
        UsageError for a problem that the assignment does not have.
        SandboxError when no worker can be had. Defects of the rubric and the references that show only now make
        their parts `internal error` and are returned.
    """
    rubric = assignment.rubric
    seed = rubric.seed if seed is None else seed
    chosen = _chosen(rubric, problems)
    judged_problems = _judged_problems(
        [Bench(assignment, problem, submission.folder, zygote, seed) for problem in chosen]
    )
    reports = [problem for problem, _, _ in judged_problems]
    parts = [part for _, own, _ in judged_problems for part in own]
    errors = [error for _, _, own in judged_problems for error in own]
    report = Report(
        assignment=rubric.id,
        title=rubric.title,
        submission=submission.name,
        student=submission.label.student,
        collaborators=submission.label.collaborators,
        score=sum(problem.score for problem in reports),
        max_score=sum(problem.max_score for problem in reports),
        pending_points=sum(problem.pending_points for problem in reports),
        seed=seed,
        isolation=zygote.level(),
        device="cpu",
        versions={"grader": __version__, **zygote.versions},
        problems=tuple(reports),
        parts=tuple(parts),
    )
    return Graded(report, errors)


def _chosen(rubric: Rubric, ids: Collection[str] | None) -> list[Problem]:
    known = [problem.id for problem in rubric.problems]
    for id in ids or ():
        if id not in known:
            raise UsageError(unknown("problem", id, known), remedy="name a problem of the assignment")
    return [problem for problem in rubric.problems if ids is None or problem.id in ids]


def _judged_problems(benches: Sequence[Bench]) -> list[tuple[ProblemReport, list[PartReport], list[GraderError]]]:
    """The judged problems in their order. While one's worker computes, the judge looks after another's."""
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        return list(pool.map(_judged_problem, benches))
    finally:
        pool.shutdown(cancel_futures=True)


def _judged_problem(bench: Bench) -> tuple[ProblemReport, list[PartReport], list[GraderError]]:
    errors: list[GraderError] = []
    with bench.student:
        # All parts are judged before the first is looked into: for that, the student's functions are asked again.
        judged = [_judged(part, bench, errors) for part in bench.problem.parts]
        parts = [_part_report(part, bench, own, errors) for part, own in zip(bench.problem.parts, judged, strict=True)]
    bench.store.save()
    return _problem_report(bench.problem, parts, bench.student.printed), parts, errors


def _problem_report(problem: Problem, parts: Sequence[PartReport], printed: str) -> ProblemReport:
    judged = [part for part in parts if part.status not in UNJUDGED]
    return ProblemReport(
        id=problem.id,
        title=problem.title,
        file=problem.file,
        score=sum(part.earned for part in judged),
        max_score=sum(part.points for part in judged),
        pending_points=sum(part.points for part in parts if part.status is Status.PENDING),
        printed=printed,
    )


# ---- one part ----


def _judged(part: Part, bench: Bench, errors: list[GraderError]) -> Judgement | None:
    """The judgement of a part; None where a person judges it, or has to see to it."""
    if part.written:
        return None
    try:
        return judgement(part, bench)
    except GraderError as error:
        errors.append(error)
        return None


def _part_report(part: Part, bench: Bench, judged: Judgement | None, errors: list[GraderError]) -> PartReport:
    if part.written:
        # What a marker looks for is the answer, which a student sees only where the rubric shows answers.
        items = part.written if bench.assignment.rubric.show_expected else ()
        return _report(part, bench, Verdict(status=Status.PENDING), items=items)
    try:
        if judged is not None:
            return _report_of(part, bench, judged)
    except GraderError as error:
        errors.append(error)
    feedback = "This part could not be judged; the staff have been told. It costs you nothing."
    return _report(part, bench, Verdict(status=Status.INTERNAL_ERROR, feedback=feedback))


def _report_of(part: Part, bench: Bench, judged: Judgement) -> PartReport:
    counts = Trials(passed=len(judged.trials) - len(judged.failures), total=len(judged.trials))
    verdict, example, misconception = CORRECT, None, None
    if judged.failures:
        shown = _telling(judged.decisive)
        verdict, misconception = _verdict(part, bench, judged, shown)
        example = _counterexample(part, bench, shown)
    return _report(
        part,
        bench,
        verdict,
        misconception=misconception,
        shares=judged.shares,
        remarks=judged.remarks,
        trials=counts,
        seconds=judged.seconds,
        counterexample=example,
    )


def _verdict(part: Part, bench: Bench, judged: Judgement, shown: Failure) -> tuple[Verdict, str | None]:
    """The verdict on a part that lost something, and the misconception that explains it."""
    from grader.explanation import explanation  # a right submission needs none of it

    verdict = shown.verdict
    kept = 1.0 - sum(share.credit for share in judged.shares if not share.earned)
    explained = None
    if shown.trial.share:
        credit = kept
        verdict = msgspec.structs.replace(verdict, feedback=_of_share(bench, part, shown) or verdict.feedback)
    else:
        credit = kept * verdict.credit
        if verdict.status is Status.WRONG:
            explained = explanation(part, bench, [trial for trial in judged.trials if not trial.share])
    if explained is not None:
        credit = kept * explained.credit
        found = verdict.found or verdict.feedback
        verdict = msgspec.structs.replace(verdict, feedback=explained.feedback, found=found)
    elif verdict.status not in _FINAL:
        own = [trial for trial in judged.trials if trial.share == shown.trial.share]
        verdict = msgspec.structs.replace(verdict, feedback=verdict.feedback + _scope(judged.decisive, own))
    status = Status.PARTIAL if credit > 0 else verdict.status
    verdict = msgspec.structs.replace(verdict, status=status, credit=credit)
    return verdict, explained.misconception if explained else None


def _of_share(bench: Bench, part: Part, shown: Failure) -> str:
    """What the rubric says to those who lose a share, if it says anything."""
    inputs = bench.problem.functions[part.function].inputs
    return inputs.shares[shown.trial.share].feedback if inputs else ""


def _report(part: Part, bench: Bench, verdict: Verdict, **more: Any) -> PartReport:
    return PartReport(
        id=part.id,
        problem=bench.problem.id,
        criterion=part.criterion,
        points=part.points,
        earned=part.points * verdict.credit,
        status=verdict.status,
        feedback=verdict.feedback,
        traceback=verdict.traceback,
        function=part.function,
        **more,
    )


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
        if verdict.status in _FINAL:
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


def _telling(failures: Sequence[Failure]) -> Failure:
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


def _scope(failures: Sequence[Failure], tried: Sequence[Trial]) -> str:
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


def _counterexample(part: Part, bench: Bench, failure: Failure) -> Counterexample | None:
    """The input that shows the mistake, made as simple as it can be, as text."""
    if failure.verdict.status is Status.MISSING or bench.student.unusable:
        return None
    from grader import smallest
    from grader.counterexample import counterexample

    seen = None
    with contextlib.suppress(Exception):  # an example that stays as it was is no reason not to grade
        seen = smallest.smallest(part, bench, failure.trial)
    if seen is None:
        trial, verdict = failure
        expected = bench.expected(part.function, trial).value
        problem = verdict.found or verdict.feedback
        seen = smallest.Failure(trial, bench.result(part.function, trial), expected, problem)
    return counterexample(part, bench, seen, f"{part.id}/{failure.trial.index}")
