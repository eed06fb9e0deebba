"""The process that workers are forked from, as the judge sees it."""

import contextlib
import os
import select
import socket
import struct
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import SandboxError
from grader.sandbox.bootstrap import environment, started
from grader.sandbox.process import ANSWER_SECONDS, PIECE, START_SECONDS, Ending, Output, Ready, ending
from grader.sandbox.unusable import unusable

if TYPE_CHECKING:
    from grader.model import Limits

# The wire is imported where it is used: it needs numpy, and the process has to be on its way before that, so that
# both sides import numpy at the same time.

# How long to wait for the channel alone; only then is the output looked after as well.
QUICK = struct.pack("ll", 0, 2_000)  # a timeval: seconds, microseconds


class Forks:
    """A process that has imported `preload` and forks a worker on request, in the best isolation that the machine can
    give, but no better than `at_most`.

    It starts with the object and is waited for when it is asked for something. Threads may share it.
    """

    def __init__(self, preload: tuple[str, ...], at_most: str) -> None:
        self.preload = preload
        self.control, self.process = started("zygote", preload, at_most, environment(preload))
        self.serves = False
        self.lock = threading.Lock()

    def ready(self) -> Ready:
        """What it says of its workers."""
        with self.lock:
            message = self._receive(START_SECONDS)
        match message:
            case ("ready", str(level), str(missing), dict(versions), list(opened), list(devices)):
                self.serves = True
                return Ready(level, missing, versions, tuple(opened), tuple(devices))
        raise SandboxError("the zygote did not start")

    def close(self) -> None:
        """Ends the process and every worker that is left."""
        if not self.serves:  # still importing, with no worker to look after
            self.process.kill()
        self.control.close()
        try:
            self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def start(self, folder: Path, limits: "Limits") -> "Forked":
        """A new worker's process."""
        channel, theirs = socket.socketpair()
        output, write = os.pipe()
        try:
            with theirs:
                pid = self._fork(theirs, write, folder, limits)
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            os.close(write)
        return Forked(self, pid, channel, output, limits.output_kb << 10)

    def _fork(self, channel: socket.socket, output: int, folder: Path, limits: "Limits") -> int:
        """The pid of a new worker that holds the other ends."""
        # A folder's name need not be text (one from an old archive is not): its bytes are sent as letters.
        name = os.fsencode(folder).decode("latin-1")
        match self._answer(("fork", name, limits.of_worker()), ANSWER_SECONDS, [channel.fileno(), output]):
            case ("forked", int(pid)):
                return pid
        raise SandboxError("the zygote did not start a worker")

    def end(self, pid: int, grace: float) -> int:
        """Ends a worker, which has `grace` seconds to end by itself; its status, as of `os.waitpid`."""
        match self._answer(("end", pid, grace), ANSWER_SECONDS + grace):
            case ("ended", int(status)):
                return status
        raise SandboxError("the zygote did not end a worker")

    def _answer(self, request: Any, seconds: float, descriptors: list[int] | None = None) -> Any:
        """The answer to a request; one at a time, whichever threads ask."""
        from grader import wire

        with self.lock:
            try:
                socket.send_fds(self.control, [wire.encode(request)], descriptors or [])
            except OSError as error:
                raise self._lost() from error
            return self._receive(seconds)

    def _receive(self, seconds: float) -> Any:
        from grader import wire

        self.control.settimeout(seconds)
        try:
            return wire.received(self.control)
        except (OSError, wire.WireError) as error:
            raise self._lost() from error

    def _lost(self) -> SandboxError:
        return unusable(self.process, self.preload)


class Forked:
    """The process of a worker that was forked. What it prints is looked after whenever the judge has to wait for it."""

    def __init__(self, forks: Forks, pid: int, channel: socket.socket, output: int, room: int) -> None:
        self.forks, self.pid, self.channel, self.descriptor = forks, pid, channel, output
        # Timeouts of the kernel's own: python's would cost another system call each time.
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            channel.setsockopt(socket.SOL_SOCKET, direction, QUICK)
        os.set_blocking(output, False)
        self.output = Output(room)
        self.poll = select.poll()
        self.poll.register(output, select.POLLIN)

    def wait(self, *, to_send: bool, seconds: float) -> bool:
        """Whether the channel is ready, or something was printed, within so many seconds."""
        self.poll.register(self.channel, select.POLLOUT if to_send else select.POLLIN)
        ready = self.poll.poll(seconds * 1000)
        if any(descriptor == self.descriptor for descriptor, _ in ready):
            self._drain()
        return bool(ready)

    def end(self, grace: float) -> Ending:
        """Ends it and everything that belongs to it."""
        try:
            return ending(os.waitstatus_to_exitcode(self.forks.end(self.pid, grace)))
        finally:
            self._drain()
            self.channel.close()
            os.close(self.descriptor)

    def _drain(self) -> None:
        """Takes what was printed."""
        # Bounded, so that a flood of output cannot keep the judge from looking at the clock.
        for _ in range(64):
            try:
                piece = os.read(self.descriptor, PIECE)
            except BlockingIOError:
                return
            if not piece:  # closed by the student's code; the channel still tells what happens
                with contextlib.suppress(KeyError):
                    self.poll.unregister(self.descriptor)
                return
            self.output.add(piece)
