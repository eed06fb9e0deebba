"""`grade check DIR`: what a student runs twenty times an evening."""

import contextlib
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from grader.exits import leave, told
from grader.self_check import replays
from grader.worker.levels import LEVELS

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.sandbox.zygote import Zygote
    from grader.self_check.checking import Done
    from grader.self_check.chosen import Chosen
    from grader.self_check.opening import Opened
    from grader.submission import Submission


class Wanted(NamedTuple):
    """The command line."""

    folder: Path
    problems: tuple[str, ...]
    parts: tuple[str, ...]
    id: str | None
    course: Path | None
    as_json: bool
    hint: str | None
    watch: bool
    submit_check: bool
    isolation: str


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("-p", "--problem", "problems", metavar="ID", multiple=True, help="Check this problem alone.")
@click.option("--part", "parts", metavar="ID", multiple=True, help="Check this part, or all that open with it.")
@click.option("-a", "--assignment", "id", metavar="ID", help="Which assignment, where the folder does not say.")
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--hint", metavar="PART", help="Reveal the next hint for a part.")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "partial", "process"]),
    default="full",
    show_default=True,
    help="The most that your code is locked in, if the machine can: less is faster.",
)
@click.option("--submit-check", is_flag=True, help="Say whether the folder would be accepted, and pack it.")
def check(**options: object) -> None:
    """Check your own work in the folder DIR [here], as often as you like, without the reference.

    Only the public trials are judged; what is graded has other inputs, and more checks.
    """
    with told():
        code = _checked(Wanted(**options))  # type: ignore[arg-type]
    leave(code)


def _checked(wanted: Wanted) -> int:
    from grader.self_check.chosen import Chosen
    from grader.self_check.opening import found, opened

    if wanted.submit_check:
        return _accepted(*found(wanted.folder, wanted.id, wanted.course))
    chosen = Chosen(wanted.problems, wanted.parts)
    at_most = next(level for level in LEVELS if level.startswith(wanted.isolation))
    with opened(wanted.folder, wanted.id, wanted.course, chosen, at_most) as own:
        from grader.self_check.hints import Ladder

        if wanted.hint is not None:
            click.echo(Ladder(own.submission.folder).next(own.assignment.rubric, wanted.hint))
            return 0
        if wanted.watch:
            return _watched(own, chosen)
        return checked_in(*own, chosen, as_json=wanted.as_json)


def _accepted(submission: "Submission", rubric: Path) -> int:
    """Says what stands in the way of handing a folder in, or packs it."""
    from grader.rubric_file import load
    from grader.self_check import acceptance

    own = load(rubric)
    found = acceptance.acceptance(own, submission)
    for objection in found.objections:
        click.echo(f"✗ {objection}")
    for note in found.notes:
        click.echo(f"! {note}")
    if found.objections:
        click.echo("This would not be accepted as it is.")
        return 1
    path = acceptance.packed(own, submission, found)
    click.echo(f"✓ {_from_here(path)}: {', '.join(found.files)}")
    click.echo("This would be accepted. What it earns is found out when it is graded: hand in the zip.")
    return 0


def _watched(own: "Opened", chosen: "Chosen") -> int:
    """Checks whenever a file is saved; there is nothing wrong with ending that."""
    from grader.self_check.watching import drawn, saves, watched

    folder = own.submission.folder
    ending = f"\nwatching {folder} (Ctrl-C ends)\n"
    with contextlib.suppress(KeyboardInterrupt):
        watched(own, chosen, saves(folder), lambda done: drawn(page(done, folder) + ending))
    return 0


def checked_in(
    assignment: "Assignment",
    submission: "Submission",
    zygote: "Zygote",
    chosen: "Chosen | None" = None,
    *,
    as_json: bool = False,
) -> int:
    """Checks a folder and prints what is found; the exit code."""
    from grader.self_check.checking import checked
    from grader.self_check.chosen import ALL
    from grader.self_check.hints import Ladder

    done = checked(assignment, submission, zygote, chosen or ALL, Ladder(submission.folder))
    return shown(done, submission.folder, as_json=as_json)


def shown(done: "Done", folder: Path, *, as_json: bool = False) -> int:
    """Prints what a self-check found, and the exit code that follows."""
    if as_json:
        import msgspec

        data = msgspec.json.format(msgspec.json.encode(done.checked), indent=2)
        click.echo(data + b"\n", nl=False)  # JSON is UTF-8, whatever the terminal is
        replays.write(folder, done.checked.parts)
    else:
        click.echo(page(done, folder), nl=False)
    for error in dict.fromkeys(map(str, done.errors)):
        click.echo(f"error: {error}", err=True)
    return 3 if done.errors else int(done.checked.right < len(done.checked.parts))


def page(done: "Done", folder: Path) -> str:
    """What a terminal shows of a self-check, and how each wrong part is replayed; the scripts are written."""
    from grader.self_check.screen import screen

    where = f" {_from_here(folder)}" if folder != Path.cwd() else ""
    scripts = replays.write(folder, done.checked.parts)
    lines = [f"replay {part}: python {_from_here(path)}{where}\n" for part, path in scripts.items()]
    return screen(done.checked, width=columns(), colour=sys.stdout.isatty()) + "".join(lines)


def _from_here(path: Path) -> str:
    """A path as it is typed in the current folder."""
    typed = str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return shlex.quote(typed) if os.sep == "/" else subprocess.list2cmdline([typed])


def columns() -> int:
    """The width of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns
