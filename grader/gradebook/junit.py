"""JUnit XML: a test suite for every submission and a test case for every part, for tools that show tests."""

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as xml

from grader.gradebook import cells
from grader.gradebook.export import Export, who
from grader.model import PartReport, Report, Status
from grader.report import words
from grader.report.visible import one_line, visible, visible_end
from grader.roster import Marked

NAME = "junit.xml"
_LONG = 6000
# What XML 1.0 cannot hold, however it is written.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a part's status is to a test runner; a part that is right has no element at all.
_ELEMENTS: Final = {
    **dict.fromkeys(Status, "failure"),
    **dict.fromkeys((Status.PENDING, Status.DEFERRED, Status.SKIPPED), "skipped"),
    Status.INTERNAL_ERROR: "error",
}
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def written(marked: Sequence[Marked]) -> Export:
    """The class as JUnit XML, in the form that Jenkins and GitLab read."""
    root = xml.Element("testsuites", name="grader")
    for line in marked:
        root.append(_suite(line))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    xml.indent(root, " ")
    return Export(NAME, xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _suite(line: Marked) -> xml.Element:
    suite = xml.Element("testsuite", name=_legal(who(line.person)))
    if line.report is None:
        case = xml.Element("testcase", name="submission", classname=_legal(one_line(line.person.id, 60)), time="0.000")
        xml.SubElement(case, "skipped", message=_legal("; ".join(one_line(remark, 400) for remark in line.remarks)))
        cases = [case]
    else:
        suite.append(_properties(line, line.report))
        cases = [_case(part, line.report) for part in line.report.parts]
    suite.extend(cases)
    suite.set("tests", str(len(cases)))
    for name, element in _COUNTED.items():
        suite.set(name, str(sum(case.find(element) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    if line.handed_in is not None and line.handed_in.submitted_at is not None:
        suite.set("timestamp", line.handed_in.submitted_at.isoformat(timespec="seconds"))
    return suite


def _properties(line: Marked, report: Report) -> xml.Element:
    facts = {
        "assignment": report.assignment,
        "score": cells.number(line.score),
        "final": cells.number(line.final),
        "max": cells.number(line.max_score),
        "pending": cells.number(line.pending_points),
        "isolation": report.isolation,
        **{f"remark.{i}": one_line(remark, 400) for i, remark in enumerate(line.remarks, 1)},
        **{f"points.{part.id}": f"{words.earned(part)} of {words.number(part.points)}" for part in report.parts},
    }
    element = xml.Element("properties")
    for name, value in facts.items():
        xml.SubElement(element, "property", name=_legal(one_line(name, 100)), value=_legal(one_line(value, 400)))
    return element


def _case(part: PartReport, report: Report) -> xml.Element:
    id_ = _legal(one_line(part.id, 60))
    of = _legal(one_line(f"{report.assignment}.{part.problem}", 120))
    case = xml.Element("testcase", name=id_, classname=of, time=f"{part.seconds:.3f}")
    if part.status is not Status.CORRECT:
        sentence = _legal(one_line(words.sentence(part), 400))
        element = xml.SubElement(case, _ELEMENTS[part.status], message=sentence, type=str(part.status))
        element.text = _legal(_details(part)) or None
    said = [f"{words.earned(part)} of {words.counted(part.points)}", *words.remarks(part)]
    xml.SubElement(case, "system-out").text = _legal("\n".join(said))
    return case


def _details(part: PartReport) -> str:
    shown = part.counterexample
    got = f"{visible(shown.call, _LONG)}\n{visible(shown.got, _LONG)}" if shown else ""
    return "\n".join(text for text in (got, visible_end(part.traceback, _LONG)) if text.strip())


def _legal(text: str) -> str:
    """The text with everything that XML cannot hold shown by its number."""
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
