"""Every part gets its own verdict, the points add up, and nobody loses any over a defect of ours."""

import copy
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import grader
from grader.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.grading import Graded, grade
from grader.model import PartReport, Report, Status
from grader.submission import Submission

RUBRIC = """\
id: hw
title: Homework
problems:
  - id: "1"
    title: One
    file: problem1.py
    functions:
      scaled:
        inputs:
          from: vectors
          sizes: {d: [4, 2, 9]}
          cases: {gamma: [scalar, vector]}
          regimes: {normal: 3, small: 2}
          edges: [{regime: const, d: 1}]
      size:
        inputs: {from: vectors, sizes: {d: [4, 3]}, cases: {gamma: [scalar]}, regimes: {ties: 2, normal: 3}}
    parts:
      - {id: a, points: 3, criterion: "scaled", function: scaled, checks: [matches_reference]}
      - {id: b, points: 2, criterion: "size", function: size, checks: [satisfies: {property: halved}]}
      - {id: c, points: 1.5, criterion: "why", written: [{points: 1.5, criterion: "because"}]}
      - id: d
        points: 0.5
        criterion: "scaled again"
        function: scaled
        checks: [matches_reference, satisfies: {property: doubled}]
  - id: "2"
    title: Two
    file: problem2.py
    functions:
      half: {inputs: {from: numbers, regimes: {normal: 2}}}
    parts:
      - {id: e, points: 4, criterion: "half", function: half, checks: [matches_reference]}
"""

ONE = '''\
import numpy as np


def vectors(draw, d: int, gamma: str):
    shape = (d,) if gamma == "vector" else ()
    return {"x": draw.normal(d), "gamma": draw.signed_uniform(0.5, 2.0, *shape), "eps": draw.constant(1e-5, (0.1, 0.3))}


def scaled(x, gamma, eps):
    return gamma * x + eps


def size(x):
    return float(np.sum(np.abs(x)))


def halved(size, x):
    assert abs(size(x / 2) - size(x) / 2) <= 1e-4 * np.sum(np.abs(x)), "half of it has half the size"


def doubled(scaled, x, gamma, eps):
    twice = scaled(2 * x, gamma, 2 * eps)
    assert np.max(np.abs(twice - 2 * scaled(x, gamma, eps))) <= 1e-4 * np.max(np.abs(twice)), "Is it linear?"
'''

TWO = '''\
def numbers(draw):
    return {"x": draw.normal()}


def half(x):
    return x / 2
'''

RIGHT = {
    "problem1.py": "import numpy as np\ndef scaled(x, gamma, eps): return gamma * x + eps\n"
    "def size(x): return np.abs(x).sum()\n",
    "problem2.py": "def half(x): return 0.5 * x\n",
}


@pytest.fixture
def course(tmp_path) -> Callable[..., Assignment]:
    """`course(rubric=(old, new), one=(old, new))` is the assignment with pieces of its files exchanged."""

    def made(**changes: tuple[str, str]) -> Assignment:
        texts = {"rubric": RUBRIC, "one": ONE, "two": TWO}
        for name, (old, new) in changes.items():
            assert old in texts[name]
            texts[name] = texts[name].replace(old, new)
        folder = tmp_path / "course"
        _write(folder / "rubrics" / "hw.yaml", texts["rubric"])
        _write(folder / "reference" / "hw" / "problem1.py", texts["one"])
        _write(folder / "reference" / "hw" / "problem2.py", texts["two"])
        return Assignment(Course(folder), "hw")

    return made


@pytest.fixture
def grading(course, tmp_path, zygote) -> Callable[..., Graded]:
    """`grading({"problem1.py": source})` grades what is right but for these files."""

    def graded(
        files: dict[str, str],
        on: Assignment | None = None,
        seed: int | None = None,
        problems: list[str] | None = None,
        **options: bool,
    ) -> Graded:
        for name, text in {**RIGHT, **files}.items():
            _write(tmp_path / "handed_in" / name, text)
        here = copy.copy(on or course())
        here.rubric = msgspec.structs.replace(
            here.rubric, limits=msgspec.structs.replace(here.rubric.limits, seconds=1.0)
        )
        return grade(here, Submission(tmp_path / "handed_in"), zygote, seed, problems, **options)

    return graded


