"""Hygiene is seen in real workers, told in sentences, and never flagged where a function does nothing wrong."""

import msgspec
import numpy as np
import pytest

from grader.bench import Bench, student_of
from grader.hygiene import charged, remarks, repeatable, same
from grader.model import CORRECT, Hygiene, HygieneCosts, Limits, Status, Verdict
from grader.wire import Tensor

CLEAN = Hygiene()


@pytest.fixture
def bench(assignment, zygote, submit):
    """`bench(source, number)` is a problem of the tiny course with a student's file, to be used in `with`."""

    def made(source: str, number: int = 1) -> Bench:
        problem = assignment.rubric.problems[number - 1]
        return Bench(assignment, problem, student_of(assignment, problem, submit({problem.file: source}), zygote), 0)

    return made


@pytest.fixture
def hygiene(bench):
    """`hygiene(source, function)` is that of one function."""

    def found(source: str, function: str = "centre", number: int = 1) -> Hygiene:
        here = bench("import numpy as np\n" + source, number)
        with here.student:
            return here.hygiene(function)

    return found


def test_right_files_are_clean(bench, right):
    for number, functions in ((1, ("centre", "total", "scale")), (2, ("apply", "line"))):
        here = bench(right[f"problem{number}.py"], number)
        with here.student:
            assert [here.hygiene(function) for function in functions] == [CLEAN] * len(functions)


FOUND = [
    ("def centre(x):\n    x -= x.mean()\n    return x.copy()\n", "centre", Hygiene(changed=("x",))),
    ("def centre(x):\n    x -= x.mean()\n    return x\n", "centre", Hygiene(changed=("x",), shared=("x",))),
    ("def centre(x):\n    return x[:]\n", "centre", Hygiene(shared=("x",))),
    ("def centre(x):\n    if len(x) == 7: x[0] = 1\n    return x + 0\n", "centre", Hygiene(changed=("x",))),
    ("def scale(x, k):\n    return x, k\n", "scale", Hygiene(shared=("x",))),
    ("seen = []\ndef total(x):\n    seen.append(1)\n    return x.sum() * len(seen)\n", "total", Hygiene(unsteady=True)),
    ("kept = {}\ndef total(x):\n    return kept.setdefault(len(x), x.sum())\n", "total", CLEAN),
    ("last = [0.0]\ndef total(x):\n    last.append(x.sum())\n    return last[-2]\n", "total", Hygiene(unsteady=True)),
    ("def total(x, kept=[]):\n    kept.extend(x)\n    return np.sum(kept)\n", "total", Hygiene(unsteady=True)),
    ("def total(x):\n    return np.random.normal()\n", "total", Hygiene(unsteady=True)),
    ("def total(x):\n    return np.random.default_rng(0).normal()\n", "total", CLEAN),
    ("def centre(x):\n    return x * np.nan\n", "centre", CLEAN),
    ("def centre(x):\n    return {'a': (1, 'b', x + 1)}\n", "centre", CLEAN),
    ("n = []\ndef total(x):\n    n.append(1)\n    if len(n) > 14: raise ValueError\n    return 1.0\n", "total",
     Hygiene(unsteady=True)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "function", "expected"), FOUND)
def test_what_a_function_does_beside_its_answer_is_found(hygiene, source, function, expected):
    assert hygiene(source, function) == expected


def test_functions_that_are_returned_are_asked_again_too(hygiene):
    source = "n = []\ndef line(f, x):\n    n.append(1)\n    return lambda t: {}\n"

    assert hygiene(source.format("t + len(x)"), "line", 2) == CLEAN
    assert hygiene(source.format("t + len(n)"), "line", 2) == Hygiene(unsteady=True)


def test_who_has_no_function_or_never_an_answer_has_no_hygiene_to_speak_of(hygiene):
    assert hygiene("x = 1\n") == CLEAN
    assert hygiene("def centre(x):\n    x[0] = 5\n    raise ValueError\n") == CLEAN
    assert hygiene("import os\ndef centre(x):\n    os._exit(1)\n") == CLEAN


def test_what_a_call_changes_spoils_no_later_one(bench):
    here = bench("def centre(x):\n    y = x - x.mean()\n    x[:] = np.nan\n    return y\nimport numpy as np\n")
    with here.student:
        first = [here.result("centre", trial) for trial in here.trials("centre")]
        found = here.hygiene("centre")

    assert found == Hygiene(changed=("x",))
    assert not any(np.isnan(answer).any() for answer in first)


def test_the_first_answer_counts_and_an_end_in_the_repetition_costs_nothing(bench):
    here = bench("import os\nn = []\ndef total(x):\n    n.append(1)\n    return 1.0 if len(n) < 15 else os._exit(1)\n")
    with here.student:
        assert len(here.trials("total")) == 14
        found = here.hygiene("total")
        answers = [here.result("total", trial) for trial in here.trials("total")]
        later = here.student.function("total")(np.ones(2))

    assert found == CLEAN  # whether its machine ended it or itself, nobody knows
    assert answers == [1.0] * 14
    assert later == 1.0


