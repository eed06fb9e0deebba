"""The zygote: imports the heavy modules once, then forks a worker whenever the judge asks for one.

It never runs the student's code itself, starts no threads and computes nothing: a child of a process in which
torch has computed with several threads hangs at its first matrix product.

It says ("ready", isolation level, what a better one lacks, versions, paths opened for a GPU, devices to compute on) and
then takes requests, one at a time:
("fork", folder, limits), the folder's bytes as letters, with two descriptors (channel, output) -> ("forked", pid);
("end", pid, grace) -> ("ended", status as of waitpid). It ends with the judge, and so do its workers.
"""

import array
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from grader import wire
from grader.worker import gpu, root
from grader.worker.gpu import NO_GPU, Gpu
from grader.worker.libraries import imported
from grader.worker.limits import mapped
from grader.worker.lockdown import CHANNEL, Start, adopt_orphans, best, refusal, spawn, true_status
from grader.worker.session import live

# How long to run after processes that start others faster than they are ended.
ORPHAN_SECONDS = 1.0
# What a GPU may take for the first product of two matrices.
GPU_SECONDS = 60


def main(control: socket.socket, preload: list[str], at_most: str) -> None:
    """Serves until the judge hangs up."""
    adopt_orphans()
    os.umask(0o022)  # the root that is made for a worker is made of folders that it has to enter
    versions = imported(preload)
    needed = tuple(str(sys.modules[name].__file__) for name in preload)
    opened = gpu.present(root.libraries()) if "torch" in preload else NO_GPU
    nursery = Nursery(at_most, needed, opened)
    devices, missing = nursery.devices()
    _send(control, ("ready", nursery.level, missing, versions, opened.paths, devices))
    try:
        while (request := _receive(control)) is not None:
            _send(control, nursery.answer(*request))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the judge has gone in the middle of something
    finally:
        nursery.close()
    os._exit(0)  # tearing numpy or torch down takes time and does nothing


def _has_cuda(torch: Any) -> bool:
    """Whether this torch was built for CUDA. Nothing is asked of CUDA here: a process that did cannot fork workers."""
    return torch.version.cuda is not None


def _compute(torch: Any) -> None:
    """Computes on the GPU, in a worker that is there for this alone: what a driver needs, nobody knows beforehand.

    Errors
        OSError, with what the driver said, where that fails.
    """
    signal.alarm(GPU_SECONDS)
    try:
        matrix = torch.eye(8, device="cuda", requires_grad=True)
        (matrix @ matrix).sum().backward()
        float(matrix.grad.sum())
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no GPU then
        raise OSError(" ".join(str(error).split())[:300]) from None


class Nursery:
    """The workers that there are, each with the descriptor that its true status comes from, if it has one."""

    def __init__(self, at_most: str, needed: tuple[str, ...], opened: Gpu) -> None:
        self.workers: dict[int, int | None] = {}
        self.mapped, self.needed, self.gpu = mapped(), needed, opened
        self.level, self.missing = best(at_most, needed, opened)

    def devices(self) -> tuple[list[str], str]:
        """What its workers can compute on, found by trying, and what is missing for a better level or a GPU."""
        torch = sys.modules.get("torch")
        if not self.gpu.nodes or torch is None or not _has_cuda(torch):
            return ["cpu"], self.missing
        why = refusal(self.level, self.needed, self.gpu, lambda _: _compute(torch))
        if not why:
            return ["cpu", "cuda"], self.missing
        return ["cpu"], "; ".join(filter(None, [self.missing, f"cuda: {why}"]))

    def answer(self, message: Any, descriptors: list[int]) -> Any:
        """The answer to a request."""
        match message:
            case ("fork", str(folder), dict(limits)):
                return "forked", self._fork(descriptors, Path(os.fsdecode(folder.encode("latin-1"))), limits)
            case ("end", int(pid), float(grace)):
                return "ended", self._end(pid, grace)
        raise ValueError(f"no such request: {message!r}")

    def close(self) -> None:
        """Ends all of them."""
        for pid in list(self.workers):
            self._end(pid, 0.0)
        _end_orphans(set())

    def _fork(self, descriptors: list[int], folder: Path, limits: dict[str, int]) -> int:
        channel, output = descriptors
        try:
            start = Start(channel, output, folder, limits, self.mapped, self.needed, self.gpu)
            pid, report = spawn(self.level, start, _live)
        finally:
            os.close(channel)
            os.close(output)
        self.workers[pid] = report
        return pid

    def _end(self, pid: int, grace: float) -> int:
        """The status of a worker, which is given `grace` seconds to end by itself."""
        report = self.workers.pop(pid)
        deadline = time.monotonic() + grace
        while not _has_ended(pid) and time.monotonic() < deadline:
            time.sleep(0.001)
        # Not reaped yet, so its number is nobody else's; the group may hold processes that it started.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        _end_orphans(set(self.workers))
        return true_status(report, status)


def _live(folder: Path) -> None:
    live(socket.socket(fileno=CHANNEL), folder)


def _end_orphans(workers: set[int]) -> None:
    """Ends what workers that have ended left behind: every child that is no worker, and then its children."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (orphans := _children() - workers) and time.monotonic() < deadline:
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children() -> set[int]:
    try:
        return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))
    except OSError:  # no Linux, or a kernel that does not list them
        return set()


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _send(control: socket.socket, message: Any) -> None:
    control.sendall(wire.encode(message))


def _receive(control: socket.socket) -> tuple[Any, list[int]] | None:
    """The next request with its descriptors. Requests are small: each arrives in one piece."""
    descriptors = array.array("i")
    data, ancillary, _, _ = control.recvmsg(1 << 16, socket.CMSG_SPACE(2 * descriptors.itemsize))
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    if not data:
        return None
    return wire.whole(data), list(descriptors)
