"""The commands for a class: `grade batch` judges it, `grade publish` writes the grades out."""

import os
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError
from grader.exits import leave, told
from grader.report.visible import one_line
from grader.run import ISOLATION

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.batch.changes import Changes
    from grader.batch.cluster import Cluster
    from grader.batch.crew import Crew
    from grader.batch.journal import Journal
    from grader.batch.publish import Platform
    from grader.batch.station import Orders
    from grader.course import Course
    from grader.intake import Intake, Joined
    from grader.roster import Marked, Person

# Where what was handed in is unpacked, and what is published, below the run folder.
SUBMISSIONS, PUBLISHED = "submissions", "published"
# Lines of a grade diff that are shown; the rest is counted.
SHOWN = 20
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
    from grader.batch.journal import Journal
    from grader.batch.progress import Progress
    from grader.batch.work import work
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
        _say_intake(taken, arrived, arrived.unknown if people else ())
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
        _say_changes(journal, assignment)
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


def _say_intake(taken: "Intake", arrived: "Joined", strangers: "Sequence[Person]") -> None:
    from grader.intake.joining import FOUND

    for refused in arrived.refused:
        click.echo(f"  refused: {_whose(refused.name, refused.people)}: {one_line(refused.reason, 300)}")
    whose = {one.key: one.people for one in arrived.handed_in}
    for one in taken.handed_in:
        if one.notes:
            click.echo(f"  {_whose(one.key, whose[one.key])}: {one_line('; '.join(one.notes), 400)}")
    found = [note for one in arrived.handed_in for note in one.notes if FOUND in note]
    for note in found[:SHOWN]:
        click.echo(f"  {one_line(note, 200)}")
    if len(found) > SHOWN:
        click.echo(f"  and {len(found) - SHOWN} more in the same way; the class page has them all")
    for what, people in (("nothing came from", arrived.missing), ("not in the roster", strangers)):
        if people:
            names = ", ".join(one_line(person.name or person.id, 40) for person in people[:SHOWN])
            more = f" and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
            click.echo(f"  {what}: {names}{more}")


def _whose(key: str, people: "Sequence[Person]") -> str:
    """What was handed in, and whose it is where that does not say it: `submission_18135193 (Ada Example)`."""
    names = ", ".join(one_line(person.name or person.id, 40) for person in people)
    return f"{one_line(key, 60)} ({names})" if names and names != key else one_line(key, 60)


def _say_changes(journal: "Journal", assignment: "Assignment") -> set[str]:
    """The grade diff against what was published; where nothing was, how many there are. Returns whose it names."""
    from grader.batch.changes import changes
    from grader.batch.journal import as_of

    published = journal.published()
    entries = (entry._replace(report=as_of(assignment.rubric, entry.report)) for entry in journal.entries())
    found = list(changes(published, entries))
    if not published:
        click.echo(f"{len(found)} submissions judged, none published yet")
        return set()
    click.echo(f"{len(found)} of {len(journal.keys())} submissions change against what was published")
    for change in found[:SHOWN]:
        click.echo(_diff(change))
    if len(found) > SHOWN:
        click.echo(f"  and {len(found) - SHOWN} more")
    return {change.key for change in found}


def _say_regraded(journal: "Journal", lines: "Sequence[Marked]", known: set[str]) -> None:
    """Whose grade changes by lateness, attempts or a roster: a mistyped deadline is seen before it is published."""
    from grader.batch.changes import regraded

    found = list(regraded(journal.noted("grades", dict[str, float]) or {}, lines, known))
    if found:
        click.echo(f"grades that change by lateness, attempts or the roster alone: {len(found)}")
    for one in found[:SHOWN]:
        difference = f"{one.before:g} -> {one.after:g} ({one.after - one.before:+g})"
        click.echo(f"  {one_line(one.name, 40)}: {difference}{', ' if one.why else ''}{one_line(one.why, 100)}")
    if len(found) > SHOWN:
        click.echo(f"  and {len(found) - SHOWN} more")


def _diff(change: "Changes") -> str:
    name = one_line(change.name, 40)
    if change.before is None:
        return f"  {name}: new, {change.after:g}"
    head = f"  {name}: {change.before:g} -> {change.after:g} ({change.after - change.before:+g})"
    return "\n".join(
        [head, *(f"    {p.part}: {p.before:g} -> {p.after:g}, {one_line(p.why, 100)}" for p in change.parts)]
    )


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
    canvas: Path | None,
    canvas_assignment: str,
    moodle: Path | None,
    gradescope: bool,
    never_lower: bool,
) -> None:
    from grader.assignment import Assignment
    from grader.batch.journal import FILE, Journal
    from grader.batch.publish import Class, publish
    from grader.course import Course
    from grader.gradebook import canvas as of_canvas
    from grader.gradebook import moodle as of_moodle

    if not (run / FILE).is_file():
        raise UsageError(f"{run} is no run folder", remedy="name one that `grade batch` made")
    with Journal(run) as journal:
        course, id = journal.noted("course", str), journal.assignment()
        if course is None or not id:
            raise UsageError(f"{run} was never run to where there is something to publish", remedy="run `grade batch`")
        assignment = Assignment(Course(Path(course)), id)
        known = _say_changes(journal, assignment)
        klass = Class(assignment, journal)
        lines = klass.marked(never_lower=never_lower)
        _say_regraded(journal, lines, known)
        if journal.noted("finished", bool) is False:
            click.echo("warning: judging was stopped before its end: `grade batch` goes on with it", err=True)
        if out is None:
            return
        filled: list[Platform] = []
        if canvas:
            filled.append((partial(of_canvas.written, assignment=canvas_assignment), canvas))
        if moodle:
            filled.append((of_moodle.written, moodle))
        for note in publish(klass, lines, out, filled, gradescope=gradescope):
            click.echo(f"  {note}")
    click.echo(out / "index.html")
