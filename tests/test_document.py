"""A document is read as what its fields say, and whatever it cannot mean is told with file, line and remedy."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.document import read
from grader.errors import RubricError
from grader.tolerance import Tolerance


class Inner(msgspec.Struct, frozen=True, kw_only=True, rename={"source": "from"}):
    source: str
    line: int = 0


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    text: str = ""
    number: float = 0.0
    count: int = 0
    flag: bool = False
    maybe: str | None = None
    inner: Inner | None = None
    items: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    inners: tuple[Inner, ...] = ()
    named: dict[str, Inner] = {}
    table: dict[str, tuple[str, ...]] = {}
    anything: Any = None
    tolerance: Tolerance | None = None


@pytest.fixture
def document(tmp_path):
    """`document("text: a")` is that document as an `Outer`."""

    def made(text: str | bytes) -> Outer:
        path = tmp_path / "doc.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path, Outer)

    return made


# ---- what is read ----


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        pytest.param("text: no", "text", "no", id="no is a text"),
        pytest.param("text: 1.10", "text", "1.10", id="a version is a text"),
        pytest.param("text: null", "text", "null", id="null is a text"),
        pytest.param("text: 2026-01-31", "text", "2026-01-31", id="a date is a text"),
        pytest.param("text: 012", "text", "012", id="zeros are kept"),
        pytest.param("text:", "text", "", id="nothing is an empty text"),
        pytest.param('text: "a\\tb"', "text", "a\tb", id="quoted text"),
        pytest.param("text: >\n  a\n  b\n", "text", "a b\n", id="folded text"),
        pytest.param("text: Müßig", "text", "Müßig", id="letters of all kinds"),
        pytest.param("number: 1e-5", "number", 1e-5, id="exponent"),
        pytest.param("number: 3", "number", 3.0, id="integer for a number"),
        pytest.param("number: -.5", "number", -0.5, id="bare point"),
        pytest.param('number: "2.5"', "number", 2.5, id="number in quotes"),
        pytest.param("count: -7", "count", -7, id="integer"),
        pytest.param("flag: true", "flag", True, id="truth"),
        pytest.param("maybe:", "maybe", None, id="nothing for what may be left out"),
        pytest.param("maybe: ~", "maybe", None, id="tilde"),
        pytest.param('maybe: ""', "maybe", "", id="empty text in quotes"),
        pytest.param("maybe: no", "maybe", "no", id="what may be left out and is not"),
        pytest.param("items: [a, no, 1.10]", "items", ("a", "no", "1.10"), id="list"),
        pytest.param("items: a", "items", ("a",), id="list of one without brackets"),
        pytest.param("items:", "items", (), id="nothing is an empty list"),
        pytest.param("numbers: [0, 0.25, -1e3]", "numbers", (0.0, 0.25, -1000.0), id="list of numbers"),
        pytest.param("table: {no: [1, 2], y: [a]}", "table", {"no": ("1", "2"), "y": ("a",)}, id="table of lists"),
        pytest.param("inner: {from: x}", "inner", Inner(source="x", line=1), id="record"),
        pytest.param("\n\ninner:\n  from: x", "inner", Inner(source="x", line=4), id="record with its line"),
        pytest.param("anything: {a: [1, {b: no}]}", "anything", {"a": ["1", {"b": "no"}]}, id="anything"),
        pytest.param("tolerance: {rtol: 1e-5, atol: 0}", "tolerance", Tolerance(rtol=1e-5, atol=0), id="tolerance"),
        pytest.param("{text: a}", "text", "a", id="in braces"),
        pytest.param("# note\ntext: a # b", "text", "a", id="comments"),
    ],
)
def test_the_type_of_a_field_decides_what_a_word_is(document, text, field, value):
    found = getattr(document(text), field)

    assert found == value
    assert type(found) is type(value)


def test_records_in_lists_and_tables_know_their_lines(document):
    read_in = document("inners:\n  - from: a\n  - {from: b}\nnamed:\n  one:\n    from: c\n")

    assert [inner.line for inner in read_in.inners] == [2, 3]
    assert read_in.named["one"] == Inner(source="c", line=6)


def test_an_alias_stands_for_its_anchor(document):
    read_in = document("items: &all [a, b]\ninner: &one {from: x}\ntable: {k: *all}\ninners: [*one, *one]\n")

    assert read_in.table == {"k": ("a", "b")}
    assert read_in.inners == (read_in.inner, read_in.inner)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""], ids=["with", "without"])
def test_files_of_other_systems_are_read(document, mark):
    read_in = document(mark + b"text: a\r\ncount: 3\r\n")

    assert (read_in.text, read_in.count) == ("a", 3)


# ---- what is not ----


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("text: a\nnumbr: 1", 2, "unknown key 'numbr' (did you mean 'number'?)", id="typo"),
        pytest.param("zzz: 1", 1, "unknown key 'zzz' (known: text, number, count", id="unknown key"),
        pytest.param("inner:\n  form: x", 2, "unknown key 'form' (did you mean 'from'?)", id="typo in a record"),
        pytest.param("inner:\n  source: x", 2, "unknown key 'source'", id="name of ours for a key"),
        pytest.param("inner: {from: x, line: 3}", 1, "unknown key 'line'", id="line as a key"),
        pytest.param("text: a\n<<: {count: 1}", 2, "unknown key '<<'", id="merge key"),
        pytest.param("text: a\ncount: 1\ntext: b", 3, "'text' stands twice", id="key twice"),
        pytest.param("named:\n  a: {from: x}\n  a: {from: y}", 3, "'a' stands twice", id="name twice"),
        pytest.param("anything:\n  a: 1\n  a: 2", 3, "'a' stands twice", id="anything twice"),
        pytest.param("? [a]\n: 1", 1, "a key of the file has to be a word", id="list for a key"),
        pytest.param("count: 2.5", 1, "'count' has to be a whole number, not '2.5'", id="fraction"),
        pytest.param("count: three", 1, "'count' has to be a whole number, not 'three'", id="word for a count"),
        pytest.param("count:", 1, "'count' has to be a whole number, not ''", id="nothing for a count"),
        pytest.param("number: 1e", 1, "'number' has to be a number, not '1e'", id="half an exponent"),
        pytest.param("number: [1]", 1, "'number' has to be a number, not a list", id="list for a number"),
        pytest.param("number: .nan", 1, "'number' has to be a number", id="nan as in YAML"),
        pytest.param("number: nan", 1, "'number' has to be a number, not 'nan'", id="nan"),
        pytest.param("number: -Infinity", 1, "'number' has to be a number, not '-Infinity'", id="infinity"),
        pytest.param("number: 1e999", 1, "'number' has to be a number, not '1e999'", id="beyond all numbers"),
        pytest.param("numbers: [1, inf]", 1, "an item of 'numbers' has to be a number", id="infinity in a list"),
        pytest.param("flag: no", 1, "'flag' has to be true or false, not 'no'", id="no for a truth"),
        pytest.param("text: {a: b}", 1, "'text' has to be a text, not a list or mapping", id="mapping for a text"),
        pytest.param("items: {a: b}", 1, "'items' has to be a list", id="mapping for a list"),
        pytest.param("items: [a, [b]]", 1, "an item of 'items' has to be a text", id="list in a list"),
        pytest.param("inner: x", 1, "'inner' has to be a mapping", id="word for a record"),
        pytest.param("inner: [a]", 1, "'inner' has to be a mapping", id="list for a record"),
        pytest.param("named: [a]", 1, "'named' has to be a mapping", id="list for a table"),
        pytest.param("a\n", 1, "the file has to be a mapping", id="a word"),
        pytest.param("- a\n- b", 1, "the file has to be a mapping", id="a list"),
        pytest.param("text: a\ninner: {}", 2, "'inner' has no 'from'", id="missing key"),
        pytest.param("tolerance: {rtol: 1e-5}", 1, "'tolerance' has no 'atol'", id="tolerance without atol"),
        pytest.param("tolerance: {atol: 1e-5}", 1, "'tolerance' has no 'rtol'", id="tolerance without rtol"),
        pytest.param("text: a\n\tcount: 1", 2, "no YAML: ", id="tab"),
        pytest.param("text: [a, b\ncount: 1", 2, "no YAML: ", id="open bracket"),
        pytest.param("text: a: b", 1, "no YAML: mapping values are not allowed", id="colon in a text"),
        pytest.param("text: *nothing", 1, "no YAML: found undefined alias", id="alias without anchor"),
        pytest.param("text: a\n---\ntext: b", 2, "no YAML: but found another document", id="two documents"),
        pytest.param("text: \x00", 0, "no YAML: ", id="zero byte"),
        pytest.param("anything: &a [*a]", 1, "holds something that holds itself", id="a list in itself"),
        pytest.param("", 0, "is empty", id="empty"),
        pytest.param("# only a comment\n", 0, "is empty", id="only a comment"),
        pytest.param(b"text: \xff\xfe", 0, "cannot be read: ", id="other encoding"),
    ],
)
def test_what_makes_no_sense_is_told_with_file_and_line(document, text, line, words):
    with pytest.raises(RubricError) as caught:
        document(text)

    assert words in caught.value.message
    assert caught.value.line == line
    assert Path(caught.value.file).name == "doc.yaml"


def test_the_error_reads_as_a_place_a_sentence_and_a_remedy(document):
    with pytest.raises(RubricError) as caught:
        document("text: a\ninner: {}\n")

    assert str(caught.value).endswith("doc.yaml:2: 'inner' has no 'from'\n  remedy: add `from:`")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RubricError, match=r"cannot be read: .*No such file"):
        read(tmp_path / "nowhere.yaml", Outer)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("anything: " + "[" * 200_000, id="open brackets"),
        pytest.param("anything: " + "[" * 100_000 + "]" * 100_000, id="brackets"),
        pytest.param("anything: " + "{a: " * 50_000 + "1" + "}" * 50_000, id="braces"),
        pytest.param("- " * 100_000 + "a", id="dashes"),
        pytest.param("? " * 100_000 + "a", id="question marks"),
        pytest.param("\n".join(" " * i + "a:" for i in range(1_500)), id="indentation"),
    ],
)
def test_nesting_without_end_is_refused_before_it_ends_the_process(document, text):
    with pytest.raises(RubricError, match="nested too deep"):
        document(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("anything: " + "[" * 900 + "]" * 900, id="brackets"),
        pytest.param("anything:\n  " + "- " * 900 + "a", id="dashes"),
    ],
)
def test_what_is_nested_less_is_read_or_refused_in_words(document, text):
    with pytest.raises(RubricError, match=r"holds itself|nested"):
        document(text)


def test_a_long_flat_document_is_read(document):
    assert len(document("items: [" + "a, " * 20_000 + "b]").items) == 20_001


def test_a_file_without_end_is_refused(document):
    with pytest.raises(RubricError, match="is larger than 4 MB"):
        document(b"#" * (5 << 20))
