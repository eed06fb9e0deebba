"""Grading: every part of a rubric judged on one submission, and the report that follows."""

import contextlib
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

import grader
from grader import __version__, hygiene
from grader.assignment import Assignment
from grader.bench import Bench, student_of
from grader.document import unknown
from grader.errors import GraderError, UsageError
from grader.judgement import FINAL, Failure, Judgement, judgement, scope, telling
from grader.model import (
    CORRECT,
    Counterexample,
    PartReport,
    ProblemReport,
    Report,
    Share,
    Status,
    Trials,
    Verdict,
    problem_points,
    report_points,
)
from grader.rubric import Part, Problem, Rubric
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.feedback.explanation import Explanation

# Problems of one submission that are judged side by side; a whole class has other ways to keep more cores busy.
AT_A_TIME = 2

NOT_JUDGED = "This part could not be judged; the staff have been told. It costs you nothing."
DEFERRED = "This part is judged on a machine with a GPU; your report is completed then."


class Graded(NamedTuple):
    """A report, and what the staff must mend: nobody lost points over it, and nobody else is told."""

    report: Report
    errors: list[GraderError]


class Known(NamedTuple):
    """What was judged before and stands: reports of parts by id, and what the files of problems printed."""

    parts: Mapping[str, PartReport] = {}
    printed: Mapping[str, str] = {}


NOTHING_KNOWN = Known()


def grade(
    assignment: Assignment,
    submission: Submission,
    zygote: Zygote,
    seed: int | None = None,
    problems: Collection[str] | None = None,
    device: str = "cpu",
    known: Known = NOTHING_KNOWN,
    *,
    counterexamples: bool = True,
) -> Graded:
    """Grades a submission: all problems, or those with these ids, and then the report holds no others.

    `device` is where tensors are: "cpu", or "cuda" where the zygote has it. What is `known` is not judged again.
    Without `counterexamples`, lost parts have their verdicts and feedback, and show no failing input: that is quicker.

    Errors
        UsageError for a problem that the assignment does not have.
        SandboxError when no worker can be had. Defects of the rubric and the references that show only now make
        their parts `internal error` and are returned.
    """
    rubric = assignment.rubric
    seed = rubric.seed if seed is None else seed
    chosen = _chosen(rubric, problems)
    if any(not part.written and not part.function for problem in chosen for part in problem.parts):
        raise UsageError("this is a kit, which has nothing to grade with", remedy="check the folder: `grade check DIR`")
    students = [student_of(assignment, problem, submission.folder, zygote, device) for problem in chosen]
    benches = [
        Bench(assignment, *pair, seed, device, counterexamples=counterexamples)
        for pair in zip(chosen, students, strict=True)
    ]
    judged_problems = _judged_problems(benches, known)
    reports = [problem for problem, _, _ in judged_problems]
    parts = [part for _, own, _ in judged_problems for part in own]
    errors = [error for _, _, own in judged_problems for error in own]
    report = Report(
        assignment=rubric.id,
        title=rubric.title,
        submission=submission.name,
        student=submission.label.student,
        collaborators=submission.label.collaborators,
        **report_points(reports),
        seed=seed,
        isolation=_isolation(zygote, device),
        device=device,
        versions={"grader": __version__, **zygote.versions},
        problems=tuple(reports),
        parts=tuple(parts),
    )
    return Graded(report, errors)


def _isolation(zygote: Zygote, device: str) -> str:
    """The level, and what is open beyond it to compute on a GPU."""
    level = zygote.level()
    return f"{level}; open for the GPU: {', '.join(zygote.opened)}" if device != "cpu" else level


def _chosen(rubric: Rubric, ids: Collection[str] | None) -> list[Problem]:
    known = [problem.id for problem in rubric.problems]
    for id in ids or ():
        if id not in known:
            raise UsageError(unknown("problem", id, known), remedy="name a problem of the assignment")
    return [problem for problem in rubric.problems if ids is None or problem.id in ids]


Judged = tuple[ProblemReport, list[PartReport], list[GraderError]]


def _judged_problems(benches: Sequence[Bench], known: Known) -> list[Judged]:
    """The judged problems in their order. While one's worker computes, the judge looks after another's."""
    if len(benches) < 2:
        return [_judged_problem(bench, known) for bench in benches]
    from concurrent.futures import ThreadPoolExecutor  # which takes longer to import than some problems to judge

    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        return list(pool.map(functools.partial(_judged_problem, known=known), benches))
    finally:
        pool.shutdown(cancel_futures=True)


def _judged_problem(bench: Bench, known: Known) -> Judged:
    errors: list[GraderError] = []
    new = [part for part in bench.problem.parts if part.id not in known.parts]
    with bench.student:
        # All parts are judged before the first is looked into: for that, the student's functions are asked again.
        judged = [_judged(part, bench, errors) for part in new]
        reports = {part.id: _part_report(part, bench, own, errors) for part, own in zip(new, judged, strict=True)}
    bench.store.save()
    parts = [reports.get(part.id) or known.parts[part.id] for part in bench.problem.parts]
    printed = bench.student.printed or known.printed.get(bench.problem.id, "")
    return _problem_report(bench.problem, parts, printed), parts, errors


def _problem_report(problem: Problem, parts: Sequence[PartReport], printed: str) -> ProblemReport:
    return ProblemReport(
        id=problem.id, title=problem.title, file=problem.file, printed=printed, **problem_points(parts)
    )


# ---- one part ----


def _judged(part: Part, bench: Bench, errors: list[GraderError]) -> Judgement | None:
    """The judgement of a part; None where a person judges it, has to see to it, or a GPU is needed."""
    if part.written or _is_deferred(part, bench):
        return None
    with _kept(errors, part):
        return judgement(part, bench)
    return None