@pytest.fixture
def parts(grading) -> Callable[[str], dict[str, PartReport]]:
    """`parts("x")` are the parts by id, where the body of `scaled` returns this expression."""

    def of(expression: str) -> dict[str, PartReport]:
        source = RIGHT["problem1.py"].replace("return gamma * x + eps", f"return {expression}")
        report, errors = grading({"problem1.py": source})
        assert errors == []
        return {part.id: part for part in report.parts}

    return of


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def statuses(report: Report) -> dict[str, str]:
    return {part.id: part.status.value for part in report.parts}


# ---- points ----


def test_a_right_submission_earns_every_point_that_a_machine_gives(grading):
    report, errors = grading({})

    assert errors == []
    assert (report.score, report.max_score, report.pending_points) == (9.5, 9.5, 1.5)
    assert statuses(report) == {"a": "correct", "b": "correct", "c": "pending", "d": "correct", "e": "correct"}
    assert all(part.feedback == "" and part.counterexample is None for part in report.parts)


def test_points_are_those_of_the_parts_and_the_problems(grading):
    report, _ = grading({"problem1.py": RIGHT["problem1.py"].replace("np.abs(x).sum()", "3.0")})

    one, two = report.problems
    assert statuses(report)["b"] == "wrong"
    assert (one.score, one.max_score, one.pending_points) == (3.5, 5.5, 1.5)
    assert (two.score, two.max_score, two.pending_points) == (4, 4, 0)
    assert (report.score, report.max_score, report.pending_points) == (7.5, 9.5, 1.5)
    assert [part.earned for part in report.parts] == [3, 0, 0, 0.5, 4]


@pytest.mark.parametrize(
    ("shown", "items"),
    [pytest.param("false", [], id="answers kept"), pytest.param("true", [(1.5, "because")], id="answers shown")],
)
def test_a_written_part_waits_for_a_person_and_its_items_for_leave_to_be_shown(grading, course, shown, items):
    report, _ = grading({}, on=course(rubric=("title: Homework", f"title: Homework\nshow_expected: {shown}")))

    written = report.parts[2]
    assert written.status is Status.PENDING
    assert [(item.points, item.criterion) for item in written.items] == items
    assert written.earned == 0


def test_trials_are_counted(parts):
    assert (parts("gamma * x + eps")["a"].trials.passed, parts("gamma * x + eps")["a"].trials.total) == (11, 11)
    assert (parts("x")["a"].trials.passed, parts("x")["a"].trials.total) == (0, 11)


def test_a_missing_function_costs_its_own_parts_and_has_no_counterexample(grading):
    report, _ = grading({"problem1.py": "def scaled(x, gamma, eps): return gamma * x + eps\n"})

    assert statuses(report) == {"a": "correct", "b": "missing", "c": "pending", "d": "correct", "e": "correct"}
    assert report.parts[1].counterexample is None
    assert (report.parts[1].trials.passed, report.parts[1].trials.total) == (0, 5)


def test_a_file_that_cannot_be_imported_costs_its_own_problem(grading):
    report, errors = grading({"problem1.py": "import nowhere\n"})

    assert errors == []
    assert statuses(report) == {"a": "raised", "b": "raised", "c": "pending", "d": "raised", "e": "correct"}
    assert all(part.counterexample is None for part in report.parts)


SOMETIMES_NOTHING = """\
def vectors(draw):
    return {"x": draw.normal(3)}


def half(x):
    return None if x[0] < 0 else x / 2
"""


@pytest.mark.parametrize("compare", ["", "compare: [up_to_sign], "])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("return None if x[0] < 0 else 0.5 * x", "correct", id="right"),
        pytest.param("return 0.5 * x", "wrong", id="numbers where nothing is asked for"),
        pytest.param("return None", "wrong", id="nothing where numbers are asked for"),
        pytest.param("return None if x[0] < 0 else x", "wrong", id="other numbers"),
    ],
)
def test_a_reference_may_give_nothing_in_some_trials(grading, course, compare, body, status):
    inputs = "{inputs: {from: numbers, regimes: {normal: 2}}}"
    planned = f"{{{compare}inputs: {{from: vectors, regimes: {{normal: 9}}}}}}"

    report, errors = grading(
        {"problem2.py": f"def half(x): {body}\n"}, on=course(two=(TWO, SOMETIMES_NOTHING), rubric=(inputs, planned))
    )

    assert errors == []
    assert statuses(report)["e"] == status


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        pytest.param(["2"], [1], id="one"),
        pytest.param(["2", "1"], [0, 1], id="both"),
        pytest.param([], [], id="none"),
        pytest.param(None, [0, 1], id="all"),
    ],
)
def test_the_problems_that_are_asked_for_are_judged_as_they_are_among_all(grading, chosen, kept):
    files = {"problem1.py": RIGHT["problem1.py"].replace("np.abs(x).sum()", "3.0")}
    whole, some = grading(files).report, grading(files, problems=chosen).report

    problems = tuple(whole.problems[place] for place in kept)
    assert some.problems == problems
    assert statuses(some) == {p.id: str(p.status) for p in whole.parts if p.problem in [own.id for own in problems]}
    assert some.score == sum(own.score for own in problems)
    assert some.max_score == sum(own.max_score for own in problems)
    assert some.pending_points == sum(own.pending_points for own in problems)


