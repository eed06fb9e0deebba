"""How an exception in the student's code is told: their own traceback, our frames cut.

An exception's class, text and file names are the student's too: none of them can make the telling fail.
"""

import inspect
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OURS = Path(__file__).parent.parent
MAX_MESSAGE = 2_000
MAX_TRACEBACK = 6_000


def raised(error: BaseException, folder: Path) -> dict[str, Any]:
    """The fault of an exception, for the wire. `folder` is the submission: paths are shown relative to it."""
    try:
        return _told(error, folder)
    except BaseException:  # noqa: BLE001 - whatever its class or __str__ does, an exception was raised
        return {"kind": "raised", "type": "An exception that cannot be shown"}


def _told(error: BaseException, folder: Path) -> dict[str, Any]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    for frame in frames:
        frame.filename = _shown(frame.filename, folder)
    text = "".join(traceback.StackSummary.from_list(frames).format()) if frames else ""
    reason = _reason(error, folder)
    if len(text) + len(reason) > MAX_TRACEBACK:
        text = text[: MAX_TRACEBACK // 3] + "  ...\n" + text[-MAX_TRACEBACK // 3 :]
    return {
        "kind": "raised",
        "type": type(error).__name__[:100],
        "message": _message(error),
        "place": _place(error, own),
        "traceback": ("Traceback (most recent call last):\n" + text if text else "") + reason[-MAX_TRACEBACK:],
    }


def misfit(error: TypeError, function: Any, arguments: Sequence[Any]) -> str:
    """The function's own signature when `error` came of arguments that do not fit it, else ''."""
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    if trace is not None:
        return ""
    try:
        signature = inspect.signature(function)
        shown = str(signature)[:300]
    except Exception:  # noqa: BLE001 - a built-in has none, and a student's object may say anything
        return ""
    try:
        signature.bind(*arguments)
    except TypeError:
        return shown
    return ""


def _is_ours(filename: str) -> bool:
    return Path(filename).is_relative_to(OURS) or filename.startswith("<frozen importlib")


def _shown(filename: str, folder: Path) -> str:
    path = Path(filename)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


def _reason(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError) and isinstance(error.filename, str):
        error.filename = _shown(error.filename, folder)
    try:
        return "".join(traceback.format_exception_only(error)).rstrip()
    except BaseException:  # noqa: BLE001 - its __str__ may raise anything, SystemExit too
        return type(error).__name__[:100]


def _message(error: BaseException) -> str:
    try:
        # A syntax error's text repeats the place, which is told anyway.
        text = error.msg if isinstance(error, SyntaxError) and _has_place(error) else str(error)
        return str(text)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - as above
        return ""


def _has_place(error: SyntaxError) -> bool:
    return isinstance(error.filename, str) and isinstance(error.lineno, int)


def _place(error: BaseException, own: list[traceback.FrameSummary]) -> str:
    """The student's own line that it came from: "problem1.py, line 12"."""
    if isinstance(error, SyntaxError) and _has_place(error):
        return f"{error.filename}, line {error.lineno}"[:300]
    return f"{own[-1].filename}, line {own[-1].lineno}"[:300] if own else ""
