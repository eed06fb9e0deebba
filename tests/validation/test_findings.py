"""A sound course has no finding; each defect that is planted in it is found by itself, where it stands."""

import pytest
from sound_course import EXPECTED_FILE, MISCONCEPTIONS_FILE, REFERENCE_FILE, RUBRIC_FILE, line_of, validation

from grader.validation.finding import Kind

CENTRE, ENERGY, FIRST = "return x - x.mean()", "return 0.5 * (x @ x)", "return x - x[0]"
NO_PROPERTY = "          - satisfies: {property: adds_up_to_nothing}\n"


def test_a_sound_course_has_no_finding(sound):
    done = validation(sound)

    assert done.findings == ()
    assert (done.problems, done.parts, done.machine_points, done.written_points) == (1, 4, 9, 2)
    assert (done.examples, done.misconceptions, done.seeds) == (3, 4, 2)


# (kind, file, what stands there, what stands there instead, what the line of the finding holds, what is said)
DEFECTS = [
    # the rubric
    (Kind.RUBRIC, RUBRIC_FILE, "title: Sums", "titel: Sums", "titel: Sums", "did you mean 'title'?"),
    (Kind.RUBRIC, RUBRIC_FILE, "{points: 1, criterion: \"the sum\"}", "{points: 3, criterion: \"the sum\"}", "id: 1e",
     "add up to 4, not 2"),
    (Kind.RUBRIC, RUBRIC_FILE, "title: Sums", "title: ''", 'id: "1"', "problem '1' has no title"),
    (Kind.RUBRIC, RUBRIC_FILE, "title: Sound", "title: ''", "id: sound", "the assignment has no title"),
    (Kind.RUBRIC, RUBRIC_FILE, '"half the squared length"', '" "', "id: 1b", "part '1b' has no criterion"),
    (Kind.RUBRIC, RUBRIC_FILE, '"the sum"', '""', "id: 1e", "an item of part '1e' has no criterion"),
    # the reference
    (Kind.REFERENCE, REFERENCE_FILE, CENTRE, "return x -", "return x -", "SyntaxError"),
    (Kind.REFERENCE, REFERENCE_FILE, CENTRE, "x -= x.mean()\n    return x", "x -= x.mean()", "read-only"),
    (Kind.REFERENCE, REFERENCE_FILE, "[-1.0, 1.0]", "[1.0, -1.0]", ">>> centre", "not true: `centre("),
    (Kind.REFERENCE, REFERENCE_FILE, '"""Half the squared length."""', '"""Half."""\n    energy.n = energy.n + 1e-9',
     "def energy", "answers otherwise when it is asked again"),
    (Kind.REFERENCE, REFERENCE_FILE, '"x": draw.normal(d)', '"x": np.random.default_rng().normal(size=d)',
     "def vectors", "draws other inputs with the same seed"),
    # right answers that lose
    (Kind.FLAKE, REFERENCE_FILE, "<= 1e-4 *", "<= -1e-4 *", "def adds_up_to_nothing", "by satisfies: Add up"),
    (Kind.PRECISION, REFERENCE_FILE, "<= 1e-4 *", "<= 1e-12 *", "def adds_up_to_nothing", "in single precision"),
    (Kind.FLAKE, REFERENCE_FILE, "rng.integers(0, 2, n)", "rng.integers(0, 3, n) > 0", "def fair", "by sampler"),
    # docstrings
    (Kind.DOCSTRING, REFERENCE_FILE, '"""Sums: solutions, inputs, a property and a law."""\n', "", "import numpy",
     "problem1.py has no docstring"),
    (Kind.DOCSTRING, REFERENCE_FILE, '    """The gradient of the energy."""\n', "", "def slope", "solution 'slope'"),
    (Kind.DOCSTRING, REFERENCE_FILE, '    """How many tosses, and the generator."""\n', "", "def coins",
     "input maker 'coins'"),
    (Kind.DOCSTRING, REFERENCE_FILE, '    """What is centred adds up to 0."""\n', "", "def adds_up", "property 'adds_up"),
    (Kind.DOCSTRING, REFERENCE_FILE, '    """Heads come up half of the time."""\n', "", "def fair", "property 'fair'"),
    (Kind.DOCSTRING, MISCONCEPTIONS_FILE, '    """A factor seems to be missing."""\n', "", "def energy_without",
     "'energy_without_the_half' says nothing"),
    # misconceptions
    (Kind.MISCONCEPTION, MISCONCEPTIONS_FILE, FIRST, "return x - x.mean()", "def centre_at_the_first", "loses nothing"),
    (Kind.MISCONCEPTION, RUBRIC_FILE, ", centre_backwards: 0", "", "id: sound", "no part lists"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, FIRST, "return x - y", "return x - y", "NameError"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, FIRST, "return x -", "return x -", "SyntaxError"),
    # examples
    (Kind.EXAMPLE, EXPECTED_FILE, "partial 0.5", "partial 0.4", "forgets_the_half",
     "gets partial 0.5 for part '1b', where partial 0.4 is expected"),
    (Kind.EXAMPLE, EXPECTED_FILE, "  1d: wrong", "  1d: wrong\n  1c: wrong", "1c: wrong", "gets correct for part '1c'"),
    (Kind.EXAMPLE, EXPECTED_FILE, "1b: partial 0.5", "1b: partial 0.5, 1f: wrong", "forgets_the_half",
     "unknown part '1f'"),
    (Kind.EXAMPLE, EXPECTED_FILE, "1b: partial 0.5", "1b: partial 0.5, 1e: wrong", "forgets_the_half",
     "no machine judges it"),
    (Kind.EXAMPLE, EXPECTED_FILE, "always_heads:", "heads: {}\nalways_heads:", "heads: {}", "'heads'"),
    (Kind.RUBRIC, EXPECTED_FILE, "  1d: wrong", "  1d: [wrong]", "1d: [wrong]", "has to be a text"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "file", "old", "new", "where", "said"), DEFECTS, ids=[f"{one[0]}-{one[5]}" for one in DEFECTS]
)
def test_a_planted_defect_is_found_where_it_stands(spoiled, found, kind, file, old, new, where, said):
    if "energy.n" in new:
        new += "  # it remembers"
        spoiled(file, ENERGY, ENERGY + " + energy.n\n\n\nenergy.n = 0.0")
    folder = spoiled(file, old, new)

    told = found(folder)
    assert len(told) == 1, "\n".join(map(str, told))
    [one] = told

    assert said in one.message, told
    if "no part lists" in said:
        file, where = MISCONCEPTIONS_FILE, "def centre_backwards"
    line = 1 if "problem1.py has no docstring" in said else line_of(folder, file, where)
    assert (one.kind, one.file, one.line) == (kind, file, line)
    assert one.remedy or one.kind is Kind.REFERENCE or "did you mean" in said or "has to be" in said
