"""`grade check DIR`: what a student runs twenty times an evening."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from grader.exits import leave, told

if TYPE_CHECKING:
    from grader.self_check.checking import Done


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
        from grader.self_check.checking import Chosen, checked
        from grader.self_check.hints import Ladder

        ladder = Ladder(own.submission.folder)
        if wanted.hint is not None:
            click.echo(ladder.next(own.assignment.rubric, wanted.hint))
            return 0
        done = checked(*own, Chosen(wanted.problems, wanted.parts), ladder)
    return shown(done, own.submission.folder, as_json=wanted.as_json)


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
        for part, path in scripts.items():
            click.echo(f"replay {part}: python {path.relative_to(folder)}")
    for error in dict.fromkeys(map(str, done.errors)):
        click.echo(f"error: {error}", err=True)
    return 3 if done.errors else int(done.checked.right < len(done.checked.parts))


def columns() -> int:
    """The width of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns
