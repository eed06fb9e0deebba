"""Example submissions: each gets exactly the verdicts that `expected.yaml` says."""

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Assignment
from grader.course import Course
from grader.document import Reader, read, unknown
from grader.errors import RubricError, UsageError
from grader.grading import grade
from grader.model import PartReport, Status
from grader.outline import Node
from grader.rubric import Part, Rubric
from grader.sandbox.zygote import Zygote
from grader.submission import Submission
from grader.validation.finding import Finding, Kind, Place, finding, of_error

FOLDER = "submissions_example"
FILE = "expected.yaml"
ALL = "*"
CLOSE = 2e-3  # credits that are written alike
_PARTIAL = re.compile(r"partial (\d*\.?\d+(?:e-?\d+)?)").fullmatch
# What the staff give, or what nothing is known of: no example is expected to get it from a machine.
_STATUSES = [str(one) for one in Status if one not in (Status.PARTIAL, Status.INTERNAL_ERROR)]
# A part that is lost in these ways was judged; a file that is missing loses every part.
_JUDGED = frozenset({Status.WRONG, Status.PARTIAL})


class Said(NamedTuple):
    """The verdict that is expected of a part, such as "partial 0.4", and the line that says so.

    It is '' where what stands there is no verdict.
    """

    verdict: str
    line: int


class Expectation(NamedTuple):
    """What is expected of an example; parts that are not named are correct, or whatever is said of `*`."""

    name: str
    line: int
    said: Mapping[str, Said]

    def of(self, part: Part) -> Said:
        """What is expected of a part."""
        usual = self.said.get(ALL, Said(str(Status.CORRECT), self.line)) if part.checks else None
        return self.said.get(part.id) or usual or Said(str(Status.PENDING), self.line)

    def is_right(self) -> bool:
        """Whether all that a machine judges is expected to be correct."""
        return all(said.verdict in (Status.CORRECT, Status.PENDING) for said in self.said.values())

    def takes_long(self) -> bool:
        """Whether some of its functions are waited for until their time is up."""
        return any(said.verdict == Status.TIMED_OUT for said in self.said.values())


def folder(course: Course, id: str) -> Path:
    """Where the examples of an assignment stand."""
    return course.folder / FOLDER / id


def expectations(path: Path) -> dict[str, Expectation]:
    """The expectations in a file, by example.

    Errors
        RubricError with file and line.
    """
    return read(path, _Expectations, {_Expectations: _read})


class _Expectations(dict[str, Expectation]):
    """What `read` is asked for."""


def _read(reader: Reader, node: Node) -> _Expectations:
    made = _Expectations()
    for key, item in reader.pairs(node, "the file"):
        said = {
            part.value: Said(reader.value(verdict, str, f"'{part.value}'"), part.line)
            for part, verdict in reader.pairs(item, f"'{key.value}'")
        }
        made[key.value] = Expectation(key.value, key.line, said)
    return made


# ---- as they stand ----


class Examples(NamedTuple):
    """The examples that can be graded, and what is wrong with the others or with what is expected of them."""

    known: dict[str, Expectation]
    findings: list[Finding]


def examples(rubric: Rubric, where: Path) -> Examples:
    """The examples of an assignment in the folder `where`, as they stand there."""
    path = where / FILE
    if not path.is_file():
        message = f"there are no expected verdicts of example submissions of '{rubric.id}'"
        remedy = f"write {FOLDER}/{rubric.id}/{FILE}, and a folder for each example beside it"
        return Examples({}, [finding(Kind.EXAMPLE, Place(path), message, remedy)])
    try:
        known = expectations(path)
    except RubricError as error:
        return Examples({}, [of_error(error, Place(path))])
    folders = {one.name for one in where.iterdir() if one.is_dir() and not one.name.startswith((".", "__"))}
    found = [*_misplaced(known, folders, path)]
    for name, expectation in known.items():
        unclear = list(_unclear(expectation, rubric, path))
        found += unclear
        nothing = {one.part: Said("", one.line) for one in unclear}
        known[name] = expectation._replace(said={**expectation.said, **nothing})
    if not any(expectation.is_right() for name, expectation in known.items() if name in folders):
        remedy = "add one, as the first: `correct: {}`"
        found.append(finding(Kind.EXAMPLE, Place(path), "no example is right in every part", remedy))
    return Examples({name: own for name, own in known.items() if name in folders}, found)


def _misplaced(known: Mapping[str, Expectation], folders: set[str], path: Path) -> Iterator[Finding]:
    for name, expectation in known.items():
        if name not in folders:
            hint = f"{unknown('folder', name, sorted(folders))}" if folders else f"there is no folder '{name}'"
            remedy = "add the folder beside expected.yaml, or drop these lines"
            yield finding(Kind.EXAMPLE, Place(path, expectation.line), hint, remedy)
    for name in sorted(folders - known.keys()):
        message = f"the example '{name}' has no expected verdicts"
        remedy = f"add `{name}:` with the parts that it loses"
        yield finding(Kind.EXAMPLE, Place(path), message, remedy)


