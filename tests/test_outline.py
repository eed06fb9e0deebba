"""An outline says what stands where in a YAML file; one that is kept is the same, until the file changes."""

import sys

import pytest

from grader.errors import RubricError
from grader.outline import Items, Pairs, Text, outline

TEXT = 'title: Sums\nparts:\n  - {id: 1a, points: "2"}\n  - |\n    more\n'


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A small file, and an empty folder for what is kept."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "hw.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def without_yaml(monkeypatch):
    """`without_yaml()`: from here on, whoever imports PyYAML fails."""
    return lambda: monkeypatch.setitem(sys.modules, "yaml", None)


def test_every_scalar_is_text_with_its_line_and_its_quotes(file):
    part = Pairs([(Text("id", 3, False), Text("1a", 3, False)), (Text("points", 3, False), Text("2", 3, True))], 3)

    assert outline(file) == Pairs(
        [
            (Text("title", 1, False), Text("Sums", 1, False)),
            (Text("parts", 2, False), Items([part, Text("more\n", 4, True)], 3)),
        ],
        1,
    )


def test_a_kept_outline_is_the_same_and_needs_no_yaml(file, without_yaml):
    before = outline(file, kept=True)
    without_yaml()

    assert outline(file, kept=True) == before


def test_an_outline_that_is_not_to_be_kept_is_not(file, without_yaml):
    outline(file)
    without_yaml()

    with pytest.raises(ImportError):
        outline(file, kept=True)


def test_a_kept_outline_is_that_of_the_text_as_it_stands(file):
    outline(file, kept=True)
    file.write_text(TEXT.replace("Sums", "Products"))

    assert outline(file, kept=True) == outline(file)


def test_what_is_damaged_in_the_store_is_read_anew(file, tmp_path):
    before = outline(file, kept=True)
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")

    assert outline(file, kept=True) == before


def test_what_is_referred_to_often_is_one_node_and_is_not_kept(file, tmp_path):
    """Ten references to ten references to ... would be more nodes than there is memory for."""
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30))
    file.write_text(f"a0: &a0 x\n{levels}\n")

    found = outline(file, kept=True)

    assert isinstance(found, Pairs) and not (tmp_path / "cache").exists()
    last = found.pairs[-1][1]
    assert isinstance(last, Items) and len(set(map(id, last.items))) == 1


def test_no_outline_is_kept_of_what_is_no_yaml(file, tmp_path):
    file.write_text("title: [")

    with pytest.raises(RubricError, match="no YAML"):
        outline(file, kept=True)
    assert not (tmp_path / "cache").exists()
