"""Equal seeds give equal draws, and what it costs if not is a share of the credit, whatever else is judged."""

import pytest

from grader.model import Status

REFERENCE = """
from grader.laws import bernoulli

def maker(draw):
    return {"p": 0.3, "size": 50, "rng": draw.rng()}

def f(p, size, rng):
    return (rng.random(size) < p).astype(float)

def law(draws, p):
    return bernoulli(draws, p)
"""
BOTH = ["sampler: {law: law, calls: 100}", "repeats: {share: 0.2}"]


def student(body, before=""):
    return f"{before}\ndef f(p, size, rng):\n    {body}\n"


RIGHT = {
    "random": student("return 1.0 * (rng.random(size) < p)"),
    "a loop": student("return [float(rng.random() < p) for _ in range(size)]"),
    "a generator of the generator": student("return np.random.default_rng(rng.integers(9**9)).binomial(1, p, size)"),
    "the global one, seeded by it": student(
        "np.random.seed(rng.integers(9**9)); return np.random.binomial(1, p, size)"
    ),
    "draws thrown away": student("rng.random(7); return rng.binomial(1, p, size)"),
}
GLOBAL = {
    "numpy's": student("return np.random.binomial(1, p, size)"),
    "python's": student("return [float(random.random() < p) for _ in range(size)]", "import random"),
    "its own": student("return own.binomial(1, p, size)", "own = np.random.default_rng(3)"),
    "fresh": student("return np.random.default_rng().binomial(1, p, size)"),
    "kept from before": student(
        "global last; last, now = rng.binomial(1, p, size), last; return now", "last = np.zeros(50)"
    ),
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_draws_from_the_generator_that_is_handed_in_repeat(judge, source):
    report, errors = judge(", ".join(BOTH), REFERENCE, source)

    assert errors == []
    assert report.parts[0].status is Status.CORRECT, report.parts[0].feedback


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]], ids=["law first", "law last"])
@pytest.mark.parametrize("name", ["numpy's", "python's", "its own", "fresh"])
def test_draws_from_elsewhere_cost_the_share(judge, name, order):
    report, errors = judge(", ".join(order), REFERENCE, GLOBAL[name])

    assert errors == []
    assert report.parts[0].status is Status.PARTIAL
    assert report.parts[0].earned == pytest.approx(0.8)
    assert "draw from the generator that is handed in" in report.parts[0].feedback


@pytest.mark.parametrize("name", GLOBAL)
def test_without_a_share_they_cost_all(judge, name):
    report, errors = judge("repeats", REFERENCE, GLOBAL[name])

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert report.parts[0].earned == 0


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]], ids=["law first", "law last"])
def test_the_share_is_no_consolation_where_the_law_is_wrong(judge, order):
    report, errors = judge(", ".join(order), REFERENCE, student("return np.random.binomial(1, 1 - p, size)"))

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert report.parts[0].earned == 0
    assert "too many hits" in report.parts[0].feedback


def test_a_law_that_is_broken_in_one_trial_outweighs_a_share_in_the_others(judge):
    reference = REFERENCE.replace('"p": 0.3', '"p": draw.uniform(0.1, 0.9)')
    source = student("return np.random.binomial(1, min(p, 0.5), size)")

    report, errors = judge(", ".join(BOTH), reference, source)

    assert errors == []
    assert report.parts[0].status is Status.WRONG
    assert report.parts[0].earned == 0


def test_several_shares_add_up(judge):
    report, errors = judge("repeats: {share: 0.2}, repeats: {share: 0.5}", REFERENCE, GLOBAL["numpy's"])

    assert errors == []
    assert report.parts[0].earned == pytest.approx(0.3)


@pytest.mark.parametrize("share", ["0", "-0.5", "1.5"])
def test_a_share_that_makes_no_sense_costs_nobody_points(judge, share):
    report, errors = judge(f"repeats: {{share: {share}}}", REFERENCE, RIGHT["random"])

    assert report.parts[0].status is Status.INTERNAL_ERROR
    assert "make it more than 0, up to 1" in str(errors[0])


def test_a_constant_repeats_and_is_left_to_the_law(judge):
    report, errors = judge("repeats", REFERENCE, student("return np.zeros(size)"))

    assert errors == []
    assert report.parts[0].status is Status.CORRECT


def test_what_draws_many_numbers_is_called_a_few_times(judge):
    source = student("calls.append(1); assert len(calls) <= 3 * 8; return rng.random(2000) + 0 * p", "calls = []")

    report, errors = judge("repeats", REFERENCE.replace('"size": 50', '"size": 2000'), source)

    assert errors == []
    assert report.parts[0].status is Status.CORRECT, report.parts[0].feedback


def test_many_numbers_from_elsewhere_cost_the_share_too(judge):
    source = student("return np.random.binomial(1, p, size)")

    report, errors = judge("repeats: {share: 0.2}", REFERENCE.replace('"size": 50', '"size": 2000'), source)

    assert errors == []
    assert report.parts[0].status is Status.PARTIAL
