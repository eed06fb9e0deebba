"""The commands for a class: `grade batch` judges it, `grade publish` writes the grades out."""

import os
import shlex
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError
from grader.exits import leave, told
from grader.run import ISOLATION

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.batch.cluster import Cluster
    from grader.batch.crew import Crew
    from grader.batch.journal import Journal
    from grader.batch.publish import Platform
    from grader.batch.station import Orders
    from grader.batch.written import Written
    from grader.course import Course
    from grader.roster import Person
    from grader.rubric import Rubric

# Where what was handed in is unpacked, and what is published, below the run folder.
SUBMISSIONS, PUBLISHED = "submissions", "published"
# What a shell says of what was interrupted at the keyboard.
INTERRUPTED = 130


@click.command()
@click.argument("handed_in", metavar="PATH", type=click.Path(path_type=Path))
@click.option("-a", "--assignment", "id", metavar="ID", help="Which assignment; else the name of a folder above says.")
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option("--run", metavar="DIR", type=click.Path(path_type=Path), help="The run folder [runs/<assignment>].")
@click.option("--roster", metavar="CSV", type=click.Path(path_type=Path), help="Who is in the class.")
@click.option("--jobs", type=click.IntRange(1, 512), metavar="N", help="Processes side by side [one a core].")
@click.option("--dask", metavar="ADDRESS", help="Judge on the cluster of this scheduler, such as tcp://head:8786.")
@click.option("--seed", type=click.IntRange(0, 2**63), help="Judge with the trials of another seed.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", help="Where tensors are.")
@click.option("--require-isolation", "required", type=click.Choice([*ISOLATION]), help="Refuse to judge with less.")
def batch(handed_in: Path, **asked: Any) -> None:
    """Judge a whole class: PATH is a folder of submissions, or the zip or folder that a platform exports.

    What was judged before is not judged again, unless it, the rubric or the reference has changed. Nothing is written
    out but the run folder: `grade publish` does that.
    """
    with told():
        if os.name == "nt":
            raise UsageError("grade batch does not run on Windows itself", remedy="run it in WSL, or on Linux")
        try:
            code = _batch(handed_in, **asked)
        except KeyboardInterrupt:
            click.echo("stopped; the same command goes on from here", err=True)
            code = INTERRUPTED
    leave(code)


def _batch(
    handed_in: Path,
    id: str | None,
    course: Path | None,
    run: Path | None,
    roster: Path | None,
    jobs: int | None,
    dask: str | None,
    seed: int | None,
    device: str,
    required: str | None,
) -> int:
    from grader.assignment import Assignment
    from grader.batch import messages
    from grader.batch.journal import Journal
    from grader.batch.progress import Progress
    from grader.batch.work import work
    from grader.batch.written import Written
    from grader.course import Course, nearest
    from grader.intake import intake, joined

    found = Course(course) if course else nearest(Path.cwd(), handed_in.resolve(), handed_in=handed_in)
    assignment = Assignment(found, _id(found, id, handed_in))
    rubric = assignment.rubric
    run = run or Path("runs") / rubric.id
    people = _people(roster, assignment)
    with Journal(run) as journal:
        journal.of(rubric.id)
        taken = intake(handed_in, run / SUBMISSIONS, [problem.file for problem in rubric.problems])
        click.echo(f"{taken.kind}: {len(taken.handed_in)} submissions, {len(taken.refused)} refused")
        arrived = joined(taken.handed_in, people, taken.refused)
        _say(messages.of_intake(taken, arrived, arrived.unknown if people else ()))
        journal.note("course", str(found.folder))
        journal.note("roster", people)
        journal.note("refused", arrived.refused)
        journal.note("handed in", arrived.handed_in)
        journal.note("finished", False)
        journal.forget(journal.keys() - {one.key for one in arrived.handed_in})
        orders = _orders(found, assignment, rubric.seed if seed is None else seed, device, required)
        with Progress(len(arrived.handed_in)) as told_of:
            errors = work(_hands(orders, jobs, dask), assignment, journal, arrived.handed_in, told_of)
        journal.note("finished", True)
        _changed(journal, rubric, journal.noted("written", Written) or {})
    for error in errors:
        click.echo(f"error: {error}", err=True)
    click.echo(f"write the grades out with: grade publish {shlex.quote(str(run))}")
    return 3 if errors else 0


def _id(course: "Course", id: str | None, handed_in: Path) -> str:
    """The assignment that is asked for, or that a folder above is called after."""
    name = id or next(
        (path.name for path in (handed_in.resolve(), *handed_in.resolve().parents) if path.name in course.assignments),
        "",
    )
    if not name:
        raise UsageError(f"which assignment is {handed_in}?", remedy=f"name it with --assignment; {course.offer()}")
    return name


