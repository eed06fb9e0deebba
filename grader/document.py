"""A YAML file read into typed records: every scalar is text until the field's type decides, every error has a line."""

import difflib
import enum
import functools
import math
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from grader.errors import RubricError
from grader.outline import Items, Node, Pairs, Text, outline

T = TypeVar("T")
Special = Mapping[Any, Callable[["Reader", Node], Any]]


def read(path: Path, kind: type[T], special: Special | None = None, *, kept: bool = False) -> T:
    """The file as a record of this kind. A record's field `line` receives the line it starts at.

    `special` says how to read types that are no records; `kept`, that the file's outline is kept for the next process.

    Errors
        RubricError with file, line and remedy: no such file, no YAML, unknown or missing keys, wrong values.
    """
    return Reader(path, special or {}).value(outline(path, kept=kept), kind, "the file")  # type: ignore[no-any-return]


@functools.cache
def _fields(kind: Any) -> dict[str, Any]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


class Reader:
    """Turns the nodes of one file into values; knows the file, so that errors can name it."""

    def __init__(self, path: Path, special: Special) -> None:
        self.path, self.special = path, special

    def error(self, node: Node, message: str, remedy: str = "") -> RubricError:
        """An error at the line of a node."""
        return RubricError(message, file=self.path, line=node.line, remedy=remedy)

    def value(self, node: Node, kind: Any, what: str) -> Any:
        """The node as a value of this type."""
        if kind in self.special:
            return self.special[kind](self, node)
        if kind is Any:
            return self.plain(node)
        if get_origin(kind) in (Union, types.UnionType):
            return self._optional(node, kind, what)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.record(node, kind, what)
        origin = get_origin(kind) or kind
        if origin is tuple:
            return self._items(node, get_args(kind)[0], what)
        if origin in (dict, Mapping):
            return {
                key.value: self.value(item, get_args(kind)[1], f"'{key.value}'") for key, item in self.pairs(node, what)
            }
        return self._scalar(node, kind, what)

    def record(self, node: Node, kind: Any, what: str) -> Any:
        """A mapping as a record: its keys are the record's fields."""
        fields = _fields(kind)
        given: dict[str, Any] = {}
        for key, item in self.pairs(node, what):
            field = fields.get(key.value)
            if field is None or field.name == "line":
                raise self.error(key, unknown("key", key.value, [name for name in fields if name != "line"]))
            given[field.name] = self.value(item, field.type, f"'{key.value}'")
        missing = [name for name, field in fields.items() if field.required and field.name not in given]
        if missing:
            raise self.error(node, f"{what} has no '{missing[0]}'", f"add `{missing[0]}:`")
        return kind(**given, **({"line": node.line} if "line" in fields else {}))

    def pairs(self, node: Node, what: str) -> list[tuple[Text, Node]]:
        """The keys and values of a mapping, whose keys are text and differ."""
        if not isinstance(node, Pairs):
            raise self.error(node, f"{what} has to be a mapping (`key: value` lines)")
        known: dict[str, tuple[Text, Node]] = {}
        for key, item in node.pairs:
            if not isinstance(key, Text):
                raise self.error(key, f"a key of {what} has to be a word")
            if key.value in known:
                raise self.error(key, f"'{key.value}' stands twice", "delete one of the two")
            known[key.value] = key, item
        return list(known.values())

    def plain(self, node: Node) -> Any:
        """The node as dicts, lists and text."""
        if isinstance(node, Pairs):
            return {key.value: self.plain(item) for key, item in self.pairs(node, "this")}
        return [self.plain(item) for item in node.items] if isinstance(node, Items) else node.value

    def _optional(self, node: Node, kind: Any, what: str) -> Any:
        if isinstance(node, Text) and (_is_nothing(node) or node.value in ("null", "~")):
            return None
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return self.value(node, inner, what)

    def _items(self, node: Node, kind: Any, what: str) -> tuple[Any, ...]:
        if isinstance(node, Text):  # a list of one may stand without brackets
            return () if _is_nothing(node) else (self.value(node, kind, what),)
        if not isinstance(node, Items):
            raise self.error(node, f"{what} has to be a list")
        return tuple(self.value(item, kind, f"an item of {what}") for item in node.items)

    def _scalar(self, node: Node, kind: Any, what: str) -> Any:
        wanted = _wanted(kind)
        if not isinstance(node, Text):
            raise self.error(node, f"{what} has to be {wanted}, not a list or mapping")
        if kind is str:
            return node.value
        try:
            value = float(node.value) if kind is float else msgspec.convert(node.value, kind, strict=False)
        except (ValueError, msgspec.ValidationError):
            raise self.error(node, f"{what} has to be {wanted}, not '{node.value}'") from None
        if kind is float and not math.isfinite(value):
            raise self.error(node, f"{what} has to be {wanted}, not '{node.value}'")
        return value


def _wanted(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return f"one of {', '.join(option.value for option in kind)}"
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "a text")


def _is_nothing(node: Text) -> bool:
    """Whether nothing stands after the colon (not even quotes)."""
    return node.value == "" and not node.quoted


def unknown(what: str, name: str, known: list[str]) -> str:
    """The sentence about a name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"unknown {what} '{name}'" + (f" (did you mean '{near[0]}'?)" if near else f" (known: {', '.join(known)})")
