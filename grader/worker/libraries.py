"""What is imported before a student's file is: numpy, and torch where it is needed."""

import platform
import sys
from collections.abc import Sequence

from grader.worker.precision import settle


def imported(preload: Sequence[str]) -> dict[str, str]:
    """Imports these, and says what workers run. From now on nothing of ours can be imported."""
    for name in preload:
        __import__(name)
    if "torch" in preload:
        settle(sys.modules["torch"])
    _forget_ourselves()
    versions = {name: str(getattr(sys.modules[name], "__version__", "")) for name in preload}
    return {"python": platform.python_version(), **versions}


def _forget_ourselves() -> None:
    """No later import finds this package, even where it is installed: nothing of the judge can be imported."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    sys.modules["grader"] = None  # type: ignore[assignment]
