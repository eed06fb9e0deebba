"""The system calls that Python has no name for. Linux only; everything raises OSError where it is refused."""

import ctypes
import os
import signal

_libc = ctypes.CDLL(None, use_errno=True)

# <sched.h>
NEW_NAMESPACES = {
    "mount": 0x00020000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}

# <sys/mount.h>
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOATIME, MS_NODIRATIME, MS_BIND, MS_REC, MS_PRIVATE, MS_RELATIME = 1024, 2048, 4096, 16384, 1 << 18, 1 << 21
MNT_DETACH = 2

# <sys/prctl.h>
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

_CAPABILITY_VERSION_3 = 0x20080522


def clone(*namespaces: str) -> int:
    """Like `os.fork`, with the child in new namespaces: first process of a new pid namespace, say.

    For a process with one thread only: what the C library does around a fork is left out.
    """
    flags = sum(NEW_NAMESPACES[name] for name in namespaces) | signal.SIGCHLD
    ctypes.pythonapi.PyOS_BeforeFork()
    # `pythonapi` rather than `_libc`: the interpreter's lock stays held, and so is in order in the child.
    call = ctypes.PyDLL(None, use_errno=True).syscall
    pid = call(ctypes.c_long(_CLONE), ctypes.c_ulong(flags), None, None, None, ctypes.c_ulong(0))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _checked(int(pid), "clone with " + ", ".join(namespaces))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    result = _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(result, f"mount {target}")


def unmount(target: str) -> None:
    """Takes a mount out of sight; it goes when nothing uses it any more."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"unmount {target}")


def pivot_root(new_root: str) -> None:
    """Makes a mount the root of the calling process's mount namespace, and leaves nothing of the old one."""
    os.chdir(new_root)
    _checked(_libc.syscall(ctypes.c_long(_PIVOT_ROOT), b".", b"."), "pivot_root")
    unmount(".")
    os.chdir("/")


def control(option: int, value: int = 0, other: int = 0) -> None:
    """prctl(2)."""
    result = _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(other), ctypes.c_ulong(0), ctypes.c_ulong(0))
    _checked(result, f"prctl {option}")


def empty_bounding_set() -> None:
    """Sees to it that no program can gain a capability, while the process keeps those that it has.

    It takes one to do so: whoever stops being root does it before.
    """
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0):
            break  # past the last one this kernel knows, or not ours to drop


def drop_capabilities() -> None:
    """Gives up every capability, and every way to get one back."""
    control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    empty_bounding_set()
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())), "capset")


def system_call(number: int, *arguments: object) -> int:
    """Any system call by number; its result."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


_CLONE = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine, -1)
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine, -1)
