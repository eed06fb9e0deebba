"""A wrong gradient earns its share where it is that of the student's own wrong forward pass, and for nothing less."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from grader.assignment import Assignment
from grader.bench import Bench, student_of
from grader.course import Course
from grader.feedback.follow_through import FEEDBACK, FollowThrough, follow_through
from grader.judgement import judgement
from grader.model import Status
from grader.rubric import Part

SHARE = 0.6

RUBRIC = """\
id: hw
title: Forward and backward
problems:
  - id: "1"
    title: Layers
    file: problem1.py
    functions:
      norm: {inputs: {from: norm_inputs, sizes: {d: [5, 3, 2, 7]}, edges: [{regime: const, d: 4}, {d: 1}]}}
      norm_backward:
        returns: [dx, dgamma]
        inputs: {from: norm_inputs, sizes: {d: [5, 3, 2, 7]}, edges: [{regime: const, d: 4}, {d: 1}]}
      softmax: {inputs: {from: softmax_inputs, sizes: {n: [3, 4], c: [5, 2]}, regimes: {normal: 5, small: 3}}}
      softmax_dx: {inputs: {from: softmax_inputs, sizes: {n: [3, 4], c: [5, 2]}, regimes: {normal: 5, small: 3}}}
      layers: {inputs: {from: layers_inputs}}
      layers_dW: {inputs: {from: layers_inputs}}
      relu: {inputs: {from: relu_inputs, regimes: {normal: 6}}}
      relu_dW: {inputs: {from: relu_inputs, regimes: {normal: 6}}}
      centre: {inputs: {from: centre_inputs}}
      centre_dx: {inputs: {from: centre_inputs}}
      loss: {inputs: {from: loss_inputs}}
      loss_dw: {inputs: {from: loss_inputs}}
      line: {inputs: {from: line_inputs}}
      line_jacobian: {inputs: {from: line_inputs}}
    parts:
"""

PART = """\
      - {{id: {function}.{wrt}, points: 1, criterion: c, function: {function}, follow_through: 0.6{output},
         checks: [matches_reference, gradient: {{of: {of}, wrt: {wrt}{upstream}}}]}}
