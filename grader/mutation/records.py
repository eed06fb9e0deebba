"""What became of wrong versions of the reference: the records that the run, its cache and its report pass around."""

import enum

import msgspec


class Fate(enum.StrEnum):
    """What becomes of a mutant in a part.

    KILLED      the part does not give full credit
    SURVIVED    the part gives full credit, though the mutant is wrong or is not known to be right
    EQUAL       it gives what the reference gives, in the trials and in all further inputs
    ROUNDING    it does so too, but for inputs with a large offset: the same formula, written with fewer digits
    DECLARED    it survived, and the staff have said, with a reason, that it is right
    """

    KILLED = "killed"
    SURVIVED = "survived"
    EQUAL = "equal"
    ROUNDING = "rounding"
    DECLARED = "declared"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mutant in one part.

    told   the trial that it lost, the input that would kill it, or the reason why it is right
    """

    part: str
    fate: Fate
    told: str = ""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a mutant (see `grader.mutants.Mutant`)."""

    operator: str
    function: str
    line: int
    before: str
    after: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mutant, by its number among those of a function, in each part that judges the function."""

    number: int
    outcomes: tuple[Outcome, ...]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant of the function `entry`, and what became of it.

    diff   the edit as a unified diff of the reference's file; only where it survived, and empty where no edit of the
           file makes the mistake
    """

    problem: str
    entry: str
    file: str
    edit: Edit
    outcomes: tuple[Outcome, ...]
    diff: str = ""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all mutants of an assignment.

    seconds   what it took
    kept      how many of the mutants were known from before
    """

    assignment: str
    tried: tuple[Tried, ...]
    seconds: float = 0.0
    kept: int = 0
