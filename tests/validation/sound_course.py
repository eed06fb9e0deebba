"""A small course without a flaw, for tests to plant one in, and what `grade validate` finds in it then."""

from pathlib import Path

from grader.course import Course
from grader.validation.validation import Amount, Validated, plan, validated

RUBRIC = """\
id: sound
title: Sound
problems:
  - id: "1"
    title: Sums
    file: problem1.py
    functions:
      centre:
        inputs: {from: vectors, sizes: {d: [5, 3]}, regimes: {normal: 3}}
      energy:
        inputs: {from: vectors, sizes: {d: [5, 3]}, regimes: {normal: 3}}
      slope:
        inputs: {from: vectors, sizes: {d: [5, 3]}, regimes: {normal: 3}}
      toss:
        inputs: {from: coins, sizes: {n: [400]}, regimes: {normal: 2}}
    parts:
      - id: 1a
        points: 2
        criterion: "the vector with its mean taken away"
        function: centre
        misconceptions: {centre_at_the_first: 0.5, centre_backwards: 0}
        checks:
          - matches_reference
          - satisfies: {property: adds_up_to_nothing}
      - id: 1b
        points: 2
        criterion: "half the squared length"
        function: energy
        misconceptions: {energy_without_the_half: 0.5}
        checks: [matches_reference]
      - id: 1c
        points: 4
        criterion: "the gradient of that"
        function: slope
        misconceptions: {slope_of_the_square: 0.5}
        checks:
          - matches_reference
          - gradient: {of: energy, wrt: x}
      - id: 1d
        points: 1
        criterion: "n tosses of a fair coin"
        function: toss
        misconceptions: {toss_of_a_loaded_coin: 0.5}
        checks:
          - sampler: {law: fair, calls: 4}
      - id: 1e
        points: 2
        criterion: "why that is the gradient"
        written: [{points: 1, criterion: "the sum"}, {points: 1, criterion: "its derivative"}]
"""

REFERENCE = '''\
"""Sums: solutions, inputs, a property and a law."""

import numpy as np

from grader.laws import bernoulli


def vectors(draw, d: int):
    """A vector of normal numbers, with a tag that no solution asks for."""
    return {"x": draw.normal(d), "tags": ["a", "b"]}


def coins(draw, n: int):
    """How many tosses, and the generator."""
    return {"n": n, "rng": draw.rng()}


def centre(x):
    """The vector with its mean taken away.

    >>> centre(np.array([1.0, 3.0])).tolist()
    [-1.0, 1.0]
    """
    return x - x.mean()


def energy(x):
    """Half the squared length."""
    return 0.5 * (x @ x)


def slope(x):
    """The gradient of the energy."""
    return 1.0 * x


def toss(n, rng):
    """n tosses of a fair coin."""
    return rng.integers(0, 2, n)


def adds_up_to_nothing(centre, x):
    """What is centred adds up to 0."""
    assert abs(centre(x).sum()) <= 1e-4 * np.abs(x).sum(), "Add up your entries: the sum is not 0."


def fair(draws):
    """Heads come up half of the time."""
    return bernoulli(draws > 0.5, 0.5, "heads")
'''

MISCONCEPTIONS = '''\
"""Wrong answers, each with what to tell the student who gives it."""

from grader.laws import bernoulli


def centre_at_the_first(x):
    """You seem to take away the first entry. Which number makes the sum 0?"""
    return x - x[0]


def centre_backwards(x):
    """Look at the sign of what you return."""
    return x.mean() - x


def energy_without_the_half(x):
    """A factor seems to be missing."""
    return x @ x


def slope_of_the_square(x):
    """You seem to differentiate something else. Look at the factor in front."""
    return 2 * x


def toss_of_a_loaded_coin(draws):
    """Your coin seems to be loaded. Heads and tails come up equally often."""
    return bernoulli(draws > 0.5, 0.8)
'''

CORRECT = """\
import numpy as np


def centre(x):
    return x - np.mean(x)


def energy(x):
    return np.sum(x**2) / 2


def slope(x):
    return x.copy()


def toss(n, rng):
    return (rng.random(n) < 0.5).astype(int)
"""

EXPECTED = """\
# Parts that are not named are correct.
correct: {}
forgets_the_half: {1b: partial 0.5}
always_heads:
  1d: wrong
"""

RUBRIC_FILE, REFERENCE_FILE = "rubrics/sound.yaml", "reference/sound/problem1.py"
MISCONCEPTIONS_FILE, EXPECTED_FILE = (
    "reference/sound/problem1_misconceptions.py",
    "submissions_example/sound/expected.yaml",
)
FILES = {
    RUBRIC_FILE: RUBRIC,
    REFERENCE_FILE: REFERENCE,
    MISCONCEPTIONS_FILE: MISCONCEPTIONS,
    EXPECTED_FILE: EXPECTED,
    "submissions_example/sound/correct/problem1.py": CORRECT,
    "submissions_example/sound/forgets_the_half/problem1.py": CORRECT.replace(" / 2", ""),
    "submissions_example/sound/always_heads/problem1.py": CORRECT.replace("rng.random(n)", "np.zeros(n)"),
}


def validation(folder: Path, id: str = "sound", jobs: int = 1, **amount: int) -> Validated:
    few = {"references": 2, "misconceptions": 1, "examples": 1}
    return validated(plan(Course(folder), id, Amount(**{**few, **amount})), jobs=jobs)


def line_of(folder: Path, file: str, text: str) -> int:
    """The first line of a file that holds this text."""
    lines = (folder / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)
