"""GitHub Classroom: clones in `<assignment>-submissions/<assignment>-<login>`, as `gh classroom clone` makes them.

Nothing here runs git: a clone's own configuration may name programs to start. When a submission was pushed is in the
grades that Classroom exports; a CSV of that kind beside the clones is read for it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from grader.errors import UsageError
from grader.intake.bundle import Bundle, Recognised
from grader.intake.gradescope import when
from grader.intake.listing import Entry, Listing, Unusable, children, is_folder
from grader.intake.names import plain
from grader.intake.table import MAX_SIZE, rows
from grader.roster import Person, Refused

KIND = "GitHub Classroom clones"
_ENDING = "-submissions"


class Grade(NamedTuple):
    """A line of Classroom's own grades: who, and when."""

    login: str
    identifier: str
    group: str
    submitted_at: datetime | None


def recognised(listing: Listing) -> Recognised | None:
    """The submissions of a folder of clones; None where the listing is none."""
    tops = {top: entries for top, entries in children(listing.entries).items() if is_folder(entries)}
    slug = _slug(listing, list(tops))
    if not slug:
        return None
    refused = []
    bundles = []
    grades: dict[str, list[Grade]] = {}
    for top, entries in children(listing.entries).items():
        if top in tops:
            continue
        if top.casefold().endswith(".csv") and not entries[0].fault:
            grades.update(_grades(entries[0]))
        elif not top.startswith("."):
            refused.append(Refused(name=plain(top), reason="it is no clone, but a file beside them"))
    for top, entries in tops.items():
        bundles.append(_bundle(top, entries, top.removeprefix(slug), grades))
    return Recognised(KIND, bundles, refused)


def _slug(listing: Listing, tops: list[str]) -> str:
    """What all clones' names start with; '' where they are no clones."""
    named = listing.name.removesuffix(_ENDING) + "-"
    if tops == [listing.name]:  # a folder in a zip that is called alike
        return ""
    if listing.name.endswith(_ENDING) and tops and all(top.startswith(named) and top != named for top in tops):
        return named
    if len(tops) < 2 or not all((top,) in listing.clones for top in tops):
        return ""
    first, last = min(tops), max(tops)
    common = next((i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: first.rfind("-", 0, common) + 1]


def _bundle(top: str, entries: list[Entry], login: str, grades: Mapping[str, list[Grade]]) -> Bundle:
    known = grades.get(top, [])
    times = [one.submitted_at for one in known if one.submitted_at is not None]
    people = tuple(Person(id=one.identifier or one.login, group=one.group, aliases=(one.login,)) for one in known)
    return Bundle(
        name=login,
        entries=tuple(entry.below(1) for entry in entries),
        people=people or (Person(id=plain(login)),),
        origin=top,
        submitted_at=max(times, default=None),
    )


def _grades(entry: Entry) -> dict[str, list[Grade]]:
    """The lines of Classroom's grades by repository; nothing where it is another CSV."""
    found: dict[str, list[Grade]] = {}
    try:
        lines = rows(entry.read(MAX_SIZE), entry.shown)
    except (Unusable, UsageError):
        return {}
    for _, line in lines:
        repository, login = line.get("studentrepositoryname", ""), plain(line.get("githubusername", ""))
        if repository and login:
            identifier, group = plain(line.get("rosteridentifier", "")), plain(line.get("groupname", ""))
            grade = Grade(login, identifier, group, when(line.get("submissiontimestamp")))
            found.setdefault(repository, []).append(grade)
    return found
