"""Records are a reference in public trials and nowhere else; a damaged file is told, and no code comes out of it."""

import copy
import io

import numpy as np
import pytest

from grader.errors import BrokenReference, RubricError
from grader.recorded import NotRecordedError, RecordedReference, Records, parsed, read
from grader.recording import recorded, recording


@pytest.fixture(scope="module")
def made(assignment):
    return recording(assignment).records["1"]


@pytest.fixture(scope="module")
def reference(assignment) -> RecordedReference:
    found = recorded(assignment).references["1"]
    assert isinstance(found, RecordedReference)
    return found


def same(left, right):
    """Equal, wherever arrays are."""
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return np.array_equal(left, right)


def test_a_file_gives_back_what_was_recorded(made):
    again = parsed(made.data(), "problem1.npz")

    assert (again.seed, again.signatures, again.plans) == (made.seed, made.signatures, made.plans)
    assert same(again.kept, made.kept)


def test_the_file_is_an_archive_of_arrays_without_objects(made):
    with np.load(io.BytesIO(made.data()), allow_pickle=False) as file:
        assert {name: file[name].dtype for name in file.files} == {"records": np.uint8}


def test_it_answers_in_recorded_trials_as_the_reference_does(assignment, reference, made):
    for row in made.kept[made.plans["centre"]]:
        x = row[3]["x"]
        np.testing.assert_array_equal(reference.called("centre", x), assignment.references["1"].called("centre", x))


@pytest.mark.parametrize("arguments", [(np.array([1.0, 2.0]),), (), (lambda t: t,), ("x",)])
def test_it_answers_nowhere_else(reference, arguments):
    with pytest.raises(NotRecordedError, match="centre is not recorded"):
        reference.called("centre", *arguments)


def test_it_knows_signatures_and_no_known_mistakes(reference):
    assert reference.argument_names("scale") == ["x", "k"]
    with pytest.raises(NotRecordedError):
        reference.misconception("total_of_the_sizes")


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "cannot be read", id="empty"),
        pytest.param(b"PK\x03\x04 and no more", "cannot be read", id="no archive"),
        pytest.param(npz(other=np.zeros(3)), "cannot be read", id="other arrays"),
        pytest.param(npz(records=np.zeros(3, np.uint8)), "cannot be read", id="no frame"),
        pytest.param(npz(records=np.array([print], dtype=object)), "cannot be read", id="objects"),
    ],
)
def test_what_is_no_record_is_told_with_the_file(data, words, tmp_path):
    path = tmp_path / "problem1.npz"
    path.write_bytes(data)

    with pytest.raises(BrokenReference, match=words) as caught:
        read(path)

    assert caught.value.file == path
    assert caught.value.remedy


def test_records_of_another_version_are_told(made, monkeypatch):
    monkeypatch.setattr("grader.recorded.FORMAT", 0)
    older = made.data()
    monkeypatch.undo()

    with pytest.raises(BrokenReference, match="another version"):
        parsed(older, "problem1.npz")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BrokenReference, match=r"problem1\.npz: cannot be read"):
        read(tmp_path / "problem1.npz")


def test_what_is_too_much_to_record_is_told_with_a_remedy():
    records = Records(seed=1, signatures={}, plans={}, kept={"trials": [np.zeros(9 << 20)]})

    with pytest.raises(RubricError, match="cannot be recorded") as caught:
        records.data()

    assert "trials" in caught.value.remedy


def test_recording_leaves_the_assignment_as_it_was(assignment):
    before = copy.copy(assignment)

    recording(assignment)

    assert assignment.rubric is before.rubric
    assert assignment.references is before.references
