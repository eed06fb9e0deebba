"""Central differences tell a right gradient from a wrong one, and a kink from either; their error is as stated."""

from collections import Counter

import backward_passes
import numpy as np
import pytest
from backward_passes import PAIRS, Pair

from grader.draw import Draw
from grader.slopes import DOUBLE, SINGLE, Finding, examined

SMOOTH = [pair for pair in PAIRS if pair.of not in ("network", "lasso")]
NETWORKS = [pair for pair in PAIRS if pair.of == "network"]
NAMED = {"ids": lambda pair: pair.function}


class Case:
    """A pair at one seeded point: its loss as a function of the argument, the point and the right gradient."""

    def __init__(self, pair: Pair, seed: int, regime: str = "normal", dtype: type = np.float64) -> None:
        self.rng = np.random.default_rng([seed, len(pair.function)])
        inputs = dict(getattr(backward_passes, pair.maker)(Draw(self.rng, regime)))
        self.inputs = {name: dtype(value) for name, value in inputs.items()}
        self.pair, self.dtype = pair, dtype
        self.point = np.asarray(inputs[pair.wrt])
        self.gradient = np.asarray(self.called(pair.function, self.inputs), dtype=np.float64)

    def called(self, name: str, inputs: dict) -> object:
        function = getattr(backward_passes, name)
        return function(*(inputs[key] for key in function.__code__.co_varnames[: function.__code__.co_argcount]))

    def loss(self, argument: np.ndarray) -> float:
        value = self.called(self.pair.of, self.inputs | {self.pair.wrt: argument.astype(self.dtype)})
        weight = self.inputs[self.pair.upstream[0]] if self.pair.upstream else 1.0
        return float(np.sum(np.float64(weight) * value))

    def error(self) -> float:
        """Of a central difference at the step of u^(1/3), relative to the root of sum (g_i u_i)^2."""
        u = self.rng.standard_normal(self.point.shape)
        h = DOUBLE.step * np.sqrt(np.mean(self.point**2))
        slope = (self.loss(self.point + h * u) - self.loss(self.point - h * u)) / (2 * h)
        return abs(slope - np.sum(self.gradient * u)) / np.sqrt(np.sum((self.gradient * u) ** 2))


@pytest.mark.parametrize("pair", SMOOTH, **NAMED)
def test_the_error_floor_on_smooth_functions_is_the_one_that_is_stated(pair):
    errors = [Case(pair, seed).error() for seed in range(50)]

    assert np.median(errors) <= 1e-10
    assert max(errors) <= 5e-9
    assert max(errors) <= DOUBLE.tolerance / 10


@pytest.mark.parametrize("pair", NETWORKS, **NAMED)
def test_one_step_alone_is_led_astray_by_kinks(pair):
    errors = [case.error() for case in (Case(pair, seed) for seed in range(400)) for _ in range(3)]

    assert np.median(errors) <= 1e-10
    assert max(errors) >= 100 * DOUBLE.tolerance, "then the guard is not under test"


@pytest.mark.parametrize("pair", PAIRS, **NAMED)
@pytest.mark.parametrize("regime", ["normal", "small", "large", "ties", "offset"])
def test_a_right_gradient_is_never_called_wrong(pair, regime):
    cases = [Case(pair, seed, regime) for seed in range(25)]
    found = Counter(examined(case.loss, case.point, case.gradient, case.rng).finding for case in cases)

    assert found[Finding.DIFFERS] == 0
    assert regime != "normal" or found[Finding.AGREES] == 25


@pytest.mark.parametrize("pair", NETWORKS, **NAMED)
def test_two_thousand_directions_through_128_kinks_each_call_no_right_gradient_wrong(pair):
    cases = [Case(pair, seed) for seed in range(400)]
    found = Counter(
        examined(case.loss, case.point, case.gradient, case.rng).finding for case in cases for _ in range(3)
    )

    assert found == {Finding.AGREES: 1200}


def in_three_directions(case: Case, gradient: np.ndarray) -> Finding:
    """What three directions say in single precision."""
    return examined(case.loss, case.point, gradient, case.rng, SINGLE, directions=3).finding


@pytest.mark.parametrize("pair", SMOOTH, **NAMED)
def test_a_forward_function_in_single_precision_is_judged_by_longer_steps(pair):
    cases = [Case(pair, seed, dtype=np.float32) for seed in range(50)]
    right = Counter(in_three_directions(case, case.gradient) for case in cases)
    wrong = Counter(in_three_directions(case, 1.2 * case.gradient) for case in cases)

    assert right[Finding.DIFFERS] == 0
    assert right[Finding.AGREES] > 35
    assert wrong[Finding.AGREES] == 0


@pytest.mark.parametrize("pair", NETWORKS, **NAMED)
def test_in_single_precision_a_wrong_gradient_does_not_pass_for_right_at_a_kink(pair):
    cases = [Case(pair, seed, dtype=np.float32) for seed in range(50)]
    found = Counter(in_three_directions(case, 1.2 * case.gradient) for case in cases)

    assert found[Finding.AGREES] == 0


