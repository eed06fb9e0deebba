"""Every function meets arrays in every layout that its rubric allows; nobody but the student sees them so."""

import copy
import operator

import msgspec
import numpy as np
import pytest

from grader import wire
from grader.bench import Bench, student_of
from grader.layouts import DEFAULT, LAYOUTS, laid, layout
from grader.model import Fault, Status
from grader.sides import StudentSide

# Tells how its argument came.
SPY = '''
import numpy as np

def describe(x):
    return [x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable, list(x.strides), x + 0.0]

centre = total = scale = lambda x, *_: describe(x)
'''


def test_layouts_come_in_turn():
    for layouts in (DEFAULT, LAYOUTS, ("strided",)):
        for start in range(7):
            assert {layout(start + i, layouts) for i in range(len(layouts))} == set(layouts)


def test_the_default_layouts_keep_what_a_student_is_promised():
    assert DEFAULT[0] == "C"
    assert set(DEFAULT) == set(LAYOUTS) - {"read-only"}


@pytest.mark.parametrize("index", range(len(LAYOUTS)))
def test_arrays_are_laid_out_and_everything_else_stays(index):
    x, weights, f = np.ones((2, 3)), [np.ones(2), (np.ones(1), 5)], len

    sent = laid([x, 0.5, weights, f, "text", None], index, LAYOUTS)

    assert [sent[1], *sent[3:]] == [0.5, f, "text", None]
    arrays = [sent[0], sent[2][0], sent[2][1][0]]
    if LAYOUTS[index] == "C":
        sent_arrays = arrays
    else:
        assert {item.layout for item in arrays} == {LAYOUTS[index]}
        sent_arrays = [item.array for item in arrays]
    assert all(map(operator.is_, sent_arrays, [x, weights[0], weights[1][0]]))
    assert sent[2][1][1] == 5
    assert type(sent[2][1]) is tuple


@pytest.fixture
def bench(assignment, zygote, submit):
    """`bench(source, layouts)` is the tiny course's first problem with a student's file, to be used in `with`."""

    def made(source: str, layouts: tuple[str, ...] = DEFAULT) -> Bench:
        here = copy.copy(assignment)
        problem = here.rubric.problems[0]
        functions = {
            name: msgspec.structs.replace(function, layouts=layouts) for name, function in problem.functions.items()
        }
        problem = msgspec.structs.replace(problem, functions=functions)
        return Bench(here, problem, student_of(here, problem, submit({"problem1.py": source}), zygote), 0)

    return made


def test_the_student_gets_all_of_them_in_the_normal_regime(bench):
    here = bench(SPY)
    with here.student:
        for function in here.problem.functions:
            tried = [trial for trial in here.trials(function) if trial.regime == "normal"]
            came = [here.result(function, trial)[3][0] // 8 for trial in tried if trial.inputs["x"].size > 1]

            assert set(came) == {1, 2}  # C and F are the same to a vector


def test_the_trial_itself_stays_as_it_is(bench):
    here = bench(SPY, ("F", "strided"))
    with here.student:
        trial = here.trials("centre")[1]
        *_, strides, numbers = here.result("centre", trial)

    assert strides == [16]
    assert type(trial.inputs["x"]) is np.ndarray
    assert trial.inputs["x"].strides == (8,)
    np.testing.assert_array_equal(numbers, trial.inputs["x"])


def test_read_only_is_given_where_it_is_asked_for_and_nowhere_else(bench):
    in_place = "def centre(x):\n    x -= x.mean()\n    return x\n"
    usual, strict = bench(in_place), bench(in_place, ("read-only",))

    with usual.student, strict.student:
        answers = [usual.result("centre", trial) for trial in usual.trials("centre")]
        faults = [strict.result("centre", trial) for trial in strict.trials("centre")]

    assert not any(isinstance(answer, Fault) for answer in answers)
    assert {fault.status for fault in faults} == {Status.RAISED}
    assert "read-only (problem1.py, line 2)" in faults[0].message


def test_a_property_that_calls_with_a_trials_own_inputs_causes_no_further_call(bench, monkeypatch):
    here = bench("def centre(x):\n    return x - x.mean()\n", ("strided",))
    part = here.problem.parts[0]
    sent = []
    monkeypatch.setattr(wire, "encode", _counting(sent, wire.encode))
    with here.student:
        trial = here.trials("centre")[0]
        before = here.result("centre", trial)
        asked = len(sent)
        again = StudentSide(here, part).function("centre", trial)(trial.inputs["x"])

        np.testing.assert_array_equal(again, before)
        assert len(sent) == asked


def _counting(sent, encode):
    def counted(message, *rest):
        sent.append(message)
        return encode(message, *rest)

    return counted


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_right_submission_is_right_in_every_layout(bench, right, name):
    here = bench(right["problem1.py"], (name,))
    with here.student:
        for trial in here.trials("centre"):
            answer, x = here.result("centre", trial), trial.inputs["x"]

            np.testing.assert_allclose(answer, x - x.mean(), rtol=1e-12, atol=1e-12 * np.max(np.abs(x)))
