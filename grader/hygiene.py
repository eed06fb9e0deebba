"""What a function does beside its answer, as sentences for the student and as a share of credit.

A right answer is right whatever else the function does. A rubric may still ask for manners: arguments are left as they
are, the same call has the same answer, what is returned is the caller's own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np

from grader.model import Hygiene, HygieneCosts, Status, Verdict
from grader.wire import Tensor

# Where in memory an array lies may change the last bits of an answer (a dot product in single precision does that):
# what a function remembers changes more than this share of the largest number.
ROUNDING = 1e-4
NOTHING = HygieneCosts()

_DATA = (bool, int, float, complex, str, type(None), np.generic, np.ndarray, Tensor)


def remarks(hygiene: Hygiene, costs: HygieneCosts = NOTHING) -> tuple[str, ...]:
    """What is said of what costs nothing. To hand on an argument is often right, and said only where it costs."""
    free = Hygiene(
        changed=() if costs.inputs_kept else hygiene.changed, unsteady=hygiene.unsteady and not costs.stateless
    )
    return _sentences(free)


def charged(verdict: Verdict, hygiene: Hygiene, costs: HygieneCosts) -> Verdict:
    """The verdict on a part, less what the side effects of its function cost, which is said as well."""
    costly = Hygiene(
        changed=hygiene.changed if costs.inputs_kept else (),
        shared=hygiene.shared if costs.fresh_output else (),
        unsteady=hygiene.unsteady and costs.stateless > 0,
    )
    said = _sentences(costly)
    if not said or not verdict.credit:
        return verdict
    credit = verdict.credit * (1.0 - _cost(costly, costs))
    feedback = " ".join(filter(None, [verdict.feedback, *said]))
    status = Status.PARTIAL if credit > 0 else Status.WRONG
    return msgspec.structs.replace(verdict, status=status, credit=credit, feedback=feedback)


def _sentences(hygiene: Hygiene) -> tuple[str, ...]:
    """What to tell the student, a sentence for each flag; none when all is well."""
    said = [
        f"Your function changes its argument {name} in place: work on a copy ({name} = {name}.copy())."
        for name in hygiene.changed
    ]
    if hygiene.shared:
        names = ", ".join(hygiene.shared)
        plural = "s" if len(hygiene.shared) > 1 else ""
        said.append(f"What you return shares memory with the argument{plural} {names}: return a copy.")
    if hygiene.unsteady:
        said.append(
            "Called again with the same arguments, your function gives another answer: keep no state between calls, and"
            " draw no random numbers."
        )
    return tuple(said)


def _cost(hygiene: Hygiene, costs: HygieneCosts) -> float:
    """The share of the credit that is lost, between 0 and 1."""
    broken = (
        (costs.inputs_kept, bool(hygiene.changed)),
        (costs.fresh_output, bool(hygiene.shared)),
        (costs.stateless, hygiene.unsteady),
    )
    return min(1.0, sum(share for share, is_broken in broken if is_broken))


def repeatable(arguments: Iterable[Any]) -> bool:
    """Whether a call with these arguments has one answer: they are data and functions, and no generator."""
    return all(_is_repeatable(argument) for argument in arguments)


def _is_repeatable(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return repeatable(value)
    if isinstance(value, Mapping):
        return repeatable(value.values())
    return isinstance(value, _DATA) or callable(value)


def same(first: Any, again: Any) -> bool:
    """Whether two answers to one call are the same up to rounding: kind, shape and numbers; a nan is a nan."""
    if isinstance(first, Tensor) and isinstance(again, Tensor):
        return same(first.array, again.array)
    if isinstance(first, (list, tuple)):
        return type(first) is type(again) and len(first) == len(again) and all(map(same, first, again))
    if isinstance(first, dict):
        return isinstance(again, dict) and list(first) == list(again) and all(map(same, first.values(), again.values()))
    if callable(first):
        return callable(again)
    if isinstance(first, (float, complex, np.ndarray)):
        return type(first) is type(again) and _near(np.asarray(first), np.asarray(again))
    return type(first) is type(again) and bool(first == again)


def _near(first: np.ndarray[Any, Any], again: np.ndarray[Any, Any]) -> bool:
    if first.shape != again.shape or first.dtype != again.dtype:
        return False
    if first.tobytes() == again.tobytes():
        return True
    if first.dtype.kind not in "fc":
        return False
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(first[np.isfinite(first)]), initial=0.0)
        return bool(np.allclose(first, again, rtol=0.0, atol=ROUNDING * float(largest), equal_nan=True))
