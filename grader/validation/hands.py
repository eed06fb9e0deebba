"""Hands: processes that do the tasks of a validation side by side, each at a station of its own."""

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import NamedTuple, Self

from grader.batch.data import decoded, encoded
from grader.errors import GraderError, SandboxError
from grader.validation.station import Orders, Outcome, Station, Task

# How long processes may take to notice that they are not needed any more.
END_SECONDS = 5.0


class _Answer(NamedTuple):
    """What a process says: an outcome, or why there will be none, from nobody any more."""

    outcome: Outcome | None
    failure: str = ""


class Hands:
    """So many processes; one does without any. Use it in a `with` block, or `close` it, which ends them."""

    def __init__(self, orders: Orders, size: int) -> None:
        self.orders, self.size = orders, size
        self.context = multiprocessing.get_context("spawn")
        self.processes: dict[Connection, SpawnProcess] = {}
        self.at: dict[Connection, Task] = {}
        self.here: Station | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes, whatever they are at."""
        if self.here is not None:
            self.here.close()
        for channel, process in self.processes.items():
            channel.close()  # it ends when it has read that, with its zygotes
            if channel in self.at:  # what it is at is of no use any more
                process.terminate()
            process.join(END_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()
        self.processes, self.at, self.here = {}, {}, None

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome | None]]:
        """What comes of each task, in the order in which they are done; None where the process that did it ended.

        Errors
            SandboxError where no worker can be had.
        """
        if self.size == 1 and tasks:
            self.here = self.here or Station(self.orders)
            yield from ((task, self.here.outcome(task)) for task in tasks)
            return
        left = deque(tasks)
        while left or self.at:
            while left and len(self.at) < self.size:
                self._give(left.popleft())
            for channel in wait(list(self.at)):
                assert isinstance(channel, Connection)
                yield self.at.pop(channel), self._answer(channel)

    def _give(self, task: Task) -> None:
        channel = next((one for one in self.processes if one not in self.at), None) or self._hired()
        with contextlib.suppress(BrokenPipeError):  # it has ended: noticed when its answer is waited for
            channel.send_bytes(encoded(task))
        self.at[channel] = task

    def _hired(self) -> Connection:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_work, args=(theirs, encoded(self.orders)), daemon=True)
        process.start()
        theirs.close()
        self.processes[ours] = process
        return ours

    def _answer(self, channel: Connection) -> Outcome | None:
        try:
            answer = decoded(channel.recv_bytes(), _Answer)
        except (EOFError, ConnectionResetError):
            self.processes.pop(channel).join()
            channel.close()
            return None
        if answer.outcome is None:
            raise SandboxError(answer.failure, remedy="`grade doctor` shows what this machine gives")
        return answer.outcome


# ---- in a process ----


def _work(channel: Connection, orders: bytes) -> None:
    """Does what comes, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is at the terminal interrupts the run, which ends this
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Station(decoded(orders, Orders)) as station:
                while True:
                    task = decoded(channel.recv_bytes(), Task)
                    channel.send_bytes(encoded(_Answer(station.outcome(task))))
        except GraderError as error:
            channel.send_bytes(encoded(_Answer(None, error.message)))
