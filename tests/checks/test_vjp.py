"""A torch function passes when torch can differentiate it, and rightly; else it is told where the graph breaks off."""

import pytest

from grader.model import Status

# mlp_loss of a small network, with its gradients by hand.
LOSS = """
def maker(draw):
    return {
        "w": draw.normal(4, 3), "v": draw.normal(2, 4), "x": draw.normal(3), "y": draw.onehot(2, 2)[0],
        "mask": draw.uniform(0.5, 2.0, 4),
    }

def _layers(w, v, x, mask):
    z = w @ x
    h = np.tanh(z) * mask
    s = v @ h
    p = np.exp(s - s.max())
    return z, h, s, p / p.sum()

def f(w, v, x, y, mask):
    s = _layers(w, v, x, mask)[2]
    return np.log(np.exp(s - s.max()).sum()) + s.max() - y @ s

def f_gradients(w, v, x, y, mask, upstream):
    z, h, _, p = _layers(w, v, x, mask)
    ds = upstream * (p - y)
    return np.outer((v.T @ ds) * mask / np.cosh(z) ** 2, x), np.outer(ds, h)
"""
CHECK = "vjp: {wrt: [w, v], of: f_gradients}"
HEAD = "import torch\ndef f(w, v, x, y, mask):\n    "
RIGHT = "s = v @ (torch.tanh(w @ x) * mask)\n    return torch.logsumexp(s, 0) - y @ s"


@pytest.fixture
def zygote(torch_zygote):
    """The workers of this file have torch."""
    return torch_zygote


def graded(judge, student, reference=LOSS, check=CHECK, function="tensors: true", hints="none"):
    report, errors = judge(check, reference, student, function=function, hints=hints)
    assert errors == []
    return report.parts[0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(RIGHT, id="plain"),
        pytest.param(RIGHT.replace("return ", "return (").replace("y @ s", "y @ s).reshape(1)"), id="an array of one"),
        pytest.param("s = v @ (torch.tanh(w @ x) * mask)\n    return -(y * torch.log_softmax(s, 0)).sum()", id="other"),
        pytest.param("w, v, x, y, mask = (t.float() for t in (w, v, x, y, mask))\n    " + RIGHT, id="single precision"),
        pytest.param("w += 0\n    x *= 1\n    " + RIGHT, id="in place"),
        pytest.param(
            "s = torch.stack([sum(v[k, j] * torch.tanh(w[j] @ x) * mask[j] for j in range(4)) for k in range(2)])\n"
            "    return torch.nn.functional.cross_entropy(s[None], y.argmax()[None])",
            id="loops",
        ),
    ],
)
def test_a_right_function_passes_however_it_is_written(judge, body):
    part = graded(judge, HEAD + body)

    assert (part.status, part.feedback) == (Status.CORRECT, "")
    assert part.trials.passed == part.trials.total == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(
            RIGHT.replace("w @ x", "w.detach() @ x"), "does not depend on w: was that detached", id="detached"
        ),
        pytest.param(
            "s = v @ torch.tensor(np.tanh(w.detach().numpy() @ x.numpy()) * mask.numpy())\n"
            "    return torch.logsumexp(s, 0) - y @ s",
            "does not depend on w",
            id="through numpy",
        ),
        pytest.param(RIGHT.replace("return ", "return float(") + ")", "not connected to its inputs", id="a number"),
        pytest.param(
            RIGHT.replace("return ", "return (") + ").detach()", "not connected to its inputs", id="value detached"
        ),
        pytest.param(
            "with torch.no_grad():\n        " + RIGHT.replace("    ", "        "), "not connected", id="no grad"
        ),
        pytest.param(RIGHT.replace("tanh", "sin"), "The number is off", id="wrong forward"),
        pytest.param(
            RIGHT.replace("mask)", "mask.detach() + 0 * v.mean(0))").replace("w @ x", "2 * w @ x - w.detach() @ x"),
            "with respect to w is not right",
            id="right value, wrong graph",
        ),
        pytest.param(RIGHT.replace("mask)", "mask * mask)"), "The number is off", id="mask twice"),
        pytest.param(RIGHT.replace("- y @ s", "* torch.ones(2)"), "of shape (2,), where one number", id="shape"),
        pytest.param("return None", "None", id="nothing"),
        pytest.param("return w, v", "where an array is asked for", id="a tuple"),
    ],
)
def test_a_wrong_function_is_told_where_it_is_wrong(judge, body, words):
    part = graded(judge, HEAD + body)

    assert part.status is Status.WRONG
    assert words in part.feedback
    assert part.earned == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return torch.tensor(f.__name__)", id="of no numbers"),
        pytest.param("return w.sum().numpy()", id="numpy with a gradient"),
        pytest.param("return (w @ x).nothing", id="no such name"),
    ],
)
def test_an_exception_is_the_students(judge, body):
    part = graded(judge, HEAD + body)

    assert part.status is Status.RAISED


