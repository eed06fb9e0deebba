"""A change in what a reader sees is seen by a reviewer: `GOLDEN=1 pytest tests/report` rewrites."""

import os
from pathlib import Path

import pytest

from grader.report.page import html
from grader.report.summary import summary

GOLDEN = Path(__file__).parent / "golden"

RENDERERS = {
    "html": html,
    "80.txt": lambda report: summary(report, width=80, colour=False),
    "40.txt": lambda report: summary(report, width=40, colour=False),
    "colour.txt": lambda report: summary(report, width=80, colour=True),
}


@pytest.mark.parametrize("name", ["everything", "whole", "empty"])
@pytest.mark.parametrize("form", RENDERERS)
def test_a_report_looks_as_it_was_approved(name, form, request):
    report = request.getfixturevalue(name)
    golden = GOLDEN / f"{name}.{form}"

    text = RENDERERS[form](report)

    if os.environ.get("GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8"), f"{golden.name}: GOLDEN=1 rewrites it"
