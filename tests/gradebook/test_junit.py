"""junit.xml keeps to the schema that test tools read, whatever is in a student's text."""

from xml.etree import ElementTree as xml

import pytest
from hostile_text import HOSTILE

from grader.gradebook.junit import written
from grader.model import Status
from grader.roster import Person

# junit-10.xsd: attributes that have to be there, those that may be, and what may stand inside.
NOTE = ((), ("type", "message"), ())
SCHEMA = {
    "testsuites": ((), ("name", "time", "tests", "failures", "errors"), ("testsuite",)),
    "testsuite": (
        ("name", "tests", "failures", "errors"),
        ("group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "version"),
        ("properties", "testcase", "testsuite", "system-out", "system-err"),
    ),
    "properties": ((), (), ("property",)),
    "property": (("name", "value"), (), ()),
    "testcase": (
        ("name",),
        ("time", "classname", "group"),
        ("skipped", "error", "failure", "system-out", "system-err"),
    ),
    "skipped": NOTE,
    "error": NOTE,
    "failure": NOTE,
    "system-out": ((), (), ()),
    "system-err": ((), (), ()),
}


def check(element: xml.Element) -> None:
    required, optional, children = SCHEMA[element.tag]
    assert set(required) <= set(element.keys()), element.tag
    assert set(element.keys()) <= {*required, *optional}, element.tag
    assert {child.tag for child in element} <= set(children), element.tag
    for name in ("tests", "failures", "errors", "skipped"):
        assert int(element.get(name, "0")) >= 0
    assert float(element.get("time", "0")) >= 0
    for child in element:
        check(child)


def read(lines) -> xml.Element:
    """What is written, found to keep to the schema."""
    export = written(lines)
    assert export.name == "junit.xml"
    root = xml.fromstring(export.data)
    assert root.tag == "testsuites"
    check(root)
    return root


def test_every_submission_is_a_suite_and_every_part_a_case(everybody, rubric):
    root = read(everybody)

    assert [suite.get("name") for suite in root] == [f"Name s{i} (s{i})" for i in range(1, 7)]
    assert [case.get("name") for case in root[0].iter("testcase")] == [
        part.id for problem in rubric.problems for part in problem.parts
    ]
    assert {case.get("classname") for case in root[0].iter("testcase")} == {"tiny.1", "tiny.2"}
    assert root[0].get("timestamp") == "2026-05-03T22:15:07+02:00"


def test_the_sums_are_those_of_the_cases(everybody):
    root = read(everybody)

    for of in (root, *root):
        cases = list(of.iter("testcase"))
        assert int(of.get("tests")) == len(cases)
        assert int(of.get("failures")) == sum(case.find("failure") is not None for case in cases)
        assert int(of.get("errors")) == sum(case.find("error") is not None for case in cases)
        assert float(of.get("time")) == pytest.approx(sum(float(case.get("time")) for case in cases))


def test_who_handed_in_nothing_is_a_skipped_case(line):
    (case,) = read([line("s1")]).iter("testcase")

    assert case.find("skipped").get("message") == "nothing was handed in"


ELEMENTS = {
    "correct": None,
    "pending": "skipped",
    "deferred": "skipped",
    "skipped": "skipped",
    "internal error": "error",
}


@pytest.mark.parametrize("status", [str(status) for status in Status])
def test_what_became_of_a_part(report, line, status):
    case = next(read([line("s1", report("why", **{"1a": status}))]).iter("testcase"))

    element = ELEMENTS.get(status, "failure")
    assert [child.tag for child in case] == [*([element] if element else []), "system-out"]
    if element:
        assert (case.find(element).get("message"), case.find(element).get("type")) == ("why", status)


def test_points_are_properties(report, line):
    (suite,) = read([line("s1", report(**{"1c": "partial"}), final=3.5)])

    facts = {fact.get("name"): fact.get("value") for fact in suite.iter("property")}
    assert (facts["score"], facts["final"], facts["pending"]) == ("16", "3.5", "2")
    assert (facts["points.1c"], facts["points.2c"]) == ("1 of 2", "– of 2")


@pytest.mark.parametrize("text", [HOSTILE, "\x00\x0b\ufffe\uffff\ud800", "]]><failure/>", '"><x y="', "a\rb\nc\td"])
def test_hostile_text_is_text_and_legal_xml(report, line, text):
    eve = Person(id=f"e{text}", name=text)

    (suite,) = read([line("", report(text, **{"1a": "wrong", "1b": "internal error"}), person=eve, remarks=(text,))])

    assert len(list(suite.iter("testcase"))) == 7
    assert "script" not in {element.tag for element in suite.iter()}
