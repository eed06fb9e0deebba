"""The class and what was handed in, joined: by id, else by e-mail address, else by a name that only one person has."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

import msgspec

from grader.intake.arrival import counted
from grader.intake.names import plain
from grader.roster import HandedIn, Person, Refused

_MAX_NAMES = 8
# In the note on somebody who was joined by less than an id.
FOUND = "was found in the roster by"


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Submissions with the people of the roster in place of the platform's.

    handed_in   all of them; their attempts are counted again
    refused     what cannot be graded, likewise
    missing     the people of the roster that nothing came from, neither graded nor refused
    unknown     the people that are in no roster; their submissions are kept
    """

    handed_in: tuple[HandedIn, ...]
    refused: tuple[Refused, ...]
    missing: tuple[Person, ...]
    unknown: tuple[Person, ...]


def joined(handed_in: Iterable[HandedIn], roster: Sequence[Person], refused: Iterable[Refused] = ()) -> Joined:
    """Who of the class handed in what, and who nothing. What was joined by less than an id is noted."""
    register = _Register(roster)
    arrived: list[HandedIn] = []
    unknown: dict[Person, None] = {}
    for one in handed_in:
        people, notes, strangers = register.joined(one.people)
        unknown.update(dict.fromkeys(strangers))
        arrived.append(msgspec.structs.replace(one, people=people, notes=(*one.notes, *notes)))
    sent_back: list[Refused] = []
    for refusal in refused:
        people, _, strangers = register.joined(refusal.people)
        unknown.update(dict.fromkeys(strangers))
        sent_back.append(msgspec.structs.replace(refusal, people=people))
    there = {person for one in arrived for person in one.people}
    there |= {person for one in sent_back for person in one.people}
    return Joined(
        handed_in=counted(arrived),
        refused=tuple(sent_back),
        missing=tuple(person for person in roster if person not in there),
        unknown=tuple(unknown),
    )


class _Register:
    """The roster, to be looked up in."""

    def __init__(self, roster: Sequence[Person]) -> None:
        self.by_id = _unique(roster, lambda person: [_id(word) for word in (person.id, *person.aliases)])
        self.by_email = _unique(roster, lambda person: [_id(person.email)])
        self.by_number = _unique(roster, lambda person: [_number(person.id)])
        self.by_name = _unique(roster, lambda person: [_name(person.name)])
        self.by_run_together = _unique(roster, lambda person: _run_together(person.name))
        self.groups: dict[str, list[Person]] = {}
        for person in roster:
            self.groups.setdefault(_name(person.group), []).append(person)
        self.groups.pop("", None)

    def joined(self, people: Iterable[Person]) -> tuple[tuple[Person, ...], list[str], list[Person]]:
        """The people as the roster has them, notes, and those that it does not have."""
        found: dict[Person, None] = {}
        notes, unknown = [], []
        for person in people:
            if (same := self._by_id(person)) is not None:
                found[same] = None
                continue
            members, how = self._otherwise(person)
            if not members:
                unknown.append(person)
            else:
                who = plain(person.name or person.id)
                notes.append(f"{who} {FOUND} {how}: {plain(', '.join(one.id for one in members))}")
            found.update(dict.fromkeys(members or [person]))
        return tuple(found), notes, unknown

    def _by_id(self, person: Person) -> Person | None:
        words = [_id(word) for word in (person.id, *person.aliases) if word]
        return next((found for word in words if (found := self.by_id.get(word)) is not None), None)

    def _otherwise(self, person: Person) -> tuple[list[Person], str]:
        called = person.name or person.id
        ways = (
            (self.by_email.get(_id(person.email or person.id)), "e-mail address"),
            (self.by_number.get(_number(person.id)), "number, which lacks zeros in one of the two"),
            (self.by_name.get(_name(called)), "name"),
            (self.by_run_together.get(_name(called)), "name"),
        )
        for found, how in ways:
            if found is not None:
                return [found], how
        return self.groups.get(_name(called), []), "the group's name"


def _unique(roster: Sequence[Person], words: Callable[[Person], Iterable[str]]) -> dict[str, Person]:
    """The people by their words, as far as a word is one person's."""
    found: dict[str, Person | None] = {}
    for person in roster:
        for word in set(words(person)) - {""}:
            found[word] = person if word not in found else None
    return {word: person for word, person in found.items() if person is not None}


def _id(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _number(text: str) -> str:
    """A student number without leading zeros, which spreadsheets drop."""
    return text.strip().lstrip("0") if text.strip().isdecimal() else ""


def _words(text: str) -> list[str]:
    letters = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in _id(text))
    return letters.split()


def _name(text: str) -> str:
    """A name whatever its order and punctuation: `Doe, Jane` is `Jane Doe`."""
    return " ".join(sorted(_words(text)))


def _run_together(text: str) -> list[str]:
    """A name without blanks, as platforms write it in file names: `doejane`, `janedoe`."""
    words = _words(text)
    if len(words) > _MAX_NAMES:
        return []
    return ["".join([*words[start:], *words[:start]]) for start in range(len(words))]
