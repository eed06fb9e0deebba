"""What no platform packed: a single submission, or a folder or zip of them, each called like its student."""

from collections.abc import Collection
from pathlib import PurePath

from grader.intake.bundle import Bundle, Recognised
from grader.intake.listing import Entry, Listing, children, is_folder
from grader.intake.names import plain
from grader.intake.problems import nearest
from grader.roster import Person, Refused


def recognised(listing: Listing, wanted: Collection[str]) -> Recognised:
    """The submissions of a listing, whatever it is."""
    if _is_submission(listing.entries, wanted):
        return _single(listing, listing)
    tops = children(listing.entries)
    submissions = [top for top, entries in tops.items() if _is_one(top, entries)]
    inner = listing.taken_off()
    if inner is not None and listing.zipped and _is_submission(inner.entries, wanted):
        return _single(listing, inner)
    if inner is not None and _is_wrapping(listing, inner, wanted):
        return recognised(inner._replace(name=listing.name) if listing.zipped else inner, wanted)
    if not submissions and _has_notebook(listing.entries):
        return _single(listing, listing)
    folders = any(is_folder(tops[top]) for top in submissions)
    kind = "nothing" if not tops else "folders" if folders or not submissions else "zips"
    return Recognised(
        f"{'zip' if listing.zipped else 'folder'} of {kind if kind != 'folders' else 'submissions'}",
        [_bundle(top, tops[top]) for top in submissions],
        [_stray(top, entries) for top, entries in tops.items() if top not in submissions and not top.startswith(".")],
    )


def _is_submission(entries: Collection[Entry], wanted: Collection[str]) -> bool:
    """Whether problem files, or notebooks called like them, lie here and not further down."""
    names = [entry.path[0] for entry in entries if len(entry.path) == 1 and not entry.folder]
    notebooks = [PurePath(problem).with_suffix(".ipynb").name for problem in wanted]
    return any(nearest(name, names) is not None for name in (*wanted, *notebooks))


def _has_notebook(entries: Collection[Entry]) -> bool:
    return sum(len(entry.path) == 1 and entry.path[0].casefold().endswith(".ipynb") for entry in entries) == 1


def _is_one(top: str, entries: list[Entry]) -> bool:
    """Whether something in the class's folder is somebody's submission."""
    return not top.startswith(".") and (is_folder(entries) or top.casefold().endswith(".zip"))


def _is_wrapping(listing: Listing, inner: Listing, wanted: Collection[str]) -> bool:
    """Whether the only folder is one around the class, not the submission of its only student."""
    if inner.name == listing.name and not _is_submission(inner.entries, wanted):
        return True
    below: Listing | None = inner
    while below is not None and not _is_submission(below.entries, wanted):
        if sum(_is_one(top, entries) for top, entries in children(below.entries).items()) > 1:
            return True
        below = below.taken_off()
    return False


def _single(listing: Listing, inner: Listing) -> Recognised:
    notes = () if inner is listing else (f"its files are in the folder {plain(inner.name)}",)
    return Recognised("single submission", [whole(inner._replace(name=listing.name))._replace(notes=notes)], [])


def whole(listing: Listing) -> Bundle:
    """All of a listing as one submission."""
    return _bundle(listing.name, [*listing.entries], depth=0)


def _bundle(name: str, entries: list[Entry], depth: int = 1) -> Bundle:
    """A submission whose folder or zip is called like its student, unless its `submission.yaml` knows better."""
    zipped = not is_folder(entries) and depth == 1
    called = name[: -len(".zip")] if zipped else name
    return Bundle(
        name=called,
        entries=tuple(entries) if zipped else tuple(entry.below(depth) for entry in entries),
        people=(named(called),),
        origin=name,
        labelled=True,
    )


def named(text: str) -> Person:
    """Somebody of whom there is nothing but what a folder is called."""
    text = plain(text)
    return Person(id=text, name=text if " " in text else "", email=text if "@" in text else "")


def _stray(top: str, entries: list[Entry]) -> Refused:
    return Refused(name=plain(top), reason=entries[0].fault or "it is neither a folder nor a zip")
