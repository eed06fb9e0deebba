"""What a worker gives up before it reads the student's first byte. The one place for isolation.

Level reached: `process only`: a session and process group of its own, limits on CPU, memory, files and core
dumps, no standard input, every descriptor closed but the channel and the bounded output, no environment.
"""

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Mapping
from pathlib import Path

LEVEL = "process only"
CHANNEL = 3

# From <sys/prctl.h>; Linux only.
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def lock_down(channel: int, output: int, limits: Mapping[str, int]) -> None:
    """Locks the calling process down; its channel is descriptor 3 from then on.

    `limits` holds cpu_seconds, memory_mb and file_mb.
    """
    os.setsid()
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the zygote, whatever ends that
    _keep_only(channel, output)
    _limit(resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 1)
    _limit(resource.RLIMIT_AS, _address_space() + (limits["memory_mb"] << 20))
    _limit(resource.RLIMIT_FSIZE, limits["file_mb"] << 20)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 256)


def adopt_orphans() -> None:
    """From now on processes that a worker leaves behind become children of the caller, who can end them."""
    _control(_PR_SET_CHILD_SUBREAPER, 1)


def _control(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def _keep_only(channel: int, output: int) -> None:
    # Out of the way first: the descriptors that came in may be 0 to 3 themselves.
    spare = [os.dup2(fd, 200 + i, inheritable=False) for i, fd in enumerate((channel, output))]
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(spare[1], 1)
    os.dup2(spare[1], 2)
    os.dup2(spare[0], CHANNEL, inheritable=False)
    os.closerange(CHANNEL + 1, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1024))


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(kind)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def _address_space() -> int:
    """Bytes mapped already (libraries, mostly): the limit is on what the student adds."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
