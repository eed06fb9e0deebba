"""results.json is what Gradescope's documentation says, and shows a student's text as text."""

import json

import jsonschema
import msgspec
import pytest
from hostile_text import HOSTILE

from grader.gradebook.results import Visibility, written
from grader.model import Status

# After Gradescope's specification: every key that it knows, and no other.
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": [str(visibility) for visibility in Visibility]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
    "dependentRequired": {"score": ["max_score"]},
}
RESULTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
}


def results(*arguments, **options):
    """What is written, found to be of the documented form."""
    export = written(*arguments, **options)
    assert export.name == "results.json"
    found = json.loads(export.data)
    jsonschema.validate(found, RESULTS)
    return found


def test_every_part_is_a_test_with_its_points(report, rubric):
    found = results(report(**{"1b": "wrong", "1c": "partial"}))

    by_number = {test["number"]: test for test in found["tests"]}
    assert list(by_number) == [part.id for problem in rubric.problems for part in problem.parts]
    assert found["score"] == 14
    facts = ("score", "max_score", "status")
    assert [by_number["1a"][fact] for fact in facts] == [4, 4, "passed"]
    assert [by_number["1b"][fact] for fact in facts] == [0, 2, "failed"]
    assert [by_number["1c"][fact] for fact in facts] == [1, 2, "failed"]


@pytest.mark.parametrize("status", ["pending", "deferred", "internal error"])
def test_what_nobody_has_judged_has_neither_points_nor_colour(report, status):
    (test,) = (test for test in results(report(**{"2b": status}))["tests"] if test["number"] == "2b")

    assert not {"score", "max_score", "status"} & set(test)
    assert test["output"]


def test_the_score_is_what_is_left_and_the_remarks_say_why(report):
    found = results(report(), final=13.6, remarks=["2 days late: 20 % less"], seconds=1.23456)

    assert (found["score"], found["execution_time"]) == (13.6, 1.235)
    assert found["output"].splitlines() == [
        "17 of 17 points judged by machine.",
        "2 points pending: written parts, marked by a person.",
        "2 days late: 20 % less",
        "Isolation: full.",
    ]


@pytest.mark.parametrize("visibility", Visibility)
def test_when_it_is_seen_is_up_to_the_course_and_what_is_printed_never_is(report, visibility):
    found = results(report(), visibility=visibility)

    assert {found["visibility"], *(test["visibility"] for test in found["tests"])} == {visibility}
    assert found["stdout_visibility"] == "hidden"


def test_hostile_text_is_text(report):
    hostile = msgspec.structs.replace(report(HOSTILE, **{"1a": "wrong", "2a": "raised", "2b": "internal error"}))

    found = results(hostile, remarks=[HOSTILE])

    formats = {found[name] for name in ("output_format", "test_output_format", "test_name_format")}
    assert formats == {"text"}
    assert not any("output_format" in test or "name_format" in test for test in found["tests"])
    everything = json.dumps(found, ensure_ascii=False)
    assert not set("\x1b\x00\u202e\udcff") & set(everything)


def test_a_lost_part_is_shown_with_the_input_that_shows_it(report):
    (test, *_) = results(report("why it is wrong", **{"1a": "wrong"}))["tests"]

    for words in ("Wrong.", "why it is wrong", "The input that shows it: centre(x)", "What came back:", "script"):
        assert words in test["output"]


def test_the_graders_own_traceback_is_not_for_students(report):
    found = results(report("ZeroDivisionError in reference.py", **{"1a": "internal error"}))

    assert "Where the code stopped" not in found["tests"][0]["output"]


def test_the_seed_is_in_none_of_it(report):
    secret = msgspec.structs.replace(report(), seed=987654321)

    assert b"987654321" not in written(secret).data


@pytest.mark.parametrize("status", [str(status) for status in Status])
def test_every_status_has_a_form(report, status):
    results(report("said", **{"1a": status}))
