"""What files the user makes others may not read has no bearing on the isolation of workers."""

import os

import pytest

from grader.sandbox.zygote import Zygote


@pytest.fixture
def closed_to_others():
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_the_level_is_the_same_under_every_umask(zygote, closed_to_others):
    with Zygote() as other:
        assert other.level() == zygote.level()
