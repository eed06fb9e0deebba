"""The rubric: what earns points, and how each part is judged."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from grader.checks import Check
from grader.checks.sampler import Sampler
from grader.invariants import FORMS
from grader.layouts import DEFAULT
from grader.model import Hints, HygieneCosts, Limits, WrittenItem
from grader.policy.terms import Policy
from grader.trials import Inputs

# Replay scripts and folders are named after ids.
is_id = re.compile(r"\w[\w.-]{0,58}").fullmatch


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function that the student writes.

    inputs         where its trials come from; not needed where only properties call it
    returns        names of its outputs, where it returns a tuple, or an array with a row for each, of which parts judge
                   one each
    evaluated_at   numbers at which the function that it returns is evaluated
    compare        what is compared where the right answer is not unique: a form of `grader.invariants`, or one for each
                   of its outputs
    tensors        it takes torch tensors: where its inputs hold arrays, it is handed tensors
    own_backward   it has to be a torch.autograd.Function: a function that torch differentiates by itself is none
    device         "cuda" where it has to run on a GPU: without one, its parts are judged later
    layouts        how the arrays of its trials lie in memory, in turn: C, F, strided, read-only
    """

    inputs: Inputs | None = None
    returns: tuple[str, ...] = ()
    evaluated_at: tuple[float, ...] = ()
    compare: tuple[str, ...] = ()
    tensors: bool = False
    own_backward: bool = False
    device: str = ""
    layouts: tuple[str, ...] = DEFAULT
    line: int = 0

    def compared(self, value: Any, output: Sequence[str] = ()) -> Any:
        """The form in which answers are compared: of some of its outputs (one by itself), or of all it returns."""
        if value is None:  # which some trials may ask for
            return None
        if not self.compare:
            # Outputs may be the rows of one array, and yet each is of its own size.
            return tuple(value) if self.returns and not output and isinstance(value, np.ndarray) else value
        if not self.returns:
            return FORMS[self.compare[0]](value)
        compare = self.compare if len(self.compare) > 1 else self.compare * len(self.returns)
        forms = dict(zip(self.returns, compare, strict=True))
        if len(output) == 1:
            return FORMS[forms[output[0]]](value)
        return tuple(FORMS[forms[name]](item) for name, item in zip(output or self.returns, value, strict=True))


class Public(msgspec.Struct, frozen=True, kw_only=True):
    """What students may see of the trials, in a kit and in a self-check.

    seed     what they are drawn with: never the seed of a grading
    trials   draws of each regime, at most
    edges    whether the single trials of `edges` are among them
    shares   whether the trials of `shares` are among them
    """

    seed: int = 4711
    trials: int = 3
    edges: bool = False
    shares: bool = False


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that earns points: by checks of a function, or by a person (`written`).

    id               its name in reports, such as 1a.dx
    points           what it earns when it is right
    criterion        what is asked for, as the student reads it
    function         the function of the problem that is judged
    output           which of the function's outputs count; all of them do where it names none
    checks           how it is judged; it earns its points when all of them pass in all trials
    hygiene          what it costs when the function does more than to answer
    written          the marking scheme of a part that a person marks
    misconceptions   functions of known wrong answers, beside the reference, with the credit that each of them earns
    follow_through   the credit for a gradient that is wrong and is that of the student's own, wrong, forward function
    public           whether students may check it by themselves
    hints            what is revealed to them in a self-check, one after the other
    """

    id: str
    points: float
    criterion: str
    function: str = ""
    output: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    hygiene: HygieneCosts = HygieneCosts()
    written: tuple[WrittenItem, ...] = ()
    misconceptions: dict[str, float] = {}
    follow_through: float = 0.0
    public: bool = True
    hints: tuple[str, ...] = ()
    line: int = 0

    @property
    def sampler(self) -> Sampler | None:
        """The check of what its function draws, if that is what it does."""
        return next((check for check in self.checks if isinstance(check, Sampler)), None)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the homework.

    id          its number or name
    title       what it is about
    file        the file of the submission, and of the reference
    functions   the functions that the student writes, by name
    parts       what earns points in it
    """

    id: str
    title: str
    file: str
    functions: dict[str, Function]
    parts: tuple[Part, ...]
    line: int = 0


class Rubric(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment.

    id                          the file's name without .yaml
    title                       what it is about
    problems                    its files
    limits                      what a student's code may use
    seed                        of the trials, where none is given on the command line
    show_expected               whether reports show the right value of a failing trial, and what a marker looks for
                                in a written part
    hints                       how much a student is told of a mistake that was recognised
    ignore_axes_of_length_one   whether (d, 1) is as good as (d,)
    policy                      deadline, lateness, attempts, groups; goes before what the course says
    public                      what students may see of the trials
    recorded                    whether it is that of a kit: recorded answers stand in for the reference, and parts that
                                cannot be checked without it have neither function nor checks
    packages                    what submissions may import besides the standard library and their own files
    """

    id: str
    title: str
    problems: tuple[Problem, ...]
    limits: Limits = Limits()
    seed: int = 0
    show_expected: bool = False
    hints: Hints = Hints.KIND
    ignore_axes_of_length_one: bool = False
    policy: Policy | None = None
    public: Public = Public()
    recorded: bool = False
    packages: tuple[str, ...] = ("numpy", "scipy", "torch")

    def takes_tensors(self) -> bool:
        """Whether any function takes tensors, so that workers need torch."""
        return any(function.tensors for problem in self.problems for function in problem.functions.values())
