"""An interpreter that becomes one worker, where workers cannot be forked.

It imports the heavy modules, says ("ready", versions) and waits for ("start", folder, limits), the folder's bytes as
letters. What follows is a session. Nothing locks it in; it limits itself where the system has limits for a process.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from grader import wire
from grader.worker.libraries import imported
from grader.worker.session import live

try:
    from grader.worker import limits
except ImportError:  # Windows has no such limits
    limits = None  # type: ignore[assignment]


def main(channel: socket.socket, preload: list[str], _: str) -> None:
    """Gets ready, then is the worker of one submission until the judge hangs up."""
    channel.set_inheritable(False)  # its end is this process's end
    versions = imported(preload)
    status = wire.BROKEN
    try:
        channel.sendall(wire.encode(("ready", versions)))
        match wire.received(channel):
            case ("start", str(name), dict(of_worker)):
                _become_worker(channel, Path(os.fsdecode(name.encode("latin-1"))), of_worker)
        status = 0
    except ConnectionError:
        status = 0  # the judge has hung up: this one is not needed
    except OSError as error:
        os.write(2, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)  # whatever happened, nothing goes on from here


def _become_worker(channel: socket.socket, folder: Path, of_worker: Mapping[str, int]) -> None:
    if limits is not None:
        limits.limit_resources(of_worker, limits.mapped(otherwise=0))  # a Mac's processes map hundreds of gigabytes
    os.chdir(folder)
    live(channel, folder)
