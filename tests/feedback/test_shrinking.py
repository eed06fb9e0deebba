"""A counterexample is made as simple as it can be, and stays an input that its maker could have made."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from grader.assignment import Assignment
from grader.course import Course
from grader.draw import Draw
from grader.feedback import shrinking
from grader.feedback.shrinking import Budget, surroundings
from grader.feedback.shrinking.dimensions import dimensions, smaller
from grader.feedback.shrinking.facts import AT_LEAST, AT_MOST, CONSTANTS, FACTS
from grader.feedback.shrinking.forms import cost, simpler_numbers, simplicity
from grader.feedback.shrinking.laws import Laws, kin, laws_of_one
from grader.feedback.shrinking.links import ALIKE, VALUES, laws_of_arrays
from grader.feedback.shrinking.relations import ORDERS, TIES, TRIPLES, laws_of_numbers
from grader.model import Fault, Limits, Trial
from grader.sandbox.student import Student
from grader.trials import trials

# So long that no machine is too slow for the number of candidates to decide.
PATIENT = Budget(seconds=60.0)


def made(maker, *arguments: Any, regimes=("normal",) * 6 + ("small",) * 3 + ("large",) * 3, sizes=(5, 3, 7, 4)):
    """Trials of a maker, one for each regime, at these sizes in turn."""
    return [
        Trial(i, {"n": n}, regime, dict(maker(Draw(np.random.default_rng([7, i]), regime), n, *arguments)))
        for i, (regime, n) in enumerate(zip(regimes, itertools.cycle(sizes), strict=False))
    ]


def shrunk(trial, alike, fails, remade=None, *, budget=Budget(), **more):  # noqa: B008 (it is immutable)
    """The simplest failing inputs, by a search that begins with this trial."""
    return shrinking.shrunk(surroundings(trial, alike, remade, budget.seconds), fails, budget=budget, **more)


def always(batch):
    return [True] * len(batch)


def laws_of(seen) -> Laws:
    return Laws([*laws_of_one(seen, frozenset()), *laws_of_numbers(seen), *laws_of_arrays(seen)])


def lawful(seen: list[dict[str, Any]], after: dict[str, Any]) -> bool:
    """Whether inputs obey what these have in common."""
    return laws_of(seen).obeyed({}, after)


# ---- what can be said of one array ----

SPD = np.array([[2.0, 0.5], [0.5, 1.0]])
HAS = {
    "finite": ([1.0, 2.0], [1.0, np.nan]),
    "whole numbers": ([1.0, -3.0], [1.0, 0.5]),
    "zeros and ones": ([1.0, 0.0], [1.0, 2.0]),
    "signs": ([1, -1], [1, 0]),
    "single precision": ([0.5, 0.25], [0.5, 0.1]),
    "not all equal": ([1.0, 2.0], [2.0, 2.0]),
    "all different": ([1.0, 2.0, 3.0], [1.0, 2.0, 1.0]),
    "ascending": ([1.0, 2.0, 2.0], [1.0, 2.0, 1.0]),
    "descending": ([3.0, 2.0, 2.0], [1.0, 2.0, 1.0]),
    "every label occurs": ([1, 3, 2, 1], [1, 3, 1]),
    "rows all different": ([[1.0, 2.0], [1.0, 3.0]], [[1.0, 2.0], [1.0, 2.0]]),
    "no empty row": ([[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]]),
    "no empty column": ([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]),
    "full rank": ([[1.0, 2.0, 0.0], [1.0, 3.0, 0.0]], [[1.0, 2.0], [2.0, 4.0]]),
    "spread out": ([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]),
    "orthonormal rows": ([[0.6, 0.8, 0.0]], [[1.0, 1.0, 0.0]]),
    "orthonormal columns": ([[0.6], [0.8]], [[1.0], [1.0]]),
    "symmetric": (SPD, [[2.0, 0.5], [0.6, 1.0]]),
    "skew": ([[0.0, 1.0], [-1.0, 0.0]], SPD),
    "positive definite": (SPD, [[1.0, 2.0], [2.0, 1.0]]),
    "positive semidefinite": ([[1.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]),
    "lower triangular": ([[1.0, 0.0], [2.0, 3.0]], SPD),
    "upper triangular": ([[1.0, 2.0], [0.0, 3.0]], SPD),
}


def test_every_fact_is_tried_here():
    assert HAS.keys() == FACTS.keys()


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_tells_arrays_apart(name):
    has, has_not = HAS[name]

    assert FACTS[name](np.array(has)) is True
    assert FACTS[name](np.array(has_not)) is False


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 2)])
def test_a_fact_says_nothing_of_an_empty_array(name, shape):
    assert FACTS[name](np.zeros(shape)) is None


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("number", [np.nan, np.inf, 1e300, 0.0])
def test_a_fact_is_told_of_any_array(name, number):
    with np.errstate(all="ignore"):
        for shape in [(), (3,), (2, 2), (2, 3), (2, 2, 2)]:
            assert FACTS[name](np.full(shape, number)) in (True, False, None)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_of_all_trials_is_a_law(name):
    has, has_not = (np.array(array) for array in HAS[name])

    laws = {law.name: law for law in laws_of_one([{"x": has}, {"x": has.copy()}], frozenset())}

    assert laws[name].holds({"x": has})
    assert not laws[name].holds({"x": has_not})
    assert name not in {law.name for law in laws_of_one([{"x": has}, {"x": has_not}], frozenset())}


CONSTANT = {
    "sum": ([0.25, 0.75], [0.5, 0.5], [0.5, 0.75]),
    "row sums": ([[0.25, 0.75], [0.5, 0.5]], [[1.0, 0.0]], [[1.0, 1.0]]),
    "column sums": ([[0.25, 0.5], [0.75, 0.5]], [[1.0], [0.0]], [[1.0], [1.0]]),
    "length": ([0.6, 0.8], [1.0, 0.0], [1.0, 1.0]),
    "row lengths": ([[0.6, 0.8]], [[1.0, 0.0]], [[1.0, 1.0]]),
    "column lengths": ([[0.6], [0.8]], [[1.0], [0.0]], [[1.0], [1.0]]),
    "least": ([1, 3], [1, 2, 2], [0, 3]),
    "greatest": ([1, 3], [3, 2, 2], [1, 2]),
    "first": ([0.0, 3.0], [0.0, 2.0], [1.0, 2.0]),
    "last": ([0.0, 3.0], [1.0, 3.0], [3.0, 2.0]),
}


def test_every_constant_is_tried_here():
    assert CONSTANT.keys() == CONSTANTS.keys()


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_number_that_is_the_same_in_all_trials_is_a_law(name):
    one, other, broken = (np.array(array) for array in CONSTANT[name])

    laws = {law.name: law for law in laws_of_one([{"x": one}, {"x": other}], frozenset())}

    assert laws[name].holds({"x": other})
    assert not laws[name].holds({"x": broken})
    assert name not in {law.name for law in laws_of_one([{"x": one}, {"x": broken}], frozenset())}


@pytest.mark.parametrize("bound", [*AT_LEAST, *AT_MOST])
def test_nothing_is_larger_or_smaller_than_what_was_seen(bound):
    seen = [{"A": np.array([[1.0, 0.0], [0.0, 2.0]])}, {"A": np.array([[3.0, 0.0], [0.0, 2.0]])}]
    beyond = {
        "least entry": np.array([[1.0, -0.5], [0.0, 1.0]]),
        "greatest entry": np.array([[4.0, 0.0], [0.0, 2.5]]),
        "condition": np.array([[0.5, 0.0], [0.0, 2.0]]),
    }
    laws = {law.name: law for law in laws_of_one(seen, frozenset())}

    assert laws[bound].holds({"A": np.eye(2)})
    assert not laws[bound].holds({"A": beyond[bound]})


def test_numbers_that_keep_away_from_zero_stay_away():
    seen = [
        trial.inputs for trial in made(lambda draw, n: {"gamma": draw.signed_uniform(0.5, 2.0, n), "x": draw.normal(n)})
    ]
    gamma, x = seen[0]["gamma"].copy(), seen[0]["x"].copy()
    gamma[0], x[0] = 0.25, 0.0

    assert lawful(seen, {**seen[0], "x": x}), "what comes close to 0 may be 0"
    assert not lawful(seen, {**seen[0], "gamma": gamma})


# ---- what can be said of several inputs ----


@pytest.mark.parametrize(
    ("seen", "good", "bad"),
    [
        pytest.param([(0.25, 0.75), (0.5, 0.5), (0.75, 0.25)], (0.375, 0.625), (0.375, 0.5), id="sum"),
        pytest.param([(1.0, 3.0), (2.0, 4.0), (4.0, 6.0)], (3.0, 5.0), (3.0, 3.5), id="difference"),
        pytest.param([(0.5, 2.0), (1.0, 1.0), (2.0, 0.5)], (2.0, 0.5), (2.0, 1.0), id="product"),
        pytest.param([(1.0, 2.0), (2.0, 4.0), (4.0, 8.0)], (3.0, 6.0), (3.0, 7.0), id="ratio"),
        pytest.param([(1.0, 2.0), (2.0, 2.5), (0.5, 8.0)], (1.0, 3.0), (2.0, 2.0), id="less"),
        pytest.param([(1.0, 2.0), (2.0, 2.0), (0.5, 8.0)], (2.0, 2.0), (2.0, 1.5), id="not greater"),
    ],
)
def test_numbers_stay_tied_and_in_order(seen, good, bad):
    seen, good, bad = [{"a": a, "b": b} for a, b in seen], *({"a": a, "b": b} for a, b in (good, bad))

    assert lawful(seen, good)
    assert not lawful(seen, bad)


def test_every_relation_is_tried_here():
    assert {*ORDERS, *TIES} == {"less", "not greater", "difference", "sum", "product", "ratio"}
    assert {*TRIPLES} == {"joined", "window", "flattened"}


@pytest.mark.parametrize(
    ("rule", "third"),
    [
        ("joined", lambda n, k: n + k),
        ("window", lambda n, k: n - k + 1),
        ("flattened", lambda n, k: n * k),
    ],
)
def test_lengths_that_come_of_two_others_go_on_doing_so(rule, third):
    def inputs(n, k, length):
        return {"x": np.arange(n) * 0.5, "kernel": np.arange(k) * 0.25, "out": np.arange(length) * 2.0}

    seen = [inputs(n, k, third(n, k)) for n, k in [(7, 3), (9, 2), (12, 5), (8, 4)]]

    assert lawful(seen, inputs(8, 3, third(8, 3)))
    assert not lawful(seen, inputs(8, 3, third(8, 3) - 1)), rule


def pair(*arrays):
    return dict(zip("ab", map(np.array, arrays), strict=True))


@pytest.mark.parametrize(
    ("name", "has", "has_not"),
    [
        ("equal", pair([1.0, 2.0], [1.0, 2.0]), pair([1.0, 2.0], [1.0, 3.0])),
        ("nowhere equal", pair([1.0, 2.0], [2.0, 1.0]), pair([1.0, 2.0], [1.0, 3.0])),
        ("above", pair([3.0, 2.0], [2.0, 1.0]), pair([1.0, 2.0], [1.0, 1.0])),
        ("below", pair([1.0, 2.0], [2.0, 3.0]), pair([1.0, 2.0], [1.0, 3.0])),
        ("not above", pair([1.0, 2.0], [1.0, 3.0]), pair([1.5, 2.0], [1.0, 3.0])),
        ("not below", pair([1.0, 4.0], [1.0, 3.0]), pair([1.5, 2.0], [1.0, 3.0])),
        ("add up to 1", pair([0.25, 0.5], [0.75, 0.5]), pair([0.25, 0.5], [0.75, 0.75])),
        ("first entries equal", pair([1.0, 2.0], [1.0, 3.0]), pair([1.0, 2.0], [2.0, 2.0])),
        ("last entries equal", pair([2.0, 1.0], [3.0, 1.0]), pair([2.0, 1.0], [2.0, 2.0])),
        ("opposite", pair([2.0, -1.0], [-2.0, 1.0]), pair([2.0, 1.0], [-2.0, 1.0])),
    ],
)
def test_arrays_of_one_shape_keep_what_they_have_in_common(name, has, has_not):
    laws = {law.name: law for law in laws_of_arrays([has, {key: value.copy() for key, value in has.items()}])}

    assert laws[name].holds(has)
    assert not laws[name].holds(has_not)
    assert name not in {law.name for law in laws_of_arrays([has, has_not])}


def test_every_likeness_is_tried_above():
    [mark] = test_arrays_of_one_shape_keep_what_they_have_in_common.pytestmark
    assert {name for name, *_ in mark.args[1]} == ALIKE.keys()


def test_the_rows_of_a_class_do_not_come_to_lie_on_a_line():
    rng = np.random.default_rng(0)
    seen = [{"X": rng.standard_normal((8, 2)), "y": np.array([1, 2] * 4)} for _ in range(4)]
    flat = np.round(seen[0]["X"], 1)
    flat[::2, 0] = 0.5  # class 1 only

    broken = [law.name for law in laws_of_arrays(seen) if not law.holds({"X": flat, "y": seen[0]["y"]})]
    assert broken == ["spread out, by label"]


def test_a_mean_stays_the_mean_of_its_values():
    rng = np.random.default_rng(0)
    seen = []
    for n in (3, 5, 4):
        values, probs = rng.standard_normal(n), rng.dirichlet(np.ones(n))
        seen.append({"mean": float(probs @ values), "values": values, "probs": probs})
    laws = [law for law in laws_of_arrays(seen) if law.name == "product"]

    assert laws
    assert all(law.holds(seen[0]) for law in laws)
    assert not all(law.holds({**seen[0], "mean": 0.0}) for law in laws)


class Quadratic:
    """A function of vectors of one length, and its gradient."""

    def __init__(self, minimiser, gradient: bool) -> None:
        self.minimiser, self.gradient = minimiser, gradient

    def __call__(self, x):
        away = np.asarray(x) - self.minimiser
        if away.shape != self.minimiser.shape or np.ndim(x) == 0:
            raise ValueError("of another shape")
        return 2 * away if self.gradient else float(away @ away)


def quadratic(draw, n):
    minimiser = draw.normal(n)
    f, gradient = Quadratic(minimiser, False), Quadratic(minimiser, True)
    return {"f": f, "grad_f": gradient, "x": draw.normal(n), "x_star": minimiser, "beta": 2.0 + draw.uniform(0.0, 1.0)}


def test_what_belongs_to_a_function_stays_as_it_is():
    tried = made(quadratic)

    found = shrunk(tried[0], tried, always, budget=PATIENT)

    assert found["f"] is tried[0].inputs["f"]
    assert found["beta"] == tried[0].inputs["beta"], "it may be a bound of the function's curvature"
    np.testing.assert_allclose(found["grad_f"](found["x_star"]), 0, atol=1e-4)
    assert simplicity({"x": found["x"]}) < simplicity({"x": tried[0].inputs["x"]})
    assert np.isfinite(found["f"](found["x"]))


def test_what_is_said_of_functions_tells_them_apart():
    point = np.array([1.0, 2.0])
    truths = {
        name: [fact(value, point) for value in map(np.asarray, (0.0, point, np.nan))] for name, fact in VALUES.items()
    }

    assert truths == {
        "taken": [True, True, False],
        "a number": [True, False, True],
        "of its shape": [False, True, False],
        "gives 0": [True, False, False],
    }


# ---- dimensions ----


def test_axes_and_numbers_of_one_length_shrink_together():
    tried = made(
        lambda draw, n: {"x": draw.normal(n), "W": draw.normal(n, 2), "more": draw.normal(n + 1), "n": n, "k": 4}
    )
    seen = [trial.inputs for trial in tried]

    [part] = dimensions(seen)
    shorter = list(smaller(seen[2], part))

    assert {2, 3, 6} == {inputs["n"] for inputs in shorter}
    for inputs in shorter:
        assert inputs["x"].shape == (inputs["n"],)
        assert inputs["W"].shape == (inputs["n"], 2)
        assert inputs["more"].shape == (inputs["n"] + 1,)
        assert inputs["k"] == 4
    first, last = shorter[:2]
    np.testing.assert_array_equal(first["x"], seen[2]["x"][:2])
    np.testing.assert_array_equal(last["x"], seen[2]["x"][-2:])


def classified(draw, n):
    m = 2 * n + draw.ints(0, 5)
    return {"scores": draw.normal(m, n), "y": draw.labels(m, n), "from_0": draw.labels(m, n) - 1, "K": n, "m": m}


def test_classes_can_become_fewer():
    tried = made(classified)

    found = shrunk(tried[2], tried, always, budget=PATIENT)

    K = found["K"]
    assert K == 2
    assert set(found["y"]) == {1, 2}
    assert set(found["from_0"]) <= {0, 1}
    assert found["scores"].shape == (len(found["y"]), K) == (found["m"], K)
    assert len(found["y"]) < len(tried[2].inputs["y"])


def test_a_length_that_never_changes_is_left_alone():
    tried = made(lambda draw, n: {"point": draw.normal(3), "x": draw.normal(n)})

    found = shrunk(tried[0], tried, always, budget=PATIENT)

    assert found["point"].shape == (3,)
    assert found["x"].shape == (3,), "it was never shorter than the point, and perhaps must not be"


def test_nothing_is_cut_beside_what_nobody_can_cut():
    tried = made(lambda draw, n: {"x": draw.normal(n), "layers": [draw.normal(n)]})

    found = shrunk(tried[0], tried, always, budget=PATIENT)

    assert found["x"].shape == (5,)
    assert found["layers"] is tried[0].inputs["layers"]


# ---- simplicity ----


@pytest.mark.parametrize(
    ("simple", "less_simple"),
    [([1.0], [1.0, 0.0]), ([0.0], [1.0]), ([1.0], [0.5]), ([2.0], [10.0]), ([1.0], [-1.0]), ([3.0], [1 / 3])],
)
def test_fewer_shorter_and_smaller_numbers_are_simpler(simple, less_simple):
    assert cost(np.array(simple)) < cost(np.array(less_simple))


@given(st.one_of(st.floats(), st.integers(-(2**40), 2**40)))
@settings(derandomize=True, deadline=None)
def test_simpler_numbers_are_simpler_and_of_the_same_kind(number):
    for other in simpler_numbers(number):
        assert cost(other) < cost(number)
        assert type(other) is type(number)


# ---- the search ----


def vectors(draw, n):
    return {
        "x": draw.normal(n),
        "y": draw.normal(n),
        "eps": draw.constant(1e-5, (1e-2, 0.3)),
        "axis": 0,
        "name": "relu",
    }


def when(condition):
    return lambda batch: [bool(condition(inputs)) for inputs in batch]


def test_the_result_fails_and_is_as_simple_as_can_be():
    tried = made(vectors, regimes=("normal", "normal", "ties", "ties", "ties"))
    start = max(tried, key=lambda trial: trial.inputs["x"].max())

    found = shrunk(start, tried, when(lambda inputs: inputs["x"].max() > 1), budget=PATIENT)

    assert len(found["x"]) == len(found["y"]) == 2
    assert found["x"].max() == 2
    assert abs(found["x"].min()) <= 1
    assert found["eps"] == 0.25, "of what was seen this is the simplest that is larger than 0"
    assert (found["axis"], found["name"]) == (0, "relu")


def test_what_fails_nowhere_else_is_handed_back():
    tried = made(vectors)

    assert shrunk(tried[0], tried, lambda batch: [False] * len(batch), budget=PATIENT) == tried[0].inputs


def test_the_same_arguments_give_the_same_result():
    tried = made(vectors)
    found = [shrunk(tried[0], tried, when(lambda i: i["x"][0] > i["y"][0]), budget=PATIENT) for _ in range(2)]

    assert repr(found[0]) == repr(found[1])


def test_the_trial_and_the_candidates_are_not_changed():
    tried = made(vectors)
    before = repr(tried[0].inputs)

    found = shrunk(tried[0], tried, always, budget=PATIENT)

    assert repr(tried[0].inputs) == before
    assert not found["x"].flags.writeable


def test_no_more_is_tried_than_the_budget_allows():
    sizes = []

    def fails(batch):
        sizes.append(len(batch))
        return [False] * len(batch)

    tried = made(vectors)
    shrunk(tried[0], tried, fails, lambda k: tried[k], budget=Budget(evaluations=20, seconds=60.0))

    assert sum(sizes) == 20
    assert max(sizes) <= 16


def test_no_message_is_sent_when_time_is_up(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr("grader.feedback.shrinking.search.time.monotonic", lambda: float(next(clock)))
    tried = made(vectors)

    found = shrunk(tried[0], tried, lambda batch: pytest.fail("asked"), budget=Budget(seconds=1e-9))

    assert found == tried[0].inputs


def test_messages_become_short_when_answers_take_long(monkeypatch):
    now, sizes = [0.0], []
    monkeypatch.setattr("grader.feedback.shrinking.search.time.monotonic", lambda: now[0])

    def fails(batch):
        sizes.append(len(batch))
        now[0] += 0.1 * len(batch)
        return [False] * len(batch)

    tried = made(vectors)
    shrunk(tried[0], tried, fails)

    assert sizes[0] <= 4
    assert set(sizes[1:]) <= {1, 2}
    assert now[0] <= 1.25


def test_the_makers_own_small_trials_come_first():
    tried = made(vectors, sizes=(7, 6, 5))
    small = made(vectors, sizes=(2,))
    batches = []

    def fails(batch):
        batches.append(batch)
        return always(batch)

    shrunk(tried[0], tried, fails, lambda k: small[k], budget=PATIENT)

    assert all(any(inputs["x"] is trial.inputs["x"] for trial in small) for inputs in batches[0])


def test_of_the_makers_own_the_simplest_that_fails_is_taken():
    tried, small = made(vectors, sizes=(7, 6, 5)), made(vectors, sizes=(2, 3))

    found = shrunk(
        tried[0], tried, when(lambda i: len(i["x"]) == 3), lambda k: small[k], only_made=True, budget=PATIENT
    )

    threes = [trial.inputs for trial in small[:8] if len(trial.inputs["x"]) == 3]
    assert found["x"] is min(threes, key=simplicity)["x"]


def test_large_inputs_are_not_searched():
    tried = made(vectors, sizes=(5000, 4000))

    assert shrunk(tried[0], tried, lambda batch: pytest.fail("asked"), budget=PATIENT) == tried[0].inputs


def test_inputs_that_are_left_out_stay_out():
    tried = made(vectors)
    narrow = Trial(0, tried[0].case, "normal", {"x": tried[0].inputs["x"]})

    assert shrunk(narrow, tried, always, lambda k: tried[k], budget=PATIENT).keys() == {"x"}


def test_what_the_caller_raises_is_raised():
    tried = made(vectors)

    with pytest.raises(ZeroDivisionError):
        shrunk(tried[0], tried, lambda batch: [1 / 0], budget=PATIENT)


def test_only_trials_of_the_same_case_are_kin():
    def of(case, x):
        return Trial(0, case, "normal", {"x": x})

    own = of({"gamma": "scalar", "d": 2}, 1.0)
    alike = of({"gamma": "scalar", "d": 5}, 2.0)
    others = [of({"gamma": "vector", "d": 2}, 3.0), of({"gamma": "scalar", "d": 2}, np.ones(2))]

    assert kin(own, [own, alike, *others]) == [own.inputs, alike.inputs]


# ---- whatever the failure: the inputs stay valid ----


def chain(draw, n):
    low = draw.uniform(0.5, 2.0)
    p = draw.probability(0.1, 0.9)
    return {
        "n": n,
        "start": draw.simplex(n),
        "steps": np.stack([draw.simplex(n) for _ in range(n)]),
        "cov": draw.spd(n),
        "hot": draw.onehot(n + 3, n),
        "labels": draw.labels(n + 3, n),
        "mask": draw.mask(0.5, n, n),
        "signs": draw.sign(n),
        "grid": np.sort(draw.uniform(0.0, 4.0, n)),
        "order": draw.generator.permutation(n),
        "Q": draw.orthogonal(3),
        "positive": draw.uniform(0.1, 3.0, n),
        "alpha": low,
        "beta": low + draw.uniform(0.25, 2.0),
        "pi1": p,
        "pi2": 1 - p,
    }


def assert_is_chain(inputs):
    n = inputs["n"]
    assert {inputs[name].shape for name in ("start", "signs", "grid", "order", "positive")} == {(n,)}
    assert {inputs[name].shape for name in ("steps", "cov", "mask")} == {(n, n)}
    np.testing.assert_allclose([inputs["start"].sum(), *inputs["steps"].sum(axis=1)], 1, atol=1e-12)
    assert min(inputs["start"].min(), inputs["steps"].min(), inputs["positive"].min()) > 0
    np.testing.assert_array_equal(inputs["cov"], inputs["cov"].T)
    assert np.linalg.eigvalsh(inputs["cov"]).min() > 0
    np.testing.assert_allclose(inputs["Q"] @ inputs["Q"].T, np.eye(3), atol=1e-5)
    assert np.isin(inputs["hot"], (0, 1)).all()
    assert (inputs["hot"].sum(axis=1) == 1).all()
    assert (inputs["hot"].sum(axis=0) >= 1).all()
    assert set(inputs["labels"]) == set(range(1, n + 1))
    assert np.isin(inputs["mask"], (0, 1)).all()
    assert np.isin(inputs["signs"], (-1, 1)).all()
    assert (np.diff(inputs["grid"]) >= 0).all()
    assert sorted(inputs["order"]) == list(range(n))
    assert 0 < inputs["alpha"] < inputs["beta"]
    assert inputs["pi1"] + inputs["pi2"] == 1
    assert 0 < inputs["pi1"] < 1


@given(st.integers(0, 2**32 - 1), st.integers(0, 11), st.floats(0.02, 1.0))
@settings(derandomize=True, max_examples=8, deadline=None, phases=[Phase.generate])
def test_inputs_stay_valid_whichever_of_them_fail(seed, which, often):
    tried = made(chain)
    rng = np.random.default_rng(seed)

    def fails(batch):
        for inputs in batch:
            assert_is_chain(inputs)
        return list(rng.random(len(batch)) < often)

    found = shrunk(tried[which], tried, fails, budget=Budget(evaluations=60, seconds=60.0))

    assert simplicity(found) <= simplicity(tried[which].inputs)


# ---- a real homework and a real worker ----


@pytest.fixture(scope="module")
def homework() -> Assignment:
    return Assignment(Course(Path(__file__).resolve().parents[2]), "ntu_ml_hw2")


def planned(homework, problem: str, function: str):
    """The reference, and the trials that the rubric plans for a function."""
    [own] = [candidate for candidate in homework.rubric.problems if candidate.id == problem]
    inputs, reference = own.functions[function].inputs, homework.references[problem]
    return reference, trials(inputs, reference.function(inputs.maker), 0)


def is_covariance(matrix) -> bool:
    return np.array_equal(matrix, matrix.T) and np.linalg.eigvalsh(matrix).min() > 0


VALID = {
    ("1", "layer_norm_backward"): lambda i: (
        i["x"].shape == i["dy"].shape and np.shape(i["gamma"]) in ((), i["x"].shape) and np.abs(i["gamma"]).min() >= 0.5
        and 0 < i["eps"] <= 0.3
    ),
    ("2", "log_likelihood"): lambda i: (
        i["pi1"] + i["pi2"] == 1 and 0 < i["pi1"] < 1 and is_covariance(i["Sigma1"]) and is_covariance(i["Sigma2"])
        and set(i["y"]) == {1, 2} and i["X"].shape == (len(i["y"]), len(i["mu1"])) and i["mu1"].shape == i["mu2"].shape
    ),
    ("2", "posterior_logit"): lambda i: (
        i["pi1"] + i["pi2"] == 1 and is_covariance(i["Sigma1"]) and i["x"].shape == i["mu1"].shape
    ),
    ("3", "directional_derivative"): lambda i: (
        set(i["y"]) == set(range(1, i["g"].shape[1] + 1)) and len(i["g"]) == len(i["y"]) == len(i["pred"])
        and i["pred"].min() >= 1 and i["pred"].max() <= i["g"].shape[1]
    ),
    ("3", "multiclass_adaboost"): lambda i: (
        set(i["y"]) == set(range(1, i["K"] + 1)) and i["preds"].shape[1] == len(i["y"]) and i["T"] >= 1
        and i["preds"].min() >= 1 and i["preds"].max() <= i["K"]
    ),
    ("3", "aggregate_predict"): lambda i: (
        len(i["alphas"]) == len(i["preds"]) and i["preds"].min() >= 1 and i["preds"].max() <= i["K"]
        and np.abs(i["alphas"]).min() >= 0.2
    ),
    ("4", "mse_decomposition"): lambda i: (
        i["probs"].shape == i["values"].shape and i["probs"].sum() == 1 and i["probs"].min() > 0
    ),
    ("4", "bregman_divergence"): lambda i: np.isfinite(i["phi"](i["p"])) and np.isfinite(i["phi"](i["q"])),
    ("4", "kl_divergence"): lambda i: (
        i["p"].shape == i["q"].shape and i["p"].sum() == i["q"].sum() == 1 and min(i["p"].min(), i["q"].min()) > 0
    ),
    ("5", "gradient_descent"): lambda i: (
        i["n_steps"] == i["n"] >= 1 and 0 < i["alpha"] <= i["beta"]
        and np.abs(i["grad_f"](i["theta_star"])).max() < 1e-4
    ),
    ("5", "contraction_factor"): lambda i: 0 < i["alpha"] <= i["beta"],
}  # fmt: skip


@pytest.mark.parametrize(("problem", "function"), VALID)
def test_the_inputs_of_a_homework_stay_valid_when_everything_fails(homework, problem, function):
    reference, tried = planned(homework, problem, function)

    def fails(batch):
        assert all(VALID[problem, function](inputs) for inputs in batch)
        return [has_an_answer(reference, function, inputs) for inputs in batch]

    for trial in tried[:: len(tried) // 3]:
        found = shrunk(trial, tried, fails, budget=PATIENT)
        assert simplicity(found) < simplicity(trial.inputs)


def has_an_answer(reference, function, inputs) -> bool:
    """Whether the reference gives numbers."""
    try:
        with np.errstate(all="ignore"):
            answer = reference.function(function)(*reference.arguments(function, Trial(0, {}, "normal", inputs)))
    except (ValueError, ArithmeticError):
        return False
    return all(np.isfinite(value).all() for value in (answer if isinstance(answer, tuple) else (answer,)))


FORGETS_THE_VARIANCE = """
import numpy as np

