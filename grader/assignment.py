"""An assignment: its rubric and its references, found to fit each other."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from grader.course import Course
from grader.errors import BrokenReference, GraderError, RubricError, UsageError
from grader.recorded import RecordedReference, Reference, read
from grader.reference import ReferenceModule
from grader.rubric import Problem, Rubric
from grader.rubric_file import load
from grader.sheet import AnswerSheet, key_of

# Answer sheets that are kept in memory: those of a few seeds.
SHEETS = 32


class Assignment:
    """A rubric with the reference of each of its problems: a module, or what is recorded of one.

    Errors
        RubricError or BrokenReference, with file and line, before any submission is touched.
    """

    def __init__(self, course: Course, id: str) -> None:
        path = course.rubric(id)
        rubric = load(path)
        if rubric.recorded:
            self._hold(path, rubric, _Records(course, rubric))
            return
        references = {problem.id: ReferenceModule(course.reference(id, problem.file)) for problem in rubric.problems}
        for problem in rubric.problems:
            for misfit in misfits(problem, references[problem.id], path):
                raise misfit
        self._hold(path, rubric, references)

    @classmethod
    def of(cls, path: Path, rubric: Rubric, references: Mapping[str, Reference]) -> Self:
        """The assignment of a rubric and references that are known to fit each other."""
        made = cls.__new__(cls)
        made._hold(path, rubric, references)
        return made

    def _hold(self, path: Path, rubric: Rubric, references: Mapping[str, Reference]) -> None:
        self.path, self.rubric, self.references = path, rubric, references
        self._sheets: dict[str, AnswerSheet] = {}
        self._lock = threading.Lock()

    def module(self, problem: Problem) -> ReferenceModule:
        """The reference of a problem, with its source.

        Errors
            UsageError in a kit, which has recorded answers instead.
        """
        reference = self.references[problem.id]
        if not isinstance(reference, ReferenceModule):
            remedy = "name the course folder that the kit was made of with --course"
            raise UsageError(f"there is no reference, only what is recorded of it: {reference.path}", remedy=remedy)
        return reference

    def sheet(self, problem: Problem, seed: int) -> AnswerSheet:
        """The answer sheet of a problem with this seed, the same one for a whole class."""
        reference = self.references[problem.id]
        key = key_of(problem, reference, seed)
        with self._lock:
            found = self._sheets.pop(key, None) or AnswerSheet(problem, reference, seed, self.path)
            self._sheets[key] = found
            while len(self._sheets) > SHEETS:
                del self._sheets[next(iter(self._sheets))]
        return found


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


class _Records(dict[str, Reference]):
    """What a kit has of each reference, read when it is asked for: a check of one problem needs one of them."""

    def __init__(self, course: Course, rubric: Rubric) -> None:
        self.course, self.rubric = course, rubric

    def __missing__(self, id: str) -> Reference:
        problem = next(problem for problem in self.rubric.problems if problem.id == id)
        self[id] = recorded(self.course.recorded(self.rubric.id, problem.file), problem)
        return self[id]


def recorded(path: Path, problem: Problem) -> RecordedReference:
    """What a kit has of a reference: `problemN.npz`, and public properties in `problemN.py` beside it."""
    return RecordedReference(ReferenceModule(path), read(path.with_suffix(".npz")), problem)
