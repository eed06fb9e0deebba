"""References that contradict themselves: asked twice, redrawn, differentiated, and held to their own docstrings."""

import doctest
import functools
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.gradient import DIRECTIONS, IN_SINGLE, Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.vjp import Vjp
from grader.draw import upstream
from grader.errors import GraderError
from grader.model import Trial
from grader.recorded import Reference
from grader.reference import ReferenceModule
from grader.rubric import Function, Part, Problem
from grader.slopes import Finding as Slope
from grader.slopes import examined
from grader.stand_in import StandIn
from grader.trials import is_random, trials
from grader.validation.finding import Finding, Kind, Place, finding, of_error

Say = Callable[..., Finding]
_PROBLEM = re.compile(r".*\.problem\w*").fullmatch


def contradictions(assignment: Assignment, problem: Problem, seed: int) -> Iterator[Finding]:
    """What a problem's reference says in two ways, with one seed, and the untrue examples in its docstrings."""
    reference = assignment.references[problem.id]
    bench = Bench(assignment, problem, StandIn({}), seed)
    say = functools.partial(finding, Kind.REFERENCE)
    if isinstance(reference, ReferenceModule):
        yield from _untrue_examples(reference.module, say)
    yield from _of_functions(bench, say)
    for part in problem.parts:
        if not part.written:
            with_errors = functools.partial(of_error, otherwise=Place(assignment.path, part.line))
            try:
                yield from _of_part(part, bench, say)
            except GraderError as error:
                yield with_errors(error, part=part.id, seeds=(seed,))
    bench.store.save()


def _of_functions(bench: Bench, say: Say) -> Iterator[Finding]:
    seen: set[str] = set()
    for name, function in bench.problem.functions.items():
        if function.inputs is None:
            continue
        try:
            yield from _of_function(name, bench, say)
            if function.inputs.maker not in seen:
                seen.add(function.inputs.maker)
                yield from _of_maker(name, function, bench, say)
        except GraderError as error:
            yield of_error(error, Place(bench.assignment.path, function.line), seeds=(bench.seed,))


# ---- examples in docstrings ----


def untrue_examples(module: types.ModuleType) -> Iterator[tuple[int, str]]:
    """(line, what comes instead) of each example in a docstring of the module that is not true."""
    runner = _Runner()
    for test in examples(module):
        runner.run(test, out=lambda _: None)
    yield from runner.found


def examples(module: types.ModuleType) -> list[doctest.DocTest]:
    """The docstrings of a module, of its functions and of its classes that have examples.

    The finder is told where they belong: it would look that up by the module's name, under which another assignment of
    the same course may have imported it again.
    """
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    finder, names = doctest.DocTestFinder(), vars(module)
    found = [test for value in own for test in finder.find(value, value.__name__, False, names)]
    file = str(module.__file__)
    found.append(doctest.DocTestParser().get_doctest(module.__doc__ or "", names, module.__name__, file, 0))
    return [test for test in found if test.examples]


