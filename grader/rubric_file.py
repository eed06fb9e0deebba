"""A rubric's file, read, and found to make sense."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.checks import KINDS, Check
from grader.checks.gradient import Gradient
from grader.checks.vjp import Vjp
from grader.document import Reader, read, unknown
from grader.errors import RubricError
from grader.invariants import FORMS
from grader.layouts import LAYOUTS
from grader.model import HygieneCosts, Limits
from grader.outline import Node, Pairs, Text
from grader.policy.terms import READERS
from grader.policy.terms import flaws as policy_flaws
from grader.rubric import Function, Part, Problem, Rubric, is_id


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
