"""The JSON Schema of the rubric, for editors: what the reader accepts, and what the docstrings say of each key.

Editors read YAML with types: `id: 1` is a number to them and a text to the reader. So a text may be any scalar, and
whatever else is one may stand in quotes. JSON Schema draft 7 is what yaml-language-server reads.
"""

import enum
import inspect
import json
import re
import types
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

import msgspec

from grader.checks import KINDS, Check
from grader.draw import REGIMES
from grader.invariants import FORMS
from grader.layouts import LAYOUTS
from grader.policy.terms import YesNo
from grader.rubric import Function, Rubric
from grader.trials import Inputs, ShareOfTrials

NAME = "rubric.schema.json"
Schema = dict[str, Any]

_SCALAR = ["string", "number", "boolean", "null"]
_NUMBER = {"type": ["number", "string"], "pattern": r"^\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"}
_TRUTH = "[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]"
_SCALARS: dict[Any, Schema] = {
    str: {"type": _SCALAR},
    float: _NUMBER,
    Decimal: _NUMBER,
    int: {"type": ["integer", "string"], "pattern": r"^-?(0|[1-9]\d*)$"},
    bool: {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string", "pattern": f"^({_TRUTH}|0|1)$"}]},
    YesNo: {
        "anyOf": [
            {"enum": ["yes", "no"]},
            {"type": "boolean"},
            {"type": "string", "pattern": f"^([yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF]|{_TRUTH})$"},
        ]
    },
    datetime: {"type": "string", "pattern": r"^\s*\d{4}.*[:T]"},
    timedelta: {
        "anyOf": [{"const": 0}, {"type": "string", "pattern": r"^\s*(0|(\s*\d+(\.\d+)?\s*[wdhmsWDHMS])+)\s*$"}]
    },
}
# Texts that are no free ones, which the reader takes and `load` or the plan of trials refuses.
_WORDS: dict[tuple[type, str], Iterable[str]] = {
    (Function, "compare"): FORMS,
    (Function, "layouts"): LAYOUTS,
    (Function, "device"): ("cuda", ""),
    (Inputs, "regimes"): REGIMES,
    (ShareOfTrials, "regimes"): REGIMES,
}


def text() -> str:
    """The schema as the JSON that editors read."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """The schema of a rubric, with a definition for every kind of record in it.

    Errors
        KeyError for a field that the docstring of its record says nothing of.
    """
    definitions: dict[str, Schema] = {}
    opening = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Rubric"}
    return {**opening, **_record(Rubric, definitions), "definitions": dict(sorted(definitions.items()))}


def _record(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """A mapping whose keys are the fields of a record."""
    described, properties, required = meanings(kind), {}, []
    for field in msgspec.structs.fields(kind):
        if field.name == "line":  # which the reader fills in
            continue
        words = _WORDS.get((kind, field.name))
        held = value(field.type, definitions) if words is None else _worded(field.type, list(words))
        properties[field.encode_name] = _described(held, described[field.encode_name], field.default)
        if field.required:
            required.append(field.encode_name)
    return {
        "description": summary(kind),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _described(held: Schema, description: str, default: Any) -> Schema:
    # What stands beside a $ref counts for nothing in draft 7.
    own: Schema = {"allOf": [held]} if "$ref" in held else dict(held)
    if isinstance(default, (bool, int, float, str)) and default != "":
        own["default"] = default
    return {"description": description, **own}


def value(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """What a key of this type may hold."""
    if kind is Check:
        return _defined("Check", lambda: _check(definitions), definitions)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) in (Union, types.UnionType):
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return {"anyOf": [value(inner, definitions), {"type": "null"}]}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _defined(kind.__name__, lambda: _record(kind, definitions), definitions)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [option.value for option in kind]}
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _items(value(inner[0], definitions), inner[0])
    assert origin in (dict, Mapping), f"the reader knows no {kind}"
    return {"type": "object", "additionalProperties": value(inner[1], definitions)}


def _defined(name: str, made: Any, definitions: dict[str, Schema]) -> Schema:
    if name not in definitions:
        definitions[name] = {}  # before it is made: a record may hold its like
        definitions[name] = made()
    return {"$ref": f"#/definitions/{name}"}


def _items(item: Schema, kind: Any) -> Schema:
    """A list. One of scalars may have no brackets where it has one item, and what is empty is a list of none."""
    listed = {"type": "array", "items": item}
    nothing = {"type": "null"}
    if kind is str:
        return {"type": ["array", *_SCALAR], "items": item}
    # Of checks, the mappings among them are refused without brackets: a list item is started for each.
    alone = {**_SCALARS[str], "allOf": [item]} if kind is Check else item
    return {"anyOf": [listed, alone, nothing] if kind is Check or kind in _SCALARS else [listed, nothing]}


def _worded(kind: Any, words: list[str]) -> Schema:
    """A value whose texts are these: itself, its items, or its keys."""
    if get_origin(kind) is tuple:
        return {"anyOf": [{"enum": words}, {"type": "array", "items": {"enum": words}}, {"type": "null"}]}
    if get_origin(kind) is dict:
        return {**value(kind, {}), "propertyNames": {"enum": words}}
    return {"enum": words}


def _check(definitions: dict[str, Schema]) -> Schema:
    """A kind's name where it needs no options, or one kind with its options."""
    options = {name: value(kind, definitions) for name, kind in KINDS.items()}
    bare = [name for name, kind in KINDS.items() if not _required(kind)]
    return {
        "anyOf": [
            {"enum": bare},
            {
                "type": "object",
                "properties": {name: _described(own, summary(KINDS[name]), None) for name, own in options.items()},
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }


def _required(kind: Any) -> list[str]:
    return [field.name for field in msgspec.structs.fields(kind) if field.required]


# ---- what the docstrings say ----


def summary(kind: Any) -> str:
    """The first paragraph of a record's docstring."""
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())


def meanings(kind: Any) -> dict[str, str]:
    """Key -> its meaning, from the lines `key   meaning` of a record's docstring and those that continue them."""
    found: dict[str, str] = {}
    key = ""
    for line in (inspect.getdoc(kind) or "").splitlines():
        if entry := re.match(r"(\w+) {3,}(\S.*)", line):
            key = entry[1]
            found[key] = entry[2].strip()
        elif key and line.startswith("   "):
            found[key] += f" {line.strip()}"
        else:
            key = ""
    return found
