"""The process that workers are forked from, as the judge sees it."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.errors import SandboxError
from grader.worker.levels import LEVELS

# The wire is imported where it is used: it needs numpy, and the process has to be on its way before that, so that
# both sides import numpy at the same time.

START_SECONDS = 120.0  # a cold torch on a slow disk; a zygote that needs longer will not come
ANSWER_SECONDS = 30.0

HOW_TO_GET_MORE = (
    "full needs Linux with user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, on some systems also"
    " `kernel.apparmor_restrict_unprivileged_userns=0`), or root; in a container, one that may make namespaces"
    " (`--cap-add SYS_ADMIN`, or `--security-opt seccomp=unconfined`); partial needs Linux 5.13 or newer with Landlock"
)

# `grader` becomes a package that holds the wire and the worker, and is emptied once they are loaded: no course
# folder and nothing else of ours can be imported. Without `site`, no .pth file has a say either.
_BOOTSTRAP = """
import socket, sys, types
control, package, preload, at_most, *site_packages = sys.argv[1:]
sys.argv[1:] = []
sys.path.extend(site_packages)
sys.modules["grader"] = types.ModuleType("grader")
sys.modules["grader"].__path__ = [package]
from grader.worker.zygote import main
main(socket.socket(fileno=int(control)), preload.split(), at_most)
"""


# Where containers are given the driver of the machine they run on; the loader does not know of it by itself.
_DRIVER = Path("/usr/local/nvidia")


def _environment(preload: tuple[str, ...]) -> dict[str, str]:
    """The whole environment of a worker: nothing of the user's, and one thread for every library."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    driver = {"LD_LIBRARY_PATH": f"{_DRIVER}/lib64:{_DRIVER}/lib"} if "torch" in preload and _DRIVER.is_dir() else {}
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/tmp",  # noqa: S108 - the scratch folder of full isolation
        "TMPDIR": "/tmp",  # noqa: S108
        # torch makes this folder with the first optimiser; it must be there where nothing can be made.
        "TORCHINDUCTOR_CACHE_DIR": "/tmp",  # noqa: S108
        "PYTHONHASHSEED": "0",
        # Without it cuBLAS may add in another order every time; it is read when CUDA starts.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        **driver,
        **{f"{library}_NUM_THREADS": "1" for library in threads},
    }


def preloaded(*, torch: bool) -> tuple[str, ...]:
    """The libraries that workers come with; torch takes its time, and is for those who use it."""
    return ("numpy", "torch") if torch else ("numpy",)


class Zygote:
    """A process that has imported `preload` and forks a worker on request. Use it in a `with` block.

    Its workers get the best isolation that the machine can give, but no better than `at_most`; `isolation` says which,
    once it is ready, and `missing` what stands in the way of a better one.

    The process starts with the object and is waited for only when the first worker is needed. Once it is ready,
    `versions` says what its workers run, `opened` which paths are open to them so that torch can use a GPU, and
    `devices` what torch can compute on.
    """

    def __init__(self, preload: tuple[str, ...] = ("numpy",), at_most: str = "full") -> None:
        self.preload = preload
        self.control, theirs = socket.socketpair()
        package = Path(__file__).parent.parent
        site_packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
        # -I without -E: the environment is ours, and its hash seed makes a student's sets repeat their order.
        command = [sys.executable, "-P", "-s", "-S", "-B", "-c", _BOOTSTRAP]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
                [*command, str(theirs.fileno()), str(package), " ".join(preload), at_most, *site_packages],
                pass_fds=[theirs.fileno()],
                env=_environment(preload),
                cwd="/",
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.isolation = self.missing = ""
        self.versions: dict[str, str] = {}
        self.opened: tuple[str, ...] = ()
        self.devices: tuple[str, ...] = ("cpu",)
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process and every worker that is left."""
        if not self.isolation:  # still importing, with no worker to look after
            self.process.kill()
        self.control.close()
        try:
            self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def level(self) -> str:
        """The isolation its workers have; waits until the process is ready."""
        with self.lock:
            if not self.isolation:
                match self._receive(START_SECONDS):
                    case ("ready", str(level), str(missing), dict(versions), list(opened), list(devices)):
                        self.isolation, self.missing, self.versions = level, missing, versions
                        self.opened, self.devices = tuple(opened), tuple(devices)
        return self.isolation

    def require(self, level: str) -> None:
        """Raises SandboxError, with what is missing and how to get it, when its workers have less than this level."""
        if LEVELS.index(self.level()) > LEVELS.index(level):
            raise SandboxError(
                f"isolation '{level}' is asked for, this machine gives '{self.isolation}' ({self.missing})",
                remedy=HOW_TO_GET_MORE,
            )

    def fork(self, channel: socket.socket, output: int, folder: Path, limits: Mapping[str, int]) -> int:
        """The pid of a new worker that holds the other ends of `channel` and `output`."""
        self.level()
        # A folder's name need not be text (one from an old archive is not): its bytes are sent as letters.
        name = os.fsencode(folder).decode("latin-1")
        match self._answer(("fork", name, dict(limits)), ANSWER_SECONDS, [channel.fileno(), output]):
            case ("forked", int(pid)):
                return pid
        raise SandboxError("the zygote did not start a worker")

    def end(self, pid: int, grace: float = 0.0) -> int:
        """Ends a worker, which has `grace` seconds to end by itself; its status, as of `os.waitpid`."""
        match self._answer(("end", pid, grace), ANSWER_SECONDS + grace):
            case ("ended", int(status)):
                return status
        raise SandboxError("the zygote did not end a worker")

    def _answer(self, request: Any, seconds: float, descriptors: list[int] | None = None) -> Any:
        """The answer to a request; one at a time, whichever threads ask."""
        with self.lock:
            self._send(request, descriptors)
            return self._receive(seconds)

    def _send(self, message: Any, descriptors: list[int] | None = None) -> None:
        from grader import wire

        try:
            socket.send_fds(self.control, [wire.encode(message)], descriptors or [])
        except OSError as error:
            raise self._lost() from error

    def _receive(self, seconds: float) -> Any:
        from grader import wire

        self.control.settimeout(seconds)
        try:
            header, body = wire.lengths(self._exactly(wire.PREFIX.size))
            return wire.decode(self._exactly(header), self._exactly(body))
        except (OSError, wire.WireError) as error:
            raise self._lost() from error

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.control.recv(size - len(data))
            if not piece:
                raise self._lost()
            data += piece
        return data

    def _lost(self) -> SandboxError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.2)
        return SandboxError(
            f"the worker process could not be used (exit code {self.process.returncode})",
            remedy=f"see what `{sys.executable} -c 'import {', '.join(self.preload)}'` says, and the lines above",
        )
