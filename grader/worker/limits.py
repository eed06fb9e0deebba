"""What a worker may use of the machine, by the limits that Unix systems have for a process."""

import resource
from collections.abc import Mapping
from pathlib import Path


def mapped(otherwise: int = 1 << 30) -> int:
    """Bytes of address space that this process takes: the limit is on what the student adds. Without Linux nobody
    knows, and it is `otherwise`."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return otherwise


def limit_resources(limits: Mapping[str, int], mapped: int, *, gpu: bool = False) -> None:
    """Limits this process and all that it will start; its memory unless `mapped` is 0."""
    limit(resource.RLIMIT_CPU, limits["cpu_seconds"], limits["cpu_seconds"] + 1)
    # A GPU's driver reserves address space without end: there the limit is on memory that can be written to.
    if mapped:
        limit(resource.RLIMIT_DATA if gpu else resource.RLIMIT_AS, mapped + (limits["memory_mb"] << 20))
    limit(resource.RLIMIT_FSIZE, limits["file_mb"] << 20)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, 256)


def limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Sets a limit, or leaves a lower one as it is."""
    _, ceiling = resource.getrlimit(kind)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))
