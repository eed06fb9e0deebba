"""Whoever asks for isolation gets it or is told what is missing; nobody is graded with less."""

import pytest

from grader.errors import SandboxError
from grader.sandbox.zygote import Zygote
from grader.worker.levels import LEVELS


@pytest.mark.parametrize("level", LEVELS)
def test_no_better_level_is_given_than_is_allowed(level):
    with Zygote(at_most=level) as zygote:
        assert LEVELS.index(zygote.level()) >= LEVELS.index(level)


@pytest.mark.parametrize("wanted", LEVELS[:2])
def test_less_than_is_asked_for_is_refused_with_what_to_do(wanted):
    with Zygote(at_most="process only") as zygote, pytest.raises(SandboxError) as error:
        zygote.require(wanted)

    assert f"isolation '{wanted}' is asked for, this machine gives 'process only'" in str(error.value)
    assert error.value.exit_code == 3
    assert "Linux" in error.value.remedy


def test_what_is_there_is_enough():
    with Zygote() as zygote:
        zygote.require(zygote.level())
        zygote.require("process only")

        assert zygote.level() == "full" or zygote.missing
