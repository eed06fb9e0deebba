"""What the staff are told in the terminal: of what was handed in, and of whose grades change."""

from collections.abc import Iterator, Sequence

from grader.batch.changes import Changes, Regraded
from grader.intake import Intake, Joined
from grader.intake.joining import FOUND
from grader.report.visible import one_line
from grader.roster import Person

# Lines of one kind that are shown; the rest is counted.
SHOWN = 20


def of_intake(taken: Intake, arrived: Joined, strangers: Sequence[Person]) -> Iterator[str]:
    """What was refused, what was done to submissions on the way in, who was found how, and who did not hand in."""
    for refused in arrived.refused:
        yield f"  refused: {_whose(refused.name, refused.people)}: {one_line(refused.reason, 300)}"
    whose = {one.key: one.people for one in arrived.handed_in}
    for one in taken.handed_in:
        if one.notes:
            yield f"  {_whose(one.key, whose[one.key])}: {one_line('; '.join(one.notes), 400)}"
    found = [note for one in arrived.handed_in for note in one.notes if FOUND in note]
    yield from (f"  {one_line(note, 200)}" for note in found[:SHOWN])
    yield from _more(found, " in the same way; the class page has them all")
    for what, people in (("nothing came from", arrived.missing), ("not in the roster", strangers)):
        if people:
            names = ", ".join(one_line(person.name or person.id, 40) for person in people[:SHOWN])
            more = f" and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
            yield f"  {what}: {names}{more}"


def _whose(key: str, people: Sequence[Person]) -> str:
    """What was handed in, and whose it is where that does not say it: `submission_18135193 (Ada Example)`."""
    names = ", ".join(one_line(person.name or person.id, 40) for person in people)
    return f"{one_line(key, 60)} ({names})" if names and names != key else one_line(key, 60)


def of_changes(found: Sequence[Changes], submissions: int, *, first: bool) -> Iterator[str]:
    """The grade diff against what was published; where nothing was yet, how many submissions there are."""
    if first:
        yield f"{len(found)} submissions judged, none published yet"
        return
    yield f"{len(found)} of {submissions} submissions change against what was published"
    for one in found[:SHOWN]:
        name = one_line(one.name, 40)
        yield f"  {name}: new, {one.after:g}" if one.before is None else f"  {name}: {_step(one.before, one.after)}"
        for part in one.parts if one.before is not None else ():
            yield f"    {part.part}: {part.before:g} -> {part.after:g}, {one_line(part.why, 100)}"
    yield from _more(found)


def of_regraded(found: Sequence[Regraded]) -> Iterator[str]:
    """Whose grade changes by lateness, attempts or a roster: a mistyped deadline is seen before it is published."""
    if found:
        yield f"grades that change by lateness, attempts or the roster alone: {len(found)}"
    for one in found[:SHOWN]:
        why = f", {one_line(one.why, 100)}" if one.why else ""
        yield f"  {one_line(one.name, 40)}: {_step(one.before, one.after)}{why}"
    yield from _more(found)


def _step(before: float, after: float) -> str:
    return f"{before:g} -> {after:g} ({after - before:+g})"


def _more(found: Sequence[object], words: str = "") -> Iterator[str]:
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more{words}"
