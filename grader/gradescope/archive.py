"""The zip that Gradescope builds an autograder from: the grader's source, one assignment, and two scripts."""

import io
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.policy.terms import policy_of

# As in the Makefile, and for the same reason.
TORCH = "torch==2.13.0"
_HERE = Path(__file__).parent
_PACKAGED = ("*.py", "*.j2", "*.css", "py.typed", "setup.sh", "run_autograder")
_PROJECT = ("pyproject.toml", "README.md", "LICENSE")
# The same course makes the same zip, whenever that is.
_WHEN = (1980, 1, 1, 0, 0, 0)


def archive(course: Course, id: str, options: tuple[str, ...] = (), *, torch: bool = False) -> bytes:
    """The autograder of an assignment as a zip.

    `options` are given to `grade gradescope run`; torch is installed where the rubric needs it, or with `torch`.

    Errors
        RubricError and BrokenReference for what would only be found at Gradescope; UsageError where the grader is
        installed without its source.
    """
    assignment = Assignment(course, id)
    policy_of(assignment.rubric.policy, assignment.path)
    wanted = TORCH if torch or assignment.rubric.takes_tensors() else ""
    scripts = {
        "setup.sh": _script("setup.sh").replace("@TORCH@", wanted),
        "run_autograder": _script("run_autograder").replace("@OPTIONS@", shlex.join([id, *options])),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in scripts.items():
            _add(into, name, text.encode(), 0o755)
        for name, path in sorted((*_course_files(course, id), *_source_files())):
            _add(into, name, path.read_bytes(), 0o600)
    return file.getvalue()


def write(data: bytes, path: Path) -> None:
    """Writes an autograder, for its owner alone to read: it holds the references.

    Errors
        UsageError where that cannot be done.
    """
    try:
        path.touch(0o600)
        path.chmod(0o600)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"the autograder cannot be written: {error}", remedy="name another file with -o") from None


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _add(into: zipfile.ZipFile, name: str, data: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, whose modes these are
    entry.external_attr = (0o100000 | mode) << 16
    into.writestr(entry, data)


def _course_files(course: Course, id: str) -> Iterator[tuple[str, Path]]:
    """What the assignment needs of the course, and nothing of any other."""
    yield f"course/rubrics/{id}.yaml", course.rubric(id)
    if (policies := course.folder / "course.yaml").is_file():
        yield "course/course.yaml", policies
    reference = course.folder / "reference" / id
    for path in reference.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield f"course/reference/{id}/{path.relative_to(reference).as_posix()}", path


def _source_files() -> Iterator[tuple[str, Path]]:
    """This program, as `pip install` takes it."""
    package = Path(grader.__file__).parent
    for name in _PROJECT:
        if not (path := package.parent / name).is_file():
            raise UsageError(
                f"{package.parent} has no {name}: the grader is installed without its source",
                remedy="install it with `pip install -e .` from a clone, and build the autograder there",
            )
        yield f"grader/{name}", path
    for pattern in _PACKAGED:
        for path in package.rglob(pattern):
            if "__pycache__" not in path.parts:
                yield f"grader/grader/{path.relative_to(package).as_posix()}", path
