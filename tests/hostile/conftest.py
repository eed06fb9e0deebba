"""Hostile code is graded at the best isolation level and at the least, unless a test names its levels."""

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from levels import FULL, PROCESS_ONLY, at, descriptors, processes_in, zygote_at

from grader.model import Limits
from grader.sandbox.student import Student
from grader.sandbox.zygote import Zygote


@pytest.fixture(scope="session")
def zygote(request) -> Zygote:
    """One zygote of the level that the test is for."""
    ready = zygote_at(request.param)
    ready.level()
    return ready


def pytest_generate_tests(metafunc):
    named = {name for mark in metafunc.definition.iter_markers("parametrize") for name in mark.args[0:1]}
    if "zygote" in metafunc.fixturenames and "zygote" not in named:
        mark = at(FULL, PROCESS_ONLY)
        metafunc.parametrize(*mark.args, **mark.kwargs, scope="session")


def pytest_pyfunc_call(pyfuncitem) -> bool | None:
    """Where the machine does not give the level that a test is for, that is what the test is about."""
    call = getattr(pyfuncitem, "callspec", None)
    if call is None or "zygote" not in call.params:
        return None
    asked, zygote = call.params["zygote"], zygote_at(call.params["zygote"])
    if zygote.level() == asked:
        return None
    assert asked != PROCESS_ONLY
    assert zygote.missing, f"the level is {zygote.level()}, and nothing says what is missing for {asked}"
    return True


@pytest.fixture
def spy(tmp_path) -> Callable[[str], Path]:
    """`spy(body)` is a submission whose one function has this body."""

    def folder(body: str) -> Path:
        path = tmp_path / "spy" / "problem1.py"
        path.parent.mkdir(exist_ok=True)
        code = f"def spy():\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
        if not path.exists() or path.read_text() != code:
            path.write_text(code)
        return path.parent

    return folder


@pytest.fixture
def inside(zygote, spy) -> Callable[..., Any]:
    """`inside(body)` is what a student's function with this body returns, called in a worker."""

    def returned(body: str, on: Zygote = zygote, **limits: float) -> Any:
        with Student(on, spy(body), "problem1.py", Limits(**limits), ()) as student:
            return student.function("spy")()

    return returned


@pytest.fixture
def nothing_left_behind(zygote, tmp_path) -> Iterator[None]:
    """No process, no descriptor of the judge and none of the zygote outlives a grading."""
    pids = (os.getpid(), zygote.source.process.pid)
    before = [descriptors(pid) for pid in pids]
    yield
    assert [descriptors(pid) for pid in pids] == before
    assert processes_in(tmp_path) == []
    assert Path(f"/proc/{pids[1]}/task/{pids[1]}/children").read_text() == ""
