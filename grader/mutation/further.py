"""Inputs beyond the trials of a rubric: other seeds, other regimes, other sizes, as far as the input maker makes them.

A mutant that passes the trials and falls at one of these shows what the trials lack.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from grader.bench import Bench
from grader.draw import REGIMES
from grader.errors import GraderError
from grader.model import Trial
from grader.mutation.killing import earns
from grader.rubric import Problem
from grader.trials import Inputs, is_random

# The trials of the rubric again, with other seeds.
SEEDS = 2
# Of each case and regime that the plan leaves out, or has few of.
DRAWS = 3
# A function on arrays of one entry, of two, and of more than the trials have.
SMALL_SIZES = (1, 2)
MAX_SIZE = 64


class Plan(NamedTuple):
    """A plan beside the rubric's. `seed` is added to the rubric's.

    `numeric` says that who loses there loses digits: of the mutants that only an offset told from the reference, all
    were the same formula written otherwise, such as one that centres one of two factors.
    """

    inputs: Inputs
    seed: int = 0
    numeric: bool = False


def plans(inputs: Inputs, *, drawn: bool = False) -> Iterator[Plan]:
    """The plans that are tried beside that of the rubric, likely ones first; fewer where the function draws."""
    for seed in range(1, SEEDS + 1):
        yield Plan(inputs, seed)
    if drawn:
        return
    bare = msgspec.structs.replace(inputs, edges=(), shares={})
    for regime in REGIMES:
        own = msgspec.structs.replace(bare, regimes={regime: DRAWS})
        yield Plan(own, numeric=regime == "offset" and regime not in _regimes(inputs))
    for name, values in inputs.sizes.items():
        for size in _other_sizes(values):
            sizes = {**inputs.sizes, name: (size,)}
            yield Plan(msgspec.structs.replace(bare, sizes=sizes, regimes={"normal": DRAWS}))


def _regimes(inputs: Inputs) -> set[str]:
    """The regimes that a plan names."""
    plans = [(inputs.regimes, inputs.edges), *((share.regimes, share.edges) for share in inputs.shares.values())]
    return {name for regimes, edges in plans for name in (*regimes, *(edge.get("regime", "") for edge in edges))}


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
        self._benches: list[tuple[Plan, Bench]] | None = None
        self.beat: Callable[[], None] = lambda: None  # called before each plan

    def benches(self) -> list[tuple[Plan, Bench]]:
        """The bench of each plan that the input maker can serve, and at which the reference earns everything."""
        if self._benches is None:
            inputs = self.bench.problem.functions[self.function].inputs
            assert inputs is not None, "its parts are judged"
            drawn = any(map(is_random, self.bench.trials(self.function)))
            made = ((plan, self._made(plan)) for plan in plans(inputs, drawn=drawn))
            self._benches = [(plan, bench) for plan, bench in made if bench is not None]
        return self._benches

    def _made(self, plan: Plan) -> Bench | None:
        """The bench of a plan; None where the maker, the reference or a check does not serve it."""
        self.beat()
        own = self.bench
        bench = Bench(own.assignment, self._problem(plan.inputs), own.student, own.seed + plan.seed)
        parts = [part for part in bench.problem.parts if part.function == self.function and part.checks]
        try:
            served = all(earns(part, bench, trial) for part in parts for trial in bench.trials(self.function))
        except GraderError:
            return None
        return bench if served else None

    def _problem(self, inputs: Inputs) -> Problem:
        problem = self.bench.problem
        function = msgspec.structs.replace(problem.functions[self.function], inputs=inputs)
        return msgspec.structs.replace(problem, functions={**problem.functions, self.function: function})


def case_of(plan: Plan, bench: Bench, trial: Trial) -> str:
    """A trial, for whoever writes the rubric: maker, case, regime, seed."""
    case = ", ".join(f"{name}: {value}" for name, value in trial.case.items())
    share = f", of the share {trial.share}" if trial.share else ""
    return f"{plan.inputs.maker}({case}), regime {trial.regime}, seed {bench.seed}, trial {trial.index}{share}"
