"""Whether a folder would be accepted as it is, and the zip to hand in."""

import ast
import io
import itertools
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from grader.errors import UsageError
from grader.report.words import counted
from grader.rubric import Problem, Rubric
from grader.sandbox.student import MAX_FILE
from grader.self_check.replays import FOLDER
from grader.submission import Submission

# As the grader's own bound for what is copied into a worker; nobody's homework has more.
MAX_TOTAL = 64 << 20
MAX_FILES = 200
LABEL = "submission.yaml"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# What belongs to a kit or comes of checking, and to no submission.
_OF_KIT = frozenset({"rubrics", "recorded", "reports", "__pycache__", FOLDER})
_OF_KIT_FILES = frozenset({"README.md", "statement.md"})
_WHEN = (1980, 1, 1, 0, 0, 0)


class Acceptance(NamedTuple):
    """What stands in the way of handing a folder in, what should be known, and the files that would go."""

    objections: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]


def acceptance(rubric: Rubric, submission: Submission) -> Acceptance:
    """Looks at names, sizes, syntax and imports; nothing is run.

    Errors
        UsageError where `submission.yaml` cannot be understood.
    """
    names = _handed_in(submission.folder)
    objections = [*_label(rubric, submission), *_sizes(submission.folder, names)]
    notes: list[str] = []
    for problem in rubric.problems:
        if problem.functions and problem.file not in names:
            notes.append(_absent(problem, names))
    for name in (name for name in names if name.endswith(".py")):
        objections += _code(submission.folder, name, rubric, names)
    for problem in (problem for problem in rubric.problems if problem.file in names):
        notes += _unwritten(submission.folder, problem)
    if not any(problem.file in names for problem in rubric.problems):
        objections.append("there is none of the files that are asked for")
    return Acceptance(tuple(objections), tuple(notes), tuple(names))


def zipped(submission: Submission, names: Sequence[str]) -> bytes:
    """These files of a folder as a zip, the same for the same files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, (submission.folder / name).read_bytes())
    return into.getvalue()


def packed(rubric: Rubric, submission: Submission, found: Acceptance) -> Path:
    """Writes `<assignment>_<id>.zip` beside the work; its path.

    Errors
        UsageError where that cannot be done.
    """
    student = submission.label.student
    assert student is not None, "a folder that nobody owns is not accepted"
    path = submission.folder / f"{rubric.id}_{student.id}.zip"
    try:
        path.write_bytes(zipped(submission, found.files))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error}", remedy="pack the folder by hand") from None
    return path


# ---- what is looked at ----


def _handed_in(folder: Path) -> list[str]:
    """The files that would be handed in, by their paths in the folder: none that are hidden or of the kit."""
    found = []
    for path in itertools.islice(sorted(folder.rglob("*")), 100 * MAX_FILES):
        parts = path.relative_to(folder).parts
        own = not any(part.startswith(".") or part in _OF_KIT for part in parts)
        kept = path.name not in _OF_KIT_FILES and path.suffix not in (".zip", ".pyc")
        if own and kept and path.is_file() and not path.is_symlink():
            found.append(str(PurePosixPath(*parts)))
    return found


def _label(rubric: Rubric, submission: Submission) -> Iterator[str]:
    label = submission.label
    if label.assignment not in ("", rubric.id):
        yield f"{LABEL} is of the assignment '{label.assignment}', this is '{rubric.id}'"
    if label.student is None or not label.student.id:
        yield f"{LABEL} does not say whose it is: add `student: {{id: ..., name: ...}}`"
    elif not _ID.fullmatch(label.student.id):
        yield f"the id '{label.student.id[:64]}' in {LABEL} has more in it than letters, digits, . _ and -"


def _sizes(folder: Path, names: Sequence[str]) -> Iterator[str]:
    sizes = {name: (folder / name).stat().st_size for name in names}
    for name, size in sizes.items():
        if name.endswith(".py") and size > MAX_FILE:
            yield f"{name} has {size >> 20} MiB; up to {MAX_FILE >> 20} MiB are read"
    if sum(sizes.values()) > MAX_TOTAL:
        yield f"the folder has {sum(sizes.values()) >> 20} MiB; up to {MAX_TOTAL >> 20} MiB are accepted"
    if len(sizes) > MAX_FILES:
        yield f"the folder has {len(sizes)} files; up to {MAX_FILES} are accepted"


def _absent(problem: Problem, names: Sequence[str]) -> str:
    points = sum(part.points for part in problem.parts if not part.written)
    alike = [name for name in names if name.lower() == problem.file.lower()]
    hint = f": is it {alike[0]}? Rename it" if alike else ""
    return f"{problem.file} is not there{hint}; without it, {counted(points)} are lost"


def _code(folder: Path, name: str, rubric: Rubric, names: Sequence[str]) -> Iterator[str]:
    """A file that is no Python, and imports that fail where it is graded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse((folder / name).read_bytes(), name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        yield f"{name}{f':{line}' if line else ''}: is no Python: {getattr(error, 'msg', None) or error}"
        return
    except OSError as error:
        yield f"{name} cannot be read: {error.strerror}"
        return
    own = {PurePosixPath(other).parts[0].removesuffix(".py") for other in names if other.endswith(".py")}
    there = {*sys.stdlib_module_names, *rubric.packages, *own}
    for module, line in _imports(tree):
        if module not in there:
            yield f"{name}:{line}: imports {module}, which is not there where it is graded"


def _unwritten(folder: Path, problem: Problem) -> Iterator[str]:
    """The functions that are as they were in the kit."""
    try:
        tree = ast.parse((folder / problem.file).read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):  # which has been said
        return
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in problem.functions]
    if names := [node.name for node in functions if "NotImplementedError" in ast.unparse(node.body[-1])]:
        yield f"{problem.file}: not written yet: {', '.join(names)}"


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The packages that a file cannot do without, each once: those that it imports outside of any `try`."""
    tried = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Try) for inner in ast.walk(node)}
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if id(node) in tried:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name.partition(".")[0], node.lineno)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.setdefault(node.module.partition(".")[0], node.lineno)
    yield from found.items()