# ---- kinks, ties, rounding ----


def rectified(signs: np.ndarray):
    """The sum of signs times ReLU, and its gradient with 0 at 0."""
    return (lambda x: float(np.sum(signs * np.maximum(x, 0)))), (lambda x: signs * (x > 0))


@pytest.mark.parametrize("near", [0.0, 1e-12, 1e-9, 1e-7, 3e-7, 1e-6, 4e-6, 1e-5, 1e-3])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_no_kink_however_near_makes_a_right_gradient_wrong(near, side):
    rng = np.random.default_rng(1)
    for _ in range(200):
        signs = rng.choice([-1.0, 1.0], 6)
        loss, gradient = rectified(signs)
        x = rng.standard_normal(6)
        x[rng.integers(6, size=3)] = side * near

        assert examined(loss, x, gradient(x), rng).finding is not Finding.DIFFERS
        # at 0 itself, any number between the two slopes is one
        assert near or examined(loss, x, signs * (x >= 0), rng).finding is not Finding.DIFFERS


def test_beside_a_tie_a_gradient_that_no_kink_explains_is_wrong():
    rng = np.random.default_rng(2)
    found = Counter()
    for _ in range(100):
        loss, gradient = rectified(np.ones(6))
        x = rng.standard_normal(6)
        x[0] = 0.0
        found[examined(loss, x, gradient(x) + np.eye(6)[3], rng)] += 1

    assert sum(count for what, count in found.items() if what.finding is Finding.AGREES) == 0
    assert found[Finding.DIFFERS, (3,)] >= 90


def test_a_loss_that_drowns_in_rounding_teaches_nothing():
    rng, x = np.random.default_rng(0), np.arange(1.0, 5.0)

    for gradient in (2 * x, -x, 0 * x):
        assert examined(lambda x: 1e16 + float(x @ x), x, gradient, rng).finding is Finding.UNKNOWN


def test_a_loss_that_is_random_teaches_nothing():
    rng, noise, x = np.random.default_rng(0), np.random.default_rng(1), np.arange(1.0, 5.0)
    found = {examined(lambda x: float(x @ x) + noise.normal(), x, 2 * x, rng).finding for _ in range(50)}

    assert Finding.AGREES not in found


@pytest.mark.parametrize("point", [np.zeros(4), np.full(4, 1e4), np.full(4, -1e-8), 1e4 + np.arange(4.0)])
def test_steps_suit_arguments_of_any_size_and_spread(point):
    rng = np.random.default_rng(0)

    def loss(x):
        return float(np.sum(np.tanh(x - point)))

    assert examined(loss, point, np.ones(4), rng).finding is Finding.AGREES
    assert examined(loss, point, np.array([1, 1, 1, 1.01]), rng) == (Finding.DIFFERS, (3,))


def test_a_number_has_a_slope_too():
    rng = np.random.default_rng(0)

    for at in (0.0, 3.0, -1e-3):
        point = np.asarray(at)
        assert examined(lambda t: float(np.exp(t)), point, np.exp(point), rng).finding is Finding.AGREES
        assert examined(lambda t: float(np.exp(t)), point, 1.001 * np.exp(point), rng) == (Finding.DIFFERS, ())


def test_what_an_entry_may_be_off_by_is_granted():
    rng, x = np.random.default_rng(0), np.arange(1.0, 5.0)
    off = 2 * x + np.array([0, 0, 1e-3, 0])

    assert examined(lambda x: float(x @ x), x, off, rng).finding is Finding.DIFFERS
    assert examined(lambda x: float(x @ x), x, off, rng, slack=np.array([0, 0, 2e-3, 0])).finding is Finding.AGREES


# ---- which entry ----


@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 3, 4)])
def test_the_first_wrong_entry_is_found_wherever_it_is(shape):
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape)
    for entry in np.ndindex(shape):
        wrong = 2 * x
        wrong[entry] *= 1.5

        assert examined(lambda x: float(np.sum(x**2)), x, wrong, rng) == (Finding.DIFFERS, entry)


def test_of_several_wrong_entries_it_is_the_first():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 6))
    for entry in np.ndindex(x.shape):
        wrong = 2 * x
        wrong.ravel()[np.ravel_multi_index(entry, x.shape) :] *= -1

        assert examined(lambda x: float(np.sum(x**2)), x, wrong, rng).entry == entry


def test_a_large_gradient_takes_few_calls_to_search():
    calls, x = [], np.linspace(-1.0, 2.0, 100_000)
    wrong = 2 * x
    wrong[77_777] += 1e3

    def loss(x):
        calls.append(None)
        return float(x @ x)

    assert examined(loss, x, wrong, np.random.default_rng(0)).entry == (77_777,)
    assert len(calls) < 200