class _Runner(doctest.DocTestRunner):
    """Keeps what fails instead of printing it."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.found: list[tuple[int, str]] = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """The example gives something else."""
        self._keep(test, example, f"gives {got.strip()[:100] or 'nothing'}")

    def report_unexpected_exception(self, out: Any, test: doctest.DocTest, example: doctest.Example, exc: Any) -> None:
        """The example raises."""
        self._keep(test, example, f"raises {exc[0].__name__}: {str(exc[1])[:100]}")

    def _keep(self, test: doctest.DocTest, example: doctest.Example, instead: str) -> None:
        self.found.append(((test.lineno or 0) + example.lineno + 1, f"`{example.source.strip()}` {instead}"))


def _untrue_examples(module: types.ModuleType, say: Say) -> Iterator[Finding]:
    """Those of a reference module, and of the modules beside it that it has imported."""
    package = f"{module.__package__}."
    names = [name for name in sorted(sys.modules) if name.startswith(package) and "_misconceptions" not in name]
    for one in dict.fromkeys([module, *(sys.modules[name] for name in names if not _PROBLEM(name))]):
        for line, instead in untrue_examples(one):
            message = f"an example in a docstring is not true: {instead}"
            yield say(Place(Path(str(one.__file__)), line), message, "correct the example or the function")


# ---- answers ----


def _of_function(name: str, bench: Bench, say: Say) -> Iterator[Finding]:
    reference, place = bench.reference, Place(bench.reference.path, bench.reference.line(name))
    points = bench.problem.functions[name].evaluated_at
    told: set[str] = set()

    def once(what: str, trial: Trial, remedy: str) -> Iterator[Finding]:
        if what not in told:
            told.add(what)
            yield say(place, f"{name} {what} (trial {trial.index}, regime {trial.regime})", remedy)

    for trial in bench.trials(name):
        before = snapshot(trial.inputs)
        with reference.blamed():
            first = _answer(reference, name, trial, points)
            is_changed = snapshot(trial.inputs) != before
            again = _answer(reference, name, trial, points)
        if is_changed:
            yield from once("changes its arguments", trial, "let it work on a copy: others are given them as well")
        if snapshot(first) != snapshot(again):
            remedy = "let nothing be kept between calls, and every draw come from the generator that it is given"
            yield from once("answers otherwise when it is asked again", trial, remedy)
        if not _is_finite(first):
            remedy = "let the input maker draw again where this happens; a right answer is finite"
            yield from once("gives an answer that is not finite", trial, remedy)


def _answer(reference: Reference, name: str, trial: Trial, points: tuple[float, ...]) -> Any:
    value = reference.called(name, *reference.arguments(name, trial))
    return [value(point) for point in points] if points else value


def snapshot(value: Any) -> Any:
    """What a value holds, to be compared: equal values have equal snapshots, and none changes with its value.

    Of functions nothing is known.
    """
    if isinstance(value, Mapping):
        return {key: snapshot(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [snapshot(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return "a function" if callable(value) else repr(value)


def _is_finite(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    if isinstance(value, (float, np.floating, np.ndarray)) and np.asarray(value).dtype.kind in "fc":
        return bool(np.isfinite(value).all())
    return True


# ---- inputs ----


def _of_maker(name: str, function: Function, bench: Bench, say: Say) -> Iterator[Finding]:
    inputs, reference = function.inputs, bench.reference
    assert inputs is not None, "functions without inputs are left out"
    drawn, maker = bench.trials(name), reference.function(inputs.maker)
    with reference.blamed():
        again = trials(inputs, maker, bench.seed, attempts=[trial.attempt for trial in drawn])
    for first, second in zip(drawn, again, strict=True):
        if snapshot(first.inputs) != snapshot(second.inputs):
            message = f"{inputs.maker} draws other inputs with the same seed (trial {first.index})"
            remedy = "draw all that is random from the `draw` that it is given"
            yield say(Place(reference.path, reference.line(inputs.maker)), message, remedy)
            return


# ---- parts ----


def _of_part(part: Part, bench: Bench, say: Say) -> Iterator[Finding]:
    compares = next((check for check in part.checks if isinstance(check, (MatchesReference, Gradient, Vjp))), None)
    if compares and is_random(bench.trials(part.function)[0]):
        message = f"part '{part.id}' compares the values of '{part.function}', which is given a generator"
        remedy = "judge its draws by a `sampler` check: another right program draws other numbers"
        yield say(Place(bench.assignment.path, part.line), message, remedy, part=part.id)
        return
    for check in part.checks:
        if isinstance(check, Vjp):
            yield from _of_vjp(check, part, bench, say)


def _of_vjp(check: Vjp, part: Part, bench: Bench, say: Say) -> Iterator[Finding]:
    """The gradients that the reference gives, against differences of what it computes."""
    reference = bench.reference
    for trial in bench.trials(part.function):
        with reference.blamed():
            given = bench.expected_gradients(part.function, check.of, trial)
            gradients, bounds = (
                value if isinstance(value, tuple) else (value,) for value in (given.value, given.bound)
            )
            for name, gradient, bound in zip(check.wrt, gradients, bounds, strict=False):
                if not _is_slope(part.function, name, np.asarray(gradient), np.asarray(bound), trial, bench):
                    message = f"{check.of} does not give the gradient of {part.function} by {name}"
                    where = Place(reference.path, reference.line(check.of))
                    remedy = "compare it with finite differences"
                    yield say(where, f"{message} (trial {trial.index}, regime {trial.regime})", remedy, part=part.id)
                    return


def _is_slope(function: str, wrt: str, gradient: Any, bound: Any, trial: Trial, bench: Bench) -> bool:
    reference = bench.reference
    weights = upstream(bench.expected(function, trial).value, trial.index)
    point = np.asarray(trial.inputs[wrt], dtype=np.float64)
    if point.shape != gradient.shape:
        return True  # which the check itself says

    def loss(argument: Any) -> float:
        names = reference.argument_names(function)
        inputs = trial.inputs | {wrt: argument}
        value = reference.called(function, *(inputs[name] for name in names if name in inputs))
        pairs = zip(weights, value, strict=True) if isinstance(weights, tuple) else [(weights, value)]
        return float(sum(np.sum(weight * output) for weight, output in pairs))

    rng = np.random.default_rng(trial.index)
    return examined(loss, point, gradient, rng, IN_SINGLE, bound, DIRECTIONS).finding is not Slope.DIFFERS
