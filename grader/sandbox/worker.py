"""One worker as the judge sees it: frames both ways under a deadline, and its output within bounds."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from grader import wire
from grader.errors import SandboxError, StudentFault
from grader.model import Fault, Limits, Status
from grader.sandbox.process import ANSWER_SECONDS, Ending
from grader.sandbox.zygote import Zygote

# How long a worker that closed its channel has to finish dying before it is ended.
DYING_SECONDS = 0.5
MAX_ASKED_BYTES = 1 << 20
# What the answers to one message may take of the judge's memory, where a byte of a header becomes many.
MAX_ANSWERED_BYTES = 256 << 20
HEADER_GROWTH = 16
MAX_REASON = 400
# The most arguments that a side effect is noted of.
MAX_ARGUMENTS = 100
# Of a submission that has to be copied, as others may not read it.
TOO_LARGE = (
    f"Your folder is closed to other users and holds more than {wire.MAX_COPIED >> 20} MiB: leave out what is no code,"
    " or let others read it (chmod -R a+rX)."
)

# What torch says of a tensor made on the CPU, where no device is named, beside arguments on a GPU.
TWO_DEVICES = "to be on the same device"
ON_TWO_DEVICES = (
    "A tensor that you create is on the CPU, the arguments are on the GPU: create it where they are"
    " (torch.zeros_like(x), or device=x.device)."
)

# What to do about an exception of which the name tells a beginner nothing.
ADVICE = {
    "EOFError": "Nobody is there to answer input(): take it out.",
    "FileNotFoundError": "No files are there but those that you hand in: open them by their names alone.",
    "ModuleNotFoundError": "If it is a file of yours, hand it in as well; else do without it.",
    "SystemExit": "Take the exit out: nothing after it is run.",
}

Target = str | int | tuple[str, str, list[int]]


class Noted(NamedTuple):
    """The positions of the arguments that a call changed, and of those that its value shares memory with.

    The worker says so: it may cost the student something, and never earn them anything.
    """

    changed: frozenset[int]
    shared: frozenset[int]


class Worker:
    """A locked-down process with one problem file in it.

    Every method raises StudentFault when the worker dies or is silent beyond the limit; after that it is closed.
    """

    def __init__(self, zygote: Zygote, folder: Path, limits: Limits) -> None:
        self.zygote, self.limits = zygote, limits
        self.lent: list[Callable[..., Any]] = []
        self.buffer = bytearray()
        self.size = self.answered = 0
        self.doing = ""  # what it is asked to do, as the end of a sentence
        # All in all it may keep the judge waiting for twice as long as it may compute.
        self.patience = self.left = 2.0 * limits.cpu_seconds
        self.allowed = limits.seconds
        self.process = zygote.start(folder, limits)
        self.channel = self.process.channel
        self.open, self.ending = True, Ending()

    def close(self, grace: float = 0.0) -> Ending:
        """Ends the process and everything that belongs to it, after `grace` seconds to end by itself; how it ended."""
        if self.open:
            self.open = False
            self.ending = self.process.end(grace)
        return self.ending

    @property
    def printed(self) -> str:
        """What it printed, within bounds."""
        return self.process.output.text()

    # ---- what the judge asks of it ----

    def load(self, file: str, given: str = "") -> list[str]:
        """The names of the callables that a problem file defines.

        `given` is the source of the functions that its functions may be handed.
        """
        self._locked_down()
        self.doing = f"when {file} is imported"
        with self._limited() as deadline:
            if given:
                self._send(("given", given), deadline)
            self._send(("load", file), deadline)
            answer = self._receive(deadline)
        match answer:
            case ("loaded", list(names)):
                known = [name for name in names[: wire.MAX_NAMES] if isinstance(name, str)]
                return [name for name in known if len(name) <= wire.MAX_NAME]
            case ("fault", dict(fault)):
                raise StudentFault(told(fault, self.doing))
        raise self._gone("sent back something that is no answer", Status.UNREADABLE)

    def calls(
        self, calls: Sequence[tuple[Target, list[Any]]], seconds: float = 0.0, noted: list[Noted] | None = None
    ) -> Iterator[Any]:
        """The value, or the Fault, of each call in turn; all of them go out in one message.

        A target is a function's name, the number of one that was returned, or ("vjp", name, wrt), which is called
        with the upstream as its last argument and gives (value, gradients). All of them together may take the
        limit's `seconds`, or these where they are more. `noted` receives the side effects that the worker tells of.
        """
        self.answered = 0
        self.doing = _doing(calls[0][0])
        with self._limited(seconds) as deadline:
            self._send(("calls", list(calls)), deadline)
            for _ in calls:
                yield self._result(deadline, [] if noted is None else noted)

    def _locked_down(self) -> None:
        """Waits until it is ready for the student's file; what goes wrong before that is ours, but for one thing."""
        with contextlib.suppress(StudentFault):
            if self._receive(time.monotonic() + ANSWER_SECONDS) == ("locked down",):
                return
        self.close()
        if self.ending.code == wire.TOO_LARGE:
            raise StudentFault(Fault(status=Status.UNREADABLE, message=TOO_LARGE))
        said = self.printed.strip()
        raise SandboxError(f"a worker could not be locked down: {said}", remedy="see what this machine refuses it")

    @contextlib.contextmanager
    def _limited(self, seconds: float = 0.0) -> Iterator[float]:
        """The deadline of what is asked now; the time that it takes is taken off what is left."""
        start = time.monotonic()
        self.allowed = max(seconds, self.limits.seconds)
        try:
            yield start + min(self.allowed, self.left)
        finally:
            self.left -= time.monotonic() - start

    def _result(self, deadline: float, noted: list[Noted]) -> Any:
        while True:
            match self._receive(deadline):
                case ("value", value, *effects) if not effects or _are_noted(effects):
                    noted += [Noted(*map(frozenset, effects))] if effects else []
                    self.answered += self.size
                    if self.answered > MAX_ANSWERED_BYTES:
                        raise self._gone("sent back more data than is asked for", Status.UNREADABLE)
                    return value
                case ("fault", dict(fault)):
                    return told(fault, self.doing)
                case ("ask", int(number), list(arguments)):
                    self._send(self._answer(number, arguments), deadline)
                case _:
                    raise self._gone("sent back something that is no answer", Status.UNREADABLE)

    def _answer(self, number: int, arguments: list[Any]) -> Any:
        """What a function that the student was handed gives back: data, or a refusal."""
        plain = [value.array if isinstance(value, wire.Tensor) else value for value in arguments]
        try:
            if sum(getattr(value, "nbytes", 0) for value in plain) > MAX_ASKED_BYTES:
                raise ValueError("that is more data than this function takes")
            return "answer", self.lent[number](*plain)
        except Exception as error:  # noqa: BLE001 - a bad argument is the student's; ours was shown to work before
            return "refused", type(error).__name__, str(error)[:500]

    # ---- frames under a deadline ----

    def _lend(self, function: Callable[..., Any]) -> int:
        self.lent.append(function)
        return len(self.lent) - 1

    def _borrow(self, number: int, name: str) -> "Handle":
        return Handle(self, number, name)

    def _send(self, message: Any, deadline: float) -> None:
        data = memoryview(wire.encode(message, self._lend))
        while data:
            try:
                data = data[self.channel.send(data) :]
            except BlockingIOError:
                self._wait(deadline, to_send=True)
            except OSError:
                raise self._ended() from None

    def _receive(self, deadline: float) -> Any:
        if time.monotonic() > deadline:  # a flood of frames never has to be waited for
            raise self._late()
        try:
            self._gather(wire.PREFIX.size, deadline)
            header, body = wire.lengths(bytes(self.buffer[: wire.PREFIX.size]))
            self.size = HEADER_GROWTH * header + body
            start = wire.PREFIX.size + header
            self._gather(start + body, deadline)
            frame = bytes(self.buffer[: start + body])
            del self.buffer[: start + body]
            return wire.decode(frame[wire.PREFIX.size : start], frame[start:], self._borrow)
        except wire.WireError as error:
            raise self._gone(f"sent back {error}", Status.UNREADABLE) from None

    def _gather(self, size: int, deadline: float) -> None:
        """Fills the buffer to at least this many bytes."""
        while len(self.buffer) < size:
            try:
                # An answer is usually there within the time that this call may sleep.
                piece = self.channel.recv(1 << 18)
            except BlockingIOError:
                self._wait(deadline)
                continue
            except OSError:
                piece = b""
            if not piece:
                raise self._ended()
            self.buffer += piece

    def _wait(self, deadline: float, *, to_send: bool = False) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not self.process.wait(to_send=to_send, seconds=left):
            raise self._late()

    # ---- endings ----

    def _late(self) -> StudentFault:
        limit = f"{self.allowed:.3g} s" if self.allowed < self.left else f"{self.patience:g} s in all"
        what = f"did not finish within {limit}"
        return self._gone(what, Status.TIMED_OUT, "look for a loop that does not end, or does too much")

    def _gone(self, what: str, status: Status, advice: str = "") -> StudentFault:
        """Ends it, and says why: what it did, when, and what to do about that."""
        self.close()
        when = f", {self.doing}" if self.doing else ""
        return StudentFault(Fault(status=status, message=f"Your code {what}{when}{advice and ': '}{advice}."))

    def _ended(self) -> StudentFault:
        """The worker hung up: what its ending says of why."""
        ending = self.close(grace=DYING_SECONDS)
        if ending.overtime:
            what = f"used more than {self.limits.cpu_seconds} s of processor time"
            return self._gone(what, Status.TIMED_OUT, "look for a loop that does not end, or does too much")
        if ending.died_of:
            return self._gone(f"made the Python process die of {ending.died_of}", Status.CRASHED)
        if ending.code == wire.BROKEN:
            what, advice = "broke the Python process it runs in", "leave built-in functions and open files alone"
        else:
            what = f"ended the Python process (exit code {ending.code})"
            advice = "remove calls of os._exit and the like"
        return self._gone(what, Status.CRASHED, advice)


