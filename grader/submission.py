"""A submission: one student's (or group's) folder, and what its `submission.yaml` says."""

import functools
import itertools
import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from grader.errors import RubricError, UsageError
from grader.model import Author

MAX_SCANNED = 4 << 20
MAX_FILES = 200
# A label is a few lines.
MAX_LABEL = 8 << 10
_IMPORTS_TORCH = re.compile(rb"^[ \t]*(import|from)[ \t]+torch\b", re.MULTILINE)


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What `submission.yaml` may say."""

    assignment: str = ""
    student: Author | None = None
    collaborators: tuple[str, ...] = ()


class Submission:
    """A folder with one file per problem; helper modules and packages beside them can be imported.

    `again` says that the same folder is looked at again and again: what its label says is kept.
    """

    def __init__(self, folder: Path, *, again: bool = False) -> None:
        if not folder.exists():
            raise UsageError(
                f"there is no folder {folder}", remedy="check the path; a submission is a folder of problem files"
            )
        if not folder.is_dir():
            raise UsageError(
                f"{folder} is not a folder", remedy="name the folder that holds problem1.py and the others"
            )
        self.folder, self.again = folder.resolve(), again

    @functools.cached_property
    def label(self) -> Label:
        """What its `submission.yaml` says; UsageError where that cannot be understood."""
        return _label(self.folder / "submission.yaml", kept=self.again)

    @property
    def name(self) -> str:
        """What the submission is called: its folder's name, as text."""
        return self.folder.name.encode("utf-8", "replace").decode()

    def assignment(self, known: list[str]) -> str:
        """The assignment that the label names, else that of a folder above; '' when neither says."""
        return self.label.assignment or next((p.name for p in self.folder.parents if p.name in known), "")

    def needs_torch(self, but: Collection[str] = ()) -> bool:
        """Whether any of its files `but` these imports torch, so that its workers had better come with it."""
        left_out = {self.folder / name for name in but}
        files = itertools.islice(self.folder.rglob("*.py"), MAX_FILES)
        return any(_mentions_torch(path) for path in files if path not in left_out)


def _label(path: Path, *, kept: bool) -> Label:
    if not path.is_file() or not path.resolve().is_relative_to(path.parent):
        return Label()  # a link out of the folder: what is there is nobody's business
    if path.stat().st_size > MAX_LABEL:
        raise UsageError(f"is larger than {MAX_LABEL >> 10} KiB", file=path, remedy="see README.md for what it may say")
    from grader.document import read  # which takes as long to import as a small homework to check

    try:
        label = read(path, Label, kept=kept)
    except RubricError as error:
        remedy = error.remedy or "see README.md for what it may say, or name the assignment with --assignment"
        raise UsageError(" ".join(error.message.split()), file=path, line=error.line, remedy=remedy) from None
    if not label.assignment.isprintable():
        raise UsageError("names an assignment in characters that are no text", file=path, remedy="name it on one line")
    return label


def _mentions_torch(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > MAX_SCANNED:
            return False
        return _IMPORTS_TORCH.search(path.read_bytes()) is not None
    except OSError:
        return False
