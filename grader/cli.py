"""The command `grade`.

Exit codes: 0 graded, 1 below --fail-under, 2 the command or its folder is at fault, 3 the staff must act (a rubric,
a reference, or the grader itself).
"""

import contextlib
import gc
import io
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from grader import __version__
from grader.errors import GraderError, UsageError
from grader.worker.levels import LEVELS

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.course import Course
    from grader.model import Report
    from grader.sandbox.zygote import Zygote
    from grader.submission import Submission


# The levels that can be asked for, by the first word of their names.
ISOLATION = {level.partition(":")[0]: level for level in LEVELS[:-1]}


class DefaultGroup(click.Group):
    """A group that takes a folder where a command is expected: `grade DIR` is `grade submission DIR`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default command in front of arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names and args[0] != "--version":
            args = ["submission", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultGroup, no_args_is_help=True)
@click.version_option(__version__, message="grader %(version)s")
def main() -> None:
    """Grade machine-learning homework: a student's functions against references, with reasons.

    `grade DIR` grades one submission; it is short for `grade submission DIR`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files and terminals need not know every letter
            stream.reconfigure(errors="backslashreplace")


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "-a", "--assignment", "id", metavar="ID", help="Which assignment; else submission.yaml or the folder says."
)
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Where reports go [reports/<submission>].")
@click.option("--json", "json_to", metavar="FILE", help="Write the JSON there as well; - prints it alone on stdout.")
@click.option("--seed", type=click.IntRange(0, 2**63), help="Replay the trials of another seed.")
@click.option("--trial", metavar="PART/N", help="Replay one trial, such as 1a.dx/3, and show its inputs and outputs.")
@click.option(
    "--require-isolation",
    "required",
    type=click.Choice([*ISOLATION]),
    help="Refuse to grade with less isolation of the student's code (exit 3).",
)
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PCT", help="Exit with 1 below this percentage.")
def submission(
    folder: Path,
    id: str | None,
    course: Path | None,
    out: Path | None,
    json_to: str | None,
    seed: int | None,
    trial: str | None,
    required: str | None,
    fail_under: float | None,
) -> None:
    """Grade the submission in the folder DIR: a line per part here, report.html and report.json in --out."""
    with _errors_told():
        run = _Run(folder, id, course)
        with run.zygote:
            if required is not None:
                run.zygote.require(ISOLATION[required])
            if trial is not None:
                click.echo(run.replay(trial, seed))
                return
            destination = run.destination(out)
            # The page's template is made ready while the judge waits for workers.
            ahead = threading.Thread(target=_prepare_reports)
            ahead.start()
            report, errors = run.grade(seed)
            ahead.join()
        _deliver(report, destination, json_to)
        for error in dict.fromkeys(map(str, errors)):
            click.echo(f"error: {error}", err=True)
    _leave(3 if errors else 1 if _percent(report) < (fail_under or 0) else 0)


@main.command()
def doctor() -> None:
    """Show what this machine can give: isolation and why not more, torch and CUDA, cores, memory."""
    with _errors_told():
        from grader.doctor import findings

        for what, finding in findings():
            click.echo(f"{what:18} {finding}")


class _Run:
    """One submission with its assignment, and a zygote that gets ready meanwhile."""

    def __init__(self, folder: Path, id: str | None, course: Path | None) -> None:
        from grader.course import Course, nearest
        from grader.submission import Submission

        self.submission = Submission(folder)
        found = Course(course) if course else nearest(Path.cwd(), self.submission.folder)
        name = id or self.submission.assignment(found.assignments)
        if not name:
            remedy = f"name it with --assignment or in submission.yaml; {found.offer()}"
            raise UsageError(f"which assignment is {folder}?", remedy=remedy)
        self.zygote = _zygote(self.submission, found.rubric(name))
        try:
            self.assignment = self._assignment(found, name)
        except BaseException:
            self.zygote.close()
            raise

    def _assignment(self, course: "Course", id: str) -> "Assignment":
        # Imported here, while the zygote starts up beside us.
        from grader.assignment import Assignment

        return Assignment(course, id)

    def destination(self, out: Path | None) -> Path:
        """Where the reports go: never into the submission."""
        inside = self.submission.folder
        if out is None:
            here = Path.cwd() if not Path.cwd().is_relative_to(inside) else inside.parent
            return here / "reports" / self.submission.name
        if out.resolve().is_relative_to(inside):
            raise UsageError(f"--out {out} lies in the submission", remedy="name a folder outside it")
        return out

    def grade(self, seed: int | None) -> tuple["Report", list[GraderError]]:
        """The report, and what the staff must mend."""
        from grader.grading import grade

        return grade(self.assignment, self.submission, self.zygote, seed)

    def replay(self, trial: str, seed: int | None) -> str:
        """One trial as text: its inputs, what came back, what was expected, the verdict."""
        from grader.replay import replayed

        return replayed(self.assignment, self.submission, self.zygote, trial, seed)


def _zygote(submission: "Submission", rubric: Path) -> "Zygote":
    from grader.sandbox.zygote import Zygote

    # The rubric is read in full only while the zygote starts: a word of it has to do.
    torch = b"tensors:" in rubric.read_bytes() or submission.needs_torch()
    return Zygote(("numpy", "torch") if torch else ("numpy",))


def _prepare_reports() -> None:
    from grader.report.page import template

    template()


def _deliver(report: "Report", destination: Path, json_to: str | None) -> None:
    import shutil

    import msgspec

    from grader.report.page import html
    from grader.report.summary import summary

    data = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    try:
        destination.mkdir(parents=True, exist_ok=True)
        (destination / "report.json").write_text(data, encoding="utf-8")
        (destination / "report.html").write_text(html(report), encoding="utf-8")
        _write_scripts(report, destination / "replay")
        if json_to and json_to != "-":
            Path(json_to).write_text(data, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error}", remedy="name another folder with --out") from None
    if json_to == "-":
        click.echo(data.encode(), nl=False)  # JSON is UTF-8, whatever the terminal is
        return
    colour = sys.stdout.isatty()
    click.echo(summary(report, width=min(shutil.get_terminal_size().columns, 100), colour=colour))
    click.echo(f"\n{destination / 'report.html'}")


def _write_scripts(report: "Report", folder: Path) -> None:
    """A script for every part that was lost and can be replayed; those of an earlier grading go."""
    for old in folder.glob("*.py"):
        old.unlink()
    for part in report.parts:
        if part.counterexample is not None and part.counterexample.script:
            folder.mkdir(exist_ok=True)
            (folder / f"{part.id}.py").write_text(part.counterexample.script, encoding="utf-8")


def _percent(report: "Report") -> float:
    return 100.0 * report.score / report.max_score if report.max_score else 0.0


@contextlib.contextmanager
def _errors_told() -> Iterator[None]:
    """Says what a GraderError has to say, in one place, and leaves with its exit code."""
    try:
        yield
    except GraderError as error:
        click.echo(f"error: {error}", err=True)
        _leave(error.exit_code)
    except (click.ClickException, BrokenPipeError):
        raise
    except (Exception, SystemExit):  # noqa: BLE001 - 1 would say "below --fail-under", 0 that all is well
        traceback.print_exc()
        click.echo("error: this is a defect of the reference or the grader: the lines above say where", err=True)
        _leave(3)


def _leave(code: int) -> NoReturn:
    sys.exit(code)


def command() -> NoReturn:
    """The command as a process of its own: it leaves at once, without taking numpy and the rest down piece by piece."""
    code: object = 0
    gc.set_threshold(100_000)  # little of what is made is garbage, and looking for it took a fiftieth of the time
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
