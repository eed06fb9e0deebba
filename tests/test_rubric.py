"""A rubric says what is meant or why not: every flaw is told with its line, and nothing is guessed."""

from pathlib import Path

import pytest

from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.satisfies import Satisfies
from grader.checks.vjp import Vjp
from grader.errors import RubricError
from grader.model import HygieneCosts, Limits, WrittenItem
from grader.rubric import Rubric
from grader.rubric_file import load
from grader.tolerance import Tolerance
from grader.trials import DEFAULT_REGIMES

RUBRIC = """\
id: hw
title: Homework
problems:
  - id: "1"
    title: Layers
    file: problem1.py
    functions:
      layer:
        inputs:
          from: vectors
          sizes: {d: [5, 2]}
      both:
        returns: [dx, dy]
        inputs: {from: vectors, regimes: {normal: 2}}
      helper: {}
    parts:
      - id: 1a
        points: 2.5
        criterion: "the layer"
        function: layer
        checks:
          - matches_reference
      - {id: 1b, points: 1, criterion: "its slope", function: both, output: dx, checks: [matches_reference]}
      - id: 1c
        points: 1.5
        criterion: "why"
        written:
          - {points: 1, criterion: "because"}
          - {points: 0.5, criterion: "of that"}
"""

SLOPE = "output: dx, follow_through: {share}, checks: [gradient: {{of: {of}, wrt: x}}]"

CHECK = "- matches_reference\n"


@pytest.fixture
def loaded(tmp_path):
    """`loaded({"points: 1": "points: 2"})` is the rubric with these pieces of text exchanged, each there once."""

    def rubric(changes: dict[str, str] | None = None) -> Rubric:
        text = RUBRIC
        for old, new in (changes or {}).items():
            assert text.count(old) == 1, f"'{old}' is not there once"
            text = text.replace(old, new)
        path = tmp_path / "hw.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return rubric


def test_a_rubric_is_read_as_it_is_written(loaded):
    rubric = loaded()

    [problem] = rubric.problems
    assert (rubric.id, problem.id, problem.file, problem.line) == ("hw", "1", "problem1.py", 4)
    assert list(problem.functions) == ["layer", "both", "helper"]
    assert problem.functions["layer"].inputs.maker == "vectors"
    assert problem.functions["layer"].inputs.sizes == {"d": ("5", "2")}
    assert problem.functions["layer"].inputs.line == 10
    assert problem.functions["both"].returns == ("dx", "dy")
    assert problem.functions["helper"].inputs is None
    a, b, c = problem.parts
    assert (a.id, a.points, a.criterion, a.function, a.line) == ("1a", 2.5, "the layer", "layer", 17)
    assert a.checks == (MatchesReference(),)
    assert b.output == ("dx",)
    assert c.written == (WrittenItem(points=1, criterion="because"), WrittenItem(points=0.5, criterion="of that"))


def test_what_is_left_out_has_its_default(loaded):
    rubric = loaded()

    assert rubric.limits == Limits()
    assert rubric.seed == 0
    assert rubric.show_expected is False
    assert rubric.problems[0].functions["layer"].inputs.regimes == DEFAULT_REGIMES
    assert rubric.problems[0].functions["layer"].evaluated_at == ()
    assert rubric.problems[0].functions["layer"].layouts == ("C", "F", "strided")
    assert rubric.problems[0].parts[0].hygiene == HygieneCosts()


def test_the_default_regimes_of_one_function_are_not_those_of_another(loaded):
    loaded().problems[0].functions["layer"].inputs.regimes["normal"] = 1

    assert loaded().problems[0].functions["layer"].inputs.regimes == DEFAULT_REGIMES


@pytest.mark.parametrize(
    ("written", "check"),
    [
        ("matches_reference", MatchesReference()),
        (
            "matches_reference: {tolerance: {rtol: 1e-3, atol: 1e-9}}",
            MatchesReference(tolerance=Tolerance(rtol=1e-3, atol=1e-9)),
        ),
        ("gradient: {of: layer, wrt: x}", Gradient(of="layer", wrt="x")),
        ("gradient: {of: layer, wrt: x, upstream: dy}", Gradient(of="layer", wrt="x", upstream=("dy",))),
        ("gradient: {of: layer, wrt: x, upstream: [dy, dz]}", Gradient(of="layer", wrt="x", upstream=("dy", "dz"))),
        ("satisfies: {property: odd}", Satisfies(property="odd")),
    ],
)
def test_a_check_is_a_kind_with_its_options(loaded, written, check):
    rubric = loaded({"          - matches_reference": f"          - {written}"})

    assert rubric.problems[0].parts[0].checks == (check,)


def test_a_gradient_may_be_followed_through(loaded):
    rubric = loaded({"output: dx, checks: [matches_reference]": SLOPE.format(of="layer", share=0.6)})

    assert [part.follow_through for part in rubric.problems[0].parts] == [0, 0.6, 0]


