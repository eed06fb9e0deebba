"""Installed packages are importable wherever they lie, also beneath the folder that is the worker's scratch."""

import sys

import pytest

from grader.model import Limits
from grader.sandbox.student import Student
from grader.sandbox.zygote import Zygote
from grader.worker.levels import LEVELS


@pytest.mark.parametrize("level", LEVELS)
def test_a_package_below_the_scratch_folder_can_be_imported(tmp_path, monkeypatch, level):
    packages = tmp_path / "lib" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "rare_package.py").write_text("answer = 42.0\n")
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "handed_in" / "problem1.py").write_text("import rare_package\ndef f(): return rare_package.answer\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])

    with (
        Zygote(at_most=level) as zygote,
        Student(zygote, tmp_path / "handed_in", "problem1.py", Limits(), ()) as student,
    ):
        assert student.function("f")() == 42.0
