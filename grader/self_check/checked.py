"""What a self-check says: records without points earned, for nobody is to take them for the grade."""

from collections.abc import Iterable

import msgspec

from grader.model import Counterexample, PartReport, Status, Trials
from grader.public import BY_HAND, is_checkable, is_decided
from grader.report.words import counted, number
from grader.rubric import Part, Rubric

HIDDEN = "not checkable here"
UNWRITTEN = "not written yet"


class CheckedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a part in the public trials.

    right       whether nothing is wrong that can be seen here
    decided     whether what its function gives is judged; else, only that it gives something
    remaining   how many hints there are that have not been revealed
    """

    id: str
    problem: str
    criterion: str
    function: str
    status: Status
    right: bool
    decided: bool = True
    feedback: str = ""
    trials: Trials = Trials(passed=0, total=0)
    counterexample: Counterexample | None = None
    traceback: str = ""
    remarks: tuple[str, ...] = ()
    remaining: int = 0

    @property
    def offered(self) -> int:
        """How many hints are offered: none where they are no help, with what does not run."""
        return self.remaining if self.status in (Status.WRONG, Status.PARTIAL) else 0

    @property
    def unwritten(self) -> bool:
        """Whether its function is still as the kit hands it out: there is nothing to say of it yet."""
        return self.status is Status.RAISED and self.traceback.rstrip().endswith("\nNotImplementedError")


class OtherPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part that cannot be checked here, and why not."""

    id: str
    problem: str
    why: str


class CheckedProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem's name and file, and what the file printed."""

    id: str
    title: str
    file: str
    printed: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a self-check says of a folder. There is no score in it.

    checkable   points of the parts that can be checked without the reference
    by_machine  points of all parts that a machine judges
    """

    assignment: str
    title: str
    folder: str
    isolation: str
    checkable: float
    by_machine: float
    problems: tuple[CheckedProblem, ...]
    parts: tuple[CheckedPart, ...]
    others: tuple[OtherPart, ...]

    @property
    def right(self) -> int:
        """How many of the parts are right, as far as can be seen here."""
        return sum(part.right for part in self.parts)


def checked_part(report: PartReport, part: Part, revealed: int = 0) -> CheckedPart:
    """What a report says of a part, without its points; so many of its hints have been revealed."""
    return CheckedPart(
        id=report.id,
        problem=report.problem,
        criterion=report.criterion,
        function=report.function,
        status=report.status,
        right=report.status is Status.CORRECT,
        feedback=report.feedback,
        trials=report.trials,
        counterexample=report.counterexample,
        traceback=report.traceback,
        remarks=report.remarks,
        decided=is_decided(part),
        remaining=max(0, len(part.hints) - revealed),
    )


def points(rubric: Rubric) -> tuple[float, float]:
    """The points of a public rubric that can be checked, and those that a machine judges at all."""
    parts = [part for problem in rubric.problems for part in problem.parts if not part.written]
    return sum(part.points for part in parts if is_decided(part)), sum(part.points for part in parts)


def coverage(checked: Checked) -> str:
    """What a self-check does not say, in a sentence."""
    here, all_of_them = number(checked.checkable), counted(checked.by_machine)
    return f"Public checks only: {here} of {all_of_them} can be checked here; hidden checks use other inputs."


def others(problem: str, parts: Iterable[Part]) -> list[OtherPart]:
    """The parts of a public problem that cannot be checked."""
    left = [part for part in parts if part.written or not is_checkable(part)]
    return [OtherPart(id=part.id, problem=problem, why=BY_HAND if part.written else HIDDEN) for part in left]
