"""The properties of dl_hw2 tell most mistakes of their parts."""

import homeworks
import pytest

from grader.checks.satisfies import Satisfies

JUDGED = [
    pytest.param(check.property, part, id=f"{part.id}-{check.property}")
    for id, _, part in homeworks.every_part()
    for check in part.checks
    if id == "dl_hw2" and isinstance(check, Satisfies)
]
# What a symmetry cannot see, such as a wrong factor of something that is to add up to 0, values show.
BLIND = {"gradient_adds_up_to_nothing", "hessian_is_symmetric", "direction_is_flat", "a_common_part_is_lost"}


@pytest.mark.parametrize(("name", "part"), JUDGED)
def test_a_property_fails_for_most_of_the_mistakes(sees, name, part):
    seen = [wrong for wrong in part.misconceptions if sees(name, part.function, wrong)]

    assert len(seen) >= (1 if name in BLIND else len(part.misconceptions) / 2), {*part.misconceptions} - {*seen}
