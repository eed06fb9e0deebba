"""Right draws look odd no more often than claimed, and draws of a wrong law are found out."""

import numpy as np
import pytest
from scipy import stats

from grader import laws
from grader.checks.sampler import ALPHA
from grader.laws import tails
from grader.laws.dependence import independence

REPETITIONS = 600
LEVELS = (0.05, 0.01, 0.001)
# As many draws as decide a part: 2 * 10^5 of them.
MASKS = (333, 30, 20)
MANY = (20, 10_000)
KEPT = 0.7
RATE = 3.8
SD = 0.1


def oddest(claims):
    """The claim of the smallest chance."""
    return min(claims, key=lambda claim: claim.p)


def truncated(rng, shape):
    """Standard normal numbers, drawn again beyond two."""
    return stats.truncnorm.rvs(-2, 2, size=shape, random_state=rng)


def orders(rng, calls, k):
    return rng.permuted(np.broadcast_to(np.arange(k), (calls, k)), axis=1)


def products(rng, shape, d):
    return np.sum(rng.standard_normal((*shape, d)) * rng.standard_normal((*shape, d)), axis=-1)


# ---- right draws ----

FEW = (12, 5, 4)
RIGHT = {
    "bernoulli": lambda rng: laws.bernoulli(rng.random(FEW) < KEPT, KEPT),
    "rare events": lambda rng: laws.bernoulli(rng.random(FEW) < 0.02, 0.02),
    "one number a call": lambda rng: laws.bernoulli(rng.random(200) < KEPT, KEPT),
    "one call": lambda rng: laws.bernoulli(rng.random((1, 200)) < KEPT, KEPT),
    "binomial": lambda rng: laws.binomial(rng.binomial(9, 0.3, FEW), 9, 0.3),
    "fair coins": lambda rng: laws.binomial(rng.binomial(1, 0.5, FEW), 1, 0.5),
    "moments of signs": lambda rng: laws.moments(rng.choice([-1.0, 1.0], FEW), 0, 1, 1),
    "binomial, all or none": lambda rng: laws.binomial(rng.binomial(1, 0.3, FEW), 1, 0.3),
    "poisson": lambda rng: laws.poisson(rng.poisson(RATE, FEW), RATE),
    "poisson, mostly 0": lambda rng: laws.poisson(rng.poisson(0.05, FEW), 0.05),
    "categorical": lambda rng: laws.categorical(rng.choice(3, FEW, p=[0.2, 0.3, 0.5]), [0.2, 0.3, 0.5]),
    "permutations": lambda rng: laws.permutations(orders(rng, 200, 4)),
    "normal": lambda rng: laws.normal(rng.normal(1.0, SD, FEW), 1.0, SD),
    "uniform": lambda rng: laws.uniform(rng.uniform(-1, 3, FEW), -1, 3),
    "moments of normal numbers": lambda rng: laws.moments(rng.normal(1.0, SD, FEW), 1.0, SD**2, 3),
    "moments of uniform numbers": lambda rng: laws.moments(rng.uniform(-1, 1, FEW), 0, 1 / 3, 1.8),
    "moments of products": lambda rng: laws.moments(products(rng, FEW, 1), 0, 1, 9),
    "places of different laws": lambda rng: laws.independence(
        rng.normal(np.arange(6), 1 + np.arange(6), (8, 6)), alike=False
    ),
}


@pytest.mark.parametrize("draw", RIGHT.values(), ids=RIGHT)
def test_right_draws_look_odd_no_more_often_than_claimed(draw):
    rng = np.random.default_rng(1)
    chances = np.array([[claim.p for claim in draw(rng)] for _ in range(REPETITIONS)])

    assert np.all((chances >= 0) & (chances <= 1))
    for level in LEVELS:
        rejections = np.sum(chances <= level, axis=0)
        # One in a million is how often a claim that holds its level exactly would be over this.
        assert np.all(rejections <= stats.binom.isf(1e-6, REPETITIONS, level)), level


