"""Which row of a platform's file is whose: by what identifies people, and never by their names."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from grader.gradebook.export import who
from grader.gradebook.sheet import Sheet
from grader.roster import Marked


class Matched(NamedTuple):
    """The rows that belong to somebody, and what there is to say of the others."""

    lines: dict[int, Marked]
    notes: tuple[str, ...]


def matched(
    marked: Sequence[Marked],
    sheet: Sheet,
    rows: Sequence[int],
    ids: Mapping[str, Callable[[str], str]],
    emails: Sequence[str],
    named: Callable[[Marked], str] = lambda _: "",
) -> Matched:
    """The rows of the people of a class.

    `ids` are the columns that may hold their ids, and what of a cell is the id; `emails` those that may hold addresses.
    One column of ids counts for the whole class, the one that knows most of it: numbers of different kinds may
    coincide. What the place of handing in itself says of somebody (`named`, in the first of `ids`) goes before.
    """
    found = {name: _index(sheet, rows, name, read) for name, read in ids.items() if sheet.column(name) >= 0}
    by = max(found, key=lambda name: sum(_key(line.person.id) in found[name] for line in marked), default="")
    first = found.get(next(iter(ids)), {})
    addresses = [_index(sheet, rows, name, str) for name in emails if sheet.column(name) >= 0]
    shared = Counter(_key(line.person.email) for line in marked)
    claims: dict[int, list[Marked]] = defaultdict(list)
    strangers = []
    for line in marked:
        own = first.get(_key(named(line)), []) or found.get(by, {}).get(_key(line.person.id), [])
        if not own and shared[_key(line.person.email)] == 1:
            own = next((rows_of for index in addresses if (rows_of := index.get(_key(line.person.email)))), [])
        if not own:
            strangers.append(line)
        for row in own:
            claims[row].append(line)
    clear = {row: lines[0] for row, lines in claims.items() if len(lines) == 1}
    notes = (*_doubts(marked, found, by), *_notes(strangers, claims, sheet), *_unclaimed(sheet, rows, claims))
    return Matched(clear, notes)


def _doubts(marked: Sequence[Marked], found: Mapping[str, Mapping[str, list[int]]], by: str) -> list[str]:
    """A note where a number that was found in one column means somebody else in another."""
    keys = [_key(line.person.id) for line in marked if _key(line.person.id) in found.get(by, {})]
    return [
        f"'{by}' was taken for the ids of the class; {count} of them stand in '{name}' as well, for somebody else"
        for name, index in found.items()
        if (count := sum(index.get(key, found[by][key]) != found[by][key] for key in keys))
    ]


def _index(sheet: Sheet, rows: Sequence[int], name: str, read: Callable[[str], str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    column = sheet.column(name)
    for row in rows:
        if key := _key(read(sheet.value(row, column))):
            index[key].append(row)
    return dict(index)


def _key(text: str) -> str:
    return text.strip().casefold()


def _notes(strangers: Sequence[Marked], claims: Mapping[int, list[Marked]], sheet: Sheet) -> list[str]:
    notes = [f"not in {sheet.path.name}, their grade is not in it: {who(line.person)}" for line in strangers]
    for row, lines in claims.items():
        if len(lines) > 1:
            people = " and ".join(who(line.person) for line in lines)
            notes.append(f"line {row + 1} of {sheet.path.name} may be that of {people}: left as it is")
    return notes


def _unclaimed(sheet: Sheet, rows: Sequence[int], claims: Mapping[int, list[Marked]]) -> list[str]:
    """Rows of people that the class does not know, which stay as they are."""
    count = sum(row not in claims for row in rows)
    return [f"{count} of {len(rows)} people in {sheet.path.name} have no grade here: left as they are"] if count else []
