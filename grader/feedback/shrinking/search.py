"""The search for a simpler input that fails alike: first fewer numbers, then simpler arrays, then simpler entries."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.shrinking.dimensions import Dimension, dimensions, smaller
from grader.feedback.shrinking.forms import FORMS, ROUNDINGS, Cost, cost, simpler_numbers, simplicity, total, with_form
from grader.feedback.shrinking.laws import Inputs, Law, Laws, is_number, is_numeric, kin, laws_of_one
from grader.feedback.shrinking.links import laws_of_arrays
from grader.feedback.shrinking.relations import laws_of_numbers
from grader.model import Trial

Fails = Callable[[Sequence[dict[str, Any]]], Sequence[bool]]

# How many candidates are tried in one message, and how many of the maker's own come first. Neither a message nor the
# making of these takes more than this part of the time, as far as one can tell beforehand.
BATCH = 16
REMADE = 8
PART_OF_TIME = 0.25
# Larger inputs are replaced by the maker's own or not at all: looking for their laws would cost too much.
MOST_NUMBERS = 5_000


class Budget(NamedTuple):
    """What the search may use: candidates that are tried, and seconds; whichever ends first."""

    evaluations: int = 400
    seconds: float = 1.0


class Surroundings(NamedTuple):
    """What is known of the inputs of a trial whoever fails in it.

    start   the inputs. Those that nobody looks at may be left out of the trial, and stay out
    made    inputs by the same maker, the simplest first
    laws    what holds in all trials of the same case, and so has to hold of a simpler one
    parts   the dimensions that may be made smaller
    """

    start: dict[str, Any]
    made: tuple[dict[str, Any], ...]
    laws: tuple[Law, ...]
    parts: tuple[Dimension, ...]


def surroundings(
    trial: Trial, alike: Sequence[Trial], remade: Callable[[int], Trial] | None = None, seconds: float = 1.0
) -> Surroundings:
    """The surroundings of a trial.

    alike     trials of the same maker
    remade    remade(k), k < 8: a trial made by the maker, of the smallest size in the plan that is 2 or more
    seconds   what the whole search may take; the making of these takes no more than a part of it

    Errors
        Whatever `remade` raises.
    """
    start = dict(trial.inputs)
    made = list(_made(remade, PART_OF_TIME * seconds)) if remade else []
    own = sorted(({name: other.inputs[name] for name in start} for other in made), key=simplicity)
    if min(map(_count, [start, *own])) > MOST_NUMBERS:
        return Surroundings(start, tuple(own), (), ())
    seen = kin(trial, [*alike, *made])
    parts = dimensions(seen) if all(map(_is_plain, start.values())) else []
    tied = frozenset(name for part in parts for name, what in part.places if what == "value")
    laws = [*laws_of_one(seen, tied), *laws_of_numbers(seen), *laws_of_arrays(seen)]
    return Surroundings(start, tuple(own), tuple(laws), tuple(parts))


def _made(remade: Callable[[int], Trial], seconds: float) -> Iterator[Trial]:
    """The maker's own trials, as long as they cost little."""
    started = time.monotonic()
    for k in range(REMADE):
        if time.monotonic() - started > seconds:
            return
        yield remade(k)


def shrunk(
    known: Surroundings,
    fails: Fails,
    *,
    only_made: bool = False,
    budget: Budget = Budget(),  # noqa: B008 (it is immutable)
) -> dict[str, Any]:
    """Inputs that are simpler than those of a failing trial, and for which `fails` still says True.

    known      what surrounds the failing trial
    fails      for each of up to 16 candidates, whether it shows the same failure. It must say False where the
               reference's answer is not finite or hangs on a tie, and may change nothing in the candidates
    only_made  whether to try nothing but what the maker made. For inputs and answers that are whole numbers: nobody
               can tell from outside whether the answer hangs on a tie

    The result is never less simple than the trial's inputs (`simplicity`), which are handed back where nothing else
    fails. It has the names and the kinds of values that they have; functions, text and truth values stay as they are.
    Unless the seconds run out, the same arguments give the same result.

    Errors
        Whatever `fails` raises.
    """
    search = _Search(known.start, fails, budget)
    search.improved(known.made)
    if only_made or _count(search.best) > MOST_NUMBERS:
        return search.best
    search.laws = Laws(known.laws)
    while search.pass_over(known.parts):
        pass
    return search.best


