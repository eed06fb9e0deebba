"""A public rubric as YAML, with the keys that a rubric has; `grader.rubric_file.load` reads it again."""

import enum
from typing import Any

import msgspec
import yaml

from grader.checks import KINDS
from grader.rubric import Rubric

OPENING = """\
# What can be checked here, and how. Made by `grade kit {id}` from the rubric of the course: what is graded with has
# more in it. Recorded answers stand in for the reference.

"""
_NAMES = {kind: name for name, kind in KINDS.items()}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """What stands in two places is written twice."""
        return True


def text(rubric: Rubric) -> str:
    """The YAML of a public rubric."""
    plain = yaml.dump(
        _plain(rubric), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )
    return OPENING.format(id=rubric.id) + plain


def _plain(value: Any) -> Any:
    if type(value) in _NAMES:
        options = _fields(value)
        return {_NAMES[type(value)]: options} if options else _NAMES[type(value)]
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, enum.Enum) else value


def _fields(record: msgspec.Struct) -> dict[str, Any]:
    """The fields of a record that are not what they are by default."""
    found = {}
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if field.name != "line" and (field.required or value != _default(field)):
            found[field.encode_name] = _plain(value)
    return found


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
