"""Right samplers pass however they draw, and wrong ones are found out: masks, counts, weights, scores, averages."""

import pytest

from grader.checks.sampler import ALPHA, LEVEL, MAX_CLAIMS, MAX_TRIALS, Sampler
from grader.errors import BrokenReference
from grader.laws import Claim
from grader.model import CORRECT, Status, Trial
from grader.sandbox.zygote import Zygote

MASKS = """
from grader.laws import bernoulli

def maker(draw):
    return {"h": draw.signed_uniform(0.5, 2.0, 30, 20), "p": 0.3, "rng": draw.rng()}

def f(h, p, rng):
    return (rng.random(h.shape) >= p) * h / (1 - p)

def law(draws, h, p):
    kept = draws != 0
    assert np.allclose(draws, kept * h / (1 - p)), "every entry is either 0 or that of h, rescaled"
    yield from bernoulli(kept, 1 - p, "kept units")
"""
COUNTS = """
from grader.laws import poisson

def maker(draw):
    return {"lam": 5.4, "p": 0.3, "size": 1000, "rng": draw.rng()}

def f(lam, p, size, rng):
    return rng.poisson(lam * (1 - p), size)

def law(draws, lam, p):
    return poisson(draws, lam * (1 - p), "the numbers of kept units")
"""
HITS = """
from grader.laws import binomial

def maker(draw):
    return {"n": 10, "p": 0.3, "size": 1000, "rng": draw.rng()}

def f(n, p, size, rng):
    return rng.binomial(n, p, size)

def law(draws, n, p):
    return binomial(draws, n, p)
"""
WEIGHTS = """
from grader.laws import independence, moments

def maker(draw):
    return {"dims": [60, 24, 40, 40, 40], "rng": draw.RNG()}

def f(dims, rng):
    return tuple(rng.normal(0, np.sqrt(2 / m), (n, m)) for m, n in zip(dims, dims[1:]))

def law(draws, dims):
    for i, (weights, fan_in) in enumerate(zip(draws, dims), start=1):
        yield from moments(weights, 0, 2 / fan_in, 3, f"the weights of layer {i}")
    yield from independence(np.stack(draws[-2:], axis=1), "the weights of different layers")
"""
SCORES = """
from grader.laws import moments

def maker(draw):
    return {"d_k": 4, "size": 1000, "rng": draw.rng(), "scaled": True}

def f(d_k, size, rng, scaled):
    return np.sum(rng.standard_normal((size, d_k)) * rng.standard_normal((size, d_k)), axis=-1) / np.sqrt(d_k)

def law(draws):
    return moments(draws, 0, 1, 9, "the scores")
"""
AVERAGES = """
from grader.laws import moments

def maker(draw):
    return {"rng": draw.rng(), "w": draw.normal(3), "sigma": 1.6, "n": 4}

def f(rng, w, sigma, n):
    return np.mean((w + sigma * rng.standard_normal((n, len(w)))) ** 2, axis=0)

def law(draws, w, sigma, n):
    for average, weight in zip(draws.T, w):
        spread = (4 * weight**2 * sigma**2 + 2 * sigma**4) / n
        yield from moments(average, weight**2 + sigma**2, spread, 3 + 12 / n, "the averages")
"""

KNUTH = """
    draws = []
    for _ in range(size):
        k, left = 0, rng.random()
        while left > math.exp(-lam * (1 - p)):
            k, left = k + 1, left * rng.random()
        draws.append({})
    return draws
"""
HELPER = "def layers(dims):\n    return list(zip(dims, dims[1:]))\n\n"

# The reference, the call's arguments, how it is judged.
MASK = (MASKS, "h, p, rng", "calls: 333")
COUNT = (COUNTS, "lam, p, size, rng", "calls: 200, first: 20")
SLOW_COUNT = (COUNTS, "lam, p, size, rng", "calls: 40, first: 10")
HIT = (HITS, "n, p, size, rng", "calls: 200")
WEIGHT = (WEIGHTS.replace("RNG", "rng"), "dims, rng", "calls: 40")
SCORE = (SCORES, "d_k, size, rng, scaled", "calls: 100")
AVERAGE = (AVERAGES, "rng, w, sigma, n", "calls: 600")

