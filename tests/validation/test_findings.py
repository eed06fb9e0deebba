"""A sound course has no finding; each defect that is planted in it is found by itself, where it stands."""

import pytest
from sound_course import EXPECTED_FILE, MISCONCEPTIONS_FILE, REFERENCE_FILE, RUBRIC_FILE, line_of, validation

from grader.assignment import Assignment
from grader.course import Course
from grader.validation.finding import Kind
from grader.validation.references import contradictions

CENTRE, ENERGY, FIRST = "return x - x.mean()", "return 0.5 * (x @ x)", "return x - x[0]"
NO_PROPERTY = "          - satisfies: {property: adds_up_to_nothing}\n"

# Messages that say themselves what to do.
SAYS_WHAT_TO_DO = ("did you mean", "has to be", "is asked for", "coins returns None, where")


def test_a_sound_course_has_no_finding(sound):
    done = validation(sound)

    assert done.findings == ()
    assert (done.problems, done.parts, done.machine_points, done.written_points) == (1, 4, 9, 2)
    assert (done.examples, done.misconceptions, done.seeds) == (3, 5, 2)


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
    (Kind.DOCSTRING, REFERENCE_FILE, '    """What is centred adds up to 0."""\n', "", "def adds_up",
     "property 'adds_up"),
    (Kind.DOCSTRING, REFERENCE_FILE, '    """Heads come up half of the time."""\n', "", "def fair", "property 'fair'"),
    (Kind.DOCSTRING, MISCONCEPTIONS_FILE, '    """A factor seems to be missing."""\n', "", "def energy_without",
     "'energy_without_the_half' says nothing"),
    # misconceptions
    (Kind.MISCONCEPTION, MISCONCEPTIONS_FILE, FIRST, "return x - x.mean()", "def centre_at_the_first", "loses nothing"),
    (Kind.MISCONCEPTION, RUBRIC_FILE, ", centre_backwards: 0", "", "id: sound", "no part lists"),
    (Kind.MISCONCEPTION, MISCONCEPTIONS_FILE, FIRST, "x - x[0]", "def centre_at_the_first", "is no numbers"),
    (Kind.MISCONCEPTION, MISCONCEPTIONS_FILE, "0.8)", "0.5)", "def toss_of_a_loaded", "right draws of part"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, "coin(draws)", "coin(n)", "def toss_of", "takes no draws"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, "return bernoulli(draws > 0.5, 0.8)", "bernoulli(draws > 0.5, 0.8)",
     "def toss_of_a_loaded", "toss_of_a_loaded_coin returns None"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, FIRST, "return x - y", "return x - y", "NameError"),
    (Kind.REFERENCE, MISCONCEPTIONS_FILE, "def centre_at_the_first(x)", "def centre_at_the_first(x, y)",
     "def centre_at_the_first", "takes 'y', which the input maker does not make"),
    (Kind.RUBRIC, REFERENCE_FILE, 'return {"n": n, "rng": draw.rng()}', '{"n": n}', "", "coins returns None, where"),
    (Kind.REFERENCE, REFERENCE_FILE, ENERGY, "return 'half'", "def energy", "does not return numbers"),
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
    if "coins returns" in said:
        file, where = RUBRIC_FILE, "from: coins"
    line = 1 if "problem1.py has no docstring" in said else line_of(folder, file, where)
    assert (one.kind, one.file, one.line) == (kind, file, line)
    assert one.remedy or one.kind is Kind.REFERENCE or any(words in said for words in SAYS_WHAT_TO_DO)


