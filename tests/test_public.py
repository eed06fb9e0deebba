"""The public side of a rubric keeps what needs no reference, and nothing that is secret."""

import msgspec
import pytest

from grader.checks.consistent import Consistent
from grader.checks.gradient import Gradient
from grader.checks.matches_reference import MatchesReference
from grader.checks.repeats import Repeats
from grader.checks.sampler import Sampler
from grader.checks.satisfies import Satisfies
from grader.checks.vjp import Vjp
from grader.model import WrittenItem
from grader.public import is_checkable, is_decided, public, without
from grader.rubric import Function, Part, Problem, Public, Rubric
from grader.trials import Inputs, ShareOfTrials

INPUTS = Inputs(maker="maker", regimes={"normal": 9, "small": 1}, edges=({"regime": "const"},))


def shown(*checks, function=None, settings=None, **part):
    """The public side of a rubric with one part of these checks, and that part."""
    functions = {"f": function or Function(inputs=INPUTS), "g": Function(inputs=INPUTS), "h": Function()}
    own = Part(id="1a", points=2, criterion="f", function="f", checks=checks, **part)
    problem = Problem(id="1", title="One", file="problem1.py", functions=functions, parts=(own,))
    rubric = public(Rubric(id="hw", title="HW", problems=(problem,), seed=7, public=settings or Public()))
    return rubric, rubric.problems[0].parts[0]


@pytest.mark.parametrize(
    ("checks", "kept"),
    [
        ([MatchesReference()], [MatchesReference()]),
        ([Vjp(wrt=("x",), of="df")], [Vjp(wrt=("x",), of="df")]),
        ([Gradient(of="g", wrt="x")], [Consistent(of="g", wrt="x")]),
        ([MatchesReference(), Gradient(of="g", wrt="x")], [MatchesReference(), Consistent(of="g", wrt="x")]),
        ([Gradient(of="h", wrt="x")], [MatchesReference()]),
        ([Gradient(of="of_the_reference", wrt="x")], [MatchesReference()]),
        ([MatchesReference(), Gradient(of="of_the_reference", wrt="x")], [MatchesReference()]),
        ([MatchesReference(), Satisfies(property="p")], [MatchesReference()]),
        ([Satisfies(property="p", public=True)], [Satisfies(property="p", public=True)]),
        ([Repeats(), Sampler(law="l", calls=4)], [Repeats()]),
        ([Sampler(law="l", calls=4, public=True)], [Sampler(law="l", calls=4, public=True)]),
    ],
)
def test_the_checks_that_need_no_reference_are_kept(checks, kept):
    _, part = shown(*checks)

    assert list(part.checks) == kept
    assert is_checkable(part)


@pytest.mark.parametrize(
    "how",
    [
        {"checks": [Satisfies(property="p")]},
        {"checks": [MatchesReference()], "public": False},
        {"checks": [MatchesReference()], "function": Function(inputs=INPUTS, tensors=True, device="cuda")},
        {"checks": [MatchesReference()], "function": Function(inputs=msgspec.structs.replace(INPUTS, regimes={}))},
    ],
    ids=["private property", "not public", "needs a GPU", "edges alone"],
)
def test_a_part_that_cannot_be_checked_keeps_its_criterion_alone(how):
    _, part = shown(*how.pop("checks"), hints=("Think.",), **how)

    assert not is_checkable(part)
    assert part == Part(id="1a", points=2, criterion="f", public=False, hints=("Think.",))


def test_that_draws_repeat_does_not_decide_a_part():
    assert not is_decided(shown(Repeats(), Sampler(law="l", calls=4))[1])
    assert is_decided(shown(Repeats(), Sampler(law="l", calls=4, public=True))[1])


def test_known_mistakes_credits_and_the_official_seed_are_gone():
    rubric, part = shown(MatchesReference(), misconceptions={"wrong": 0.5}, follow_through=0.5)

    assert (part.misconceptions, part.follow_through) == ({}, 0.0)
    assert rubric.seed == Public().seed != 7
    assert rubric.recorded


@pytest.mark.parametrize(("edges", "shares"), [(False, False), (True, False), (False, True)])
def test_edges_and_shares_are_there_where_they_are_public(edges, shares):
    share = {"far": ShareOfTrials(credit=0.5, regimes={"large": 2})}
    inputs = msgspec.structs.replace(INPUTS, shares=share)

    rubric, _ = shown(
        MatchesReference(), function=Function(inputs=inputs), settings=Public(trials=2, edges=edges, shares=shares)
    )

    found = rubric.problems[0].functions["f"].inputs
    assert found.regimes == {"normal": 2, "small": 1}
    assert found.edges == (INPUTS.edges if edges else ())
    assert found.shares == (share if shares else {})


def test_the_answers_of_written_parts_are_gone():
    own = Part(id="1w", points=2, criterion="why", written=(WrittenItem(points=2, criterion="because"),))
    problem = Problem(id="1", title="One", file="problem1.py", functions={}, parts=(own,))

    [part] = public(Rubric(id="hw", title="HW", problems=(problem,))).problems[0].parts

    assert (part.id, part.points, part.criterion) == ("1w", 2, "why")
    assert "because" not in repr(part)


def test_parts_of_functions_that_could_not_be_recorded_are_hidden():
    rubric, _ = shown(MatchesReference())

    assert not is_checkable(without(rubric, frozenset({"f"})).problems[0].parts[0])
    assert without(rubric, frozenset({"g"})) == rubric
