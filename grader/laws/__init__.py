"""Do draws follow a law? Exact or conservative chances that right draws look as odd as these.

What a function draws has no right value, only a law. Every function here looks at draws, whose first axis counts the
calls, and returns claims: each with the chance that independent draws from the law look as odd, or more. That chance
is exact or overstated, never understated, at every number of draws and however small it is. Nothing asymptotic is
used: the usual chi-squared test of fit rejects right draws several times as often as it says. Dependence comes first
among the claims, for without independence the others say little.

    def dropped(draws, h, p):                            # a law of a reference module, for the check `sampler`
        kept = draws != 0
        assert np.allclose(draws, kept * h / (1 - p)), "Every entry is 0, or that of h rescaled."
        return bernoulli(kept, 1 - p, "kept units")
"""

from grader.laws.claim import Claim
from grader.laws.counted import bernoulli, binomial, categorical, permutations, poisson
from grader.laws.dependence import independence
from grader.laws.measured import moments, normal, uniform

__all__ = [
    "Claim",
    "bernoulli",
    "binomial",
    "categorical",
    "independence",
    "moments",
    "normal",
    "permutations",
    "poisson",
    "uniform",
]
