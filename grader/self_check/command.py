"""`grade check DIR`: what a student runs twenty times an evening."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from grader.exits import leave, told

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.sandbox.zygote import Zygote
    from grader.self_check.checking import Chosen, Done
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


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("-p", "--problem", "problems", metavar="ID", multiple=True, help="Check this problem alone.")
@click.option("--part", "parts", metavar="ID", multiple=True, help="Check this part, or all that open with it.")
@click.option("-a", "--assignment", "id", metavar="ID", help="Which assignment, where the folder does not say.")
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--hint", metavar="PART", help="Reveal the next hint for a part.")
def check(**options: object) -> None:
    """Check your own work in the folder DIR [here], as often as you like, without the reference.

    Only the public trials are judged; what is graded has other inputs, and more checks.
    """
    with told():
        code = _checked(Wanted(**options))  # type: ignore[arg-type]
    leave(code)


def _checked(wanted: Wanted) -> int:
    from grader.self_check.opening import opened

    with opened(wanted.folder, wanted.id, wanted.course) as own:
        from grader.self_check.checking import Chosen
        from grader.self_check.hints import Ladder

        if wanted.hint is not None:
            click.echo(Ladder(own.submission.folder).next(own.assignment.rubric, wanted.hint))
            return 0
        return checked_in(*own, Chosen(wanted.problems, wanted.parts), as_json=wanted.as_json)


def checked_in(
    assignment: "Assignment",
    submission: "Submission",
    zygote: "Zygote",
    chosen: "Chosen | None" = None,
    *,
    as_json: bool = False,
) -> int:
    """Checks a folder and prints what is found; the exit code."""
    from grader.self_check.checking import ALL, checked
    from grader.self_check.hints import Ladder

    done = checked(assignment, submission, zygote, chosen or ALL, Ladder(submission.folder))
    return shown(done, submission.folder, as_json=as_json)


def shown(done: "Done", folder: Path, *, as_json: bool = False) -> int:
    """Prints what a self-check found, and the exit code that follows."""
    from grader.self_check import replays

    scripts = replays.write(folder, done.checked.parts)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(done.checked), indent=2).decode())
    else:
        from grader.self_check.screen import screen

        click.echo(screen(done.checked, width=columns(), colour=sys.stdout.isatty()), nl=False)
        where = f" {_from_here(folder)}" if folder != Path.cwd() else ""
        for part, path in scripts.items():
            click.echo(f"replay {part}: python {_from_here(path)}{where}")
    for error in dict.fromkeys(map(str, done.errors)):
        click.echo(f"error: {error}", err=True)
    return 3 if done.errors else int(done.checked.right < len(done.checked.parts))


def _from_here(path: Path) -> str:
    """A path as it is typed in the current folder."""
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def columns() -> int:
    """The width of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns
