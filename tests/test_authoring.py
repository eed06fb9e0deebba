"""docs/authoring.md works: its files are written, its commands are run, and what they print is what it shows."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^\*\*`(\S+)`\*\*, (a new file|at its end):\n\n\Z", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: what language it is in, its text, and the sentence before it that names a file."""

    language: str
    text: str
    file: str
    how: str


def blocks() -> list[Block]:
    found = []
    for fence in FENCE.finditer(DOC):
        named = FILE.search(DOC[: fence.start()])
        found.append(Block(fence[1], fence[2], *(named.groups() if named else ("", ""))))
    return found


def commands(text: str) -> Iterator[tuple[str, str]]:
    """(command, what it prints) of a console block."""
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = piece.partition("\n")
        yield command, printed


def shown(printed: str) -> re.Pattern[str]:
    """What is shown as a pattern: `...` stands for anything, and any blank for any others of its line."""
    lines = [".*(\n.*)*" if line == "..." else blanks(line) for line in printed.splitlines()]
    return re.compile("\n".join(lines).replace("\n.*(\n.*)*", "(\n.*)*"))


def blanks(line: str) -> str:
    words = (re.escape(word).replace(r"\.\.\.", ".*") for word in line.split())
    return r"[ ]*" + "[ ]+".join(words) + r"[ ]*"


@pytest.fixture
def shell(tmp_path):
    """`shell(command)` runs a line in an empty folder, in which `grade` is this grader's."""
    (tmp_path / "bin").mkdir()
    # An installed plugin is found by its entry point; this names that of this grader in any case, and never twice.
    for name, module in (("grade", "grader"), ("pytest", "pytest -p no:grader -p grader.pytest_plugin")):
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "course").mkdir()
    environment = os.environ | {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80",
    }  # fmt: skip

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command], cwd=tmp_path / "course", env=environment, timeout=300, encoding="utf-8",
            capture_output=True,
        )  # fmt: skip

    return run


def test_what_the_page_says_is_what_happens(tmp_path, shell):
    for block in blocks():
        path = tmp_path / "course" / block.file
        if block.language == "console":
            for command, printed in commands(block.text):
                done = shell(command)
                said = f"$ {command}\n{done.stdout}\n{done.stderr}"
                assert shown(printed).fullmatch(done.stdout.rstrip("\n")), said
        elif block.how == "a new file":
            path.parent.mkdir(parents=True, exist_ok=True)
            assert not path.exists()
            path.write_text(block.text, encoding="utf-8")
        else:
            with path.open("a", encoding="utf-8") as file:
                file.write(block.text)


def test_every_block_is_a_command_or_names_its_file():
    found = blocks()

    assert len(found) == DOC.count("```") / 2
    assert all(block.language == "console" or block.file for block in found)


@pytest.mark.parametrize(
    ("printed", "found", "agrees"),
    [
        ("a  b", "a      b", True),
        ("a b", "ab", False),
        ("a ...\nb", "a c d\nb", True),
        ("a ...\nb", "a c\nd\nb", False),
        ("a\n...\nb", "a\nc\nd\nb", True),
        ("a\n...", "a", True),
        ("a\n...", "b\na", False),
        ("1.5", "115", False),
    ],
)
def test_three_points_stand_for_anything_and_all_else_for_itself(printed, found, agrees):
    assert bool(shown(printed).fullmatch(found)) == agrees


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", DOC):
        path, _, heading = target.partition("#")
        text = (ROOT / "docs" / path).read_text(encoding="utf-8")
        assert not heading or re.search(rf"^#+ {heading}$", text, re.MULTILINE | re.IGNORECASE), target