def test_all_flaws_of_a_rubric_are_told_at_once(spoiled, found):
    spoiled(RUBRIC_FILE, "function: energy", "function: enrgy")
    spoiled(RUBRIC_FILE, "centre_backwards: 0", "centre_backwards: 1.5")
    folder = spoiled(RUBRIC_FILE, "{law: fair,", "{law: fare,")

    told = [(one.kind, one.line, one.message) for one in found(folder)]

    def at(part: str) -> int:
        return line_of(folder, RUBRIC_FILE, f"id: {part}")

    assert told == [
        (Kind.RUBRIC, at("1a"), "the misconception 'centre_backwards' earns 1.5"),
        (Kind.RUBRIC, at("1b"), "unknown function 'enrgy' (did you mean 'energy'?)"),
        (Kind.RUBRIC, at("1d"), "sound/problem1.py: there is no function 'fare' (did you mean 'fair'?)"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("{from: coins,", "{from: coin,", "from: coin,", "there is no function 'coin'"),
        ("property: adds_up_to_nothing", "property: adds_up", "id: 1a", "there is no function 'adds_up'"),
        ("energy_without_the_half: 0.5", "energy_with_the_half: 0.5", "id: 1b", "no misconception 'energy_with"),
        ("file: problem1.py", "file: problem2.py", 'id: "1"', "there is no reference for problem '1'"),
        ("regimes: {normal: 2}", "regimes: {odd: 2}", "from: coins", "unknown regime 'odd'"),
        ("{n: [400]}", "{m: [400]}", "from: coins", "coins takes 'n'"),
        ("wrt: x}", "wrt: y}", "id: 1c", "names 'y', which the input maker does not make"),
        ("[matches_reference]", "[{satisfies: {property: fair}}]", "id: 1b", "takes 'draws', neither"),
        ("sampler: {law: fair, calls: 4}", "matches_reference", "id: 1d", "compares the values of 'toss'"),
        ("calls: 4", "calls: 1", "id: 1d", "make it at least 2"),
    ],
)
def test_what_the_rubric_names_in_vain_is_told_at_its_line(spoiled, found, old, new, where, said):
    folder = spoiled(RUBRIC_FILE, old, new)

    told = [one for one in found(folder) if one.file == RUBRIC_FILE and one.line == line_of(folder, RUBRIC_FILE, where)]

    assert any(said in str(one) for one in told), found(folder)


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("return 1.0 * x", "return 3.0 * x", "def energy", "loses part '1c' by gradient"),
        (ENERGY, "return 0.5 * (x @ x) / (x[0] > -9) / 0.0", "def energy", "not finite"),
        (CENTRE, "return np.round(x * 1e12) % 7", "", "the answer jumps, 20 times in a row"),
        ('"x": draw.normal(d)', '"x": draw.normal(d) / (draw.generator.random() < 0.9)', "", "is not finite"),
        ('"tags": ["a", "b"]', '"tags": 1 // (draw.generator.random() < 0.9)', '"tags"', "ZeroDivisionError"),
        ("def centre(x):", "def centre(x, y):", "def centre(x, y)", "takes 'y', which the input maker does not make"),
        ("rng.integers(0, 2, n)", "np.random.default_rng().integers(0, 2, n)", "def toss", "answers otherwise"),
    ],
)
def test_what_the_reference_does_to_itself_is_told_at_its_line(spoiled, found, old, new, where, said):
    folder = spoiled(REFERENCE_FILE, old, new)

    told = [one for one in found(folder, references=10) if said in one.message]

    assert told, found(folder, references=10)
    if where:
        assert (told[0].file, told[0].line) == (REFERENCE_FILE, line_of(folder, REFERENCE_FILE, where))


def test_an_argument_that_is_changed_in_place_is_told(spoiled, found):
    folder = spoiled(REFERENCE_FILE, "def slope(x):", "def slope(x, tags):")
    spoiled(REFERENCE_FILE, "return 1.0 * x", "tags.reverse()\n    return 1.0 * x")

    told = [one for one in found(folder) if "changes its arguments" in one.message]

    assert [(one.file, one.line) for one in told] == [(REFERENCE_FILE, line_of(folder, REFERENCE_FILE, "def slope"))]


def test_a_flake_is_told_once_with_the_seeds_at_which_it_shows(spoiled, found):
    folder = spoiled(REFERENCE_FILE, "<= 1e-4 *", "<= (x[0] < 1.5) *")

    [one] = found(folder, references=20)

    assert one.kind is Kind.FLAKE and one.part == "1a"
    assert 1 <= len(one.seeds) < 20 and one.seeds == tuple(sorted(one.seeds))


def test_two_misconceptions_that_nobody_can_tell_apart_are_both_told(spoiled, found):
    folder = spoiled(MISCONCEPTIONS_FILE, "return x.mean() - x", "return (x - x[0]) * 1.0")

    told = [(one.line, one.message) for one in found(folder)]

    assert told == [
        (line_of(folder, MISCONCEPTIONS_FILE, f"def {name}"),
         f"the misconception '{name}' of part '1a' is not told from '{other}'")
        for name, other in [("centre_at_the_first", "centre_backwards"), ("centre_backwards", "centre_at_the_first")]
    ]  # fmt: skip


def test_a_part_that_nobody_loses_is_told(spoiled, found):
    spoiled(RUBRIC_FILE, "        misconceptions: {slope_of_the_square: 0.5}\n", "")
    folder = spoiled(MISCONCEPTIONS_FILE, "def slope_of", "def _slope_of")

    [one] = found(folder)

    assert (one.kind, one.part) == (Kind.UNLOST, "1c")
    assert (one.file, one.line) == (RUBRIC_FILE, line_of(folder, RUBRIC_FILE, "id: 1c"))