"""

PARTS = (
    ("norm_backward", "norm", "x", "dy", ", output: dx"),
    ("norm_backward", "norm", "gamma", "dy", ", output: dgamma"),
    ("softmax_dx", "softmax", "x", "dy", ""),
    ("layers_dW", "layers", "W", "dy", ""),
    ("relu_dW", "relu", "W", "dy", ""),
    ("centre_dx", "centre", "x", "dy", ""),
    ("loss_dw", "loss", "w", "", ""),
    ("line_jacobian", "line", "x", "", ""),
)

REFERENCE = '''\
import numpy as np


def norm_inputs(draw, d: int):
    return {"dy": draw.generator.standard_normal(d), "x": draw.normal(d) + draw.normal(),
            "gamma": draw.signed_uniform(0.5, 2.0, d), "beta": draw.signed_uniform(0.3, 2.0, d),
            "eps": draw.constant(1e-5, (1e-2, 0.3))}

def norm(x, gamma, beta, eps):
    centred = x - x.mean()
    return gamma * centred / np.sqrt((centred**2).mean() + eps) + beta

def norm_backward(dy, x, gamma, eps):
    deviation = np.sqrt(x.var() + eps)
    xhat, dxhat = (x - x.mean()) / deviation, gamma * dy
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / deviation, dy * xhat

def softmax_inputs(draw, n: int, c: int):
    return {"dy": draw.generator.standard_normal((n, c)), "x": draw.normal(n, c)}

def softmax(x):
    odds = np.exp(x - x.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)

def softmax_dx(dy, x):
    p = softmax(x)
    return p * (dy - (dy * p).sum(axis=1, keepdims=True))

def layers_inputs(draw):
    return {"dy": draw.generator.standard_normal((6, 2)), "x": draw.generator.standard_normal((6, 3)),
            "W": draw.generator.standard_normal((3, 4)), "V": draw.generator.standard_normal((4, 2))}

def layers(x, W, V):
    return np.tanh(x @ W) @ V

def layers_dW(dy, x, W, V):
    return x.T @ ((dy @ V.T) * (1 - np.tanh(x @ W) ** 2))

relu_inputs = layers_inputs

def relu(x, W, V):
    return np.maximum(x @ W, 0) @ V

def relu_dW(dy, x, W, V):
    return x.T @ ((dy @ V.T) * (x @ W > 0))

def centre_inputs(draw):
    return {"dy": draw.generator.standard_normal(5), "x": draw.normal(5)}

def centre(x):
    return x - x.mean()

def centre_dx(dy, x):
    return dy - dy.mean()

def loss_inputs(draw):
    X, w = draw.generator.standard_normal((7, 3)), draw.generator.standard_normal(3)
    return {"X": X, "labels": draw.labels(7, 2), "w": w}

def loss(X, labels, w):
    return float(np.mean(np.logaddexp(0, -(2 * labels - 3) * (X @ w))))

def loss_dw(X, labels, w):
    sign = 2 * labels - 3
    return -X.T @ (sign / (1 + np.exp(sign * (X @ w)))) / len(X)

def line_inputs(draw):
    return {"A": draw.generator.standard_normal((3, 2)), "x": draw.generator.standard_normal(2)}

def line(A, x):
    return np.sin(A @ x)

def line_jacobian(A, x):
    return np.cos(A @ x)[:, None] * A
'''

Look = Callable[..., FollowThrough]


@pytest.fixture(scope="module")
def assignment(tmp_path_factory) -> Assignment:
    """One problem of forward functions and gradients."""
    folder = tmp_path_factory.mktemp("course")
    parts = [
        PART.format(function=function, of=of, wrt=wrt, output=output, upstream=f", upstream: {dy}" if dy else "")
        for function, of, wrt, dy, output in PARTS
    ]
    for name, text in (("rubrics/hw.yaml", RUBRIC + "".join(parts)), ("reference/hw/problem1.py", REFERENCE)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Assignment(Course(folder), "hw")


@pytest.fixture
def on_the_bench(assignment, zygote, tmp_path):
    """`with on_the_bench(source) as bench` has a submission of this source."""

    @contextmanager
    def bench(source: str, **limits: float) -> Iterator[Bench]:
        (tmp_path / "problem1.py").write_text(f"import numpy as np\n\n{source}", encoding="utf-8")
        here = copy.copy(assignment)
        limits = msgspec.structs.replace(assignment.rubric.limits, **{"seconds": 5.0, **limits})
        here.rubric = msgspec.structs.replace(assignment.rubric, limits=limits)
        made = Bench(here, here.rubric.problems[0], student_of(here, here.rubric.problems[0], tmp_path, zygote), 0)
        with made.student:
            yield made

    return bench


def part_of(bench: Bench, id: str) -> Part:
    return next(part for part in bench.problem.parts if part.id == id)


@pytest.fixture
def look(on_the_bench) -> Look:
    """`look(part, source)` is what a submission of this source earns for a part that was judged wrong."""

    def looked(id: str, source: str, **limits: float) -> FollowThrough:
        with on_the_bench(source, **limits) as bench:
            part = part_of(bench, id)
            failures = judgement(part, bench).failures
            assert failures, "the gradient is right, so there is nothing to follow through"
            return follow_through(part, bench)

    return looked


NORM = """
def norm(x, gamma, beta, eps):
    centred = x - {mean}
    return gamma * centred / {deviation} + beta

def norm_backward(dy, x, gamma, eps):
    d = len(x)
    centred = x - {mean}
    deviation = {deviation}
    dxhat = gamma * dy
    dcentred = dxhat / deviation + {slope} * np.sum(dxhat * centred)
    return dcentred - {through_mean}, dy * centred / deviation
