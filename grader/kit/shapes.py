"""What arguments and answers look like, in words: told from the trials, so that it gives away no formula."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.wire import Generator, Given

_LETTERS = "nmklpqr"


class Sizes:
    """Names for the lengths of axes: that of the size in the trials' case that it always equals, else a letter."""

    def __init__(self, cases: Sequence[Mapping[str, Any]], taken: Sequence[str]) -> None:
        self.cases = cases
        self.letters = [letter for letter in _LETTERS if letter not in taken]
        self.named: dict[tuple[tuple[int, int], ...], str] = {}

    def described(self, values: Sequence[Any], *, tensors: bool = False) -> str:
        """One argument or output, by its values in all trials: "an array of shape (d,) or a number"."""
        groups: dict[str, list[tuple[int, Any]]] = {}
        for trial, value in enumerate(values):
            groups.setdefault(_kind(value, tensors), []).append((trial, value))
        words = dict.fromkeys(self._words(kind, group) for kind, group in groups.items())
        return " or ".join(words) or "nothing"

    def _words(self, kind: str, group: Sequence[tuple[int, Any]]) -> str:
        if not kind.startswith(("an array", "a tensor")):
            return kind
        axes = range(np.ndim(group[0][1]))
        lengths = [self._length(tuple((trial, np.shape(value)[axis]) for trial, value in group)) for axis in axes]
        shape = f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
        return f"{kind.partition(' of')[0]} of shape {shape}" + kind.partition(" dimensions")[2]

    def _length(self, seen: tuple[tuple[int, int], ...]) -> str:
        if seen not in self.named:
            self.named[seen] = self._name(seen)
        return self.named[seen]

    def _name(self, seen: tuple[tuple[int, int], ...]) -> str:
        lengths = {length for _, length in seen}
        cases = [self.cases[trial] for trial, _ in seen]
        pairs = [(case, length) for case, (_, length) in zip(cases, seen, strict=True)]
        equal = (name for name in cases[0] if all(case.get(name) == length for case, length in pairs))
        if len(lengths) > 1 or min(lengths) > 1:
            if (name := next(equal, "")) or len(lengths) == 1:
                return name or str(lengths.pop())
            return self.letters.pop(0) if self.letters else "..."
        return str(lengths.pop())


def _kind(value: Any, tensors: bool) -> str:
    """What kind of thing a value is; values of one kind and number of dimensions are described together."""
    if isinstance(value, Generator):
        return "np.random.Generator" if value.library == "numpy" else "torch.Generator"
    if isinstance(value, Given) or callable(value):
        return "a function"
    if isinstance(value, np.ndarray) and value.ndim:
        numbers = {"i": " of whole numbers", "b": " of truth values"}.get(value.dtype.kind, "")
        return f"{'a tensor' if tensors else 'an array'} of {value.ndim} dimensions{numbers}"
    if isinstance(value, np.ndarray):
        return "a tensor of one number" if tensors else "a number"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of " + " and ".join(dict.fromkeys(_plural(item) for item in value))
    words = {bool: "True or False", int: "a whole number", float: "a number", str: "a text"}
    return words.get(type(value), "nothing" if value is None else "a number")


def _plural(item: Any) -> str:
    if isinstance(item, np.ndarray) and item.ndim:
        return "arrays"
    return "functions" if callable(item) else "texts" if isinstance(item, str) else "numbers"


def columns(rows: Sequence[Any], count: int) -> Iterator[list[Any]]:
    """The values of each of several outputs, where every trial has that many."""
    for place in range(count):
        yield [row[place] for row in rows if row is not None]
