"""What mistake a wrong answer looks like, from its values alone.

A claim holds in all trials or is not made: it agrees with the answer where that is wrong, and with the right answer
where that is right. Answers that are not finite, or right, prove nothing; nor do equal or whole numbers, or fewer than
eight. What one output of several shows counts only where nothing explains them all.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from grader.feedback.diagnosis import algebra
from grader.feedback.diagnosis.arrangement import Returned, arranged
from grader.feedback.diagnosis.building import catalogue
from grader.feedback.diagnosis.catalogue import Catalogue, matched
from grader.feedback.diagnosis.observation import Evidence, Observation, flattened, in_single_precision
from grader.feedback.diagnosis.words import Diagnosis

__all__ = ["Catalogue", "Diagnosis", "Observation", "Returned", "arranged", "catalogue", "diagnosis"]


def diagnosis(
    observations: Sequence[Observation], book: Catalogue | None = None, outputs: Sequence[int] | None = None
) -> Diagnosis | None:
    """The mistake that explains all observations; None where nothing does.

    `outputs` are the places of the observed outputs among those that the function returns; all where None is given.
    """
    if not observations:
        return None
    book = Catalogue() if book is None else book
    count = max(len(flattened(observation.expected)) for observation in observations)
    places = list(range(count)) if outputs is None else list(outputs)
    precisions = (False, True) if in_single_precision(observations) else (False,)
    with np.errstate(all="ignore"):
        for single in precisions:
            found = _Search(observations, book, places, single).found()
            if found is not None:
                return found
    return None


class _Search:
    """Everything that is tried, for answers in double or in single precision."""

    def __init__(
        self, observations: Sequence[Observation], book: Catalogue, outputs: Sequence[int], single: bool
    ) -> None:
        self.observations, self.book, self.outputs, self.single = observations, book, outputs, single
        self.known = algebra.Known(book.variables, book.terms)
        self.nested = any(_is_nested(observation.expected) for observation in observations)
        everything = {output for sizes in book.sizes[:1] for output in range(len(sizes))}
        self.partly = bool(everything - set(outputs))

    def found(self) -> Diagnosis | None:
        """The first that explains everything, else what explains one output."""
        whole = self._evidence(None)
        if not whole.wrong.any():
            return None
        wrong = whole.wrong_leaves
        alone = self._evidence(wrong[0]) if len(wrong) == 1 and not self.nested else whole
        plain = algebra.plain(alone, self.known) or algebra.plain(whole, self.known)
        edit = matched(self.book, whole, self.outputs, partly=self.partly)
        found = _merged(plain, edit) or algebra.vague(alone, self.known)
        if found is not None or len(self.outputs) == 1 or self.nested:
            return found
        return next((one for leaf in wrong if (one := self._of_one(leaf)) is not None), None)

    def _evidence(self, leaf: int | None) -> Evidence:
        return Evidence(self.observations, leaf, single=self.single)

    def _of_one(self, leaf: int) -> Diagnosis | None:
        """What explains one output, whatever became of the others."""
        evidence = self._evidence(leaf)
        edit = matched(self.book, evidence, self.outputs, partly=True)
        found = _merged(algebra.plain(evidence, self.known), edit) or algebra.vague(evidence, self.known)
        if found is None:
            return None
        kind = f"Of your output number {leaf + 1}: {found.kind[0].lower()}{found.kind[1:]}"
        return msgspec.structs.replace(found, kind=kind)


def _is_nested(value: Any) -> bool:
    """Whether outputs hold outputs: by its number alone nobody would find one of them."""
    several = (tuple, list)
    return isinstance(value, several) and any(isinstance(item, several) for item in value)


def _merged(plain: Diagnosis | None, edit: Diagnosis | None) -> Diagnosis | None:
    """What is plain from the values is certain; an edit that explains the same adds how it may have come about."""
    if plain is None or edit is None:
        return plain or edit
    return msgspec.structs.replace(plain, place=plain.place or edit.place, edit=edit.edit, others=edit.others)
