"""The plan of trials: which cases, regimes and sizes a function is tried on, each with its own seed."""

import dataclasses
import functools
import inspect
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from grader.draw import REGIMES, Draw
from grader.model import Trial
from grader.wire import Generator

# Five ordinary draws and three each that scale down, scale up and round: measured to miss fewer than one mistake
# in a million of those that any of them can show. More draws of the same regime buy nothing.
DEFAULT_REGIMES: dict[str, int] = {"normal": 5, "small": 3, "large": 3, "ties": 3}

# A trial at which the answer jumps is drawn again so often; where every draw jumps, the maker is at fault.
ATTEMPTS = 20


class ShareOfTrials(msgspec.Struct, frozen=True, kw_only=True):
    """Trials that decide a share of the credit of their own, such as numerical stability.

    credit     how much of the part's credit
    regimes    regime -> number of draws, of every case
    edges      single trials, as in `Inputs`
    feedback   what a student is told who loses it
    """

    credit: float
    regimes: dict[str, int] = {}
    edges: tuple[dict[str, str], ...] = ()
    feedback: str = ""


class Inputs(msgspec.Struct, frozen=True, kw_only=True, rename={"maker": "from"}):
    """Where a function's inputs come from.

    from       the input maker: a function of the reference that takes `draw`, sizes and cases
    sizes      argument of the maker -> its values, taken in turn; the last draw of a regime takes the last
    cases      argument of the maker -> its values; every combination is tried
    regimes    regime -> number of draws
    edges      single trials: a regime and arguments of the maker
    shares     name -> further trials that decide only a share of the credit
    """

    maker: str
    sizes: dict[str, tuple[str, ...]] = {}
    cases: dict[str, tuple[str, ...]] = {}
    regimes: dict[str, int] = msgspec.field(default_factory=DEFAULT_REGIMES.copy)
    edges: tuple[dict[str, str], ...] = ()
    shares: dict[str, ShareOfTrials] = {}
    line: int = 0


def plan_name(inputs: Inputs) -> str:
    """What the trials of a plan are kept under: the same for functions that share it."""
    return f"trials {msgspec.structs.replace(inputs, line=0)}"


class PlanError(ValueError):
    """The plan asks for what the maker or the draw does not have."""


class Planned(NamedTuple):
    """One trial to be: the share it decides, its regime, and the arguments of the maker, still as text."""

    share: str
    regime: str
    case: dict[str, str]


def plan(inputs: Inputs) -> Iterator[Planned]:
    """Each trial in turn; those of named shares come last."""
    yield from _planned(inputs, "", inputs.regimes, inputs.edges)
    for name, share in inputs.shares.items():
        yield from _planned(inputs, name, share.regimes, share.edges)


def _planned(
    inputs: Inputs, share: str, regimes: Mapping[str, int], edges: Sequence[dict[str, str]]
) -> Iterator[Planned]:
    combinations = [
        dict(zip(inputs.cases, values, strict=True)) for values in itertools.product(*inputs.cases.values())
    ]
    for case in combinations:
        for regime, count in regimes.items():
            for i in range(count):
                sizes = {name: _in_turn(sizes, i, count) for name, sizes in inputs.sizes.items()}
                yield Planned(share, regime, case | sizes)
    defaults = {name: values[0] for name, values in (inputs.cases | inputs.sizes).items()}
    for edge in edges:
        given = {name: value for name, value in edge.items() if name != "regime"}
        yield Planned(share, edge.get("regime", "normal"), defaults | given)


def _in_turn(sizes: Sequence[str], i: int, count: int) -> str:
    return sizes[-1] if i == count - 1 or len(sizes) == 1 else sizes[i % (len(sizes) - 1)]


Steady = Callable[[Trial], bool]