@contextlib.contextmanager
def _kept(errors: list[GraderError], part: Part) -> Iterator[None]:
    """Keeps what goes wrong on our side in a part: a person has to see to that part, and the others are judged."""
    try:
        yield
    except GraderError as error:
        errors.append(error)
    except Exception as error:  # noqa: BLE001 - whatever we did not think of is no reason to lose what is judged
        errors.append(_defect(error, part))


def _defect(error: Exception, part: Part) -> GraderError:
    """A defect of ours, with the place in our own code where it showed."""
    import traceback

    own = str(Path(grader.__file__).parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(own)]
    message = f"part '{part.id}' could not be judged: {type(error).__name__}: {error}"
    remedy = "this is a defect of the grader: tell its maintainers, with this line and the submission"
    return GraderError(message, file=frames[-1].filename, line=frames[-1].lineno or 0, remedy=remedy)


def _is_deferred(part: Part, bench: Bench) -> bool:
    needed = bench.problem.functions[part.function].device
    return bool(needed) and needed != bench.device


def _part_report(part: Part, bench: Bench, judged: Judgement | None, errors: list[GraderError]) -> PartReport:
    if part.written:
        # What a marker looks for is the answer, which a student sees only where the rubric shows answers.
        items = part.written if bench.assignment.rubric.show_expected else ()
        return _report(part, bench, Verdict(status=Status.PENDING), items=items)
    if _is_deferred(part, bench):
        return _report(part, bench, Verdict(status=Status.DEFERRED, feedback=DEFERRED))
    with _kept(errors, part):
        if judged is not None:
            return _report_of(part, bench, judged)
    return _report(part, bench, Verdict(status=Status.INTERNAL_ERROR, feedback=NOT_JUDGED))


def _report_of(part: Part, bench: Bench, judged: Judgement) -> PartReport:
    counts = Trials(passed=len(judged.trials) - len(judged.failures), total=len(judged.trials))
    verdict, example, misconception = CORRECT, None, None
    side_effects = bench.hygiene(part.function)
    shares = judged.shares
    if judged.failures:
        shown = telling(judged.decisive)
        explained = (
            None if shown.trial.share or shown.verdict.status is not Status.WRONG else _explained(part, bench, judged)
        )
        if explained is not None:
            shares, misconception = _lost_otherwise(shares, explained.shares), explained.misconception
        verdict = _verdict(part, bench, judged, shown, explained)
        kept = 1.0 - sum(share.credit for share in shares if not share.earned)
        verdict = _worth(kept * verdict.credit, verdict)
        example = _counterexample(part, bench, shown)
    return _report(
        part,
        bench,
        hygiene.charged(verdict, side_effects, part.hygiene),
        misconception=misconception,
        shares=shares,
        remarks=judged.remarks + (hygiene.remarks(side_effects, part.hygiene) if _is_first(part, bench) else ()),
        trials=counts,
        seconds=judged.seconds,
        counterexample=example,
    )


def _lost_otherwise(shares: tuple[Share, ...], explained: Collection[str]) -> tuple[Share, ...]:
    """The shares of a part of which some are lost by the mistake that costs the part anyway: these stay earned."""
    return tuple(msgspec.structs.replace(one, earned=one.earned or one.name in explained) for one in shares)


def _is_first(part: Part, bench: Bench) -> bool:
    """Whether a part is the first one that its function is judged in: what is said once is not said of the others."""
    return part is next(other for other in bench.problem.parts if other.function == part.function)


def _verdict(part: Part, bench: Bench, judged: Judgement, shown: Failure, explained: "Explanation | None") -> Verdict:
    """The verdict on a part that lost something, before its shares are taken off."""
    verdict = shown.verdict
    if explained is not None:
        found = verdict.found or verdict.feedback
        return msgspec.structs.replace(verdict, credit=explained.credit, feedback=explained.feedback, found=found)
    if shown.trial.share:
        feedback = _of_share(bench, part, shown) or verdict.feedback + _scope(judged, shown)
        return msgspec.structs.replace(verdict, credit=1.0, feedback=feedback)
    feedback = verdict.feedback + ("" if verdict.status in FINAL else _scope(judged, shown))
    return msgspec.structs.replace(verdict, feedback=feedback)


def _explained(part: Part, bench: Bench, judged: Judgement) -> "Explanation | None":
    from grader.feedback.explanation import explanation  # a right submission needs none of it

    return explanation(part, bench, judged.trials)


def _worth(credit: float, verdict: Verdict) -> Verdict:
    status = Status.PARTIAL if credit > 0 else verdict.status
    return msgspec.structs.replace(verdict, status=status, credit=credit)


def _scope(judged: Judgement, shown: Failure) -> str:
    """In which of the trials that decide the same it went wrong."""
    return scope(judged.decisive, [trial for trial in judged.trials if trial.share == shown.trial.share])


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


def _counterexample(part: Part, bench: Bench, failure: Failure) -> Counterexample | None:
    """The input that shows the mistake, made as simple as it can be, as text."""
    if not bench.counterexamples or failure.verdict.status is Status.MISSING or bench.student.unusable:
        return None
    from grader.feedback import smallest
    from grader.feedback.counterexample import counterexample

    seen = None
    # An example that stays as it was is no reason not to grade; without a reference, nothing else is known to be wrong.
    with contextlib.suppress(Exception):
        seen = smallest.smallest(part, bench, failure.trial) if bench.reference.answers_anywhere else None
    if seen is None:
        trial, verdict = failure
        expected = bench.expected(part.function, trial).value
        problem = verdict.found or verdict.feedback
        seen = smallest.Failure(trial, bench.result(part.function, trial), expected, problem)
    return counterexample(part, bench, seen, f"{part.id}/{failure.trial.index}")
