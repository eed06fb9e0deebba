"""Processes that do tasks side by side, each with one task at a time.

One that ends under its task, or does not come to an end with it, costs that task, and nobody else anything.
"""

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, NamedTuple, Self, TypeVar

Task = TypeVar("Task")

# How long processes may take to notice that they are not needed any more.
END_SECONDS = 5.0
# No task takes so long: a student's code has limits of its own, so that it is ours that hangs, or a reference.
PATIENCE_SECONDS = 1800.0
# What a process does: it is handed its orders and yields an answer for every task that it is sent.
Serve = Callable[[bytes, Iterator[bytes]], Iterator[bytes]]


class _At(NamedTuple, Generic[Task]):
    """The task that a process is at, and since when."""

    task: Task
    since: float


class Processes(Generic[Task]):
    """Up to so many processes, started when they are needed. Use them in a `with` block; leaving it ends them.

    serve     a function of a module: serve(orders, tasks) yields the answer to each task in turn
    orders    what every process has to know
    encoded   a task as it is sent
    patience  how long a task may take, in seconds
    """

    def __init__(
        self,
        serve: Serve,
        orders: bytes,
        encoded: Callable[[Task], bytes],
        size: int,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.serve, self.orders, self.encoded, self.size, self.patience = serve, orders, encoded, size, patience
        self.context = multiprocessing.get_context("spawn")
        self.all: dict[Connection, SpawnProcess] = {}
        self.at: dict[Connection, _At[Task]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes, whatever they are at."""
        for channel in self.all:
            channel.close()  # a process ends when it has read that, with all that it started
        for channel, process in self.all.items():
            if channel in self.at:  # what it is at is of no use any more
                process.terminate()
        for process in self.all.values():
            process.join(END_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()
        self.all, self.at = {}, {}

    def answers(self, following: Callable[[], Task | None]) -> Iterator[tuple[Task, bytes | None]]:
        """Each task with its answer, in the order in which they are done; None where its process ended or was given up.

        `following` is asked for the next task whenever somebody is free: None where there is none now.
        """
        while True:
            while len(self.at) < self.size and (task := following()) is not None:
                self._give(task)
            if not self.at:
                return
            until = min(at.since for at in self.at.values()) + self.patience
            for channel in wait(list(self.at), timeout=max(0.0, until - time.monotonic())) or self._overdue():
                assert isinstance(channel, Connection), "nothing else is waited for"
                yield self.at.pop(channel).task, self._answer(channel)

    def _overdue(self) -> list[Connection]:
        """Ends the processes that are at their tasks for too long, and returns their channels."""
        start = time.monotonic() - self.patience
        found = [channel for channel, at in self.at.items() if at.since <= start and not channel.poll()]
        for channel in found:
            self.all[channel].kill()
        return found

    def _give(self, task: Task) -> None:
        channel = next((one for one in self.all if one not in self.at), None) or self._started()
        with contextlib.suppress(BrokenPipeError):  # it has ended: noticed when its answer is waited for
            channel.send_bytes(self.encoded(task))
        self.at[channel] = _At(task, time.monotonic())

    def _started(self) -> Connection:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_serving, args=(theirs, self.serve, self.orders), daemon=False)
        process.start()
        theirs.close()
        self.all[ours] = process
        return ours

    def _answer(self, channel: Connection) -> bytes | None:
        try:
            return channel.recv_bytes()
        except (EOFError, ConnectionResetError):
            self.all.pop(channel).join()
            channel.close()
            return None


# ---- in a process ----


def _serving(channel: Connection, serve: Serve, orders: bytes) -> None:
    """Serves until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is at the terminal interrupts the run, which ends this
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for answer in serve(orders, _tasks(channel)):
            channel.send_bytes(answer)


def _tasks(channel: Connection) -> Iterator[bytes]:
    with contextlib.suppress(EOFError, ConnectionResetError):
        while True:
            yield channel.recv_bytes()
