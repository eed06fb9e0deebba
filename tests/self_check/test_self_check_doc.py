"""docs/self-check.md shows what a student sees: its example is run, and its options are those of the command."""

import re
import shutil
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.kit.making import kit
from grader.self_check.command import check

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "self-check.md").read_text(encoding="utf-8")
EXAMPLE = "no_path_through_the_variance"


@pytest.fixture
def work(tmp_path):
    """The kit of the page's homework, filled in by the example that it shows."""
    folder = tmp_path / "ntu_ml_hw2"
    for name, data in kit(Assignment(Course(ROOT), folder.name)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for path in (ROOT / "submissions_example" / folder.name / EXAMPLE).glob("*.py"):
        shutil.copy(path, folder)
    return folder


def test_the_example_is_what_is_said(run, work):
    [(command, shown)] = re.findall(r"^\$ grade (check --part.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)

    done = run(*command.split(), cwd=work)

    assert re.sub(r"Your code was not locked in.*\n", "", done.stdout) == shown


def test_the_options_are_those_of_the_command():
    table = PAGE.partition("| option | |")[2].partition("\n\n")[0]
    options = {name for parameter in check.params for name in parameter.opts if name.startswith("-")}

    assert set(re.findall(r"--?[a-z][a-z-]*", table)) <= options


def test_the_files_of_a_kit_are_named(work):
    for path in work.iterdir():
        assert f"`{path.name}" in PAGE or path.name in ("README.md", *(f"problem{n}.py" for n in range(2, 9)))
