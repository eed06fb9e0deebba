"""`grade validate`: a line for each assignment, and under it all that is to be mended."""

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from grader.batch.commands import INTERRUPTED
from grader.batch.progress import Progress
from grader.course import Course, nearest
from grader.doctor import cores
from grader.errors import UsageError
from grader.exits import leave, told
from grader.validation.table import table
from grader.validation.validation import Amount, Validated, plan, validated


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
def validate(
    ids: tuple[str, ...],
    course: Path | None,
    seeds: int,
    wrong_seeds: int,
    example_seeds: int,
    jobs: int | None,
    json_to: str | None,
) -> None:
    """Find out whether a rubric measures what it says: of the assignments ID..., or of all of the course.

    Prints a line for each, and every finding with its file, line and remedy. Exits with 1 where there are any.
    """
    with told():
        amount = Amount(references=seeds, misconceptions=wrong_seeds, examples=example_seeds)
        code = _validated(Course(course) if course else nearest(Path.cwd()), ids, amount, jobs, json_to)
    leave(code)


def _validated(course: Course, ids: Sequence[str], amount: Amount, jobs: int | None, json_to: str | None) -> int:
    """Says what is found in assignments, and returns the exit code."""
    for id in ids:
        course.rubric(id)  # before anything takes long
    if not course.assignments:
        remedy = "write rubrics/<id>.yaml; docs/rubric.md says what stands in it"
        raise UsageError(f"there are no rubrics in {course.folder}", remedy=remedy)
    try:
        done = [_one(course, id, amount, jobs) for id in (dict.fromkeys(ids) or course.assignments)]
    except KeyboardInterrupt:
        click.echo("stopped; what was found to be in order is not looked at again", err=True)
        return INTERRUPTED
    if json_to is not None:
        _write(done, json_to)
    if json_to != "-":
        click.echo(table(done, _from_here(course.folder)))
    return int(any(one.findings for one in done))


def _one(course: Course, id: str, amount: Amount, jobs: int | None) -> Validated:
    planned = plan(course, id, amount)
    with Progress(len(planned.tasks), what=f"tasks of {id}") as progress:
        return validated(planned, jobs=jobs or cores(), step=progress.step)


def _from_here(folder: Path) -> str:
    """What stands before the names of files, so that they can be opened from here."""
    if folder == Path.cwd():
        return ""
    return f"{os.path.relpath(folder)}/" if Path.cwd() in folder.parents else f"{folder}/"


def _write(done: list[Validated], to: str) -> None:
    count = sum(len(one.findings) for one in done)
    data = msgspec.json.format(msgspec.json.encode({"findings": count, "assignments": done}))
    if to == "-":
        click.echo(data)
    else:
        Path(to).write_bytes(data + b"\n")