RIGHT = {
    "mask of random": (MASK, "return (rng.random(h.shape) >= p) * h / (1 - p)"),
    "mask, the other side": (MASK, "return np.where(rng.random(h.shape) < 1 - p, h / (1 - p), 0)"),
    "mask of binomial": (MASK, "return h * rng.binomial(1, 1 - p, h.shape) / (1 - p)"),
    "mask of choice": (MASK, "return h * rng.choice([0, 1 / (1 - p)], size=h.shape, p=[p, 1 - p])"),
    "mask in a loop": (MASK, "return [[0 if rng.random() < p else v / (1 - p) for v in row] for row in h]"),
    "mask column by column": (MASK, "return np.stack([c * (rng.random(30) > p) / (1 - p) for c in h.T], axis=1)"),
    "mask in single precision": (
        MASK,
        "return np.float32(h) * (rng.random(h.shape, dtype='f') > p) / np.float32(1 - p)",
    ),
    "mask in place": (MASK, "h *= rng.random(h.shape) > p; h /= 1 - p; return h"),
    "mask of a generator of its own": (MASK, "return (np.random.random(h.shape) >= p) * h / (1 - p)"),
    "counts directly": (COUNT, "return rng.poisson(lam * (1 - p), size)"),
    "counts, thinned": (COUNT, "return rng.binomial(rng.poisson(lam, size), 1 - p)"),
    "counts as floats": (COUNT, "return rng.poisson(lam * (1 - p), size).astype(float).tolist()"),
    "counts by Knuth": (COUNT, KNUTH.format("k")),
    "hits": (HIT, "return rng.binomial(n, p, size)"),
    "hits, summed": (HIT, "return (rng.random((n, size)) < p).sum(axis=0)"),
    "normal weights": (WEIGHT, "return [rng.normal(0, (2 / m) ** 0.5, (n, m)) for m, n in layers(dims)]"),
    "uniform weights": (
        WEIGHT,
        "return [rng.uniform(-(6 / m) ** 0.5, (6 / m) ** 0.5, (n, m)) for m, n in layers(dims)]",
    ),
    "scores of normal numbers": (
        SCORE,
        "q, k = rng.standard_normal((2, d_k, size)); return (q * k).sum(0) / math.sqrt(d_k)",
    ),
    "scores of signs": (SCORE, "q, k = rng.choice([-1, 1], (2, size, d_k)); return (q * k).sum(1) / math.sqrt(d_k)"),
    "scores of uniform numbers": (
        SCORE,
        "q, k = rng.uniform(-(3**0.5), 3**0.5, (2, size, d_k)); return (q * k).sum(1) / math.sqrt(d_k)",
    ),
    "averages": (AVERAGE, "return ((w + rng.normal(0, sigma, (n, 3))) ** 2).mean(axis=0)"),
    "averages in a loop": (AVERAGE, "return sum((w + sigma * rng.standard_normal(3)) ** 2 for _ in range(n)) / n"),
}
WRONG = {
    "keep and drop swapped": (MASK, "return (rng.random(h.shape) < p) * h / (1 - p)", "too few kept units"),
    "p is .31": (MASK, "return (rng.random(h.shape) >= p + 0.01) * h / (1 - p)", "too few kept units"),
    "not rescaled": (MASK, "return (rng.random(h.shape) >= p) * h", "either 0 or that of h"),
    "rescaled by p": (MASK, "return (rng.random(h.shape) >= p) * h / p", "either 0 or that of h"),
    "normal numbers": (MASK, "return (rng.standard_normal(h.shape) > p) * h / (1 - p)", "too few kept units"),
    "a mask for rows": (MASK, "return (rng.random((30, 1)) >= p) * h / (1 - p)", "along axis 1 of one answer"),
    "a mask for columns": (MASK, "return (rng.random(20) >= p) * h / (1 - p)", "along axis 0 of one answer"),
    "a mask for all": (MASK, "return (rng.random() >= p) * h / (1 - p)", "of one answer have to do with each other"),
    "exactly k": (
        MASK,
        "return (rng.permutation(600) < 420).reshape(30, 20) * h / (1 - p)",
        "varies too little from call to call",
    ),
    "a generator of its own, seeded": (
        MASK,
        "return (np.random.default_rng(0).random(h.shape) >= p) * h / (1 - p)",
        "use the generator that is handed in",
    ),
    "nothing dropped": (MASK, "return h / (1 - p)", "too many kept units"),
    "the expectation": (MASK, "return h", "either 0 or that of h"),
    "one too many": (COUNT, "return rng.poisson(lam * (1 - p), size) + 1", "too large"),
    "one too many by Knuth": (SLOW_COUNT, KNUTH.format("k + 1"), "too large"),
    "not thinned": (COUNT, "return rng.poisson(lam, size)", "too large"),
    "thinned by p": (COUNT, "return rng.poisson(lam * p, size)", "too small"),
    "rounded normal numbers": (
        COUNT,
        "m = lam * (1 - p); return np.maximum(0, np.round(rng.normal(m, m**0.5, size)))",
        "too often or too rarely",
    ),
    "binomial for Poisson": (COUNT, "return rng.binomial(100, lam * (1 - p) / 100, size)", "variance"),
    "thinned together": (COUNT, "return rng.poisson(lam, size) * (1 - p)", "no whole numbers"),
    "one try too few": (HIT, "return rng.binomial(n - 1, p, size)", "too small"),
    "tries for numbers": (HIT, "return rng.binomial(n, 0.31, size)", "too large"),
    "the mean": (HIT, "return np.full(size, n * p)", "variance"),
    "variance for standard deviation": (
        WEIGHT,
        "return [rng.normal(0, 2 / m, (n, m)) for m, n in layers(dims)]",
        "variance of the weights of layer",
    ),
    "fan out": (WEIGHT, "return [rng.normal(0, (2 / n) ** 0.5, (n, m)) for m, n in layers(dims)]", "too large"),
    "Xavier": (WEIGHT, "return [rng.normal(0, (2 / (m + n)) ** 0.5, (n, m)) for m, n in layers(dims)]", "variance"),
    "truncated": (
        WEIGHT,
        "return [np.clip(rng.normal(0, (2 / m) ** 0.5, (n, m)), -1.5 * (2 / m) ** 0.5, 1.5 * (2 / m) ** 0.5)"
        " for m, n in layers(dims)]",
        "too small",
    ),
    "not centred": (WEIGHT, "return [rng.random((n, m)) * (6 / m) ** 0.5 for m, n in layers(dims)]", "too large"),
    "one seed for all layers": (
        WEIGHT,
        "s = rng.integers(9**9); return [np.random.default_rng(s).normal(0, (2 / m) ** 0.5, (n, m))"
        " for m, n in layers(dims)]",
        "weights of different layers",
    ),
    "transposed": (WEIGHT, "return [rng.normal(0, (2 / m) ** 0.5, (m, n)) for m, n in layers(dims)]", "shape"),
    "zeros": (WEIGHT, "return [np.zeros((n, m)) for m, n in layers(dims)]", "variance"),
    "not scaled": (SCORE, "q, k = rng.standard_normal((2, size, d_k)); return (q * k).sum(1)", "too large"),
    "scaled by d": (SCORE, "q, k = rng.standard_normal((2, size, d_k)); return (q * k).mean(1)", "too small"),
    "positive factors": (SCORE, "q, k = rng.random((2, size, d_k)); return (q * k).sum(1) / d_k**0.5", ""),
    "one query for all": (
        SCORE,
        "return rng.standard_normal((size, d_k)) @ rng.standard_normal(d_k) / d_k**0.5",
        "sizes of the scores",
    ),
    "the closed form in disguise": (AVERAGE, "return w**2 + sigma**2 + 0 * rng.random(3)", "variance"),
    "variance as the noise": (AVERAGE, "return ((w + sigma**2 * rng.normal(size=(n, 3))) ** 2).mean(0)", "too large"),
    "one sample": (AVERAGE, "return (w + sigma * rng.normal(size=3)) ** 2", "variance of the averages is too large"),
    "nan": (MASK, "return h * np.nan", "nan or infinite"),
    "huge": (SCORE, "return rng.choice([-1e308, 1e308], size)", ""),
    "one row": (MASK, "return h[0]", "shape (20,), where"),
    "a text": (MASK, "return 'x'", "a text, where"),
}