"""

# How the deviation of a layer norm is written -> its slope in the centred entries, times what flows into it.
RIGHT_MEAN = {"mean": "x.mean()", "through_mean": "dcentred.mean()"}
EPS_OUTSIDE = NORM.format(
    deviation="(np.sqrt(np.mean(centred**2)) + eps)",
    slope="(-centred / (d * np.maximum(np.sqrt(np.mean(centred**2)), 1e-30)) / deviation**2)",
    **RIGHT_MEAN,
)
DDOF = NORM.format(
    deviation="np.sqrt(np.sum(centred**2) / (len(x) - 1) + eps)",
    slope="(-centred / ((d - 1) * deviation**3))",
    **RIGHT_MEAN,
)
NO_MEAN = NORM.format(
    mean="0",
    through_mean="0",
    deviation="np.sqrt(np.mean(centred**2) + eps)",
    slope="(-centred / (d * deviation**3))",
)
NO_ROOT = NORM.format(
    deviation="(np.mean(centred**2) + eps)", slope="(-2 * centred / (d * deviation**2))", **RIGHT_MEAN
)
IN_SINGLE_PRECISION = NO_ROOT.replace("    centred = x -", "    x = np.float32(x)\n    centred = x -").replace(
    "gamma * centred", "np.float32(gamma) * centred"
).replace("+ eps)", "+ np.float32(eps))").replace("+ beta", "+ np.float32(beta)")
GRADIENT_IN_SINGLE_PRECISION = NO_ROOT.replace(
    "return dcentred - dcentred.mean(), ", "return np.float32(dcentred - dcentred.mean()), "
)

OTHER_AXIS = """
def softmax(x):
    odds = np.exp(x - x.max(axis=0))
    return odds / odds.sum(axis=0)

def softmax_dx(dy, x):
    p = softmax(x)
    return p * (dy - (dy * p).sum(axis=0))
"""
TEMPERATURE = """
def softmax(x):
    odds = np.exp(2 * (x - x.max(axis=1, keepdims=True)))
    return odds / odds.sum(axis=1, keepdims=True)

def softmax_dx(dy, x):
    p = softmax(x)
    return 2 * p * (dy - (dy * p).sum(axis=1, keepdims=True))
"""
NETWORK = """
def {name}(x, W, V):
    a = x @ W
    return ({activation}) @ V

def {name}_dW(dy, x, W, V):
    a = x @ W
    return x.T @ ((dy @ V.T) * ({slope}))
"""
SIGMOID = {"activation": "1 / (1 + np.exp(-a))", "slope": "np.exp(-a) / (1 + np.exp(-a)) ** 2"}
RELU = {"activation": "np.maximum(a, 0)", "slope": "a > 0"}
LEAKY = {"activation": "np.where(a > 0, a, 0.1 * a)", "slope": "np.where(a > 0, 1, 0.1)"}
TANH = {"activation": "np.tanh(a)", "slope": "1 - np.tanh(a) ** 2"}
NOT_AVERAGED = """
def loss(X, labels, w):
    return np.sum(np.logaddexp(0, -(2 * labels - 3) * (X @ w)))

def loss_dw(X, labels, w):
    sign = 2 * labels - 3
    return -X.T @ (sign / (1 + np.exp(sign * (X @ w))))
"""
COSINE = """
def line(A, x):
    return np.cos(A @ x)

def line_jacobian(A, x):
    return -np.sin(A @ x)[:, None] * A
