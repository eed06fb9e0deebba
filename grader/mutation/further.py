"""Inputs beyond the trials of a rubric: other seeds, other regimes, other sizes, as far as the input maker makes them.

A mutant that passes the trials and falls at one of these shows what the trials lack.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from grader.bench import Bench
from grader.draw import REGIMES
from grader.errors import GraderError
from grader.model import Trial
from grader.rubric import Problem
from grader.trials import Inputs

# The trials of the rubric again, with other seeds.
SEEDS = 2
# Of each case and regime that the plan leaves out, or has few of.
DRAWS = 3
# A function on arrays of one entry, of two, and of more than the trials have.
SMALL_SIZES = (1, 2)
MAX_SIZE = 64


class Plan(NamedTuple):
    """A plan beside the rubric's. `seed` is added to the rubric's; `told` says what is other than there."""

    told: str
    inputs: Inputs
    seed: int


def plans(inputs: Inputs) -> Iterator[Plan]:
    """The plans that are tried beside that of the rubric, likely ones first."""
    for seed in range(1, SEEDS + 1):
        yield Plan("", inputs, seed)
    bare = msgspec.structs.replace(inputs, edges=(), shares={})
    for regime in REGIMES:
        yield Plan("", msgspec.structs.replace(bare, regimes={regime: DRAWS}), 0)
    for name, values in inputs.sizes.items():
        for size in _other_sizes(values):
            sizes = {**inputs.sizes, name: (size,)}
            yield Plan(f"{name} = {size}", msgspec.structs.replace(bare, sizes=sizes, regimes={"normal": DRAWS}), 0)


def _other_sizes(values: tuple[str, ...]) -> list[str]:
    known = [int(value) for value in values if value.isdigit()]
    if len(known) < len(values):
        return []
    larger = 2 * max(known) + 1
    tried = [*SMALL_SIZES, *([larger] if larger <= MAX_SIZE else [])]
    return [str(size) for size in tried if size not in known]


class Further:
    """The further inputs of a function, each with the answers of the reference; made when they are asked for."""

    def __init__(self, bench: Bench, function: str) -> None:
        self.bench, self.function = bench, function
        self._benches: list[tuple[str, Bench]] | None = None

    def benches(self) -> list[tuple[str, Bench]]:
        """(what is other than in the rubric, bench) of each plan that the input maker can serve."""
        if self._benches is None:
            inputs = self.bench.problem.functions[self.function].inputs
            assert inputs is not None, "its parts are judged"
            made = ((plan.told, self._made(plan)) for plan in plans(inputs))
            self._benches = [(told, bench) for told, bench in made if bench is not None]
        return self._benches

    def _made(self, plan: Plan) -> Bench | None:
        """The bench of a plan; None where the maker, or the reference, does not serve it."""
        own = self.bench
        bench = Bench(own.assignment, self._problem(plan.inputs), own.student, own.seed + plan.seed)
        try:
            for trial in bench.trials(self.function):
                bench.expected(self.function, trial)
        except GraderError:
            return None
        return bench

    def _problem(self, inputs: Inputs) -> Problem:
        problem = self.bench.problem
        function = msgspec.structs.replace(problem.functions[self.function], inputs=inputs)
        return msgspec.structs.replace(problem, functions={**problem.functions, self.function: function})


def case_of(told: str, bench: Bench, trial: Trial, function: str) -> str:
    """A trial, for whoever writes the rubric: maker, case, regime, seed."""
    inputs = bench.problem.functions[function].inputs
    assert inputs is not None, "it has trials"
    case = ", ".join(f"{name}: {value}" for name, value in trial.case.items())
    share = f", of the share {trial.share}" if trial.share else ""
    return f"{inputs.maker}({case}), regime {trial.regime}, seed {bench.seed}, trial {trial.index}{share}"
