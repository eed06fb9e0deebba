"""The student's functions have a property: a plain Python function of the reference asserts it."""

from typing import Any

import msgspec

from grader.checks.sides import Reference, Student
from grader.compare import not_finite
from grader.errors import BrokenReference, StudentFault
from grader.model import CORRECT, Status, Trial, Verdict


class Satisfies(msgspec.Struct, frozen=True, kw_only=True):
    """A property of the reference module holds for the student's functions.

    property   the name of a function in the reference module. Its arguments are resolved by name: a function of the
               problem is the student's, anything else an input of the trial. It asserts; the assertion's message is
               the feedback, the first line of its docstring where there is none.
    public     whether students may have its source, and check it by themselves
    """

    property: str
    public: bool = False

    def needs(self) -> tuple[str, ...]:
        """The property."""
        return (self.property,)

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Runs the property on one trial."""
        names = reference.argument_names(self.property)
        objection = reference.objection(self.property, [self._argument(name, student, trial) for name in names])
        if not objection:
            return CORRECT
        return Verdict(status=Status.WRONG, feedback=_no_number(student, reference, trial) or objection)

    def _argument(self, name: str, student: Student, trial: Trial) -> Any:
        function = student.function(name, trial)
        if function is None and name not in trial.inputs:
            message = f"the property {self.property} takes '{name}', neither a function of the problem nor an input"
            raise BrokenReference(message, remedy="rename the argument, or let the input maker return it")
        return trial.inputs[name] if function is None else function


def _no_number(student: Student, reference: Reference, trial: Trial) -> str:
    """What is said of an answer that is nan or infinite: that is why it lacks the property. '' if it is none."""
    try:
        return not_finite(student.answer(trial), reference.answer(trial))
    except StudentFault:
        return ""
