"""The catalogue of a function: what each of its mutants gives in the trials, and which gives what a student does."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.feedback.diagnosis.observation import ENOUGH, Evidence, Floats
from grader.feedback.diagnosis.words import NAME_SWAPS, OPERATORS, Diagnosis, explained

# So many other edits that explain the same are kept for the instructor.
OTHERS = 5
_OF_ARGUMENTS = frozenset({"ignore_arg", "hard_coded"})
_CHANGED_ARGUMENTS = frozenset({"complement_arg", "shift_arg"})
_TERMS = frozenset({"drop_term", "drop_exponent"})
_DROPS = _TERMS | {"drop_factor"}


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """A mutant without its code (see `grader.mutants.Mutant`)."""

    operator: str
    function: str
    line: int
    makes: str
    before: str
    after: str
    size: int

    @property
    def oddity(self) -> int:
        """The lower, the sooner it is believed: small edits first, then likely ones."""
        return self.size + 2 * OPERATORS[self.operator][1]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """What the mutants of a function give in the trials that are small enough. It is data and can be kept.

    function    the function
    trials      the index of each trial
    sizes       for each trial, the number of entries of each output
    edits       the mutants, those first that are believed first
    outputs     (edits, entries): all outputs of all trials end to end; not-a-number where a mutant raises
    variables   name -> trial -> value of a local variable of the reference, where it is a number or an array
    terms       name -> trial -> term of the sum that the reference is, where the module names them
    """

    function: str = ""
    trials: list[int] = []
    sizes: list[list[int]] = []
    edits: list[Edit] = []
    outputs: Floats = msgspec.field(default_factory=lambda: np.zeros((0, 0)))
    variables: dict[str, dict[int, Any]] = {}
    terms: dict[str, dict[int, Any]] = {}

    def data(self) -> dict[str, Any]:
        """The catalogue as plain data; `Catalogue.of` makes it again."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return fields | {"edits": [list(msgspec.structs.astuple(edit)) for edit in self.edits]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Catalogue":
        """The catalogue that was made into data."""
        return cls(**{**data, "edits": [Edit(*row) for row in data["edits"]]})


def matched(book: Catalogue, evidence: Evidence, outputs: Sequence[int], *, partly: bool) -> Diagnosis | None:
    """The edit that explains the evidence, if any does.

    `outputs` are the places, among all outputs of the function, of those that are observed. `partly` says that they are
    not all: then variables in each other's place explain too much.
    """
    if not evidence.enough or not book.edits:
        return None
    columns, known = _columns(book, evidence, outputs)
    if int(np.sum(evidence.telling & known)) < ENOUGH:
        return None
    with np.errstate(all="ignore"):
        near = np.abs(book.outputs[:, columns[known]] - evidence.answer[known]) <= evidence.slack[known]
    hits = [book.edits[i] for i in np.flatnonzero(np.all(near, axis=1))]
    if partly:
        hits = [edit for edit in hits if edit.operator not in NAME_SWAPS]
    if evidence.whole and len({_name(edit, book.function) for edit in hits}) > 1:
        return None  # a few labels are what many mistakes come to
    return _told(hits, book.function) if hits else None


def _columns(book: Catalogue, evidence: Evidence, outputs: Sequence[int]) -> tuple[Any, Any]:
    """For every entry of the evidence, its column in the catalogue, and whether it has one."""
    starts, start = {}, 0
    for trial, sizes in zip(book.trials, book.sizes, strict=True):
        for output, size in enumerate(sizes):
            starts[trial, output] = start
            start += size
    columns = np.zeros(evidence.answer.shape, int)
    known = np.zeros(evidence.answer.shape, bool)
    for segment in evidence.segments:
        leaf = segment.leaf if evidence.leaf is None else evidence.leaf
        place = starts.get((evidence.rows[segment.row].trial, outputs[leaf]))
        if place is not None:
            columns[segment.entries] = place + np.arange(segment.stop - segment.start)
            known[segment.entries] = True
    return columns, known


def _told(hits: Sequence[Edit], function: str) -> Diagnosis:
    best, *others = _ranked(hits, function)
    others_told = tuple(map(_edit, others[:OTHERS]))
    return explained(_name(best, function), _place(best), _edit(best), others_told, argument=best.before)


def _ranked(hits: Sequence[Edit], function: str) -> list[Edit]:
    """Those first that are believed first. What vanishes by an edit within it is rather missing as a whole.

    So is what vanishes, or becomes one, by a number that is written there, unless it is an argument's own.
    """
    ranked = sorted(hits, key=lambda edit: edit.oddity)
    best = ranked[0]
    of_argument = best.operator in _OF_ARGUMENTS and best.function == function
    if _is_number(best.after) and not of_argument:
        ranked.sort(key=lambda edit: edit.operator not in _DROPS or _is_number(edit.after))
        best = ranked[0]
    for edit in ranked:
        inside = edit.line == best.line and best.before in edit.before and best.before not in edit.after
        if edit.operator in _TERMS and inside:
            return [edit, *(other for other in ranked if other is not edit)]
    return ranked


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _name(edit: Edit, function: str) -> str:
    """What the mistake is called. The arguments of a helper are not those that the student knows."""
    if edit.operator in _OF_ARGUMENTS and edit.function != function:
        return "ignored_value"
    return OPERATORS[edit.operator][0]


def _place(edit: Edit) -> str:
    if edit.operator in _OF_ARGUMENTS | _CHANGED_ARGUMENTS:
        return f"Look at {edit.before}."
    if edit.operator == "swap_args" and not edit.makes:
        return f"Look at {edit.before.replace(', ', ' and ')}."
    return f"Look at the step that makes {edit.makes.strip('()')}." if edit.makes else "Look at what is returned."


def _edit(edit: Edit) -> str:
    if not edit.after:
        return f"Your answer is what comes out without `{edit.before}`."
    return f"Your answer is what comes out with `{edit.after}` in the place of `{edit.before}`."


