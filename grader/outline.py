"""The outline of a YAML file: mappings, lists and texts, each with its line.

That of a rubric is kept: to import PyYAML takes as long as to judge a problem, and rubrics seldom change.
"""

import hashlib
import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import RubricError

if TYPE_CHECKING:
    import yaml

# A student writes a document too (submission.yaml), and libyaml dies of one that is nested without end.
MAX_SIZE = 4 << 20
MAX_NESTING = 100
SAFE_NESTING = 1000
_OPENERS = re.compile(r"[\[{?]|- |^ {100}", re.MULTILINE)
_NAME = "outline"
# The most nodes that are kept: a few references to references stand for more of them than any disk can hold.
MAX_KEPT = 100_000


class Text(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A scalar, which is text until somebody knows better; whether it stands in quotes, or in a block."""

    value: str
    line: int
    quoted: bool


class Items(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A list."""

    items: "list[Node]"
    line: int


class Pairs(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A mapping, whose keys need not be text and may stand twice."""

    pairs: "list[tuple[Node, Node]]"
    line: int


Node = Text | Items | Pairs


def outline(path: Path, *, kept: bool = False) -> Node:
    """The outline of a file; where it is to be kept, the next process has it without PyYAML.

    Errors
        RubricError with file, line and remedy: no such file, no YAML, nothing in it.
    """
    try:
        if path.stat().st_size > MAX_SIZE:
            raise RubricError(f"is larger than {MAX_SIZE >> 20} MB", file=path)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"cannot be read: {error}", file=path) from None
    return _kept(path, text) if kept else _parsed(path, text)


def _kept(path: Path, text: str) -> Node:
    """The outline of a text, from the store if it is there."""
    import numpy as np

    from grader.store import Store

    store = Store(hashlib.sha256(Path(__file__).read_bytes() + text.encode()).hexdigest()[:32])
    data = store.get(_NAME)
    if data is not None:
        known: Node = msgspec.msgpack.decode(data.tobytes(), type=Node)
        return known
    found = _parsed(path, text)
    if _count(found, {}) <= MAX_KEPT:
        store.put(_NAME, np.frombuffer(msgspec.msgpack.encode(found), np.uint8))
        store.save()
    return found


def _parsed(path: Path, text: str) -> Node:
    import yaml

    try:
        node = _composed(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error)
        raise RubricError(f"no YAML: {message}", file=path, line=mark.line + 1 if mark else 0) from None
    if node is None:
        raise RubricError("is empty", file=path, remedy="write it; `docs/` has the format")
    try:
        return _of(node, {}, path)
    except RecursionError:
        raise RubricError("is nested too deep", file=path) from None


def _composed(text: str) -> "yaml.Node | None":
    import yaml

    # The one that leaves every scalar as text.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    # Few openers cannot be nested dangerously deep; where there are many, the flat stream of events tells.
    if len(_OPENERS.findall(text)) > SAFE_NESTING:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_NESTING:
                raise yaml.YAMLError("it is nested too deep")
    return yaml.compose(text, Loader=loader)


def _of(node: "yaml.Node", made: dict[int, Node | None], path: Path) -> Node:
    """The outline of a node, once however often it is referred to; None while it is being made."""
    import yaml

    line, known = node.start_mark.line + 1, made.get(id(node))
    if known is not None:
        return known
    if id(node) in made:
        raise RubricError("holds something that holds itself", file=path, line=line)
    made[id(node)] = None
    if isinstance(node, yaml.ScalarNode):
        found: Node = Text(node.value, line, bool(node.style))
    elif isinstance(node, yaml.SequenceNode):
        found = Items([_of(item, made, path) for item in node.value], line)
    else:
        found = Pairs([(_of(key, made, path), _of(item, made, path)) for key, item in node.value], line)
    made[id(node)] = found
    return found


def _count(node: Node, known: dict[int, int]) -> int:
    """How many nodes there are, each as often as it is referred to."""
    if id(node) not in known:
        known[id(node)] = 1 + sum(_count(item, known) for item in _inner(node))
    return known[id(node)]


def _inner(node: Node) -> Iterable[Node]:
    """The nodes that a node holds."""
    if isinstance(node, Text):
        return ()
    return node.items if isinstance(node, Items) else itertools.chain(*node.pairs)
