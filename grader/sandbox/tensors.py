"""The arguments of a function that works on tensors, as they are sent."""

from typing import Any

import msgspec
import numpy as np

from grader.errors import BrokenReference
from grader.wire import Generator, Given, Tensor


class Torch(msgspec.Struct, frozen=True):
    """Which of the student's functions take tensors, the device that these are on, and which of the functions have to
    be classes with a backward of their own."""

    functions: frozenset[str] = frozenset()
    device: str = "cpu"
    own_backward: frozenset[str] = frozenset()

    def arguments(self, name: str, arguments: list[Any]) -> list[Any]:
        """The arguments of a call: with tensors for arrays where the function takes them, else as they are.

        Errors
            BrokenReference where it would be handed a function that stays here, through which autograd cannot see.
        """
        return [_sent(value, name, self.device) for value in arguments] if name in self.functions else arguments


def _sent(value: Any, name: str, device: str) -> Any:
    if isinstance(value, np.ndarray):
        return Tensor(_numbers(value), device)
    if isinstance(value, (list, tuple)):
        items = [_sent(item, name, device) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _sent(item, name, device) for key, item in value.items()}
    if isinstance(value, Generator):
        return Generator(value.library, value.seed, device)
    if callable(value) and not isinstance(value, Given):
        raise BrokenReference(
            f"{name} takes tensors, and one of its arguments is a function that torch cannot see into",
            remedy="define it in given.py and let the input maker return given(...)",
        )
    return value


def _numbers(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array in what torch computes with: float64, int64; truth values and complex numbers as they are."""
    kinds: dict[str, Any] = {"f": np.float64, "i": np.int64, "u": np.int64}
    return array.astype(kinds.get(array.dtype.kind, array.dtype), copy=False)
