"""What the judge knows of a worker's process: its channel, what it prints, how it is ended and how it ended."""

import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import subprocess

    from grader.model import Limits

# A cold torch on a slow disk; what needs longer will not come.
START_SECONDS = 120.0
ANSWER_SECONDS = 30.0
# How much is taken at once of what is printed.
PIECE = 1 << 16

# What a process usually died of, as far as that can be told: signals by name, exceptions of Windows by number.
_CAUSES = {
    "SIGSEGV": "SIGSEGV: often a recursion that does not end",
    "SIGKILL": "SIGKILL: often too much memory",
    "SIGABRT": "SIGABRT: often a library that was called with wrong data",
}
_EXCEPTIONS = {
    0xC0000005: "access violation: often a library that was called with wrong data",
    0xC0000017: "no memory: often too much of it",
    0xC000001D: "illegal instruction: often a library that is not made for this processor",
    0xC0000094: "division by zero in a library",
    0xC00000FD: "stack overflow: often a recursion that does not end",
    0xC0000374: "damaged memory: often a library that was called with wrong data",
    0xC0000409: "abort: often a library that was called with wrong data",
}
# Exit codes of Windows from here on are those of exceptions; programs choose smaller ones.
_FIRST_EXCEPTION = 0xC0000000


class Ending(NamedTuple):
    """How a process ended.

    code       its exit code, where it left by itself
    died_of    the signal or exception that ended it, in words; '' where it left by itself
    overtime   whether that was the limit on processor time
    """

    code: int = 0
    died_of: str = ""
    overtime: bool = False


def ending(code: int) -> Ending:
    """How a process with this exit code, as of `subprocess.Popen`, ended: a negative one is a signal's number."""
    if code < 0:
        return _of_signal(-code)
    if code >= _FIRST_EXCEPTION:
        cause = _EXCEPTIONS.get(code)
        return Ending(died_of=f"exception 0x{code:08X}{f' ({cause})' if cause else ''}")
    return Ending(code)


def _of_signal(number: int) -> Ending:
    name = next((known.name for known in signal.Signals if known == number), "")
    cause = _CAUSES.get(name) or signal.strsignal(number) or "a signal of no name"
    return Ending(died_of=f"signal {number} ({cause})", overtime=name == "SIGXCPU")


class Ready(NamedTuple):
    """What a source of workers says of them, once it is ready; see `Zygote`."""

    isolation: str
    missing: str
    versions: dict[str, str]
    opened: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)


class Output:
    """What a process prints: the first `room` bytes are kept, the rest is counted and dropped."""

    def __init__(self, room: int) -> None:
        self.room, self.kept, self.size = room, bytearray(), 0

    def add(self, piece: bytes) -> None:
        """Takes what was printed next."""
        self.size += len(piece)
        self.kept += piece[: max(0, self.room - len(self.kept))]

    def text(self) -> str:
        """What is kept of it, and how much more there was."""
        text = bytes(self.kept).decode("utf-8", "replace")
        dropped = self.size - len(self.kept)
        return f"{text}\n[{dropped} more bytes were printed]" if dropped else text


class Process(Protocol):
    """A worker's process. Its channel raises BlockingIOError, now or in a moment, where it has to be waited for."""

    channel: socket.socket
    output: Output

    @property
    def pid(self) -> int: ...

    def wait(self, *, to_send: bool, seconds: float) -> bool:
        """Whether, within so many seconds, there is something to be received, or room for what is to be sent. Sooner,
        and true as well, where it printed something that had to be taken."""

    def end(self, grace: float) -> Ending:
        """Ends it, and what it started, after `grace` seconds to end by itself; hangs up.

        Errors
            SandboxError where it cannot be ended.
        """


class Source(Protocol):
    """Where workers' processes come from."""

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The one that stands by."""

    def ready(self) -> Ready:
        """What it says of its workers; waits until there can be one."""

    def start(self, folder: Path, limits: "Limits") -> Process:
        """The process of a new worker for a submission."""

    def close(self) -> None:
        """Ends all that is left."""
