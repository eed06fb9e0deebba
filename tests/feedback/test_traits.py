"""What a function does with an argument is seen without its values: dependence, curvature, coupling."""

import numpy as np
import pytest

from grader.feedback.traits import SHARE, VISIBLE, Traits, lost, traits

VECTOR, POSITIVE = np.array([1.0, -2.0, 0.1, 3.0]), np.array([0.2, 0.3, 0.5])
MATRIX = np.arange(12.0).reshape(4, 3) - 5


@pytest.mark.parametrize(
    ("function", "value", "shown"),
    [
        pytest.param(lambda x: np.ones(3), VECTOR, set(), id="constant"),
        pytest.param(lambda x: 3 * x + 1, VECTOR, {"dependence"}, id="entrywise and affine"),
        pytest.param(lambda x: x - x.mean(), VECTOR, {"dependence", "coupling"}, id="affine"),
        pytest.param(lambda x: x**2, VECTOR, {"dependence", "curvature"}, id="entrywise"),
        pytest.param(lambda x: x / np.sum(x**2), VECTOR, {"dependence", "curvature", "coupling"}, id="all"),
        pytest.param(lambda x: np.log(x), POSITIVE, {"dependence", "curvature"}, id="of positive numbers"),
        pytest.param(lambda x: (MATRIX @ x).ravel(), np.ones(3), {"dependence", "coupling"}, id="matrix"),
        pytest.param(lambda x: np.array([np.sum(x**2)]), VECTOR, {"dependence", "curvature"}, id="a number"),
        pytest.param(lambda x: np.array([x, x**2]), 2.0, {"dependence", "curvature", "coupling"}, id="of a number"),
        pytest.param(lambda x: np.maximum(x, 0), VECTOR, {"dependence", "curvature"}, id="kink"),
        pytest.param(lambda n: np.array([float(n)]), 3, set(), id="a whole number is not moved"),
        pytest.param(lambda f: np.array([f(1.0)]), np.sin, set(), id="nor is a function"),
        pytest.param(lambda y: y * np.arange(4), np.array([1, 2, 2, 1, 3])[:4], set(), id="labels the same reversed"),
        pytest.param(lambda y: y * np.arange(4.0), np.array([1, 2, 2, 3]), {"dependence"}, id="labels"),
        pytest.param(lambda x: np.full(3, np.nan), VECTOR, set(), id="nan"),
        pytest.param(lambda x: x * np.inf, VECTOR, set(), id="infinite"),
        pytest.param(lambda x: 0 * x, VECTOR, set(), id="zero"),
        pytest.param(lambda x: np.repeat(x, len(x)), np.zeros(0), set(), id="empty"),
    ],
)
def test_a_function_shows_what_it_does(function, value, shown):
    with np.errstate(all="ignore"):
        seen = [traits(function, value, np.random.default_rng(seed)) for seed in range(5)]

    for name in Traits._fields:
        effects = [getattr(one, name) > VISIBLE for one in seen]
        assert all(effects) if name in shown else not any(effects), name


def test_equal_generators_make_equal_moves():
    seen = {traits(np.tanh, VECTOR, np.random.default_rng(7)) for _ in range(3)}

    assert len(seen) == 1


def test_what_is_lost_is_lost_everywhere():
    both, curved = Traits(0.1, 0.1, 0.0), Traits(0.0, 0.1, 0.0)

    assert lost([both, both], lambda i: [curved, both][i], Traits._fields) == ""
    assert lost([both, both], lambda i: curved, Traits._fields) == "dependence"
    assert lost([both, curved], lambda i: [curved, both][i], Traits._fields) == "dependence"
    assert lost([both, both], lambda i: curved, ["curvature"]) == ""
    assert lost([Traits()], lambda i: Traits(), Traits._fields) == ""
    assert lost([], lambda i: Traits(), Traits._fields) == ""


@pytest.mark.parametrize(("effect", "missing"), [(SHARE, ""), (SHARE / 2, "coupling")])
def test_a_trace_of_a_trait_is_none(effect, missing):
    assert lost([Traits(coupling=1.0)], lambda i: Traits(coupling=effect), Traits._fields) == missing


def test_nobody_is_asked_where_nothing_is_open():
    asked = []
    lost([Traits(0.1), Traits(0.1), Traits()], lambda i: asked.append(i) or Traits(0.1), Traits._fields)

    assert asked == [0]
