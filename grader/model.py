"""The records that everything else passes around: status, fault, verdict, report."""

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


class Status(enum.StrEnum):
    """Everything that can become of a part. There is no other outcome and no boolean beside it."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    SKIPPED = "skipped"
    PENDING = "pending"
    DEFERRED = "deferred"
    INTERNAL_ERROR = "internal error"


# Nobody's code has been judged by these: their points are in no score.
UNJUDGED = frozenset({Status.PENDING, Status.DEFERRED, Status.INTERNAL_ERROR})


class Hints(enum.StrEnum):
    """How much a student is told about a mistake that was recognised: nothing, its kind, its place, or the edit."""

    NONE = "none"
    KIND = "kind"
    PLACE = "place"
    EDIT = "edit"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker may use.

    seconds           wall clock for the import of a file, and for all trials of one function
    times_reference   these trials may take so many times what the reference takes, where that is more
    cpu_seconds       processor time of one worker (one problem file), whatever the others say
    memory_mb         what it may allocate beyond the libraries
    file_mb           the largest file it may write
    scratch_mb        what its scratch folder holds, where it has one (full isolation)
    processes         how many processes and threads it may have (full isolation)
    output_kb         how much of what it prints is kept
    """

    seconds: float = 10.0
    times_reference: float = 50.0
    cpu_seconds: int = 60
    memory_mb: int = 2048
    file_mb: int = 16
    scratch_mb: int = 32
    processes: int = 64
    output_kb: int = 16

    def of_worker(self) -> dict[str, int]:
        """The limits that the worker sets itself before it reads the student's file."""
        names = ("cpu_seconds", "memory_mb", "file_mb", "scratch_mb", "processes")
        return {name: int(getattr(self, name)) for name in names}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """How the student's code failed to answer: a status that is the student's, and what to tell them."""

    status: Status
    message: str
    traceback: str = ""


class Hygiene(msgspec.Struct, frozen=True, kw_only=True):
    """What a function was seen to do beside its answer, in any of its trials.

    changed    the arguments that it changes in place
    shared     the arguments that what it returns shares memory with
    unsteady   called again with the same arguments, it gives another answer
    """

    changed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    unsteady: bool = False


class HygieneCosts(msgspec.Struct, frozen=True, kw_only=True):
    """The share of a part's credit that is lost when its function lacks hygiene; 0 is a remark and nothing else.

    inputs_kept    when it changes its arguments in place
    stateless      when it gives another answer to the same arguments
    fresh_output   when what it returns shares memory with an argument
    """

    inputs_kept: float = 0.0
    stateless: float = 0.0
    fresh_output: float = 0.0


class Trial(msgspec.Struct, frozen=True, eq=False):
    """One seeded case of a function: (case, regime, index) and the inputs that follow from it.

    `inputs` maps names to values; a function is called with those that its signature names. `share` names the share
    of the points that it decides; '' is the rest, without which nothing is earned. `attempt` counts the draws before
    it, at which an answer jumps.
    """

    index: int
    case: Mapping[str, Any]
    regime: str
    inputs: dict[str, Any]
    share: str = ""
    attempt: int = 0


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """The input that shows the mistake, as text to be read.

    trial      what `--trial` replays, such as "1a.dx/3"
    regime     the kind of inputs: normal, small, large, ties, const, ...
    call       the call as a student would type it: layer_norm_backward(dy, x, gamma, eps)
    inputs     argument -> value
    got        what came back; empty when nothing did
    problem    what is wrong with it
    expected   the right value; only where the rubric shows it
    script     a short program that calls the function on these inputs; empty where they do not fit into one
    """

    trial: str
    regime: str
    call: str
    inputs: dict[str, str]
    got: str = ""
    problem: str = ""
    expected: str | None = None
    script: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one trial: a status, the sentence of feedback, credit in [0, 1].

    `found` is what is wrong with the values, where the feedback says more than that. `remark` is something to know
    that costs nothing.
    """

    status: Status
    feedback: str = ""
    credit: float = 0.0
    found: str = ""
    traceback: str = ""
    remark: str = ""


CORRECT = Verdict(status=Status.CORRECT, credit=1.0)


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a part's trials went well."""

    passed: int
    total: int


class WrittenItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the marking scheme of a written part.

    points      what it earns
    criterion   what a marker looks for
    """

    points: float
    criterion: str


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A named share of a part's credit that trials of its own decide, such as numerical stability."""

    name: str
    credit: float
    earned: bool


class PartReport(msgspec.Struct, frozen=True, kw_only=True):
    """A part as the report shows it. `items` is empty unless the part is written and the rubric shows answers.

    `misconception` names the known mistake that explains the answers. `remarks` cost nothing. `by_hand` says that a
    person gave the points.
    """

    id: str
    problem: str
    criterion: str
    points: float
    earned: float
    status: Status
    feedback: str = ""
    trials: Trials = Trials(passed=0, total=0)
    misconception: str | None = None
    shares: tuple[Share, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    function: str = ""
    traceback: str = ""
    counterexample: Counterexample | None = None
    items: tuple[WrittenItem, ...] = ()
    by_hand: bool = False


class ProblemReport(msgspec.Struct, frozen=True, kw_only=True):
    """A problem's sums. `max_score` counts the points that could be judged, as in `Report`."""

    id: str
    title: str
    file: str
    score: float
    max_score: float
    pending_points: float
    printed: str = ""


def problem_points(parts: Iterable[PartReport]) -> dict[str, Any]:
    """The sums of a problem over its parts, as `ProblemReport` has them."""
    parts = list(parts)
    judged = [part for part in parts if part.status not in UNJUDGED]
    return {
        "score": sum(part.earned for part in judged),
        "max_score": sum(part.points for part in judged),
        "pending_points": sum(part.points for part in parts if part.status is Status.PENDING),
    }


def report_points(problems: Iterable[ProblemReport]) -> dict[str, Any]:
    """The sums of a report over its problems, as `Report` has them."""
    problems = list(problems)
    return {
        name: sum(getattr(problem, name) for problem in problems) for name in ("score", "max_score", "pending_points")
    }


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed it in, as `submission.yaml` says."""

    id: str = ""
    name: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a grading says about one submission; `report.json` is this record."""

    assignment: str
    title: str
    submission: str
    student: Author | None
    collaborators: tuple[str, ...]
    score: float
    max_score: float
    pending_points: float
    seed: int
    isolation: str
    device: str
    versions: dict[str, str]
    problems: tuple[ProblemReport, ...]
    parts: tuple[PartReport, ...]


def recounted(report: Report, parts: Iterable[PartReport]) -> Report:
    """The report with these parts, and its sums over them."""
    parts = tuple(parts)
    problems = tuple(
        msgspec.structs.replace(problem, **problem_points(part for part in parts if part.problem == problem.id))
        for problem in report.problems
    )
    return msgspec.structs.replace(report, parts=parts, problems=problems, **report_points(problems))
