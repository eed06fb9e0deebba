"""Checked again with every save: one process stays warm, and only the problem whose file was saved is judged."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.rubric import Problem
from grader.self_check.checked import Checked
from grader.self_check.checking import Chosen, Done, checked
from grader.self_check.hints import Ladder
from grader.self_check.opening import Opened

# Editors save in several steps within a few milliseconds; more would be felt.
STEP, DEBOUNCE = 5, 40
CLEAR = "\x1b[2J\x1b[3J\x1b[H"


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
    """The Python files of a folder that are saved, together where they are saved together; it ends with Ctrl-C.

    Errors
        UsageError where watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError:
        raise UsageError("--watch needs the package watchfiles", remedy="pip install watchfiles") from None

    def is_work(_: object, path: str) -> bool:
        inside = Path(path).relative_to(folder) if Path(path).is_relative_to(folder) else Path(path)
        return path.endswith(".py") and not any(name.startswith((".", "__pycache__")) for name in inside.parts)

    for changes in watchfiles.watch(folder, watch_filter=is_work, step=STEP, debounce=DEBOUNCE, raise_interrupt=False):
        yield {Path(path) for _, path in changes}


def drawn(text: str) -> None:
    """Shows a text in the place of the last one, in a terminal; below it, where the output goes to a file."""
    sys.stdout.write((CLEAR if sys.stdout.isatty() else "") + text)
    sys.stdout.flush()


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
