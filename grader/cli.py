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
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

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

    `grade DIR` grades one submission, `grade DIR DIR...` several; it is short for `grade submission DIR`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files and terminals need not know every letter
            stream.reconfigure(errors="backslashreplace")


class _Asked(NamedTuple):
    """What is asked of every submission on the command line."""

    id: str | None
    course: Path | None
    out: Path | None
    seed: int | None
    required: str | None
    fail_under: float | None


@main.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
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
def submission(folders: tuple[Path, ...], json_to: str | None, trial: str | None, **asked: Any) -> None:
    """Grade the submission in the folder DIR: a line per part here, report.html and report.json in --out.

    Of several, each for its own assignment: a line per submission here, and reports in
    --out/<assignment>/<submission>.
    """
    with _errors_told():
        if len(folders) > 1:
            code = _several(folders, json_to, trial, _Asked(**asked))
        elif trial is not None:
            code = _replayed(folders[0], trial, _Asked(**asked))
        else:
            code = _one(folders[0], json_to, _Asked(**asked))
    _leave(code)


@main.command()
def doctor() -> None:
    """Show what this machine can give: isolation and why not more, torch and CUDA, cores, memory."""
    with _errors_told():
        from grader.doctor import findings

        for what, finding in findings():
            click.echo(f"{what:18} {finding}")


def _replayed(folder: Path, trial: str, asked: _Asked) -> int:
    with _ready(folder, asked) as run:
        click.echo(run.replay(trial, asked.seed))
    return 0


def _one(folder: Path, json_to: str | None, asked: _Asked) -> int:
    with _ready(folder, asked) as run:
        destination = run.destination(asked.out)
        report, code = run.grade(asked)
    _deliver(report, destination, json_to)
    if json_to == "-":
        return code
    from grader.report.summary import summary

    click.echo(summary(report, width=_width(), colour=sys.stdout.isatty()))
    click.echo(f"\n{destination / 'report.html'}")
    return code


def _several(folders: Sequence[Path], json_to: str | None, trial: str | None, asked: _Asked) -> int:
    """Grades one after the other; what cannot be graded is said, and the others are. The code is that of the worst."""
    from grader.report.summary import overview

    for option, value in {"--json": json_to, "--trial": trial}.items():
        if value is not None:
            raise UsageError(f"{option} is for one submission", remedy="name one folder, or leave it out")
    graded: dict[Path, tuple[Report, float]] = {}
    taken = [folder.resolve() for folder in folders]
    worst = 0
    for folder in folders:
        start = time.perf_counter()
        try:
            with _ready(folder, asked) as run:
                destination = run.destination(asked.out, one_of_several=True)
                if destination in graded or any(destination.resolve().is_relative_to(own) for own in taken):
                    message = f"the reports of {folder} would go to {destination}, where something else is"
                    raise UsageError(message, remedy="grade it by itself, with an --out of its own")
                report, code = run.grade(asked)
            _deliver(report, destination, None)
            graded[destination] = report, time.perf_counter() - start
        except GraderError as error:
            click.echo(f"error: {error}", err=True)
            code = error.exit_code
        worst = max(worst, code)
    if graded:
        click.echo(overview(list(graded.values()), width=_width()))
        click.echo("\n".join(f"{destination / 'report.html'}" for destination in graded))
    return worst


@contextlib.contextmanager
def _ready(folder: Path, asked: _Asked) -> Iterator["_Run"]:
    """A submission with all that it takes to judge it, in the isolation that is asked for."""
    run = _Run(folder, asked.id, asked.course)
    with run.zygote:
        if asked.required is not None:
            run.zygote.require(ISOLATION[asked.required])
        yield run


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

    def destination(self, out: Path | None, *, one_of_several: bool = False) -> Path:
        """Where the reports go: never into the submission."""
        inside, name = self.submission.folder, Path(self.submission.name)
        own = self.assignment.rubric.id / name if one_of_several else name
        if out is None:
            here = Path.cwd() if not Path.cwd().is_relative_to(inside) else inside.parent
            destination = here / "reports" / own
        else:
            destination = out / own if one_of_several else out
        if destination.resolve().is_relative_to(inside):
            raise UsageError(f"{destination} lies in the submission", remedy="name a folder outside it with --out")
        return destination

    def grade(self, asked: _Asked) -> tuple["Report", int]:
        """The report, and the exit code that follows; what the staff must mend is said at once."""
        # The page's template is made ready while the judge waits for workers.
        ahead = threading.Thread(target=_prepare_reports)
        ahead.start()
        from grader.grading import grade

        report, errors = grade(self.assignment, self.submission, self.zygote, asked.seed)
        ahead.join()
        for error in dict.fromkeys(map(str, errors)):
            click.echo(f"error: {error}", err=True)
        return report, 3 if errors else 1 if _percent(report) < (asked.fail_under or 0) else 0

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
    import msgspec

    from grader.report.page import html

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


def _width() -> int:
    """The columns that there are to write in; longer lines are hard to read back from their ends."""
    import shutil

    return min(shutil.get_terminal_size().columns, 100)


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
