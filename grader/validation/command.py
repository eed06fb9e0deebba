"""`grade validate`: a line for each assignment, and under it all that is to be mended."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.batch.commands import INTERRUPTED
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.validation.validation import Amount, Validated


def validate(arguments: list[str]) -> int:
    """Carries out what stands after `grade validate`, and returns the exit code: 1 where there are findings.

    Errors
        ClickException for arguments that cannot be understood; GraderError where nothing can be validated.
    """
    return int(run.main(arguments, prog_name="grade validate", standalone_mode=False) or 0)


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option(
    "--seeds", type=click.IntRange(1), default=200, show_default=True, help="Seeds with which references earn all."
)
@click.option(
    "--wrong-seeds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Seeds with which misconceptions lose, and are told from each other.",
)
@click.option(
    "--example-seeds", type=click.IntRange(1), default=3, show_default=True, help="Seeds that examples are graded with."
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes at work [as many as there are cores].")
@click.option("--json", "json_to", metavar="FILE", help="Write the findings there as well; - prints them alone.")
def run(
    ids: tuple[str, ...],
    course: Path | None,
    seeds: int,
    wrong_seeds: int,
    example_seeds: int,
    jobs: int | None,
    json_to: str | None,
) -> int:
    """Find out whether a rubric measures what it says: of the assignments ID..., or of all of the course.

    Prints a line for each, and every finding with its file, line and remedy. Exits with 1 where there are any.
    """
    from grader.course import Course, nearest
    from grader.validation.table import table
    from grader.validation.validation import Amount

    found = Course(course) if course else nearest(Path.cwd())
    amount = Amount(references=seeds, misconceptions=wrong_seeds, examples=example_seeds)
    for id in ids:
        found.rubric(id)  # before anything takes long
    if not found.assignments:
        remedy = "write rubrics/<id>.yaml; docs/rubric.md says what stands in it"
        raise UsageError(f"there are no rubrics in {found.folder}", remedy=remedy)
    try:
        done = [_one(found, id, amount, jobs) for id in (dict.fromkeys(ids) or found.assignments)]
    except KeyboardInterrupt:
        click.echo("stopped; what was found to be in order is not looked at again", err=True)
        return INTERRUPTED
    if json_to is not None:
        _write(done, json_to)
    if json_to != "-":
        click.echo(table(done, _from_here(found.folder)))
    return int(any(one.findings for one in done))


def _one(course: "Course", id: str, amount: "Amount", jobs: int | None) -> "Validated":
    from grader.batch.progress import Progress
    from grader.doctor import cores
    from grader.validation.validation import plan, validated

    planned = plan(course, id, amount)
    with Progress(len(planned.tasks), what=f"tasks of {id}") as told:
        return validated(planned, jobs=jobs or cores(), step=told.step)


def _from_here(folder: Path) -> str:
    """What stands before the names of files, so that they can be opened from here."""
    if folder == Path.cwd():
        return ""
    return f"{os.path.relpath(folder)}/" if Path.cwd() in folder.parents else f"{folder}/"


def _write(done: "list[Validated]", to: str) -> None:
    import msgspec

    count = sum(len(one.findings) for one in done)
    data = msgspec.json.format(msgspec.json.encode({"findings": count, "assignments": done}))
    if to == "-":
        click.echo(data)
    else:
        Path(to).write_bytes(data + b"\n")
