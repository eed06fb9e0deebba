"""`grade gradescope ID` makes an autograder, and `grade gradescope run ID` is what runs in it."""

from pathlib import Path

import click

from grader.exits import told
from grader.gradebook.results import Visibility
from grader.run import ISOLATION

_VISIBILITY = click.option(
    "--visibility",
    type=click.Choice([*map(str, Visibility)]),
    default=str(Visibility.VISIBLE),
    show_default=True,
    help="When students see the results.",
)
_REQUIRED = click.option(
    "--require-isolation",
    "required",
    type=click.Choice([*ISOLATION]),
    help="Refuse to grade with less isolation of the student's code.",
)


@click.command()
@click.argument("id", metavar="ID")
@click.option(
    "-o", "--out", metavar="FILE", type=click.Path(path_type=Path), default="autograder.zip", show_default=True
)
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--torch", is_flag=True, help="Install torch also where the rubric does without it.")
@_VISIBILITY
@_REQUIRED
def build(id: str, out: Path, course: Path | None, torch: bool, visibility: str, required: str | None) -> None:
    """Make the zip of a Gradescope autograder for the assignment ID.

    It holds the assignment's references: it is for Gradescope alone.
    """
    from grader.course import Course, nearest
    from grader.gradescope.archive import archive, write

    options = ("--visibility", visibility, *(("--require-isolation", required) if required else ()))
    write(archive(Course(course) if course else nearest(Path.cwd()), id, options, torch=torch), out)
    click.echo(out)


@click.command()
@click.argument("id", metavar="ID")
@click.option("--root", type=click.Path(path_type=Path), default="/autograder", show_default=True)
@_VISIBILITY
@_REQUIRED
def run(id: str, root: Path, visibility: str, required: str | None) -> None:
    """Grade the submission in ROOT and write its results; `run_autograder` calls this at Gradescope."""
    from grader.gradescope import autograder

    done = autograder.run(root, id, Visibility(visibility), required)
    # For the staff alone: students see the results, which exist, and none of this.
    for said in dict.fromkeys(map(str, done.errors)):
        click.echo(f"error: {said}", err=True)
    click.echo(done.results)


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def gradescope(arguments: tuple[str, ...]) -> None:
    """Make an autograder for Gradescope: `grade gradescope -o autograder.zip ID`."""
    inside = arguments[:1] == ("run",)  # at Gradescope
    command, rest = (run, arguments[1:]) if inside else (build, arguments)
    with told():
        command.main(list(rest) or ["--help"], prog_name=f"grade gradescope{' run' * inside}", standalone_mode=False)
