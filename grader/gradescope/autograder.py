"""What runs for every submission at Gradescope: root judges, somebody else runs the student's code."""

import contextlib
import itertools
import os
import stat
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.course import Course
from grader.errors import GraderError, SandboxError, UsageError
from grader.gradebook.results import NAME, Visibility, written
from grader.gradescope.metadata import Metadata, metadata
from grader.intake import Unusable, only
from grader.model import Limits, Report
from grader.policy.marking import marked
from grader.policy.terms import Policy, policy_of
from grader.policy.times import instant
from grader.roster import HandedIn, Marked, Person
from grader.rubric_file import load
from grader.run import Asked, ready
from grader.sandbox.zygote import Zygote

MAX_FILES, MAX_BYTES = 2_000, 64 << 20
# The course and what is kept of its references: nothing of it is a student's business.
_SECRET = ("course", "cache")
_PROBE = '''\
def readable(paths):
    """Those of the paths that a student's code can open."""
    found = []
    for path in paths:
        try:
            with open(path, "rb"):
                found.append(path)
        except OSError:
            pass
    return found
'''


class Done(NamedTuple):
    """Where the results are, and what the staff must mend."""

    results: Path
    errors: list[GraderError]


def run(root: Path, id: str, visibility: Visibility = Visibility.VISIBLE, required: str | None = None) -> Done:
    """Grades root/submission and writes root/results/results.json; `root` is Gradescope's /autograder.

    No results are better than wrong ones: where something of ours fails, there is no file, and Gradescope asks the
    staff.

    Errors
        SandboxError, before any code of the student's runs, where it could read the references, or where the
        isolation is less than what is `required`. RubricError and BrokenReference as everywhere.
    """
    start = time.perf_counter()
    results = root / "results" / NAME
    results.unlink(missing_ok=True)
    source = root / "source"
    asked = Asked(id, source / "course", None, None, required, None, "cpu", False)
    files = [problem.file for problem in load(Course(source / "course").rubric(id)).problems]
    with _copied(root / "submission", files) as (folder, left_out), ready(folder, asked) as grading:
        policy = policy_of(grading.assignment.rubric.policy, grading.assignment.path)
        keep_out(grading.zygote, _files(source))
        report, errors = grading.grade(asked, folder)
    line = _line(report, metadata(root / "submission_metadata.json"), policy)
    export = written(
        report,
        final=line.final,
        remarks=[*line.remarks, *left_out],
        seconds=time.perf_counter() - start,
        visibility=visibility,
    )
    _write(results, export.data)
    return Done(results, errors)


def keep_out(zygote: Zygote, files: Iterable[Path]) -> None:
    """Makes sure that a worker cannot open any of these files, by letting one try.

    Errors
        SandboxError where it can.
    """
    from grader.sandbox.student import Student

    paths = [str(path) for path in files]
    with _public_folder() as folder:
        _place(folder / "probe.py", _PROBE.encode())
        with Student(zygote, folder, "probe.py", Limits(), ()) as probe:
            found = probe.function("readable")(paths)
    if found != []:
        raise SandboxError(
            f"students' code could read the references here (isolation '{zygote.isolation}'): nothing was run",
            remedy="run it as root, as Gradescope does, with source/ closed to others (`setup.sh` does that)",
        )


def _files(source: Path) -> list[Path]:
    return [path for name in _SECRET for path in (source / name).rglob("*") if path.is_file()]


# ---- the submission ----


@contextlib.contextmanager
def _copied(submission: Path, files: Collection[str]) -> Iterator[tuple[Path, list[str]]]:
    """A copy of the plain files that others may read, whoever the originals belong to; and what was left out.

    The problem files are looked for as in a class: in a folder of their own, under other letters, in notebooks.
    `submission.yaml` is not looked at: whose it is and what for, Gradescope says.
    """
    if not submission.is_dir():
        raise UsageError(f"there is no folder {submission}", remedy="name the folder that holds it with --root")
    with _public_folder() as folder:
        left_out: list[str] = []
        size = 0
        for count, path in enumerate(_plain_files(submission, left_out)):
            name = path.relative_to(submission)
            size += path.stat().st_size
            if size > MAX_BYTES or count == MAX_FILES:
                left_out.append(f"left out, beyond {MAX_FILES} files or {MAX_BYTES >> 20} MB: {name} and what follows")
                break
            if str(name) != "submission.yaml":
                _place(folder / name, path.read_bytes())
        yield _as_asked(folder, files, left_out), left_out


def _as_asked(folder: Path, files: Collection[str], left_out: list[str]) -> Path:
    """The folder with the problem files under their right names; the one there is, where they are nowhere."""
    try:
        found = only(folder, folder.parent / "asked", files)
    except Unusable as reason:
        left_out.append(str(reason))
        return folder
    left_out += found.notes
    for path in (folder.parent / "asked", *(folder.parent / "asked").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return found.folder


def _plain_files(submission: Path, left_out: list[str]) -> Iterator[Path]:
    """The files of a submission in their order; links and what is no file are noted and not followed."""
    for here, folders, files in os.walk(submission):
        folders[:] = sorted(name for name in folders if name not in ("__MACOSX", "__pycache__", ".git"))
        for name in sorted((*files, *folders)):
            path = Path(here, name)
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                yield path
            elif not stat.S_ISDIR(mode):
                left_out.append(f"left out, as it is no plain file: {path.relative_to(submission)}")


@contextlib.contextmanager
def _public_folder() -> Iterator[Path]:
    """A folder that everybody may read and enter, and its owner alone may write to."""
    with tempfile.TemporaryDirectory(prefix="grading-") as made:
        folder = Path(made) / "submission"
        folder.mkdir()
        for path in (Path(made), folder):
            path.chmod(0o755)
        yield folder


def _place(path: Path, data: bytes) -> None:
    """Writes a file that everybody may read, in folders that everybody may enter."""
    missing = list(itertools.takewhile(lambda folder: not folder.exists(), path.parents))
    for folder in reversed(missing):
        folder.mkdir()
        folder.chmod(0o755)
    path.write_bytes(data)
    path.chmod(0o644)


# ---- the results ----


def _line(report: Report, said: Metadata, policy: Policy) -> Marked:
    """The points after lateness. A due date at Gradescope that is later than the policy's is an extension."""
    people = said.people or (Person(id=report.submission),)
    later = said.due if said.due and policy.deadline and said.due > instant(policy.deadline, policy.zone) else None
    people = tuple(msgspec.structs.replace(person, extension=later) for person in people)
    submission = HandedIn(key="submission", folder=Path(), people=people, submitted_at=said.created_at)
    return marked(people, [submission], {"submission": report}, policy)[0]


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and never through a link that somebody left there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(draft).chmod(0o644)
    Path(draft).replace(path)
