"""`grade mutate`: what it takes, says and leaves with."""

from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from grader.batch.commands import INTERRUPTED
from grader.course import Course, nearest
from grader.errors import GraderError
from grader.exits import leave, told
from grader.mutation.records import Fate, Survey
from grader.mutation.survey import Narrowed, survey
from grader.mutation.table import declared, rows, survivors, table
from grader.rubric import Rubric
from grader.rubric_file import load


class Asked(NamedTuple):
    """What is asked for on the command line."""

    narrowed: Narrowed
    jobs: int | None
    seed: int | None
    json_to: str | None
    declared: bool


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--problem", "problems", metavar="ID", multiple=True, help="Only this problem; may be repeated.")
@click.option("--function", "functions", metavar="NAME", multiple=True, help="Only this function; may be repeated.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes side by side [one for each core].")
@click.option("--seed", type=click.IntRange(0, 2**63), help="The trials of another seed than the rubric's.")
@click.option("--json", "json_to", metavar="FILE", help="Write what was found there as JSON; - prints it alone.")
@click.option("--declared", "list_declared", is_flag=True, help="List those that are declared right as well.")
def mutate(
    ids: tuple[str, ...],
    course: Path | None,
    problems: tuple[str, ...],
    functions: tuple[str, ...],
    jobs: int | None,
    seed: int | None,
    json_to: str | None,
    list_declared: bool,
) -> None:
    """Prove rubrics: wrong versions of each reference function have to lose their parts.

    Of all assignments, or of those that are named. Exit 1 when a wrong version earns a part in full: it is shown with
    its edit, and with an input that would tell it from the reference where one is found.
    """
    with told():
        found = Course(course) if course else nearest(Path.cwd())
        asked = Asked(Narrowed(problems, functions), jobs, seed, json_to, list_declared)
        try:
            code = _mutated(found, ids or tuple(found.assignments), asked)
        except KeyboardInterrupt:
            click.echo("stopped; the same command goes on from here", err=True)
            code = INTERRUPTED
    leave(code)


def _mutated(course: Course, ids: tuple[str, ...], asked: Asked) -> int:
    """Surveys one assignment after the other; the code is that of the worst."""
    worst, data = 0, []
    for id in ids:
        try:
            found, rubric = survey(course, id, asked.narrowed, asked.jobs, asked.seed), load(course.rubric(id))
        except GraderError as error:
            click.echo(f"error: {error}", err=True)
            worst = max(worst, error.exit_code)
            continue
        if asked.json_to != "-":
            click.echo(table(found, rubric) + (declared(found) if asked.declared else "") + "\n")
        data.append(as_data(found, rubric))
        worst = max(worst, int(bool(survivors(found))))
    _write(data, asked.json_to)
    return worst


def _write(data: list[dict[str, Any]], where: str | None) -> None:
    text = msgspec.json.format(msgspec.json.encode({"assignments": data}), indent=2)
    if where == "-":
        click.echo(text)
    elif where is not None:
        Path(where).write_bytes(text + b"\n")


def as_data(found: Survey, rubric: Rubric) -> dict[str, Any]:
    """A survey for other programs: the table, and every mutant that is neither killed nor recognised as equal."""
    points = {part.id: part.points for problem in rubric.problems for part in problem.parts}
    mutants = [
        {
            "part": outcome.part, "points": points[outcome.part], "fate": outcome.fate, "told": outcome.told,
            "problem": tried.problem, "entry": tried.entry, "file": tried.file, "edit": tried.edit, "diff": tried.diff,
        }
        for tried in found.tried for outcome in tried.outcomes if outcome.fate in (Fate.SURVIVED, Fate.DECLARED)
    ]  # fmt: skip
    return {
        "assignment": found.assignment, "seconds": found.seconds, "mutants": len(found.tried), "kept": found.kept,
        "parts": rows(found, rubric), "unkilled": mutants,
    }  # fmt: skip
