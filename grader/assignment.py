"""An assignment: its rubric and its references, found to fit each other."""

import threading
from pathlib import Path

from grader.course import Course
from grader.errors import BrokenReference, RubricError
from grader.recorded import RecordedReference, Reference, read
from grader.reference import ReferenceModule
from grader.rubric import Problem, Rubric, load
from grader.sheet import AnswerSheet, key_of

# Answer sheets that are kept in memory: those of a few seeds.
SHEETS = 32


class Assignment:
    """A rubric with the reference of each of its problems: a module, or what is recorded of one.

    Errors
        RubricError or BrokenReference, with file and line, before any submission is touched.
    """

    def __init__(self, course: Course, id: str) -> None:
        self.path = course.rubric(id)
        self.rubric: Rubric = load(self.path)
        self.references: dict[str, Reference] = {}
        self._sheets: dict[str, AnswerSheet] = {}
        self._lock = threading.Lock()
        for problem in self.rubric.problems:
            if self.rubric.recorded:
                self.references[problem.id] = recorded(course.recorded(id, problem.file), problem)
            else:
                module = ReferenceModule(course.reference(id, problem.file))
                self._fit(problem, module)
                self.references[problem.id] = module

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

    def _fit(self, problem: Problem, reference: ReferenceModule) -> None:
        for name, function in problem.functions.items():
            self._exists(reference, name, function.line)
            if function.inputs is not None:
                self._exists(reference, function.inputs.maker, function.inputs.line)
        for part in problem.parts:
            reference.must_have_misconceptions(part.misconceptions)
            for check in part.checks:
                for name in check.needs():
                    self._exists(reference, name, part.line)

    def _exists(self, reference: ReferenceModule, name: str, line: int) -> None:
        try:
            reference.function(name)
        except BrokenReference as error:
            message = f"{reference.path.parent.name}/{reference.path.name}: {error.message}"
            raise RubricError(message, file=self.path, line=line, remedy=error.remedy) from None


def recorded(path: Path, problem: Problem) -> RecordedReference:
    """What a kit has of a reference: `problemN.npz`, and public properties in `problemN.py` beside it."""
    return RecordedReference(ReferenceModule(path), read(path.with_suffix(".npz")), problem)
