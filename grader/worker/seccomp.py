"""Seccomp: system calls that no homework needs and many escapes do are answered with EPERM.

A list of what is refused rather than of what is allowed: numpy, torch and the C library use what they like among
harmless calls, and change their mind with every version. What is on the list reaches outside (sockets, other
processes), starts programs, or opens parts of the kernel that are rich in holes.
"""

import ctypes
import errno
import os
import struct

from grader.worker.kernel import PR_SET_NO_NEW_PRIVS, control, system_call

# name: number on (x86_64, aarch64); -1 where there is none.
_REFUSED = {
    # programs, other processes
    "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "kcmp": (312, 272), "process_madvise": (440, 440),
    # sockets; those it holds stay usable
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242),
    # namespaces, mounts, roots, identities
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setregid": (114, 143),
    "setresuid": (117, 147), "setresgid": (119, 149), "setgroups": (116, 159), "capset": (126, 91),
    # corners of the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224),
    "swapoff": (168, 225), "quotactl": (179, 60), "acct": (163, 89), "personality": (135, 92),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "fanotify_init": (300, 262),
    "inotify_init": (253, -1), "inotify_init1": (294, 26), "lookup_dcookie": (212, 18),
    "syslog": (103, 116), "vhangup": (153, 58),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "sethostname": (170, 161),
    "setdomainname": (171, 162), "iopl": (172, -1), "ioperm": (173, -1), "modify_ldt": (154, -1), "uselib": (134, -1),
    "mknod": (133, -1), "mknodat": (259, 33), "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "nfsservctl": (180, 42), "memfd_secret": (447, 447),
    "open_tree_attr": (467, 467), "quotactl_fd": (443, 443),
    # files in memory, which no limit counts but that on the size of each
    "memfd_create": (319, 279),
}  # fmt: skip
# Refused where files and processes outside can be named, as without namespaces: what Landlock knows nothing of.
_REFUSED_ALONE = {
    # a file's mode, owner, times and attributes; Landlock of versions 1 and 2 lets files be truncated, too
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "lchown": (94, -1), "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "setxattrat": (463, 463), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466), "file_setattr": (469, 469), "truncate": (76, 45),
    # other processes' priorities, and what the user shares by number or name
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "shmctl": (31, 195), "semctl": (66, 191), "semop": (65, 193), "semtimedop": (220, 192), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_unlink": (241, 181),
}  # fmt: skip
# What of this the driver of a GPU does all the same: a file in memory, and a socket of its own that nobody connects to.
_FOR_GPU = frozenset({"memfd_create", "socket", "bind", "listen"})
_SOCKET = (41, 198)
_UNIX, _SEQPACKET, _SOCKET_KIND = 1, 5, 0xF
# What has the kernel signal somebody: the commands of fcntl (F_SETOWN, F_SETSIG, F_SETOWN_EX) and ioctl (FIOSETOWN,
# SIOCSPGRP) that say whom, and with what. Landlock refuses such signals from version 6 on.
_SIGNALLING = {(72, 25): (8, 10, 15), (16, 29): (0x8901, 0x8902)}
# What opens a file, and which of its arguments holds the flags.
_OPENING = {"open": ((2, -1), 1), "openat": ((257, 56), 2)}
_OPENAT2 = 437
# What reaches the process that is named by the first argument.
_REACHING = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "migrate_pages": (256, 238), "move_pages": (279, 239),
}  # fmt: skip
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_CLONE, _CLONE3 = (56, 220), 435
_ACCESS, _TRUNCATING = os.O_WRONLY | os.O_RDWR, os.O_TRUNC
_NAMESPACE_FLAGS = 0x7E020080  # every CLONE_NEW*
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _TSYNC = 1, 1


def refuse(*, alone: bool, gpu: bool = False) -> None:
    """From now on the listed calls fail with EPERM, in this process and all that it starts.

    With `alone`, so do signals and limits for any process but the caller, and changes of what the disk says about a
    file: needed where others can be seen. With `gpu`, what a GPU's driver does is let through.

    Errors
        OSError where the kernel has no seccomp, or where this machine's numbers are not known.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"the system calls of {machine} are not listed")
    program = _program(*_MACHINES[machine], os.getpid() if alone else None, gpu=gpu)
    control(PR_SET_NO_NEW_PRIVS, 1)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    system_call(_SECCOMP[machine], ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(_TSYNC), header)


def _program(column: int, architecture: int, only: int | None, *, gpu: bool) -> bytes:  # noqa: C901 - a list of rules
    """The filter as classic BPF; `only` is the one process that may be signalled, None for all."""
    listed = _REFUSED if only is None else _REFUSED | _REFUSED_ALONE
    let_through = _FOR_GPU if gpu else frozenset()
    numbers = sorted(pair[column] for name, pair in listed.items() if pair[column] >= 0 and name not in let_through)
    refused = _ERRNO | errno.EPERM
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if column == 0:  # calls of the x32 interface have numbers of their own
        lines += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, refused)]
    # These hide their flags in memory; the C library does without them when there are none.
    for number in (_CLONE3, _OPENAT2):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for number in numbers:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, refused)]
    if gpu:
        lines += [
            (_EQUAL, 0, 7, _SOCKET[column]),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_EQUAL, 0, 3, _UNIX),
            (_LOAD, 0, 0, _FIRST_ARGUMENT + 8),
            (_AND, 0, 0, _SOCKET_KIND),
            (_EQUAL, 1, 0, _SEQPACKET),
            (_RETURN, 0, 0, refused),
            (_RETURN, 0, 0, _ALLOW),
        ]
    if only is not None:
        for pair, commands in _SIGNALLING.items():
            lines += [(_EQUAL, 0, len(commands) + 3, pair[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT + 8)]
            lines += [(_EQUAL, len(commands) - i, 0, command) for i, command in enumerate(commands)]
            lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refused)]
        for pair in _REACHING.values():
            lines += [
                (_EQUAL, 0, 5, pair[column]),
                (_LOAD, 0, 0, _FIRST_ARGUMENT),
                (_EQUAL, 2, 0, only),
                (_EQUAL, 1, 0, 0),  # the caller itself, for limits and affinity
                (_RETURN, 0, 0, refused),
                (_RETURN, 0, 0, _ALLOW),
            ]
        # Truncating what is opened for reading: a right that Landlock has from version 3 on.
        for pair, place in _OPENING.values():
            if pair[column] >= 0:
                lines += [
                    (_EQUAL, 0, 5, pair[column]),
                    (_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * place),
                    (_ANY_BIT, 0, 2, _TRUNCATING),
                    (_ANY_BIT, 1, 0, _ACCESS),
                    (_RETURN, 0, 0, refused),
                    (_RETURN, 0, 0, _ALLOW),
                ]
    lines += [
        (_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _NAMESPACE_FLAGS),
        (_RETURN, 0, 0, refused),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
