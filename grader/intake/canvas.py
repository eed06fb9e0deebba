"""Canvas's "Download submissions": flat, a file an attachment, `doejane_LATE_4711_98765_problem1.py`.

The names follow instructure/canvas-lms, lib/content_zipper.rb: the sortable name and LATE and the number of the user,
joined by `_` and stripped of all but letters, then the number of the attachment and the name it was handed in under.
An attachment that is a zip may have been unpacked by the system that downloaded it; it is a folder then.
"""

import re
from collections.abc import Collection
from pathlib import PurePath
from typing import NamedTuple

from grader.intake.bundle import Bundle, Recognised
from grader.intake.listing import Entry, Listing, children, is_folder
from grader.intake.names import copy, plain
from grader.roster import Person, Refused

KIND = "Canvas download"
_NAME = re.compile(
    r"(?:(?P<name>(?!LATE_).*?)_)?(?:(?P<late>LATE)_)?(?P<user>\d+|anon_[^_]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)"
)
_AGAIN = (".py", ".ipynb", ".zip")


class Attachment(NamedTuple):
    """A file of a download: whose, which, and its entries (of a folder: all that is in it)."""

    top: str
    name: str
    user: str
    late: bool
    number: int
    file: str
    entries: list[Entry]


def recognised(listing: Listing, wanted: Collection[str]) -> Recognised | None:
    """The submissions of a download; None where the listing is none."""
    tops = children(listing.entries)
    found = {top: _NAME.fullmatch(top) for top in tops}
    known = [top for top, match in found.items() if match is not None]
    if 2 * len(known) <= len(tops) or all(is_folder(tops[top]) for top in known):
        return None
    people: dict[tuple[str, bool], list[Attachment]] = {}
    refused = []
    for top, match in found.items():
        if match is None:
            reason = "its name is not one that Canvas gives: is it from somewhere else?"
            refused.append(Refused(name=plain(top), reason=reason))
            continue
        one = _attachment(top, match, tops[top])
        people.setdefault((one.user, one.late), []).append(one)
    bundles = []
    for _, attachments in sorted(people.items(), key=lambda item: item[0]):
        bundles += _attempts(sorted(attachments, key=lambda one: one.number), wanted, refused)
    return Recognised(KIND, bundles, refused)


def _attachment(top: str, match: re.Match[str], entries: list[Entry]) -> Attachment:
    number = int(match["attachment"][:18]) if match["attachment"] else -1
    file = match["file"] or f"{match['kind']}.html"
    return Attachment(top, match["name"] or "", match["user"], match["late"] is not None, number, file, entries)


def _attempts(attachments: list[Attachment], wanted: Collection[str], refused: list[Refused]) -> list[Bundle]:
    """What one person handed in, as often as they did: a file of the same name replaces the one before.

    Canvas gives the later one a number (`problem1-1.py`). Files that were not handed in again still count.
    """
    names = {one.file for one in attachments}
    files = [one for one in attachments if one.number >= 0]
    typed = [one for one in attachments if one.number < 0]
    person = Person(id=attachments[0].user, name=plain(attachments[0].name.replace("_", " ")))
    if not files:
        reason = "it is text typed into Canvas, or a link: ask for the problem files"
        refused.append(Refused(name=typed[0].top, reason=reason, people=(person,)))
        return []
    now: dict[str, Attachment] = {}
    rounds: list[dict[str, Attachment]] = []
    new: set[str] = set()
    for one in files:
        name = _without_number(one.file, names, wanted)
        if name in new:
            rounds.append(dict(now))
            new = set()
        now[name] = one
        new.add(name)
    rounds.append(now)
    return [_bundle(person, each, typed) for each in rounds]


def _without_number(file: str, names: set[str], wanted: Collection[str]) -> str:
    """The name that Canvas gave a number to, of a file that is handed in again and not only called like one."""
    name, _ = copy(file)
    path = PurePath(name)
    again = path.suffix in (".py", ".ipynb") and path.with_suffix(".py").name in wanted
    return name if file not in wanted and (again or (name in names and path.suffix in _AGAIN)) else file


def _bundle(person: Person, attachments: dict[str, Attachment], typed: list[Attachment]) -> Bundle:
    ones = list(attachments.values())
    entries = []
    notes = [f"{plain(one.top)}: typed into Canvas, not graded" for one in typed]
    for name, one in attachments.items():
        if name != one.file:
            notes.append(f"{plain(one.file)} was taken for {plain(name)}")
        entries += [entry._replace(path=(name, *entry.path[1:])) for entry in one.entries]
    return Bundle(
        name="_".join(word for word in (ones[0].name, ones[0].user) if word),
        entries=tuple(entries),
        people=(person,),
        origin="\n".join(sorted(one.top for one in ones)),
        late=ones[0].late,
        notes=tuple(notes),
        in_place=False,
    )