def trials(
    inputs: Inputs,
    maker: Callable[..., Mapping[str, Any]],
    seed: int,
    steady: Steady = lambda _: True,
    attempts: Sequence[int] = (),
) -> list[Trial]:
    """All trials of a plan. The same seed, maker and plan give the same trials; makers of one name share them.

    A trial that is not `steady`, because the answer jumps near its inputs, is drawn again. `attempts` are those of the
    trials where they are known.

    Errors
        PlanError for an unknown regime or argument, where there is nothing to try, and where no draw is steady;
        whatever the maker raises.
    """
    for name, values in (inputs.cases | inputs.sizes).items():
        if not values:
            raise PlanError(f"there is no value of '{name}' to try")
    known = itertools.chain(attempts, itertools.repeat(0))
    made = [_drawn(planned, maker, seed, index, steady, next(known)) for index, planned in enumerate(plan(inputs))]
    if not any(trial.share == "" for trial in made):  # a part without a trial could not be failed
        raise PlanError("the regimes and edges come to no trial at all")
    return made


def _drawn(planned: Planned, maker: Callable[..., Any], seed: int, index: int, steady: Steady, first: int) -> Trial:
    key = zlib.crc32(maker.__name__.encode())
    for attempt in range(first, ATTEMPTS):
        rng = np.random.default_rng([seed, key, index, attempt])
        drawn = trial(maker, planned, rng, index, attempt)
        if steady(drawn):
            return drawn
    raise PlanError(
        f"{maker.__name__} draws inputs at which the answer jumps, {ATTEMPTS} times in a row, for trial {index}"
        f" (regime {planned.regime}): nobody's rounding is right there"
    )


def trial(
    maker: Callable[..., Any], planned: Planned, rng: "np.random.Generator", index: int, attempt: int = 0
) -> Trial:
    """One trial: the maker's inputs for this regime and case."""
    share, regime, case = planned
    if regime not in REGIMES:
        raise PlanError(f"unknown regime '{regime}' (there are: {', '.join(REGIMES)})")
    arguments = typed(maker, case)
    with np.errstate(all="ignore"):
        inputs = maker(Draw(rng, regime), **arguments)
    if not isinstance(inputs, Mapping):
        raise PlanError(f"{maker.__name__} returns {inputs!r:.60}, where a dict of inputs by name is asked for")
    return Trial(index, arguments, regime, {name: _kept(value) for name, value in inputs.items()}, share, attempt)


def is_random(trial: Trial) -> bool:
    """Whether its function draws: there is a generator among the inputs, and so no right value."""
    return any(isinstance(value, Generator) for value in trial.inputs.values())


def reseeded(trial: Trial, keys: Sequence[int]) -> list[Trial]:
    """For each key, the trial with other seeds in its generators; equal keys give equal seeds."""
    names = [name for name, value in trial.inputs.items() if isinstance(value, Generator)]
    seeds = {
        name: np.random.SeedSequence(trial.inputs[name].seed).generate_state(max(keys) + 1, np.uint64) >> 1
        for name in names
    }

    def inputs(key: int) -> dict[str, Any]:
        own = {name: dataclasses.replace(trial.inputs[name], seed=int(seeds[name][key])) for name in names}
        return trial.inputs | own

    return [msgspec.structs.replace(trial, inputs=inputs(key)) for key in keys]


def _kept(value: Any) -> Any:
    """An input as everybody gets it: a number of python's own, or an array that cannot be changed."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    if isinstance(value, (list, tuple)):
        return type(value)(map(_kept, value))
    return value


@functools.cache
def _signature(maker: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(maker, eval_str=True)


def typed(maker: Callable[..., Any], case: Mapping[str, str]) -> dict[str, Any]:
    """The arguments as what the maker's annotations say they are."""
    parameters = dict(list(_signature(maker).parameters.items())[1:])  # without the draw
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in case:
            raise PlanError(f"{maker.__name__} takes '{name}': give it values in `sizes` or `cases`")
    values = {}
    for name, text in case.items():
        if name not in parameters:
            raise PlanError(f"{maker.__name__} has no argument '{name}' (it has: {', '.join(parameters) or 'none'})")
        wanted = parameters[name].annotation
        try:
            values[name] = text if wanted is inspect.Parameter.empty else msgspec.convert(text, wanted, strict=False)
        except msgspec.ValidationError as error:
            raise PlanError(f"argument '{name}' of {maker.__name__}: {error}") from None
    return values