def test_a_repetition_that_does_not_end_costs_nothing(assignment, zygote, submit, right):
    folder = submit({
        "problem1.py": right["problem1.py"] + "n = []\ndef total(x):\n    n.append(1)\n    while len(n) > 14: pass\n"
        "    return x.sum()\n"
    })  # fmt: skip
    problem = assignment.rubric.problems[0]
    here = Bench(assignment, problem, student_of(assignment, problem, folder, zygote), 0)
    here.student.limits = msgspec.structs.replace(Limits(), seconds=0.3)
    with here.student:
        assert here.hygiene("total") == CLEAN
        assert here.hygiene("centre") == CLEAN
        assert here.student.out == {}


def test_an_answer_that_is_asked_for_by_a_property_is_noted_nowhere(bench):
    here = bench("def centre(x):\n    if len(x) == 4: x[0] = 1\n    return x - x.mean()\n")
    with here.student:
        here.result("centre", here.trials("centre")[0])
        here.student.function("centre")(np.ones(4))

        assert here.hygiene("centre") == CLEAN


# ---- what is repeated, and what is the same ----


def test_calls_with_a_generator_are_not_repeated():
    x, rng = np.ones(2), np.random.default_rng(0)

    assert repeatable([x, 0.5, [x, (1, "a")], {"a": None}, len, Tensor(x, "cpu")])
    for drawing in ([rng], [x, [rng]], [{"a": rng}], [np.random.RandomState(0)], [rng.bit_generator]):
        assert not repeatable(drawing)


DIFFERENT = [
    1, 1.0, True, None, "a", 2.0, np.nan, 1j, (1.0,), [1.0], [1.0, 2.0], {}, {"a": 1.0}, {"b": 1.0}, np.array(1.0),
    np.ones(2), np.ones((1, 2)), np.ones(2, "f"), np.ones(2, int), np.array([1.0, 2.0]), np.array([1.0, np.nan]),
    np.array([1.0, np.inf]), np.array([True, False]), Tensor(np.ones(2), "cpu"), Tensor(np.zeros(2), "cpu"), len,
]  # fmt: skip


@pytest.mark.parametrize("one", range(len(DIFFERENT)))
def test_an_answer_is_the_same_as_itself_only(one):
    copied = {np.ndarray: np.copy, Tensor: lambda t: Tensor(t.array.copy(), t.device)}
    again = [copied.get(type(value), lambda same: same)(value) for value in DIFFERENT]

    assert [same(DIFFERENT[one], other) for other in again] == [i == one for i in range(len(again))]


def test_rounding_is_no_memory():
    x = np.random.default_rng(0).normal(size=9)

    assert same(x, x[::-1][::-1] * (1 + 2.0**-30))
    assert not same(x, x * 1.01)
    assert same([x, {"a": 0.1 + 0.2}], [x, {"a": 0.3}])
    assert not same(np.array([1e-9, 0.0]), np.array([2e-9, 0.0]))


# ---- words and credit ----


ALL = Hygiene(changed=("x", "dy"), shared=("dy",), unsteady=True)
COSTS = HygieneCosts(inputs_kept=0.5, stateless=0.25, fresh_output=0.125)
DEAR = HygieneCosts(inputs_kept=1.0, stateless=1.0, fresh_output=1.0)
CHANGED = (
    "Your function changes its argument x in place: work on a copy (x = x.copy()). "
    "Your function changes its argument dy in place: work on a copy (dy = dy.copy())."
)
SHARED = "What you return shares memory with the argument dy: return a copy."
UNSTEADY = (
    "Called again with the same arguments, your function gives another answer: keep no state between calls, and draw no"
    " random numbers."
)


def test_what_costs_nothing_is_a_remark_but_handing_on_an_argument_is_none():
    assert remarks(CLEAN) == ()
    assert " ".join(remarks(ALL)) == f"{CHANGED} {UNSTEADY}"
    assert remarks(ALL, COSTS) == ()


@pytest.mark.parametrize(
    ("hygiene", "costs", "credit", "said"),
    [
        (CLEAN, DEAR, 1.0, ""),
        (ALL, HygieneCosts(), 1.0, ""),
        (Hygiene(changed=("x", "dy")), COSTS, 0.5, CHANGED),
        (Hygiene(unsteady=True), COSTS, 0.75, UNSTEADY),
        (Hygiene(shared=("dy",)), COSTS, 0.875, SHARED),
        (ALL, COSTS, 0.125, f"{CHANGED} {SHARED} {UNSTEADY}"),
        (ALL, DEAR, 0.0, f"{CHANGED} {SHARED} {UNSTEADY}"),
    ],
)
def test_each_flag_costs_its_own_share_and_all_of_them_no_more_than_everything(hygiene, costs, credit, said):
    verdict = charged(CORRECT, hygiene, costs)

    assert (verdict.credit, verdict.feedback) == (credit, said)
    assert verdict.status is (Status.CORRECT if credit == 1 else Status.PARTIAL if credit else Status.WRONG)


def test_a_cost_is_taken_off_what_is_left_and_a_lost_part_hears_of_its_mistake_alone():
    half = Verdict(status=Status.PARTIAL, feedback="Half of it.", credit=0.5)
    lost = Verdict(status=Status.RAISED, feedback="It raised.")

    assert charged(half, Hygiene(shared=("dy",)), HygieneCosts(fresh_output=0.5)) == Verdict(
        status=Status.PARTIAL, feedback=f"Half of it. {SHARED}", credit=0.25
    )
    assert charged(lost, ALL, DEAR) == lost