def written(case):
    (reference, arguments, options), body = case[:2]
    return f"sampler: {{law: law, {options}}}", reference, f"{HELPER}def f({arguments}):\n    {body}\n"


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_right_samplers_pass_however_they_draw(judge, case):
    report, errors = judge(*written(case))

    assert errors == []
    assert report.parts[0].status is Status.CORRECT, report.parts[0].feedback


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong_samplers_are_found_out(judge, case):
    report, errors = judge(*written(case))

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert case[2] in report.parts[0].feedback


@pytest.mark.parametrize(
    ("body", "status"),
    [("return 1 / 0", Status.RAISED), ("return {1}", Status.UNREADABLE), ("import os; os._exit(3)", Status.CRASHED)],
)
def test_a_sampler_that_gives_no_answer_is_told_as_any_other_function(judge, body, status):
    report, errors = judge(*written((MASK, body)))

    assert errors == []
    assert report.parts[0].status is status


@pytest.fixture(scope="module")
def with_torch():
    with Zygote(("numpy", "torch")) as ready:
        ready.level()
        yield ready


@pytest.mark.parametrize(("gain", "status"), [(2, Status.CORRECT), (1, Status.WRONG)])
def test_a_generator_of_torch_is_handed_in_where_the_maker_says_so(judge, with_torch, gain, status):
    body = f"return [({gain} / m) ** 0.5 * torch.randn(n, m, generator=rng) for m, n in zip(dims, dims[1:])]"
    student = f"import torch\ndef f(dims, rng):\n    {body}\n"

    report, errors = judge(
        "sampler: {law: law, calls: 60}", WEIGHTS.replace("RNG", "torch_rng"), student, on=with_torch
    )

    assert errors == []
    assert report.parts[0].status is status


