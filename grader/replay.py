"""One trial again, with everything that belongs to it, for whoever has the reference."""

from grader.assignment import Assignment
from grader.bench import Bench, student_of
from grader.errors import UsageError
from grader.feedback.counterexample import shown
from grader.judgement import verdict_on
from grader.model import Fault, Trial
from grader.rubric import Part, Problem
from grader.sandbox.zygote import Zygote
from grader.submission import Submission

DIGITS = 17


def replayed(assignment: Assignment, submission: Submission, zygote: Zygote, trial: str, seed: int | None) -> str:
    """The trial `PART/N` as text: its inputs, what came back, what was expected, the verdict.

    Errors
        UsageError when there is no such part or trial.
    """
    id, _, number = trial.partition("/")
    problem, part = _part(assignment, id)
    student = student_of(assignment, problem, submission.folder, zygote)
    bench = Bench(assignment, problem, student, assignment.rubric.seed if seed is None else seed)
    with bench.student:
        tried = bench.trials(part.function)
        if not number.isdecimal() or int(number) >= len(tried):
            raise UsageError(f"no trial '{trial}'", remedy=f"{id} has trials {id}/0 to {id}/{len(tried) - 1}")
        return _text(part, bench, tried[int(number)])


def _part(assignment: Assignment, id: str) -> tuple[Problem, Part]:
    parts = {
        part.id: (problem, part) for problem in assignment.rubric.problems for part in problem.parts if part.checks
    }
    if id not in parts:
        raise UsageError(f"no part '{id}' is judged by machine", remedy=f"the parts are: {', '.join(parts)}")
    return parts[id]


def _text(part: Part, bench: Bench, trial: Trial) -> str:
    verdict = verdict_on(part, bench, trial)
    result = bench.result(part.function, trial)
    case = "".join(f", {name} = {value}" for name, value in trial.case.items())
    lines = [
        f"{part.id}/{trial.index}: {part.function}, inputs of the kind {trial.regime}{case}, seed {bench.seed}",
        "",
    ]
    lines += [f"  {name} = {shown(value, DIGITS)}" for name, value in trial.inputs.items()]
    lines += ["", f"  expected  {shown(bench.expected(part.function, trial).value, DIGITS)}"]
    lines += [f"  returned  {result.message if isinstance(result, Fault) else shown(result, DIGITS)}"]
    lines += ["", f"{verdict.status}{': ' if verdict.feedback else ''}{verdict.feedback}"]
    return "\n".join(lines + ([verdict.traceback] if verdict.traceback else []))
