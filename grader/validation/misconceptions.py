"""Misconceptions, handed in one by one: each loses its part, and none is taken for another one of its part.

Those of a part that draws are laws, which hand in nothing: right draws may follow none of them.
"""

import copy
import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import numpy as np

from grader.assignment import Assignment
from grader.bench import Bench
from grader.checks.vjp import Vjp
from grader.errors import GraderError
from grader.feedback.explanation import explanation
from grader.feedback.misconceptions import answers, recognised
from grader.judgement import verdict_on
from grader.model import Fault, Hints, Status, Trial
from grader.rubric import Part, Problem
from grader.sensitivity import leaves_of
from grader.validation.finding import Finding, Kind, Place, finding, of_error
from grader.validation.right import Right, as_it_is

_NOT_ASKED = Fault(status=Status.RAISED, message="This was not written for the trials of a share.")


class Mistaken(Right):
    """A student who has a misconception in one part, and all else right. `trial` is the one that is looked at."""

    trial: Trial | None = None

    def __init__(self, bench: Bench, part: Part, name: str, answers: dict[int, Any]) -> None:
        super().__init__(bench.problem, bench.reference, as_it_is)
        self.part, self.answers, self.planned = part, answers, bench.trials(part.function)
        self.functions = {**self.functions, part.function: self._mistaken(name)}

    def ask(self, name: str, calls: list[list[Any]], *options: Any, **more: Any) -> Sequence[Any]:
        """The answers in the trials; of the misconception, as they were found from all inputs of each trial."""
        if name == self.part.function and len(calls) == len(self.planned):
            return [self.answers.get(trial.index, _NOT_ASKED) for trial in self.planned]
        return super().ask(name, calls, *options, **more)

    def _mistaken(self, name: str) -> Callable[..., Any]:
        """The misconception as a function of the student's, as properties call it."""

        def answer(*arguments: Any) -> Any:
            inputs = self.trial.inputs if self.trial else MappingProxyType({})
            return mistaken(self.reference, self.part.function, name, inputs)(*arguments)

        return answer


def mistaken(reference: Any, function: str, name: str, inputs: Any = MappingProxyType({})) -> Callable[..., Any]:
    """A misconception of a reference as a function of a student's, which takes the arguments of `function`.

    Where it takes another input of the trial as well, that is found in `inputs`.
    """
    wrong, names = reference.misconception(name), reference.argument_names(function)

    def answer(*arguments: Any) -> Any:
        own = {**inputs, **dict(zip(names, arguments, strict=False))}
        with np.errstate(all="ignore"):
            return wrong(*reference.arguments_of(wrong, own, name))

    return answer


class HandedIn(NamedTuple):
    """The misconceptions of a part on a bench: its main trials, and what each of them answers in these."""

    bench: Bench
    part: Part
    trials: list[Trial]
    answers: dict[str, list[Any]]

    def by(self, name: str) -> Bench:
        """The bench of a student who has this misconception."""
        pairs = zip(self.trials, self.answers[name], strict=True)
        whole = {trial.index: self._whole(trial, own) for trial, own in pairs}
        return self.bench.with_student(Mistaken(self.bench, self.part, name, whole))

    def loses(self, name: str) -> bool:
        """Whether any trial is answered wrongly by it, as all checks judge but those of gradients that it lacks."""
        checks = tuple(check for check in self.part.checks if not isinstance(check, Vjp))
        part, bench = msgspec.structs.replace(self.part, checks=checks), self.by(name)
        assert isinstance(bench.student, Mistaken), "it was made as one"
        for trial in self.trials:
            bench.student.trial = trial
            if verdict_on(part, bench, trial).status in (Status.WRONG, Status.PARTIAL):
                return True
        return False

    def gives_answers(self, name: str) -> bool:
        """Whether it gives numbers in every trial, or nothing where that may be right in some trial."""
        right = (self.bench.expected(self.part.function, trial).value for trial in self.trials)
        may_be_nothing = any(value is None for value in right)
        answers = [value for value in self.answers[name] if not (value is None and may_be_nothing)]
        return all(leaf.dtype.kind in "biufc" for value in answers for leaf in leaves_of(value))

    def taken_for(self, name: str) -> str | None:
        """The other misconception that its answers are taken for, if they are."""
        others = {other: credit for other, credit in self.part.misconceptions.items() if other != name}
        # A gradient that follows through would be looked for first.
        part = msgspec.structs.replace(self.part, misconceptions=others, follow_through=0.0)
        explained = explanation(part, self.by(name), self.trials)
        return explained.misconception if explained else None

    def _whole(self, trial: Trial, own: Any) -> Any:
        """All that the function gives, with this for the part's own outputs."""
        places = [place for place, _ in self.bench.outputs(self.part)]
        if not places:
            return own
        whole = list(self.bench.expected(self.part.function, trial).value)
        for place, value in zip(places, [own] if len(places) == 1 else own, strict=True):
            whole[place] = value
        return tuple(whole)


