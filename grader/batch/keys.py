"""What a verdict depends on, as a key: where the key is the same, so is the verdict."""

import functools
import hashlib
import stat
from pathlib import Path
from typing import Any

import msgspec

import grader
from grader.assignment import Assignment
from grader.rubric import Part, Problem

# Modules and packages of ours that bring no verdict about.
_APART = frozenset(
    (
        "batch",
        "cli",
        "deferred",
        "doctor",
        "gradebook",
        "gradescope",
        "intake",
        "kit",
        "mutation",
        "policy",
        "processes",
        "pytest_plugin",
        "replay",
        "report",
        "recording",
        "roster",
        "rubric_schema",
        "run",
        "scaffold",
        "self_check",
        "validation",
    )
)
# What a rubric says that a verdict does not depend on: where it stands, and what it is worth.
_WORTH = frozenset({"line", "points", "criterion", "written", "hints", "public"})
# Of larger files only so much is read; their size counts as well.
MAX_READ = 16 << 20


class Keys:
    """The keys of all parts of an assignment that a machine judges, for one submission after the other.

    A key changes with the submission's files, the reference, the part's checks and misconceptions, the functions of
    its problem and their inputs, the limits, the seed, the device and our own code; not with points and criteria.
    """

    def __init__(self, assignment: Assignment, seed: int, device: str) -> None:
        rubric = assignment.rubric
        settings = (rubric.limits, rubric.hints, rubric.show_expected, rubric.ignore_axes_of_length_one, seed, device)
        self._parts: dict[str, str] = {}
        for problem in rubric.problems:
            shared = (engine(), assignment.references[problem.id].digest, _plain(settings), _functions(problem))
            self._parts |= {part.id: _key(*shared, _checks(part)) for part in problem.parts if part.checks}

    def of(self, folder: Path) -> dict[str, str]:
        """The key of every part for the submission in a folder."""
        handed_in = digest_of_submission(folder)
        return {part: _key(handed_in, key) for part, key in self._parts.items()}


def _functions(problem: Problem) -> Any:
    return problem.file, _plain(problem.functions)


def _checks(part: Part) -> Any:
    # A check's options alone do not say of which kind it is.
    return part.id, _plain(part), [type(check).__name__ for check in part.checks]


def _plain(value: Any) -> Any:
    """Records as data, without what a verdict does not depend on."""
    return _stripped(msgspec.to_builtins(value))


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if key not in _WORTH}
    if isinstance(value, (list, tuple)):
        return [_stripped(item) for item in value]
    return value


def _key(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


@functools.cache
def engine() -> str:
    """Our own code that judges."""
    here = Path(grader.__file__).parent
    state = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        name = path.relative_to(here)
        if name.parts[0].removesuffix(".py") not in _APART:
            state.update(f"{name}\0".encode() + path.read_bytes())
    return state.hexdigest()


def digest_of_submission(folder: Path) -> str:
    """All regular files below a folder, by name and content; links are not followed."""
    state = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or "__pycache__" in path.parts:
                continue
            with path.open("rb") as file:
                content = hashlib.sha256(file.read(MAX_READ)).digest()
        except OSError as error:  # whoever cannot be read now may be readable next time
            content, found = repr(error).encode(), None
        name = str(path.relative_to(folder)).encode("utf-8", "surrogateescape")
        state.update(name + b"\0" + content + str(found.st_size if found else 0).encode())
    return state.hexdigest()
