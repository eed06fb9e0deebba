"""`reference/<id>/equivalent_mutants.yaml`: mutants that the staff say are right, each with its reason."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from grader.document import read
from grader.errors import RubricError
from grader.mutation.records import Edit, Fate, Outcome, Tried

FILE = "equivalent_mutants.yaml"


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One edit, or several of the same text, that make no wrong answer.

    file       the module of the reference
    function   the function in which the edit is made
    before     the edited text, as `grade mutate` shows it
    after      what stands in its place, or a list of such
    reason     why it is right: an argument, not an opinion
    """

    file: str
    function: str
    before: str
    after: tuple[str, ...]
    reason: str
    line: int = 0

    def covers(self, file: str, edit: Edit) -> bool:
        """Whether it speaks of this edit."""
        same_place = (self.file, self.function, self.before) == (file, edit.function, edit.before)
        return same_place and edit.after in self.after


class Declarations(msgspec.Struct, frozen=True, kw_only=True):
    """All of an assignment."""

    equivalent: tuple[Declaration, ...]


class Declared:
    """The declarations of an assignment, and which of them have been of use.

    Errors
        RubricError, with file and line, for what cannot be understood and for a declaration without a reason.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.all = read(self.path, Declarations).equivalent if self.path.exists() else ()
        for one in self.all:
            if not one.reason.strip():
                remedy = "say why no input can tell it from the reference, or mend the rubric"
                raise RubricError(f"the mutant of '{one.function}' is declared without a reason", file=self.path,
                                  line=one.line, remedy=remedy)  # fmt: skip
        self.useful: set[tuple[int, str]] = set()
        self.met: set[tuple[int, str]] = set()

    def applied(self, tried: Tried) -> Tried:
        """A mutant with what is declared of it: it may survive where it does."""
        for place, one in enumerate(self.all):
            if one.covers(tried.file, tried.edit):
                self.met.add((place, tried.edit.after))
                outcomes = tuple(_declared(outcome, one.reason) for outcome in tried.outcomes)
                if outcomes != tried.outcomes:
                    self.useful.add((place, tried.edit.after))
                return msgspec.structs.replace(tried, outcomes=outcomes)
        return tried

    def must_be_needed(self) -> None:
        """RubricError for the first declaration that no survivor needs. Ask when all mutants have been tried."""
        for place, after, one in self._each():
            if (place, after) in self.useful:
                continue
            known = (place, after) in self.met
            what = "is killed, or recognised as right without it" if known else "does not exist (any more)"
            message = f"the mutant of {one.function}, `{after}` for `{one.before}`, {what}"
            raise RubricError(message, file=self.path, line=one.line, remedy="delete the declaration, or correct it")

    def _each(self) -> Iterable[tuple[int, str, Declaration]]:
        return ((place, after, one) for place, one in enumerate(self.all) for after in one.after)


def _declared(outcome: Outcome, reason: str) -> Outcome:
    if outcome.fate is not Fate.SURVIVED:
        return outcome
    return msgspec.structs.replace(outcome, fate=Fate.DECLARED, told=reason)
