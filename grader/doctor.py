"""What this machine can give to those who grade on it."""

import importlib.util
import os
import platform

from grader.sandbox.zygote import HOW_TO_GET_MORE, Zygote


def findings() -> list[tuple[str, str]]:
    """(what, finding) for isolation, libraries, devices, cores and memory."""
    with Zygote() as zygote:
        level = zygote.level()
        missing = [("  not better, for", zygote.missing), ("  how to", HOW_TO_GET_MORE)] if zygote.missing else []
        versions = ", ".join(f"{name} {version}" for name, version in zygote.versions.items())
    return [
        ("isolation", level),
        *missing,
        ("workers run", versions),
        ("torch", _torch()),
        ("system", f"{platform.system()} {platform.release()} on {platform.machine()}"),
        ("cores", str(cores())),
        ("memory", _memory()),
    ]


def _torch() -> str:
    if importlib.util.find_spec("torch") is None:
        return "not installed; numpy homeworks do without"
    import torch

    if not torch.cuda.is_available():
        return f"{torch.__version__}, no CUDA device"
    return f"{torch.__version__}, CUDA {torch.version.cuda} on {torch.cuda.get_device_name()}"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):  # the last one on Windows, which has no sysconf
        return "unknown"
    return f"{size / 2**30:.1f} GiB"
