"""Scripts that call the student's function again on the input that shows what is wrong."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.self_check.checked import CheckedPart

# Beside the work, and never handed in.
FOLDER = ".grade"


def write(folder: Path, parts: Iterable["CheckedPart"]) -> dict[str, Path]:
    """Writes a script for every part that has one, and takes away those of parts that are right; by part.

    Nothing is written into a course: its examples are the staff's.
    """
    found: dict[str, Path] = {}
    if any((above / "reference").is_dir() and (above / "rubrics").is_dir() for above in folder.parents):
        return found
    for part in parts:
        path = folder / FOLDER / f"{part.id}.py"
        script = part.counterexample.script if part.counterexample and not part.unwritten else ""
        try:
            if script:
                path.parent.mkdir(exist_ok=True)
                path.write_text(script, encoding="utf-8")
                found[part.id] = path
            else:
                path.unlink(missing_ok=True)
        except OSError:  # a folder that cannot be written to has none
            continue
    return found
