"""A kit has all that a student needs, loads as a course of its own, and has nothing else."""

import inspect
import io
import runpy
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.assignment import Assignment
from grader.course import Course
from grader.errors import BrokenReference
from grader.kit import rubric_file
from grader.kit.making import kit, zipped
from grader.public import is_checkable, public
from grader.recorded import parsed
from grader.recording import recording
from grader.rubric_file import load

COURSE = Course(Path(__file__).parents[2])


def unpacked(files, folder):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_it_holds_statement_starters_rubric_records_and_public_properties(files):
    assert set(files) == {
        "README.md",
        "statement.md",
        "submission.yaml",
        "problem1.py",
        "problem2.py",
        "rubrics/tiny.yaml",
        "recorded/tiny/problem1.npz",
        "recorded/tiny/problem1.py",
        "recorded/tiny/problem2.npz",
        "recorded/tiny/problem2.py",
    }


def test_it_is_a_course_whose_records_stand_in_for_the_reference(files, tmp_path, assignment):
    found = Assignment(Course(unpacked(files, tmp_path / "kit")), "tiny")

    [problem, _] = found.rubric.problems
    for trial in np.load(tmp_path / "kit/recorded/tiny/problem1.npz", allow_pickle=False).files:
        assert trial == "records"
    reference, real = found.references["1"], assignment.references["1"]
    records = parsed(files["recorded/tiny/problem1.npz"], "problem1.npz")
    for row, (value, *_) in zip(records.kept[records.plans["centre"]], records.kept["answers of centre"], strict=True):
        np.testing.assert_array_equal(reference.called("centre", row[3]["x"]), value)
        np.testing.assert_array_equal(real.called("centre", row[3]["x"]), value)
    assert [part.id for part in problem.parts if is_checkable(part)] == ["1a", "1b", "1c"]


def test_the_public_rubric_reads_as_it_was_written(files, tmp_path, assignment):
    rubric = load(unpacked(files, tmp_path / "kit") / "rubrics" / "tiny.yaml")

    assert rubric.recorded
    assert rubric.seed == assignment.rubric.public.seed != assignment.rubric.seed
    for part in (part for problem in rubric.problems for part in problem.parts):
        assert part.misconceptions == {}
        assert part.follow_through == 0
    for function in (function for problem in rubric.problems for function in problem.functions.values()):
        assert function.inputs.edges == ()
        assert function.inputs.shares == {}
        assert max(function.inputs.regimes.values()) <= assignment.rubric.public.trials


def test_what_is_public_once_is_public_again(assignment):
    once = public(assignment.rubric)

    assert public(once) == once


def test_a_part_that_is_not_public_is_told_and_not_checked(files):
    rubric = files["rubrics/tiny.yaml"].decode()

    assert "its length" in rubric
    assert "its length" in files["statement.md"].decode()
    assert "**1d** (1 point, not checkable here)" in files["statement.md"].decode()


def test_inputs_that_are_functions_of_the_reference_are_not_recorded(files, tmp_path):
    rubric = load(unpacked(files, tmp_path / "kit") / "rubrics" / "tiny.yaml")

    assert not any(is_checkable(part) for part in rubric.problems[1].parts if not part.written)
    assert parsed(files["recorded/tiny/problem2.npz"], "problem2.npz").kept == {}


def test_starter_files_have_the_signatures_the_criteria_and_the_shapes(files, tmp_path, assignment):
    (tmp_path / "problem1.py").write_bytes(files["problem1.py"])
    names = runpy.run_path(str(tmp_path / "problem1.py"))

    for name in assignment.rubric.problems[0].functions:
        taken = list(inspect.signature(names[name]).parameters)
        assert taken == assignment.references["1"].argument_names(name)
        with pytest.raises(NotImplementedError):
            names[name](*taken)
    manual = inspect.getdoc(names["scale"])
    assert "the vector, k times as long" in manual
    assert "x: an array of shape (d,)" in manual
    assert "k: a number" in manual
    assert "-> longer: an array of shape (d,)" in manual
    assert "-> length: a number" in manual


def test_a_public_property_brings_its_imports_and_nothing_of_the_reference(files):
    source = files["recorded/tiny/problem1.py"].decode()

    assert "def centring_twice_is_centring_once(centre, x):" in source
    assert "import numpy as np" in source
    assert "total_is_odd" not in source
    assert "_slack" not in source


def test_a_public_property_that_uses_reference_code_makes_no_kit(secretive):
    rubric = secretive / "rubrics" / "tiny.yaml"
    rubric.write_text(rubric.read_text().replace("{property: total_is_odd}", "{property: total_is_odd, public: true}"))
    line = (secretive / "reference/tiny/problem1.py").read_text().splitlines().index("def _slack(x):") + 1

    with pytest.raises(BrokenReference, match="uses '_slack', which is reference code") as caught:
        kit(Assignment(Course(secretive), "tiny"))

    assert caught.value.line == line


def test_a_public_property_that_uses_a_class_makes_no_kit(secretive):
    reference = secretive / "reference/tiny/problem1.py"
    text = reference.read_text().replace("    once = centre(x)\n", "    once = Held(centre(x)).value\n")
    reference.write_text(f"{text}\n\nclass Held:\n    def __init__(self, value): self.value = value\n")

    with pytest.raises(BrokenReference, match="uses 'Held', which is no function") as caught:
        kit(Assignment(Course(secretive), "tiny"))

    assert "Held(" in text.splitlines()[caught.value.line - 1]


def plain(value):
    """A record as data, without the lines that it stands in."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "line"}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("id", COURSE.assignments)
def test_the_rubric_of_a_kit_reads_as_what_was_recorded(id, tmp_path):
    rubric = recording(Assignment(COURSE, id)).rubric
    path = tmp_path / f"{id}.yaml"
    path.write_text(rubric_file.text(rubric))

    read = load(path)

    assert plain(msgspec.to_builtins(read)) == plain(msgspec.to_builtins(rubric))
    checks = [[type(check) for check in part.checks] for problem in read.problems for part in problem.parts]
    assert checks == [[type(check) for check in part.checks] for problem in rubric.problems for part in problem.parts]


def test_edges_and_shares_are_public_where_the_rubric_says_so(secretive):
    rubric = secretive / "rubrics" / "tiny.yaml"
    rubric.write_text(rubric.read_text().replace("title: Tiny\n", "title: Tiny\npublic: {edges: true, shares: true}\n"))

    made = kit(Assignment(Course(secretive), "tiny"))

    records = parsed(made["recorded/tiny/problem1.npz"], "problem1.npz")
    regimes = [row[2] for row in records.kept[records.plans["total"]]]
    assert regimes.count("const") == 1
    assert regimes.count("offset") == 2


def test_the_same_course_makes_the_same_zip(assignment):
    first, second = (zipped(kit(assignment), "tiny") for _ in range(2))

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"tiny"}
