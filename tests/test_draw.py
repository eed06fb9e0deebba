"""What an input maker draws is exact in single precision, has the properties it is named for, and repeats."""

import numpy as np
import pytest

from grader.draw import REGIMES, Draw, single, upstream
from grader.wire import MAX_SEED, Generator

SEEDS = range(20)

# Every method with arguments of more than one kind; a new method belongs here (see the test below).
CALLS = {
    "normal": [(), (1,), (5,), (3, 4)],
    "logits": [(), (5,), (3, 4)],
    "uniform": [(0.1, 0.7), (-2.0, 3.0, 5), (0.0, 1.0, 2, 3)],
    "signed_uniform": [(0.5, 2.0), (0.5, 2.0, 7), (0.1, 0.3, 2, 3)],
    "sign": [(), (7,), (2, 3)],
    "mask": [(0.3,), (0.3, 7), (0.7, 2, 3)],
    "ints": [(2, 5), (2, 5, 7), (-1, 1, 2, 3)],
    "choice": [((0.25, 0.5),)],
    "constant": [(1e-5, (1e-3, 0.3))],
    "probability": [(), (0.1, 0.3)],
    "simplex": [(1,), (5,), (40,), (6, 0.05)],
    "labels": [(5, 5), (11, 3)],
    "onehot": [(7, 3)],
    "orthogonal": [(1,), (4,)],
    "spd": [(1,), (3,), (5, 30.0, 2.0)],
}
EVERY_CALL = [pytest.param(name, given, id=f"{name}{given}") for name, calls in CALLS.items() for given in calls]


def draw(seed: int = 0, regime: str = "normal") -> Draw:
    return Draw(np.random.default_rng(seed), regime)


def drawn(method: str, *given, regime: str = "normal"):
    """What a method gives for every seed."""
    return [getattr(draw(seed, regime), method)(*given) for seed in SEEDS]


def test_every_method_is_tested():
    methods = {name for name in vars(Draw) if not name.startswith("_")}

    assert methods - {"rng", "torch_rng"} == set(CALLS)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(("method", "given"), EVERY_CALL)
def test_whatever_is_drawn_is_exact_in_single_precision(method, given, regime):
    for value in drawn(method, *given, regime=regime):
        assert np.isfinite(value).all()
        np.testing.assert_array_equal(single(value), value)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(("method", "given"), EVERY_CALL)
def test_the_same_seed_draws_the_same(method, given, regime):
    for one, other in zip(drawn(method, *given, regime=regime), drawn(method, *given, regime=regime), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("method", "given"),
    [("normal", (3,)), ("logits", (3,)), ("uniform", (0.0, 1.0)), ("probability", ()), ("simplex", (4,))],
)
def test_other_seeds_draw_other_numbers(method, given):
    values = [np.asarray(value).tobytes() for value in drawn(method, *given)]

    assert len(set(values)) == len(values)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("method", ["normal", "logits"])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (5,), (3, 4), (2, 3, 4)])
def test_values_have_the_shape_that_is_asked_for(method, shape, regime):
    value = getattr(draw(regime=regime), method)(*shape)

    assert np.shape(value) == shape
    assert isinstance(value, np.ndarray if shape else float)


@pytest.mark.parametrize(("method", "large"), [("normal", 50.0), ("logits", 1000.0)])
def test_a_regime_shapes_the_same_normal_numbers(method, large):
    plain, small, scaled, tied, shifted, flat = (getattr(draw(3, regime), method)(6) for regime in REGIMES)

    np.testing.assert_allclose(small, plain * 3e-3, rtol=1e-6)
    np.testing.assert_allclose(scaled, plain * large, rtol=1e-6)
    np.testing.assert_array_equal(tied, np.round(plain * 2))
    np.testing.assert_allclose(shifted, plain + 1e4, rtol=1e-7)
    np.testing.assert_array_equal(flat, np.full(6, plain[0]))


def test_the_rows_of_a_large_table_differ_in_scale():
    scales = draw(3, "large").normal(40, 500).std(axis=1)

    assert scales.max() > 4 * scales.min()
    assert scales.max() < 60


