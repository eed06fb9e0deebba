"""`grade kit ID` makes what is handed to students, and `--verify` proves that it gives nothing away."""

from pathlib import Path

import click

from grader.exits import told


@click.command()
@click.argument("id", metavar="ID")
@click.option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="Where the kit goes [ID.zip].")
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
@click.option(
    "--verify",
    metavar="KIT",
    type=click.Path(path_type=Path, exists=True),
    help="Make none; look into this one (a zip or a folder) for what must not be in it.",
)
def kit(id: str, out: Path | None, course: Path | None, verify: Path | None) -> None:
    """Make the kit of the assignment ID for students: statement, starter files, recorded answers, no reference.

    A kit in which something secret is found is not written.
    """
    with told():
        from grader.assignment import Assignment
        from grader.course import Course, nearest
        from grader.errors import UsageError
        from grader.kit import making, verifying

        assignment = Assignment(Course(course) if course else nearest(Path.cwd()), id)
        files = verifying.files_of(verify) if verify else making.kit(assignment)
        found = verifying.leaks(files, assignment)
        for leak in found:
            click.echo(str(leak), err=True)
        if found:
            what = f"{verify or 'this kit'} would give away what is listed above"
            raise UsageError(what, remedy="do not hand it out; mend the rubric or the reference, and make it again")
        if verify:
            click.echo(f"{verify}: nothing in it gives anything away")
            return
        destination = out or Path(f"{id}.zip")
        making.write(making.zipped(files, id), destination)
        click.echo(f"{destination}: {making.described(assignment, files)}")
