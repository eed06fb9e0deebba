"""Submissions find their people in the roster; nobody is joined on a guess, and nobody is lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.intake.joining import joined
from grader.roster import HandedIn, Person, Refused

ANN = Person(id="007", name="Ann Example", email="ann@example.org", group="Red pandas")
BOB = Person(id="s2", name="Example, Bob", email="bob@example.org", aliases=("bob-gh",))
CY = Person(id="s3", name="Cy Roe", email="cy@example.org", group="Red pandas")
CY_TOO = Person(id="s4", name="Roe, Cy")
CLASS = (ANN, BOB, CY, CY_TOO)


def handed_in(*people: Person, key: str = "a", **more) -> HandedIn:
    """A submission of these people."""
    return HandedIn(key=key, folder=Path(key), people=people, **more)


@pytest.mark.parametrize(
    ("person", "same", "noted"),
    [
        pytest.param(Person(id="S2 "), BOB, False, id="id"),
        pytest.param(Person(id="BOB-gh"), BOB, False, id="another login"),
        pytest.param(Person(id="x", email="ANN@example.org"), ANN, True, id="address"),
        pytest.param(Person(id="bob@example.org"), BOB, True, id="an address for an id"),
        pytest.param(Person(id="7"), ANN, True, id="without its zeros"),
        pytest.param(Person(id="x", name="Example Ann"), ANN, True, id="name"),
        pytest.param(Person(id="ann_example"), ANN, True, id="a folder's name"),
        pytest.param(Person(id="4711", name="examplebob"), BOB, True, id="a name run together"),
    ],
)
def test_a_person_is_found(person, same, noted):
    result = joined([handed_in(person)], CLASS)

    [one] = result.handed_in
    assert one.people == (same,)
    assert bool(one.notes) == noted
    assert same not in result.missing
    assert result.unknown == ()


@pytest.mark.parametrize(
    "person", [Person(id="x", name="Cy Roe"), Person(id="nobody"), Person(id="", name=""), Person(id="x", name="Ann")]
)
def test_who_is_not_found_or_not_the_only_one_is_kept_and_listed(person):
    result = joined([handed_in(person)], CLASS)

    assert result.handed_in[0].people == (person,)
    assert (result.unknown, result.missing) == ((person,), CLASS)


def test_a_groups_name_stands_for_its_members():
    result = joined([handed_in(Person(id="Participant 9", name="red pandas"))], CLASS)

    assert result.handed_in[0].people == (ANN, CY)
    assert "group" in result.handed_in[0].notes[0]


def test_who_was_refused_is_not_missing():
    result = joined([], CLASS, [Refused(name="x", reason="torn", people=(Person(id="s2"),))])

    assert result.refused[0].people == (BOB,)
    assert result.missing == (ANN, CY, CY_TOO)


def test_attempts_are_counted_again_in_the_order_of_time():
    later, earlier = (datetime(2026, 3, day, tzinfo=UTC) for day in (2, 1))
    ones = [
        handed_in(Person(id="s2"), key="a", submitted_at=later),
        handed_in(Person(id="bob@example.org"), key="b", submitted_at=earlier),
        handed_in(ANN, CY, key="c"),
        handed_in(CY, ANN, key="d"),
    ]

    assert [one.attempt for one in joined(ones, CLASS).handed_in] == [2, 1, 1, 2]


def test_an_empty_class_and_an_empty_roster():
    assert joined([], CLASS).missing == CLASS
    assert joined([handed_in(ANN)], ()).unknown == (ANN,)
