"""`grader.check()` in a notebook or at a prompt: the functions of the session, checked like those of a folder."""

import contextlib
import inspect
import json
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.course import Course, nearest
from grader.errors import UsageError
from grader.intake.listing import Unusable
from grader.intake.notebook import module
from grader.rubric import Problem
from grader.rubric_file import load
from grader.self_check.checked import Checked
from grader.self_check.checking import checked
from grader.self_check.chosen import Chosen
from grader.self_check.hints import Ladder
from grader.self_check.opening import opened
from grader.self_check.panel import panel
from grader.self_check.screen import screen

MAX_HELPERS = 50
_WIDTH = 88


class Found:
    """What a check of a session found: a panel in a notebook, text elsewhere."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked

    def __repr__(self) -> str:
        return screen(self.checked, width=_WIDTH, colour=False)

    def _repr_html_(self) -> str:
        return panel(self.checked)


def check(
    *functions: Callable[..., Any],
    problems: Sequence[str] = (),
    parts: Sequence[str] = (),
    kit: str | Path | None = None,
) -> Found:
    """Checks these functions alone, or all that this session defines, with the kit that the current folder lies in.

    `problems` and `parts` name what is to be checked, as -p and --part do; `kit` is another folder of a kit. What the
    session's functions use is taken along as far as it is defined in cells; nothing else of the session is.

    Errors
        UsageError where there is no kit, or nothing that it asks for.
    """
    home = Path(kit) if kit is not None else Path.cwd()
    course = Course(home) if kit is not None else nearest(home)
    source = _of_functions(functions) if functions else _of_session()
    names = {function.__name__ for function in functions}
    with _folder(course, source, home, problems) as (folder, asked):
        label = folder / "submission.yaml"
        if (home / "submission.yaml").is_file():
            shutil.copy(home / "submission.yaml", label)
        ids = [problem.id for problem in asked]
        chosen = Chosen(ids, parts or [part.id for one in asked for part in one.parts if part.function in names])
        with opened(folder, course=course.folder, chosen=chosen) as own:
            done = checked(*own, chosen, Ladder(home))
    for error in dict.fromkeys(map(str, done.errors)):
        sys.stderr.write(f"error: {error}\n")
    return Found(done.checked)


@contextlib.contextmanager
def _folder(course: Course, source: str, home: Path, problems: Sequence[str]) -> Iterator[tuple[Path, list[Problem]]]:
    """A folder with the source as every problem file that it has functions of, and those problems."""
    [id, *more] = course.assignments or [""]
    if not id or more:
        raise UsageError(f"{course.folder} is no kit of one assignment", remedy="name the folder of one with kit=...")
    rubric = load(course.rubric(id))
    asked = [one for one in rubric.problems if one.id in problems or (not problems and _defines(source, one))]
    if not asked:
        wanted = ", ".join(name for problem in rubric.problems for name in problem.functions)
        raise UsageError("this session defines none of the functions that are asked for", remedy=f"define: {wanted}")
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as made:
        folder = Path(made) / id
        folder.mkdir()
        _add_helpers(home, folder, {problem.file for problem in rubric.problems})
        for problem in asked:
            (folder / problem.file).write_text(source, encoding="utf-8")
        yield folder, asked


def _defines(source: str, problem: Problem) -> bool:
    lines = source.splitlines()
    return any(
        line.startswith((f"def {name}(", f"class {name}(", f"{name} =")) for line in lines for name in problem.functions
    )


def _add_helpers(home: Path, folder: Path, taken: set[str]) -> None:
    """The modules beside the notebook, which it may import."""
    modules = [path for path in sorted(home.glob("*.py")) if path.name not in taken and path.is_file()]
    for path in modules[:MAX_HELPERS]:
        shutil.copy(path, folder / path.name)


# ---- source ----


def _of_session() -> str:
    """The definitions of all cells that were run, in the order in which they were.

    Errors
        UsageError outside of IPython, where nobody keeps them.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        remedy = "hand the functions over: grader.check(layer_norm, ...)"
        raise UsageError("this is no notebook whose cells could be read", remedy=remedy)
    return of_cells(shell.user_ns.get("In", [])[1:])


def of_cells(cells: Sequence[str]) -> str:
    """What these cells define, as the source of a module; what they run is left out.

    Errors
        UsageError where they cannot be read.
    """
    written = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    notebook = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    try:
        return module(json.dumps(notebook).encode(), "this session").source
    except Unusable as error:
        raise UsageError(str(error), remedy="hand the functions over: grader.check(layer_norm, ...)") from None


def _of_functions(functions: Sequence[Callable[..., Any]]) -> str:
    """The source of these functions, below the imports of modules that they use by a global name."""
    blocks = []
    imports: dict[str, None] = {}
    for function in functions:
        try:
            blocks.append(textwrap.dedent(inspect.getsource(function)))
        except (OSError, TypeError):
            name = getattr(function, "__name__", "this")
            raise UsageError(f"the source of {name} is not to be had", remedy="define it in a cell or a file") from None
        for name, value in getattr(function, "__globals__", {}).items():
            if inspect.ismodule(value) and name.isidentifier() and name in function.__code__.co_names:
                imports[f"import {value.__name__} as {name}"] = None
    return "\n".join([*imports, "", *blocks, ""])
