"""What a student wants to have checked."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grader.rubric import Problem


class Chosen(NamedTuple):
    """What is to be checked: problems by id, and parts by what their ids open with; all where none is named."""

    problems: Collection[str] = ()
    parts: Collection[str] = ()

    def has(self, part: str) -> bool:
        """Whether a part is among those that are chosen."""
        return not self.parts or any(part == own or part.startswith(f"{own}.") for own in self.parts)

    def concerns(self, problem: "Problem") -> bool:
        """Whether a problem is chosen, or has a part that is."""
        named = not self.problems or problem.id in self.problems
        return named and any(self.has(part.id) for part in problem.parts)


ALL = Chosen()
