"""Hands: processes that do the tasks of a validation side by side, each at a station of its own."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

from grader.batch.data import decoded, encoded
from grader.errors import GraderError, SandboxError
from grader.processes import Processes
from grader.validation.station import Orders, Outcome, Station, Task


class _Answer(NamedTuple):
    """What a process says: an outcome, or why there will be none, from nobody any more."""

    outcome: Outcome | None
    failure: str = ""


class Hands:
    """So many processes. Use it in a `with` block, or `close` it, which ends them."""

    def __init__(self, orders: Orders, size: int) -> None:
        self.processes = Processes[Task](_served, encoded(orders), encoded, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes, whatever they are at."""
        self.processes.close()

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome | None]]:
        """What comes of each task, in the order in which they are done; None where its process ended or was given up.

        Errors
            SandboxError where no worker can be had.
        """
        left = iter(tasks)
        for task, answer in self.processes.answers(lambda: next(left, None)):
            yield task, None if answer is None else _outcome(answer)


def _outcome(answer: bytes) -> Outcome:
    said = decoded(answer, _Answer)
    if said.outcome is None:
        raise SandboxError(said.failure, remedy="`grade doctor` shows what this machine gives")
    return said.outcome


# ---- in a process ----


def _served(orders: bytes, tasks: Iterator[bytes]) -> Iterator[bytes]:
    """What comes of each task; no outcome, where no worker can be had."""
    try:
        with Station(decoded(orders, Orders)) as station:
            for task in tasks:
                yield encoded(_Answer(station.outcome(decoded(task, Task))))
    except GraderError as error:
        yield encoded(_Answer(None, error.message))
