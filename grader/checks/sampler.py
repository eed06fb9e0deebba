"""What the function draws follows a law."""

from typing import Any

import msgspec
import numpy as np

from grader.checks.sides import Reference, Student
from grader.errors import BrokenReference
from grader.laws import Claim
from grader.model import CORRECT, Status, Trial, Verdict

# A right sampler loses a part with a chance of no more than one in 10^9: each of its claims may reject it with a
# chance of ALPHA, and there are no more than MAX_TRIALS times MAX_CLAIMS of them.
LEVEL = 1e-9
MAX_TRIALS = 16
MAX_CLAIMS = 128
ALPHA = LEVEL / (MAX_TRIALS * MAX_CLAIMS)
# A first look that finds nothing rarer than that is the last. It rejects nothing, so that it adds nothing to LEVEL.
SUSPICIOUS = 0.01


class Sampler(msgspec.Struct, frozen=True, kw_only=True):
    """What the part's function draws follows a law: a right one is rejected with a chance of 1e-9 at most.

    law      the name of a function in the reference module. Its argument `draws` is what came back of all calls, in
             arrays whose first axis counts the calls (a tuple of them for a tuple); its other arguments are inputs of
             the trial, by name. It asserts hard facts, as a property does, and yields or returns claims of grader.laws.
    calls    how many calls are made in each trial, each with a generator of another seed: at least 2, better 4
    first    how many are made before those, for samplers that take long: unless they look suspicious, they suffice
    public   whether students may have the law's source, and check it by themselves
    """

    law: str
    calls: int
    first: int = 0
    public: bool = False

    def needs(self) -> tuple[str, ...]:
        """The law."""
        return (self.law,)

    def judge(self, student: Student, reference: Reference, trial: Trial) -> Verdict:
        """Looks at the draws of one trial: at a few first, where the rubric says so, then at all."""
        self._must_make_sense(trial)
        for start, calls in ((0, self.first), (self.first, self.calls)):
            if not calls:
                continue
            draws = stacked(student.draws(trial, range(start, start + calls)))
            if not _finite(draws):
                return Verdict(status=Status.WRONG, feedback="Your function gives nan or infinite numbers.")
            claims, objection = reference.claims(self.law, self._arguments(draws, reference, trial))
            if objection:
                return Verdict(status=Status.WRONG, feedback=objection)
            self._must_be_claims(claims)
            if start == 0 < self.first and all(claim.p >= SUSPICIOUS for claim in claims):
                return CORRECT
        oddest = min(claims, key=lambda claim: claim.p)
        return Verdict(status=Status.WRONG, feedback=oddest.sentence) if oddest.p < ALPHA else CORRECT

    def _arguments(self, draws: Any, reference: Reference, trial: Trial) -> list[Any]:
        given = {**trial.inputs, "draws": draws}
        names = reference.argument_names(self.law)
        missing = [name for name in names if name not in given]
        if missing or "draws" not in names:
            message = f"the law {self.law} takes '{missing[0]}', which is no input" if missing else "it takes no draws"
            raise BrokenReference(message, remedy=f"let {self.law} take `draws`, and inputs of the trial by name")
        return [given[name] for name in names]

    def _must_make_sense(self, trial: Trial) -> None:
        if self.calls < 2 or self.first < 0 or self.first == 1:
            message = f"a sampler is judged by {self.first or self.calls} calls"
            raise BrokenReference(message, remedy="make it at least 2: one does not show whether the generator is used")
        if trial.index >= MAX_TRIALS:
            message = f"a sampler has more than {MAX_TRIALS} trials, and is judged less surely with each"
            raise BrokenReference(message, remedy="name fewer `regimes`, sizes or cases, and make more `calls`")

    def _must_be_claims(self, claims: list[Any]) -> None:
        if not claims or len(claims) > MAX_CLAIMS:
            message = f"the law {self.law} makes {len(claims)} claims"
            raise BrokenReference(message, remedy=f"yield at least one, and no more than {MAX_CLAIMS}")
        for claim in claims:
            if not isinstance(claim, Claim) or not 0 <= claim.p <= 1:
                raise BrokenReference(f"the law {self.law} yields {claim!r:.100}", remedy="yield claims of grader.laws")


def stacked(draws: list[Any]) -> Any:
    """Answers of equal structure as arrays whose first axis counts them."""
    if isinstance(draws[0], tuple):
        return tuple(stacked(list(column)) for column in zip(*draws, strict=True))
    return np.array([np.asarray(draw, dtype=np.float64) for draw in draws])


def _finite(draws: Any) -> bool:
    return all(map(_finite, draws)) if isinstance(draws, tuple) else bool(np.isfinite(draws).all())
