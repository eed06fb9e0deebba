"""How long it takes until a worker is locked down and ready for a student's file, beside a plain fork.

For a zygote with numpy and one with torch, at every isolation level that the machine gives: the median time from
asking for a worker to its "locked down". The plain fork is of a process that has imported the same, does nothing
but fork and say one byte, and is measured in turn with the workers, so that whatever else the machine does falls on
all of them.

    python benchmarks/worker_start.py [--times 200]
"""

import argparse
import contextlib
import importlib.util
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from grader.model import Limits
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote
from grader.worker.levels import LEVELS

ASKED = {"numpy": 15, "torch": 30}

# Forks when it is told to; the child says a byte and ends.
FORKS = """
import os, socket, sys
__import__(sys.argv[1])
channel = socket.socket(fileno=int(sys.argv[2]))
channel.sendall(b"r")
while channel.recv(1):
    pid = os.fork()
    if pid == 0:
        channel.sendall(b"f")
        os._exit(0)
    os.waitpid(pid, 0)
    channel.sendall(b"w")
"""


def of_a_worker(zygote: Zygote, folder: Path) -> float:
    """Seconds from asking for a worker until it is locked down."""
    start = time.perf_counter()
    worker = Worker(zygote, folder, Limits())
    worker._locked_down()
    seconds = time.perf_counter() - start
    worker.close()
    return seconds


def of_a_fork(channel: socket.socket) -> float:
    """Seconds from asking for a plain fork until the child has said something."""
    start = time.perf_counter()
    channel.sendall(b"x")
    channel.recv(1)
    seconds = time.perf_counter() - start
    channel.recv(1)  # the child has been waited for
    return seconds


@contextlib.contextmanager
def forking(library: str):
    """A channel to a process that has imported the library, and forks."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", FORKS, library, str(theirs.fileno())]
    with ours, subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        ours.recv(1)
        try:
            yield ours
        finally:
            ours.close()
            process.wait(10)


def main() -> None:
    """Prints one line for each library and level."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=200)
    times = parser.parse_args().times
    for library in (name for name in ASKED if importlib.util.find_spec(name)):
        measured(library, times)


def measured(library: str, times: int) -> None:
    """Measures the levels and the plain fork in turn, and prints their medians."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        fork = stack.enter_context(forking(library))
        preload = ("numpy",) if library == "numpy" else ("numpy", library)
        zygotes = {level: stack.enter_context(Zygote(preload, level)) for level in LEVELS}
        given = {level: zygote for level, zygote in zygotes.items() if zygote.level() == level}
        found: dict[str, list[float]] = {name: [] for name in ("plain fork", *given)}
        for _ in range(times + 5):
            found["plain fork"].append(of_a_fork(fork))
            for level, zygote in given.items():
                found[level].append(of_a_worker(zygote, folder))
    for name, seconds in found.items():
        asked = f", at most {ASKED[library]} is asked for" if name == LEVELS[0] else ""
        median = 1e3 * statistics.median(seconds[5:])
        print(f"{library:6} {name:24} {median:6.1f} ms   median of {times}{asked}")
    for level in LEVELS[: -len(given)]:
        print(f"{library:6} {level:24} not given here: {zygotes[level].missing}")


if __name__ == "__main__":
    main()
