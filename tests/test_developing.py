"""docs/developing.md names every room of the grader, no room that there is not, and no file that is gone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
ROOMS = {path.stem for path in (ROOT / "grader").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}


@pytest.mark.parametrize("room", sorted(room for room in ROOMS if not room.startswith("__")))
def test_every_room_is_named(room):
    assert f"`{room}`" in TEXT


def test_no_room_is_named_that_there_is_not():
    tables = "\n".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `"))

    named = set(re.findall(r"`(\w+)`", tables))

    assert named
    assert named <= ROOMS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:grader|tests|benchmarks|docs)/[\w/.]*)`", TEXT))))
def test_every_file_that_is_named_is_there(path):
    assert (ROOT / path).exists()
