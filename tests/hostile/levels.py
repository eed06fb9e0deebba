"""The isolation levels that this machine gives, each with a zygote, and what a grading may leave on the machine."""

import atexit
import functools
import os
from pathlib import Path

import pytest

from grader.sandbox.zygote import Zygote
from grader.worker.levels import FULL as FULL
from grader.worker.levels import PARTIAL as PARTIAL
from grader.worker.levels import PROCESS_ONLY as PROCESS_ONLY

# Stands in the judge's environment before any zygote is started, and must never be seen inside one.
CANARY = "canary-of-the-judge"
os.environ["GRADER_CANARY"] = CANARY


@functools.cache
def zygote_at(level: str) -> Zygote:
    """The one zygote of a level that all hostile tests share; of a lower level where the machine gives no better."""
    zygote = Zygote(at_most=level)
    atexit.register(zygote.close)
    return zygote


def given(level: str) -> bool:
    """Whether this machine gives the level."""
    return zygote_at(level).level() == level


def short(level: str) -> str:
    """The level's name for a test's id."""
    return level.partition(":")[0]


def at(*levels: str) -> pytest.MarkDecorator:
    """Runs a test once at each of these levels that the machine gives.

    Where it gives none of them, one test remains, whose name says that nothing was checked: in place of its body
    it is asserted that the zygote names a lower level and says why.
    """
    ours = [pytest.param(level, id=short(level)) for level in levels if given(level)]
    return pytest.mark.parametrize(
        "zygote", ours or [pytest.param(levels[0], id=f"{short(levels[0])} is not given here")], indirect=True
    )


def descriptors(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def processes_in(folder: Path) -> list[str]:
    """The processes that work in a folder: workers do in the submission, and what they start does too."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:  # it has ended, or is somebody else's
            continue
    return found
