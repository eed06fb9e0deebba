"""How an exception in the student's code is told: their own traceback, our frames cut."""

import inspect
import traceback
from pathlib import Path
from typing import Any

OURS = Path(__file__).parent.parent
MAX_MESSAGE = 2_000
MAX_TRACEBACK = 6_000


def raised(error: BaseException, folder: Path) -> dict[str, Any]:
    """The fault of an exception, for the wire. `folder` is the submission: paths are shown relative to it."""
    frames = _student_frames(error, folder)
    text = "".join(traceback.StackSummary.from_list(frames).format()) if frames else ""
    reason = _reason(error, folder)
    if len(text) + len(reason) > MAX_TRACEBACK:
        text = text[: MAX_TRACEBACK // 3] + "  ...\n" + text[-MAX_TRACEBACK // 3 :]
    return {
        "kind": "raised",
        "type": type(error).__name__[:100],
        "message": _message(error),
        "line": _line(error, frames),
        "traceback": ("Traceback (most recent call last):\n" + text if text else "") + reason[-MAX_TRACEBACK:],
    }


def called_wrongly(error: TypeError, function: Any) -> str:
    """The function's own signature when `error` says that the call did not fit it, else ''."""
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    if trace is not None:
        return ""
    try:
        return str(inspect.signature(function))[:300]
    except (TypeError, ValueError):
        return ""


def _is_ours(filename: str) -> bool:
    return Path(filename).is_relative_to(OURS) or filename.startswith("<frozen importlib")


def _student_frames(error: BaseException, folder: Path) -> list[traceback.FrameSummary]:
    kept = [f for f in traceback.extract_tb(error.__traceback__) if not _is_ours(f.filename)]
    for frame in kept:
        frame.filename = _shown(frame.filename, folder)
    return kept


def _shown(filename: str, folder: Path) -> str:
    path = Path(filename)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


def _reason(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError) and isinstance(error.filename, str):
        error.filename = _shown(error.filename, folder)
    try:
        return "".join(traceback.format_exception_only(error)).rstrip()
    except Exception:  # noqa: BLE001 - an exception's own methods are the student's code
        return type(error).__name__[:100]


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:  # noqa: BLE001 - as above
        return ""


def _line(error: BaseException, frames: list[traceback.FrameSummary]) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    return (frames[-1].lineno or 0) if frames else 0