@pytest.mark.parametrize("draw", RIGHT.values(), ids=RIGHT)
def test_some_claim_is_sharp(draw):
    """Chances that are all overstated a lot would show nothing."""
    rng = np.random.default_rng(2)
    chances = np.array([[claim.p for claim in draw(rng)] for _ in range(REPETITIONS // 5)])

    assert np.max(np.mean(chances <= 0.3, axis=0)) > 0.1


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (7, 0.3), (40, 0.02), (40, 0.9)])
def test_a_two_sided_chance_of_a_count_is_never_understated(n, p):
    counts = np.arange(n + 1)
    chances = tails.two_sided(*tails.binomial(n, p)(counts))
    weights = stats.binom.pmf(counts, n, p)

    for level in chances:
        assert np.sum(weights[chances <= level]) <= level * (1 + 1e-12)


@pytest.mark.parametrize("sds", [-9.0, -6.0, -3.0, 3.0, 6.0, 9.0])
@pytest.mark.parametrize("rate", [50.0, 7.6e5, 2.4e6, 2e7])
def test_far_tails_of_large_poisson_numbers_are_not_understated(rate, sds):
    count = int(rate + sds * np.sqrt(rate))
    # All but what adds less than one part in 10^12, summed up from the largest term on.
    outward = np.arange(max(0, count - 60_000), count + 1)[::-1] if sds < 0 else np.arange(count, count + 60_000)
    exact = np.sum(np.exp(stats.poisson.logpmf(outward, rate)))

    claimed = tails.poisson(rate)(count)[0 if sds < 0 else 1]

    assert exact * (1 - 1e-5) <= claimed <= 30 * exact


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_what_is_certain_is_right_when_it_happens_and_impossible_when_not(p):
    always = np.full((6, 5), bool(p))
    once_not = always.copy()
    once_not[2, 3] = not p

    assert oddest(laws.bernoulli(always, p)).p == 1
    assert oddest(laws.bernoulli(once_not, p)).p == 0


# ---- wrong draws ----


def kept(rng, shape=MASKS, p=KEPT):
    return rng.random(shape) < p


def a_unit_that_stays(rng):
    masks = kept(rng)
    masks[:, 0, 0] = True
    return masks


WRONG_MASKS = {
    "keep and drop swapped": lambda rng: kept(rng, p=1 - KEPT),
    "p is .31": lambda rng: kept(rng, p=KEPT - 0.01),
    "normal numbers against p": lambda rng: rng.standard_normal(MASKS) > 1 - KEPT,
    "shared by a row": lambda rng: np.broadcast_to(kept(rng, (333, 30, 1)), MASKS),
    "shared by a column": lambda rng: np.broadcast_to(kept(rng, (333, 1, 20)), MASKS),
    "shared by all": lambda rng: np.broadcast_to(kept(rng, (333, 1, 1)), MASKS),
    "the same in every call": lambda rng: np.broadcast_to(kept(rng, (1, 30, 20)), MASKS),
    "the second half repeats the first": lambda rng: np.tile(kept(rng, (333, 15, 20)), (1, 2, 1)),
    "exactly k": lambda rng: rng.permuted(np.broadcast_to(np.arange(600) < 420, (333, 600)), axis=1).reshape(MASKS),
    "exactly k, in 400 small calls": lambda rng: rng.permuted(np.broadcast_to(np.arange(50) < 35, (400, 50)), axis=1),
    "one unit is never dropped": a_unit_that_stays,
}
WRONG_COUNTS = {
    "another rate": lambda rng: rng.poisson(RATE - 0.1, MANY),
    "one too many": lambda rng: rng.poisson(RATE, MANY) + 1,
    "one too few": lambda rng: np.maximum(rng.poisson(RATE, MANY) - 1, 0),
    "rounded normal": lambda rng: np.maximum(0, np.round(rng.normal(RATE, np.sqrt(RATE), MANY))),
    "binomial": lambda rng: rng.binomial(100, RATE / 100, MANY),
    "always the nearest": lambda rng: np.full(MANY, round(RATE)),
    "not rounded": lambda rng: rng.normal(RATE, np.sqrt(RATE), MANY),
    "negative": lambda rng: -rng.poisson(RATE, MANY),
    "huge": lambda rng: np.full(MANY, 1e300),
}
WRONG_HITS = {
    "one try too few": lambda rng: rng.binomial(9, 0.3, MANY),
    "p is .31": lambda rng: rng.binomial(10, 0.31, MANY),
    "rounded normal": lambda rng: np.clip(np.round(rng.normal(3, np.sqrt(2.1), MANY)), 0, 10),
    "more hits than tries": lambda rng: rng.binomial(11, 0.3, MANY),
}
WRONG_WEIGHTS = {
    "sd 2 % too large": lambda rng: rng.normal(0, 1.02 * SD, MANY),
    "mean off by a fiftieth of the sd": lambda rng: rng.normal(0.02 * SD, SD, MANY),
    "variance as sd": lambda rng: rng.normal(0, SD**2, MANY),
    "truncated": lambda rng: SD * truncated(rng, MANY),
    "the same row for all": lambda rng: np.broadcast_to(rng.normal(0, SD, (20, 1, 100)), (20, 100, 100)),
    "the same in every call": lambda rng: np.broadcast_to(rng.normal(0, SD, (1, 10_000)), MANY),
    "every second of the other sign": lambda rng: np.kron(rng.normal(0, SD, (20, 5_000)), [1.0, -1.0]),
    "zeros": lambda rng: np.zeros(MANY),
    "huge": lambda rng: rng.choice([-1e308, 1e308], MANY),
}
WRONG_LAWS = {
    "Laplace": lambda rng: rng.laplace(0, SD / np.sqrt(2), MANY),
    "uniform": lambda rng: rng.uniform(-SD * np.sqrt(3), SD * np.sqrt(3), MANY),
}
WRONG_ENDS = {
    "1 % too wide": lambda rng: rng.uniform(-1.01, 1.01, MANY),
    "1 % too narrow": lambda rng: rng.uniform(-0.99, 0.99, MANY),
    "triangular": lambda rng: rng.uniform(-0.5, 0.5, MANY) + rng.uniform(-0.5, 0.5, MANY),
}


def shuffled(rng, calls, k, partner):
    """Every place in turn exchanged with the place that `partner` draws."""
    rows, items = np.arange(calls), np.tile(np.arange(k), (calls, 1))
    for i in range(k - 1, -1, -1):
        j = partner(rng, i)
        items[rows, i], items[rows, j] = items[rows, j], items[rows, i]
    return items


WRONG_ORDERS = {
    "exchanged with any": lambda rng: shuffled(rng, 50_000, 4, lambda rng, i: rng.integers(0, 4, 50_000)),
    "never left in place": lambda rng: shuffled(rng, 50_000, 4, lambda rng, i: rng.integers(0, max(i, 1), 50_000)),
    "rotations": lambda rng: (np.arange(4) + rng.integers(0, 4, (50_000, 1))) % 4,
    "no permutation": lambda rng: rng.integers(0, 4, (50_000, 4)),
}
WRONG = [
    (laws.bernoulli, (KEPT,), WRONG_MASKS),
    (laws.poisson, (RATE,), WRONG_COUNTS),
    (laws.binomial, (10, 0.3), WRONG_HITS),
    (laws.normal, (0.0, SD), WRONG_WEIGHTS | WRONG_LAWS),
    (laws.moments, (0.0, SD**2, 3.0), WRONG_WEIGHTS),
    (laws.uniform, (-1.0, 1.0), WRONG_ENDS),
    (laws.permutations, (), WRONG_ORDERS),
    (laws.categorical, ([0.3, 0.3, 0.4],), {"even": lambda rng: rng.integers(0, 3, MANY)}),
]
CASES = [
    pytest.param(law, parameters, draw, id=f"{law.__name__}: {name}")
    for law, parameters, draws in WRONG
    for name, draw in draws.items()
]


@pytest.mark.parametrize(("law", "parameters", "draw"), CASES)
def test_wrong_draws_are_too_odd(law, parameters, draw):
    with np.errstate(all="ignore"):  # as the judge has it: huge numbers are no reason to stop
        odd = oddest(law(draw(np.random.default_rng(3)), *parameters))

    assert odd.p < ALPHA
    assert odd.sentence.endswith(".")


def test_scores_that_share_a_factor_within_a_call_are_found_by_their_sizes():
    rng = np.random.default_rng(4)
    queries, keys = rng.standard_normal((400, 1, 4)), rng.standard_normal((400, 500, 4))

    assert oddest(laws.moments(np.sum(queries * keys, axis=-1) / 2, 0, 1, 9)).p < ALPHA
    assert oddest(laws.moments(products(rng, (400, 500), 4) / 2, 0, 1, 9)).p > 1e-4


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (
            lambda rng: laws.bernoulli(WRONG_MASKS["keep and drop swapped"](rng), KEPT, "kept units"),
            "too few kept units",
        ),
        (
            lambda rng: laws.bernoulli(WRONG_MASKS["shared by a row"](rng), KEPT, "kept units"),
            "along axis 1 of one answer",
        ),
        (
            lambda rng: laws.bernoulli(WRONG_MASKS["shared by all"](rng), KEPT, "kept units"),
            "along axis 0 of one answer",
        ),
        (
            lambda rng: laws.bernoulli(WRONG_MASKS["the same in every call"](rng), KEPT),
            "the generator that is handed in",
        ),
        (lambda rng: laws.bernoulli(WRONG_MASKS["exactly k"](rng), KEPT), "varies too little from call to call"),
        (lambda rng: laws.bernoulli(a_unit_that_stays(rng), KEPT), "at some places: see index 0, 0"),
        (lambda rng: laws.poisson(WRONG_COUNTS["one too many"](rng), RATE), "too large"),
        (lambda rng: laws.poisson(WRONG_COUNTS["not rounded"](rng), RATE), "no whole numbers"),
        (
            lambda rng: laws.moments(WRONG_WEIGHTS["variance as sd"](rng), 0, SD**2, 3, "the weights"),
            "variance of the weights is too small",
        ),
    ],
)
def test_the_sentence_says_what_is_odd_and_names_no_right_value(claims, words):
    odd = oddest(claims(np.random.default_rng(5)))

    assert odd.p < ALPHA
    assert words in odd.sentence
    for value in (KEPT, 1 - KEPT, RATE, SD):
        assert f"{value:g}" not in odd.sentence


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("law", [
    lambda draws: laws.moments(draws, 0, 1, 3),
    lambda draws: laws.normal(draws, 0, 1),
    lambda draws: laws.uniform(draws, -9, 9),
    lambda draws: laws.poisson(draws, 2.0),
], ids=["moments", "normal", "uniform", "poisson"])  # fmt: skip
def test_what_is_no_finite_number_follows_no_law(law, bad):
    draws = np.random.default_rng(0).normal(size=(50, 8))
    draws[3, 2] = bad
    with np.errstate(all="ignore"):
        claims = law(draws)

    assert oddest(claims).p == 0


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param(np.sort(np.random.default_rng(1).poisson(3.0, (4, 4000)), axis=1), id="sorted"),
        pytest.param(np.random.default_rng(1).poisson([[2.0], [4.0], [1.0], [3.0]], (4, 4000)), id="one rate a call"),
    ],
)
def test_what_depends_within_a_call_is_not_put_down_to_the_generator(draws):
    oddest = min(independence(draws), key=lambda claim: claim.p)

    assert oddest.p < ALPHA
    assert "of one answer" in oddest.sentence


def test_calls_that_are_alike_are_put_down_to_the_generator():
    draws = np.tile(np.random.default_rng(1).poisson(3.0, 4000), (4, 1))

    assert "of one call" in min(independence(draws), key=lambda claim: claim.p).sentence
