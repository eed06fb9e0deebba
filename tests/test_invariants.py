"""A form that all right answers share is the same for each of them, and another for every wrong one."""

import numpy as np
import pytest

from grader.invariants import FORMS

RNG = np.random.default_rng(0)
TALL = RNG.standard_normal((5, 3))
ROTATION = np.linalg.qr(RNG.standard_normal((3, 3)))[0]
VECTOR = RNG.standard_normal(4)
LABELS = np.array([2, 1, 1, 3, 2])


@pytest.mark.parametrize(
    ("form", "answer", "other"),
    [
        pytest.param("up_to_sign", TALL, TALL * [1, -1, 1], id="columns of another sign"),
        pytest.param("up_to_sign", VECTOR, -VECTOR, id="a vector of another sign"),
        pytest.param("gram", TALL, TALL @ ROTATION, id="rotated"),
        pytest.param("gram", TALL, TALL[:, ::-1], id="columns in another order"),
        pytest.param("gram_of_columns", TALL.T, ROTATION @ TALL.T, id="rotated from the left"),
        pytest.param("projector", TALL, TALL @ RNG.standard_normal((3, 3)), id="another basis"),
        pytest.param("set", VECTOR, VECTOR[[2, 0, 3, 1]], id="entries in another order"),
        pytest.param("set", TALL, TALL[[2, 0, 4, 3, 1]], id="rows in another order"),
        pytest.param("partition", LABELS, np.array([0, 7, 7, 4, 0]), id="other names of the clusters"),
    ],
)
def test_answers_that_are_right_alike_have_the_same_form(form, answer, other):
    np.testing.assert_allclose(FORMS[form](other), FORMS[form](answer), atol=1e-12)


@pytest.mark.parametrize(
    ("form", "answer", "other"),
    [
        pytest.param("values", VECTOR, -VECTOR, id="values are themselves"),
        pytest.param("up_to_sign", TALL, TALL[:, [1, 0, 2]], id="columns in another order"),
        pytest.param("up_to_sign", TALL, TALL * [[1], [-1], [1], [1], [1]], id="a row of another sign"),
        pytest.param("gram", TALL, ROTATION @ TALL[:3], id="rotated from the left"),
        pytest.param("gram", TALL, 1.001 * TALL, id="longer"),
        pytest.param("gram_of_columns", TALL[:3], TALL[:3] @ ROTATION, id="rotated from the right"),
        pytest.param("gram_of_columns", TALL, 1.001 * TALL, id="longer columns"),
        pytest.param("projector", TALL, TALL + 0.01 * RNG.standard_normal((5, 3)), id="another space"),
        pytest.param("set", VECTOR, VECTOR[[0, 0, 2, 3]], id="an entry twice"),
        pytest.param("partition", LABELS, np.array([2, 1, 1, 3, 3]), id="somebody elsewhere"),
    ],
)
def test_wrong_answers_have_another_form(form, answer, other):
    one, two = FORMS[form](answer), FORMS[form](other)

    assert one.shape != two.shape or np.max(np.abs(one - two)) > 1e-4


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_is_not_finite_has_the_form_of_nothing_that_is_right(form, odd):
    answer = np.full((3, 3), odd) * [1, -1, 1]

    with np.errstate(all="ignore"):  # as around every check
        found = FORMS[form](answer[0] if form == "partition" else answer)

    assert form == "partition" or not np.isfinite(found).any()
