"""A file that a platform exported keeps every byte but those of the cells that are filled."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.gradebook.sheet import Sheet

ROWS = st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=4), min_size=1, max_size=4)


@pytest.fixture(scope="session")
def sheet(tmp_path_factory):
    """`sheet("ID,x\\n1,2")` is that file, which must have these columns."""
    path = tmp_path_factory.mktemp("sheet") / "export.csv"

    def made(content: str | bytes, *wanted: str) -> Sheet:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Sheet(path, wanted or ("ID",), "export it again")

    return made


@given(
    rows=ROWS,
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_what_is_not_filled_stays_byte_for_byte_and_is_read_as_csv_reads_it(sheet, rows, separator, end, quoting, mark):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([["ID", "x", "y"], *([text.replace("\0", "") for text in row] for row in rows)])
    content = (mark + file.getvalue()).encode(errors="replace")

    found = sheet(content, "ID", "x")

    assert found.data() == content
    expected = list(
        csv.reader(io.StringIO(content.decode("utf-8").removeprefix("\ufeff"), newline=""), delimiter=separator)
    )
    for row, cells in enumerate(expected):
        assert [found.value(row, column) for column in range(len(cells))] == [cell.strip() for cell in cells]


@given(st.text(max_size=20))
@example('"never closed, "\n"')
@example('"a"b,c"d"\n')
@example("\r\r\n\n")
def test_whatever_follows_the_header_stays_byte_for_byte(sheet, text):
    content = ("ID,x\n" + text).encode(errors="replace")

    assert sheet(content).data() == content


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        pytest.param("ID,x\n1,\n", "5", "ID,x\n1,5\n", id="an empty cell"),
        pytest.param("ID,x\r\n1,2\r\n", "5", "ID,x\r\n1,5\r\n", id="a cell"),
        pytest.param('ID,x\n1,"2"\n', "5", 'ID,x\n1,"5"\n', id="a quoted cell stays quoted"),
        pytest.param("ID,x\n1,2\n", "5,5", 'ID,x\n1,"5,5"\n', id="what needs quotes gets them"),
        pytest.param("ID,x\n1,2\n", 'say "a"', 'ID,x\n1,"say ""a"""\n', id="quotes in quotes"),
        pytest.param("ID;x\n1;2\n", "5,5", "ID;x\n1;5,5\n", id="a comma needs none where it separates nothing"),
        pytest.param("ID,x\n1", "5", "ID,x\n1,5", id="a short row without an end"),
    ],
)
def test_a_cell_is_filled_in_the_manner_of_the_file(sheet, before, value, after):
    found = sheet(before)

    found.fill(1, found.column("x"), value)

    assert found.data().decode() == after


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "has no columns 'ID'", id="empty"),
        pytest.param(b"a,b\n", "has no columns 'ID'", id="other columns"),
        pytest.param("ID,Größe\n".encode("latin-1"), "is not in UTF-8", id="latin 1"),
        pytest.param("ID,x\n".encode("utf-16"), "is not in UTF-8", id="utf 16"),
    ],
)
def test_what_is_no_export_is_refused_with_its_name_and_what_to_do(sheet, content, words):
    with pytest.raises(UsageError, match=words) as error:
        sheet(content)

    assert error.value.file.name == "export.csv"
    assert "export it again" in error.value.remedy


def test_a_file_that_is_not_there_is_the_callers_mistake(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        Sheet(tmp_path / "none.csv", ("ID",), "")
