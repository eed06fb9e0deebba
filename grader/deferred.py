"""Parts that were deferred for want of a GPU, judged later and filled into the report that there is."""

from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.model import Report, Status, problem_points, report_points


def earlier(folder: Path, assignment: str, submission: str) -> Report:
    """The report that an earlier grading of a submission left in a folder.

    Errors
        UsageError where there is none, or one of another assignment or submission.
    """
    path = folder / "report.json"
    remedy = "grade without --only-deferred first, or name its folder with --out"
    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError as error:
        raise UsageError(f"there is no report to complete: {path}", remedy=remedy) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no report of this grader: {error}", remedy=remedy) from error
    if (report.assignment, report.submission) != (assignment, submission):
        raise UsageError(f"{path} is the report of {report.submission} on {report.assignment}", remedy=remedy)
    return report


def waiting(report: Report) -> set[str]:
    """The ids of the problems that have deferred parts."""
    return {part.problem for part in report.parts if part.status is Status.DEFERRED}


def completed(report: Report, later: Report) -> Report:
    """The report with its deferred parts as a later grading judged them; all others stay as they were."""
    judged = {part.id: part for part in later.parts}
    parts = tuple(judged.get(part.id, part) if part.status is Status.DEFERRED else part for part in report.parts)
    problems = tuple(
        msgspec.structs.replace(problem, **problem_points(part for part in parts if part.problem == problem.id))
        for problem in report.problems
    )
    return msgspec.structs.replace(
        report,
        **report_points(problems),
        device=f"{report.device}; {later.device} for what was deferred",
        isolation=later.isolation,
        problems=problems,
        parts=parts,
    )
