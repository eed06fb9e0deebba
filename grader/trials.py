"""The plan of trials: which cases, regimes and sizes a function is tried on, each with its own seed."""

import functools
import inspect
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.draw import REGIMES, Draw
from grader.model import Trial

# Five ordinary draws and three each that scale down, scale up and round: measured to miss fewer than one mistake
# in a million of those that any of them can show. More draws of the same regime buy nothing.
DEFAULT_REGIMES: dict[str, int] = {"normal": 5, "small": 3, "large": 3, "ties": 3}


class Inputs(msgspec.Struct, frozen=True, kw_only=True, rename={"maker": "from"}):
    """Where a function's inputs come from.

    from       the input maker: a function of the reference that takes `draw`, sizes and cases
    sizes      argument of the maker -> its values, taken in turn; the last draw of a regime takes the last
    cases      argument of the maker -> its values; every combination is tried
    regimes    regime -> number of draws
    edges      single trials: a regime and arguments of the maker
    """

    maker: str
    sizes: dict[str, tuple[str, ...]] = {}
    cases: dict[str, tuple[str, ...]] = {}
    regimes: dict[str, int] = msgspec.field(default_factory=DEFAULT_REGIMES.copy)
    edges: tuple[dict[str, str], ...] = ()
    line: int = 0


class PlanError(ValueError):
    """The plan asks for what the maker or the draw does not have."""


def plan(inputs: Inputs) -> Iterator[tuple[str, dict[str, str]]]:
    """(regime, arguments of the maker, still as text) of each trial in turn."""
    combinations = [
        dict(zip(inputs.cases, values, strict=True)) for values in itertools.product(*inputs.cases.values())
    ]
    for case in combinations:
        for regime, count in inputs.regimes.items():
            for i in range(count):
                yield regime, case | {name: _in_turn(sizes, i, count) for name, sizes in inputs.sizes.items()}
    defaults = {name: values[0] for name, values in (inputs.cases | inputs.sizes).items()}
    for edge in inputs.edges:
        given = {name: value for name, value in edge.items() if name != "regime"}
        yield edge.get("regime", "normal"), defaults | given


def _in_turn(sizes: Sequence[str], i: int, count: int) -> str:
    return sizes[-1] if i == count - 1 or len(sizes) == 1 else sizes[i % (len(sizes) - 1)]


def trials(inputs: Inputs, maker: Callable[..., Mapping[str, Any]], seed: int) -> list[Trial]:
    """All trials of a plan. The same seed, maker and plan give the same trials; makers of one name share them.

    Errors
        PlanError for an unknown regime or argument, and where there is nothing to try; whatever the maker raises.
    """
    for name, values in (inputs.cases | inputs.sizes).items():
        if not values:
            raise PlanError(f"there is no value of '{name}' to try")
    key = zlib.crc32(maker.__name__.encode())
    made = [
        trial(maker, regime, case, np.random.default_rng([seed, key, index]), index)
        for index, (regime, case) in enumerate(plan(inputs))
    ]
    if not made:  # a part without a trial could not be failed
        raise PlanError("the regimes and edges come to no trial at all")
    return made


def trial(maker: Callable[..., Any], regime: str, case: dict[str, str], rng: np.random.Generator, index: int) -> Trial:
    """One trial: the maker's inputs for this regime and case."""
    if regime not in REGIMES:
        raise PlanError(f"unknown regime '{regime}' (there are: {', '.join(REGIMES)})")
    arguments = typed(maker, case)
    with np.errstate(all="ignore"):
        inputs = dict(maker(Draw(rng, regime), **arguments))
    return Trial(index, arguments, regime, {name: _kept(value) for name, value in inputs.items()})


def _kept(value: Any) -> Any:
    """An input as everybody gets it: a number of python's own, or an array that cannot be changed."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
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
