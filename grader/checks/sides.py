"""The two sides that a check compares, as it sees them: both are functions and answers, and neither is more."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from grader.model import Trial


class Student(Protocol):
    """The student's functions. Every method raises StudentFault where there is no answer."""

    def answer(self, trial: Trial) -> Any:
        """What came back for the part's own output in this trial, structured as the reference's."""

    def draws(self, trial: Trial, keys: Sequence[int]) -> list[Any]:
        """What comes back for the part's own output, for each key, with the trial's generators seeded anew.

        Equal keys give equal seeds. Every answer is structured as the reference's.
        """

    def function(self, name: str, trial: Trial) -> Callable[..., Any] | None:
        """A function of the same problem as a value; None where the problem has none of this name.

        A call with the trial's own inputs costs nothing: it has been answered already. Where there is a generator
        among them, it is made again all the same, with a fresh one.
        """

    def gradients(self, wrt: tuple[str, ...], trial: Trial) -> Sequence[Any]:
        """What torch finds of the part's function by these inputs, contracted with the trial's upstream.

        None for an input that the function's value does not depend on.
        """


class Reference(Protocol):
    """The instructor's functions. A defect in them raises BrokenReference."""

    def answer(self, trial: Trial) -> Any:
        """The right value of the part's own output in this trial."""

    def bound(self, trial: Trial) -> Any:
        """How far each entry of what is compared may be off, as measured on the reference (see `grader.answers`)."""

    def capped(self, trial: Trial) -> Any:
        """Whether the bound of each output is too wide to judge answers in single precision by."""

    def compared(self, value: Any) -> Any:
        """The form in which the part's outputs are compared: themselves, where the right answer is unique."""

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the reference module by name; it takes inputs as a trial holds them."""

    def gradients(self, of: str, trial: Trial) -> tuple[Any, Any]:
        """What a function of the reference gives for the inputs and the trial's `upstream`, and its bounds."""

    def objection(self, name: str, arguments: list[Any]) -> str:
        """What a property asserts in vain, as the sentence for the student; '' when it holds."""

    def claims(self, law: str, arguments: list[Any]) -> tuple[list[Any], str]:
        """What a law yields, and what it asserts in vain, as a sentence ('' if nothing)."""

    def argument_names(self, name: str) -> list[str]:
        """The names of a reference function's arguments, in order."""