def test_a_function_may_take_tensors_and_be_differentiated(loaded):
    rubric = loaded({"      layer:\n": "      layer:\n        tensors: true\n", CHECK: "- vjp: {wrt: x, of: slope}\n"})

    assert rubric.problems[0].functions["layer"].tensors is True
    assert rubric.problems[0].functions["both"].tensors is False
    assert rubric.problems[0].parts[0].checks == (Vjp(wrt=("x",), of="slope"),)


def test_a_part_may_name_several_outputs(loaded):
    rubric = loaded({"output: dx": "output: [dx, dy]"})

    assert rubric.problems[0].parts[1].output == ("dx", "dy")


@pytest.mark.parametrize(("written", "layouts"), [("read-only", ("read-only",)), ("[C, F]", ("C", "F"))])
def test_a_function_names_its_layouts(loaded, written, layouts):
    rubric = loaded({"      helper: {}": f"      helper: {{layouts: {written}}}"})

    assert rubric.problems[0].functions["helper"].layouts == layouts


def test_a_part_says_what_hygiene_costs(loaded):
    rubric = loaded({"function: layer": "function: layer\n        hygiene: {inputs_kept: 0.3, stateless: 0.7}"})

    assert rubric.problems[0].parts[0].hygiene == HygieneCosts(inputs_kept=0.3, stateless=0.7, fresh_output=0.0)


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        pytest.param(
            {"      helper: {}": "      helper: {layouts: [C, f]}"}, 15, "unknown layout 'f'", id="layout"
        ),
        pytest.param({"      helper: {}": "      helper: {layouts: []}"}, 15, "no layout", id="no layout"),
        pytest.param(
            {"function: layer": "function: layer\n        hygiene: {stateless: 1.5}"}, 17,
            "'stateless' of part '1a' costs 1.5", id="hygiene",
        ),
        pytest.param(
            {"function: layer": "function: layer\n        hygiene: {stateless: 0.6, inputs_kept: 0.6}"}, 17,
            "more than all of its credit", id="hygiene in all",
        ),
        pytest.param(
            {'criterion: "why"': 'criterion: "why"\n        hygiene: {stateless: 1}'}, 24, "written and has `hygiene",
            id="hygiene of what is written",
        ),
        pytest.param({"id: hw": "id: hw2"}, 1, "the id is 'hw2', the file's name says 'hw'", id="id"),
        pytest.param({"title: Homework": "title: Homework\nseed: -1"}, 1, "the seed is -1", id="seed"),
        pytest.param(
            {"title: Homework": "title: Homework\nlimits: {seconds: 0}"}, 1, "the limit 'seconds' is 0", id="limit"
        ),
        pytest.param({"id: 1b": "id: 1a"}, 23, "part '1a' stands twice", id="part twice"),
        pytest.param({"id: 1b": "id: ../1b"}, 23, "the part id '../1b' is no name for a file", id="part elsewhere"),
        pytest.param({"points: 2.5": "points: 0"}, 17, "part '1a' earns 0 points", id="no points"),
        pytest.param({"points: 2.5": "points: -1"}, 17, "part '1a' earns -1 points", id="negative points"),
        pytest.param({"          - matches_reference\n": ""}, 17, "nothing judges part '1a'", id="no checks"),
        pytest.param({"function: layer": "function: layr"}, 17, "'layr' (did you mean 'layer'?)", id="function"),
        pytest.param({"        function: layer\n": ""}, 17, "unknown function '' (known: layer,", id="no function"),
        pytest.param({"function: layer": "function: helper"}, 17, "'helper' has no inputs", id="no inputs"),
        pytest.param(
            {"      layer:\n": "      layer:\n        device: cuda\n"}, 9, "to run on a GPU and takes no tensors",
            id="gpu without tensors",
        ),
        pytest.param(
            {"      layer:\n": "      layer:\n        tensors: true\n        device: gpu\n"}, 9,
            "unknown device 'gpu'", id="device",
        ),
        pytest.param(
            {CHECK: "- vjp: {wrt: [x], of: slope}\n"}, 17, "'layer' takes no tensors to differentiate", id="no tensors"
        ),
        pytest.param(
            {CHECK: "- vjp: {wrt: [], of: slope}\n", "      layer:\n": "      layer:\n        tensors: true\n"},
            18,
            "the vjp check of part '1a' names no inputs",
            id="by nothing",
        ),
        pytest.param({"output: dx": "output: dz"}, 23, "unknown output 'dz' (known: dx, dy)", id="output"),
        pytest.param(
            {"function: layer": "function: layer\n        output: dx"}, 17, "unknown output 'dx'", id="output of one"
        ),
        pytest.param({"points: 1.5": "points: 2"}, 24, "the items of '1c' add up to 1.5, not 2", id="written sum"),
        pytest.param(
            {'criterion: "why"': 'criterion: "why"\n        function: layer'}, 24, "is written and has", id="function"
        ),
        pytest.param(
            {'criterion: "why"': 'criterion: "why"\n        checks: [matches_reference]'},
            24,
            "is written and has checks",
            id="written with checks",
        ),
        pytest.param(
            {"output: dx": "output: dx, follow_through: 0.6"}, 23, "no gradient of a function", id="nothing to follow"
        ),
        pytest.param(
            {"output: dx, checks: [matches_reference]": SLOPE.format(of="helper", share=0.6)},
            23,
            "no gradient of a function that the student writes",
            id="follow-through without inputs",
        ),
        pytest.param(
            {"output: dx, checks: [matches_reference]": SLOPE.format(of="energy", share=0.6)},
            23,
            "no gradient of a function that the student writes",
            id="follow-through of the reference's own",
        ),
        pytest.param(
            {"output: dx, checks: [matches_reference]": SLOPE.format(of="layer", share=1)},
            23,
            "the follow-through of '1b' is 1",
            id="whole follow-through",
        ),
        pytest.param(
            {"output: dx, checks: [matches_reference]": SLOPE.format(of="layer", share=-0.5)},
            23,
            "the follow-through of '1b' is -0.5",
            id="negative follow-through",
        ),
        pytest.param(
            {'criterion: "why"': 'criterion: "why"\n        follow_through: 0.5'}, 24, "no gradient of", id="in words"
        ),
    ],
)
def test_every_flaw_is_told_with_its_line_and_a_remedy(loaded, changes, line, words):
    with pytest.raises(RubricError) as caught:
        loaded(changes)

    assert words in caught.value.message
    assert caught.value.line == line
    assert Path(caught.value.file).name == "hw.yaml"
    assert caught.value.remedy


