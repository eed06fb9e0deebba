"""What can go wrong, by who must act.

GraderError                 the staff (or whoever typed the command); never a student's mark
├── UsageError              the command line or the folder given to it: exit 2
├── RubricError             a rubric, with file and line: exit 3
├── BrokenReference         a reference, input maker or property: exit 3
└── SandboxError            the grader itself could not run a worker: exit 3

StudentFault                the student's code; always becomes a verdict
"""

from pathlib import Path

from grader.model import Fault


class GraderError(Exception):
    """Something that a person on the staff has to mend: says where, what, and the remedy."""

    exit_code = 3

    def __init__(self, message: str, *, file: Path | str = "", line: int = 0, remedy: str = "") -> None:
        self.message, self.file, self.line, self.remedy = message, file, line, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """`file:line: message`, then the remedy on a line of its own."""
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        text = f"{place}{self.message}" + (f"\n  remedy: {self.remedy}" if self.remedy else "")
        # It may quote what a student wrote, or a file's name: nothing in it moves a cursor or turns what is read.
        return "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)


class UsageError(GraderError):
    """The command cannot be carried out as it was typed."""

    exit_code = 2


class RubricError(GraderError):
    """A rubric says something that cannot be understood or does not add up."""


class BrokenReference(GraderError):
    """A reference, an input maker or a property is missing, raises, or contradicts itself."""


class SandboxError(GraderError):
    """A worker could not be started or watched; no verdict follows from it."""


class StudentFault(Exception):
    """The student's code did not give an answer that can be judged; `fault` says how."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)
