"""A kit: everything that is handed to students, as files."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.kit import properties, rubric_file
from grader.kit.starter import starter
from grader.kit.statement import covered, label, readme, statement
from grader.recording import recording
from grader.reference import ReferenceModule
from grader.rubric import Problem

# The same course makes the same zip, whenever that is.
_WHEN = (1980, 1, 1, 0, 0, 0)

Files = Mapping[str, bytes]


def kit(assignment: Assignment) -> dict[str, bytes]:
    """The files of an assignment's kit, by their paths in its folder, which is a course folder itself.

    Errors
        RubricError and BrokenReference as in grading, and where a public property would take reference code along.
    """
    rubric, records = recording(assignment)
    texts = {
        "README.md": readme(rubric),
        "statement.md": statement(rubric),
        "submission.yaml": label(rubric),
        f"rubrics/{rubric.id}.yaml": rubric_file.text(rubric),
    }
    files: dict[str, bytes] = {}
    for problem in assignment.rubric.problems:
        reference = assignment.references[problem.id]
        assert isinstance(reference, ReferenceModule), "a kit is made where the references are"
        shown = next(one for one in rubric.problems if one.id == problem.id)
        folder = f"recorded/{rubric.id}"
        if problem.functions:
            texts[problem.file] = starter(problem, reference, records[problem.id])
        texts[f"{folder}/{problem.file}"] = properties.module(reference.path, properties.names(shown))
        if reference.given_source:
            texts[f"{folder}/given.py"] = reference.given_source
        files[_records(folder, problem)] = records[problem.id].data()
    return {name: text.encode() for name, text in texts.items()} | files


def zipped(files: Files, id: str) -> bytes:
    """The kit as a zip with one folder in it."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _in_order(files):
            entry = zipfile.ZipInfo(f"{id}/{name}", _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return into.getvalue()


def write(data: bytes, path: Path) -> None:
    """Writes a kit; UsageError where that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"the kit cannot be written: {error}", remedy="name another file with -o") from None


def described(assignment: Assignment, files: Files) -> str:
    """What there is in a kit, as a sentence for the staff."""
    size = sum(map(len, files.values()))
    return f"{len(files)} files, {size >> 10} KiB, {covered(recording(assignment).rubric)}"


def _records(folder: str, problem: Problem) -> str:
    return f"{folder}/{problem.file.removesuffix('.py')}.npz"


def _in_order(files: Files) -> Iterator[tuple[str, bytes]]:
    yield from sorted(files.items())
