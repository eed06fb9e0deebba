"""How a catalogue is made: every mutant of the reference is run in the trials."""

import copy
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from grader.compare import conformed
from grader.errors import StudentFault
from grader.feedback.diagnosis.catalogue import Catalogue, Edit
from grader.feedback.diagnosis.observation import Floats, flattened
from grader.feedback.diagnosis.variables import variables
from grader.model import Trial
from grader.mutants import Mutant, built, mutants, original
from grader.reference import ReferenceModule

# What one catalogue may hold: 4 MB of numbers.
NUMBERS = 2**19
# A mutant may combine every entry of an input with every other one.
LARGEST_INPUT = 2_000
# A mutant may take so many times the steps of the original, and some more.
PATIENCE = 10
SOME_STEPS = 2_000

ValueOf = Callable[[Any], Any]


def catalogue(
    reference: ReferenceModule,
    function: str,
    trials: Sequence[Trial],
    value_of: ValueOf | None = None,
    seconds: float = 2.0,
) -> Catalogue:
    """The catalogue of a reference function. `value_of` makes numbers of what it returns, where that is a function.

    Mutants that take longer than `seconds` all together, likely ones first, are left out. A function that the module
    only imports has no mutants.

    Errors
        BrokenReference when the reference, or `terms_of_<function>`, raises.
    """
    small = [trial for trial in trials if _largest(reference.arguments(function, trial)) <= LARGEST_INPUT]
    with reference.blamed(), _silenced():
        given = [reference.arguments(function, trial) for trial in small]
        right = [_valued(reference.function(function), arguments, value_of) for arguments in given]
        terms = _terms(reference, function, small)
        found = mutants(reference.path.read_text("utf-8"), function)
        kept = _fitting_trials(right, max(len(found), 1))
        cases = [_Case(given[i], right[i], sum(_sizes(right[i]))) for i in kept]
        table = _Table(reference, function, cases, value_of, time.monotonic() + seconds).rows(found)
    return Catalogue(
        function=function,
        trials=[small[i].index for i in kept],
        sizes=[_sizes(right[i]) for i in kept],
        edits=[edit for edit, _ in table],
        outputs=np.array([row for _, row in table]).reshape(len(table), sum(case.size for case in cases)),
        variables=variables(reference, function, small),
        terms=terms,
    )


class _Case(NamedTuple):
    arguments: list[Any]
    right: Any
    size: int


def _largest(arguments: Sequence[Any]) -> int:
    return max((value.size for value in arguments if isinstance(value, np.ndarray)), default=0)


def _sizes(value: Any) -> list[int]:
    return [leaf.size for leaf in flattened(value)]


def _fitting_trials(right: Sequence[Any], count: int) -> list[int]:
    """The trials, in their order, whose outputs there is room for."""
    kept, room = [], NUMBERS // count
    for i, value in enumerate(right):
        room -= sum(_sizes(value))
        if room >= 0:
            kept.append(i)
    return kept


_QUIET = threading.Lock()


@contextmanager
def _silenced() -> Iterator[None]:
    """No warnings: mutants do what nobody would. The filters belong to all threads, so one at a time changes them."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _terms(reference: ReferenceModule, function: str, trials: Sequence[Trial]) -> dict[str, dict[int, Any]]:
    name = f"terms_of_{function}"
    terms: dict[str, dict[int, Any]] = {}
    if hasattr(reference.module, name):
        for trial in trials:
            for term, value in reference.function(name)(*reference.arguments(name, trial)).items():
                terms.setdefault(term, {})[trial.index] = value if isinstance(value, np.ndarray) else float(value)
    return terms


def _valued(function: Callable[..., Any], arguments: Sequence[Any], value_of: ValueOf | None) -> Any:
    """What a function gives; the arguments are its own, as a student's are."""
    value = function(*(_own(argument) for argument in arguments))
    return value if value_of is None else value_of(value)


def _own(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return np.array(argument)
    return copy.deepcopy(argument) if isinstance(argument, list) else argument


class _Table:
    """The outputs of mutants in the trials."""

    def __init__(
        self, reference: ReferenceModule, name: str, cases: Sequence[_Case], value_of: ValueOf | None, until: float
    ) -> None:
        self.module, self.cases, self.value_of, self.until = reference.module, cases, value_of, until
        self.name, self.source = name, reference.path.read_text("utf-8")
        self.right = np.concatenate([leaf.ravel() for c in cases for leaf in flattened(c.right)] or [np.zeros(0)])

    def rows(self, found: Sequence[Mutant]) -> list[tuple[Edit, Floats]]:
        """(edit, entries) of those mutants that give something else than the reference does."""
        if not found or not self.cases:
            return []
        steps = PATIENCE * self._steps() + SOME_STEPS
        edits = [(Edit(*mutant[:7]), mutant) for mutant in found]
        table = []
        for edit, mutant in sorted(edits, key=lambda pair: pair[0].oddity):
            if time.monotonic() > self.until:
                break
            row = self._row(mutant, steps)
            if row is not None:
                table.append((edit, row))
        return table

    def _steps(self) -> int:
        """What the original takes at most."""
        program = built(original(self.source, self.name), self.module, steps=10**9)
        spent = 0
        for case in self.cases:
            _valued(program, case.arguments, self.value_of)
            spent = max(spent, program.spent)
        return spent

    def _row(self, mutant: Mutant, steps: int) -> Floats | None:
        try:
            program = built(mutant, self.module, steps)
        except Exception:  # noqa: BLE001 - a default or a decorator that the edit broke
            return None
        parts = []
        for i, case in enumerate(self.cases):
            part = self._entries(program, case)
            if part is None and i == 0:
                return None  # as most do: who makes this mistake is told by the error
            parts.append(np.full(case.size, np.nan) if part is None else part)
        row = np.concatenate(parts)
        return None if np.allclose(row, self.right, rtol=1e-9, atol=0, equal_nan=True) else row

    def _entries(self, program: Callable[..., Any], case: _Case) -> Floats | None:
        try:
            with np.errstate(all="ignore"):
                value = conformed(_valued(program, case.arguments, self.value_of), case.right)
            return np.concatenate([np.asarray(leaf, np.float64).ravel() for leaf in flattened(value)])
        except (Exception, SystemExit, StudentFault):  # noqa: BLE001 - an edited function may do anything
            return None


