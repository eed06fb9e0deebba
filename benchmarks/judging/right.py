"""Right answers in many styles: how many gradings fail."""

import shutil
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.model import Report, Status
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ID = "ntu_ml_hw2"
EXAMPLES = ROOT / "submissions_example" / ID
# The same solutions, with every real argument made single precision before anything is computed.
IN_SINGLE = '''\
"""The solution of {name} in single precision."""

import functools

import numpy as np

import vectorised_{name} as solution


def _single(value):
    if callable(value):
        return lambda *arguments: _single(value(*(np.float64(argument) for argument in arguments)))
    real = isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
    return np.asarray(value, np.float32)[()] if real else value


def _in_single(function):
    return functools.wraps(function)(lambda *arguments: function(*map(_single, arguments)))


for _name, _value in list(vars(solution).items()):
    if callable(_value) and getattr(_value, "__module__", "") == solution.__name__:
        globals()[_name] = _in_single(_value)
'''


def styles(scratch: Path) -> dict[str, Path]:
    """The folder of each style of a right answer."""
    single = scratch / "single_precision"
    single.mkdir()
    for file in sorted((EXAMPLES / "correct").glob("problem*.py")):
        shutil.copy(file, single / f"vectorised_{file.name}")
        (single / file.name).write_text(IN_SINGLE.format(name=file.stem))
    return {
        "vectorised": EXAMPLES / "correct",
        "loops and lists": EXAMPLES / "correct_loops",
        "torch with autograd": EXAMPLES / "correct_torch",
        "einsum, other algebra": HERE / "other_algebra",
        "single precision": single,
    }


def table(seeds: Iterable[int], scratch: Path) -> None:
    """Prints, for each style, how many gradings of how many functions failed, and the time of a part."""
    assignment = Assignment(Course(ROOT), ID)
    print(f"Right answers of {ID}, graded by workers; one grading is one part at one seed")
    print(f"{'style':24}{'functions':>10}{'gradings':>10}{'failed':>8}{'ms a part':>11}")
    failed: list[str] = []
    gradings = 0
    with Zygote() as numpy_only, Zygote(("numpy", "torch")) as with_torch:
        zygotes = {False: numpy_only, True: with_torch}
        folders = styles(scratch)
        rows: dict[str, list[tuple[Report, float]]] = {name: [] for name in folders}
        for seed in seeds:
            for name, folder in folders.items():
                submission = Submission(folder)
                start = time.perf_counter()
                torch = submission.needs_torch() or assignment.rubric.takes_tensors()
                report, errors = grade(assignment, submission, zygotes[torch], seed)
                rows[name].append((report, time.perf_counter() - start))
                failed += [str(error) for error in errors]
    for name, graded in rows.items():
        judged = [[part for part in report.parts if _is_there(part.status)] for report, _ in graded]
        wrong = [
            f"{name}: {part.id} seed {report.seed}: {part.status}: {part.feedback[:100]}"
            for (report, _), parts in zip(graded, judged, strict=True)
            for part in parts
            if part.status is not Status.CORRECT
        ]
        own = sum(map(len, judged))
        pace = statistics.median(1e3 * took / len(parts) for (_, took), parts in zip(graded, judged, strict=True))
        functions = {part.function for parts in judged for part in parts}
        print(f"{name:24}{len(functions):10}{own:10}{len(wrong):8}{pace:11.2f}")
        gradings, failed = gradings + own, failed + wrong
    print(f"{'together':24}{'':10}{gradings:10}{len(failed):8}\n")
    for line in failed[:20]:
        print("  " + line)


def _is_there(status: Status) -> bool:
    return status not in (Status.MISSING, Status.PENDING)
