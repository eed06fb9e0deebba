"""Gradients that a vjp check asks for are put to finite differences: compared with themselves they are always right."""

import pytest
from sound_course import REFERENCE_FILE, RUBRIC_FILE, line_of

from grader.assignment import Assignment
from grader.course import Course
from grader.validation.finding import Kind
from grader.validation.flakes import flakes
from grader.validation.references import contradictions

ENERGY = "      energy:\n"
GRADIENT = """

def gradient_of_energy(x, upstream):
    \"\"\"Its gradient, times the upstream.\"\"\"
    return upstream * x
"""


@pytest.fixture
def problem(spoiled, sound):
    """`problem(formula)` is the course's problem, whose part 1b asks torch for the gradient that a formula gives."""

    def spoil(formula):
        spoiled(RUBRIC_FILE, ENERGY, f"{ENERGY}        tensors: true\n")
        spoiled(RUBRIC_FILE, "checks: [matches_reference]", "checks: [{vjp: {wrt: x, of: gradient_of_energy}}]")
        spoiled(REFERENCE_FILE, "", (sound / REFERENCE_FILE).read_text() + GRADIENT.replace("upstream * x", formula))
        assignment = Assignment(Course(sound), "sound")
        return assignment, assignment.rubric.problems[0]

    return spoil


def test_right_gradients_are_no_finding(problem):
    right = problem("upstream * x")

    assert [*contradictions(*right, 0), *flakes(*right, 0)] == []


@pytest.mark.parametrize("formula", ["2 * upstream * x", "x", "upstream * x[::-1]"])
def test_wrong_gradients_are_told_at_the_function_that_gives_them(problem, sound, formula):
    [one] = contradictions(*problem(formula), 0)

    assert (one.kind, one.part) == (Kind.REFERENCE, "1b")
    assert one.line == line_of(sound, REFERENCE_FILE, "def gradient_of_energy")
    assert one.message.startswith("gradient_of_energy does not give the gradient of energy by x")