def _unclear(expectation: Expectation, rubric: Rubric, path: Path) -> Iterator[Finding]:
    parts = {part.id: part for problem in rubric.problems for part in problem.parts}
    for id, (verdict, line) in expectation.said.items():
        message, remedy = "", ""
        if id != ALL and id not in parts:
            message, remedy = unknown("part", id, list(parts)), "name a part of the rubric"
        elif id != ALL and parts[id].written and verdict != Status.PENDING:
            message, remedy = f"part '{id}' is written, and no machine judges it", "drop it: it is pending"
        elif not _PARTIAL(verdict) and verdict not in _STATUSES:
            message = unknown("verdict", verdict, [*_STATUSES, "partial 0.5"])
            remedy = "name a status; behind `partial` stands the credit that is left"
        elif (partial := _PARTIAL(verdict)) and not 0 < float(partial[1]) < 1:
            message = f"part '{id}' is expected to earn {partial[1]} of what it is worth"
            remedy = "let it be between 0 and 1; what earns all is correct, what earns nothing is wrong"
        if message:
            yield finding(Kind.EXAMPLE, Place(path, line), f"'{expectation.name}': {message}", remedy, part=id)


# ---- graded ----


class Verdicts(NamedTuple):
    """The findings on an example, and the parts that it loses by being wrong."""

    findings: list[Finding]
    lost: list[str]


def graded(
    assignment: Assignment,
    where: Path,
    expectation: Expectation,
    zygote: Zygote,
    seed: int,
    problems: Collection[str] | None = None,
) -> Verdicts:
    """An example in the folder `where`, graded by workers as a submission is: on these problems, or on all."""
    place, name = Place(where / FILE, expectation.line), expectation.name
    try:
        submission = Submission(where / name)
    except UsageError as error:
        found = finding(Kind.EXAMPLE, place, f"'{name}': {error.message}", error.remedy)
        return Verdicts([found], [])
    report, errors = grade(assignment, submission, zygote, seed, problems, counterexamples=False)
    parts = {part.id: part for problem in assignment.rubric.problems for part in problem.parts}
    # An error that does not say where it stands is that of a part which could not be judged.
    broken = next((parts[one.id] for one in report.parts if one.status is Status.INTERNAL_ERROR), None)
    where_else = (Place(assignment.path, broken.line), broken.id) if broken else (place, "")
    findings = [of_error(error, where_else[0], part=where_else[1], seeds=(seed,)) for error in errors]
    for one in report.parts:
        said = expectation.of(parts[one.id])
        findings += _surprises(one, said, name, functools.partial(
            finding, Kind.EXAMPLE, Place(place.file, said.line), part=one.id, seeds=(seed,)
        ))  # fmt: skip
    lost = [part.id for part in report.parts if part.status in _JUDGED]
    return Verdicts(findings, lost)


def verdict(part: PartReport) -> str:
    """The status of a part, with its credit where that does not follow from it."""
    return f"partial {part.earned / part.points:.3g}" if part.status is Status.PARTIAL else str(part.status)


def _surprises(part: PartReport, said: Said, name: str, say: Callable[..., Finding]) -> Iterator[Finding]:
    if part.status is Status.INTERNAL_ERROR or not said.verdict:  # which is a finding already
        return
    if not _is_same(verdict(part), said.verdict):
        told = f": {part.feedback[:200]}" if part.feedback else ""
        message = f"'{name}' gets {verdict(part)} for part '{part.id}', where {said.verdict} is expected{told}"
        yield say(message, "correct what is expected, the example, or the rubric")
    if not 0 <= part.earned <= part.points:
        message = f"'{name}' earns {part.earned:g} of {part.points:g} points for part '{part.id}'"
        yield say(message, "correct the credits of the part: no mistake earns more than the part is worth")
    if part.status not in (Status.CORRECT, Status.PENDING) and not part.feedback:
        yield say(f"'{name}' is told nothing about part '{part.id}'", "give the misconception or property a sentence")


def _is_same(found: str, expected: str) -> bool:
    credits = [_PARTIAL(text) for text in (found, expected)]
    if all(credits):
        return bool(abs(float(credits[0][1]) - float(credits[1][1])) < CLOSE)  # type: ignore[index]
    return found == expected


def own_problems(rubric: Rubric, example: Path, right: Path) -> frozenset[str]:
    """The problems whose files an example does not share with one that is right: all, where more files might matter."""
    files, others = _files_of(example), _files_of(right)
    problems = {problem.id: problem.file for problem in rubric.problems}
    if not (files.keys() | others.keys()) <= {*problems.values(), "submission.yaml"}:
        return frozenset(problems)
    return frozenset(id for id, file in problems.items() if files.get(file) != others.get(file))


def _files_of(where: Path) -> dict[str, bytes]:
    return {str(path.relative_to(where)): path.read_bytes() for path in where.rglob("*") if path.is_file()}
