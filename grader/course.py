"""The course folder: `rubrics/`, `reference/` and what belongs to them."""

import difflib
from pathlib import Path

from grader.errors import UsageError


class Course:
    """A folder that holds `rubrics/<id>.yaml` and `reference/<id>/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / "rubrics").is_dir():
            raise UsageError(f"{folder} is no course folder", remedy="name one that holds `rubrics/` with --course")

    @property
    def assignments(self) -> list[str]:
        """The ids of the assignments that there are rubrics for."""
        return sorted(path.stem for path in (self.folder / "rubrics").glob("*.yaml"))

    def rubric(self, assignment: str) -> Path:
        """The rubric's file; UsageError for an unknown assignment."""
        if assignment not in self.assignments:
            near = difflib.get_close_matches(assignment, self.assignments, n=1)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise UsageError(f"unknown assignment '{assignment}'", remedy=hint + self.offer())
        return self.folder / "rubrics" / f"{assignment}.yaml"

    def reference(self, assignment: str, file: str) -> Path:
        """The reference module that belongs to a problem file."""
        return self.folder / "reference" / assignment / file

    def recorded(self, assignment: str, file: str) -> Path:
        """The public module that belongs to a problem file in a kit; its records stand beside it."""
        return self.folder / "recorded" / assignment / file

    def offer(self) -> str:
        """What there is, as a sentence."""
        return f"the assignments of {self.folder} are: {', '.join(self.assignments) or 'none yet'}"


def nearest(*starts: Path, handed_in: Path | None = None) -> Course:
    """The nearest course folder upwards from the first start that has one above it.

    Errors
        UsageError where there is none, or where it is part of what is `handed_in`: references run here, unhindered,
        and a student may have written these.
    """
    for start in starts:
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / "rubrics").is_dir():
                if handed_in is not None and folder.is_relative_to(handed_in.resolve()):
                    remedy = "name the one that you trust with --course; your own work is checked by `grade check`"
                    raise UsageError(f"the course folder {folder} is part of what is handed in", remedy=remedy)
                return Course(folder)
    raise UsageError("there is no course folder here or above", remedy="name one that holds `rubrics/` with --course")
