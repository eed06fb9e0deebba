"""The small sound course in a folder of the test's own, and ways to spoil it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sound_course import FILES, validation

from grader.validation.finding import Finding


@pytest.fixture
def sound(tmp_path) -> Path:
    """The folder of the small course."""
    for name, text in FILES.items():
        path = tmp_path / "sound" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "sound"


@pytest.fixture
def spoiled(sound) -> Callable[[str, str, str], Path]:
    """`spoiled(file, old, new)` is the course with one text of a file replaced; an empty one, by all of the new."""

    def course(file: str, old: str, new: str) -> Path:
        text = (sound / file).read_text()
        assert text.count(old) == 1 or not old, "it stands there once"
        (sound / file).write_text(text.replace(old, new) if old else new)
        return sound

    return course


@pytest.fixture
def found() -> Callable[..., list[Finding]]:
    """`found(folder)` is what is found in a course folder."""
    return lambda folder, **options: list(validation(folder, **options).findings)
