"""A YAML file read into typed records: every scalar is text until the field's type decides, every error has a line."""

import difflib
import enum
import functools
import math
import re
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
import yaml

from grader.errors import RubricError

T = TypeVar("T")
Special = Mapping[Any, Callable[["Reader", yaml.Node], Any]]
# The one that leaves every scalar as text.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# A student writes a document too (submission.yaml), and libyaml dies of one that is nested without end.
MAX_SIZE = 4 << 20
MAX_NESTING = 100
SAFE_NESTING = 1000
_OPENERS = re.compile(r"[\[{?]|- |^ {100}", re.MULTILINE)


def read(path: Path, kind: type[T], special: Special | None = None) -> T:
    """The file as a record of this kind. A record's field `line` receives the line it starts at.

    `special` says how to read types that are no records.

    Errors
        RubricError with file, line and remedy: no such file, no YAML, unknown or missing keys, wrong values.
    """
    try:
        if path.stat().st_size > MAX_SIZE:
            raise RubricError(f"is larger than {MAX_SIZE >> 20} MB", file=path)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"cannot be read: {error}", file=path) from None
    try:
        node = _composed(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error)
        raise RubricError(f"no YAML: {message}", file=path, line=mark.line + 1 if mark else 0) from None
    if node is None:
        raise RubricError("is empty", file=path, remedy="write it; `docs/` has the format")
    try:
        return Reader(path, special or {}).value(node, kind, "the file")  # type: ignore[no-any-return]
    except RecursionError:
        raise RubricError("holds something that holds itself", file=path) from None


def _composed(text: str) -> yaml.Node | None:
    # Few openers cannot be nested dangerously deep; where there are many, the flat stream of events tells.
    if len(_OPENERS.findall(text)) > SAFE_NESTING:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_NESTING:
                raise yaml.YAMLError("it is nested too deep")
    return yaml.compose(text, Loader=_Loader)


@functools.cache
def _fields(kind: Any) -> dict[str, Any]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


class Reader:
    """Turns the nodes of one file into values; knows the file, so that errors can name it."""

    def __init__(self, path: Path, special: Special) -> None:
        self.path, self.special = path, special

    def error(self, node: yaml.Node, message: str, remedy: str = "") -> RubricError:
        """An error at the line of a node."""
        return RubricError(message, file=self.path, line=node.start_mark.line + 1, remedy=remedy)

    def value(self, node: yaml.Node, kind: Any, what: str) -> Any:
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

    def record(self, node: yaml.Node, kind: Any, what: str) -> Any:
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
        return kind(**given, **({"line": node.start_mark.line + 1} if "line" in fields else {}))

    def pairs(self, node: yaml.Node, what: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        """The keys and values of a mapping, whose keys are text and differ."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what} has to be a mapping (`key: value` lines)")
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.error(key, f"a key of {what} has to be a word")
            if key.value in seen:
                raise self.error(key, f"'{key.value}' stands twice", "delete one of the two")
            seen.add(key.value)
        return list(node.value)

    def plain(self, node: yaml.Node) -> Any:
        """The node as dicts, lists and text."""
        if isinstance(node, yaml.MappingNode):
            return {key.value: self.plain(item) for key, item in self.pairs(node, "this")}
        return [self.plain(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value

    def _optional(self, node: yaml.Node, kind: Any, what: str) -> Any:
        if isinstance(node, yaml.ScalarNode) and (_is_nothing(node) or node.value in ("null", "~")):
            return None
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return self.value(node, inner, what)

    def _items(self, node: yaml.Node, kind: Any, what: str) -> tuple[Any, ...]:
        if isinstance(node, yaml.ScalarNode):  # a list of one may stand without brackets
            return () if _is_nothing(node) else (self.value(node, kind, what),)
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, f"{what} has to be a list")
        return tuple(self.value(item, kind, f"an item of {what}") for item in node.value)

    def _scalar(self, node: yaml.Node, kind: Any, what: str) -> Any:
        wanted = _wanted(kind)
        if not isinstance(node, yaml.ScalarNode):
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


def _is_nothing(node: yaml.ScalarNode) -> bool:
    """Whether nothing stands after the colon (not even quotes)."""
    return node.value == "" and not node.style


def unknown(what: str, name: str, known: list[str]) -> str:
    """The sentence about a name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"unknown {what} '{name}'" + (f" (did you mean '{near[0]}'?)" if near else f" (known: {', '.join(known)})")
