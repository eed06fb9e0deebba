"""A wrong version of a function as a student: it answers no trial before somebody looks at the answer."""

from collections.abc import Callable, Sequence
from typing import Any

from grader.checks.vjp import Vjp
from grader.mutation.candidates import Candidate, Function
from grader.reference import ReferenceModule
from grader.rubric import Problem
from grader.stand_in import StandIn


class Answers(Sequence[Any]):
    """Answers that are found out one by one: most mutants are dead after the first."""

    def __init__(self, total: int, answer: Callable[[int], Any]) -> None:
        self.total, self.answer = total, answer
        self.known: dict[int, Any] = {}

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, place: Any) -> Any:
        if not 0 <= place < self.total:
            raise IndexError(place)
        if place not in self.known:
            self.known[place] = self.answer(place)
        return self.known[place]


class Mistaken(StandIn):
    """A student who has the reference's functions, but for one."""

    def ask(
        self, name: str, calls: list[list[Any]], points: Sequence[float] = (), seconds: float = 0.0
    ) -> Sequence[Any]:
        """As a stand-in does."""
        return Answers(len(calls), lambda i: super(Mistaken, self).ask(name, [calls[i]], points)[0])

    def vjp(
        self, name: str, calls: list[list[Any]], upstreams: Sequence[Any], wrt: Sequence[int], seconds: float = 0.0
    ) -> Sequence[Any]:
        """As a stand-in does."""
        return Answers(len(calls), lambda i: super(Mistaken, self).vjp(name, [calls[i]], [upstreams[i]], wrt)[0])


def right(reference: ReferenceModule, problem: Problem) -> Mistaken:
    """A student without a mistake."""
    functions = {name: reference.function(name) for name in problem.functions}
    return Mistaken(functions, _gradients(reference, problem))


def mistaken(reference: ReferenceModule, problem: Problem, entry: str, candidate: Candidate, steps: int) -> Mistaken:
    """A student whose function `entry` has this mistake. One that cannot even be defined raises when it is called."""
    student = right(reference, problem)
    try:
        wrong = candidate.make(steps)
    except Exception as error:  # noqa: BLE001 - a default or a decorator that the edit broke
        wrong = _raising(error)
    if candidate.gradient:
        given = dict.fromkeys(_contracted(problem, entry), wrong)
        return Mistaken(student.functions, {**student.gradients, entry: _by_name(reference, entry, given)})
    return Mistaken({**student.functions, entry: wrong}, student.gradients)


def _raising(error: Exception) -> Function:
    def fails(*_: Any) -> Any:
        raise RuntimeError(str(error))

    return fails


def _contracted(problem: Problem, function: str) -> list[str]:
    checks = [check for part in problem.parts if part.function == function for check in part.checks]
    return list(dict.fromkeys(check.of for check in checks if isinstance(check, Vjp)))


def _gradients(reference: ReferenceModule, problem: Problem) -> dict[str, Function]:
    found = {}
    for name in problem.functions:
        own = {of: reference.function(of) for of in _contracted(problem, name)}
        if own:
            found[name] = _by_name(reference, name, own)
    return found


def _by_name(reference: ReferenceModule, function: str, given: dict[str, Function]) -> Function:
    """The gradients as a function of the arguments and the upstream, of one that takes some of these by name."""
    names, (of, gradients) = reference.argument_names(function), next(iter(given.items()))

    def found(*arguments: Any) -> Any:
        *own, upstream = arguments
        inputs = {**dict(zip(names, own, strict=False)), "upstream": upstream}
        return gradients(*reference.arguments_of(reference.function(of), inputs, of))

    return found
