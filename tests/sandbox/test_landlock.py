"""A kernel without Landlock says so, instead of leaving a worker unrestricted or the staff without a reason."""

import pytest

from grader.worker import landlock


def test_without_landlock_nothing_is_restricted_and_that_is_an_error(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)

    with pytest.raises(OSError, match="no Landlock"):
        landlock.restrict([], [])
