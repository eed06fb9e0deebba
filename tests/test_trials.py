"""The plan tries every case, regime and size in turn, and its seed alone decides what a trial is."""

from typing import Any

import numpy as np
import pytest

from grader.draw import REGIMES, Draw
from grader.trials import DEFAULT_REGIMES, Inputs, PlanError, ShareOfTrials, plan, trials, typed


def vectors(draw: Draw, d: int = 2, sort: str = "plain") -> dict[str, Any]:
    return {"x": draw.normal(d), "k": draw.uniform(0.5, 2.0), "sort": sort}


def others(draw: Draw, d: int = 2) -> dict[str, Any]:
    return vectors(draw, d)


def inputs(**more) -> Inputs:
    return Inputs(**{"maker": "vectors", **more})


def contents(made) -> list[tuple[Any, ...]]:
    return [(trial.index, trial.regime, dict(trial.case), str(trial.inputs)) for trial in made]


# ---- the plan ----


def test_without_regimes_the_default_plan_is_followed():
    regimes = [planned.regime for planned in plan(inputs())]

    assert regimes == ["normal"] * 5 + ["small"] * 3 + ["large"] * 3 + ["ties"] * 3
    assert DEFAULT_REGIMES == {"normal": 5, "small": 3, "large": 3, "ties": 3}


@pytest.mark.parametrize(
    ("sizes", "count", "taken"),
    [
        pytest.param("5 2 3 17", 5, "5 2 3 5 17", id="in turn and the last one last"),
        pytest.param("5 2 3 17", 4, "5 2 3 17", id="once each"),
        pytest.param("5 2 3 17", 2, "5 17", id="fewer draws than sizes"),
        pytest.param("5 2 3 17", 1, "17", id="one draw"),
        pytest.param("5 17", 4, "5 5 5 17", id="two sizes"),
        pytest.param("7", 3, "7 7 7", id="one size"),
        pytest.param("7", 0, "", id="no draw"),
    ],
)
def test_sizes_are_taken_in_turn_with_the_last_one_last(sizes, count, taken):
    made = plan(inputs(sizes={"d": tuple(sizes.split())}, regimes={"normal": count}))

    assert [planned.case["d"] for planned in made] == taken.split()


def test_several_sizes_are_taken_in_turn_together():
    made = plan(inputs(sizes={"n": ("1", "2", "9"), "d": ("5", "7")}, regimes={"normal": 4}))

    assert [(planned.case["n"], planned.case["d"]) for planned in made] == [
        ("1", "5"), ("2", "5"), ("1", "5"), ("9", "7"),
    ]  # fmt: skip


def test_every_combination_of_cases_is_tried_in_every_regime():
    cases = {"sort": ("plain", "bent"), "phi": ("a", "b", "c")}

    made = [
        (regime, case["sort"], case["phi"])
        for _, regime, case in plan(inputs(cases=cases, regimes={"normal": 2, "ties": 1}))
    ]

    assert len(made) == 2 * 3 * 3
    for sort in cases["sort"]:
        for phi in cases["phi"]:
            assert made.count(("normal", sort, phi)) == 2
            assert made.count(("ties", sort, phi)) == 1


def test_edges_come_last_one_trial_each_with_the_first_values_for_what_they_leave_out():
    made = list(
        plan(
            inputs(
                sizes={"d": ("5", "17")},
                cases={"sort": ("plain", "bent")},
                regimes={"normal": 1},
                edges=({"regime": "const", "d": "1"}, {"sort": "bent"}),
            )
        )
    )

    assert made[2:] == [("", "const", {"d": "1", "sort": "plain"}), ("", "normal", {"d": "5", "sort": "bent"})]


def test_trials_of_named_shares_come_after_all_others():
    stability = ShareOfTrials(credit=0.25, regimes={"offset": 2}, edges=({"regime": "const"},))

    made = list(plan(inputs(regimes={"normal": 1}, edges=({"regime": "ties"},), shares={"stability": stability})))

    assert [(planned.share, planned.regime) for planned in made] == [
        ("", "normal"), ("", "ties"), ("stability", "offset"), ("stability", "offset"), ("stability", "const"),
    ]  # fmt: skip


def test_a_trial_at_which_the_answer_jumps_is_drawn_again():
    first = trials(inputs(regimes={"normal": 3}), vectors, 0)
    bad = str(first[1].inputs)

    made = trials(inputs(regimes={"normal": 3}), vectors, 0, steady=lambda trial: str(trial.inputs) != bad)

    assert [trial.attempt for trial in made] == [0, 1, 0]
    assert str(made[1].inputs) != bad
    again = trials(inputs(regimes={"normal": 3}), vectors, 0, attempts=[trial.attempt for trial in made])
    assert [str(trial.inputs) for trial in again] == [str(trial.inputs) for trial in made]


def test_a_maker_that_only_draws_jumps_is_at_fault():
    with pytest.raises(PlanError, match=r"vectors draws inputs at which the answer jumps, 20 times .* trial 0"):
        trials(inputs(regimes={"normal": 1}), vectors, 0, steady=lambda _: False)


