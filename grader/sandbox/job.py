"""On Windows, a job: a process and all that it starts, which are ended together, and when the judge ends."""

import ctypes
import subprocess
from collections.abc import Callable
from typing import Any

_LIMITS = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of <winnt.h>; all but the flags stay zero."""

    _fields_ = [
        ("times", ctypes.c_int64 * 2),
        ("flags", ctypes.c_uint32),
        ("working_set", ctypes.c_size_t * 2),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32 * 2),
        ("transfers", ctypes.c_uint64 * 6),
        ("memory", ctypes.c_size_t * 4),
    ]


def job(process: "subprocess.Popen[bytes]") -> Callable[[], object]:
    """Puts a process that has started nothing yet into a job of its own; what it returns ends that.

    Where there are no jobs, or this one is refused, it ends nothing: the process alone is ended then.
    """
    handle = getattr(process, "_handle", None)
    if handle is None:
        return lambda: None
    try:
        return _job(ctypes.WinDLL("kernel32"), int(handle))  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return lambda: None


def _job(kernel: Any, handle: int) -> Callable[[], object]:
    """A job around the process of this handle. A handle has the size of a pointer, which ctypes has to be told."""
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.CreateJobObjectW.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p]
    kernel.SetInformationJobObject.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32]
    kernel.AssignProcessToJobObject.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    made = kernel.CreateJobObjectW(None, None)
    limits = JobLimits(flags=_KILL_ON_CLOSE)
    if not (
        made
        and kernel.SetInformationJobObject(made, _LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        and kernel.AssignProcessToJobObject(made, handle)
    ):
        if made:
            kernel.CloseHandle(made)
        raise OSError("this job is refused")
    return lambda: kernel.CloseHandle(made)