def test_a_problem_that_there_is_not_is_the_callers_mistake(grading):
    with pytest.raises(UsageError, match=r"unknown problem '3' .*1, 2"):
        grading({}, problems=["1", "3"])


OUTPUTS = (
    """      half: {inputs: {from: numbers, regimes: {normal: 2}}}
    parts:
      - {id: e, points: 4, criterion: "half", function: half,""",
    """      half: {returns: [hundredfold, halved], inputs: {from: numbers, regimes: {normal: 2}}}
    parts:
      - {id: e, points: 4, criterion: "half", function: half, output: halved,""",
)


@pytest.mark.parametrize(
    ("returned", "status"),
    [
        pytest.param("np.array([100 * x, x / 2])", "correct", id="an array"),
        pytest.param("(100 * x, x / 2)", "correct", id="a tuple"),
        pytest.param("np.array([x, x / 2])", "correct", id="the other one wrong"),
        pytest.param("np.array([100 * x, x / 3])", "wrong", id="this one wrong"),
        pytest.param("np.array([100 * x, x / 2, 0])", "wrong", id="one too many"),
    ],
)
def test_outputs_may_be_the_rows_of_one_array(grading, course, returned, status):
    rows = course(rubric=OUTPUTS, two=("return x / 2", "import numpy as np\n    return np.array([100 * x, x / 2])"))

    report, errors = grading({"problem2.py": f"import numpy as np\ndef half(x): return {returned}\n"}, on=rows)

    assert errors == []
    assert statuses(report)["e"] == status


# ---- what is said ----


@pytest.mark.parametrize(
    ("expression", "scope"),
    [
        pytest.param("x", "", id="everywhere"),
        pytest.param("x * gamma + eps * (np.ndim(gamma) == 0)", "only with gamma = vector (5 of 11 trials)", id="case"),
        pytest.param("x * gamma + eps * (eps > 0.01)", "only with inputs of the kind small (4 of", id="regime"),
        pytest.param("x * gamma + eps * (len(x) != 1)", "only with d = 1 (1 of 11 trials)", id="size"),
        pytest.param(
            "x * gamma + eps * (eps > 0.01 or np.ndim(gamma) == 0)", "happens in 2 of 11 trials", id="neither alone"
        ),
    ],
)
def test_the_feedback_says_where_it_goes_wrong(parts, expression, scope):
    part = parts(expression)["a"]

    assert part.status is Status.WRONG
    assert scope in part.feedback
    assert scope or "This happens" not in part.feedback


@pytest.mark.parametrize(
    ("expression", "regime", "size"),
    [
        pytest.param("x", "normal", 4, id="everywhere: ordinary, and not too small"),
        pytest.param("x * gamma + eps * (eps > 0.01)", "small", 4, id="small inputs only"),
        pytest.param("x * gamma + eps * (len(x) != 1)", "const", 1, id="an edge only"),
        pytest.param("x * gamma + eps * (len(x) == 9)", "normal", 4, id="not in the largest"),
        pytest.param("x * gamma + eps * ((len(x) == 9) != (eps > 0.01))", "normal", 9, id="ordinary before small"),
    ],
)
def test_the_trial_that_is_shown_is_ordinary_and_small(parts, expression, regime, size):
    example = parts(expression)["a"].counterexample

    assert example.regime == regime
    assert len(example.inputs["x"].split(",")) <= size  # the inputs of that trial, or simpler ones