# ---- the trials ----


def test_trials_carry_what_they_were_planned_as():
    made = trials(inputs(sizes={"d": ("3", "4")}, cases={"sort": ("bent",)}, regimes={"small": 2}), vectors, 0)

    assert [trial.index for trial in made] == [0, 1]
    assert [trial.regime for trial in made] == ["small", "small"]
    assert [dict(trial.case) for trial in made] == [{"sort": "bent", "d": 3}, {"sort": "bent", "d": 4}]
    assert [trial.inputs["x"].shape for trial in made] == [(3,), (4,)]
    assert {trial.inputs["sort"] for trial in made} == {"bent"}


@pytest.mark.parametrize("regime", REGIMES)
def test_the_draw_knows_the_regime(regime):
    seen = []

    def maker(draw: Draw) -> dict[str, Any]:
        seen.append(draw.regime)
        return {}

    trials(inputs(regimes={regime: 2}), maker, 0)

    assert seen == [regime, regime]


def test_the_same_seed_gives_the_same_trials():
    plan_of_all = inputs(sizes={"d": ("3", "5")}, cases={"sort": ("plain", "bent")})

    assert contents(trials(plan_of_all, vectors, 7)) == contents(trials(plan_of_all, vectors, 7))


def test_another_seed_index_or_maker_gives_other_numbers():
    draws = [
        trial.inputs["x"].tobytes()
        for maker in (vectors, others)
        for seed in (0, 1, 2**63)
        for trial in trials(inputs(regimes={"normal": 20}), maker, seed)
    ]

    assert len(set(draws)) == 2 * 3 * 20


def test_a_trial_is_the_same_whatever_comes_after_it():
    short, long = (trials(inputs(regimes={"normal": count}), vectors, 3) for count in (2, 5))

    assert contents(short) == contents(long)[:2]


def test_inputs_cannot_be_changed_by_whoever_gets_them_first():
    [trial] = trials(inputs(regimes={"normal": 1}), vectors, 0)

    with pytest.raises(ValueError, match="read-only"):
        trial.inputs["x"] += 1


def test_numpy_warnings_of_a_maker_are_its_own_affair():
    def maker(draw: Draw) -> dict[str, Any]:
        return {"x": np.log(draw.normal(3) * 0)}

    made = trials(inputs(regimes={"normal": 1}), maker, 0)

    assert np.isinf(made[0].inputs["x"]).all()


# ---- arguments ----


def test_arguments_are_what_the_annotations_say():
    def maker(draw: Draw, d: int, c: float, flag: bool, name: str, plain, maybe: "int | None" = None):
        pass

    case = {"d": "3", "c": "1e-5", "flag": "false", "name": "no", "plain": "1.10", "maybe": "4"}

    assert typed(maker, case) == {"d": 3, "c": 1e-5, "flag": False, "name": "no", "plain": "1.10", "maybe": 4}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({"regimes": {"norml": 1}}, "unknown regime 'norml' (there are: normal, small", id="regime"),
        pytest.param({"edges": ({"regime": "flat"},)}, "unknown regime 'flat'", id="regime of an edge"),
        pytest.param({"sizes": {"n": ("3",)}}, "vectors has no argument 'n' (it has: d, sort)", id="size"),
        pytest.param({"cases": {"srt": ("a",)}}, "vectors has no argument 'srt'", id="case"),
        pytest.param({"edges": ({"regime": "normal", "n": "1"},)}, "vectors has no argument 'n'", id="edge"),
        pytest.param({"sizes": {"draw": ("3",)}}, "vectors has no argument 'draw'", id="the draw itself"),
        pytest.param({"sizes": {"d": ("three",)}}, "argument 'd' of vectors: ", id="text for a number"),
        pytest.param({"sizes": {"d": ("2.5",)}}, "argument 'd' of vectors: ", id="fraction for an integer"),
        pytest.param({"sizes": {"d": ()}}, "there is no value of 'd' to try", id="no sizes"),
        pytest.param({"cases": {"sort": ()}}, "there is no value of 'sort' to try", id="no cases"),
        pytest.param({"regimes": {}}, "no trial at all", id="no regimes"),
        pytest.param({"regimes": {"normal": 0}}, "no trial at all", id="no draws"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_an_error_in_words(more, words):
    with pytest.raises(PlanError) as caught:
        trials(inputs(**more), vectors, 0)

    assert words in str(caught.value)


def test_an_argument_that_nobody_gives_is_named():
    def maker(draw: Draw, d: int, k: float = 1.0) -> dict[str, Any]:
        return {}

    with pytest.raises(PlanError, match="maker takes 'd': give it values in `sizes` or `cases`"):
        trials(inputs(), maker, 0)


def test_what_the_maker_raises_is_not_hidden():
    def maker(draw: Draw) -> dict[str, Any]:
        raise RuntimeError("no draw is good")

    with pytest.raises(RuntimeError, match="no draw is good"):
        trials(inputs(), maker, 0)
