"""How surely samplers are judged: the bound on rejecting a right one, and how often wrong ones are found out.

python benchmarks/samplers.py [--repetitions 20]
"""

import argparse
from collections.abc import Callable

import numpy as np

from grader import laws
from grader.checks.sampler import ALPHA, LEVEL, MAX_CLAIMS, MAX_TRIALS

Draw = Callable[[np.random.Generator, int], list[laws.Claim]]
CALLS = 100


def masks(p: float) -> Draw:
    """Dropout masks that keep .7, as they should, or p."""
    return lambda rng, n: laws.bernoulli(rng.random((CALLS, n // CALLS)) < p, 0.7)


def counts(draw: Callable[..., np.ndarray]) -> Draw:
    """Poisson numbers of mean 3.8, or others."""
    return lambda rng, n: laws.poisson(draw(rng, (CALLS, n // CALLS)), 3.8)


def weights(mean: float, sd: float) -> Draw:
    """Weights of mean 0 and standard deviation 1 under any law, or normal ones that are off."""
    return lambda rng, n: laws.moments(rng.normal(mean, sd, (CALLS, n // CALLS)), 0, 1, 3)


SAMPLERS: dict[str, Draw] = {
    "right masks": masks(0.7),
    "right counts": counts(lambda rng, shape: rng.poisson(3.8, shape)),
    "right weights": weights(0, 1),
    "masks that keep .69": masks(0.69),
    "masks that keep .68": masks(0.68),
    "a mean of 3.7": counts(lambda rng, shape: rng.poisson(3.7, shape)),
    "binomial of 100": counts(lambda rng, shape: rng.binomial(100, 0.038, shape)),
    "rounded normal": counts(lambda rng, shape: np.maximum(0, np.round(rng.normal(3.8, 3.8**0.5, shape)))),
    "sd 2 % too large": weights(0, 1.02),
    "mean off by .02 sd": weights(0.02, 1),
}


def main() -> None:
    """Prints the bound and the share of repetitions that are rejected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=20)
    repetitions = parser.parse_args().repetitions
    print(f"a right sampler is rejected with a chance of {LEVEL:g} at most:")
    print(f"{MAX_TRIALS} trials x {MAX_CLAIMS} claims, each at {ALPHA:.2g}\n")
    print(f"{'rejected of draws':20}{'20,000':>10}{'200,000':>10}")
    for name, draw in SAMPLERS.items():
        rng = np.random.default_rng(0)
        shares = []
        for n in (20_000, 200_000):
            least = [min(claim.p for claim in draw(rng, n)) for _ in range(repetitions)]
            shares.append(np.mean(np.array(least) < ALPHA))
        print(f"{name:20}" + "".join(f"{share:10.2f}" for share in shares))


if __name__ == "__main__":
    main()
