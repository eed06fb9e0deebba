"""What a function does beside its answer stands in the report, and costs what the part says."""

import pytest

from grader.model import Status


@pytest.mark.parametrize(
    ("costs", "status", "credit"), [("", Status.CORRECT, 1.0), ("hygiene: {inputs_kept: 0.5}", Status.PARTIAL, 0.5)]
)
def test_what_changes_its_argument_is_told_so_and_pays_where_the_rubric_says_so(judge, costs, status, credit):
    reference = "def maker(draw):\n    return {'x': draw.normal(3)}\n\ndef f(x):\n    return 2 * x\n"
    student = "def f(x):\n    x *= 2\n    return x\n"

    report, errors = judge("matches_reference", reference, student, part=costs)

    (part,) = report.parts
    assert errors == []
    assert (part.status, part.earned) == (status, credit)
    sentence = "Your function changes its argument x in place: work on a copy (x = x.copy())."
    assert (part.remarks, part.feedback) == (((), sentence) if costs else ((sentence,), ""))