# ---- the bound ----


class Draws:
    """A student whose draws are nothing; the calls are counted."""

    def __init__(self):
        self.calls = []

    def draws(self, trial, keys):
        self.calls.append(list(keys))
        return [0.0 for _ in keys]


class Law:
    """A reference whose law makes these claims, first and then."""

    def __init__(self, *claims):
        self.left = list(claims)

    def argument_names(self, name):
        return ["draws"]

    def claims(self, law, arguments):
        return self.left.pop(0), ""


def verdict(*claims, index=0, student=None, **options):
    trial = Trial(index, {}, "normal", {})
    return Sampler(law="law", **{"calls": 4, **options}).judge(student or Draws(), Law(*claims), trial)


def test_a_right_sampler_is_rejected_with_a_chance_of_one_in_a_milliard_at_most():
    assert MAX_TRIALS * MAX_CLAIMS * ALPHA <= LEVEL * (1 + 1e-12)
    assert LEVEL == 1e-9

    # All claims of all trials, each as odd as it may be without being rejected.
    claims = [Claim(ALPHA, "odd")] * MAX_CLAIMS
    assert verdict(claims, index=MAX_TRIALS - 1) == CORRECT
    assert verdict([*claims[1:], Claim(0.999 * ALPHA, "too odd")]).feedback == "too odd"
    # And no more of them.
    with pytest.raises(BrokenReference, match=f"{MAX_CLAIMS + 1} claims"):
        verdict([*claims, Claim(1.0, "")])
    with pytest.raises(BrokenReference, match=f"more than {MAX_TRIALS} trials"):
        verdict(claims, index=MAX_TRIALS)


