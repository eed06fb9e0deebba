"""Checked again with every save: one process stays warm, and only the problem whose file was saved is judged."""

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import click
import msgspec

from grader.errors import UsageError
from grader.rubric import Problem
from grader.self_check.checked import Checked
from grader.self_check.checking import Done, checked
from grader.self_check.chosen import Chosen
from grader.self_check.hints import Ladder
from grader.self_check.opening import Opened

# Milliseconds. Editors save in several steps within a few of them; more would be felt.
STEP, DEBOUNCE = 5, 20
LOOK = 300
MAX_FILES = 1000
Stamp = tuple[int, int]
CLEAR = "\x1b[2J\x1b[H"


def watched(own: Opened, chosen: Chosen, saved: Iterable[Collection[Path]], show: Callable[[Done], None]) -> None:
    """Shows a check of everything that is chosen, and again after every group of files that were saved.

    Errors
        Those of `checked`.
    """
    done = _check(own, chosen)
    show(done)
    for paths in saved:
        problems = _concerned(own, chosen, paths)
        if problems:
            done = _merged(done, _check(own, chosen._replace(problems=problems)))
            show(done)


def saves(folder: Path) -> Iterator[set[Path]]:
    """The Python files of a folder that are saved from now on, in groups; it ends with Ctrl-C.

    Errors
        UsageError where watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError:
        raise UsageError("--watch needs the package watchfiles", remedy="pip install watchfiles") from None
    # Looked at before the first check: what is saved meanwhile counts. And where a file system tells of no changes, as
    # over a network, they are found by looking now and then.
    return _saves(folder, _looked_at(folder), watchfiles.watch)


def _saves(folder: Path, before: dict[Path, Stamp], watch: Callable[..., Iterator[object]]) -> Iterator[set[Path]]:
    waking = watch(
        folder, step=STEP, debounce=DEBOUNCE, rust_timeout=LOOK, yield_on_timeout=True, raise_interrupt=False
    )
    for _ in waking:
        now = _looked_at(folder)
        if changed := {path for path in now | before if now.get(path) != before.get(path)}:
            before = now
            yield changed


def _looked_at(folder: Path) -> dict[Path, Stamp]:
    """When each Python file was changed, and its size; not of what is hidden, nor of virtual environments."""
    found: dict[Path, Stamp] = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        if "pyvenv.cfg" in files or len(found) > MAX_FILES:
            folders.clear()
            continue
        for name in files:
            if name.endswith(".py") and not name.startswith("."):
                with contextlib.suppress(OSError):
                    stat = Path(place, name).stat()
                    found[Path(place, name)] = stat.st_mtime_ns, stat.st_size
    return found


def drawn(text: str) -> None:
    """Shows a text in the place of the last one, in a terminal; below it, where the output goes to a file."""
    click.echo((CLEAR if sys.stdout.isatty() else "") + text, nl=False)  # which old consoles of Windows understand


def _check(own: Opened, chosen: Chosen) -> Done:
    return checked(*own, chosen, Ladder(own.submission.folder))


def _concerned(own: Opened, chosen: Chosen, paths: Collection[Path]) -> list[str]:
    """The problems whose files were saved; all of them where another file was, which any may import."""
    problems = [one for one in own.assignment.rubric.problems if not chosen.problems or one.id in chosen.problems]
    if chosen.parts:
        problems = [one for one in problems if any(chosen.has(part.id) for part in one.parts)]
    files = {own.submission.folder / problem.file: problem for problem in own.assignment.rubric.problems}
    of_kit = own.submission.folder / "recorded"
    paths = [path for path in paths if not path.is_relative_to(of_kit)]
    if all(path in files for path in paths):
        saved = [files[path].id for path in paths]
        return [problem.id for problem in problems if problem.id in saved]
    return [problem.id for problem in problems if _is_there(problem, own.submission.folder)]


def _is_there(problem: Problem, folder: Path) -> bool:
    return (folder / problem.file).is_file()


def _merged(before: Done, now: Done) -> Done:
    """The last check with what has been judged again in its place."""
    problems = {one.id: one for one in now.checked.problems}
    parts = {one.id: one for one in now.checked.parts}
    merged: Checked = msgspec.structs.replace(
        before.checked,
        problems=tuple(problems.get(one.id, one) for one in before.checked.problems),
        parts=tuple(parts.get(one.id, one) for one in before.checked.parts),
    )
    return Done(merged, now.errors)
