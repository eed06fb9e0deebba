"""The crew: processes that grade submissions side by side, each with an assignment and a zygote of its own.

A submission that ends its process costs that submission a try, and nobody else anything.
"""

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import NamedTuple, Self

from grader.batch.data import decoded, encoded
from grader.batch.station import Done, Orders, Station, Task
from grader.errors import GraderError, SandboxError

# A process that has ended under a submission twice is not asked a third time.
TRIES = 2
# How long processes may take to notice that they are not needed any more.
END_SECONDS = 10.0


class _Hand(NamedTuple):
    process: SpawnProcess
    channel: Connection


class Crew:
    """Processes that take tasks. Use it in a `with` block; leaving it ends them, whatever they are at."""

    def __init__(self, orders: Orders, size: int) -> None:
        self.orders, self.size = orders, size
        self.context = multiprocessing.get_context("spawn")
        self.hands: list[_Hand] = []
        self.at: dict[Connection, Task] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self.hands:
            hand.channel.close()  # it ends when it has read that, with its zygote
        for hand in self.hands:
            hand.process.join(END_SECONDS)
            if hand.process.is_alive():
                hand.process.kill()
                hand.process.join()

    def graded(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """What becomes of each task, in the order in which they are done. Tasks are taken when somebody is free.

        Errors
            SandboxError where a process cannot even begin, or gives less isolation than is asked for.
        """
        waiting, tries = _Queue(tasks), dict[str, int]()
        while True:
            while len(self.at) < self.size and (task := waiting.next()) is not None:
                self._give(task)
            if not self.at:
                return
            for channel in wait(list(self.at)):
                assert isinstance(channel, Connection)
                task = self.at.pop(channel)
                done = self._answer(channel)
                if done is None:
                    tries[task.key] = tries.get(task.key, 0) + 1
                    if tries[task.key] < TRIES:
                        waiting.back(task)
                        continue
                    done = Done(key=task.key, failure="the process that graded it ended, twice")
                yield done

    def _give(self, task: Task) -> None:
        idle = next((hand for hand in self.hands if hand.channel not in self.at), None) or self._hired()
        with contextlib.suppress(BrokenPipeError):  # it has ended: noticed when its answer is waited for
            idle.channel.send_bytes(encoded(task))
        self.at[idle.channel] = task

    def _hired(self) -> _Hand:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_work, args=(theirs, encoded(self.orders)), daemon=False)
        process.start()
        theirs.close()
        hand = _Hand(process, ours)
        self.hands.append(hand)
        return hand

    def _answer(self, channel: Connection) -> Done | None:
        """What a process says; None where it has ended instead."""
        try:
            done = decoded(channel.recv_bytes(), Done)
        except (EOFError, ConnectionResetError):
            hand = next(hand for hand in self.hands if hand.channel is channel)
            self.hands.remove(hand)
            channel.close()
            hand.process.join()
            return None
        if not done.key:
            raise SandboxError(done.failure, remedy="`grade doctor` shows what this machine gives")
        return done


class _Queue:
    """Tasks, one after the other; what is given back comes first."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks, self.again = iter(tasks), deque[Task]()

    def next(self) -> Task | None:
        return self.again.popleft() if self.again else next(self.tasks, None)

    def back(self, task: Task) -> None:
        self.again.append(task)


# ---- in a process of the crew ----


def _work(channel: Connection, orders: bytes) -> None:
    """Grades what comes, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is at the terminal interrupts the run, which ends this
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Station(decoded(orders, Orders)) as station:
                while True:
                    channel.send_bytes(encoded(station.done(decoded(channel.recv_bytes(), Task))))
        except GraderError as error:
            channel.send_bytes(encoded(Done(key="", failure=str(error))))
