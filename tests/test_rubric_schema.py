"""Editors know the rubric: docs/rubric.schema.json accepts what the reader accepts, and says what each key means."""

import json
import os
import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from grader import rubric_schema
from grader.checks import KINDS
from grader.course import Course
from grader.document import read
from grader.errors import RubricError
from grader.model import Hints
from grader.policy.terms import READERS, YesNo
from grader.rubric_file import load
from tests.conftest import ID, RUBRIC

COURSE = Course(Path(__file__).parents[1])
PUBLISHED = COURSE.folder / "docs" / rubric_schema.NAME
FIRST_LINE = f"# yaml-language-server: $schema=../docs/{rubric_schema.NAME}"


class Editor(yaml.SafeLoader):
    """Scalars with types, as the core schema of YAML 1.2 has them: `no` is a text, `1e-5` a number."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - that is how PyYAML wants it


for tag, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN",
}.items():
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), None)
Editor.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


def as_an_editor_reads_it(text):
    """The document as JSON has it: with types, and with texts for keys."""
    return json.loads(json.dumps(yaml.load(text, Loader=Editor)))


@pytest.fixture(scope="module")
def accepts():
    """`accepts(text)`: whether an editor would leave this rubric unmarked."""
    validator = jsonschema.Draft7Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    return lambda text: validator.is_valid(as_an_editor_reads_it(text))


def test_the_published_schema_is_the_one_of_the_records():
    """Run with GOLDEN=1 to publish a change of the records or of their docstrings."""
    if os.environ.get("GOLDEN"):
        PUBLISHED.write_text(rubric_schema.text(), encoding="utf-8")

    assert PUBLISHED.read_text(encoding="utf-8") == rubric_schema.text()


def test_the_schema_is_one():
    jsonschema.Draft7Validator.check_schema(rubric_schema.schema())


@pytest.mark.parametrize("id", COURSE.assignments)
def test_every_rubric_names_the_schema_and_keeps_to_it(accepts, id):
    text = COURSE.rubric(id).read_text(encoding="utf-8")

    assert text.splitlines()[0] == FIRST_LINE
    assert (COURSE.folder / "rubrics" / FIRST_LINE.partition("=")[2]).resolve() == PUBLISHED
    assert accepts(text)


def described(schema):
    """Every key of the schema, with its own schema."""
    for record in [schema, *schema["definitions"].values()]:
        for own in [record, *record.get("anyOf", [])]:
            yield from own.get("properties", {}).items()


def test_every_key_has_its_meaning_and_every_kind_of_check_is_there():
    schema = rubric_schema.schema()

    assert all(own["description"] for _, own in described(schema))
    assert set(KINDS) <= {key for key, _ in described(schema)}


def test_a_meaning_is_the_docstrings_own_words():
    """Of more than one line, of a key that is renamed, and of one that has no meaning of its own."""
    definitions = rubric_schema.schema()["definitions"]

    assert definitions["Inputs"]["properties"]["from"]["description"].startswith("the input maker: a function of the")
    assert definitions["Late"]["properties"]["grace"]["description"] == (
        "so much later is not late at all; after that, lateness counts from the deadline"
    )
    assert definitions["Late"]["description"] == "What lateness costs."


# (what stands in the tiny rubric, what stands there instead)
FORMS = [
    pytest.param('id: "1"', "id: 1", id="an id that is a number"),
    pytest.param('id: "1"', "id: 1.10", id="an id that is another number"),
    pytest.param('id: "1"', "id: no", id="an id that is a word"),
    pytest.param("title: Sums", "title: true", id="a title that is true"),
    pytest.param("points: 4", 'points: "4"', id="points in quotes"),
    pytest.param("points: 4", "points: 4e0", id="points with an exponent"),
    pytest.param("output: longer", "output: [longer, length]", id="a list for one name"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "evaluated_at: 0.5", id="one number for a list"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "compare:", id="nothing for a list"),
    pytest.param("checks: [matches_reference]}", "checks: matches_reference}", id="one check for a list"),
    pytest.param("checks: [matches_reference]}", "checks: [matches_reference: {tolerance: {rtol: 0, atol: 1e-5}}]}",
                 id="options of options"),
    pytest.param("checks: [matches_reference]}", "checks: [repeats, {repeats: {share: .5}}]}", id="two forms"),
    pytest.param("sizes: {d: [5, 2, 3, 7]}", "sizes: {d: 5}", id="one size"),
    pytest.param("title: Tiny", "title: Tiny\npolicy:", id="nothing for a policy"),
    pytest.param("title: Tiny", "title: Tiny\npolicy: {groups: yes, round: 0.5, late: {penalty: 0.1, grace: 1h 30m}}",
                 id="a policy"),
    pytest.param("title: Tiny", "title: Tiny\nhints: none\nseed: 7\nshow_expected: TRUE", id="words"),
]  # fmt: skip

MISTAKES = [
    pytest.param("points: 4", "pionts: 4", id="an unknown key"),
    pytest.param("points: 4", "points: four", id="no number"),
    pytest.param("points: 4", "points: [4]", id="a list for a number"),
    pytest.param("points: 4", "points: true", id="a truth for a number"),
    pytest.param("title: Tiny\n", "", id="a missing key"),
    pytest.param("  - id: \"1\"\n    title: Sums", "  - title: Sums", id="a missing key further down"),
    pytest.param("title: Tiny", "title: Tiny\nhints: everything", id="an unknown word"),
    pytest.param("title: Tiny", "title: Tiny\nseed: 1.5", id="half a seed"),
    pytest.param("title: Tiny", "title: Tiny\nlimits:", id="nothing for limits"),
    pytest.param("title: Tiny", "title: Tiny\npolicy: {deadline: 2026-05-03}", id="a date without a time"),
    pytest.param("title: Tiny", "title: Tiny\npolicy: {late: {penalty: 0.1, grace: soon}}", id="no length of time"),
    pytest.param("regimes: {normal: 3}", "regimes: [normal]", id="a list for a mapping"),
    pytest.param("checks: [matches_reference]}", "checks: [matches_refrence]}", id="an unknown check"),
    pytest.param("checks: [matches_reference]}", "checks: [gradient]}", id="a check without its options"),
    pytest.param("checks: [matches_reference]}", "checks: [gradient: {of: total}]}", id="a check without one of them"),
    pytest.param("checks: [matches_reference]}", "checks: {matches_reference: {}}}", id="a check that is no item"),
    pytest.param("checks: [matches_reference]}", "checks: [{matches_reference: {}, repeats: {}}]}", id="two in one"),
    pytest.param("checks: [matches_reference]}", "checks: [matches_reference: {accuracy: triple}]}", id="an accuracy"),
    pytest.param("checks: [matches_reference]}", "checks: [matches_reference:]}", id="a colon too many"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "evaluated_at: [0, x]", id="a word among numbers"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "compare: gramm", id="an unknown form"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "layouts: [C, D]", id="an unknown layout"),
    pytest.param("evaluated_at: [0, 0.5, -0.7]", "device: gpu", id="an unknown device"),
]  # fmt: skip


@pytest.fixture
def reads(tmp_path):
    """`reads(text)`: whether the grader takes this for the tiny rubric."""

    def judge(text):
        path = tmp_path / f"{ID}.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            load(path)
        except RubricError:
            return False
        return True

    return judge


@pytest.mark.parametrize(("before", "after"), FORMS)
def test_every_form_that_the_reader_takes_is_accepted(accepts, reads, before, after):
    text = RUBRIC.replace(before, after)

    assert text != RUBRIC
    assert (reads(text), accepts(text)) == (True, True)


@pytest.mark.parametrize(("before", "after"), MISTAKES)
def test_what_the_reader_refuses_is_marked(accepts, reads, before, after):
    text = RUBRIC.replace(before, after)

    assert text != RUBRIC
    assert (reads(text), accepts(text)) == (False, False)


def test_a_regime_that_there_is_not_is_marked(accepts):
    """The reader takes it: the plan of trials would refuse it."""
    assert not accepts(RUBRIC.replace("{normal: 3}", "{normale: 3}"))


SCALARS = [
    *("1", "0", "-3", "1.0", "1e3", "1e-5", ".5", "5.", "1_000", "1.5", '"1"', "'1.5'", "'-2'", "''", "", "null", "~"),
    *("true", "True", "TRUE", "false", "'true'", "tRue", "yes", "no", "On", "off", "word", "two words", "'null'"),
    *("90s", "10m", "1h 30m", "1.5 d", "2W", "1h x", "h", "2026-05-03 23:59", "2026-05-03T23:59+02:00", "2026-05-03"),
    *("23:59", "soon", "kind", "none", "Kind", "[1]", "[]", "{a: 1}", "[1, word]", "12abc", "1e", "inf", "nan"),
]
# What an editor hands over to the schema is the value; the reader looks at how it is written.
NUMBERS = tuple[float, ...]
UNTOLD = {(int, "5."), (bool, "1.0"), (bool | None, "1.0"), (bool | None, "'null'"), (float | None, "'null'"),
          (NUMBERS, "null"), (NUMBERS, "~")}  # fmt: skip


@pytest.mark.parametrize("written", SCALARS)
@pytest.mark.parametrize(
    "kind",
    [str, int, float, bool, Decimal, YesNo, timedelta, datetime, Hints, tuple[str, ...], NUMBERS,
     bool | None, float | None, dict[str, int]],
    ids=str,
)  # fmt: skip
def test_a_value_is_accepted_where_the_reader_takes_it(tmp_path, kind, written):
    path = tmp_path / "document.yaml"
    path.write_text(f"key: {written}\n", encoding="utf-8")
    try:
        read(path, dict[str, kind], READERS)
        taken = True
    except RubricError:
        taken = False

    schema = {"additionalProperties": rubric_schema.value(kind, {})}
    accepted = jsonschema.Draft7Validator(schema).is_valid(as_an_editor_reads_it(path.read_text(encoding="utf-8")))

    assert (accepted != taken) == ((kind, written) in UNTOLD)
