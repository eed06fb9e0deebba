"""A stand-in is judged as a student is: its answers, its exceptions, and nothing that it does to its arguments."""

import numpy as np
import pytest

from grader.bench import Bench
from grader.errors import StudentFault
from grader.judgement import judgement
from grader.model import Fault, Status
from grader.stand_in import StandIn


@pytest.fixture
def judged(assignment):
    """`judged(functions)` is the status of every part of the first problem when a stand-in has these functions."""
    problem = assignment.rubric.problems[0]

    def statuses(functions):
        bench = Bench(assignment, problem, StandIn(functions), 0)
        found = {part.id: judgement(part, bench) for part in problem.parts if part.checks}
        return {id: [failure.verdict.status for failure in own.failures[:1]] for id, own in found.items()}

    return statuses


def test_the_reference_earns_everything_and_a_mistake_loses_its_part(assignment, judged):
    problem = assignment.rubric.problems[0]
    reference = assignment.references[problem.id]
    right = {name: reference.function(name) for name in problem.functions}
    spoiled = {part.function: lambda *arguments: 1 / 0 for part in problem.parts[:1]}

    assert {id for id, failed in judged(right).items() if failed} == set()
    lost = {id: failed for id, failed in judged(right | spoiled).items() if failed}
    assert lost and {part.function for part in problem.parts if part.id in lost} == {*spoiled}
    assert all(failed == [Status.RAISED] for failed in lost.values())


def test_another_student_on_a_bench_has_its_trials_and_right_answers_and_own_results(assignment):
    problem = assignment.rubric.problems[0]
    bench = Bench(assignment, problem, StandIn({"total": lambda x: 0.0}), 0)
    other = bench.with_student(StandIn({"total": lambda x: 1.0}))
    trial = bench.trials("total")[0]

    assert (bench.result("total", trial), other.result("total", trial)) == (0.0, 1.0)
    assert other.trials("total")[0] is trial
    assert other.expected("total", trial) is bench.expected("total", trial)


def test_a_function_writes_to_arrays_of_its_own_only():
    def doubled(x, pair):
        x *= 2
        pair[0][:] = 0
        return x

    x, pair = np.ones(2), (np.ones(2), 1)

    assert StandIn({"doubled": doubled}).ask("doubled", [[x, pair]])[0].tolist() == [2, 2]
    assert x.tolist() == pair[0].tolist() == [1, 1]


def test_a_returned_function_is_evaluated_and_what_is_none_is_a_fault():
    stand_in = StandIn({"power": lambda n: (lambda x: x**n) if n else 7})

    assert stand_in.ask("power", [[2]], points=(1.0, 3.0)) == [[1.0, 9.0]]
    assert isinstance(stand_in.ask("power", [[0]], points=(1.0,))[0], Fault)


def test_what_is_not_there_is_missing():
    with pytest.raises(StudentFault) as missing:
        StandIn({}).function("total")(1)

    assert missing.value.fault.status is Status.MISSING


def test_gradients_are_those_that_are_given_with_the_value():
    stand_in = StandIn({"square": lambda x: x**2}, {"square": lambda x, upstream: 2 * x * upstream})

    ((value, gradients),) = stand_in.vjp("square", [[np.array([3.0])]], [np.array([10.0])], [0])
    assert value.tolist() == [9.0]
    assert [found.tolist() for found in gradients] == [[60.0]]