def layer_norm_backward(dy, x, gamma, eps):
    s = np.sqrt(x.var() + eps)
    dxhat = gamma * dy
    return (dxhat - dxhat.mean()) / s, np.sum(dy * (x - x.mean()) / s), np.sum(dy)
"""


def test_a_students_mistake_is_shown_on_two_simple_numbers(homework, zygote, tmp_path):
    reference, tried = planned(homework, "1", "layer_norm_backward")
    name = "layer_norm_backward"
    (tmp_path / "problem1.py").write_text(FORGETS_THE_VARIANCE)

    with Student(zygote, tmp_path, "problem1.py", Limits(), ()) as student:

        def fails(batch):
            arguments = [reference.arguments(name, Trial(0, {}, "normal", inputs)) for inputs in batch]
            results = student.ask(name, arguments)
            right = [reference.function(name)(*given)[0] for given in arguments]
            assert not any(isinstance(result, Fault) for result in results)
            return [not np.allclose(got[0], dx, rtol=1e-3) for got, dx in zip(results, right, strict=True)]

        assert fails([tried[0].inputs]) == [True]
        found = shrunk(tried[0], tried, fails, budget=PATIENT)
        assert fails([found]) == [True]

    assert found["x"].shape == found["dy"].shape == (2,)
    assert simplicity(found).digits <= 12 < simplicity(tried[0].inputs).digits
