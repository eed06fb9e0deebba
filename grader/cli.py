"""The command `grade`.

Exit codes: 0 graded, 1 below --fail-under, 2 the command or its folder is at fault, 3 the staff must act (a rubric,
a reference, or the grader itself).
"""

import contextlib
import gc
import importlib
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader import __version__
from grader.errors import GraderError, UsageError
from grader.exits import leave, told
from grader.report.letters import make_readable
from grader.run import ISOLATION, Asked, ready
from grader.threads import ONE_EACH

if TYPE_CHECKING:
    from grader.model import Report


# Commands that are imported when they are asked for: a self-check shall not wait for what a class needs.
LATER = {
    "batch": "grader.batch.commands",
    "check": "grader.self_check.command",
    "gradescope": "grader.gradescope.command",
    "kit": "grader.kit.command",
    "mutate": "grader.mutation.command",
    "new": "grader.scaffold.command",
    "publish": "grader.batch.commands",
    "validate": "grader.validation.command",
}


class DefaultGroup(click.Group):
    """A group that takes a folder where a command is expected: `grade DIR` is `grade submission DIR`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default command in front of arguments that name none."""
        known = {*self.list_commands(ctx), *ctx.help_option_names, "--version"}
        if args and args[0] not in known:
            args = ["submission", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands by name, those too that are not imported yet."""
        return sorted({*self.commands, *LATER})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by name."""
        if name in LATER:
            found: click.Command = getattr(importlib.import_module(LATER[name]), name)
            return found
        return super().get_command(ctx, name)


@click.group(cls=DefaultGroup, no_args_is_help=True)
@click.version_option(__version__, message="grader %(version)s")
def main() -> None:
    """Grade machine-learning homework: a student's functions against references, with reasons.

    `grade DIR` grades one submission, `grade DIR DIR...` several; it is short for `grade submission DIR`.
    """
    make_readable((sys.stdout, sys.stderr))  # names of files and terminals need not know every letter


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
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where tensors are; auto takes a GPU where there is one.",
)
@click.option(
    "--only-deferred",
    is_flag=True,
    help="Judge what an earlier grading deferred for want of a GPU, and fill it into its report.",
)
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PCT", help="Exit with 1 below this percentage.")
def submission(folders: tuple[Path, ...], json_to: str | None, trial: str | None, **asked: Any) -> None:
    """Grade the submission in the folder DIR: a line per part here, report.html and report.json in --out.

    Of several, each for its own assignment: a line per submission here, and reports in
    --out/<assignment>/<submission>.
    """
    with told():
        if len(folders) > 1:
            code = _several(folders, json_to, trial, Asked(**asked))
        elif trial is not None:
            code = _replayed(folders[0], trial, Asked(**asked))
        else:
            code = _one(folders[0], json_to, Asked(**asked))
    leave(code)


@main.command()
def doctor() -> None:
    """Show what this machine can give: isolation and why not more, torch and CUDA, cores, memory."""
    with told():
        from grader.doctor import findings

        for what, finding in findings():
            click.echo(f"{what:18} {finding}")


def _replayed(folder: Path, trial: str, asked: Asked) -> int:
    with ready(folder, asked) as run:
        click.echo(run.replay(trial, asked.seed))
    return 0


def _one(folder: Path, json_to: str | None, asked: Asked) -> int:
    with ready(folder, asked) as run:
        if run.assignment.rubric.recorded:  # a kit: there is nothing to grade with
            from grader.self_check.command import checked_in

            return checked_in(run.assignment, run.submission, run.zygote, as_json=json_to == "-")
        destination = run.destination(asked.out)
        report, errors = run.grade(asked, destination)
    from grader.report.files import write

    code = _code(report, errors, asked)
    data = write(report, destination, Path(json_to) if json_to and json_to != "-" else None)
    if json_to == "-":
        click.echo(data.encode(), nl=False)  # JSON is UTF-8, whatever the terminal is
        return code
    from grader.report.summary import summary

    click.echo(summary(report, width=_width(), colour=sys.stdout.isatty()))
    click.echo(f"\n{_page(destination)}")
    return code


def _several(folders: Sequence[Path], json_to: str | None, trial: str | None, asked: Asked) -> int:
    """Grades one after the other; what cannot be graded is said, and the others are. The code is that of the worst."""
    from grader.report.files import write
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
            with ready(folder, asked) as run:
                destination = run.destination(asked.out, one_of_several=True)
                if destination in graded or any(destination.resolve().is_relative_to(own) for own in taken):
                    message = f"the reports of {folder} would go to {destination}, where something else is"
                    raise UsageError(message, remedy="grade it by itself, with an --out of its own")
                report, errors = run.grade(asked, destination)
            write(report, destination)
            code = _code(report, errors, asked)
            graded[destination] = report, time.perf_counter() - start
        except GraderError as error:
            click.echo(f"error: {error}", err=True)
            code = error.exit_code
        worst = max(worst, code)
    if graded:
        click.echo(overview(list(graded.values()), width=_width()))
        click.echo("\n".join(map(_page, graded)))
    return worst


def _page(destination: Path) -> str:
    """Where a report's page is, as text: a folder may be called anything."""
    from grader.report.visible import one_line

    text = str(destination / "report.html")
    return text if text.isprintable() else one_line(text, len(text))


def _code(report: "Report", errors: Iterable[GraderError], asked: Asked) -> int:
    """The exit code of a grading; what the staff must mend is said."""
    for error in (said := dict.fromkeys(map(str, errors))):
        click.echo(f"error: {error}", err=True)
    return 3 if said else 1 if _percent(report) < (asked.fail_under or 0) else 0


def _percent(report: "Report") -> float:
    return 100.0 * report.score / report.max_score if report.max_score else 0.0


def _width() -> int:
    """The columns that there are to write in; longer lines are hard to read back from their ends."""
    import shutil

    return min(shutil.get_terminal_size().columns, 100)


def command() -> NoReturn:
    """The command as a process of its own: it leaves at once, without taking numpy and the rest down piece by piece."""
    code: object = 0
    os.environ.update(ONE_EACH | dict(os.environ))  # before numpy is imported
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
