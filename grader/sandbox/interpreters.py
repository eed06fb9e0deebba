"""Workers where nothing can be forked: each is a fresh interpreter, and one stands by with its libraries imported."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from grader.errors import SandboxError
from grader.sandbox.bootstrap import environment, of_windows, started
from grader.sandbox.job import job
from grader.sandbox.process import ANSWER_SECONDS, PIECE, START_SECONDS, Ending, Output, Ready, ending
from grader.sandbox.unusable import unusable
from grader.worker.levels import PROCESS_ONLY

if TYPE_CHECKING:
    from grader.model import Limits

# As in `forks`, the wire is imported where it is used.

NOT_LOCKED_IN = "full, partial: workers are interpreters of their own here, which nothing locks in"
# How much is kept of what is printed while libraries are imported.
IMPORT_ROOM = 16 << 10
# How long to listen for the last that an ended process printed; what it started may hold the pipe open for longer.
LISTEN_SECONDS = 0.5


class Interpreters:
    """Starts interpreters that import `preload`, each for one worker, in a process of its own and no more isolation.

    One is started ahead: a check of what was saved finds it ready. Threads may share it.
    """

    def __init__(self, preload: tuple[str, ...]) -> None:
        self.preload = preload
        self.spare = Fresh(preload)
        self.started: list[Fresh] = []
        self.lock = threading.Lock()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The one that stands by."""
        return self.spare.process

    def ready(self) -> Ready:
        """What its workers run."""
        with self.lock:
            return Ready(PROCESS_ONLY, NOT_LOCKED_IN, self.spare.versions())

    def start(self, folder: Path, limits: "Limits") -> "Fresh":
        """The one that stood by, with a submission; the next one is on its way."""
        with self.lock:
            if self.spare in self.started:  # no other could be started when this one was taken
                self.spare = Fresh(self.preload)
            taken = self.spare
            self.started = [*(one for one in self.started if not one.ended), taken]
            try:
                taken.begin(folder, limits)
            finally:
                with contextlib.suppress(OSError):  # no process is to be had now, and perhaps when it is needed
                    self.spare = Fresh(self.preload)
            return taken

    def close(self) -> None:
        """Ends them."""
        for one in (*self.started, self.spare):
            one.end(0.0)


class Fresh:
    """An interpreter that becomes a worker. A thread of ours listens to what it prints."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        self.preload = preload
        # Listened to by a thread: where there is no fork a pipe cannot be waited for beside a socket.
        self.channel, self.process = started(
            "fresh", preload, PROCESS_ONLY, _environment(preload), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            bufsize=0,
        )  # fmt: skip
        self.job = job(self.process)
        self.pid, self.ended = self.process.pid, False
        self.output = Output(IMPORT_ROOM)
        self.listener = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self.listener.start()
        self.known: dict[str, str] | None = None

    def versions(self) -> dict[str, str]:
        """What it runs; waits until it has imported its libraries."""
        if self.known is None:
            match self._received():
                case ("ready", dict(versions)):
                    self.known = versions
                case _:
                    raise SandboxError("an interpreter did not get ready")
        return self.known

    def begin(self, folder: Path, limits: "Limits") -> None:
        """Makes it the worker of a submission."""
        from grader import wire

        self.versions()
        self.output = Output(limits.output_kb << 10)
        name = os.fsencode(folder).decode("latin-1")  # a name need not be text
        try:
            self.channel.sendall(wire.encode(("start", name, limits.of_worker())))
        except OSError as error:
            raise self._lost() from error
        self.channel.setblocking(False)

    def wait(self, *, to_send: bool, seconds: float) -> bool:
        """Whether the channel is ready within so many seconds."""
        channel = [self.channel]
        readable, writable, _ = select.select([] if to_send else channel, channel if to_send else [], [], seconds)
        return bool(readable or writable)

    def end(self, grace: float) -> Ending:
        """Ends it, with what it started as far as the system can tell."""
        if self.ended:
            return ending(self.process.returncode or 0)
        self.ended = True
        try:
            if grace:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(grace)
            self._kill()
            code = self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise SandboxError("an interpreter could not be ended") from error
        finally:
            self.channel.close()
        self.listener.join(LISTEN_SECONDS)
        return ending(code)

    def _kill(self) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS permits nothing to the dead
                os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()
        self.job()

    def _listen(self, pipe: IO[bytes]) -> None:
        """Takes what is printed until nobody is left who could print."""
        with pipe:
            while piece := pipe.read(PIECE):
                self.output.add(piece)

    def _received(self) -> Any:
        from grader import wire

        self.channel.settimeout(START_SECONDS)
        try:
            return wire.received(self.channel)
        except (OSError, wire.WireError) as error:
            raise self._lost() from error

    def _lost(self) -> SandboxError:
        self.listener.join(LISTEN_SECONDS)  # for its last words
        return unusable(self.process, self.preload, self.output.text())


def _environment(preload: tuple[str, ...]) -> dict[str, str]:
    scratch = tempfile.gettempdir()
    own = environment(preload, scratch)
    windows = of_windows(os.environ, (sys.prefix, sys.base_prefix), scratch) if os.name == "nt" else {}
    return own | windows