def test_a_problem_that_stands_twice_is_told(tmp_path):
    head, _, problem = RUBRIC.partition("problems:\n")
    path = tmp_path / "hw.yaml"
    path.write_text(f"{head}problems:\n{problem}{problem}", encoding="utf-8")

    with pytest.raises(RubricError, match=r"hw.yaml:30: problem '1' stands twice"):
        load(path)


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        pytest.param({CHECK: "- match_reference\n"}, 22, "(did you mean 'matches_reference'?)", id="kind"),
        pytest.param({CHECK: "- zzz\n"}, 22, "unknown kind of check 'zzz' (known: ", id="no such kind"),
        pytest.param(
            {CHECK: "- matches_reference: {tolerence: {}}\n"}, 22, "'tolerance'?)", id="option"
        ),
        pytest.param(
            {CHECK: "- matches_reference: {tolerance: {rtol: 1e-5}}\n"}, 22, "no 'atol'", id="half"
        ),
        pytest.param(
            {CHECK: "- matches_reference: {tolerance: {atol: 1e-5}}\n"}, 22, "no 'rtol'", id="other half"
        ),
        pytest.param(
            {CHECK: "- matches_reference: {tolerance: 1e-5}\n"}, 22, "to be a mapping", id="number"
        ),
        pytest.param(
            {CHECK: "- gradient\n"}, 22, "the check 'gradient' has no 'of'", id="option left out"
        ),
        pytest.param({CHECK: "- gradient: {of: layer}\n"}, 22, "has no 'wrt'", id="second option"),
        pytest.param({CHECK: "- satisfies: odd\n"}, 22, "has to be a mapping", id="no mapping"),
        pytest.param(
            {CHECK: "- {matches_reference: {}, satisfies: {property: x}}\n"},
            22,
            "a check is one kind with its options",
            id="two kinds in one",
        ),
        pytest.param({CHECK: "- {}\n"}, 22, "a check is one kind with its options", id="no kind"),
        pytest.param({"points: 2.5": "pionts: 2.5"}, 18, "unknown key 'pionts' (did you mean 'points'?)", id="typo"),
        pytest.param({"points: 2.5": "points: lots"}, 18, "'points' has to be a number, not 'lots'", id="word"),
        pytest.param({"points: 2.5": "points: nan"}, 18, "'points' has to be a number, not 'nan'", id="nan"),
        pytest.param({"        points: 2.5\n": ""}, 17, "has no 'points'", id="points left out"),
        pytest.param({"from: vectors\n": "form: vectors\n"}, 10, "(did you mean 'from'?)", id="from"),
        pytest.param({"normal: 2": "normal: some"}, 14, "'normal' has to be a whole number", id="draws"),
        pytest.param({"title: Layers": "titel: Layers"}, 5, "(did you mean 'title'?)", id="problem"),
        pytest.param({"title: Homework": "title: H\nlimits: {second: 3}"}, 3, "did you mean 'seconds'?", id="limits"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_line(loaded, changes, line, words):
    with pytest.raises(RubricError) as caught:
        loaded(changes)

    assert words in caught.value.message
    assert caught.value.line == line
