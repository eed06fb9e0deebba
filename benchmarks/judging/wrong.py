"""Wrong formulas: how many are caught at every seed, beside two checks as they are often written."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.course import Course
from grader.draw import Draw
from grader.errors import BrokenReference
from grader.model import Trial
from grader.rubric import Part, Problem
from grader.sides import ReferenceSide
from grader.stand_in import StandIn
from grader.trials import typed
from grader.validation.misconceptions import HandedIn, answers

ROOT = Path(__file__).parents[2]


class Formula(NamedTuple):
    """A wrong formula of a part."""

    assignment: Assignment
    problem: Problem
    part: Part
    name: str

    @property
    def id(self) -> str:
        """What it is called in a table."""
        return f"{self.assignment.rubric.id} {self.part.id} {self.name}"


def formulas(ids: Iterable[str] = ()) -> Iterator[Formula]:
    """The listed misconceptions of all parts of these homeworks, or of all, that are compared with the reference."""
    course = Course(ROOT)
    for id in ids or course.assignments:
        assignment = Assignment(course, id)
        for problem in assignment.rubric.problems:
            for part in problem.parts:
                if any(isinstance(check, MatchesReference) for check in part.checks):
                    yield from (Formula(assignment, problem, part, name) for name in part.misconceptions)


Rows = dict[str, list[bool]]


def table(seeds: Iterable[int], ids: Iterable[str] = ()) -> None:
    """Prints the share of wrong formulas that are caught at every seed, by each way of checking."""
    known, seeds = list(formulas(ids)), list(seeds)
    caught = {formula.id: [False] * len(seeds) for formula in known}
    naive = {formula.id: [False] * len(seeds) for formula in known}
    slopes: Rows = {}
    for place, seed in enumerate(seeds):
        benches: dict[tuple[str, str], Bench] = {}
        for formula in known:
            key = formula.assignment.rubric.id, formula.problem.id
            if key not in benches:
                benches[key] = Bench(formula.assignment, formula.problem, StandIn({}), seed)
            bench = benches[key]
            caught[formula.id][place] = _is_caught(formula, bench)
            naive[formula.id][place] = not _passes_allclose(formula, bench, seed)
            if any(isinstance(check, Gradient) for check in formula.part.checks):
                row = slopes.setdefault(formula.id, [False] * len(seeds))
                row[place] = not _passes_one_slope(formula, bench, seed)
        for bench in benches.values():
            bench.store.save()
    _print(caught, naive, slopes)


def _print(caught: Rows, naive: Rows, slopes: Rows) -> None:
    print(f"Wrong formulas: {len(caught)} listed misconceptions, {len(next(iter(caught.values())))} seeds")
    print(f"{'way of checking':52}{'formulas':>9}{'caught at every seed':>22}{'at some seed':>14}")
    ways = {
        "this grader": caught,
        "one np.allclose, 3 x 3 normal inputs, defaults": naive,
        "this grader, parts that are gradients": {id: caught[id] for id in slopes},
        "gradient check: upstream of ones, one random index": slopes,
    }
    for way, rows in ways.items():
        always, ever = (sum(map(test, rows.values())) / max(len(rows), 1) for test in (all, any))
        print(f"{way:52}{len(rows):9}{always:21.1%} {ever:13.1%}")
    for id, row in caught.items():
        if not all(row):
            print(f"  missed at {row.count(False)} seeds: {id}")
    print()


def _is_caught(formula: Formula, bench: Bench) -> bool:
    """Whether the part's comparison with the reference objects in any trial without which nothing is earned."""
    compared = tuple(check for check in formula.part.checks if isinstance(check, MatchesReference))
    part = msgspec.structs.replace(formula.part, checks=compared)
    main = [trial for trial in bench.trials(part.function) if not trial.share]
    wrong = {formula.name: answers(bench, part, formula.name, main)}
    return HandedIn(bench, part, main, wrong).loses(formula.name)


def _usual_trial(formula: Formula, bench: Bench, seed: int) -> Trial:
    """The input that a quick test takes: normal, sizes of 3, every constant at its default."""
    inputs = bench.problem.functions[formula.part.function].inputs
    assert inputs is not None
    maker = bench.reference.function(inputs.maker)
    sizes = dict.fromkeys(inputs.sizes, "3") | {name: values[0] for name, values in inputs.cases.items()}
    for case in (sizes, {name: values[0] for name, values in (inputs.cases | inputs.sizes).items()}):
        try:
            made = maker(_WithDefaults(np.random.default_rng(seed)), **typed(maker, case))
        except Exception:  # noqa: BLE001 - some makers have no such size
            continue
        return bench.reference.bound([Trial(0, case, "normal", dict(made))])[0]
    raise AssertionError(f"{maker.__name__} makes no ordinary input")


class _WithDefaults(Draw):
    def constant(self, default: float, off_default: tuple[float, float]) -> float:
        return default


def _own(formula: Formula, bench: Bench, value: Any) -> Any:
    return ReferenceSide(bench, formula.part).own(value)


def _passes_allclose(formula: Formula, bench: Bench, seed: int) -> bool:
    trial = _usual_trial(formula, bench, seed)
    with np.errstate(all="ignore"):
        given = _given(formula, bench, trial)
        measured = bench.sheet._measured(formula.part.function).value(
            *bench.reference.arguments(formula.part.function, trial)
        )
    right = _own(formula, bench, measured)
    try:
        pairs = zip(given, right, strict=True) if isinstance(right, tuple) else [(given, right)]
        return all(np.allclose(one, other) for one, other in pairs)
    except (ValueError, TypeError):  # another structure, or nothing at all
        return False


def _given(formula: Formula, bench: Bench, trial: Trial) -> Any:
    """The formula's answer; None where it dies of an input that the rubric would not give it."""
    try:
        return answers(bench, formula.part, formula.name, [trial])[0]
    except BrokenReference:
        return None


def _passes_one_slope(formula: Formula, bench: Bench, seed: int) -> bool:
    """A gradient check as minitorch has it: one random coordinate, upstream of ones, rtol and atol of 1e-2."""
    (check,) = (check for check in formula.part.checks if isinstance(check, Gradient))
    trial = _usual_trial(formula, bench, seed)
    trial.inputs.update({name: np.ones_like(trial.inputs[name]) for name in check.upstream})
    with np.errstate(all="ignore"):
        gradient = np.asarray(_given(formula, bench, trial), dtype=np.float64)
    point = np.asarray(trial.inputs[check.wrt], dtype=np.float64)
    if gradient.shape != point.shape:
        return False
    place = np.random.default_rng(seed).integers(max(point.size, 1))

    def loss(move: float) -> float:
        moved = point.copy()
        moved.flat[place] += move
        given = trial.inputs | {check.wrt: moved if moved.ndim else float(moved)}
        names = bench.reference.argument_names(check.of)
        value = bench.reference.called(check.of, *(given[name] for name in names if name in given))
        return float(sum(np.sum(output) for output in (value if isinstance(value, tuple) else (value,))))

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    return bool(np.isclose(gradient.flat[place], slope, rtol=1e-2, atol=1e-2))
