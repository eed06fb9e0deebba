"""Landlock: the kernel's own list of what a process may touch in the file system, beside any namespace.

Versions from 1 up are used for what they know: 2 renaming, 3 truncating, 4 TCP, 5 device controls, 6 signals and
abstract sockets outside. <linux/landlock.h> has the numbers.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.worker.kernel import system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# Every right over files that a version knows, as a mask: all bits up to its last one.
_ALL_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_ALL_TCP = 0b11  # bind, connect
_ALL_SCOPES = 0b11  # abstract unix sockets, signals
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14) | (1 << 15)


def version() -> int:
    """The version of this kernel; 0 where there is none."""
    try:
        return system_call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """From now on the process reads beneath `readable`, reads and writes beneath `writable`, and that is all.

    Needs no_new_privs. No TCP, no signal and no abstract socket to anybody outside, where the kernel knows these.
    """
    known = version()
    if not known:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock")
    rights = _ALL_FILE_RIGHTS[min(known, 5)]
    attributes = struct.pack("QQQ", rights, _ALL_TCP if known >= 4 else 0, _ALL_SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = system_call(_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(ruleset, path, rights & (_READ_FILE | _READ_DIR | _EXECUTE))
        for path in writable:
            _allow(ruleset, path, rights & ~_EXECUTE)
        system_call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = rights if path.is_dir() else rights & _FILE_ONLY
        rule = struct.pack("=Qi", rights, descriptor)
        system_call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
