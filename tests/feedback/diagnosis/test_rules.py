"""A diagnosis is a claim about all trials: it is not made of chance, of right answers, or of too little."""

import numpy as np
import pytest

from grader.feedback.diagnosis import Catalogue, Observation, diagnosis
from grader.model import Hints

SINGLE = 256 * 2.0**-24


def observed(answer, expected, inputs=None):
    """One observation for each pair; right answers are good to single precision."""
    pairs = zip(answer, expected, strict=True)
    return [
        Observation(i, (inputs[i] if inputs else {}), a, e, bounds(e))
        for i, (a, e) in enumerate(pairs)
    ]


def bounds(expected):
    if isinstance(expected, tuple):
        return tuple(bounds(item) for item in expected)
    array = np.asarray(expected)
    return np.zeros(array.shape) if array.dtype.kind == "i" else SINGLE * np.max(np.abs(array), initial=1e-3)


def draws(*shape, count=6, seed=0):
    return list(np.random.default_rng(seed).standard_normal((count, *shape)))


def name(observations, book=None, outputs=None):
    found = diagnosis(observations, book, outputs)
    return None if found is None else found.name


# ---- what is named ----


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (lambda right: -right, "opposite"),
        (lambda right: 2 * right, "factor"),
        (lambda right: -right / 3, "factor"),
        (lambda right: right / np.log(2), "log_base"),
        (lambda right: right / np.log(10), "log_base"),
        (lambda right: 1.2345 * right, "factor"),
        (lambda right: right**2, "last_step"),
        (lambda right: np.exp(right), "last_step"),
        (lambda right: 1 - right, "complement"),
        (lambda right: np.abs(right), "absolute"),
        (lambda right: right + 0.37, "offset"),
        (lambda right: right[::-1], "reversed"),
        (lambda right: np.roll(right, 1), "shifted"),
        (lambda right: right[[2, 0, 3, 1, 4]], "permuted"),
        (lambda right: 0 * right, "zero"),
        (lambda right: np.full(5, right.mean()), "all_equal"),
        (lambda right: np.full(5, 0.77), "same_for_all"),
        (lambda right: np.trunc(10 * right) / 10 * 0 + np.trunc(right), "whole"),
        (lambda right: np.rint(right), "rounded"),
        (lambda right: 1e-16 * (right - right.mean()), "zero"),
        (lambda right: np.concatenate([[0.3], right[1:]]), "first_or_last"),
        (lambda right: right**3 + np.sin(7 * right), None),
    ],
)  # fmt: skip
def test_a_relation_that_holds_in_all_trials_is_named(relation, expected):
    right = [1.7 * value for value in draws(5, count=8)]

    assert name(observed([relation(value) for value in right], right)) == expected


def test_a_factor_is_told_by_the_size_that_it_is():
    inputs = [{"x": np.ones(n), "k": 0.3 + n / 7} for n in (5, 3, 7, 2, 11)]
    right = [np.random.default_rng(len(i["x"])).standard_normal(4) for i in inputs]

    by_length = diagnosis(observed([len(i["x"]) * r for i, r in zip(inputs, right, strict=True)], right, inputs))
    by_k = diagnosis(observed([r / i["k"] for i, r in zip(inputs, right, strict=True)], right, inputs))
    unbiased = [r * len(i["x"]) / (len(i["x"]) - 1) for i, r in zip(inputs, right, strict=True)]

    assert by_length is not None and by_length.place == "It is the right one times the length of x."
    assert by_k is not None and by_k.place == "It is the right one times 1 / (k)."
    assert name(observed(unbiased, right, inputs)) == "ddof"


def test_the_count_of_a_label_is_a_size():
    inputs = [{"y": np.array([1] * a + [2] * b)} for a, b in ((3, 4), (5, 2), (4, 6), (2, 5))]
    right = draws(3, count=4)
    unbiased = [r * n / (n - 1) for r, n in zip(right, (3, 5, 4, 2), strict=True)]

    assert name(observed(unbiased, right, inputs)) == "ddof"


def test_a_square_matrix_may_be_transposed():
    right = draws(3, 3)

    assert name(observed([value.T for value in right], right)) == "transposed"


def test_outputs_may_be_swapped():
    right = [tuple(pair) for pair in draws(2, 4)]

    found = diagnosis(observed([(b, a) for a, b in right], right))

    assert found is not None and found.name == "swapped_outputs"
    assert found.place == "Compare outputs 1 and 2."


def test_an_argument_may_come_back_unchanged():
    right, inputs = draws(4), [{"x": value} for value in draws(4, seed=1)]

    assert name(observed([given["x"] for given in inputs], right, inputs)) == "argument_returned"


def test_a_named_term_may_be_missing_or_have_the_wrong_sign():
    right, terms = draws(4), draws(4, seed=1)
    book = Catalogue(terms={"penalty": dict(enumerate(terms))})
    pairs = list(zip(right, terms, strict=True))

    missing = diagnosis(observed([r - t for r, t in pairs], right), book)

    assert missing is not None and (missing.name, missing.place) == ("missing_term", "Look at the term called penalty.")
    assert name(observed([r - 2 * t for r, t in pairs], right), book) == "term_sign"


def test_variables_of_the_reference_are_factors_terms_and_answers():
    right, inner = draws(4), draws(4, seed=1)
    book = Catalogue(variables={"xhat": dict(enumerate(inner))})
    pairs = list(zip(right, inner, strict=True))

    assert name(observed(inner, right), book) == "unfinished"
    assert name(observed([r * v for r, v in pairs], right), book) == "missing_factor"
    assert name(observed([r - v for r, v in pairs], right), book) == "extra_term"