def _people(roster: Path | None, assignment: "Assignment") -> "list[Person]":
    """The class, as the roster has it; a policy that is at fault is told before anything is judged."""
    from grader.intake import roster as read
    from grader.policy.terms import policy_of

    zone = policy_of(assignment.rubric.policy, assignment.path).zone
    return [] if roster is None else list(read(roster, zone))


def _orders(course: "Course", assignment: "Assignment", seed: int, asked: str, required: str | None) -> "Orders":
    from grader.batch.station import Orders
    from grader.run import device
    from grader.sandbox.zygotes import Zygotes

    rubric, isolation = assignment.rubric, ISOLATION[required] if required else ""
    with Zygotes(isolation) as zygotes:  # asked once, before the crew begins
        where = device(asked, rubric, zygotes.of(torch=rubric.takes_tensors()))
    return Orders(course=course.folder, assignment=rubric.id, seed=seed, device=where, isolation=isolation)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _changed(journal: "Journal", rubric: "Rubric", written: "Written") -> set[str]:
    """Says whose points change against what was published, and returns the keys of their submissions."""
    from grader.batch import messages
    from grader.batch.changes import changes
    from grader.batch.publish import entries

    published = journal.published()
    found = list(changes(published, entries(journal, rubric, written)))
    _say(messages.of_changes(found, len(journal.keys()), first=not published))
    return {one.key for one in found} if published else set()


def _hands(orders: "Orders", jobs: int | None, dask: str | None) -> "Crew | Cluster":
    from grader.batch.cluster import Cluster
    from grader.batch.crew import Crew
    from grader.doctor import cores

    if dask is None:
        return Crew(orders, jobs or cores())
    if jobs is not None:
        raise UsageError("--jobs is for this machine", remedy="leave it out: a cluster has as many as it has workers")
    return Cluster(orders, dask)


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Where everything goes [RUN/published].")
@click.option(
    "--canvas", metavar="CSV", type=click.Path(path_type=Path), help="Fill the gradebook that Canvas exported."
)
@click.option("--moodle", metavar="CSV", type=click.Path(path_type=Path), help="Fill the worksheet that Moodle made.")
@click.option(
    "--written",
    "points",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Points of written parts: gradebook.csv with its empty columns filled.",
)
@click.option("--canvas-assignment", metavar="TITLE", default="", help="Which column of it; else the rubric's title.")
@click.option("--gradescope", is_flag=True, help="A results.json beside each report.")
@click.option("--never-lower", is_flag=True, help="Nobody has less than was published before.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def publish(run: Path, out: Path | None, dry_run: bool, **asked: Any) -> None:
    """Write a run's grades out: the class page, a report for everybody, gradebook.csv, JUnit XML, platforms' files.

    First it says whose grade changes against what was published before, by how much, and why.
    """
    with told():
        _publish(run, None if dry_run else out or run / PUBLISHED, **asked)


def _publish(
    run: Path,
    out: Path | None,
    points: Path | None,
    canvas: Path | None,
    canvas_assignment: str,
    moodle: Path | None,
    gradescope: bool,
    never_lower: bool,
) -> None:
    from grader.assignment import Assignment
    from grader.batch import messages
    from grader.batch.changes import regraded
    from grader.batch.journal import FILE, Journal
    from grader.batch.publish import Class, publish
    from grader.batch.written import Written, updated
    from grader.course import Course

    if not (run / FILE).is_file():
        raise UsageError(f"{run} is no run folder", remedy="name one that `grade batch` made")
    with Journal(run) as journal:
        course, id = journal.noted("course", str), journal.assignment()
        if course is None or not id:
            raise UsageError(f"{run} was never run to where there is something to publish", remedy="run `grade batch`")
        assignment = Assignment(Course(Path(course)), id)
        written = journal.noted("written", Written) or {}
        if points is not None:
            written = updated(written, points, assignment.rubric, Class(assignment, journal, {}).marked())
        known = _changed(journal, assignment.rubric, written)
        klass = Class(assignment, journal, written)
        lines = klass.marked(never_lower=never_lower)
        _say(messages.of_regraded(list(regraded(journal.noted("grades", dict[str, float]) or {}, lines, known))))
        if journal.noted("finished", bool) is False:
            click.echo("warning: judging was stopped before its end: `grade batch` goes on with it", err=True)
        if out is None:
            return
        filled = _platforms(canvas, canvas_assignment, moodle)
        _say(f"  {note}" for note in publish(klass, lines, out, filled, gradescope=gradescope))
    click.echo(out / "index.html")


def _platforms(canvas: Path | None, canvas_assignment: str, moodle: Path | None) -> "Iterator[Platform]":
    """The platforms' files that are to be filled, with what fills them."""
    from grader.gradebook import canvas as of_canvas
    from grader.gradebook import moodle as of_moodle

    if canvas:
        yield partial(of_canvas.written, assignment=canvas_assignment), canvas
    if moodle:
        yield of_moodle.written, moodle
