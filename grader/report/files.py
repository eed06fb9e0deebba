"""The files of a report: report.json, report.html, and a replay script for every part that was lost."""

from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.model import Report
from grader.report.page import html


def write(report: Report, folder: Path, copy: Path | None = None) -> str:
    """The JSON of a report, which is written into a folder with its other files, and to `copy` as well.

    Errors
        UsageError where that cannot be done.
    """
    data = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(data, encoding="utf-8")
        (folder / "report.html").write_text(html(report), encoding="utf-8")
        _write_scripts(report, folder / "replay")
        if copy is not None:
            copy.write_text(data, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error}", remedy="name another folder with --out") from None
    return data


def _write_scripts(report: Report, folder: Path) -> None:
    """A script for every part that was lost and can be replayed; those of an earlier grading go."""
    for old in folder.glob("*.py"):
        old.unlink()
    for part in report.parts:
        if part.counterexample is not None and part.counterexample.script:
            folder.mkdir(exist_ok=True)
            (folder / f"{part.id}.py").write_text(part.counterexample.script, encoding="utf-8")
