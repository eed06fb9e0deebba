"""A draft of an assignment: as much of it as can be understood, and all that is wrong with it as it stands there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.assignment import Assignment, misfits
from grader.course import Course
from grader.errors import BrokenReference, GraderError, RubricError
from grader.reference import ReferenceModule
from grader.rubric import Function, Part, Problem, Rubric
from grader.rubric_file import flaws, parsed
from grader.validation.docstrings import missing_docstrings
from grader.validation.finding import Finding, Kind, Place, finding, of_error


class Draft(NamedTuple):
    """A rubric as it stands, those of its parts that can be judged (none where `sound` is None), and the findings."""

    id: str
    path: Path
    rubric: Rubric | None
    sound: Assignment | None
    findings: tuple[Finding, ...]


def draft(course: Course, id: str) -> Draft:
    """An assignment as it is read, without judging anything. UsageError for an unknown one."""
    path = course.rubric(id)
    try:
        rubric = parsed(path)
    except RubricError as error:
        return Draft(id, path, None, None, (of_error(error, Place(path)),))
    errors: list[GraderError] = [*flaws(rubric, path)]
    is_usable = not any(flaw.line <= 1 for flaw in errors)
    references: dict[str, ReferenceModule] = {}
    problems = []
    for problem in rubric.problems:
        reference = _reference(course, id, problem, errors)
        if reference is not None:
            references[problem.id] = reference
            # Misconceptions that are not there are told at the lines that list them.
            errors += [error for error in misfits(problem, reference, path) if isinstance(error, RubricError)]
            problems.append(_with_known_misconceptions(problem, reference, path, errors))
    lines = {error.line for error in errors if error.file == path}
    findings = [of_error(error, Place(path)) for error in errors]
    findings += _nothing_said(rubric, path)
    for problem in problems:
        findings += missing_docstrings(problem, references[problem.id])
    own = msgspec.structs.replace(rubric, problems=tuple(_sound(problem, lines) for problem in problems))
    sound = Assignment.of(path, own, references) if is_usable and _ids_differ(own) else None
    return Draft(id, path, rubric, sound, tuple(findings))


def _reference(course: Course, id: str, problem: Problem, errors: list[GraderError]) -> ReferenceModule | None:
    path = course.reference(id, problem.file)
    try:
        return ReferenceModule(path)
    except BrokenReference as error:
        if not path.is_file():  # the rubric's line says more than a file that is not there
            message = f"there is no reference for problem '{problem.id}': {path.parent.name}/{path.name} is missing"
            error = BrokenReference(message, file=course.rubric(id), line=problem.line, remedy=error.remedy)
        errors.append(error)
        return None


def _with_known_misconceptions(
    problem: Problem, reference: ReferenceModule, path: Path, errors: list[GraderError]
) -> Problem:
    """The problem without misconceptions that are not there or cannot be imported."""
    known: set[str] = set()
    for part in problem.parts:
        for name in part.misconceptions:
            try:
                reference.must_have_misconceptions([name])
            except BrokenReference as error:
                message = f"{reference.path.stem}_misconceptions.py: {error.message}"
                errors.append(RubricError(message, file=path, line=part.line, remedy=error.remedy))
                continue
            try:
                reference.misconception(name)
            except BrokenReference as error:
                errors.append(error)
            else:
                known.add(name)
    parts = tuple(
        msgspec.structs.replace(
            part, misconceptions={name: credit for name, credit in part.misconceptions.items() if name in known}
        )
        for part in problem.parts
    )
    return msgspec.structs.replace(problem, parts=parts)


def _sound(problem: Problem, lines: set[int]) -> Problem:
    """The problem without the parts and functions that something is wrong with at these lines."""
    functions = {
        name: function
        for name, function in problem.functions.items()
        if function.line not in lines and not (function.inputs and function.inputs.line in lines)
    }
    parts = tuple(part for part in problem.parts if part.line not in lines and _is_judged_by(part, functions))
    return msgspec.structs.replace(problem, functions=functions, parts=parts)


def _is_judged_by(part: Part, functions: Mapping[str, Function]) -> bool:
    return bool(part.written) or part.function in functions


def _ids_differ(rubric: Rubric) -> bool:
    ids = [problem.id for problem in rubric.problems]
    return len({*ids}) == len(ids)


def _nothing_said(rubric: Rubric, path: Path) -> Iterator[Finding]:
    """Titles and criteria that students read, and that are empty."""
    said = [(rubric.title, 1, "the assignment has no title", "")]
    for problem in rubric.problems:
        said.append((problem.title, problem.line, f"problem '{problem.id}' has no title", ""))
        for part in problem.parts:
            said.append((part.criterion, part.line, f"part '{part.id}' has no criterion", part.id))
            said += [
                (item.criterion, part.line, f"an item of part '{part.id}' has no criterion", part.id)
                for item in part.written
            ]
    for text, line, message, id in said:
        if not text.strip():
            remedy = "say in a sentence what earns the points" if id else "write one"
            yield finding(Kind.RUBRIC, Place(path, line), message, remedy, part=id)