def test_torchs_advice_to_detach_is_put_right(judge):
    part = graded(judge, HEAD + "return np.sum((w @ x).numpy())")

    assert "Do not detach it" in part.feedback


CENTRED = """
def maker(draw):
    return {"x": draw.normal(5, 3), "gamma": draw.normal(3), "k": 2}

def f(x, gamma, k):
    return gamma * (x - x.mean(axis=0)) ** k

def back(x, gamma, k, upstream):
    c = x - x.mean(axis=0)
    d = upstream * gamma * k * c ** (k - 1)
    return d - d.mean(axis=0), (upstream * c**k).sum(axis=0)
"""
CENTRED_CHECK = "vjp: {wrt: [x, gamma], of: back}"
AUTOGRAD = """
import torch

class f(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, k):
        c = x - x.mean(0)
        ctx.save_for_backward(c, gamma)
        return gamma * c**2

    @staticmethod
    def backward(ctx, dy):
        c, gamma = ctx.saved_tensors
        d = 2 * dy * gamma * c
        return d - d.mean(0), (dy * c**2).sum(0), None
"""


@pytest.mark.parametrize(
    ("old", "new", "status", "words"),
    [
        pytest.param("", "", Status.CORRECT, "", id="right"),
        pytest.param("d - d.mean(0)", "d", Status.WRONG, "respect to x is not right", id="no path through the mean"),
        pytest.param("d - d.mean(0), (", "d - d.mean(0), (2 *", Status.WRONG, "respect to gamma", id="gamma twice"),
        pytest.param("(dy * c**2).sum(0)", "None", Status.WRONG, "does not depend on gamma", id="no gradient"),
        pytest.param("2 * dy", "dy", Status.WRONG, "respect to x is not right", id="a factor"),
        pytest.param(
            "return d - d.mean(0), (dy * c**2).sum(0), None", "return d", Status.RAISED, "gradients", id="too few"
        ),
        pytest.param("(dy * c**2).sum(0)", "(dy * c**2).sum()", Status.RAISED, "shape", id="of another shape"),
    ],
)
def test_a_hand_written_backward_is_judged(judge, old, new, status, words):
    assert old in AUTOGRAD
    part = graded(judge, AUTOGRAD.replace(old, new), CENTRED, CENTRED_CHECK)

    assert part.status is status
    assert words in part.feedback


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("dy * c**2).sum(0)", "-dy * c**2).sum(0)", "gamma is not right. Your answer is the right one with "
                     "the opposite sign", id="sign"),
        pytest.param("(dy * c**2).sum(0)", "(dy * c**2).mean(0)", "gamma is not right. Your answer is the right one "
                     "times the same factor", id="mean for sum"),
    ],
)  # fmt: skip
def test_what_a_wrong_gradient_looks_like_is_said(judge, old, new, words):
    part = graded(judge, AUTOGRAD.replace(old, new), CENTRED, f"matches_reference, {CENTRED_CHECK}", hints="kind")

    assert words in part.feedback


def test_gradients_in_another_order_are_recognised(judge):
    reference = CENTRED.replace("draw.normal(5, 3)", "draw.normal(3, 3)").replace("draw.normal(3)", "draw.normal(3, 3)")
    reference = reference.replace(".sum(axis=0)", "")
    source = AUTOGRAD.replace("return d - d.mean(0), (dy * c**2).sum(0), None", "return dy * c**2, d - d.mean(0), None")

    part = graded(judge, source, reference, f"matches_reference, {CENTRED_CHECK}", hints="kind")

    assert "in each other's place" in part.feedback


def test_where_the_value_is_wrong_it_is_not_the_gradient_that_is_blamed(judge):
    source = "import torch\ndef f(x, gamma, k): return gamma * (x - x.mean(0)).abs() ** 2.3\n"

    part = graded(judge, source, CENTRED, f"matches_reference, {CENTRED_CHECK}")

    assert part.status is Status.WRONG
    assert "gradient" not in part.feedback
    assert "by hand" in part.feedback


