"""The laws of dropout are those of enumerated masks, quadrature and simulation, and its properties see mistakes."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, special

SEEDS = range(5)
CALLS = 100  # as the rubric makes


@pytest.fixture
def dropout(problem):
    return problem(1)


# ---- 1.1 dropout ----


def masks(n, p):
    """Every mask of n units, with its probability."""
    for mask in itertools.product([0, 1], repeat=n):
        yield np.array(mask), (1 - p) ** sum(mask) * p ** (n - sum(mask))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_expected_activation_is_the_mean_over_all_masks(dropout, trials, call, seed):
    for inputs in trials("expected_activation", seed):
        h, p = inputs["h"].ravel(), inputs["p"]
        factor = 1 / (1 - p) if inputs["rescale"] else 1.0
        h = h[:8]

        mean = sum(chance * mask * factor * h for mask, chance in masks(len(h), p))

        assert np.allclose(call(dropout.expected_activation, inputs).ravel()[:8], mean, rtol=1e-12)


DROPOUTS = {
    "as it should be": lambda h, p, rng: (rng.random(h.shape) >= p) * h / (1 - p),
    "of binomial numbers": lambda h, p, rng: rng.binomial(1, 1 - p, h.shape) / (1 - p) * h,
    "from the end": lambda h, p, rng: ((rng.random(h.size)[::-1] > p).reshape(h.shape) * h) / (1 - p),
}
WRONG_DROPOUTS = {
    "not rescaled": lambda h, p, rng: (rng.random(h.shape) >= p) * h,
    "rescaled by p": lambda h, p, rng: (rng.random(h.shape) >= p) * h / p,
    "p for 1 - p": lambda h, p, rng: (rng.random(h.shape) < p) * h / (1 - p),
    "p off by 0.02": lambda h, p, rng: (rng.random(h.shape) >= p - 0.02) * h / (1 - p),
    "exactly a share": lambda h, p, rng: (rng.permutation(h.size) >= p * h.size).reshape(h.shape) * h / (1 - p),
    "one mask for all rows": lambda h, p, rng: (rng.random(h.shape[-1:]) >= p) * h / (1 - p) * np.ones(h.shape),
    "the mean": lambda h, p, rng: h,
    "normal numbers for uniform ones": lambda h, p, rng: (rng.standard_normal(h.shape) >= p) * h / (1 - p),
}


def drawn(f, inputs, calls=CALLS):
    return np.stack([f(inputs["h"], inputs["p"], np.random.default_rng(seed)) for seed in range(calls)])


@pytest.mark.parametrize("name", DROPOUTS)
def test_right_masks_follow_their_law(law_objects, trials, name):
    for inputs in trials("dropout"):
        if inputs["training"]:
            assert law_objects("1", "dropped_and_rescaled", drawn(DROPOUTS[name], inputs), inputs) == ""


def test_the_reference_drops_by_its_law_and_leaves_its_input_alone(dropout, trials, law_objects):
    for inputs in trials("dropout"):
        before = inputs["h"].copy()

        draws = drawn(lambda h, p, rng, own=inputs: dropout.dropout(h, p, rng, own["training"]), inputs)

        assert law_objects("1", "dropped_and_rescaled", draws, inputs) == ""
        assert np.array_equal(inputs["h"], before)
        assert not np.shares_memory(dropout.dropout(inputs["h"], 0.0, np.random.default_rng(0), False), inputs["h"])


@pytest.mark.parametrize("name", WRONG_DROPOUTS)
def test_wrong_masks_are_found_out(law_objects, trials, name):
    cases = [inputs for inputs in trials("dropout") if inputs["training"] and inputs["p"] > 0]

    draws = [drawn(WRONG_DROPOUTS[name], inputs) for inputs in cases]

    assert any(law_objects("1", "dropped_and_rescaled", *pair) for pair in zip(draws, cases, strict=True))


def test_dropping_where_nothing_is_to_be_dropped_is_found_out(dropout, law_objects, trials):
    for inputs in trials("dropout"):
        if not inputs["training"]:
            assert law_objects("1", "dropped_and_rescaled", drawn(dropout.dropout, inputs), inputs)


def test_a_probability_of_one_is_refused(dropout):
    with pytest.raises(ValueError, match="p must be"):
        dropout.dropout(np.ones(3), 1.0, np.random.default_rng(0))


# ---- 1.2 moments ----


def moment(scale, power):
    """E[ReLU(z)^power] for z normal of this standard deviation, by quadrature."""

    def weighted(z):
        return z**power * math.exp(-((z / scale) ** 2) / 2) / (scale * math.sqrt(2 * math.pi))

    return integrate.quad(weighted, 0, 12 * scale, epsabs=0, epsrel=1e-12)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_moments_are_those_of_quadrature(dropout, trials, seed):
    for inputs in trials("mean_activation", seed):
        scale = inputs["scale"]
        mean, second = moment(scale, 1), moment(scale, 2)

        assert dropout.mean_activation(scale) == pytest.approx(mean, rel=1e-10)
        assert dropout.second_moment_activation(scale) == pytest.approx(second, rel=1e-10)
        assert dropout.variance_before_dropout(scale) == pytest.approx(second - mean**2, rel=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_variance_after_dropout_is_that_of_both_values_of_the_mask(dropout, trials, seed):
    for inputs in trials("variance_after_dropout", seed):
        p, scale = inputs["p"], inputs["scale"]
        mean, second = (
            sum(chance * (m[0] / (1 - p)) ** power * moment(scale, power) for m, chance in masks(1, p))
            for power in (1, 2)
        )

        assert dropout.variance_after_dropout(p, scale) == pytest.approx(second - mean**2, rel=1e-9)


def test_layers_of_orthogonal_rows_have_these_moments_and_no_correlations(dropout):
    """x ~ N(0, I), W W^T = scale^2 I, as the homework has it; 200 000 examples."""
    rng, p, scale, n = np.random.default_rng(0), 0.3, 1.4, 200_000
    W = scale * np.linalg.qr(rng.standard_normal((5, 3)))[0].T
    h = np.maximum(rng.standard_normal((n, 5)) @ W.T, 0)

    after = dropout.dropout(h, p, rng)

    for sample, variance in (
        (h, dropout.variance_before_dropout(scale)),
        (after, dropout.variance_after_dropout(p, scale)),
    ):
        assert np.allclose(sample.mean(axis=0), dropout.mean_activation(scale), rtol=0.02)
        assert np.allclose(np.cov(sample.T), variance * np.eye(3), atol=0.03 * variance)
    assert np.allclose((h**2).mean(axis=0), dropout.second_moment_activation(scale), rtol=0.02)


def test_the_numbers_of_the_handout(dropout):
    assert dropout.variance_before_dropout() == pytest.approx((math.pi - 1) / (2 * math.pi))
    assert dropout.variance_before_dropout() == pytest.approx(0.3408, abs=5e-5)
    assert dropout.variance_after_dropout(0.5) == pytest.approx(0.8408, abs=5e-5)
    assert dropout.variance_after_dropout(0.0, 1.7) == pytest.approx(dropout.variance_before_dropout(1.7))


WRONG_VARIANCES = {
    "falling": lambda p, scale: (1 - p) * scale**2 * (math.pi - 1) / (2 * math.pi),
    "constant": lambda p, scale: scale**2 * (math.pi - 1) / (2 * math.pi),
    "the second moment": lambda p, scale: scale**2 / (2 * (1 - p)),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_variance_grows_from_that_of_h(dropout, trials, holds, seed):
    check, cases = dropout.dropout_only_adds_variance, trials("variance_after_dropout", seed)

    def held(f):
        return [holds(check, inputs, variance_after_dropout=f) for inputs in cases]

    assert all(held(dropout.variance_after_dropout))
    for name, wrong in WRONG_VARIANCES.items():
        assert not all(held(wrong)), name


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_dropped_is_a_share_of_its_own(plan, seed):
    for trial in plan("variance_after_dropout", seed):
        assert (trial.inputs["p"] == 0) == (trial.share == "nothing_dropped")
        assert trial.inputs["p"] <= 0.95


# ---- 1.3 kept units ----


def binomial(M, p):
    """P(K = 0 ... M), by multiplying M times with p + (1 - p) x."""
    law = np.ones(1)
    for _ in range(M):
        law = np.convolve(law, [p, 1 - p])
    return law


@pytest.mark.parametrize("seed", SEEDS)
def test_the_law_of_the_kept_units_is_that_of_a_sum(dropout, trials, call, seed):
    for inputs in trials("kept_units_pmf", seed):
        k, M, p = np.asarray(inputs["k"]), inputs["M"], inputs["p"]
        law = binomial(M, p)

        found = call(dropout.kept_units_pmf, inputs)

        expected = [law[j] if 0 <= j <= M else 0.0 for j in k.ravel()]
        assert np.shape(found) == k.shape
        assert np.allclose(np.ravel(found), expected, rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_masks_of_a_few_units_are_counted_one_by_one(dropout, p):
    counts = np.zeros(6)
    for mask, chance in masks(5, p):
        counts[mask.sum()] += chance

    assert np.allclose(dropout.kept_units_pmf(np.arange(6), 5, p), counts, rtol=1e-12, atol=0)
    assert dropout.expected_kept_units(5, p) == pytest.approx(counts @ np.arange(6))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_expected_number_of_kept_units_is_the_mean_of_their_law(dropout, trials, seed):
    for inputs in trials("expected_kept_units", seed):
        M, p = inputs["M"], inputs["p"]

        assert dropout.expected_kept_units(M, p) == pytest.approx(np.arange(M + 1) @ binomial(M, p), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_probabilities_of_kept_units_add_up_and_wrong_ones_do_not(dropout, trials, holds, seed):
    check, right = dropout.all_numbers_of_kept_units_add_up, dropout.kept_units_pmf
    wrong = {
        "swapped": lambda k, M, p: right(k, M, 1 - p),
        "no coefficient": lambda k, M, p: (1 - p) ** np.asarray(k) * p ** (M - np.asarray(k)),
        "one off": lambda k, M, p: right(np.asarray(k) + 1, M, p),
    }
    cases = trials("kept_units_pmf", seed)

    assert all(holds(check, inputs, kept_units_pmf=right) for inputs in cases)
    for name, f in wrong.items():
        assert not all(holds(check, inputs, kept_units_pmf=f) for inputs in cases), name


# ---- 1.4 and 1.5 Poisson ----


def exact_binomial(k, M, lam):
    """P(K = k) for K ~ Binomial(M, lam / M), in rational numbers."""
    q = Fraction(lam) / M
    return math.comb(M, k) * q**k * (1 - q) ** (M - k)


@pytest.mark.parametrize("seed", SEEDS)
def test_binomial_probabilities_tend_to_the_limit(dropout, trials, seed):
    for inputs in trials("poisson_limit_pmf", seed):
        lam, M = inputs["lam"], 10**6
        for k in {int(k) for k in np.ravel(inputs["k"]) if k >= 0}:
            log_choices = special.gammaln(M + 1) - special.gammaln(k + 1) - special.gammaln(M - k + 1)
            near = math.exp(log_choices + k * math.log(lam / M) + (M - k) * math.log1p(-lam / M))

            assert dropout.poisson_limit_pmf(k, lam) == pytest.approx(near, rel=1e-3)
            exact = math.exp(k * math.log(lam) - lam - math.lgamma(k + 1))
            assert dropout.poisson_limit_pmf(k, lam) == pytest.approx(exact, rel=1e-12)


def test_the_limit_is_a_law_of_counts(dropout):
    for k in (-1, -7):
        assert dropout.poisson_limit_pmf(k, 3.0) == 0
    assert np.sum(dropout.poisson_limit_pmf(np.arange(60), 7.5)) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gap_is_that_of_rational_numbers(dropout, trials, call, seed):
    for inputs in trials("poisson_limit_gap", seed):
        M, lam = inputs["M"], inputs["lam"]
        if M <= 100:
            laws = ((float(exact_binomial(k, M, lam)), special.pdtr(k, lam)) for k in range(M + 1))
            below, gap = 0.0, 0.0
            for probability, cumulated in laws:
                gap, below = max(gap, abs(probability - (cumulated - below))), cumulated

            assert call(dropout.poisson_limit_gap, inputs) == pytest.approx(gap, rel=1e-9)


@pytest.mark.parametrize(("M", "lam"), [(1000, 0.5), (1000, 1.25), (1000, 4.0), (20_000, 2.0)])
def test_the_gap_of_many_units_is_that_of_rational_numbers(dropout, M, lam):
    """Beyond 24 units both probabilities are nothing."""
    pairs = [(exact_binomial(k, M, lam), lam**k * math.exp(-lam) / math.factorial(k)) for k in range(25)]

    gap = max(abs(float(one) - other) for one, other in pairs)

    assert dropout.poisson_limit_gap(M, lam) == pytest.approx(gap, rel=1e-7)


@pytest.mark.parametrize("lam", [0.5, 1.0, 1.3, 2.0, 4.0])
def test_the_gap_falls_like_one_over_the_number_of_units(dropout, lam):
    """M (Binomial - Poisson) tends to P(k) (k - (k - lam)^2) / 2, the next term of the expansion in 1 / M."""
    k = np.arange(40)
    constant = np.max(np.abs(dropout.poisson_limit_pmf(k, lam) * (k - (k - lam) ** 2) / 2))

    assert 20_000 * dropout.poisson_limit_gap(20_000, lam) == pytest.approx(constant, rel=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_property_of_the_gap_sees_constants_and_roots(dropout, trials, holds, seed):
    check, cases = dropout.the_gap_falls_like_one_over_the_units, trials("poisson_limit_gap", seed)
    wrong = {
        "constant": lambda M, lam: 0.01,
        "root": lambda M, lam: lam / math.sqrt(M),
        "square": lambda M, lam: lam / M**2,
    }

    assert all(holds(check, inputs, poisson_limit_gap=dropout.poisson_limit_gap) for inputs in cases)
    for name, f in wrong.items():
        assert not any(holds(check, inputs, poisson_limit_gap=f) for inputs in cases if inputs["M"] <= 100), name


@pytest.mark.parametrize("lam", [0.0, 3.0, 5.0])
def test_a_mean_that_the_units_cannot_have_is_refused(dropout, lam):
    with pytest.raises(ValueError, match="between 0 and M"):
        dropout.poisson_limit_gap(3, lam)


@pytest.mark.parametrize("seed", SEEDS)
def test_thinning_is_the_sum_over_the_number_of_units(dropout, trials, call, seed):
    for inputs in trials("thinned_pmf", seed):
        k, lam, p = np.asarray(inputs["k"]), inputs["lam"], inputs["p"]
        total = sum(dropout.poisson_limit_pmf(m, lam) * dropout.kept_units_pmf(k, m, p) for m in range(130))

        assert np.allclose(call(dropout.thinned_pmf, inputs), total, rtol=1e-9, atol=1e-30)


@pytest.mark.parametrize("seed", SEEDS)
def test_probabilities_of_counts_add_up_and_wrong_ones_do_not(dropout, trials, holds, seed):
    right = dropout.poisson_limit_pmf
    wrong = {
        "no factorial": lambda k, lam: lam ** np.asarray(k) * np.exp(-lam),
        "no exponential": lambda k, lam: right(k, lam) * np.exp(lam),
        "one off": lambda k, lam: right(np.asarray(k) - 1, lam),
        "the wrong mean": lambda k, lam: right(k, lam / 2),
    }
    cases = trials("poisson_limit_pmf", seed)

    assert all(holds(dropout.poisson_probabilities_add_up, inputs, poisson_limit_pmf=right) for inputs in cases)
    for name, f in wrong.items():
        found = [holds(dropout.poisson_probabilities_add_up, inputs, poisson_limit_pmf=f) for inputs in cases]
        assert not all(found), name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lost_power_of_lambda_shows_in_the_sum(dropout, trials, holds, seed):
    check, cases = dropout.thinned_probabilities_add_up, trials("thinned_pmf", seed)

    def of_the_document(k, lam, p):
        return dropout.thinned_pmf(k, lam, p) / lam ** np.asarray(k)

    assert all(holds(check, inputs, thinned_pmf=dropout.thinned_pmf) for inputs in cases)
    assert not any(holds(check, inputs, thinned_pmf=of_the_document) for inputs in cases)


SAMPLERS = {
    "in two steps": lambda lam, p, size, rng: rng.binomial(rng.poisson(lam, size), 1 - p),
    "in one step": lambda lam, p, size, rng: rng.poisson(lam * (1 - p), size),
    "as floats": lambda lam, p, size, rng: rng.poisson(lam * (1 - p), size).astype(float),
}
WRONG_SAMPLERS = {
    "p for 1 - p": lambda lam, p, size, rng: rng.binomial(rng.poisson(lam, size), p),
    "not thinned": lambda lam, p, size, rng: rng.poisson(lam, size),
    "all units or none": lambda lam, p, size, rng: rng.poisson(lam, size) * (rng.random(size) >= p),
    "one M for all": lambda lam, p, size, rng: rng.binomial(rng.poisson(lam), 1 - p, size),
    "the mean for M": lambda lam, p, size, rng: rng.binomial(round(lam), 1 - p, size),
    "means": lambda lam, p, size, rng: rng.poisson(lam, size) * (1 - p),
}


def samples(f, inputs):
    """So many calls as the rubric makes."""
    return np.stack([f(*(inputs[n] for n in ("lam", "p", "size")), np.random.default_rng(s)) for s in range(4)])


@pytest.mark.parametrize("name", SAMPLERS)
def test_either_way_to_draw_the_kept_units_has_their_law(law_objects, trials, name):
    for inputs in trials("sample_kept_units"):
        assert law_objects("1", "thinned_counts", samples(SAMPLERS[name], inputs), inputs) == ""


def test_the_reference_draws_by_its_law(dropout, law_objects, trials):
    for inputs in trials("sample_kept_units"):
        assert law_objects("1", "thinned_counts", samples(dropout.sample_kept_units, inputs), inputs) == ""


@pytest.mark.parametrize("name", WRONG_SAMPLERS)
def test_wrong_numbers_of_kept_units_are_found_out(law_objects, trials, name):
    cases = [inputs for inputs in trials("sample_kept_units") if inputs["p"] > 0]

    assert all(law_objects("1", "thinned_counts", samples(WRONG_SAMPLERS[name], inputs), inputs) for inputs in cases)


# ---- the inputs ----


@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_keep_to_the_ranges_of_the_handout(trials, seed):
    for inputs in trials("dropout", seed) + trials("expected_activation", seed):
        assert np.all((np.abs(inputs["h"]) >= 0.5) & (np.abs(inputs["h"]) <= 2)) and 0 <= inputs["p"] <= 0.95
    assert {inputs["p"] for inputs in trials("dropout", seed)} == {0, 0.15, 0.4, 0.8}
    assert all(0.2 <= inputs["scale"] <= 4 for inputs in trials("mean_activation", seed))
    assert all(inputs["p"] <= 0.9 and 0.3 <= inputs["lam"] <= 12 for inputs in trials("thinned_pmf", seed))
    for inputs in trials("poisson_limit_gap", seed):
        assert 0.5 <= inputs["lam"] <= 4 and inputs["lam"] < inputs["M"]
    assert all(np.max(inputs["k"]) <= 20 for inputs in trials("poisson_limit_pmf", seed))
