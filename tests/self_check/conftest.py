"""The kit of the tiny course, unzipped in an empty folder as a student has it, and the command in a process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.kit.making import kit

SECONDS = 60


@pytest.fixture
def shared_course(course) -> Path:
    """The tiny course with a public property and two hints."""
    rubric = course / "rubrics" / "tiny.yaml"
    text = rubric.read_text()
    for before, after in {
        "{property: centring_twice_is_centring_once}": "{property: centring_twice_is_centring_once, public: true}",
        "function: total, checks": "function: total, hints: [Add them up., Use a loop.], checks",
    }.items():
        assert before in text
        text = text.replace(before, after)
    rubric.write_text(text)
    return course


@pytest.fixture
def kit_folder(shared_course, tmp_path) -> Path:
    """A kit as it was unzipped, with nothing filled in."""
    folder = tmp_path / "student" / "tiny"
    for name, data in kit(Assignment(Course(shared_course), "tiny")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def fill(kit_folder, right) -> Callable[..., Path]:
    """`fill({"problem1.py": source})` is the kit with right answers but for these files."""

    def filled(files=None) -> Path:
        for name, text in {**right, **(files or {})}.items():
            (kit_folder / name).parent.mkdir(exist_ok=True)
            (kit_folder / name).write_text(text)
        return kit_folder

    return filled


@pytest.fixture
def run(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run("check", folder)` is the finished process `grade check folder`."""

    def finished(*arguments, cwd=tmp_path, **environment):
        return subprocess.run(
            [sys.executable, "-m", "grader", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environment},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )

    return finished