def test_ties_occur_where_they_are_asked_for():
    assert all(len(np.unique(values)) < 20 for values in drawn("normal", 20, regime="ties"))
    assert all(len(np.unique(values)) == 20 for values in drawn("normal", 20))


def test_the_spread_survives_the_offset():
    assert all(0.5 < values.std() < 1.5 for values in drawn("normal", 50, regime="offset"))


@pytest.mark.parametrize("method", ["uniform", "signed_uniform", "simplex", "spd", "sign", "ints", "probability"])
def test_no_regime_touches_parameters(method):
    given = CALLS[method][-1]

    for regime in REGIMES:
        np.testing.assert_array_equal(
            getattr(draw(5, regime), method)(*given), getattr(draw(5, "normal"), method)(*given)
        )


def test_uniform_numbers_lie_between_their_ends():
    values = np.concatenate(drawn("uniform", -0.3, 0.7, 50))

    assert single(-0.3) <= values.min() < -0.25
    assert 0.65 < values.max() <= single(0.7)


def test_signed_numbers_have_both_signs_and_their_size():
    values = np.concatenate(drawn("signed_uniform", 0.5, 2.0, 50))

    assert 0.5 <= np.abs(values).min() < 0.55
    assert 1.95 < np.abs(values).max() <= 2.0
    assert 0.4 < np.mean(values > 0) < 0.6


def test_signs_are_plus_and_minus_one():
    assert set(np.concatenate(drawn("sign", 9))) == {-1.0, 1.0}
    assert {type(value) for value in drawn("sign")} == {float}


def test_a_mask_keeps_with_its_probability():
    values = np.concatenate(drawn("mask", 0.2, 200))

    assert set(values) == {0.0, 1.0}
    assert 0.17 < values.mean() < 0.23


def test_integers_reach_both_ends():
    assert set(np.concatenate(drawn("ints", 2, 5, 9))) == {2, 3, 4, 5}
    assert set(drawn("ints", 2, 5)) == {2, 3, 4, 5}
    assert {type(value) for value in drawn("ints", 2, 5)} == {int}
    assert draw().ints(2, 5, 3).dtype == np.int64


def test_a_choice_is_one_of_the_options():
    assert set(drawn("choice", ("a", "b", "c"))) == {"a", "b", "c"}


@pytest.mark.parametrize("regime", REGIMES)
def test_a_constant_is_at_its_default_when_small_and_off_it_otherwise(regime):
    values = drawn("constant", 1e-5, (1e-3, 0.3), regime=regime)

    if regime == "small":
        assert set(values) == {single(1e-5)}
    else:
        assert all(single(1e-3) <= value <= single(0.3) for value in values)
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.1, 0.3), (0.3 + 2.0**-22, 0.3 + 2.0**-19)])
def test_a_probability_and_its_complement_are_exact(low, high):
    for p in drawn("probability", low, high):
        assert low <= p <= high
        assert single(1 - p) == 1 - p
        assert 1 - (1 - p) == p
        assert np.float32(p) + np.float32(1 - p) == 1


@pytest.mark.parametrize("given", [(1,), (2,), (5,), (200,), (7, 0.01), (7, 50.0)])
def test_probabilities_add_up_to_exactly_one(given):
    for probabilities in drawn("simplex", *given):
        assert probabilities.shape == (given[0],)
        assert probabilities.min() > 0
        assert sum(probabilities) == sum(probabilities[::-1]) == np.sum(probabilities) == 1
        assert np.sum(probabilities.astype(np.float32)) == 1


def test_a_small_concentration_makes_uneven_probabilities():
    uneven, even = (np.mean([max(p) for p in drawn("simplex", 5, c)]) for c in (0.1, 100.0))

    assert uneven > 0.7
    assert even < 0.3


