"""Moodle's "Download all submissions": `Jane Doe_4711_assignsubmission_file/problem1.py`, or all of it in one name.

The names follow moodle/mod/assign/classes/downloader.php: a `_` in a full name became a blank; the number is that of
the assignment's participant (not of the user), which the grading worksheet calls `Participant 4711`.
"""

import re
from typing import NamedTuple

from grader.intake.bundle import Bundle, Recognised
from grader.intake.listing import Entry, Listing, children
from grader.intake.names import plain
from grader.roster import Person, Refused

KIND = "Moodle download"
_NAME = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.+)|_)?", re.DOTALL
)


class Part(NamedTuple):
    """What one plugin of Moodle's has of one participant."""

    top: str
    plugin: str
    entries: list[Entry]


def recognised(listing: Listing) -> Recognised | None:
    """The submissions of a download, in folders or flat; None where the listing is none."""
    tops = children(listing.entries)
    found = {top: _NAME.fullmatch(top) for top in tops}
    if not any(found.values()):
        return None
    refused = []
    people: dict[tuple[str, str], list[Part]] = {}
    for top, match in found.items():
        if match is None:
            reason = "its name is not one that Moodle gives: is it from somewhere else?"
            refused.append(Refused(name=plain(top), reason=reason))
            continue
        part = _part(top, match, tops[top])
        people.setdefault((match["name"], match["number"] or ""), []).append(part)
    bundles = []
    for (name, number), parts in people.items():
        person = Person(id=f"Participant {number}" if number else plain(name), name=_full_name(name, number))
        files = [part for part in parts if part.plugin == "file"]
        if files:
            bundles.append(_bundle(person, name, number, files, [part for part in parts if part.plugin != "file"]))
        else:
            reason = f"it is no file but Moodle's `{parts[0].plugin}`: ask for the problem files"
            refused.append(Refused(name=plain(parts[0].top), reason=reason, people=(person,)))
    return Recognised(KIND, bundles, refused)


def _part(top: str, match: re.Match[str], entries: list[Entry]) -> Part:
    flat = match["file"] is not None and not any(entry.folder or len(entry.path) > 1 for entry in entries)
    renamed = [entry._replace(path=(match["file"],)) for entry in entries] if flat else [e.below(1) for e in entries]
    return Part(top, match["plugin"], renamed)


def _full_name(name: str, number: str) -> str:
    """A participant's name; in a blind marking there is none."""
    return "" if name == "Participant" and number else plain(name)


def _bundle(person: Person, name: str, number: str, files: list[Part], others: list[Part]) -> Bundle:
    in_folders = len(files) == 1 and not any(entry.path == () and not entry.folder for entry in files[0].entries)
    return Bundle(
        name=f"{name}_{number}" if number else name,
        entries=tuple(entry for part in files for entry in part.entries),
        people=(person,),
        origin=person.id,
        notes=tuple(f"{plain(part.top)}: Moodle's `{part.plugin}`, not graded" for part in others),
        in_place=in_folders,
    )