@pytest.mark.parametrize(
    ("expression", "status", "words"),
    [
        pytest.param("x[3:] / 0 if len(x) == 9 else x", Status.WRONG, "", id="more wrong than odd"),
        pytest.param("x[9] if len(x) < 9 else x", Status.RAISED, "IndexError", id="raises more often"),
        pytest.param("1 / 0", Status.RAISED, "ZeroDivisionError", id="raises"),
        pytest.param("{1} if np.ndim(gamma) else {2}", Status.UNREADABLE, "'set'", id="unreadable"),
        pytest.param("__import__('os')._exit(1)", Status.CRASHED, "ended the Python process", id="ends"),
        pytest.param(
            "__import__('os')._exit(1) if len(x) == 1 else x", Status.WRONG, "", id="wrong until it ends in the last"
        ),
        pytest.param("[1 for _ in iter(int, 1)]", Status.TIMED_OUT, "did not finish within 1 s", id="without end"),
    ],
)
def test_the_most_frequent_status_is_that_of_the_part(parts, expression, status, words):
    found = parts(expression)

    assert found["a"].status is status
    assert words in found["a"].feedback
    assert found["e"].status is Status.CORRECT


def test_of_several_objections_the_last_is_heard_and_the_first_stands_by_the_example(parts):
    found = parts("x**2")["d"]

    assert "Is it linear?" in found.feedback
    assert "numbers are off" in found.counterexample.problem


def test_what_satisfies_the_property_is_told_by_its_values(parts):
    found = parts("x")["d"]

    assert "numbers are off" in found.counterexample.problem


def test_the_counterexample_is_what_the_student_can_type(parts):
    example = parts("x")["a"].counterexample

    assert example.call == "scaled(x, gamma, eps)"
    assert list(example.inputs) == ["x", "gamma", "eps"]
    assert example.got == example.inputs["x"]
    assert example.expected is None
    assert example.trial.startswith("a/")


def test_the_expected_value_is_shown_where_the_rubric_says_so(grading, course):
    shows = course(rubric=("title: Homework", "title: Homework\nshow_expected: true"))

    report, _ = grading({"problem2.py": "def half(x): return x\n"}, on=shows)

    example = report.parts[4].counterexample
    assert float(example.expected) == pytest.approx(float(example.got) / 2, rel=1e-5)


# ---- our own defects ----


@pytest.mark.parametrize(
    ("changes", "statuses_of", "words"),
    [
        pytest.param(
            {"one": ("return gamma * x + eps", "return gamma * x + epsilon")},
            {"a": "internal error", "b": "correct", "c": "pending", "d": "internal error", "e": "correct"},
            "problem1.py:10: NameError: name 'epsilon'",
            id="the reference raises",
        ),
        pytest.param(
            {"one": ('"x": draw.normal(d)', '"y": draw.normal(d)')},
            {"a": "internal error", "b": "internal error", "c": "pending", "d": "internal error", "e": "correct"},
            "takes 'x', which the input maker does not make",
            id="an input is not made",
        ),
        pytest.param(
            {"one": ("shape = (d,)", "shape = (1 / 0,)")},
            {"a": "internal error", "b": "correct", "c": "pending", "d": "internal error", "e": "correct"},
            "problem1.py:5: ZeroDivisionError",
            id="the maker raises",
        ),
        pytest.param(
            {"one": ("    assert abs(size", "    1 / 0\n    assert abs(size")},
            {"a": "correct", "b": "internal error", "c": "pending", "d": "correct", "e": "correct"},
            "problem1.py:18: ZeroDivisionError",
            id="a property raises",
        ),
        pytest.param(
            {"rubric": ("ties: 2", "tie: 2")},
            {"a": "correct", "b": "internal error", "c": "pending", "d": "correct", "e": "correct"},
            "hw.yaml:16: unknown regime 'tie'",
            id="the rubric names no regime",
        ),
        pytest.param(
            {"rubric": ("sizes: {d: [4, 3]}", "sizes: {n: [4, 3]}")},
            {"a": "correct", "b": "internal error", "c": "pending", "d": "correct", "e": "correct"},
            "hw.yaml:16: vectors takes 'd'",
            id="the rubric names no argument",
        ),
        pytest.param(
            {"rubric": ("regimes: {ties: 2, normal: 3}", "regimes: {normal: 0}")},
            {"a": "correct", "b": "internal error", "c": "pending", "d": "correct", "e": "correct"},
            "hw.yaml:16: the regimes and edges come to no trial at all",
            id="nothing is tried",
        ),
        pytest.param(
            {"two": ("return x / 2", "return None if x else 1.0")},
            {"a": "correct", "b": "correct", "c": "pending", "d": "correct", "e": "internal error"},
            "problem2.py:5: half does not return numbers",
            id="the reference returns nothing",
        ),
    ],
)
def test_a_defect_of_ours_costs_nobody_points(grading, course, changes, statuses_of, words):
    points = {"a": 3, "b": 2, "d": 0.5, "e": 4}

    report, errors = grading({}, on=course(**changes))

    assert statuses(report) == statuses_of
    assert words in str(errors[0])
    judged = sum(points[id] for id, status in statuses_of.items() if status == "correct")
    assert (report.score, report.max_score) == (judged, judged)
    assert report.pending_points == 1.5
    assert all("epsilon" not in part.feedback for part in report.parts)


