"""What is no edit of a function, and what draws, is tried too; and a problem of a homework is proven as a whole."""

import pytest

from grader.assignment import Assignment
from grader.course import Course, nearest
from grader.mutation.killing import earns
from grader.mutation.records import Fate
from grader.mutation.survey import Narrowed, survey
from grader.mutation.table import survivors
from grader.mutation.work import Workplace

ID = "dl_hw2"


@pytest.fixture(scope="module")
def homework(request):
    return Assignment(Course(nearest(request.path).folder), ID)


@pytest.fixture
def tried(homework):
    """`tried(problem, function)` is each mutant of a function with what becomes of it in its only part."""

    def of(problem, function):
        [own] = [one for one in homework.rubric.problems if one.id == problem]
        place = Workplace(homework, own, function, homework.rubric.seed)
        found = place.tried(range(len(place.candidates)))
        return [(place.candidates[one.number].edit, one.outcomes[0].fate) for one in found]

    return of


def test_a_gradient_that_torch_would_find_wrong_loses_the_part(tried):
    found = tried("2", "MeanOnlyBatchNorm")

    assert {fate for _, fate in found} == {Fate.KILLED}
    assert [edit.after for edit, _ in found if edit.operator == "detach"] == [
        "detached from x", "detached from gamma", "detached from beta",
    ]  # fmt: skip
    ignored = [edit for edit, _ in found if edit.function == "mean_only_gradients" and edit.before == "upstream"]
    assert {"ignore_arg"} <= {edit.operator for edit in ignored}


def test_a_sampler_that_draws_otherwise_loses_and_one_that_draws_the_same_does_not(tried):
    fates = {(edit.before, edit.after): fate for edit, fate in tried("3", "inverted_dropout_mask")}

    assert fates["rng.random(size) >= p", "rng.random(size) <= p"] is Fate.KILLED
    assert fates["rng.random(size) >= p", "rng.random(size) > p"] is Fate.EQUAL
    assert Fate.SURVIVED not in fates.values()


def test_the_reference_earns_everything_wherever_its_mutants_are_compared_with_it(homework):
    [problem] = [one for one in homework.rubric.problems if one.id == "7"]
    place = Workplace(homework, problem, "softmax_ce_gradient", homework.rubric.seed)
    [part] = place.killer.parts

    plans = [plan for plan, _ in place.further.benches()]
    assert {regime for plan in plans for regime in plan.inputs.regimes} >= {"large", "offset", "ties"}
    assert all(
        earns(part, bench, trial) for _, bench in place.further.benches() for trial in bench.trials(part.function)
    )


def test_a_problem_of_a_homework_is_proven(request, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    found = survey(nearest(request.path), ID, Narrowed(problems=["7"]), jobs=1)

    assert len(found.tried) > 100
    assert survivors(found) == []
