"""A roster is read as people and spreadsheets write it, and what cannot be meant is told with file, line and remedy."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grader.errors import UsageError
from grader.intake.roster import roster
from grader.roster import Person

ANN = Person(id="s1", name="Ann Example", email="ann@example.org")


@pytest.fixture
def read(tmp_path):
    """`read(text)` is that roster."""

    def made(text: str | bytes, **zone) -> tuple[Person, ...]:
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return roster(path, **zone)

    return made


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id,name,email\ns1,Ann Example,ann@example.org\n", id="plain"),
        pytest.param("\ufeffSID;E-Mail;Full name\r\ns1;ann@example.org;Ann Example\r\n", id="semicolons, BOM, CRLF"),
        pytest.param("Student ID\tFirst Name\tLast Name\tEmail address\ns1\tAnn\tExample\tann@example.org", id="tabs"),
        pytest.param("\nLOGIN,name,mail,pet\n\ns1,Ann Example,ann@example.org,cat\n,,,\n", id="blank lines"),
        pytest.param('id,name,email\n"s1","Ann\n Example",ann@example.org\n', id="quotes"),
        pytest.param("id,name,email\ns1,Ann Example,ann@example.org\n".encode("utf-16"), id="UTF-16"),
    ],
)
def test_any_ordinary_table_is_read(read, text):
    assert read(text) == (ANN,)


def test_several_numbers_and_logins_are_kept_as_aliases(read):
    text = (
        'Student,ID,SIS User ID,SIS Login ID,Section,Hw (7)\n    Points Possible,,,,,10\n"Doe, Jane",4711,s1,jane,A,9\n'
    )

    assert read(text) == (Person(id="4711", name="Doe, Jane", section="A", aliases=("s1", "jane")),)


def test_without_an_id_the_address_is_the_id(read):
    assert read("name,email\nAnn,ann@example.org\n")[0].id == "ann@example.org"


def test_an_empty_class_is_empty(read):
    assert read("id,name\n") == ()


VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("2026-03-05", datetime(2026, 3, 5, 23, 59, 59, tzinfo=VIENNA)),
        ("2026-03-05 18:00", datetime(2026, 3, 5, 18, tzinfo=VIENNA)),
        ("2026-03-05T18:00Z", datetime(2026, 3, 5, 18, tzinfo=UTC)),
        ("2026-07-05T18:00:00", datetime(2026, 7, 5, 16, tzinfo=UTC)),
    ],
)
def test_extensions_are_in_the_zone_of_the_course_unless_they_name_one(read, text, moment):
    [person] = read(f"id,extension\ns1,{text}\n", zone=VIENNA)

    assert person.extension == moment


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "empty"),
        ("name\nAnn\n", 1, "no column for an id"),
        ("id,name\ns1,Ann\n,Bob\n", 3, "names nobody"),
        ("id,name\ns1,Ann\ns2,Bob\nS1,Cy\n", 4, "'s1' is already in line 2"),
        ("id,email\ns1,a@example.org\ns2,A@example.org\n", 3, "already in line 2"),
        ("id,name\ns1,Ann,more\n", 2, "has 3 cells"),
        ("id,extension\ns1,5.3.2026\n", 2, "'5.3.2026' is no date"),
        (b"id,name\ns1,\xff\n", 2, "no UTF-8"),
        (b"id,name\ns1,\0\n", 0, "no text"),
        ("id,name\ns1," + "a" * 200_000 + "\n", 2, "no CSV"),
    ],
)
def test_what_cannot_be_meant_names_file_line_and_remedy(read, text, line, message):
    with pytest.raises(UsageError, match=message) as error:
        read(text)

    assert (str(error.value.file).endswith("roster.csv"), error.value.line) == (True, line)
    assert error.value.remedy


def test_a_roster_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="check the path"):
        roster(tmp_path / "nowhere.csv")
