"""The measured bound lets every right answer pass, in double and in single precision, and no wrong one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from grader import tolerance
from grader.answers import Answer, measured
from grader.compare import conformed, disagreement
from grader.errors import BrokenReference
from grader.model import Trial
from grader.reference import ReferenceModule
from grader.trials import Inputs, trials

REFERENCE = '''\
"""Functions of many kinds, as an instructor writes them, and where their inputs come from."""

import numpy as np


def layer_norm(x, gamma, beta, eps):
    centred = x - x.mean()
    return gamma * centred / np.sqrt(np.mean(centred**2) + eps) + beta


def layer_norm_backward(dy, x, gamma, eps):
    centred = x - x.mean()
    root = np.sqrt(np.mean(centred**2) + eps)
    xhat = centred / root
    g = dy * gamma
    return (g - g.mean() - xhat * np.mean(g * xhat)) / root, dy * xhat, dy.copy()


def layer_inputs(draw, d: int):
    return {
        "dy": draw.normal(d), "x": draw.normal(d), "gamma": draw.signed_uniform(0.5, 2, d),
        "beta": draw.normal(d), "eps": draw.constant(1e-5, (1e-3, 0.3)),
    }


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_sum_exp(z):
    top = z.max()
    return top + np.log(np.sum(np.exp(z - top)))


def softmax_inputs(draw, n: int, c: int):
    return {"z": draw.logits(n, c)}


def product(A, B, v):
    return A @ B @ v


def matrix_inputs(draw, d: int):
    return {"A": draw.normal(d, d + 2), "B": draw.normal(d + 2, d), "v": draw.normal(d)}


def log_density(x, mu, S):
    r = x - mu
    return -0.5 * (r @ np.linalg.solve(S, r) + np.linalg.slogdet(S)[1] + len(x) * np.log(2 * np.pi))


def density_inputs(draw, d: int):
    return {"x": draw.normal(d), "mu": draw.normal(d), "S": draw.spd(d, scale=draw.uniform(0.5, 2.0))}


def divergence(phi, grad_phi, p, q):
    return phi(p) - phi(q) - np.dot(grad_phi(q), p - q)


def divergence_inputs(draw, d: int, pair: str = "apart"):
    p, q = draw.uniform(0.1, 3.0, 2, d)
    return {
        "phi": lambda t: float(np.sum(t * np.log(t))), "grad_phi": lambda t: np.log(t) + 1,
        "p": p, "q": p.copy() if pair == "equal" else q,
    }


def cross_term(y, v):
    return (np.mean(2 * v) - 2 * v.mean()) * (y - v.mean())


def cross_term_inputs(draw, c: float):
    return {"y": draw.normal(), "v": c * draw.normal(5)}
'''

# One argument in single precision makes all of an answer so.
PRECISIONS = {"double": np.float64, "single": np.float32}
FLAT = ({"regime": "const", "d": "1"}, {"regime": "const", "d": "4"})
LAYERS = {"sizes": {"d": ("5", "2", "3", "17")}, "edges": FLAT}
SCORES = {"sizes": {"n": ("3", "1", "7"), "c": ("5", "2", "11")}}
PLAIN = {"sizes": {"d": ("3", "1", "2", "7")}}
PAIRS = {**PLAIN, "edges": ({"d": "3", "pair": "equal"}, {"d": "1", "pair": "equal"}, {"d": "6", "pair": "equal"})}
PLANS = {
    "layer_norm": ("layer_inputs", LAYERS),
    "layer_norm_backward": ("layer_inputs", LAYERS),
    "softmax": ("softmax_inputs", SCORES),
    "log_sum_exp": ("softmax_inputs", SCORES),
    "product": ("matrix_inputs", PLAIN),
    "log_density": ("density_inputs", PLAIN),
    "divergence": ("divergence_inputs", PAIRS),
}
SEEDS = range(22)  # times 14 to 17 trials: more than 300


class Measured(NamedTuple):
    """A trial, the arguments of a call in it, and the answer."""

    trial: Trial
    arguments: list[Any]
    answer: Answer


def module(folder: Path, source: str) -> ReferenceModule:
    path = folder / "problem1.py"
    path.write_text(source, encoding="utf-8")
    return ReferenceModule(path)


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> ReferenceModule:
    return module(tmp_path_factory.mktemp("reference"), REFERENCE)


@pytest.fixture(scope="module")
def tried(reference) -> Callable[..., list[Measured]]:
    """`tried("softmax")` are the trials of many seeds with the answers of the reference."""
    kept: dict[str, list[Measured]] = {}

    def of(name: str, seeds: Sequence[int] = SEEDS) -> list[Measured]:
        if name not in kept:
            maker, plan = PLANS[name]
            inputs = Inputs(maker=maker, **plan)
            kept[name] = [row for seed in seeds for row in _measured(reference, name, inputs, seed)]
        return kept[name]

    return of


def _measured(reference: ReferenceModule, name: str, inputs: Inputs, seed: int = 0) -> list[Measured]:
    made = trials(inputs, reference.function(inputs.maker), seed)
    given = [reference.arguments(name, trial) for trial in made]
    found = measured(reference, name, made, [trial.regime for trial in made], ())
    return [Measured(*row) for row in zip(made, given, found, strict=True)]


def in_precision(kind: type, value: Any) -> Any:
    """An argument as a student holds it who works in this precision."""
    if callable(value):
        return lambda t: kind(value(np.float64(t)))
    return kind(value)


def excess(answer: Any, right: Answer) -> float:
    """The largest difference in units of the bound."""
    fitting = conformed(answer, right.value)
    pairs = zip(fitting, right.value, right.bound, strict=True) if isinstance(fitting, tuple) else [
        (fitting, right.value, right.bound)
    ]  # fmt: skip
    return max(float(np.max(np.abs(got - want) / bound)) for got, want, bound in pairs)


# ---- right answers, written differently ----


def layer_norm_in_loops(x, gamma, beta, eps):
    n, mean, variance = x.dtype.type(len(x)), x.dtype.type(0), x.dtype.type(0)
    for value in x:
        mean += value / n
    for value in x:
        variance += (value - mean) * (value - mean) / n
    return [g * (value - mean) / np.sqrt(variance + eps) + b for value, g, b in zip(x, gamma, beta, strict=True)]


def layer_norm_by_variance(x, gamma, beta, eps):
    return (x - np.mean(x)) * (gamma / np.sqrt(x.var() + eps)) + beta


def layer_norm_by_length(x, gamma, beta, eps):
    centred, n = x - np.mean(x), x.dtype.type(len(x))
    return gamma * centred * np.sqrt(n) / np.sqrt(centred @ centred + n * eps) + beta


def backward_path_by_path(dy, x, gamma, eps):
    n, centred = x.dtype.type(len(x)), x - x.mean()
    s, g = 1 / np.sqrt(np.mean(centred * centred) + eps), dy * gamma
    d_variance = np.sum(g * centred) * x.dtype.type(-0.5) * s**3
    d_mean = -np.sum(g) * s + d_variance * np.mean(-2 * centred)
    return g * s + d_variance * 2 * centred / n + d_mean / n, dy * centred * s, dy


def backward_by_jacobian(dy, x, gamma, eps):
    n, centred = len(x), x - x.mean()
    s = np.sqrt(np.mean(centred * centred) + eps)
    jacobian = (np.eye(n, dtype=x.dtype) - x.dtype.type(1 / n)) / s - np.outer(centred, centred) / (n * s**3)
    return jacobian.T @ (dy * gamma), dy * centred / s, dy


def softmax_one_by_one(z):
    return [[1 / np.sum(np.exp(row - value)) for value in row] for row in z]


def softmax_shifted_by_mean_of_ends(z):
    e = np.exp(z - z.max(-1, keepdims=True)).T
    return (e / np.add.reduce(e, axis=0)).T


def log_sum_exp_in_turn(z):
    total = z.dtype.type(-np.inf)
    for value in z.ravel():
        total = np.logaddexp(total, value)
    return total


def log_sum_exp_sorted(z):
    first, *rest = np.sort(z.ravel())[::-1]
    return first + np.log1p(np.sum(np.exp(np.array(rest, z.dtype) - first)))


def product_from_the_right(A, B, v):
    return A @ (B @ v)


def product_by_einsum(A, B, v):
    return np.einsum("ij,jk,k->i", A, B, v)


def density_by_inverse(x, mu, S):
    r, n = x - mu, x.dtype.type(len(x))
    return -(r @ np.linalg.inv(S) @ r) / 2 - np.log(np.sqrt(np.linalg.det(S))) - n * np.log(2 * x.dtype.type(np.pi)) / 2


def density_by_cholesky(x, mu, S):
    root = np.linalg.cholesky(S)
    z, c = np.linalg.solve(root, x - mu), x.dtype.type(len(x) / 2 * np.log(2 * np.pi))
    return -(z @ z) / 2 - np.sum(np.log(np.diag(root))) - c


def divergence_term_by_term(phi, grad_phi, p, q):
    return (phi(p) - phi(q)) - np.sum(grad_phi(q) * (p - q))


def divergence_multiplied_out(phi, grad_phi, p, q):
    return phi(p) - (phi(q) + np.dot(grad_phi(q), p) - np.dot(grad_phi(q), q))


RIGHT = {
    "layer_norm": [layer_norm_in_loops, layer_norm_by_variance, layer_norm_by_length],
    "layer_norm_backward": [backward_path_by_path, backward_by_jacobian],
    "softmax": [softmax_one_by_one, softmax_shifted_by_mean_of_ends],
    "log_sum_exp": [log_sum_exp_in_turn, log_sum_exp_sorted],
    "product": [product_from_the_right, product_by_einsum],
    "log_density": [density_by_inverse, density_by_cholesky],
    "divergence": [divergence_term_by_term, divergence_multiplied_out],
}


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name, others in RIGHT.items() for other in others],
    ids=[other.__name__ for others in RIGHT.values() for other in others],
)  # fmt: skip
def test_right_answers_stay_well_within_the_bound(tried, name, other, precision):
    rows = tried(name)
    kind = PRECISIONS[precision]

    with np.errstate(over="ignore", under="ignore"):
        worst = max(
            excess(other(*(in_precision(kind, value) for value in row.arguments)), row.answer) for row in rows
        )

    assert len(rows) > 300
    # A hundred times as far is still within double precision, and single precision has half of the room to spare.
    assert worst <= (1e-8 if precision == "double" else 0.5)


# ---- wrong answers ----


def bent(value: Any, change: Callable[[Any], Any]) -> list[Any]:
    """The value with one of its outputs changed, for every output."""
    if not isinstance(value, tuple):
        return [change(value)]
    return [(*value[:i], change(value[i]), *value[i + 1 :]) for i in range(len(value))]


def off_in_one_element(value: Any) -> Any:
    array = np.array(value, dtype=np.float64)
    array.flat[array.size // 2] += 1e-3 * np.max(np.abs(array))
    return array


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda value: value * 1.001, id="a thousandth too large"),
        pytest.param(lambda value: value * 0.999, id="a thousandth too small"),
        pytest.param(off_in_one_element, id="one element"),
        pytest.param(lambda value: value * 0, id="zeros"),
        pytest.param(lambda value: -value, id="other sign"),
    ],
)
def test_wrong_answers_are_beyond_the_bound_in_nearly_every_trial(tried, name, change):
    rows = tried(name, range(3))

    caught = [
        bool(disagreement(answer, row.answer.value, row.answer.bound))
        for row in rows
        for answer in bent(row.answer.value, change)
    ]

    assert np.mean(caught) > 0.75


def layer_norm_with_a_term_off(x, gamma, beta, eps):
    return gamma * (x - 1.001 * x.mean()) / np.sqrt(x.var() + eps) + beta


def backward_with_a_term_off(dy, x, gamma, eps):
    right = backward_by_jacobian(dy, x, gamma, eps)
    return right[0] + 1e-3 * np.mean(dy * gamma) / np.sqrt(x.var() + eps), *right[1:]


def density_with_a_term_off(x, mu, S):
    return density_by_cholesky(x, mu, S) - 0.5e-3 * len(x) * np.log(2 * np.pi)


def divergence_with_a_term_off(phi, grad_phi, p, q):
    return phi(p) - phi(q) - 1.001 * np.dot(grad_phi(q), p - q)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("layer_norm", layer_norm_with_a_term_off),
        ("layer_norm_backward", backward_with_a_term_off),
        ("log_density", density_with_a_term_off),
        ("divergence", divergence_with_a_term_off),
    ],
)
def test_one_term_that_is_off_by_a_thousandth_is_found(tried, name, wrong):
    rows = tried(name, range(3))

    found = [excess(wrong(*row.arguments), row.answer) > 1 for row in rows]

    assert np.mean(found) > 0.5


# ---- where answers are nothing ----


def test_where_everything_cancels_a_right_answer_passes(tried):
    rows = [row for row in tried("divergence") if row.trial.case.get("pair") == "equal"]

    for row in rows:
        assert abs(row.answer.value) < 1e-12
        assert excess(divergence_multiplied_out(*row.arguments), row.answer) < 1e-8
        assert disagreement(1e-3, row.answer.value, row.answer.bound)


def test_where_all_trials_of_a_kind_are_nothing_the_other_kinds_give_the_size(tmp_path):
    source = '''
def square_of_difference(a, b, c):
    return c * (a.sum() - b.sum()) ** 2


def maker(draw, c: float, pair: str):
    a = draw.normal(4)
    return {"a": a, "b": a.copy() if pair == "equal" else draw.normal(4), "c": c}
'''
    inputs = Inputs(maker="maker", cases={"pair": ("equal", "apart")}, sizes={"c": ("2",)}, regimes={"normal": 6})
    reference = module(tmp_path, source)
    made = trials(inputs, reference.function("maker"), 0)

    found = measured(reference, "square_of_difference", made, [trial.case["pair"] for trial in made], ())

    for trial, answer in zip(made, found, strict=True):
        a, b = (np.float32(trial.inputs[name]).sum() for name in "ab")
        multiplied_out = np.float32(2) * (a * a - 2 * a * b + b * b)
        assert disagreement(multiplied_out, answer.value, answer.bound) == ""
        assert disagreement(answer.value + 1e-2, answer.value, answer.bound)


# ---- what kind of answer ----


def answer_of(tmp_path: Path, source: str, name: str = "f", points: Sequence[float] = ()) -> list[Answer]:
    """The answers of a function of a module with the makers `reals` and `signs`."""
    makers = '''
import numpy as np
def maker(draw, d: int = 4):
    phi = lambda t: np.exp(0.01 * np.asarray(t))
    return {"x": draw.normal(d), "y": draw.sign(d), "k": draw.labels(d + 3, 3), "c": draw.uniform(0.5, 2.0), "phi": phi}
'''
    reference = module(tmp_path, makers + source)
    made = trials(Inputs(maker="maker"), reference.function("maker"), 0)
    return measured(reference, name, made, [trial.regime for trial in made], points)


@pytest.mark.parametrize("body", ["np.argsort(x)", "k + 1", "int(np.argmax(x))", "len(x)", "k.astype(np.uint8)"])
def test_integers_have_to_be_equal(tmp_path, body):
    for answer in answer_of(tmp_path, f"def f(x, k): return {body}"):
        assert np.all(np.asarray(answer.bound) == 0)
        assert np.shape(answer.bound) == np.shape(answer.value)


def test_every_output_of_a_tuple_has_its_own_bound(tmp_path):
    for answer in answer_of(tmp_path, "def f(x, k): return x * 2, (k, x.sum())"):
        floats, (labels, number) = answer.bound
        assert floats.shape == (4,)
        assert floats.min() > 0
        assert not labels.any()
        assert number > 0


def test_a_float_that_is_an_integer_now_and_then_is_a_float(tmp_path):
    found = answer_of(tmp_path, "def f(x): return 0 if x[0] < 0 else float(x[0])")

    assert {type(answer.value) for answer in found} == {int, float}
    assert all(answer.bound > 0 for answer in found)


def test_a_returned_function_is_its_values_at_the_points(tmp_path):
    for answer in answer_of(tmp_path, "def f(x, c): return lambda t: c * t", points=(0.0, 0.5, -2.0)):
        assert answer.value.shape == answer.bound.shape == (3,)
        np.testing.assert_allclose(answer.value[2], -4 * answer.value[1])


def test_infinite_answers_leave_the_bounds_of_the_others_alone(tmp_path):
    for answer in answer_of(tmp_path, "def f(x): return np.array([np.inf, np.nan, x[0]])"):
        assert np.isfinite(answer.bound).all()
        assert disagreement(np.array([np.inf, np.nan, answer.value[2]]), answer.value, answer.bound) == ""
        assert disagreement(np.array([1e300, np.nan, answer.value[2]]), answer.value, answer.bound)


def test_an_answer_without_entries_has_a_bound_without_entries(tmp_path):
    for answer in answer_of(tmp_path, "def f(x): return x[:0]"):
        assert answer.bound.shape == (0,)


@pytest.mark.parametrize("body", ["'a'", "lambda t: t", "x * 1j", "(x, 'a')"])
def test_what_is_no_number_is_an_error_of_the_reference(tmp_path, body):
    with pytest.raises(BrokenReference, match=r"problem1.py:6: f does not return numbers"):
        answer_of(tmp_path, f"def f(x): return {body}")


def test_what_the_reference_raises_carries_file_and_line(tmp_path):
    with pytest.raises(BrokenReference, match=r"problem1.py:7: ZeroDivisionError"):
        answer_of(tmp_path, "def f(x):\n    return 1 / 0\n")


def test_a_reference_that_changes_its_inputs_is_an_error_of_its_own(tmp_path):
    with pytest.raises(BrokenReference, match=r"problem1.py:7: ValueError: .*read-only"):
        answer_of(tmp_path, "def f(x):\n    x -= x.mean()\n    return x\n")


# ---- sensitivity ----


@pytest.mark.parametrize(
    ("body", "at_least", "at_most"),
    [
        pytest.param("x", 0.99, 1.01, id="copied"),
        pytest.param("x * c", 1.0, 3.2, id="multiplied"),
        pytest.param("x + 1e4 - 1e4", 100.0, 1e6, id="cancelling"),
        pytest.param("x - x.mean() + x.mean()", 1.0, 50.0, id="there and back"),
    ],
)
def test_a_bound_tells_how_far_rounding_carries(tmp_path, body, at_least, at_most):
    found = answer_of(tmp_path, f"def f(x, c): return {body}")

    for answer in found[:5]:
        ratio = np.max(answer.bound) / tolerance.ROUNDINGS / np.max(np.abs(answer.value))
        assert at_least <= ratio <= at_most


def test_what_a_function_that_is_handed_in_gives_is_rounded_too(tmp_path):
    found = answer_of(tmp_path, "def f(x, phi): return phi(x) - phi(np.array(x.tolist()))")

    assert all(not np.any(answer.value) for answer in found)
    assert all(np.min(answer.bound) > 0.1 * tolerance.ROUNDINGS for answer in found)


def test_a_given_function_is_rounded_at_every_step_and_keeps_its_name_and_parameters(tmp_path):
    (tmp_path / "given.py").write_text("def lost(c): return lambda t: (t + c) - c\n")
    source = """
