"""`report.json` has a published form: docs/report.schema.json is what `Report` is, and real reports keep to it."""

import json
import os
from pathlib import Path

import jsonschema
import msgspec
import pytest

from grader.model import Report, Status

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"


def generated():
    """The schema of a report, as it follows from the record."""
    components = msgspec.json.schema(Report)
    opening = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "report.json",
        "description": "What a grading says about one submission. Points of parts that are pending, deferred or "
        "internal errors count neither in score nor in max_score.",
    }
    return json.dumps(opening | components, indent=2, ensure_ascii=False) + "\n"


@pytest.fixture
def schema():
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_published_schema_is_the_one_of_the_record():
    """Run with GOLDEN=1 to publish a change of the record."""
    if os.environ.get("GOLDEN"):
        SCHEMA.write_text(generated(), encoding="utf-8")

    assert SCHEMA.read_text(encoding="utf-8") == generated()


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_status_is_in_the_schema(schema):
    assert set(schema["$defs"]["Status"]["enum"]) == {str(status) for status in Status}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="right"),
        pytest.param("\ndef centre(x): return 2 * x\ndef total(x): return 1 / 0\n", id="wrong_and_raised"),
        pytest.param("\nimport os\nprint('\\x1b[0m é')\nos._exit(1)\n", id="crashed"),
        pytest.param("\ndef total(x): return float('nan')\n", id="nan"),
    ],
)
def test_a_real_report_keeps_to_it(schema, graded, right, code):
    report = graded({"problem1.py": right["problem1.py"] + code})

    data = json.loads(msgspec.json.encode(report))
    jsonschema.Draft202012Validator(schema).validate(data)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


@pytest.mark.parametrize("spoil", [{"score": "17"}, {"parts": [{}]}, {"versions": None}])
def test_what_is_no_report_does_not(schema, graded, spoil):
    data = json.loads(msgspec.json.encode(graded({})))

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(data | spoil)