def _count(inputs: Inputs) -> int:
    return sum(np.size(value) for value in inputs.values() if is_numeric(value))


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str, np.ndarray)) or callable(value)


class _Search:
    """The simplest failing inputs so far, and what may still be used to find simpler ones."""

    def __init__(self, start: dict[str, Any], fails: Fails, budget: Budget) -> None:
        self.best = start
        self.costs = {name: cost(value) for name, value in start.items()}
        self.fails, self.budget = fails, budget
        self.laws = Laws([])
        self.tried: set[Any] = set()
        self.evaluations, self.started, self.asking = 0, time.monotonic(), 0.0

    def pass_over(self, parts: Sequence[Dimension]) -> bool:
        """One pass over dimensions, arrays and entries; whether it made the inputs simpler."""
        before = total(self.costs.values())
        for part in parts:
            while self.improved(smaller(self.best, part)):
                pass
        for form in ROUNDINGS.values():
            if self.improved([self._in_form(form)]):
                break
        # The small ones first: they are read first, and cost little.
        names = [name for name, value in self.best.items() if is_numeric(value)]
        for name in sorted(names, key=lambda name: self.costs[name].numbers):
            self.improved({**self.best, name: with_form(self.best[name], form)} for form in FORMS.values())
            for place in np.ndindex(np.shape(self.best[name])):
                self.improved(_with_entry(self.best, name, place))
        return total(self.costs.values()) < before

    def _in_form(self, form: Callable[[Any], Any]) -> Inputs:
        """The best inputs with all that can have this form in it, at once."""
        inputs: Inputs = self.best
        for name, value in self.best.items():
            if is_numeric(value):
                other = self.laws.mended(inputs, {**inputs, name: with_form(value, form)})
                now = simplicity({key: inputs[key] for key in other if other[key] is not inputs[key]})
                then = simplicity({key: other[key] for key in other if other[key] is not inputs[key]})
                inputs = other if then < now and self.laws.obeyed(inputs, other) else inputs
        return inputs

    def _cost(self, inputs: Inputs) -> Cost:
        return total(self._costs(inputs).values())

    def _costs(self, inputs: Inputs) -> dict[str, Cost]:
        """The cost of each of some inputs, most of which are those of the best."""
        best = self.best
        return {name: self.costs[name] if value is best[name] else cost(value) for name, value in inputs.items()}

    def improved(self, candidates: Iterable[Inputs]) -> bool:
        """Takes the first of the candidates that is lawful, simpler and fails; whether there is one."""
        promising = self._promising(candidates)
        while batch := list(itertools.islice(promising, self._allowed())):
            start = time.monotonic()
            verdicts = self.fails(batch)
            self.asking += time.monotonic() - start
            self.evaluations += len(batch)
            for other, failing in zip(batch, verdicts, strict=True):
                if failing:
                    self.costs = self._costs(other)
                    self.best = other
                    return True
        return False

    def _allowed(self) -> int:
        """How many candidates may be tried now: as many as there is time for, as far as one knows."""
        left = self.budget.seconds - (time.monotonic() - self.started)
        if left <= 0:
            return 0
        most = PART_OF_TIME * self.budget.seconds
        each = self.asking / self.evaluations if self.evaluations else most / 4
        timely = max(1, int(min(left, most) / max(each, 1e-9)))
        return min(BATCH, timely, self.budget.evaluations - self.evaluations)

    def _promising(self, candidates: Iterable[Inputs]) -> Iterator[dict[str, Any]]:
        now = total(self.costs.values())
        for candidate in candidates:
            other = self.laws.mended(self.best, candidate)
            if self._cost(other) < now and self.laws.obeyed(self.best, other):
                key = tuple(map(_identity, other.values()))
                if key not in self.tried:
                    self.tried.add(key)
                    yield {name: _read_only(value) for name, value in other.items()}


def _identity(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    return value if is_number(value) else id(value)


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    return value


def _with_entry(inputs: Inputs, name: str, place: tuple[int, ...]) -> Iterator[Inputs]:
    """The inputs with one number made simpler."""
    value = inputs[name]
    if is_number(value):
        for number in simpler_numbers(value):
            yield {**inputs, name: number}
        return
    for number in simpler_numbers(value[place].item()):
        array = np.array(value)
        array[place] = number
        yield {**inputs, name: array}
