"""A survey as text: a line per part, then each survivor with its edit, its points, and the input that would kill it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from grader.mutation.records import Edit, Fate, Outcome, Survey, Tried
from grader.rubric import Rubric

COLUMNS = ("part", "mutants", "killed", "equal", "declared", "survivors", "score")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The mutants of one part. The score is the share that is killed of those that are not known to be right, in %.

    equal      those that are recognised as right: they give what the reference gives
    rounding   those of them that differ from it in digits, where inputs have a large offset
    """

    part: str
    mutants: int
    killed: int
    equal: int
    rounding: int
    declared: int
    survivors: int
    score: float


def rows(survey: Survey, rubric: Rubric) -> list[Row]:
    """A row for each part that was surveyed, in the order of the rubric."""
    counts = {part.id: Counter[Fate]() for problem in rubric.problems for part in problem.parts}
    for tried in survey.tried:
        for outcome in tried.outcomes:
            counts[outcome.part][outcome.fate] += 1
    return [_row(part, count) for part, count in counts.items() if count]


def _row(part: str, count: Mapping[Fate, int]) -> Row:
    killed, survivors = count[Fate.KILLED], count[Fate.SURVIVED]
    return Row(
        part=part,
        mutants=sum(count.values()),
        killed=killed,
        equal=count[Fate.EQUAL] + count[Fate.ROUNDING],
        rounding=count[Fate.ROUNDING],
        declared=count[Fate.DECLARED],
        survivors=survivors,
        score=100.0 * killed / (killed + survivors) if killed + survivors else 100.0,
    )


def survivors(survey: Survey) -> list[tuple[Tried, Outcome]]:
    """Each mutant with each part that it survives."""
    return [(tried, outcome) for tried in survey.tried for outcome in tried.outcomes if outcome.fate is Fate.SURVIVED]


def table(survey: Survey, rubric: Rubric) -> str:
    """All of it."""
    own = rows(survey, rubric)
    return "\n".join([*_lines(survey.assignment, own), *_survivors(survey, rubric), "", _sum(survey, own)])


def _lines(assignment: str, own: Sequence[Row]) -> Iterator[str]:
    width = max([len(row.part) for row in own] + [len("part")])
    yield assignment
    yield f"{COLUMNS[0]:{width}} " + " ".join(f"{name:>9}" for name in COLUMNS[1:])
    for row in own:
        counts = (row.mutants, row.killed, row.equal, row.declared, row.survivors)
        yield f"{row.part:{width}} " + " ".join(f"{count:>9}" for count in counts) + f" {_percent(row.score):>9}"


def _survivors(survey: Survey, rubric: Rubric) -> Iterator[str]:
    """Each edit that survives once, with all the parts that it earns."""
    points = {part.id: part.points for problem in rubric.problems for part in problem.parts}
    edits: dict[tuple[str, Edit], list[tuple[Tried, Outcome]]] = {}
    for tried, outcome in survivors(survey):
        edits.setdefault((tried.file, tried.edit), []).append((tried, outcome))
    for (file, edit), lived in edits.items():
        yield ""
        yield f"reference/{survey.assignment}/{file}:{edit.line}: {edit.operator}"
        yield from (f"    {line}" for line in (lived[0][0].diff.splitlines()[2:] or [f"{edit.before} -> {edit.after}"]))
        for tried, outcome in lived:
            yield f"  as {tried.entry}, earns {points[outcome.part]:g} points of {outcome.part}: {outcome.told}"


def _sum(survey: Survey, own: Sequence[Row]) -> str:
    killed, lived = sum(row.killed for row in own), sum(row.survivors for row in own)
    score = 100.0 * killed / (killed + lived) if killed + lived else 100.0
    kept = f", {survey.kept} of them as before" if survey.kept else ""
    equal, declared = sum(row.equal for row in own), sum(row.declared for row in own)
    return (
        f"{survey.assignment}: {_percent(score)} of the wrong ones lose their part: {killed} killed, {lived} survive;"
        f" {equal} equal and {declared} declared right. {len(survey.tried)} mutants{kept}, {survey.seconds:.1f} s"
    )


def _percent(score: float) -> str:
    """With one digit; never 100 for what is less."""
    return "100 %" if score == 100 else f"{min(score, 99.9):.1f} %"


def declared(survey: Survey) -> str:
    """The mutants that are declared right, each once with its reason."""
    said = {
        f"\n{tried.file}: `{tried.edit.after}` for `{tried.edit.before}` in {tried.edit.function}: {outcome.told}": None
        for tried in survey.tried for outcome in tried.outcomes if outcome.fate is Fate.DECLARED
    }  # fmt: skip
    return "\n\nDeclared right:" + "".join(said) if said else ""