def _are_noted(effects: list[Any]) -> bool:
    """Whether side effects are two lists of positions, as nothing but a worker of ours would tell of them."""
    return len(effects) == 2 and all(
        isinstance(positions, list)
        and len(positions) <= MAX_ARGUMENTS
        and all(type(i) is int and 0 <= i < MAX_ARGUMENTS for i in positions)
        for positions in effects
    )


class Handle:
    """A callable that the student's code returned; calling it calls the worker."""

    def __init__(self, worker: Worker, number: int, name: str) -> None:
        self.worker, self.number, self.name = worker, number, name

    def __call__(self, *arguments: Any) -> Any:
        if not self.worker.open:
            raise StudentFault(Fault(status=Status.CRASHED, message="Your code ended before its function was called."))
        (result,) = self.worker.calls([(self.number, list(arguments))])
        if isinstance(result, Fault):
            raise StudentFault(result)
        return result


def _doing(target: Target) -> str:
    if isinstance(target, int):
        return "when the function that you returned is called"
    if isinstance(target, tuple):
        return f"when the gradient of {target[1]} is taken"
    return f"when {target} is called"


def told(fault: dict[str, Any], when: str) -> Fault:
    """The student's fault as a sentence for the student. `fault` comes from the worker: nothing in it is trusted.

    What is no text is left out, unseen: to write out an array of many axes can take minutes.
    """
    text = {
        key: value[:8_000] if isinstance(value := fault.get(key), str) else ""
        for key in ("kind", "type", "message", "place", "traceback", "signature")
    }
    message = text["message"].partition("\n")[0]
    for key in ("type", "place", "signature"):  # a class may be called anything
        text[key] = " ".join(text[key].split())
    match text["kind"]:
        case "missing":
            return Fault(status=Status.MISSING, message="There is no function of this name.")
        case "unreadable":
            return Fault(status=Status.UNREADABLE, message=f"Your function returned {message}.")
    if text["signature"]:
        return Fault(
            status=Status.RAISED,
            message=f"Your function takes {text['signature']}, which does not fit the call: {message}.",
            traceback=text["traceback"],
        )
    place = f" ({text['place']})" if text["place"] else ""
    kind = text["type"] or "An exception"
    reason = f"{kind}: {message[:MAX_REASON]}{'...' if len(message) > MAX_REASON else ''}".rstrip(": ")
    advice = ON_TWO_DEVICES if TWO_DEVICES in text["message"] else ADVICE.get(text["type"], "")
    sentence = f"{reason}{place}, {when}. {advice}".rstrip()
    return Fault(status=Status.RAISED, message=sentence, traceback=text["traceback"])
