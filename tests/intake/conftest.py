"""A class of made-up people, taken in from a folder or from a zip of it."""

from pathlib import Path

import pytest
from samples import FILES, files_in, zipped

from grader.intake import Intake, intake


@pytest.fixture
def taken_in(tmp_path):
    """`taken_in(files, "folder")` takes these files in, called `class`, in a folder or in a zip."""

    def made(files: dict, form: str = "folder", name: str = "class", **bounds) -> Intake:
        if form == "zip":
            path = tmp_path / "downloads" / f"{name}.zip"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(files if isinstance(files, bytes) else zipped(files))
        else:
            path = files_in(tmp_path / "downloads" / name, files)
        return intake(path, tmp_path / "scratch", FILES, **bounds)

    return made


@pytest.fixture
def scratch(tmp_path) -> Path:
    """Where submissions are unpacked."""
    return tmp_path / "scratch"


@pytest.fixture(params=["folder", "zip"])
def form(request) -> str:
    """Unpacked and packed."""
    return request.param
