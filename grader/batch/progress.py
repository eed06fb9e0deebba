"""How a run goes: a live line in a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

# Where nobody looks at a screen, in seconds.
EVERY = 10.0


class Progress:
    """Counts what is done. Use it in a `with` block; it writes to stderr, so that stdout holds results alone."""

    def __init__(self, total: int, *, what: str = "submissions", live: bool | None = None) -> None:
        self.total, self.what, self.start = total, what, time.monotonic()
        self.done = self.kept = self.failed = 0
        self.said = self.start
        self.live = sys.stderr.isatty() if live is None else live
        self.bar: Bar | None = None

    def __enter__(self) -> Self:
        if self.live:
            self.bar = _bar()
            self.task = self.bar.add_task("", total=self.total, note="")
            self.bar.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()
        self._say(self.line())

    def step(self, *, kept: bool = False, failed: bool = False) -> None:
        """One more is done: `kept` as it was, or `failed` for a reason of ours."""
        self.done, self.kept, self.failed = self.done + 1, self.kept + kept, self.failed + failed
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done, note=self._note())
        elif time.monotonic() - self.said > EVERY:
            self._say(self.line())

    def line(self) -> str:
        """Where it stands: "312 of 1000, 4.1/s, 2:48 left, 3 failed"."""
        judged, took = self.done - self.kept, time.monotonic() - self.start
        rate = judged / took if took > 0 else 0.0
        left = (self.total - self.done) / rate if rate else 0.0
        eta = f", {int(left) // 60}:{int(left) % 60:02} left" if self.done < self.total and rate else ""
        return f"{self.done} of {self.total} {self.what}, {rate:.1f}/s{eta}{self._note()}"

    def _note(self) -> str:
        kept = f", {self.kept} unchanged" if self.kept else ""
        return kept + (f", {self.failed} failed" if self.failed else "")

    def _say(self, line: str) -> None:
        self.said = time.monotonic()
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is what it is for


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)