def handed_in(part: Part, bench: Bench) -> HandedIn:
    """The misconceptions of a part, answering in those of its trials that belong to no share.

    Errors
        BrokenReference where one of them raises.
    """
    main = [trial for trial in bench.trials(part.function) if not trial.share]
    with bench.reference.blamed():
        return HandedIn(bench, part, main, {name: answers(name, part, bench, main) for name in part.misconceptions})


def quiet(assignment: Assignment) -> Assignment:
    """The assignment with no hints: what no misconception explains is not looked into further."""
    own = copy.copy(assignment)
    own.rubric = msgspec.structs.replace(assignment.rubric, hints=Hints.NONE)
    return own


class Judged(NamedTuple):
    """The findings on misconceptions, and the parts that some of them lose."""

    findings: list[Finding]
    lost: list[str]


def judged(assignment: Assignment, problem: Problem, seed: int) -> Judged:
    """The misconceptions of a problem, judged and explained with one seed."""
    bench = Bench(quiet(assignment), problem, Right(problem, assignment.references[problem.id], as_it_is), seed)
    found, lost = list[Finding](), []
    for part in problem.parts:
        if not part.misconceptions:
            continue
        try:
            if part.sampler:
                found += _objections_to_laws(part, bench)
                continue
            here = handed_in(part, bench)
            losing = [name for name in part.misconceptions if here.loses(name)]
            found += _objections(here, losing)
        except GraderError as error:
            place = Place(assignment.path, part.line)
            found.append(of_error(error, place, part=part.id, seeds=(seed,)))
            continue
        if losing:
            lost.append(part.id)
    bench.store.save()
    return Judged(found, lost)


def _objections(here: HandedIn, losing: Collection[str]) -> Iterator[Finding]:
    part, seeds = here.part, (here.bench.seed,)
    say = functools.partial(finding, Kind.MISCONCEPTION, part=part.id, seeds=seeds)
    for name in part.misconceptions:
        place = _place(here.bench.reference.misconception(name), here.bench.assignment.path, part.line)
        if not here.gives_answers(name):
            message = f"the misconception '{name}' of part '{part.id}' gives something that is no numbers"
            yield say(place, message, "let it return what the student would: nothing else can be recognised")
        elif name not in losing:
            message = f"the misconception '{name}' loses nothing of part '{part.id}'"
            yield say(place, message, "correct it, or let the trials have inputs at which it is wrong")
        elif other := here.taken_for(name):
            message = f"the misconception '{name}' of part '{part.id}' is not told from '{other}'"
            yield say(place, message, "drop one of the two, or let the trials have inputs at which they differ")


def _objections_to_laws(part: Part, bench: Bench) -> Iterator[Finding]:
    """Of the misconceptions of a part that draws, which are laws: those that right draws follow."""
    main = [trial for trial in bench.trials(part.function) if not trial.share]
    for name, credit in part.misconceptions.items():
        if recognised(msgspec.structs.replace(part, misconceptions={name: credit}), bench, main):
            place = _place(bench.reference.misconception(name), bench.assignment.path, part.line)
            message = f"right draws of part '{part.id}' follow the law of the misconception '{name}' as well"
            remedy = "correct it, or let the trials have inputs at which it is wrong"
            yield finding(Kind.MISCONCEPTION, place, message, remedy, part=part.id, seeds=(bench.seed,))


def _place(function: Callable[..., Any], path: Path, line: int) -> Place:
    code = getattr(function, "__code__", None)
    return Place(Path(code.co_filename), code.co_firstlineno) if code else Place(path, line)
