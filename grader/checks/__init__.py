"""The kinds of check. A new kind costs one file, one line in `KINDS`, one test.

A check is a frozen record: its fields are its YAML options, its docstring is its manual, and its one method
`judge(student, reference, trial)` reads like a unit test.
"""

from typing import Protocol

from grader.checks.consistent import Consistent
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.repeats import Repeats
from grader.checks.sampler import Sampler
from grader.checks.satisfies import Satisfies
from grader.checks.sides import Reference, Student
from grader.checks.vjp import Vjp
from grader.model import Trial, Verdict


class Check(Protocol):
    """What every kind of check can do."""

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """The verdict on one trial. StudentFault may be raised: that is a verdict too."""

    def needs(self) -> tuple[str, ...]:
        """The functions of the reference module that its options name."""


KINDS: dict[str, type[Check]] = {
    "matches_reference": MatchesReference,
    "gradient": Gradient,
    "consistent": Consistent,
    "satisfies": Satisfies,
    "vjp": Vjp,
    "sampler": Sampler,
    "repeats": Repeats,
}
