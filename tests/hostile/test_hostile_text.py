"""What a student's code says, from exceptions to names, changes neither the page nor the terminal that shows it."""

import re

import pytest
from levels import PROCESS_ONLY, at

from grader.report.page import html
from grader.report.summary import summary

ANSI, TITLE = r"\x1b[2J\x1b[31mred", r"\x1b]0;title\x07"
BIDI, HIDDEN = r"\u202egnp.exe\u2066", r"\u200b\ufeff\x00"
TAG, QUOTE = "<script>alert(1)</script><img src=x onerror=alert(2)>", "' onload='x' &amp; {{7*7}} {% raw %}"
HOSTILE = [ANSI, TITLE, BIDI, HIDDEN, TAG, QUOTE.replace("'", r"\x27"), "y" * 1_000_000]
IDS = ["colours", "title", "bidi", "hidden", "tags", "quotes and templates", "a line of 1 MB"]

WAYS = {
    "message": "raise ValueError('{0}')",
    "class": "raise type('{0}'.replace(chr(0), ''), (Exception,), {{}})('x')",
    "missing_key": "return {{}}['{0}']",
    "printed": "print('{0}')\n    return 0",
    "written_as_error": "sys.stderr.write('{0}\\n' * 3)\n    return 0",
    "returned": "return '{0}'",
    "returned_key": "return {{'{0}': 1}}",
    "file_name": "exec(compile('1 / 0', '{0}'.replace(chr(0), ''), 'exec'))",
    "source_line": "raise ValueError  # {0}",
    "note": "error = ValueError(1)\n    error.add_note('{0}')\n    raise error",
    "syntax_error": "raise SyntaxError('{0}', ('{0}', 1, 1, '{0}', 1, 2))",
    "signature": "return named(**{{'{0}': 1}})",
}


@at(PROCESS_ONLY)  # what is told is the same at every level
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_the_page_and_the_terminal_stay_clean(text, way, graded, right):
    code = WAYS[way].format(text)

    report = graded({"problem1.py": f"{right['problem1.py']}\nimport sys\n\n\ndef centre(x):\n    {code}\n"}, seconds=3)

    page, plain = html(report), summary(report, width=100, colour=False)
    assert report.score == 13
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", page + plain) == []
    assert {tag.lower() for tag in re.findall(r"<\s*(script|img)", page)} == set()
    assert "onload='x'" not in page
    assert "{{7*7}}" in page or "{{7*7}}" not in report.parts[0].feedback
    assert len(page) < 200_000
    assert max(map(len, plain.splitlines())) <= 100
    assert report.parts[0].id == "1a"