"""


@pytest.mark.parametrize(
    ("part", "source"),
    [
        pytest.param("norm_backward.x", EPS_OUTSIDE, id="eps outside the root"),
        pytest.param("norm_backward.gamma", EPS_OUTSIDE, id="eps outside the root, gamma"),
        pytest.param("norm_backward.x", DDOF, id="ddof"),
        pytest.param("norm_backward.gamma", DDOF, id="ddof, gamma"),
        pytest.param("norm_backward.x", NO_MEAN, id="no mean"),
        pytest.param("norm_backward.x", NO_ROOT, id="no root"),
        pytest.param("norm_backward.x", IN_SINGLE_PRECISION, id="single precision"),
        pytest.param("norm_backward.x", GRADIENT_IN_SINGLE_PRECISION, id="gradient in single precision"),
        pytest.param("softmax_dx.x", OTHER_AXIS, id="other axis"),
        pytest.param("softmax_dx.x", TEMPERATURE, id="other temperature"),
        pytest.param("layers_dW.W", NETWORK.format(name="layers", **SIGMOID), id="sigmoid for tanh"),
        pytest.param("layers_dW.W", NETWORK.format(name="layers", **RELU), id="relu for tanh"),
        pytest.param("relu_dW.W", NETWORK.format(name="relu", **LEAKY), id="leaky relu for relu"),
        pytest.param("relu_dW.W", NETWORK.format(name="relu", **TANH), id="tanh for relu"),
        pytest.param("loss_dw.w", NOT_AVERAGED, id="sum for mean"),
        pytest.param("line_jacobian.x", COSINE, id="cosine for sine, a Jacobian"),
    ],
)
def test_the_gradient_of_ones_own_wrong_forward_pass_earns_the_share(look, part, source):
    assert look(part, source) == FollowThrough(SHARE, feedback=FEEDBACK)


WRONG_FORWARD = "def norm(x, gamma, beta, eps):\n    return {}\n\n"
BACKWARD = "def norm_backward(dy, x, gamma, eps):\n    return {}, dy\n\n"
RIGHT_NORM = NORM.format(deviation="np.sqrt(np.mean(centred**2) + eps)", slope="{slope}", **RIGHT_MEAN)
SILLY = {
    "constant": (WRONG_FORWARD.format("0 * x + 1") + BACKWARD.format("0 * x"), "zero where it should not be"),
    "returns an argument": (WRONG_FORWARD.format("x") + BACKWARD.format("dy"), "returns one of its arguments"),
    "scaled argument": (WRONG_FORWARD.format("gamma * x") + BACKWARD.format("gamma * dy"), "curvature in x"),
    "affine": (WRONG_FORWARD.format("gamma * x + beta + eps") + BACKWARD.format("gamma * dy"), "curvature in x"),
    "entry by entry": (
        WRONG_FORWARD.format("gamma * x**2 + beta * eps") + BACKWARD.format("2 * gamma * x * dy"),
        "coupling in x",
    ),
    "a trace of the mean": (
        WRONG_FORWARD.format("gamma * x**2 + beta * eps + 1e-4 * x.mean()")
        + BACKWARD.format("2 * gamma * x * dy + 1e-4 * dy.mean()"),
        "coupling in x",
    ),
    "eps left out": (
        NORM.format(deviation="np.sqrt(np.mean(centred**2))", slope="(-centred / (d * deviation**3))", **RIGHT_MEAN),
        "dependence in eps",
    ),
}


@pytest.mark.parametrize(("source", "reason"), [pytest.param(*case, id=name) for name, case in SILLY.items()])
def test_silly_but_consistent_earns_nothing(look, source, reason):
    found = look("norm_backward.x", source)

    assert found.credit == 0
    assert found.feedback == ""
    assert reason in found.reason


@pytest.mark.parametrize(
    ("part", "source", "reason"),
    [
        pytest.param(
            "centre_dx.x",
            "def centre(x):\n    return x.copy()\n\ndef centre_dx(dy, x):\n    return dy\n",
            "returns one of its arguments",
            id="identity for an affine function",
        ),
        pytest.param(
            "centre_dx.x",
            "def centre(x):\n    return 2 * x\n\ndef centre_dx(dy, x):\n    return 2 * dy\n",
            "coupling in x",
            id="entry by entry for an affine function",
        ),
        pytest.param(
            "layers_dW.W", NETWORK.format(name="layers", activation="a", slope="1"), "curvature in", id="no activation"
        ),
        pytest.param(
            "relu_dW.W", NETWORK.format(name="relu", activation="a", slope="1"), "curvature in", id="no relu"
        ),
        pytest.param(
            "loss_dw.w",
            "def loss(X, labels, w):\n    return np.sum(w**2) / 2\n\ndef loss_dw(X, labels, w):\n    return w\n",
            "dependence in X",
            id="penalty only",
        ),
        pytest.param(
            "loss_dw.w",
            "def loss(X, labels, w):\n    return np.mean(np.tanh(X @ w) ** 2)\n\ndef loss_dw(X, labels, w):\n"
            "    t = np.tanh(X @ w)\n    return X.T @ (2 * t * (1 - t**2)) / len(X)\n",
            "dependence in labels",
            id="labels not looked at",
        ),
        pytest.param(
            "loss_dw.w",
            "def loss(X, labels, w):\n    return np.mean(X**2) * np.mean(labels * np.arange(7)) * np.sum(w**3)\n\n"
            "def loss_dw(X, labels, w):\n    return 3 * w**2 * np.mean(X**2) * np.mean(labels * np.arange(7))\n",
            "coupling in w",
            id="sum over the entries",
        ),
    ],
)
def test_what_is_easier_than_what_is_asked_for_earns_nothing(look, part, source, reason):
    found = look(part, source)

    assert found.credit == 0
    assert reason in found.reason


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            RIGHT_NORM.format(slope="0"), "The forward pass is right", id="right forward, no path through the variance"
        ),
        pytest.param(
            EPS_OUTSIDE.replace("dcentred.mean(), dy", "0, dy"), "not that of the student's", id="both wrong"
        ),
        pytest.param(
            EPS_OUTSIDE.replace("return dcentred", "return 1.00001 * dcentred"), "not that of the", id="a trifle off"
        ),
        pytest.param(
            IN_SINGLE_PRECISION.replace("return dcentred", "return 1.1 * dcentred"), "not that", id="a tenth off"
        ),
        pytest.param(NO_MEAN.replace("+ beta", "+ beta + 1e12"), "Rounding or kinks", id="drowned in rounding"),
        pytest.param(NO_MEAN.replace("+ beta", "+ beta + 1e-3 * np.random.normal()"), "", id="random forward"),
        pytest.param(NO_MEAN.replace("+ beta", "+ beta * np.inf"), "Rounding or kinks", id="infinite"),
        pytest.param(NO_MEAN.replace("+ beta", "+ np.nan"), "Rounding or kinks", id="nan"),
        pytest.param(NO_MEAN.replace("return dcentred", "return 1e305 * dcentred"), "not that of", id="huge"),
        pytest.param(NO_MEAN.replace("return dcentred", "return np.inf * dcentred"), "not that of", id="inf"),
        pytest.param(NO_MEAN.replace("+ beta", "+ beta[:, None]"), "shape", id="shape"),
        pytest.param(NO_MEAN.replace("+ beta", "+ beta, 1"), "a list whose rows", id="tuple"),
        pytest.param(NO_MEAN.replace("+ beta", "/ [][0]"), "IndexError", id="raises"),
        pytest.param(NO_MEAN.replace("def norm(", "def nrm("), "no function norm", id="no forward"),
        pytest.param(NO_MEAN.replace("return dcentred", "return {}"), "", id="gradient is no number"),
        pytest.param(NO_MEAN.replace("return dcentred - 0, dy", "return x * 0, dy"), "zero", id="zeros"),
    ],
)
def test_what_is_not_consistent_earns_nothing(look, source, reason):
    found = look("norm_backward.x", source)

    assert found.credit == 0
    assert found.reason
    assert reason in found.reason


def test_a_forward_pass_that_raises_only_beside_the_inputs_is_a_reason(look):
    single = NO_MEAN.replace("    centred", "    assert np.all(x == np.float32(x)), 'off'\n    centred", 1)

    assert "off" in look("norm_backward.x", single).reason


def test_a_slow_forward_pass_is_asked_for_no_longer_than_its_limit(look):
    slow = "import time\n" + NO_MEAN.replace("    centred", "    time.sleep(0.02)\n    centred", 1)

    assert "takes too long" in look("norm_backward.x", slow, seconds=0.7).reason


def test_a_forward_pass_that_blocks_beside_the_inputs_is_a_reason(look):
    stuck = NO_MEAN.replace("    centred", "    while np.any(x != np.float32(x)): pass\n    centred", 1)

    assert look("norm_backward.x", stuck, seconds=0.5).credit == 0


def test_what_is_found_is_the_same_every_time(look):
    assert len({look("relu_dW.W", NETWORK.format(name="relu", **LEAKY)) for _ in range(3)}) == 1


def test_a_part_without_the_key_earns_nothing(on_the_bench):
    with on_the_bench(EPS_OUTSIDE) as bench:
        plain = msgspec.structs.replace(part_of(bench, "norm_backward.x"), follow_through=0.0)

        assert follow_through(plain, bench).credit == 0


def test_looking_closely_changes_no_verdict(on_the_bench):
    with on_the_bench(EPS_OUTSIDE) as bench:
        part = part_of(bench, "norm_backward.gamma")
        before = [failure.verdict for failure in judgement(part, bench).failures]
        follow_through(part_of(bench, "norm_backward.x"), bench)

        assert [failure.verdict for failure in judgement(part, bench).failures] == before
        assert all(verdict.status is Status.WRONG for verdict in before)


def test_the_sentence_gives_no_answer_away():
    assert FEEDBACK.startswith("Your gradient is right for your own forward pass")
    assert not any(character.isdigit() for character in FEEDBACK)
