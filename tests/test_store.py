"""What a store keeps comes back as it went; what is damaged, foreign or cannot be written is done without."""

import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from grader import store
from grader.store import Store, digest
from grader.wire import Generator, Given

VALUE = [(np.arange(3.0), (0.5, np.array([[1, 2]]))), (float("nan"), 3)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder for what is kept."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def kept(key: str = "a", **values) -> Store:
    """A store that holds these values and has been saved."""
    one = Store(key)
    for name, value in values.items():
        one.put(name, value)
    one.save()
    return one


def test_what_is_kept_comes_back():
    kept(answers=VALUE, trials="some")

    (array, (number, table)), (missing, count) = Store("a").get("answers")

    np.testing.assert_array_equal(array, np.arange(3.0))
    np.testing.assert_array_equal(table, [[1, 2]])
    assert (number, count) == (0.5, 3)
    assert np.isnan(missing)
    assert Store("a").get("trials") == "some"


def test_generators_and_given_functions_are_kept_by_what_makes_them():
    kept(trials=[Generator("numpy", 7), Given("wave", (np.arange(2.0),), np.sin)])

    generator, function = Store("a").get("trials")

    assert generator == Generator("numpy", 7)
    assert (function.name, function.function) == ("wave", None)
    np.testing.assert_array_equal(function.parameters[0], [0, 1])


def test_what_comes_back_cannot_be_changed_by_accident():
    kept(array=np.arange(3.0))

    with pytest.raises(ValueError, match="read-only"):
        Store("a").get("array")[0] = 1.0


def test_another_key_and_another_name_hold_nothing():
    kept(answers=VALUE)

    assert Store("b").get("answers") is None
    assert Store("a").get("trials") is None


def test_what_is_added_later_is_kept_beside_the_rest():
    kept(one=1)
    kept(two=2)

    again = Store("a")

    assert (again.get("one"), again.get("two")) == (1, 2)


def test_what_two_find_out_at_the_same_time_is_kept_of_both():
    one, other = Store("a"), Store("a")
    one.put("trials", "some")
    other.put("answers", 3)
    one.save()
    other.save()

    found = Store("a")
    assert (found.get("trials"), found.get("answers")) == ("some", 3)


def test_functions_are_not_kept_and_do_no_harm():
    one = kept(function=print, number=3)

    assert one.get("function") is None
    assert Store("a").get("number") == 3


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:7], id="a few bytes"),
        pytest.param(lambda data: data[:40], id="without its frame"),
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data + b"0", id="longer"),
        pytest.param(lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:], id="a bit of a number"),
        pytest.param(lambda data: data[:50] + bytes([data[50] ^ 1]) + data[51:], id="a bit of the header"),
        pytest.param(lambda data: b"{}" * 500, id="another file"),
    ],
)
def test_a_damaged_file_is_done_without_and_written_anew(folder, damage):
    path = kept(answers=VALUE).path
    path.write_bytes(damage(path.read_bytes()))

    assert Store("a").get("answers") is None

    kept(answers=VALUE)

    assert Store("a").get("answers") is not None


def test_nothing_is_written_where_nothing_is_new(folder):
    path = kept(answers=VALUE).path
    path.unlink()

    kept_again = Store("a")
    kept_again.save()

    assert not path.exists()


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch, place):
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("GRADER_CACHE", str(file if place == "a file" else file / "folder"))

    one = kept(answers=VALUE)

    assert one.get("answers") == VALUE
    assert Store("a").get("answers") is None
    assert file.read_text() == "in the way"


def test_a_draft_that_cannot_be_put_in_place_is_removed(folder):
    (folder / "a.kept").mkdir(parents=True)

    kept(answers=VALUE)

    assert [path.name for path in folder.iterdir()] == ["a.kept"]


def test_a_user_without_a_home_keeps_nothing(monkeypatch):
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("GRADER_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(store.Path, "home", no_home)

    one = kept(answers=VALUE)

    assert one.get("answers") == VALUE
    assert Store("a").get("answers") is None


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"GRADER_CACHE": "/x/kept", "XDG_CACHE_HOME": "/y"}, "/x/kept"),
        ({"XDG_CACHE_HOME": "/y"}, "/y/grader"),
        ({"HOME": "/z"}, "/z/.cache/grader"),
        ({"GRADER_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/z"}, "/z/.cache/grader"),
    ],
)
def test_the_environment_says_where_things_are_kept(monkeypatch, variables, place):
    monkeypatch.delenv("GRADER_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Store("a").path == Path(place) / "a.kept"


def write_often(number: int) -> None:
    for _ in range(30):
        kept(answers=[number] * 1000)


def test_several_writers_at_a_time_leave_a_file_that_can_be_read(folder):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_often, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()

    seen = []
    while any(writer.is_alive() for writer in writers):
        if (answers := Store("a").get("answers")) is not None:
            seen.append(set(answers))
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(Store("a").get("answers")) == 1000
    assert all(len(numbers) == 1 for numbers in seen)
    assert [path.name for path in folder.iterdir()] == ["a.kept"]


# ---- the key ----


@pytest.fixture
def reference(tmp_path) -> Path:
    """A folder with a reference and a module in a package of its own."""
    path = tmp_path / "reference"
    (path / "inner").mkdir(parents=True)
    (path / "problem1.py").write_text("def f(x): return x\n")
    (path / "inner" / "tools.py").write_text("g = 1\n")
    return path


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: (path / "problem1.py").write_text("def f(x): return -x\n"), id="the text"),
        pytest.param(lambda path: (path / "sibling.py").write_text(""), id="a new sibling"),
        pytest.param(lambda path: (path / "inner" / "tools.py").write_text("g = 2\n"), id="an inner module"),
        pytest.param(lambda path: (path / "problem1.py").rename(path / "problem2.py"), id="its name"),
        pytest.param(lambda path: (path / "problem1.py").unlink(), id="a file less"),
    ],
)
def test_the_key_changes_with_the_reference(reference, change):
    before = digest(reference, "plan")

    change(reference)

    assert digest(reference, "plan") != before


def test_the_key_changes_with_the_seed_and_the_plan():
    here = Path(__file__).parent / "report"

    keys = {digest(here, "plan", 0), digest(here, "plan", 1), digest(here, "another", 0), digest(here)}

    assert len(keys) == 4


def test_the_key_is_that_of_the_content_and_no_other_file_has_a_say(reference):
    before = digest(reference, "plan")

    os.utime(reference / "problem1.py", (0, 0))
    (reference / "notes.txt").write_text("to do")
    (reference / ".#problem1.py").symlink_to("somebody@somewhere")  # as an editor leaves it

    assert digest(reference, "plan") == before


def test_moving_text_between_files_changes_the_key(reference):
    (reference / "a.py").write_text("x = 1\n")
    (reference / "b.py").write_text("y = 2\n")
    before = digest(reference)

    (reference / "a.py").write_text("x = 1\ny = 2\n")
    (reference / "b.py").write_text("")

    assert digest(reference) != before
