"""The crew: processes that grade submissions side by side, each with an assignment and a zygote of its own.

A submission that ends its process costs that submission a try, and nobody else anything.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Self

from grader.batch.data import decoded, encoded
from grader.batch.station import Done, Orders, Station, Task
from grader.errors import GraderError, SandboxError
from grader.processes import Processes

# A submission under which a process has ended twice is not graded a third time.
TRIES = 2


class Crew:
    """Processes that take tasks. Use it in a `with` block; leaving it ends them, whatever they are at."""

    def __init__(self, orders: Orders, size: int) -> None:
        self.orders = orders
        self.processes = Processes[Task](_served, encoded(orders), encoded, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.processes.close()

    def graded(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """What becomes of each task, in the order in which they are done. Tasks are taken when somebody is free.

        Errors
            SandboxError where a process cannot even begin, or gives less isolation than is asked for.
        """
        waiting, tries = _Queue(tasks), dict[str, int]()
        for task, answer in self.processes.answers(waiting.next):
            if answer is not None:
                yield _done(answer)
                continue
            tries[task.key] = tries.get(task.key, 0) + 1
            if tries[task.key] < TRIES:
                waiting.back(task)
            else:
                yield Done(key=task.key, failure="the process that graded it ended or hung, twice")


def _done(answer: bytes) -> Done:
    done = decoded(answer, Done)
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


def _served(orders: bytes, tasks: Iterator[bytes]) -> Iterator[bytes]:
    """What becomes of each task; a Done without a key, where nothing can be graded at all."""
    try:
        with Station(decoded(orders, Orders)) as station:
            for task in tasks:
                yield encoded(station.done(decoded(task, Task)))
    except GraderError as error:
        yield encoded(Done(key="", failure=str(error)))