@pytest.mark.parametrize(("n", "classes"), [(1, 1), (3, 3), (5, 4), (30, 3)])
def test_every_class_occurs_among_the_labels(n, classes):
    for labels in drawn("labels", n, classes):
        assert labels.shape == (n,)
        assert labels.dtype == np.int64
        assert set(labels) == set(range(1, classes + 1))


def test_labels_come_in_random_order():
    firsts = {int(labels[0]) for labels in drawn("labels", 3, 3)}

    assert firsts == {1, 2, 3}


def test_fewer_labels_than_classes_cannot_be_drawn():
    with pytest.raises(ValueError, match="negative"):
        draw().labels(2, 3)


def test_onehot_rows_have_a_single_one_and_every_class_occurs():
    for rows in drawn("onehot", 7, 3):
        assert rows.shape == (7, 3)
        assert set(rows.ravel()) == {0.0, 1.0}
        np.testing.assert_array_equal(rows.sum(axis=1), 1)
        assert rows.sum(axis=0).min() >= 1


@pytest.mark.parametrize("n", [1, 2, 5])
def test_an_orthogonal_matrix_keeps_lengths(n):
    matrices = drawn("orthogonal", n)

    for matrix in matrices:
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(n), atol=1e-6)
    assert {round(np.linalg.det(matrix)) for matrix in matrices} == {-1, 1}


@pytest.mark.parametrize(("n", "condition", "scale"), [(1, 10.0, 3.0), (2, 10.0, 1.0), (4, 30.0, 2.0), (5, 1.5, 0.25)])
def test_a_positive_definite_matrix_has_the_stated_spectrum(n, condition, scale):
    for matrix in drawn("spd", n, condition, scale):
        np.testing.assert_array_equal(matrix, matrix.T)
        expected = np.geomspace(scale / condition, scale, n) if n > 1 else [scale]
        np.testing.assert_allclose(np.linalg.eigvalsh(matrix), expected, rtol=1e-4)


def test_a_positive_definite_matrix_is_no_diagonal_one():
    assert all(abs(matrix[0, 1]) > 1e-3 for matrix in drawn("spd", 3))


@pytest.mark.parametrize(
    ("values", "nearest"),
    [(0.1, float(np.float32(0.1))), (np.array([0.1, 1 / 3]), [float(np.float32(0.1)), float(np.float32(1 / 3))])],
)
def test_single_rounds_to_what_single_precision_holds(values, nearest):
    rounded = single(values)

    assert np.array_equal(rounded, nearest)
    assert isinstance(rounded, float) or rounded.dtype == np.float64


# ---- generators ----


@pytest.mark.parametrize(("method", "library"), [("rng", "numpy"), ("torch_rng", "torch")])
def test_a_generator_is_a_seed_of_its_own_that_repeats(method, library):
    seeds = [generator.seed for generator in drawn(method)]

    assert drawn(method) == [Generator(library, seed) for seed in seeds]
    assert len(set(seeds)) == len(seeds)
    assert 0 <= min(seeds) <= max(seeds) <= MAX_SEED


def test_the_numbers_drawn_after_a_generator_are_not_those_that_it_draws():
    source = draw()
    generator = source.rng()

    assert not np.isin(source.normal(20), single(np.random.default_rng(generator.seed).standard_normal(20))).any()


# ---- upstreams ----


@pytest.mark.parametrize("value", [1.5, np.ones((3, 2)), np.array(2.0), (0.5, np.ones(2)), np.ones((0, 2))], ids=str)
def test_an_upstream_has_the_shape_of_the_value_and_depends_on_the_trial_alone(value):
    several = [value, upstream(value, 3), upstream(value, 3), upstream(value, 4)]
    columns = [item if isinstance(item, tuple) else (item,) for item in several]

    for of, leaf, same, another in zip(*columns, strict=True):
        assert isinstance(leaf, np.ndarray)
        assert leaf.shape == np.shape(of)
        np.testing.assert_array_equal(leaf, same)
        assert leaf.size == 0 or np.any(leaf != another)


def test_upstreams_are_not_all_of_one_sign():
    assert {-1.0, 1.0} == set(np.sign(upstream(np.ones(50), 0)))
