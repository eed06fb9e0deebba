"""How an interpreter of ours is started for a student's code: its command line, its environment, its channel."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.threads import ONE_EACH

# `grader` becomes a package that holds the wire and the worker, and is emptied once they are loaded: no course
# folder and nothing else of ours can be imported. Without `site`, no .pth file has a say either.
_BOOTSTRAP = """
import socket, sys, types
channel, package, module, preload, at_most, *site_packages = sys.argv[1:]
sys.argv[1:] = []
sys.path.extend(site_packages)
sys.modules["grader"] = types.ModuleType("grader")
sys.modules["grader"].__path__ = [package]
channel = socket.socket(fileno=int(channel)) if channel else socket.fromshare(sys.stdin.buffer.read())
main = __import__("grader.worker." + module, fromlist=["main"]).main
main(channel, preload.split(), at_most)
"""

# Where containers are given the driver of the machine they run on; the loader does not know of it by itself.
_DRIVER = Path("/usr/local/nvidia")
# Windows' own, without which it has no sockets and starts no programs; they tell of the machine and not of its user.
# The last one is how numpy and torch are brought to share a process where each comes with an OpenMP.
_OF_WINDOWS = (
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    "KMP_DUPLICATE_LIB_OK",
)  # fmt: skip


def environment(preload: Sequence[str], scratch: str = "/tmp") -> dict[str, str]:  # noqa: S108 - of full isolation
    """The whole environment of a worker: nothing of the user's, and one thread for every library."""
    driver = {"LD_LIBRARY_PATH": f"{_DRIVER}/lib64:{_DRIVER}/lib"} if "torch" in preload and _DRIVER.is_dir() else {}
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": scratch,
        "TMPDIR": scratch,
        # torch makes this folder with the first optimiser; it must be there where nothing can be made.
        "TORCHINDUCTOR_CACHE_DIR": scratch,
        "PYTHONHASHSEED": "0",
        # Without it cuBLAS may add in another order every time; it is read when CUDA starts.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        **driver,
        **ONE_EACH,
    }


def of_windows(own: Mapping[str, str], prefixes: Sequence[str], scratch: str) -> dict[str, str]:
    """What a worker's environment has on Windows: `own` is the judge's, `prefixes` are folders of an interpreter.

    Libraries of conda's packages are found by PATH alone; text files are UTF-8, as where the work is graded.
    """
    folders = [rf"{prefix}{inner}" for prefix in prefixes for inner in ("", r"\DLLs", r"\Library\bin")]
    system = own.get("SYSTEMROOT", r"C:\Windows")
    return {
        **{name: own[name] for name in _OF_WINDOWS if name in own},
        "PATH": ";".join(dict.fromkeys([*folders, rf"{system}\System32", system])),
        **dict.fromkeys(("TEMP", "TMP", "USERPROFILE"), scratch),
        "USERNAME": "student",
        "PYTHONUTF8": "1",
    }


def started(
    module: str, preload: Sequence[str], at_most: str, variables: Mapping[str, str], **options: Any
) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    """A process that runs `main` of a module of the worker's, and our end of its channel; with options of Popen's."""
    ours, theirs = socket.socketpair()
    package = Path(__file__).parent.parent
    site_packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    words = [str(package), module, " ".join(preload), at_most, *site_packages]
    try:
        with theirs:
            for end in (ours, theirs):
                if end.family == socket.AF_INET:  # else small answers wait until the one before is acknowledged
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return ours, _handed(theirs, words, {"env": variables, "cwd": os.sep, **options})
    except BaseException:
        ours.close()
        raise


def _handed(theirs: socket.socket, words: Sequence[str], options: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
    """The process, which has been handed its end of the channel: where it is, or on Windows through standard input."""
    # -I without -E: the environment is ours, and its hash seed makes a student's sets repeat their order.
    flags = ["-P", "-s", "-S", "-B", "-c", _BOOTSTRAP]
    if not hasattr(theirs, "share"):
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
            [sys.executable, *flags, str(theirs.fileno()), *words],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
    # The interpreter of a virtual environment starts another one there, which would be the wrong process.
    executable = getattr(sys, "_base_executable", "") or sys.executable
    process = subprocess.Popen(  # noqa: S603 - as above
        [executable, *flags, "", *words],
        stdin=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        **options,
    )
    assert process.stdin is not None, "a pipe is asked for"
    with contextlib.suppress(OSError), process.stdin as empty_afterwards:  # one that has ended is noticed soon enough
        empty_afterwards.write(theirs.share(process.pid))
    return process