AUTOMATIC = "import torch\ndef f(x, gamma, k): return gamma * (x - x.mean(0)) ** 2\n"


@pytest.mark.parametrize(
    ("student", "asked", "status"),
    [
        pytest.param(AUTOGRAD, "true", Status.CORRECT, id="written by hand"),
        pytest.param(AUTOMATIC, "true", Status.RAISED, id="found by torch"),
        pytest.param("import torch\nf = torch.nn.Identity\n", "true", Status.RAISED, id="another class"),
        pytest.param(AUTOMATIC, "false", Status.CORRECT, id="found by torch, and nothing else is asked for"),
    ],
)
def test_a_backward_of_its_own_may_be_asked_for(judge, student, asked, status):
    part = graded(judge, student, CENTRED, CENTRED_CHECK, f"tensors: true\n        own_backward: {asked}")

    assert part.status is status
    assert student is not AUTOMATIC or asked == "false" or "derived from torch.autograd.Function" in part.feedback


def test_an_upstream_of_ones_would_not_see_what_the_random_one_sees(judge):
    reference = """
def maker(draw): return {"x": draw.normal(5)}
def f(x):
    p = np.exp(x - x.max())
    return p / p.sum()
def back(x, upstream):
    p = f(x)
    return p * (upstream - p @ upstream)
"""
    zero = """
import torch
class f(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return torch.softmax(x, 0)
    @staticmethod
    def backward(ctx, dy): return 0 * dy
"""
    check = "vjp: {wrt: x, of: back}"
    assert graded(judge, zero, reference, check).status is Status.WRONG
    assert (
        graded(judge, "import torch\ndef f(x): return torch.softmax(x, 0)\n", reference, check).status is Status.CORRECT
    )


def test_an_input_that_does_not_matter_need_not_be_connected(judge):
    reference = """
def maker(draw): return {"x": draw.normal(3), "z": draw.normal(2)}
def f(x, z): return x * x
def back(x, z, upstream): return 2 * x * upstream, np.zeros(2)
"""
    part = graded(judge, "def f(x, z): return x * x\n", reference, "vjp: {wrt: [x, z], of: back}")

    assert part.status is Status.CORRECT


@pytest.mark.parametrize(
    ("check", "reference", "words"),
    [
        ("vjp: {wrt: [k], of: back}", CENTRED, "returns 2 gradients, the vjp check names 1"),
        ("vjp: {wrt: [x, k], of: back}", CENTRED, "'k', which is no input that is an array"),
        ("vjp: {wrt: [gamma, x], of: back}", CENTRED, "'gamma' has shape (3,), its gradient by back (5, 3)"),
        ("vjp: {wrt: [x, y], of: back}", CENTRED, "'y', which is no input"),
        (
            CENTRED_CHECK,
            CENTRED.replace("def f(x, gamma, k)", "def f(x, k, gamma2=1)").replace("gamma * (", "("),
            "'gamma', which f does not take",
        ),
        (CENTRED_CHECK, CENTRED.replace("upstream):", "cotangent):"), "back takes 'cotangent'"),
    ],
)
def test_a_check_that_does_not_fit_its_reference_is_the_staffs_mistake(judge, check, reference, words):
    report, errors = judge(check, reference, AUTOGRAD, function="tensors: true")

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert words in str(errors[0])


# Finds the worker's end of the channel and answers in its place.
FORGING = """
import gc
from types import ModuleType
def f(w, v, x, y, mask):
    things = gc.get_objects()
    wire = next(o for o in things if type(o) is ModuleType and o.__name__ == "grader.wire")
    session = next(o for o in things if type(o).__name__ == "Session")
    session._reply(wire.encode(("value", REPLY)))
    return w
"""


@pytest.mark.parametrize(
    "reply",
    ["7", "None", "(1.0, 7)", "(1.0, [])", "(1.0, [1.0, {}])", "(1.0, [float('nan'), 'no'])", "(1.0, [w, None])"],
)
def test_forged_gradients_are_only_data(judge, reply):
    part = graded(judge, FORGING.replace("REPLY", reply))

    assert part.status is Status.WRONG
    assert part.earned == 0


def test_the_bound_is_as_narrow_as_single_precision_allows(judge):
    scaled = RIGHT.replace("return ", "value = ") + "\n    return value + {} * (w * w).sum() * value.detach().abs()"

    assert graded(judge, HEAD + scaled.format("1e-3")).status is Status.WRONG
    assert graded(judge, HEAD + scaled.format("1e-10")).status is Status.CORRECT
