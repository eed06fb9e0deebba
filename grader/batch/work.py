"""A run: everything that was handed in, judged and written down; what is there already is left as it is."""

from collections.abc import Iterable, Iterator

from grader.assignment import Assignment
from grader.batch.cluster import Cluster
from grader.batch.crew import Crew
from grader.batch.journal import Journal
from grader.batch.keys import Keys
from grader.batch.progress import Progress
from grader.batch.station import Orders, Task
from grader.grading import NOT_JUDGED
from grader.model import PartReport, ProblemReport, Report, Status, problem_points, report_points
from grader.roster import HandedIn
from grader.rubric import Part, Problem


def work(
    hands: Crew | Cluster, assignment: Assignment, journal: Journal, handed_in: Iterable[HandedIn], told: Progress
) -> list[str]:
    """Judges what is not in the journal yet, and returns what the staff must mend. The hands are put away afterwards.

    Errors
        SandboxError where no worker can be had.
    """
    orders = hands.orders
    keys_of = Keys(assignment, orders.seed, orders.device)
    at: dict[str, tuple[HandedIn, dict[str, str]]] = {}
    errors: dict[str, None] = {}

    def tasks() -> Iterator[Task]:
        for one in handed_in:
            keys = keys_of.of(one.folder)
            if journal.is_current(one, keys):
                told.step(kept=True)
                continue
            at[one.key] = one, keys
            known = journal.known(keys, one.key)
            yield Task(key=one.key, folder=one.folder, known=dict(known.parts), printed=dict(known.printed))

    with hands:
        for done in hands.graded(tasks()):
            one, keys = at.pop(done.key)
            said = [*done.errors, *([f"{one.key}: {done.failure}"] if done.failure else [])]
            journal.keep(one, done.report or _broken(assignment, one, orders), keys, said)
            errors |= dict.fromkeys(said)
            told.step(failed=bool(said))
    return list(errors)


def _broken(assignment: Assignment, one: HandedIn, orders: Orders) -> Report:
    """The report on a submission that could not be graded: nothing is judged, and nothing lost."""
    rubric = assignment.rubric
    parts = tuple(_unjudged(part, problem) for problem in rubric.problems for part in problem.parts)
    problems = tuple(
        ProblemReport(
            id=problem.id,
            title=problem.title,
            file=problem.file,
            **problem_points(part for part in parts if part.problem == problem.id),
        )
        for problem in rubric.problems
    )
    return Report(
        assignment=rubric.id,
        title=rubric.title,
        submission=one.key,
        student=None,
        collaborators=(),
        seed=orders.seed,
        isolation="",
        device=orders.device,
        versions={},
        problems=problems,
        parts=parts,
        **report_points(problems),
    )


def _unjudged(part: Part, problem: Problem) -> PartReport:
    return PartReport(
        id=part.id,
        problem=problem.id,
        criterion=part.criterion,
        points=part.points,
        earned=0.0,
        status=Status.PENDING if part.written else Status.INTERNAL_ERROR,
        feedback="" if part.written else NOT_JUDGED,
        function=part.function,
    )