def test_the_oddest_claim_is_told():
    told = verdict([Claim(ALPHA / 2, "odd"), Claim(ALPHA / 9, "odder"), Claim(0.5, "not odd")])

    assert told.status is Status.WRONG
    assert told.feedback == "odder"


@pytest.mark.parametrize(
    ("first", "then", "calls", "status"),
    [
        pytest.param(0.5, None, [[0, 1]], Status.CORRECT, id="nothing odd"),
        pytest.param(0.001, 0.5, [[0, 1], [2, 3, 4, 5]], Status.CORRECT, id="odd at first"),
        pytest.param(0.0, ALPHA, [[0, 1], [2, 3, 4, 5]], Status.CORRECT, id="the first look rejects nothing"),
        pytest.param(0.001, 0.0, [[0, 1], [2, 3, 4, 5]], Status.WRONG, id="odd again"),
    ],
)
def test_a_first_look_decides_only_whether_there_is_a_second_at_fresh_draws(first, then, calls, status):
    student = Draws()

    found = verdict([Claim(first, "odd")], [Claim(then, "odd")], student=student, first=2)

    assert student.calls == calls
    assert found.status is status


# ---- what the staff may get wrong ----


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        pytest.param(("", ""), "calls: 1", "a sampler is judged by 1 calls", id="one call"),
        pytest.param(("", ""), "calls: 9, first: 1", "a sampler is judged by 1 calls", id="one first call"),
        pytest.param(("law(draws, h, p)", "law(draws, h, q, p=1)"), "calls: 9", "takes 'q'", id="no such input"),
        pytest.param(("law(draws, h, p)", "law(h, p, draws=0)"), "calls: 9", "", id="any order"),
        pytest.param(("law(draws, h, p)", "law(h, p)"), "calls: 9", "takes no draws", id="no draws"),
        pytest.param(("yield from bernoulli", "yield bernoulli"), "calls: 9", "yields [Claim(", id="a list"),
        pytest.param(("yield from", "return None and"), "calls: 9", "law returns None", id="nothing"),
        pytest.param(("yield from bernoulli", "return 0 *bernoulli"), "calls: 9", "makes 0 claims", id="no claims"),
        pytest.param(("1 - p, ", "np.nan, "), "calls: 9", "yields Claim(", id="nan"),
        pytest.param(("draw.rng()", "3"), "calls: 9", "f is handed no generator", id="no generator"),
        pytest.param(("kept = draws", "kept = 1 / 0"), "calls: 9", "problem1.py:12: ZeroDivisionError", id="raises"),
    ],
)
def test_a_law_that_is_broken_costs_nobody_points(judge, change, options, words):
    reference = MASKS.replace(*change) if change[0] else MASKS
    student = "def f(h, p, rng):\n    return (np.random.random(h.shape) >= p) * h / (1 - p)\n"

    report, errors = judge(f"sampler: {{law: law, {options}}}", reference, student)

    assert report.parts[0].status is (Status.INTERNAL_ERROR if words else Status.CORRECT)
    assert words in "".join(map(str, errors))


def test_the_same_submission_gets_the_same_verdict_and_the_counterexample_shows_its_draws(judge):
    wrong = "def f(h, p, rng):\n    return (rng.random(h.shape) < p) * h / (1 - p)\n"
    reports = [judge("sampler: {law: law, calls: 40}", MASKS, wrong).report.parts[0] for _ in range(2)]

    assert reports[0].feedback == reports[1].feedback
    assert reports[0].counterexample == reports[1].counterexample
    assert reports[0].counterexample.got.startswith("array([[")
    assert reports[0].counterexample.expected is None