def test_a_defect_of_ours_is_told_the_same_whatever_the_student_hands_in(grading, course):
    broken = course(one=("return gamma * x + eps", "return gamma * x + epsilon"))

    report, errors = grading({"problem1.py": RIGHT["problem1.py"].replace("gamma * x", "x")}, on=broken)

    assert statuses(report)["a"] == "internal error"
    assert (report.score, report.max_score) == (6, 6)
    assert errors


# ---- the same again ----


def alike(report: Report) -> str:
    """What has to be the same in two gradings of the same thing: all but the time it took."""
    parts = tuple(msgspec.structs.replace(part, seconds=0.0) for part in report.parts)
    return repr(msgspec.structs.replace(report, parts=parts))


WRONG = {"problem1.py": "def scaled(x, gamma, eps): return x\ndef size(x): return 3.0\n"}


def test_what_we_did_not_think_of_costs_one_part_its_verdict_and_nobody_points(grading, monkeypatch):
    def thoughtless(*_: object) -> None:
        raise IndexError("of a list")

    monkeypatch.setattr("grader.feedback.explanation.explanation", thoughtless)

    report, errors = grading({"problem1.py": RIGHT["problem1.py"].replace("gamma * x", "x")})

    assert (statuses(report)["a"], statuses(report)["b"]) == ("internal error", "correct")
    assert report.max_score == grading({})[0].max_score - sum(part.points for part in report.parts if part.id in "ad")
    assert "part 'a' could not be judged: IndexError: of a list" in str(errors[0])
    assert str(errors[0]).startswith(f"{Path(grader.__file__).parent / 'grading.py'}:")


def test_the_same_seed_gives_the_same_report(grading):
    one, other = (grading(WRONG, seed=5).report for _ in range(2))

    assert alike(one) == alike(other)


def test_without_counterexamples_all_else_is_the_same(grading):
    full, brief = (grading(WRONG, seed=5, counterexamples=wanted).report for wanted in (True, False))

    assert any(part.counterexample for part in full.parts)
    assert alike(brief) == alike(
        msgspec.structs.replace(
            full, parts=tuple(msgspec.structs.replace(part, counterexample=None) for part in full.parts)
        )
    )


def test_what_is_kept_from_a_grading_before_changes_nothing(grading, tmp_path, monkeypatch):
    course_graded = []
    for folder in ("cold", "cold", "other"):
        monkeypatch.setenv("GRADER_CACHE", str(tmp_path / folder))
        course_graded.append(alike(grading(WRONG, seed=5).report))

    assert list((tmp_path / "cold").iterdir())
    assert len(set(course_graded)) == 1


def test_other_seeds_give_other_inputs_and_the_same_verdicts(grading):
    reports = [grading(WRONG, seed=seed).report for seed in range(3)]

    assert len({report.parts[0].counterexample.inputs["x"] for report in reports}) > 1
    assert len({str(statuses(report)) for report in reports}) == 1
    assert [report.seed for report in reports] == [0, 1, 2]


def test_without_a_seed_it_is_that_of_the_rubric(grading, course):
    seeded = course(rubric=("title: Homework", "title: Homework\nseed: 7"))

    report, _ = grading(WRONG, on=seeded)

    assert report.seed == 7
    assert alike(report) == alike(grading(WRONG, on=seeded, seed=7).report)
