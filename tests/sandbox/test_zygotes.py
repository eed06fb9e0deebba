"""A process has a zygote of each kind once somebody needs it, and none is left when it ends."""

import pytest

from grader.errors import SandboxError
from grader.sandbox.zygote import Zygote
from grader.sandbox.zygotes import Zygotes
from grader.worker.levels import FULL, PROCESS_ONLY


def test_the_one_with_torch_is_started_for_those_who_need_it_alone():
    with Zygotes() as zygotes:
        plain = zygotes.of(torch=False)

        assert zygotes.of(torch=False) is plain
        assert [*zygotes.started] == [False]
        assert zygotes.of(torch=True).preload == ("numpy", "torch")
    assert zygotes.started == {}


def test_nothing_runs_in_less_isolation_than_is_asked_for(monkeypatch):
    monkeypatch.setattr(Zygote, "level", lambda _: PROCESS_ONLY)

    with Zygotes(FULL) as zygotes, pytest.raises(SandboxError):
        zygotes.of(torch=False)
