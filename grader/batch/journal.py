"""The journal of a run: one SQLite file with every verdict, written as it is reached.

A run that is cut off loses the submissions it was at, and no more; the next one goes on from there. Verdicts are kept
under a key of all that they depend on (see `grader.batch.keys`): what has not changed is not judged again.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

import msgspec

from grader.batch.data import decoded, encoded
from grader.errors import UsageError
from grader.grading import Known
from grader.model import PartReport, Report, Status, recounted
from grader.roster import HandedIn
from grader.rubric import Part, Rubric

T = TypeVar("T")

FILE = "journal.sqlite"
VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, report BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS submissions (
    key TEXT PRIMARY KEY, handed_in BLOB NOT NULL, head BLOB NOT NULL, keys BLOB NOT NULL, errors BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS published (key TEXT PRIMARY KEY, points BLOB NOT NULL) WITHOUT ROWID;
"""


# What a part earned, and what it was worth.
Points = tuple[float, float]


class Entry(NamedTuple):
    """A submission in the journal, with its report and what the staff must mend in it."""

    handed_in: HandedIn
    report: Report
    errors: tuple[str, ...]


class Journal:
    """The journal in a run folder, which is made where there is none. Use it in a `with` block.

    Errors
        UsageError where the file is none of ours, or of another version.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.data = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            # What is committed survives the end of this process at any moment, and readers never wait.
            self.data.execute("PRAGMA journal_mode=WAL")
            self.data.execute("PRAGMA synchronous=NORMAL")
            self.data.executescript(SCHEMA)
            self._agree("version", str(VERSION))
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"the journal cannot be used: {error}", file=self.path, remedy="name another folder with --run"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.data.close()

    def of(self, assignment: str) -> None:
        """Makes this the journal of an assignment; UsageError where it is another one's."""
        self._agree("assignment", assignment)

    def _agree(self, name: str, value: str) -> None:
        self.data.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
        ((kept,),) = self.data.execute("SELECT value FROM facts WHERE name = ?", (name,))
        if kept != value:
            remedy = "name another folder with --run"
            raise UsageError(f"this is a run of {name} {kept}, not {value}", file=self.path, remedy=remedy)

    def assignment(self) -> str:
        """The assignment that this is a run of; '' where none has been judged."""
        rows = self.data.execute("SELECT value FROM facts WHERE name = 'assignment'").fetchall()
        return str(rows[0][0]) if rows else ""

    def note(self, name: str, value: object) -> None:
        """Writes down something about the run as a whole, in place of what was."""
        self.data.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, encoded(value).decode()))

    def noted(self, name: str, kind: type[T]) -> T | None:
        """What was written down under this name, if anything."""
        rows = self.data.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchall()
        return decoded(rows[0][0].encode(), kind) if rows else None

    def known(self, keys: Mapping[str, str], submission: str = "") -> Known:
        """What was judged before of the parts with these keys, in whoever's submission."""
        parts = {}
        for part, key in keys.items():
            for (report,) in self.data.execute("SELECT report FROM verdicts WHERE key = ?", (key,)):
                parts[part] = _unpacked(report, PartReport)
        rows = self.data.execute("SELECT head FROM submissions WHERE key = ?", (submission,))
        printed = {problem.id: problem.printed for (head,) in rows for problem in _unpacked(head, Report).problems}
        return Known(parts, printed)

    def keep(self, handed_in: HandedIn, report: Report, keys: Mapping[str, str], errors: Iterable[str] = ()) -> None:
        """Writes down the report on a submission: all of it or nothing. Verdicts that are our fault are not kept."""
        ours = [part for part in report.parts if part.status is not Status.INTERNAL_ERROR and part.id in keys]
        head = msgspec.structs.replace(report, parts=tuple(part for part in report.parts if part not in ours))
        own = {part.id: keys[part.id] for part in ours}
        self.data.execute("BEGIN IMMEDIATE")
        try:
            verdicts = [(keys[part.id], _packed(part)) for part in ours]
            self.data.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?)", verdicts)
            row = (handed_in.key, _packed(handed_in), _packed(head), _packed(own), _packed(list(errors)))
            self.data.execute("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?)", row)
            self.data.execute("COMMIT")
        except BaseException:
            self.data.execute("ROLLBACK")
            raise

    def is_current(self, handed_in: HandedIn, keys: Mapping[str, str]) -> bool:
        """Whether a submission is in the journal as it is now, with nothing left to be judged."""
        query = "SELECT handed_in, keys FROM submissions WHERE key = ?"
        rows = self.data.execute(query, (handed_in.key,))
        return any(_unpacked(own, dict) == keys and _unpacked(one, HandedIn) == handed_in for one, own in rows)

    def entries(self, only: Iterable[str] | None = None) -> Iterator[Entry]:
        """The submissions, or those with these keys, in the order of their keys; one at a time is in memory."""
        wanted = None if only is None else set(only)
        names = [key for (key,) in self.data.execute("SELECT key FROM submissions ORDER BY key")]
        for name in names if wanted is None else [name for name in names if name in wanted]:
            rows = self.data.execute("SELECT handed_in, head, keys, errors FROM submissions WHERE key = ?", (name,))
            for handed_in, head, keys, errors in rows:
                report = self._assembled(_unpacked(head, Report), _unpacked(keys, dict))
                yield Entry(_unpacked(handed_in, HandedIn), report, tuple(_unpacked(errors, list)))

    def _assembled(self, head: Report, keys: Mapping[str, str]) -> Report:
        parts = [*self.known(keys).parts.values(), *head.parts]
        return msgspec.structs.replace(head, parts=tuple(parts))

    def keys(self) -> set[str]:
        """The keys of all submissions in it."""
        return {key for (key,) in self.data.execute("SELECT key FROM submissions")}

    def forget(self, keys: Iterable[str]) -> None:
        """Takes submissions out that are not handed in any more; their verdicts stay."""
        self.data.executemany("DELETE FROM submissions WHERE key = ?", [(key,) for key in keys])

    def published(self) -> dict[str, dict[str, Points]]:
        """What every part earned, and was worth, when the grades were last published; by submission."""
        rows = self.data.execute("SELECT key, points FROM published")
        return {key: _unpacked(points, dict[str, Points]) for key, points in rows}

    def publish(self, points: Iterable[tuple[str, Mapping[str, Points]]]) -> None:
        """Writes down what is published now, in place of what was."""
        rows = [(key, _packed(own)) for key, own in points]
        self.data.execute("BEGIN IMMEDIATE")
        self.data.execute("DELETE FROM published")
        self.data.executemany("INSERT INTO published VALUES (?, ?)", rows)
        self.data.execute("COMMIT")


def as_of(rubric: Rubric, report: Report) -> Report:
    """A report with its parts in the rubric's order, and at the points and criteria of now."""
    found = {part.id: part for part in report.parts}
    parts = [part for problem in rubric.problems for part in problem.parts if part.id in found]
    return recounted(report, [_worth(found[part.id], part) for part in parts])


def _worth(found: PartReport, part: Part) -> PartReport:
    earned = found.earned / found.points * part.points
    return msgspec.structs.replace(found, points=part.points, earned=earned, criterion=part.criterion)


def _packed(value: object) -> bytes:
    return zlib.compress(encoded(value), 1)


def _unpacked(data: bytes, kind: type[T]) -> T:
    return decoded(zlib.decompress(data), kind)