import numpy as np
from grader.given import given
def maker(draw): return {"x": draw.normal(4), "f": given("lost", 1e4)}
def f(x, f): return f(x) + 0 * f.parameters[0] if f.name == "lost" else 1 / 0
"""
    reference = module(tmp_path, source)
    made = reference.bound(trials(Inputs(maker="maker"), reference.function("maker"), 0))

    for answer in measured(reference, "f", made, [trial.regime for trial in made], ())[:5]:
        assert np.max(answer.bound) > 100 * tolerance.ROUNDINGS * np.max(np.abs(answer.value))


def test_a_reference_that_draws_gets_a_fresh_generator_every_time(tmp_path):
    source = """
def maker(draw): return {"rng": draw.rng(), "other": draw.torch_rng(), "c": draw.uniform(0.5, 2.0)}
def f(rng, other, c): return c * rng.normal() + other.random()
"""
    reference = module(tmp_path, source)
    made = trials(Inputs(maker="maker"), reference.function("maker"), 0)

    for trial, answer in zip(made, measured(reference, "f", made, [0] * len(made), ()), strict=True):
        one, other = (np.random.default_rng(trial.inputs[name].seed) for name in ("rng", "other"))
        assert answer.value == trial.inputs["c"] * one.normal() + other.random()


def test_the_same_reference_is_measured_the_same_every_time(tmp_path):
    one, other = (answer_of(tmp_path, "def f(x, c): return np.linalg.norm(x) + np.exp(c * x)") for _ in range(2))

    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.bound, b.bound)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("np.mean(y == np.sign(y * c))", id="labels as signs"),
        pytest.param("np.where(y == 1, x, -x)", id="signs as masks"),
        pytest.param("float(np.sum(y != -1.0)) * c", id="counts"),
    ],
)
def test_labels_and_masks_in_floats_are_not_moved(tmp_path, body):
    for answer in answer_of(tmp_path, f"def f(x, y, c): return {body}"):
        assert np.max(answer.bound) < 1e-3 * (np.max(np.abs(answer.value)) + 1)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("np.where(2 * x == x + x, 1.0, 0.0) * c", id="equality of results"),
        pytest.param("np.floor(2 * x / 2 - x)", id="floor at an integer"),
        pytest.param("np.sign(x - x.max()) * c", id="tie with itself"),
    ],
)
def test_an_answer_that_jumps_is_an_error_and_no_wide_bound(tmp_path, body):
    with pytest.raises(BrokenReference, match=r"f jumps at the inputs of trial \d+ \(regime [a-z]+\)") as caught:
        answer_of(tmp_path, f"def f(x, c): return {body}")

    assert "draw again" in caught.value.remedy


def test_an_ill_conditioned_answer_is_no_jump(tmp_path):
    found = answer_of(tmp_path, "def f(x, c): return (c + 1e5) - 1e5")

    assert all(answer.bound > 0.1 * abs(answer.value) for answer in found)
