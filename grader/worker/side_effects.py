"""What a call does beside its answer: which arguments it changed, and which ones its answer shares memory with.

Observed in the worker, which is the student's: good enough for hygiene, and for nothing else. It is done for every
call, so that the usual one, a few small arrays each way, has to be quick: it costs 3 to 4 microseconds.
"""

import itertools
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import may_share_memory, ndarray  # bound here: what the student makes of numpy does not reach it

from grader import wire

# Larger arguments are not watched: a function that writes to them writes to the small ones of other trials, too.
MAX_WATCHED_BYTES = 4 << 20
# How many items of an answer, or of an argument, are looked at for arrays.
MAX_LOOKED_AT = 1_000

Snapshot = list[bytes | None]
_NUMBERS = frozenset({float, int, bool, type(None), np.float64})


def snapshot(arguments: Sequence[Any]) -> Snapshot:
    """What the arguments that can be changed hold, for `changed` to compare; None for those that are not watched."""
    return [None if type(argument) in _NUMBERS else _content(argument) for argument in arguments]


def _content(value: Any) -> bytes | None:
    if type(value) is ndarray:
        return value.tobytes() if value.nbytes <= MAX_WATCHED_BYTES else None
    if not isinstance(value, (list, tuple, dict)) and not _is_tensor(value):
        return None
    try:
        frame = wire.encode(value, lambda _: 0)
    except wire.WireError:  # such as a list of generators, which are there to be used up
        return None
    return frame if len(frame) <= MAX_WATCHED_BYTES else None


def changed(arguments: Sequence[Any], before: Snapshot) -> list[int]:
    """The positions of the arguments that no longer hold what they did before the call."""
    try:
        return [i for i, was in enumerate(before) if was is not None and _content(arguments[i]) != was]
    except Exception:  # noqa: BLE001 - what a student put into a list may do anything when it is looked at
        return []


def shared(value: Any, arguments: Sequence[Any]) -> list[int]:
    """The positions of the arguments that an answer, or something in it, shares memory with."""
    if type(value) in _NUMBERS:
        return []
    try:
        held = _held(value)
        own = [(i, part) for i, a in enumerate(arguments) if type(a) not in _NUMBERS for part in _held(a)]
    except Exception:  # noqa: BLE001 - as above, for what a student returns
        return []
    number = {id(part): i for i, part in own}
    found = {number[id(item)] for item in held if id(item) in number}
    # An array without a base has memory of its own. Arguments have buffers of their own, too: what lies within the
    # bounds of one is a part of it.
    views = [item for item in held if type(item) is ndarray and item.base is not None]
    if views:
        arrays = [(i, part) for i, part in own if type(part) is ndarray]
        found |= {i for i, part in arrays if any(may_share_memory(part, view) for view in views)}
    return sorted(found)


def _held(value: Any) -> list[Any]:
    """The arrays, lists and dicts that a value consists of; tensors as arrays of the same memory."""
    if type(value) is ndarray:
        return [value]
    found: list[Any] = []
    pending: list[Any] = [value]
    for _ in range(MAX_LOOKED_AT):
        if not pending:
            break
        item = pending.pop()
        if type(item) is ndarray:
            found.append(item)
        elif isinstance(item, (list, tuple, dict)):
            pending += itertools.islice(item.values() if isinstance(item, dict) else item, MAX_LOOKED_AT)
            found += [] if isinstance(item, tuple) else [item]
        elif isinstance(item, ndarray) or _is_tensor(item):
            found += _memory_of(item)
    return found


def _memory_of(value: Any) -> list[Any]:
    """An array of another class, or a tensor, as an array of the same memory; none for a tensor on a device."""
    try:
        return [value.view(ndarray) if isinstance(value, ndarray) else value.detach().numpy()]
    except (TypeError, RuntimeError):
        return []


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)