def test_a_factor_of_each_trial_is_seen_where_there_are_numbers_enough():
    right, factors = draws(5), np.linspace(1.3, 3.9, 6) ** 2

    assert name(observed([f * r for f, r in zip(factors, right, strict=True)], right)) == "varying_factor"


def test_answers_in_single_precision_are_named_too():
    right = draws(5)

    answers = [(-value.astype(np.float32)).astype(np.float64) for value in right]

    assert name(observed(answers, right)) == "opposite"


# ---- what is not ----


def test_right_answers_have_no_diagnosis():
    right = draws(5)

    assert diagnosis(observed(right, right)) is None
    assert diagnosis([]) is None


def test_fewer_than_eight_numbers_prove_nothing():
    right = draws(7, count=1)

    assert diagnosis(observed([-right[0]], right)) is None
    assert name(observed([-value for value in draws(8, count=1)], draws(8, count=1))) == "opposite"


def test_right_trials_are_no_evidence_but_must_be_explained():
    right = draws(5)

    # Two wrong trials of ten numbers; in the others the opposite sign would be wrong.
    mixed = [-value if i < 2 else value for i, value in enumerate(right)]

    assert name(observed(mixed, right)) == "varying_factor"


def test_trials_where_the_relation_changes_nothing_are_explained():
    right = [np.zeros(5) if i > 3 else value for i, value in enumerate(draws(5))]

    assert name(observed([-value for value in right], right)) == "opposite"


def test_one_trial_that_does_not_fit_is_enough_to_say_nothing():
    right = draws(5)
    answers = [-value for value in right]
    answers[3] = answers[3] + np.array([0, 0, 1e-3, 0, 0])

    assert diagnosis(observed(answers, right)) is None


def test_numbers_that_are_not_finite_carry_no_information():
    right = draws(5)
    answers = [-value for value in right]
    answers[2], answers[4] = np.full(5, np.nan), np.array([np.inf, 1, 2, 3, 4])

    assert name(observed(answers, right)) == "opposite"
    assert diagnosis(observed([np.full(5, np.nan)] * 6, right)) is None


def test_whole_and_equal_numbers_prove_nothing():
    whole = [np.array([1.0, 2, 3, 4, 5]) * (i + 1) for i in range(6)]
    equal = [np.full(5, 0.5 + i) for i in range(6)]

    assert name(observed([-value for value in whole], whole)) is None
    assert name(observed([2 * value for value in equal], equal)) is None


def test_a_scalar_that_is_the_same_in_all_trials_is_told_as_that():
    right = [float(value) for value in draws(count=12)]

    assert name(observed([0.5] * 12, right)) == "same_for_all"


def test_one_output_is_looked_at_where_nothing_explains_all():
    right = [tuple(pair) for pair in draws(2, 4)]
    answers = [(-a, b + np.sin(9 * b)) for a, b in right]

    found = diagnosis(observed(answers, right))

    assert found is not None and found.name == "opposite"
    assert found.kind.startswith("Of your output number 1: ")


def test_a_single_wrong_output_needs_no_number_where_the_others_are_right():
    right = [tuple(pair) for pair in draws(2, 4)]

    assert name(observed([(a, -b) for a, b in right], right)) == "opposite"


@pytest.mark.parametrize("odd", [1e308, -1e308, 1e-320, 2.0**63])
def test_odd_numbers_do_no_harm(odd):
    right = draws(5)

    with np.errstate(all="ignore"):
        answers = [np.full(5, odd) * value for value in right]

    diagnosis(observed(answers, right, [{"x": value} for value in right]))
    diagnosis(observed([np.full(5, odd)] * 6, right))
    diagnosis(observed([odd] * 12, [1.0] * 12))


def test_empty_arrays_do_no_harm():
    assert diagnosis(observed([np.zeros(0)] * 6, [np.zeros(0)] * 6)) is None


def test_labels_are_only_told_to_be_moved_or_all_the_same():
    right = [np.array([1, 2, 3, 1, 2]), np.array([3, 3, 1, 2, 1]), np.array([2, 1, 1, 3, 2])]

    assert name(observed([value - 1 for value in right], right)) == "offset"
    assert name(observed([value * 2 for value in right], right)) is None
    assert name(observed([np.ones(5, int) for _ in right], right)) == "same_for_all"


# ---- what is said ----


def test_hints_say_no_more_than_the_rubric_allows():
    inputs = [{"x": np.ones(n)} for n in (5, 3, 7, 2)]
    right = draws(4, count=4)
    found = diagnosis(observed([len(i["x"]) * r for i, r in zip(inputs, right, strict=True)], right, inputs))

    assert found is not None
    assert found.said(Hints.NONE) == ""
    assert found.said(Hints.KIND) == found.kind
    assert "length of x" not in found.said(Hints.KIND)
    assert found.said(Hints.PLACE) == found.said(Hints.EDIT) == f"{found.kind} {found.place}"


@pytest.mark.parametrize("axis", [0, -1])
def test_a_factor_of_each_row_or_column_is_seen_where_there_are_numbers_enough(axis):
    right = draws(3, 3, 4)
    scales = [np.moveaxis(np.arange(1.3, 1.3 + r.shape[axis])[:, None, None] ** 2, 0, axis) for r in right]

    assert name(observed([s * r for s, r in zip(scales, right, strict=True)], right)) == "row_factor"
    assert name(observed([value**2 + value for value in right], right)) is None
    assert name(observed([r[:, :1] * np.arange(1, 4)[:, None] for r in draws(3, 4)], draws(3, 1, seed=0))) is None
