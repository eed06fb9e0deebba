"""Diagnoses: how many seeded mistakes are named, and how many are given a wrong name."""

import runpy
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.judging.bugs import BUGS
from benchmarks.judging.held_out import HELD_OUT
from benchmarks.judging.unseen import UNSEEN
from grader.assignment import Assignment
from grader.bench import Bench, student_of
from grader.course import Course
from grader.feedback.explanation import diagnosed
from grader.judgement import judgement
from grader.model import Trial
from grader.rubric import Part
from grader.sandbox.zygote import Zygote

ROOT = Path(__file__).parents[2]
SPOILED = ROOT / "tests" / "diagnosis" / "students.py"


class Bug(NamedTuple):
    """A student's file with a mistake in one function, and the kinds of mistake that it may be called."""

    known: str  # from where: mistakes that the diagnosis was built with, or ones that it had not seen
    assignment: str
    function: str
    source: str
    kinds: frozenset[str]
    change: str
    beside: Path | None = None  # the folder with the student's other files, which this one may import


def bugs() -> Iterator[Bug]:
    """The mistakes of the tests, in solutions of their own, and others in the example submissions."""
    tests = runpy.run_path(str(SPOILED))
    for function, right, wrong, kinds in [*tests["MISTAKES"], *tests["UNNAMED"]]:
        source = "import numpy as np\n" + tests["spoiled_source"](function, right, wrong)
        change = f"{right} -> {wrong}"
        yield Bug("the tests' mistakes", "ntu_ml_hw2", function, source, frozenset(kinds.split()), change)
    for known, file, function, right, wrong, kinds in (
        *(("unseen mistakes", *row) for row in BUGS),
        *(("held-out mistakes", *row) for row in HELD_OUT),
        *(("mistakes by another author", *row) for row in UNSEEN),
    ):
        path = ROOT / "submissions_example" / file
        source = path.read_text(encoding="utf-8")
        if source.count(right) != 1:
            raise ValueError(f"{file}: {right!r} stands there {source.count(right)} times, not once")
        assignment, change, wrong_source = file.partition("/")[0], f"{right} -> {wrong}", source.replace(right, wrong)
        yield Bug(known, assignment, function, wrong_source, frozenset(kinds.split()), change, path.parent)


def table(seeds: Iterable[int]) -> None:
    """Prints how many mistakes are named rightly, wrongly and not at all, each at all seeds."""
    course, seeds = Course(ROOT), list(seeds)
    counts: dict[str, Counter[str]] = {}
    misnamed: list[str] = []
    assignments = {id: Assignment(course, id) for id in course.assignments}
    with Zygote() as numpy_only, Zygote(("numpy", "torch")) as with_torch:
        for bug in bugs():
            zygote = with_torch if "torch" in bug.source else numpy_only
            for seed in seeds:
                names = _names(bug, assignments[bug.assignment], zygote, seed)
                verdict = _verdict(names, bug.kinds)
                counts.setdefault(bug.known, Counter())[verdict] += 1
                if verdict in ("wrongly", "not caught"):
                    misnamed.append(f"{verdict}: {bug.function}: {bug.change}: seed {seed}: {sorted(map(str, names))}")
    print(f"Diagnoses of seeded mistakes, {len(seeds)} seeds each; misconceptions switched off")
    print(f"{'':24}{'gradings':>9}{'named rightly':>15}{'not named':>11}{'named wrongly':>15}")
    for known, count in counts.items():
        shares = "".join(
            f"{count[verdict] / count.total():{width}.1%}"
            for verdict, width in (("rightly", 15), ("not", 11), ("wrongly", 15))
        )
        print(f"{known:24}{count.total():9}{shares}")
    for line in misnamed:
        print("  " + line)
    print()


def _verdict(names: set[str | None], kinds: frozenset[str]) -> str:
    if not names:
        return "not caught"
    given = {name for name in names if name}
    if not given:
        return "not"
    return "rightly" if given <= kinds else "wrongly"


def _names(bug: Bug, assignment: Assignment, zygote: Zygote, seed: int) -> set[str | None]:
    """The names of the diagnoses of the parts that the mistake loses; None for a part without one."""
    (problem,) = (problem for problem in assignment.rubric.problems if bug.function in problem.functions)
    with tempfile.TemporaryDirectory() as folder:
        if bug.beside is not None:
            shutil.copytree(bug.beside, folder, dirs_exist_ok=True)
        (Path(folder) / problem.file).write_text(bug.source, encoding="utf-8")
        bench = Bench(assignment, problem, student_of(assignment, problem, Path(folder), zygote), seed)
        with bench.student:
            lost = [(part, trials) for part in problem.parts if (trials := _main_trials_of_lost(part, bench, bug))]
            found = [diagnosed(part, bench, trials) for part, trials in lost]
        bench.store.save()
    return {one and one.name for one in found}


def _main_trials_of_lost(part: Part, bench: Bench, bug: Bug) -> list[Trial]:
    if part.function != bug.function:
        return []
    judged = judgement(part, bench)
    return [trial for trial in judged.trials if not trial.share] if judged.failures else []
