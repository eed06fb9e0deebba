"""Mistakes that show in the values alone: what relation the answer has to the right one, the same in all trials."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.feedback.diagnosis.observation import AGREEMENT, ENOUGH, Evidence, Floats
from grader.feedback.diagnosis.quantities import arrays, factors, sizes_and_numbers, spread
from grader.feedback.diagnosis.words import Diagnosis, explained


class Known(NamedTuple):
    """What is known of the reference beside its answers, by name and trial: its variables, the terms of its sum."""

    variables: Mapping[str, Mapping[int, Any]] = {}
    terms: Mapping[str, Mapping[int, Any]] = {}


Rule = Callable[[Evidence, Known], Diagnosis | None]


def plain(evidence: Evidence, known: Known) -> Diagnosis | None:
    """A relation that says what the mistake is. Of whole numbers none does: 3 is 2 + 1, 3 x 1 and 4 - 1."""
    rules = (_factor, _term, _last_step, _turned, _swapped, _argument)
    return None if evidence.whole else _first(rules, evidence, known)


def vague(evidence: Evidence, known: Known) -> Diagnosis | None:
    """A relation that is true and says less: to be told where nothing else explains the answer."""
    rules: tuple[Rule, ...] = (_offset,)
    if not evidence.whole:
        rules = (_same_factor, _offset, _variable, _shifted, _permuted, _varying_factor, _row_factor, _at_one_end)
    return _first(rules, evidence, known) or _flat(evidence)


def _first(rules: Sequence[Rule], evidence: Evidence, known: Known) -> Diagnosis | None:
    if not evidence.enough:
        return None
    return next((found for rule in rules if (found := rule(evidence, known)) is not None), None)


# ---- a factor, a function ----


def _factor(evidence: Evidence, _: Known) -> Diagnosis | None:
    tried = factors(sizes_and_numbers(evidence.rows))
    if not tried:
        return None
    by = np.array([factor.values for factor in tried])[:, evidence.row_of]
    hits = np.flatnonzero(evidence.explained(by * evidence.expected))
    if not hits.size:
        return None
    factor = tried[hits[0]]
    place = "" if factor.name == "opposite" else f"It is the right one times {factor.text}."
    return explained(factor.name, place)


def _last_step(evidence: Evidence, _: Known) -> Diagnosis | None:
    right = evidence.expected
    functions = {
        "square": right**2, "root": np.sqrt(right), "exponential": np.exp(right), "logarithm": np.log(right),
        "inverse": 1 / right, "cube": right**3,
    }  # fmt: skip
    for text, values in functions.items():
        if evidence.explained(values):
            return explained("last_step", f"Your answer is the {text} of the right one.")
    for name, text, values in (
        ("complement", "Your answer is one minus the right one.", 1 - right),
        ("absolute", "Your answer is the absolute value of the right one.", np.abs(right)),
    ):
        if evidence.explained(values):
            return explained(name, text)
    return None


def _same_factor(evidence: Evidence, _: Known) -> Diagnosis | None:
    """Times a number without a name, the same in all trials."""
    ratio = _ratio(evidence.answer, evidence.expected, evidence.wrong)
    if ratio is not None and evidence.explained(ratio * evidence.expected) and np.sum(evidence.telling) > ENOUGH:
        zero = abs(ratio) < AGREEMENT  # but for what is left of rounding
        return explained("zero") if zero else explained("factor", f"It is the right one times {ratio:.4g}.")
    return None


def _varying_factor(evidence: Evidence, _: Known) -> Diagnosis | None:
    """Times a number of each trial. What one number is fitted to proves one less."""
    predicted, spare = evidence.expected.copy(), 0
    for segment in evidence.segments:
        own = segment.entries
        ratio = _ratio(evidence.answer[own], evidence.expected[own], evidence.wrong[own]) if segment.wrong else 1.0
        predicted[own] *= 0.0 if ratio is None else ratio
        spare += max(int(np.sum(evidence.telling[own])) - 1, 0)
    if spare >= ENOUGH and evidence.explained(predicted) and not np.any(predicted[evidence.wrong] == 0):
        return explained("varying_factor")
    return None


def _row_factor(evidence: Evidence, _: Known) -> Diagnosis | None:
    """Times a number of each row, or of each column. What one number is fitted to proves one less."""
    for axis, text in ((0, "row"), (-1, "column")):
        predicted, spare = evidence.expected.copy(), 0
        for segment in evidence.segments:
            if segment.wrong and len(segment.shape) > 1:
                lines = np.moveaxis(np.arange(segment.start, segment.stop).reshape(segment.shape), axis, 0)
                lines = lines.reshape(segment.shape[axis], -1)
                right = evidence.expected[lines]
                ratios = np.sum(evidence.answer[lines] * right, axis=1) / np.sum(right**2, axis=1)
                predicted[lines] = ratios[:, None] * right
                spare += int(np.sum(np.maximum(np.sum(evidence.telling[lines], axis=1) - 1, 0)))
        if spare >= ENOUGH and evidence.explained(predicted) and not np.any(predicted[evidence.wrong] == 0):
            return explained("row_factor", f"Each {text} has a number of its own.")
    return None


def _ratio(answer: Floats, expected: Floats, where: Any) -> float | None:
    size = float(np.sum(expected[where] ** 2))
    return float(np.sum(answer[where] * expected[where])) / size if size > 0 else None


# ---- a term ----


def _term(evidence: Evidence, known: Known) -> Diagnosis | None:
    for name, values in known.terms.items():
        term = spread(evidence, [values.get(row.trial) for row in evidence.rows])
        if term is None:
            continue
        for kind, times in (("missing_term", 1), ("term_sign", 2)):
            if evidence.explained(evidence.expected - times * term):
                return explained(kind, f"Look at the term called {name}.")
    return None


def _offset(evidence: Evidence, _: Known) -> Diagnosis | None:
    if not evidence.wrong.any():
        return None
    by = float(np.median((evidence.answer - evidence.expected)[evidence.wrong]))
    if by and evidence.explained(evidence.expected + by):
        return explained("offset", f"It is larger by {by:.4g}." if by > 0 else f"It is smaller by {-by:.4g}.")
    return None


# ---- an argument, a variable of the reference ----


def _argument(evidence: Evidence, _: Known) -> Diagnosis | None:
    for name, _is_argument, values in arrays(evidence, {}) if _one_output(evidence) else ():
        if evidence.explained(values):
            return explained("argument_returned", f"It is {name}.")
    return None


def _variable(evidence: Evidence, known: Known) -> Diagnosis | None:
    if not _one_output(evidence):
        return None
    right = evidence.expected
    for name, argument, values in arrays(evidence, known.variables):
        if np.allclose(values, right, rtol=1e-6, atol=0):
            continue  # it is the right one itself
        if not argument and evidence.explained(values):
            return explained("unfinished", f"It is what the reference calls `{name}`.")
        for kind, predicted, text in (
            ("missing_factor", right / values, f"It is the right one divided by `{name}`."),
            ("missing_factor", right * values, f"It is the right one times `{name}`."),
            ("extra_term", right - values, f"It is the right one less `{name}`."),
            ("extra_term", right + values, f"It is the right one plus `{name}`."),
        ):
            if evidence.explained(predicted):
                return explained(kind, text)
    return None


def _one_output(evidence: Evidence) -> bool:
    return len({segment.leaf for segment in evidence.segments}) == 1


# ---- where the entries stand ----


def _turned(evidence: Evidence, _: Known) -> Diagnosis | None:
    for name, turn in _TURNS:
        if evidence.explained(_each(evidence, turn)):
            return explained(name)
    return None


def _reversed_along(axis: int) -> Callable[[Floats], Floats]:
    return lambda array: np.flip(array, axis) if array.ndim > axis else array


_TURNS: tuple[tuple[str, Callable[[Floats], Floats]], ...] = (
    ("transposed", lambda array: array.T if array.ndim == 2 and len(set(array.shape)) == 1 else array),
    ("reversed", _reversed_along(0)),
    ("reversed", _reversed_along(1)),
)


def _each(evidence: Evidence, turn: Callable[[Floats], Floats]) -> Floats:
    predicted = evidence.expected.copy()
    for segment in evidence.segments:
        predicted[segment.entries] = turn(evidence.expected[segment.entries].reshape(segment.shape)).ravel()
    return predicted


def _swapped(evidence: Evidence, _: Known) -> Diagnosis | None:
    for i, first in enumerate(leaves := evidence.wrong_leaves):
        for second in leaves[i + 1 :]:
            predicted = _exchanged(evidence, first, second)
            if predicted is not None and evidence.explained(predicted):
                return explained("swapped_outputs", f"Compare outputs {first + 1} and {second + 1}.")
    return None


def _exchanged(evidence: Evidence, first: int, second: int) -> Floats | None:
    predicted = evidence.expected.copy()
    by_place = {(segment.row, segment.leaf): segment for segment in evidence.segments}
    for row in range(len(evidence.rows)):
        one, other = by_place.get((row, first)), by_place.get((row, second))
        if one is None or other is None or one.shape != other.shape:
            return None
        predicted[one.entries] = evidence.expected[other.entries]
        predicted[other.entries] = evidence.expected[one.entries]
    return predicted


def _shifted(evidence: Evidence, _: Known) -> Diagnosis | None:
    """By one place along the first axis; what comes in at the end is anybody's guess."""
    for step in (1, -1):
        predicted, known = evidence.expected.copy(), np.ones(evidence.expected.shape, bool)
        for segment in evidence.segments:
            if segment.wrong and segment.shape and segment.shape[0] > 1:
                moved = np.roll(evidence.expected[segment.entries].reshape(segment.shape), step, axis=0)
                predicted[segment.entries] = moved.ravel()
                edge = np.ones(segment.shape, bool)
                edge[0 if step > 0 else -1] = False
                known[segment.entries] = edge.ravel()
        if evidence.explained_where(predicted, known):
            return explained("shifted")
    return None


