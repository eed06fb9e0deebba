"""The key of a verdict changes with all that the verdict depends on, and with nothing else."""

import pytest

from grader.assignment import Assignment
from grader.batch.keys import Keys
from grader.course import Course

ALL = "1a 1b 1c 1d 2a 2b"
WRONG = "import numpy as np\ndef centre(x): return x\n"


@pytest.fixture
def keys(course, submit):
    """`keys()` are those of the right submission; `keys(rubric=(old, new))` and so on change something first."""

    def found(rubric=None, reference=None, files=None, **settings):
        for path, change in (("rubrics/tiny.yaml", rubric), ("reference/tiny/problem1.py", reference)):
            if change:
                text = (course / path).read_text()
                assert change[0] in text
                (course / path).write_text(text.replace(*change))
        folder = submit(files or {})
        return Keys(Assignment(Course(course), "tiny"), **{"seed": 0, "device": "cpu", **settings}).of(folder)

    return found


def test_every_part_that_a_machine_judges_has_a_key_of_its_own(keys):
    found = keys()

    assert [*found] == ["1a", "1b", "1c", "1d", "2a", "2b"]
    assert len(set(found.values())) == len(found)
    assert keys() == found


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param({"seed": 1}, ALL, id="the seed"),
        pytest.param({"device": "cuda"}, ALL, id="the device"),
        pytest.param({"files": {"problem1.py": WRONG}}, ALL, id="a file"),
        pytest.param({"files": {"data.txt": "7"}}, ALL, id="another file"),
        pytest.param({"rubric": ("title: Tiny", "title: Tiny\nlimits: {seconds: 3}")}, ALL, id="a limit"),
        pytest.param({"rubric": ("title: Tiny", "title: Tiny\nhints: edit")}, ALL, id="the hints"),
        pytest.param({"reference": ("import numpy", "import math\nimport numpy")}, ALL, id="the reference"),
        pytest.param({"rubric": ("regimes: {normal: 3}", "regimes: {normal: 2}")}, "1a 1b 1c 1d", id="some inputs"),
        pytest.param(
            {"rubric": ("output: length, checks: [matches_reference]", "output: length, checks: [matches_reference: "
                        "{accuracy: double}]")}, "1d", id="a check",
        ),
    ],
)  # fmt: skip
def test_it_changes_with(keys, change, changed):
    before, after = keys(), keys(**change)

    assert {part for part in after if after[part] != before[part]} == set(changed.split())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"rubric": ("points: 4", "points: 5")}, id="points"),
        pytest.param({"rubric": ("the sum", "the sum of all")}, id="a criterion"),
        pytest.param({"rubric": ("id: tiny", "# a comment\n\nid: tiny")}, id="lines"),
        pytest.param({"rubric": ("title: Sums", "title: Adding up")}, id="a title"),
        pytest.param({"files": {"__pycache__/problem1.cpython-311.pyc": "compiled"}}, id="what Python leaves behind"),
    ],
)
def test_it_stays_with(keys, change):
    assert keys() == keys(**change)


def test_a_link_is_a_name_and_nothing_more(keys, submit, tmp_path):
    (tmp_path / "elsewhere").write_text("a secret")
    before = keys()

    (submit({}) / "link").symlink_to(tmp_path / "elsewhere")

    assert keys() == before