def test_who_hands_in_nothing_loses_a_part_without_showing_that_it_measures_something(spoiled, found, sound):
    (sound / "submissions_example/sound/empty").mkdir()
    spoiled(EXPECTED_FILE, "always_heads:\n  1d: wrong\n", 'empty: {"*": missing}\n')
    for file in (sound / "submissions_example/sound/always_heads").iterdir():
        file.unlink()
    (sound / "submissions_example/sound/always_heads").rmdir()

    assert [(one.kind, one.part) for one in found(sound)] == [(Kind.UNLOST, "1d")]


def test_examples_that_are_not_where_they_should_be_are_told(spoiled, found, sound):
    (sound / "submissions_example/sound/always_heads").rename(sound / "submissions_example/sound/always_tails")

    told = {(one.kind, one.line): one.message for one in found(sound)}

    assert told[Kind.EXAMPLE, line_of(sound, EXPECTED_FILE, "always_heads")].startswith("unknown folder 'always_heads'")
    assert told[Kind.EXAMPLE, 1] == "the example 'always_tails' has no expected verdicts"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("correct: {1a: perfect}", "unknown verdict 'perfect'"),
        ("correct: {1a: partial 1.5}", "expected to earn 1.5"),
        ("correct: {1a: partial}", "unknown verdict 'partial'"),
        ("correct: {1a: wrong}", "no example is right in every part"),
        ("correct: [", "no YAML"),
        ("correct: right", "has to be a mapping"),
    ],
)
def test_expectations_that_cannot_be_meant_are_told(spoiled, found, new, said):
    folder = spoiled(EXPECTED_FILE, "", f"{new}\nforgets_the_half: {{1b: partial 0.5}}\nalways_heads: {{1d: wrong}}\n")

    told = found(folder)

    assert any(said in one.message and one.file == EXPECTED_FILE for one in told), told


def test_without_expectations_that_is_what_is_told(found, sound):
    (sound / EXPECTED_FILE).unlink()

    assert [one.message for one in found(sound) if one.kind is Kind.EXAMPLE] == [
        "there are no expected verdicts of example submissions of 'sound'"
    ]


def test_the_same_mistake_in_two_places_is_told_twice(spoiled, found):
    spoiled(MISCONCEPTIONS_FILE, FIRST, "return x - y")
    folder = spoiled(MISCONCEPTIONS_FILE, "return 2 * x", "return 2 * x - y")

    told = [(one.line, one.message) for one in found(folder)]

    lines = [line_of(folder, MISCONCEPTIONS_FILE, text) for text in ("return x - y", "return 2 * x - y")]
    assert told == [(line, "NameError: name 'y' is not defined") for line in lines]


SECOND = """\
  - id: "2"
    title: Doubles
    file: problem2.py
    functions:
      double:
        inputs: {from: number}
    parts:
      - {id: 2a, points: 1, criterion: "twice x", function: double, checks: [matches_reference]}
"""


def test_a_problem_that_cannot_be_read_keeps_nobody_from_the_others(spoiled, found, sound):
    spoiled(RUBRIC_FILE, "", (sound / RUBRIC_FILE).read_text() + SECOND)
    (sound / REFERENCE_FILE).with_name("problem2.py").write_text('"""Doubles."""\n\ndef double(x):\n')
    spoiled(EXPECTED_FILE, "partial 0.5", "wrong")

    syntax, verdict = found(sound)

    assert syntax.file == "reference/sound/problem2.py" and syntax.message.startswith("SyntaxError")
    assert verdict.message.startswith("'forgets_the_half' gets partial 0.5 for part '1b', where wrong is expected")


@pytest.mark.parametrize("body", ["assert x.dtype == float\n    ", "x = np.array(x, float)\n    "])
def test_what_a_reference_does_not_take_in_single_precision_is_no_finding(spoiled, found, body):
    assert found(spoiled(REFERENCE_FILE, "return 1.0 * x", f"{body}return 1.0 * x")) == []


def test_an_untrue_example_is_found_when_the_course_has_been_imported_again(spoiled):
    folder = spoiled(REFERENCE_FILE, "[-1.0, 1.0]", "[1.0, -1.0]")
    first = Assignment(Course(folder), "sound")
    Assignment(Course(folder), "sound")

    [problem] = first.rubric.problems
    assert ["not true" in one.message for one in contradictions(first, problem, 0)] == [True]
