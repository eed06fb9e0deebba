"""`grade new ID`: writes a small homework that is whole as it stands, to be replaced by one's own piece by piece."""

import contextlib
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from grader import rubric_schema
from grader.course import nearest
from grader.errors import UsageError
from grader.exits import told
from grader.rubric import is_id

# A course folder with one homework. Its id stands in its files and their names, and nowhere for anything else.
TEMPLATE = Path(__file__).parent / "course"
PLACEHOLDER = "new_homework"
SCHEMA = Path("rubrics") / rubric_schema.NAME


@click.command()
@click.argument("id", metavar="ID")
@click.option("--course", metavar="DIR", type=click.Path(path_type=Path), help="The folder that holds rubrics/.")
def new(id: str, course: Path | None) -> None:
    """Write a small homework ID, whole as it stands, to be edited: rubric, reference and examples.

    It goes into the course folder, the nearest one upwards from here; where there is none, this becomes one.
    """
    with told():
        click.echo(_written(id, course))


def _written(id: str, course: Path | None) -> str:
    """Writes the files of a new homework; what it wrote and what to do next, as text.

    Errors
        UsageError where the id is no name for a file or is taken (nothing is written over), or nothing can be written.
    """
    if not is_id(id):
        remedy = "use letters, digits and _, and . or - between them, such as hw1"
        raise UsageError(f"'{id}' is no id of a homework: files are named after it", remedy=remedy)
    folder = _course(course)
    own = [folder / f"rubrics/{id}.yaml", folder / f"reference/{id}", folder / f"submissions_example/{id}"]
    for path in own:
        if path.exists():
            remedy = "choose another id, or move that away: nothing is written over"
            raise UsageError(f"there is a homework '{id}' already: {path}", remedy=remedy)
    try:
        written = [_write(folder, file, text) for file, text in files(id)]
        # The schema belongs to the course: its rubrics share it.
        if not (folder / SCHEMA).exists():
            written.insert(0, _write(folder, SCHEMA, rubric_schema.text()))
    except OSError as error:
        _remove(own)  # half a homework would be in the way of the next try
        remedy = "make it writable, or name another folder with --course"
        raise UsageError(f"the homework cannot be written to {folder}: {error}", remedy=remedy) from None
    return _next(id, folder, written)


def files(id: str) -> Iterator[tuple[Path, str]]:
    """Each file of the new homework, relative to the course folder, with its text."""
    for file in sorted(TEMPLATE.rglob("*")):
        if file.suffix in (".yaml", ".py"):  # and no bytecode
            relative = str(file.relative_to(TEMPLATE)).replace(PLACEHOLDER, id)
            yield Path(relative), file.read_text(encoding="utf-8").replace(PLACEHOLDER, id)


def _course(named: Path | None) -> Path:
    if named is not None:
        if not named.is_dir():
            raise UsageError(f"there is no folder {named}", remedy="make it, or correct --course")
        return named.resolve()
    try:
        return nearest(Path.cwd()).folder
    except UsageError:  # the first homework of a course
        return Path.cwd()


def _write(folder: Path, file: Path, text: str) -> Path:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    with (folder / file).open("x", encoding="utf-8") as out:
        out.write(text)
    return file


def _remove(paths: list[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.unlink()


def _next(id: str, folder: Path, written: list[Path]) -> str:
    examples = f"submissions_example/{id}"
    lines = [f"A new homework in {folder}:", *(f"  {file}" for file in written)]
    if (folder / SCHEMA).read_text(encoding="utf-8", errors="replace") != rubric_schema.text():
        lines.append(f"{SCHEMA} is that of another version of the grader: delete it, and `grade new` writes its own.")
    commands = (f"grade {examples}/correct", f"grade {examples}/*/", f"grade validate {id}", f"grade mutate {id}")
    there = [] if folder == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    return "\n".join([*lines, "Next:", *(f"  {command}" for command in (*there, *commands))])
