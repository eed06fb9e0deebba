"""Where workers come from, as the judge sees it."""

import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.errors import SandboxError
from grader.worker.levels import LEVELS

if TYPE_CHECKING:
    from grader.model import Limits
    from grader.sandbox.process import Process, Source

# Windows cannot fork. On macOS a process may not once it has used the system's own libraries, as numpy does: Python's
# `multiprocessing` starts fresh interpreters there for the same reason.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"

HOW_TO_GET_MORE = (
    "full needs Linux with user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, on some systems also"
    " `kernel.apparmor_restrict_unprivileged_userns=0`), or root; in a container, one that may make namespaces"
    " (`--cap-add SYS_ADMIN`, or `--security-opt seccomp=unconfined`); partial needs Linux 5.13 or newer with Landlock;"
    " on Windows, both are to be had in WSL"
)


def preloaded(*, torch: bool) -> tuple[str, ...]:
    """The libraries that workers come with; torch takes its time, and is for those who use it."""
    return ("numpy", "torch") if torch else ("numpy",)


class Zygote:
    """A process that has imported `preload` and from which workers come. Use it in a `with` block.

    It `forks` them; where that cannot be, it is a fresh interpreter that becomes the next worker, and another takes its
    place. Workers get the best isolation that the machine can give, but no better than `at_most`; `isolation` says
    which, once it is ready, and `missing` what stands in the way of a better one.

    The process starts with the object and is waited for only when the first worker is needed. Once it is ready,
    `versions` says what its workers run, `opened` which paths are open to them so that torch can use a GPU, and
    `devices` what torch can compute on.
    """

    def __init__(
        self, preload: tuple[str, ...] = ("numpy",), at_most: str = "full", *, forks: bool | None = None
    ) -> None:
        self.preload = preload
        self.source = _source(preload, at_most, forks=FORKS if forks is None else forks)
        self.isolation = self.missing = ""
        self.versions: dict[str, str] = {}
        self.opened: tuple[str, ...] = ()
        self.devices: tuple[str, ...] = ("cpu",)
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process and every worker that is left."""
        self.source.close()

    def level(self) -> str:
        """The isolation its workers have; waits until the process is ready."""
        with self.lock:
            if not self.isolation:
                ready = self.source.ready()
                self.isolation, self.missing, self.versions, self.opened, self.devices = ready
        return self.isolation

    def require(self, level: str) -> None:
        """Raises SandboxError, with what is missing and how to get it, when its workers have less than this level."""
        if LEVELS.index(self.level()) > LEVELS.index(level):
            raise SandboxError(
                f"isolation '{level}' is asked for, this machine gives '{self.isolation}' ({self.missing})",
                remedy=HOW_TO_GET_MORE,
            )

    def start(self, folder: Path, limits: "Limits") -> "Process":
        """The process of a new worker for a submission."""
        self.level()
        return self.source.start(folder, limits)


def _source(preload: tuple[str, ...], at_most: str, *, forks: bool) -> "Source":
    """What the workers come from. Each is imported where it is used: the other may need what this system lacks."""
    if forks:
        from grader.sandbox.forks import Forks

        return Forks(preload, at_most)
    from grader.sandbox.interpreters import Interpreters

    return Interpreters(preload)
