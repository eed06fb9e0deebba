"""Processes that try mutants side by side; a mutant that hangs or ends its process costs itself, and nobody else."""

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Self

import msgspec

from grader.assignment import Assignment
from grader.course import Course
from grader.errors import GraderError, SandboxError
from grader.mutation.records import Attempt
from grader.mutation.work import Workplace

# Mutants that are handed out together.
TOGETHER = 40
# Steps are counted in the mutant's own code; what hangs in numpy is ended from outside, after so many seconds and so
# many times what the reference takes for its trials.
SECONDS = 60.0
TIMES_REFERENCE = 100.0
END_SECONDS = 5.0

Function = tuple[str, str]  # (problem, function)


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a process needs to know before its first task."""

    course: str
    assignment: str
    seed: int


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Mutants of a function, by number."""

    problem: str
    function: str
    numbers: tuple[int, ...]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a process says: an attempt, why it cannot go on, or else that it is at work.

    reference   how long the reference takes for all trials, in seconds, once everything is ready for mutants
    """

    attempt: Attempt | None = None
    failure: str = ""
    reference: float | None = None


class Crew:
    """Processes that take tasks. Use it in a `with` block; leaving it ends them, whatever they are at."""

    def __init__(self, orders: Orders, size: int) -> None:
        self.orders, self.size = orders, size
        self.hands: list[_Hand] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self.hands:
            hand.end()

    def tried(self, asked: Mapping[Function, Sequence[int]]) -> Iterator[tuple[Function, Attempt | int]]:
        """What becomes of each mutant as it is done; its number alone where its process hung or ended.

        Errors
            SandboxError where a process cannot go on for a reason of ours.
        """
        waiting = _Waiting(asked)
        while True:
            for hand in self._idle(waiting):
                hand.give(waiting.next(hand.function))
            busy = {hand.channel: hand for hand in self.hands if hand.left}
            if not busy:
                return
            for channel in wait(list(busy), timeout=1.0):
                assert isinstance(channel, Connection)
                yield from self._heard(busy[channel], waiting)
            for hand in busy.values():
                if hand in self.hands and hand.is_overdue():
                    yield self._given_up(hand, waiting)

    def _idle(self, waiting: "_Waiting") -> Iterator["_Hand"]:
        """Whoever is free, as long as there is something to do."""
        for hand in [hand for hand in self.hands if not hand.left]:
            if waiting.left:
                yield hand
        while waiting.left and len(self.hands) < self.size:
            self.hands.append(_Hand(self.orders))
            yield self.hands[-1]

    def _heard(self, hand: "_Hand", waiting: "_Waiting") -> Iterator[tuple[Function, Attempt | int]]:
        try:
            said = msgspec.json.decode(hand.channel.recv_bytes(), type=Said)
        except (EOFError, ConnectionResetError):
            yield self._given_up(hand, waiting)
            return
        if said.failure:
            raise SandboxError(said.failure)
        hand.since = time.monotonic()
        if said.reference is not None:
            hand.patience = SECONDS + TIMES_REFERENCE * said.reference
        if said.attempt is not None:
            hand.left.remove(said.attempt.number)
            yield hand.function, said.attempt

    def _given_up(self, hand: "_Hand", waiting: "_Waiting") -> tuple[Function, int]:
        """The mutant that a process is at; the process is ended, and the others of its task wait again.

        Errors
            SandboxError where it was at none yet: then no mutant is to blame.
        """
        hand.end()
        if hand.patience is None:
            message = f"the process that was to try the mutants of {hand.function[1]} ended before the first of them"
            raise SandboxError(message, remedy="what it printed above may say why")
        self.hands.remove(hand)
        at, *others = hand.left
        waiting.back(hand.function, others)
        return hand.function, at


class _Waiting:
    """The mutants that nobody is at. Who has a function ready goes on with it."""

    def __init__(self, asked: Mapping[Function, Sequence[int]]) -> None:
        self.left = {function: list(numbers) for function, numbers in asked.items() if numbers}
        self.begun: set[Function] = set()

    def next(self, at: Function) -> Task:
        if at not in self.left:
            fresh = [function for function in self.left if function not in self.begun]
            at = max(fresh or self.left, key=lambda function: len(self.left[function]))
        self.begun.add(at)
        numbers, rest = self.left[at][:TOGETHER], self.left[at][TOGETHER:]
        self.left[at] = rest
        if not rest:
            del self.left[at]
        return Task(problem=at[0], function=at[1], numbers=tuple(numbers))

    def back(self, function: Function, numbers: Sequence[int]) -> None:
        if numbers:
            self.left[function] = [*numbers, *self.left.get(function, [])]


class _Hand:
    """A process, the function it has ready, and the mutants of its task that it has not tried yet.

    `patience` is how long it may be silent, in seconds; None as long as it has not begun with the mutants.
    """

    def __init__(self, orders: Orders) -> None:
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_work, args=(theirs, msgspec.json.encode(orders)), daemon=True
        )
        self.process.start()
        theirs.close()
        self.function: Function = ("", "")
        self.left: list[int] = []
        self.since = time.monotonic()
        self.patience: float | None = None

    def give(self, task: Task) -> None:
        if self.function != (task.problem, task.function):
            self.function, self.patience = (task.problem, task.function), None
        self.left, self.since = list(task.numbers), time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # it has ended: noticed when its answer is waited for
            self.channel.send_bytes(msgspec.json.encode(task))

    def is_overdue(self) -> bool:
        """Whether it has been silent about a mutant for too long."""
        silent = time.monotonic() - self.since
        return bool(self.left) and self.patience is not None and silent > self.patience

    def end(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.join(END_SECONDS)


# ---- in a process of the crew ----


def _work(channel: Connection, told: bytes) -> None:
    """Tries what comes, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is at the terminal interrupts the run, which ends this
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            orders = msgspec.json.decode(told, type=Orders)
            _serve(channel, Assignment(Course(Path(orders.course)), orders.assignment), orders.seed)
        except GraderError as error:
            channel.send_bytes(msgspec.json.encode(Said(failure=str(error))))


def _serve(channel: Connection, assignment: Assignment, seed: int) -> None:
    at: tuple[Function, Workplace] | None = None
    problems = {problem.id: problem for problem in assignment.rubric.problems}
    while True:
        task = msgspec.json.decode(channel.recv_bytes(), type=Task)
        asked = task.problem, task.function
        if at is None or at[0] != asked:
            place = Workplace(assignment, problems[task.problem], task.function, seed)
            # Making further inputs takes a while, and no mutant is to blame for it.
            place.further.beat = lambda: channel.send_bytes(msgspec.json.encode(Said()))
            at = asked, place
            channel.send_bytes(msgspec.json.encode(Said(reference=place.seconds)))
        for attempt in at[1].tried(task.numbers):
            channel.send_bytes(msgspec.json.encode(Said(attempt=attempt)))