def _permuted(evidence: Evidence, _: Known) -> Diagnosis | None:
    predicted = np.empty_like(evidence.expected)
    for segment in evidence.segments:
        own = segment.entries
        inside = np.empty(segment.stop - segment.start)
        inside[np.argsort(evidence.answer[own])] = np.sort(evidence.expected[own])
        predicted[own] = inside
    return explained("permuted") if evidence.explained(predicted) else None


def _at_one_end(evidence: Evidence, _: Known) -> Diagnosis | None:
    for place, text in ((0, "first"), (-1, "last")):
        known = np.ones(evidence.answer.shape, bool)
        wrong = [segment for segment in evidence.segments if segment.wrong]
        if not all(segment.shape and segment.shape[0] > 2 for segment in wrong):
            return None
        for segment in wrong:
            inner = np.ones(segment.shape, bool)
            inner[place] = False
            known[segment.entries] = inner.ravel()
        if evidence.explained_where(evidence.expected, known):
            return explained("first_or_last", f"Look at the {text}.")
    return None


def _flat(evidence: Evidence) -> Diagnosis | None:
    """What is seen without any reckoning, in as many numbers as a claim ever needs."""
    wrong = [segment for segment in evidence.segments if segment.wrong]
    if int(np.sum(evidence.wrong)) < ENOUGH:
        return None
    if not np.any(evidence.answer):
        return explained("zero")
    if np.ptp(evidence.answer) == 0:
        return explained("same_for_all")
    answers = [evidence.answer[segment.entries] for segment in wrong]
    for name, rounded in (("whole", np.trunc), ("rounded", np.rint), ("whole", np.floor)):
        if evidence.explained(rounded(evidence.expected)):
            return explained(name)
    differ = [np.ptp(evidence.expected[s.entries]) > 1e-3 * np.max(np.abs(evidence.expected[s.entries])) for s in wrong]
    long = [a for a, s, differs in zip(answers, wrong, differ, strict=True) if a.size > 1 and differs]
    if sum(a.size for a in long) >= ENOUGH and all(np.ptp(a) == 0 for a in answers if a.size > 1):
        return explained("all_equal")
    return None
