"""The zygotes of one process: one whose workers come with numpy, and one whose workers come with torch as well."""

import threading
from typing import Self

from grader.sandbox.zygote import Zygote, preloaded


class Zygotes:
    """Starts each zygote when it is first asked for: a worker that comes with torch costs several others. Use them in a
    `with` block, or `close` them.

    `isolation` is the level below which nothing runs, or ''. Threads may share them.
    """

    def __init__(self, isolation: str = "") -> None:
        self.isolation = isolation
        self.started: dict[bool, Zygote] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends them."""
        for zygote in self.started.values():
            zygote.close()
        self.started = {}

    def of(self, *, torch: bool) -> Zygote:
        """The zygote whose workers come with torch, or that without.

        Errors
            SandboxError where it cannot start, or gives less isolation than is asked for.
        """
        with self._lock:
            if torch not in self.started:
                zygote = self.started[torch] = Zygote(preloaded(torch=torch))
                if self.isolation:
                    zygote.require(self.isolation)
            return self.started[torch]
