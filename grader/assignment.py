"""An assignment: its rubric and its references, found to fit each other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from grader.course import Course
from grader.errors import BrokenReference, GraderError, RubricError
from grader.reference import ReferenceModule
from grader.rubric import Problem, Rubric, load


class Assignment:
    """A rubric with the reference module of each of its problems.

    Errors
        RubricError or BrokenReference, with file and line, before any submission is touched.
    """

    def __init__(self, course: Course, id: str) -> None:
        self.path = course.rubric(id)
        self.rubric: Rubric = load(self.path)
        self.references: Mapping[str, ReferenceModule] = {
            problem.id: ReferenceModule(course.reference(id, problem.file)) for problem in self.rubric.problems
        }
        for problem in self.rubric.problems:
            for misfit in misfits(problem, self.references[problem.id], self.path):
                raise misfit

    @classmethod
    def of(cls, path: Path, rubric: Rubric, references: Mapping[str, ReferenceModule]) -> Self:
        """The assignment of a rubric and references that are known to fit each other."""
        made = cls.__new__(cls)
        made.path, made.rubric, made.references = path, rubric, references
        return made


def misfits(problem: Problem, reference: ReferenceModule, path: Path) -> Iterator[GraderError]:
    """Everything that a problem of the rubric in `path` names and its reference does not have."""
    for name, function in problem.functions.items():
        yield from _missing(reference, name, path, function.line)
        if function.inputs is not None:
            yield from _missing(reference, function.inputs.maker, path, function.inputs.line)
    for part in problem.parts:
        for name in part.misconceptions:
            try:
                reference.must_have_misconceptions([name])
            except BrokenReference as error:
                yield error
        for check in part.checks:
            for name in check.needs():
                yield from _missing(reference, name, path, part.line)


def _missing(reference: ReferenceModule, name: str, path: Path, line: int) -> Iterator[RubricError]:
    try:
        reference.function(name)
    except BrokenReference as error:
        message = f"{reference.path.parent.name}/{reference.path.name}: {error.message}"
        yield RubricError(message, file=path, line=line, remedy=error.remedy)
