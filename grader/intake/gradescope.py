"""Gradescope's "Export submissions": `assignment_<id>_export/` with `submission_metadata.yml` and a folder each.

There is no official description; the keys are those that several programs which read exports agree on. They are read
with or without the colon of Ruby's symbols, and whatever is missing or of another kind is done without.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.intake.bundle import Bundle, Recognised
from grader.intake.listing import Entry, Listing, Unusable, children, is_folder
from grader.intake.names import plain
from grader.roster import Person, Refused

KIND = "Gradescope export"
_METADATA, _METADATA_TOO = "submission_metadata.yml", "submission_metadata.yaml"
_MAX_METADATA = 64 << 20
# Below these is what an autograder wrote, which may be far larger than all the rest.
_SKIPPED = frozenset({"results", "answers", "questions"})
_MAX_DEPTH = 8
_MAX_NESTING = 200
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d:\d\d)(\.\d{1,6})?\d* *(Z|UTC|[-+]\d\d(?::?\d\d)?)?")


def recognised(listing: Listing) -> Recognised | None:
    """The submissions of an export; None where the listing is none."""
    metadata = next((entry for entry in listing.files() if entry.path in ((_METADATA,), (_METADATA_TOO,))), None)
    if metadata is None:
        return None
    refused: list[Refused] = []
    try:
        known = _known(metadata)
    except Unusable as error:
        known = {}
        refused.append(Refused(name=_METADATA, reason=f"{error}; nobody knows whose the submissions are: export again"))
    folders = children(listing.entries)
    folders.pop(metadata.path[0])
    bundles = [_bundle(name, entries, known.get(name)) for name, entries in folders.items() if is_folder(entries)]
    for name, entries in folders.items():
        if not is_folder(entries):
            what = _described(known.get(name))
            refused.append(Refused(name=what[1] or name, reason=_why_not(entries[0]), people=what[0]))
    for name in known.keys() - folders.keys():
        reason = f"{_METADATA} lists {plain(name)}, which is not in the export: export again"
        refused.append(Refused(name=plain(name), reason=reason, people=_described(known[name])[0]))
    return Recognised(KIND, bundles, refused)


def _why_not(entry: Entry) -> str:
    return entry.fault or "it is a file, not a folder: a PDF assignment has no problem files"


def _bundle(name: str, entries: list[Entry], what: Any) -> Bundle:
    people, _ = _described(what)
    notes = []
    if isinstance(what, dict) and isinstance(history := what.get("history"), list) and history:
        notes.append(f"{len(history)} earlier submissions are listed, whose files are not in the export")
    return Bundle(
        name=name,
        entries=tuple(entry.below(1) for entry in entries),
        people=people or (Person(id=plain(name)),),
        origin=name,
        submitted_at=when(what.get("created_at")) if isinstance(what, dict) else None,
        notes=tuple(notes) if people else (*notes, f"{_METADATA} does not say whose it is"),
    )


def _described(what: Any) -> tuple[tuple[Person, ...], str]:
    """The people of a submission, and the name of the file that was handed in."""
    if not isinstance(what, dict):
        return (), ""
    submitters = what.get("submitters")
    people = []
    for one in submitters if isinstance(submitters, list) else []:
        if isinstance(one, dict):
            id, email, name = (_word(one.get(key)) for key in ("sid", "email", "name"))
            if id or email or name:
                people.append(Person(id=id or email or name, name=name, email=email))
    return tuple(people), _word(what.get("original_filename"))


def _word(value: Any) -> str:
    return plain(value) if isinstance(value, str) and value not in ("~", "null") else ""


def when(value: Any) -> datetime | None:
    """A YAML timestamp with its zone (UTC, if it names none); None for anything else."""
    if isinstance(value, dict):  # a time of Rails, taken apart
        value = value.get("utc", value.get("time"))
    found = _WHEN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z", "UTC") else zone if len(zone) > 3 else f"{zone}:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{(fraction or '.0')[:7].ljust(7, '0')}{offset}")
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _known(metadata: Entry) -> dict[str, Any]:
    """What the metadata says, by folder."""
    data = metadata.read(_MAX_METADATA)
    try:
        read = _Events(yaml.parse(data, Loader=_Loader)).document()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise Unusable("it is no YAML" + (f" in line {line + 1}" if line is not None else "")) from None
    if not isinstance(read, dict):
        raise Unusable("it is no mapping of submissions")
    return read


class _Events:
    """YAML as dicts, lists and text, without what is skipped or nested too deep: that costs no memory."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, Any] = {}

    def document(self) -> Any:
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                return self._value(event, 0)
        return None

    def _value(self, event: yaml.Event, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.anchors.get(event.anchor or "")
        value: Any = None
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
        elif depth > _MAX_DEPTH:
            self._skip(event)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self._value(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        if (anchor := getattr(event, "anchor", None)) is not None:
            self.anchors[anchor] = value
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            name = key.removeprefix(":") if isinstance(key, str) else ""
            item = next(self.events)
            if depth > 0 and name in _SKIPPED:
                self._skip(item)
            else:
                found[name] = self._value(item, depth + 1)
        return found

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _skip(self, event: yaml.Event) -> None:
        depth = 0
        while True:
            starts = isinstance(event, yaml.CollectionStartEvent)
            depth += starts - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return
            if depth > _MAX_NESTING:  # libyaml takes ever longer
                raise yaml.YAMLError("it is nested too deep")
            event = next(self.events)
