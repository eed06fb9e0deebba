"""The rubric: what earns points, and how each part is judged."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.checks import KINDS, Check
from grader.checks.gradient import Gradient
from grader.checks.sampler import Sampler
from grader.checks.vjp import Vjp
from grader.document import Reader, read, unknown
from grader.errors import RubricError
from grader.invariants import FORMS
from grader.layouts import DEFAULT, LAYOUTS
from grader.model import Hints, HygieneCosts, Limits, WrittenItem
from grader.outline import Node, Pairs, Text
from grader.policy.terms import READERS, Policy
from grader.policy.terms import flaws as policy_flaws
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


def load(path: Path) -> Rubric:
    """The rubric in a file.

    Errors
        RubricError with file, line and remedy for whatever cannot be understood or does not add up.
    """
    rubric = parsed(path)
    for flaw in flaws(rubric, path):
        raise flaw
    return rubric


def parsed(path: Path) -> Rubric:
    """The rubric in a file, which need not make sense.

    Errors
        RubricError for what is no rubric: the first thing that cannot be understood.
    """
    return read(path, Rubric, {Check: _check, **READERS}, kept=True)


def flaws(rubric: Rubric, path: Path) -> Iterator[RubricError]:
    """All that is well-formed in a rubric and makes no sense, each with its line."""
    for line, message, remedy in _flaws(rubric, path.stem):
        yield RubricError(message, file=path, line=line, remedy=remedy)


def _check(reader: Reader, node: Node) -> Check:
    """`matches_reference`, or `kind: {options}`."""
    if isinstance(node, Text):
        name, options = node, Pairs([], node.line)
    else:
        pairs = reader.pairs(node, "a check")
        if len(pairs) != 1:
            raise reader.error(node, "a check is one kind with its options", "start a list item for each check")
        name, options = pairs[0]  # type: ignore[assignment]
    kind = KINDS.get(name.value)
    if kind is None:
        raise reader.error(name, unknown("kind of check", name.value, list(KINDS)))
    check: Check = reader.record(options, kind, f"the check '{name.value}'")
    return check


Flaw = tuple[int, str, str]


def _flaws(rubric: Rubric, stem: str) -> Iterator[Flaw]:
    """(line, message, remedy) of what is well-formed and makes no sense."""
    if rubric.id != stem:
        yield 1, f"the id is '{rubric.id}', the file's name says '{stem}'", "let them agree"
    if rubric.seed < 0:
        yield 1, f"the seed is {rubric.seed}", "make it 0 or more"
    yield from _limit_flaws(rubric.limits)
    yield from policy_flaws(rubric.policy)
    yield from _public_flaws(rubric)
    yield from _id_flaws("problem", rubric.problems)
    yield from _id_flaws("part", [part for problem in rubric.problems for part in problem.parts])
    for problem in rubric.problems:
        for name, function in problem.functions.items():
            yield from _function_flaws(name, function)
            yield from _layout_flaws(name, function)
        for part in problem.parts:
            yield from _part_flaws(part, problem) if part.public or not rubric.recorded else ()


def _limit_flaws(limits: Limits) -> Iterator[Flaw]:
    for name in limits.__struct_fields__:
        if getattr(limits, name) <= 0:
            yield 1, f"the limit '{name}' is {getattr(limits, name):g}", "make it more than 0"


def _public_flaws(rubric: Rubric) -> Iterator[Flaw]:
    public = rubric.public
    if public.seed == rubric.seed and not rubric.recorded:
        yield 1, f"the public seed is that of a grading, {rubric.seed}", "give `public:` another `seed`"
    if public.seed < 0 or public.trials < 1:
        remedy = "make the seed 0 or more, and the trials 1 or more"
        yield 1, f"`public:` has seed {public.seed} and {public.trials} trials", remedy


def _id_flaws(what: str, records: Iterable[Problem | Part]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for record in records:
        if not is_id(record.id):
            remedy = "use letters, digits and _, and . or - between them: replay scripts are named after it"
            yield record.line, f"the {what} id '{record.id}' is no name for a file", remedy
        if record.id in seen:
            yield record.line, f"{what} '{record.id}' stands twice", "give one of them another id"
        seen.add(record.id)


def _function_flaws(name: str, function: Function) -> Iterator[Flaw]:
    for form in function.compare:
        if form not in FORMS:
            yield function.line, unknown("form to compare", form, list(FORMS)), "name one of these"
    if len(function.compare) > 1 and len(function.compare) != len(function.returns):
        remedy = "name one for all of them, or one for each"
        yield function.line, f"'{name}' has {len(function.returns)} outputs, `compare` {len(function.compare)}", remedy
    if function.device not in ("", "cuda"):
        yield function.line, unknown("device", function.device, ["cuda"]), "name cuda, or leave it out"
    if function.device and not function.tensors:
        yield function.line, f"'{name}' is to run on a GPU and takes no tensors", "add `tensors: true`"
    yield from _share_flaws(name, function)


def _share_flaws(name: str, function: Function) -> Iterator[Flaw]:
    shares = function.inputs.shares if function.inputs else {}
    for share, trials in shares.items():
        if not 0 < trials.credit < 1:
            yield function.line, f"the share '{share}' is worth {trials.credit:g}", "let it be between 0 and 1"
        if not trials.edges and not any(count > 0 for count in trials.regimes.values()):
            yield function.line, f"the share '{share}' has no trials", "add `regimes:` or `edges:` to it"
    if sum(trials.credit for trials in shares.values()) >= 1:
        yield function.line, f"the shares of '{name}' add up to 1 or more", "leave some of it to the other trials"


def _layout_flaws(name: str, function: Function) -> Iterator[Flaw]:
    if not function.layouts:
        yield function.line, f"'{name}' has no layout to be tried with", "leave out `layouts:`, or name C"
    for layout in function.layouts:
        if layout not in LAYOUTS:
            yield function.line, unknown("layout", layout, list(LAYOUTS)), "name one that there is"


def _hygiene_flaws(part: Part) -> Iterator[Flaw]:
    shares = {name: getattr(part.hygiene, name) for name in part.hygiene.__struct_fields__}
    for name, share in shares.items():
        if not 0 <= share <= 1:
            yield part.line, f"'{name}' of part '{part.id}' costs {share:g} of its credit", "make it 0 to 1"
    if sum(shares.values()) > 1 + 1e-9:
        yield part.line, f"the hygiene of part '{part.id}' costs more than all of its credit", "let it add up to 1"


def _part_flaws(part: Part, problem: Problem) -> Iterator[Flaw]:
    if part.points <= 0:
        yield part.line, f"part '{part.id}' earns {part.points:g} points", "give it more than 0"
    yield from _misconception_flaws(part)
    yield from _follow_through_flaws(part, problem)
    yield from _hygiene_flaws(part)
    if part.written:
        yield from _written_flaws(part)
        return
    if not part.checks:
        yield part.line, f"nothing judges part '{part.id}'", "add `checks:`, or `written:` items for a person to mark"
    function = problem.functions.get(part.function)
    if function is None:
        yield (
            part.line,
            unknown("function", part.function, list(problem.functions)),
            "name one of the problem's functions",
        )
    elif function.inputs is None:
        yield part.line, f"'{part.function}' has no inputs", "add `inputs:` to it, with the maker they come `from`"
    else:
        for name in set(part.output) - set(function.returns):
            yield part.line, unknown("output", name, list(function.returns)), "name one that the function `returns`"
        yield from _vjp_flaws(part, function)


def _vjp_flaws(part: Part, function: Function) -> Iterator[Flaw]:
    for check in part.checks:
        if isinstance(check, Vjp) and not function.tensors:
            yield part.line, f"'{part.function}' takes no tensors to differentiate by", "say `tensors: true` of it"
        if isinstance(check, Vjp) and not check.wrt:
            yield part.line, f"the vjp check of part '{part.id}' names no inputs", "list them in `wrt`"


def _misconception_flaws(part: Part) -> Iterator[Flaw]:
    for name, credit in part.misconceptions.items():
        if not 0 <= credit < 1:
            yield part.line, f"the misconception '{name}' earns {credit:g}", "let it be 0 or more, and less than 1"


def _written_flaws(part: Part) -> Iterator[Flaw]:
    total = sum(item.points for item in part.written)
    if abs(total - part.points) > 1e-9:
        yield part.line, f"the items of '{part.id}' add up to {total:g}, not {part.points:g}", "correct one of them"
    if part.hygiene != HygieneCosts():
        yield part.line, f"part '{part.id}' is written and has `hygiene:`", "leave that out: no function is called"
    if part.function or part.checks:
        yield part.line, f"part '{part.id}' is written and has checks", "make two parts of it"


def _follow_through_flaws(part: Part, problem: Problem) -> Iterator[Flaw]:
    if not part.follow_through:
        return
    if not 0 < part.follow_through < 1:
        yield (
            part.line,
            f"the follow-through of '{part.id}' is {part.follow_through:g}",
            "make it a share of the points, between 0 and 1",
        )
    gradients = [check for check in part.checks if isinstance(check, Gradient)]
    own = [name for name, function in problem.functions.items() if function.inputs and not function.evaluated_at]
    if not gradients or any(check.of not in own for check in gradients):
        yield (
            part.line,
            f"'{part.id}' has a follow-through and no gradient of a function that the student writes",
            "add a `gradient` check whose `of` is a function of the problem with inputs, or leave it out",
        )
