"""No property of any rubric holds for strange numbers.

That each holds for right answers, in single precision too, is what `grade validate` finds out; which mistakes it sees
is told beside its homework.
"""

import homeworks
import numpy as np
import pytest

from grader.checks.matches_reference import MatchesReference
from grader.checks.satisfies import Satisfies

NUMBERS = [np.nan, np.inf, -np.inf, 1e200]
# The assignment, problem and function that each of them is about, and its name.
PROPERTIES = list(dict.fromkeys(
    (id, problem.id, part.function, check.property)
    for id, problem, part in homeworks.every_part()
    for check in part.checks
    if isinstance(check, Satisfies)
))  # fmt: skip
# They speak of some trials only: those of the sheet, of all counts, with small projections or with whitened inputs.
OF_SOME_TRIALS = {
    "all_numbers_of_kept_units_add_up", "poisson_probabilities_add_up", "the_gap_falls_like_one_over_the_units",
    "small_projections_become_exactly_zero", "whitened_inputs_need_no_statistics", "gates_are_those_of_the_sheet",
    "memory_is_that_of_the_sheet", "output_is_that_of_the_sheet",
}  # fmt: skip
# They ask that one number is larger than another, differs from it or does not change, as strange ones may.
HOLD_FOR = {
    name: numbers
    for numbers, names in [
        ({*NUMBERS}, "no_projection_becomes_zero"),
        ({np.inf, -np.inf, 1e200}, """larger_scores_saturate later_tokens_change_nothing
            no_other_coefficients_cost_less rows_come_closer"""),
        ({np.inf, 1e200}, """a_short_step_goes_down bound_holds_for_the_slowest bounds_all_products
            bounds_all_products_with_w gap_is_not_negative model_is_not_below_f"""),
        ({1e200}, """blind_to_affine_terms hessian_is_symmetric shifting_all_scores_of_an_example_changes_no_weight
            shifting_all_scores_of_an_example_changes_nothing"""),
        ({np.inf, -np.inf}, "terms_add_up_to_the_new_distance twice_the_tokens_take_twice_the_macs"),
        ({np.inf}, "remainder_integral_and_parabola_are_in_order"),
        ({-np.inf}, "gap_is_at_least_a_step step_decreases_enough"),
    ]
    for name in names.split()
}  # fmt: skip


@pytest.fixture(scope="session")
def verdicts(holds):
    """`verdicts(property, wrap)` says of each trial whether it holds, with all functions wrapped.

    Trials of which nothing is asked are left out.
    """

    def found(named, wrap):
        id, number, function, name = named
        reference = homeworks.assignment(id).references[number]
        answers = {own: wrap(reference.function(own)) for own in homeworks.problem_with(id, function).functions}
        return [
            holds(reference.function(name), dict(trial.inputs), **answers)
            for trial in homeworks.plan(id, function, 0)
            if reference.called(function, *reference.arguments(function, trial)) is not None
        ]

    return found


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("named", PROPERTIES, ids="-".join)
def test_no_strange_number_passes(verdicts, filled_with, named, number):
    found = verdicts(named, lambda answer: filled_with(number, answer))

    name = named[-1]
    if name in OF_SOME_TRIALS:
        assert any(found) and not all(found)
    else:
        assert any(found) == (number in HOLD_FOR.get(name, ()))


def test_a_property_lets_strange_numbers_pass_only_where_values_are_compared_as_well():
    alone = {
        check.property
        for _, _, part in homeworks.every_part()
        if not any(isinstance(check, MatchesReference) for check in part.checks)
        for check in part.checks
        if isinstance(check, Satisfies)
    }

    assert alone
    assert not alone & {*OF_SOME_TRIALS, *HOLD_FOR}
