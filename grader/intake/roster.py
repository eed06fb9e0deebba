"""The roster: who is in the class, from a CSV with headers as people and platforms write them.

| field     | headers, in loose spelling |
|-----------|----------------------------|
| id        | id, sid, student id, student number, login, user name, GitHub user name, …; the first of several |
| name      | name, full name, student; or first and last name |
| email     | email, e-mail address |
| section   | section, class |
| group     | group, team |
| extension | extension, extended until: a date (the whole day) or a date and time, in ISO's order |
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, tzinfo
from pathlib import Path

from grader.errors import UsageError
from grader.intake.names import plain
from grader.intake.table import content, rows
from grader.roster import Person

_IDS = (
    "id", "sid", "studentid", "studentnumber", "studentno", "matriculationnumber", "matriculation", "idnumber",
    "identifier", "sisuserid", "userid", "login", "loginid", "sisloginid", "username", "netid", "uid", "orgdefinedid",
    "githubusername", "github", "githublogin", "rosteridentifier",
)  # fmt: skip
_NAMES = ("name", "fullname", "studentname", "displayname", "student")
_FIRST = ("firstname", "first", "givenname", "givennames", "forename")
_LAST = ("lastname", "last", "surname", "familyname")
_EMAILS = ("email", "emailaddress", "mail", "universityemail", "sisemail")
_SECTIONS = ("section", "sections", "class", "tutorial")
_GROUPS = ("group", "groups", "groupname", "team", "teamname")
_EXTENSIONS = ("extension", "extended", "extendeduntil", "extendeddeadline", "extensionuntil", "deadline")
_END_OF_DAY = time(23, 59, 59)


def roster(path: Path, zone: tzinfo = UTC) -> tuple[Person, ...]:
    """The people of a roster, in its order. `zone` is the one of extensions that name none.

    Errors
        UsageError with file, line and remedy: no such file, no CSV, nobody to tell apart, the same person twice.
    """
    found = []
    lines: dict[str, int] = {}
    for line, row in rows(content(path), str(path)):
        if any("points possible" in cell.casefold() for cell in row.values()):  # the second line of Canvas's gradebook
            continue
        person = _person(row, zone, path, line)
        for word in _told_apart_by(person):
            if (earlier := lines.setdefault(word, line)) != line:
                message = f"'{word}' is already in line {earlier}"
                raise UsageError(message, file=path, line=line, remedy="delete or correct one of the two")
        found.append(person)
    return tuple(found)


def _told_apart_by(person: Person) -> Iterable[str]:
    return dict.fromkeys(word.casefold() for word in (person.id, person.email, *person.aliases) if word)


def _person(row: dict[str, str], zone: tzinfo, path: Path, line: int) -> Person:
    email = _first(row, _EMAILS)
    ids = [*dict.fromkeys(plain(row[header]) for header in _IDS if row.get(header)), *([email] if email else [])]
    if not ids:
        known = any(header in row for header in (*_IDS, *_EMAILS))
        message = "names nobody: its id and e-mail address are empty" if known else "there is no column for an id"
        remedy = "fill in one of them" if known else "call one of the columns `id` or `email`"
        raise UsageError(message, file=path, line=line if known else 1, remedy=remedy)
    name = _first(row, _NAMES) or " ".join(part for part in (_first(row, _FIRST), _first(row, _LAST)) if part)
    return Person(
        id=ids[0],
        name=name,
        email=email,
        section=_first(row, _SECTIONS),
        group=_first(row, _GROUPS),
        extension=_extension(_first(row, _EXTENSIONS), zone, path, line),
        aliases=tuple(id for id in ids[1:] if id != email),
    )


def _first(row: dict[str, str], headers: Iterable[str]) -> str:
    return plain(next((row[header] for header in headers if row.get(header)), ""))


def _extension(text: str, zone: tzinfo, path: Path, line: int) -> datetime | None:
    if not text:
        return None
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        remedy = "write a date as 2026-03-05, or with a time as 2026-03-05 18:00"
        raise UsageError(f"'{text}' is no date", file=path, line=line, remedy=remedy) from None
    if len(text) <= len("2026-03-05"):
        until = datetime.combine(until, _END_OF_DAY)
    return until if until.tzinfo is not None else until.replace(tzinfo=zone)
