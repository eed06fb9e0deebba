"""Parts that were deferred for want of a GPU: judged later, and filled into the report that there is."""

from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.grading import Graded, Known
from grader.model import Report, Status


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


def judged_already(report: Report) -> Known:
    """What of a report stands: everything but its deferred parts."""
    return Known(
        parts={part.id: part for part in report.parts if part.status is not Status.DEFERRED},
        printed={problem.id: problem.printed for problem in report.problems},
    )


def completed(report: Report, later: Graded) -> Graded:
    """A later grading of what was deferred, which says where each of the two took place."""
    device = f"{report.device}; {later.report.device} for what was deferred"
    return later._replace(report=msgspec.structs.replace(later.report, device=device))
