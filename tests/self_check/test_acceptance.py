"""Before handing in: what would not be accepted is said, nothing of the kit is packed, and what is packed is graded."""

import zipfile

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.grading import grade
from grader.rubric_file import load
from grader.self_check.acceptance import acceptance, packed
from grader.submission import Submission

LABEL = "assignment: tiny\nstudent: {id: s1234, name: A Student}\n"


@pytest.fixture
def found(fill):
    """`found(files)` is what is said of a kit that is filled in and signed, but for these files."""

    def found(files=None):
        folder = fill({"submission.yaml": LABEL, **(files or {})})
        return acceptance(load(folder / "rubrics" / "tiny.yaml"), Submission(folder))

    return found


def test_a_folder_in_order_is_accepted_without_what_is_of_the_kit(found):
    accepted = found({"helper.py": "import math\n", "data.csv": "1,2\n"})

    assert accepted.objections == ()
    assert accepted.notes == ()
    assert accepted.files == ("data.csv", "helper.py", "problem1.py", "problem2.py", "submission.yaml")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({"submission.yaml": "assignment: tiny\n"}, "does not say whose it is", id="nobody's"),
        pytest.param({"submission.yaml": "student: {id: '../s'}\n"}, "has more in it than letters", id="odd id"),
        pytest.param({"submission.yaml": "assignment: other\nstudent: {id: s1}\n"}, "'other'", id="another homework"),
        pytest.param({"problem1.py": "x = (\n"}, "problem1.py:1: is no Python", id="no python"),
        pytest.param({"problem1.py": "\0"}, "problem1.py: is no Python", id="null byte"),
        pytest.param({"problem1.py": "import numpy\nimport pandas.io\n"}, "problem1.py:2: imports pandas", id="import"),
        pytest.param({"problem1.py": "def f():\n    from cv2 import x\n"}, "problem1.py:2: imports cv2", id="inside"),
        pytest.param({"problem1.py": "#" * (5 << 20)}, "problem1.py has 5 MiB", id="too long"),
    ],
)
def test_what_would_not_be_accepted_is_said(found, files, words):
    assert any(words in objection for objection in found(files).objections), found(files).objections


@pytest.mark.parametrize(
    "source",
    [
        "import helper\nfrom helper import f\nfrom . import helper\n",
        "import os.path, numpy.linalg, torch\nfrom scipy import stats\n",
        "try:\n    import cupy\nexcept ImportError:\n    cupy = None\n",
        "import package.module\n",
    ],
)
def test_what_is_there_can_be_imported(found, source):
    accepted = found({"problem1.py": source, "helper.py": "", "package/__init__.py": "", "package/module.py": ""})

    assert accepted.objections == ()


def test_the_course_says_which_packages_it_has(found, kit_folder):
    rubric = kit_folder / "rubrics" / "tiny.yaml"
    rubric.write_text(rubric.read_text() + "packages: [numpy, pandas]\n")

    assert found({"problem1.py": "import numpy, pandas\n"}).objections == ()
    assert found({"problem1.py": "import torch\n"}).objections != ()


def test_a_missing_file_is_a_loss_and_no_obstacle(found, kit_folder):
    found()
    (kit_folder / "problem1.py").rename(kit_folder / "Problem1.py")

    accepted = acceptance(load(kit_folder / "rubrics" / "tiny.yaml"), Submission(kit_folder))

    assert accepted.objections == ()
    assert accepted.notes == ("problem1.py is not there: is it Problem1.py? Rename it; without it, 9 points are lost",)


def test_functions_that_are_as_they_were_handed_out_are_named(found, kit_folder):
    starter = (kit_folder / "problem1.py").read_text()

    accepted = found({"problem1.py": starter})

    assert accepted.objections == ()
    assert accepted.notes == ("problem1.py: not written yet: centre, total, scale",)


def test_the_zip_is_graded_as_the_folder_is(found, kit_folder, shared_course, tmp_path, zygote):
    accepted = found()
    path = packed(load(kit_folder / "rubrics" / "tiny.yaml"), Submission(kit_folder), accepted)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "handed_in")

    report, errors = grade(Assignment(Course(shared_course), "tiny"), Submission(tmp_path / "handed_in"), zygote)

    assert path.name == "tiny_s1234.zip"
    assert errors == []
    assert report.score == report.max_score
    assert report.student.id == "s1234"


def test_the_command_packs_what_is_accepted_and_nothing_else(run, fill, kit_folder):
    refused = run("check", fill(), "--submit-check")
    accepted = run("check", fill({"submission.yaml": LABEL}), "--submit-check")
    again = run("check", kit_folder, "--submit-check")

    assert refused.returncode == 1
    assert "✗ submission.yaml does not say whose it is" in refused.stdout
    assert (accepted.returncode, again.returncode) == (0, 0)
    assert accepted.stdout == again.stdout
    assert "tiny_s1234.zip" in accepted.stdout
