"""The tiny course with something of everything that a kit must not hold, and its kit."""

from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.kit.making import kit

SEED = 90210
FACTOR = "0.0447151"

MISCONCEPTIONS = '''\
"""Known mistakes."""


def total_of_the_sizes(x):
    """You add up the sizes of the entries, and forget that entries may well be negative."""
    return abs(x).sum() + 0.0 * x.max() - 0.0 * x.min()
'''

PRIVATE = f'''

def total_is_odd(total, x):
    """The sum of the opposite vector is the opposite sum, nearly."""
    assert abs(total(-x) + total(x)) <= {FACTOR} * abs(x).sum() + _slack(x), "turn the vector around"


def _slack(x):
    return 1e-9 * (1.0 + abs(x).max() * len(x))
'''

EDITS = {
    "title: Tiny\n": f"title: Tiny\nseed: {SEED}\n",
    "- satisfies: {property: centring_twice_is_centring_once}": (
        "- satisfies: {property: centring_twice_is_centring_once, public: true}"
    ),
    "      total:\n        inputs: {from: vectors, sizes: {d: [5, 2, 3, 7]}}": (
        "      total:\n        inputs:\n          from: vectors\n          sizes: {d: [5, 2, 3, 7]}\n"
        "          edges: [{regime: const, d: 4}]\n"
        "          shares: {far: {credit: 0.25, regimes: {offset: 2}}}"
    ),
    "function: total, checks: [matches_reference]}": (
        'function: total, misconceptions: {total_of_the_sizes: 0.5}, hints: ["Try a vector of ones."],\n'
        "         checks: [matches_reference, satisfies: {property: total_is_odd}]}"
    ),
    "function: scale, output: length, checks: [matches_reference]}": (
        "function: scale, output: length, public: false, checks: [matches_reference]}"
    ),
}


@pytest.fixture
def secretive(course) -> Path:
    """The tiny course with an official seed, edges, shares, a known mistake, a private and a public property."""
    rubric = course / "rubrics" / "tiny.yaml"
    text = rubric.read_text()
    for before, after in EDITS.items():
        assert before in text
        text = text.replace(before, after)
    rubric.write_text(text)
    reference = course / "reference" / "tiny"
    (reference / "problem1_misconceptions.py").write_text(MISCONCEPTIONS)
    (reference / "problem1.py").write_text((reference / "problem1.py").read_text() + PRIVATE)
    return course


@pytest.fixture
def assignment(secretive) -> Assignment:
    """The assignment of this course."""
    return Assignment(Course(secretive), "tiny")


@pytest.fixture
def files(assignment) -> dict[str, bytes]:
    """The files of its kit."""
    return kit(assignment)
