"""`python -m grader` without what Python lacks on Windows, in the interpreters too that it starts. No test: a program.

What is taken away is gone before anything of ours is imported. It stays an imitation: what is there on Windows may work
in other ways.
"""

import os
import re
import runpy
import select
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace


def names(text: str) -> list[str]:
    """The names in a text."""
    return re.findall(r"\w+", text)


# But for `os.uname`, which numpy asks for where `sys.platform` says Linux.
OF_OS = names("""
    fork forkpty register_at_fork posix_spawn posix_spawnp wait wait3 wait4 waitid waitpid killpg P_PID WNOHANG WNOWAIT
    WEXITED WIFEXITED WIFSIGNALED WEXITSTATUS WTERMSIG WCOREDUMP getuid geteuid getgid getegid getgroups getresuid
    getpgid getpgrp getsid setsid setpgid setuid setgid setreuid setregid setresuid setresgid setgroups sysconf confstr
    sched_getaffinity sched_setaffinity sched_yield getloadavg nice getpriority mkfifo mknod chown lchown fchown chroot
    fchmod fchdir statvfs fstatvfs set_blocking get_blocking pread pwrite readv writev preadv pwritev sendfile
    memfd_create openpty ttyname ctermid getxattr setxattr listxattr pidfd_open sync O_NOFOLLOW O_DIRECTORY O_CLOEXEC
    O_NONBLOCK O_SYNC O_PATH
""")
OF_SIGNAL = names("""
    SIGKILL SIGALRM SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGPIPE SIGXCPU SIGXFSZ SIGBUS SIGSYS
    SIGTRAP SIGTTIN SIGTTOU SIGWINCH alarm setitimer getitimer pause pthread_kill pthread_sigmask sigpending sigwait
    siginterrupt
""")
OF_SOCKET = names("AF_UNIX send_fds recv_fds SCM_RIGHTS CMSG_LEN CMSG_SPACE SO_PEERCRED")
OF_SELECT = [name for name in vars(select) if "poll" in name.lower()]
MODULES = names("fcntl resource pwd grp termios tty pty syslog readline crypt spwd nis _posixshmem")


def take_away() -> None:
    """Takes it all away. `subprocess` keeps what it works with itself."""
    for name in ("os", "signal"):
        setattr(subprocess, name, SimpleNamespace(**vars(getattr(subprocess, name))))
    for module, names in {os: OF_OS, signal: OF_SIGNAL, socket: OF_SOCKET, select: OF_SELECT}.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    sys.modules.update(dict.fromkeys(MODULES))  # None: an ImportError
    os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks = set(), set(), set()
    os.symlink = refused
    socket.socketpair = socketpair
    subprocess.Popen.__init__ = starting(subprocess.Popen.__init__)


def refused(*_: object, **__: object) -> None:
    raise OSError(1314, "A required privilege is not held by the client")


def socketpair() -> tuple[socket.socket, socket.socket]:
    """Two ends over the network of this machine alone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        return one, server.accept()[0]


def starting(init):
    """Popen's, so that an interpreter of ours begins with taking the same away."""

    def begun(self, command, **options):
        here = f"import runpy; runpy.run_path({__file__!r})['take_away']()\n"
        words = zip(["", *command[:-1]], command, strict=True)
        init(self, [here + word if before == "-c" else word for before, word in words], **options)

    return begun


if __name__ == "__main__":
    take_away()
    runpy.run_module("grader", run_name="__main__", alter_sys=True)
