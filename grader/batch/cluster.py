"""A cluster: the workers of a Dask scheduler, each with a station of its own, in the place of a crew.

The machines share the course folder, the run folder and what was handed in, under the same paths. Only records go to
and fro; what is kept, is kept by the run. A worker that is lost costs nothing: Dask gives its task to another one.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Self

from grader.batch.data import decoded, encoded
from grader.batch.station import Done, Orders, Station, Task
from grader.errors import SandboxError, UsageError

if TYPE_CHECKING:
    from distributed import Future

# So many tasks a thread of the cluster are under way: enough that nobody waits, and few enough to be held in memory.
AHEAD = 2
# How long to wait for the scheduler, and for its first worker.
CONNECT_SECONDS = 30


class Cluster:
    """The workers of the scheduler at an address such as tcp://head:8786. Use it in a `with` block.

    Errors
        UsageError where dask.distributed is not installed, or there is no scheduler or no worker.
    """

    def __init__(self, orders: Orders, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            remedy = "install it: pip install 'grader[cluster]'"
            raise UsageError("--dask needs dask.distributed", remedy=remedy) from error
        self.orders = orders
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
            self.client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            remedy = "start `dask scheduler` and `dask worker`, and name the address that the scheduler prints"
            raise UsageError(f"there is no cluster at {address}: {error}", remedy=remedy) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def graded(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """What becomes of each task, in the order in which they are done. Tasks are taken when somebody is free.

        Errors
            SandboxError where a worker cannot even begin, or gives less isolation than is asked for.
        """
        from distributed import as_completed

        remaining = iter(tasks)
        size = max(1, sum(self.client.nthreads().values())) * AHEAD
        keys = {self._submitted(task): task.key for task in itertools.islice(remaining, size)}
        pending = as_completed(keys, loop=self.client.loop)
        for future in pending:
            yield self._done(future, keys.pop(future))
            if (task := next(remaining, None)) is not None:
                later = self._submitted(task)
                keys[later] = task.key
                pending.add(later)

    def _submitted(self, task: Task) -> "Future":
        return self.client.submit(_graded, encoded(self.orders), encoded(task), pure=False)

    def _done(self, future: "Future", key: str) -> Done:
        error = future.exception()
        if error is not None:  # such as a submission under which several workers were lost
            return Done(key=key, failure=f"{type(error).__name__}: {error}")
        done = decoded(future.result(), Done)
        if not done.key:
            raise SandboxError(
                done.failure, remedy="`grade doctor`, on the machine of that worker, shows what it gives"
            )
        return done


# ---- in a worker of the cluster ----


def _graded(orders: bytes, task: bytes) -> bytes:
    from grader.errors import GraderError

    try:
        return encoded(_station(orders).done(decoded(task, Task)))
    except GraderError as error:
        return encoded(Done(key="", failure=str(error)))


@functools.lru_cache(maxsize=1)
def _station(orders: bytes) -> Station:
    """The station of this process; it ends with it, since its zygote does."""
    return Station(decoded(orders, Orders))
